// One call: reads the store, makes a view-model, lets ui/ draw it.
import { join } from "node:path";
import { z } from "zod";
import { loadTaxonomy, metricDefinitions } from "../../analysis/index.ts";
import { AppError, type CallView } from "../../domain/index.ts";
import { installationRoot } from "../../platform/index.ts";
import { type AgreementNotes, callAddress, lengthOf, renderCall, soundAddress, turnStrip, urlPart } from "../../ui/index.ts";
import { checkedQuery, sourceQuery } from "../checked.ts";
import { frameOf } from "../frame.ts";
import { scopeOf } from "../principal.ts";
import { MENDERS, NARROWED_MENDERS, NARROWED_READERS, OVERSEERS, type Exchange, type Route } from "../route.ts";
import { reprocess } from "../routes/calls.ts";
import { visibleCall } from "../visible-call.ts";
import { arrivedAt } from "./conversations.ts";
import { customerNames, goTo, PAGE_ANSWERS, sendPage } from "./send-page.ts";
import { by } from "../by.ts";

const pageQuery = sourceQuery.extend({
  edit: z.string().max(200).optional().describe("what to correct: id of a turn, `call`, or card.question"),
  at: z.string().regex(/^\d{1,9}$/, "expected milliseconds from the start of the recording").optional().describe("where to begin to listen; milliseconds"),
});

export const callPages: Route[] = [
  {
    method: "get", path: "/calls/:call_id", access: NARROWED_READERS, isPage: true,
    docs: { id: "callPage", summary: "Dashboard: one call", query: pageQuery, answers: PAGE_ANSWERS, problems: ["REQUEST_INVALID", "NOT_FOUND"] },
    handle(exchange) {
      const { edit } = checkedQuery(pageQuery, exchange.req);
      const call = visibleCall(exchange);
      const { appliance } = exchange.parts;
      const scope = scopeOf(exchange.context.principal);
      if (call.turns.length > 0) appliance.audit({ ...by(exchange), action: "transcript.read", object: { kind: "session", id: call.session_id }, outcome: "ok" });
      const canCorrect = isMender(exchange) && (call.status === "done" || call.status === "failed");
      sendPage(exchange, renderCall({
        frame: frameOf(exchange, "conversations"), call, customer: customerNames(exchange)(call.customer_id), arrivedAt: arrivedAt(call), audio: audioAddress(exchange, call), definitions: metricDefinitions(call.metrics?.definitions),
        sound: appliance.store.reads.soundOf(call.session_id) ?? null,
        mending: { canCorrect, editing: edit ?? null, reasons: canCorrect && edit === "call" ? reasonsOf(exchange) : [], report: appliance.corrections.of(call.session_id) },
        beside: appliance.store.reads.besides(call.session_id, ...(scope.sees === "agents" ? [scope.agentIds] : [])),
        agreement: agreementOf(exchange, call),
      }));
    },
  },
  {
    method: "get", path: "/calls/:call_id/wave", access: NARROWED_READERS, isPage: true,
    docs: { id: "callWave", summary: "Dashboard: the picture of a recording, measured when it is first asked for", query: sourceQuery, answers: PAGE_ANSWERS, problems: ["REQUEST_INVALID", "NOT_FOUND"] },
    async handle(exchange) {
      const call = visibleCall(exchange);
      const { appliance } = exchange.parts;
      const peaks = await appliance.peaks(call.call_id, call.source);
      const sound = appliance.store.reads.soundOf(call.session_id);
      if (peaks === undefined || sound === undefined) throw new AppError("NOT_FOUND", "There is no recording to draw yet");
      sendPage(exchange, turnStrip(call.turns, lengthOf(call), { ...sound, peaks }).text);
    },
  },
  {
    method: "post", path: "/calls/:call_id/reprocess", access: NARROWED_MENDERS, isPage: true,
    docs: { id: "reprocessForm", summary: "Dashboard: try again", query: sourceQuery, answers: { 303: { description: "Back to the call" } }, problems: ["REQUEST_INVALID", "NOT_FOUND", "CONFLICT"] },
    async handle(exchange) {
      const call = visibleCall(exchange);
      await reprocess(exchange, call);
      backToCall(exchange, call);
    },
  },
];

/** @param anchor part of the page that the person was at */
export function backToCall(exchange: Exchange, { call_id, source }: Pick<CallView, "call_id" | "source">, anchor?: string): void {
  goTo(exchange, `${callAddress({ call_id, source })}${anchor === undefined ? "" : `#${urlPart(anchor)}`}`);
}

function audioAddress({ parts }: Exchange, call: CallView): string | null {
  const recording = parts.appliance.store.reads.recordingOf(call.call_id, call.source);
  return recording?.redacted === true ? soundAddress(call) : null;
}

function isMender({ context: { principal } }: Exchange): boolean {
  return principal.kind !== "anonymous" && MENDERS.includes(principal.role);
}

/** Codes of the site's reasons, for the form alone: a file is read. */
function reasonsOf({ parts }: Exchange): string[] {
  const { topics } = loadTaxonomy(parts.appliance.config.analysis.taxonomy ?? join(installationRoot(), "config", "taxonomy.yaml"));
  return [...topics].flatMap(([topic, { reasons }]) => [...reasons.keys()].map((reason) => `${topic}.${reason}`));
}

/** Over all sessions, so only for people who see all of them. */
function agreementOf({ context: { principal }, parts }: Exchange, call: CallView): AgreementNotes {
  if (principal.kind === "anonymous" || !OVERSEERS.includes(principal.role) || scopeOf(principal).sees !== "all") return {};
  return Object.fromEntries(call.scorecards.map(({ card, version }) => {
    const { items } = parts.appliance.quality.agreement(card, version);
    return [card, { n: items.reduce((sum, one) => sum + one.n, 0), agreed: items.reduce((sum, one) => sum + one.agreed, 0) }];
  }));
}
