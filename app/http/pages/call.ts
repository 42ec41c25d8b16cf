// One call: reads the store, makes a view-model, lets ui/ draw it.
import { metricDefinitions } from "../../analysis/index.ts";
import type { CallView } from "../../domain/index.ts";
import { renderCall, urlPart } from "../../ui/index.ts";
import { sourceQuery } from "../checked.ts";
import { frameOf } from "../frame.ts";
import { MENDERS, NARROWED_READERS, type Exchange, type Route } from "../route.ts";
import { visibleCall } from "../visible-call.ts";
import { arrivedAt } from "./conversations.ts";
import { customerNames, PAGE_ANSWERS, sendPage } from "./send-page.ts";

export const callPages: Route[] = [
  {
    method: "get", path: "/calls/:call_id", access: NARROWED_READERS, isPage: true,
    docs: { id: "callPage", summary: "Dashboard: one call", query: sourceQuery, answers: PAGE_ANSWERS, problems: ["REQUEST_INVALID", "NOT_FOUND"] },
    handle(exchange) {
      const call = visibleCall(exchange);
      sendPage(exchange, renderCall({ frame: frameOf(exchange, "conversations"), call, customer: customerNames(exchange)(call.customer_id), arrivedAt: arrivedAt(call), audio: audioAddress(exchange, call), definitions: metricDefinitions(call.metrics?.definitions) }));
    },
  },
  {
    method: "post", path: "/calls/:call_id/reprocess", access: { roles: MENDERS }, isPage: true,
    docs: { id: "reprocessForm", summary: "Dashboard: try again", query: sourceQuery, answers: { 303: { description: "Back to the call" } }, problems: ["REQUEST_INVALID", "NOT_FOUND", "CONFLICT"] },
    async handle(exchange) {
      const { call_id, source } = visibleCall(exchange);
      await exchange.parts.appliance.reprocess(call_id, source);
      exchange.res.set("Cache-Control", "no-store").redirect(303, `/calls/${urlPart(call_id)}?source=${urlPart(source)}`);
    },
  },
];

function audioAddress({ parts }: Exchange, call: CallView): string | null {
  const recording = parts.appliance.store.reads.recordingOf(call.call_id, call.source);
  return recording?.redacted === true ? `/v1/calls/${urlPart(call.call_id)}/audio?source=${urlPart(call.source)}` : null;
}
