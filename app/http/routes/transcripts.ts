// The transcript of a call in the format that a program or a player wants.
import { z } from "zod";
import { AppError, type CallView } from "../../domain/index.ts";
import { checkedQuery, sourceQuery } from "../checked.ts";
import { contentDisposition } from "../file-name.ts";
import { actorOf } from "../principal.ts";
import { NARROWED_READERS, type Exchange, type Route } from "../route.ts";
import { transcriptSchema } from "../schemas.ts";
import { asSubRip, asText, asWebVtt } from "../transcript-formats.ts";
import { visibleCall } from "../visible-call.ts";

const FORMATS = {
  json: { media: "application/json; charset=utf-8", render: (call: CallView) => JSON.stringify({ call_id: call.call_id, source: call.source, language: call.language, turns: call.turns }) },
  txt: { media: "text/plain; charset=utf-8", render: asText },
  vtt: { media: "text/vtt; charset=utf-8", render: asWebVtt },
  srt: { media: "application/x-subrip; charset=utf-8", render: asSubRip },
} as const;

const query = sourceQuery.extend({ format: z.enum(["json", "txt", "vtt", "srt"]).default("json") });

export const transcriptRoutes: Route[] = [
  {
    method: "get",
    path: "/v1/calls/:call_id/transcript",
    access: NARROWED_READERS,
    docs: { id: "readTranscript", summary: "The transcript as JSON, text, WebVTT or SubRip", query, answers: { 200: { description: "The transcript; the schema is that of format=json", schema: transcriptSchema } }, problems: ["REQUEST_INVALID", "NOT_FOUND"] },
    handle(exchange) {
      const call = visibleCall(exchange);
      const { format } = checkedQuery(query, exchange.req);
      if (call.transcript === null) throw new AppError("NOT_FOUND", `There is no transcript of this call yet: it is ${call.status}; /v1/calls/{call_id} says why`);
      audited(exchange, call);
      const { media, render } = FORMATS[format];
      const save = format === "json" ? {} : { "Content-Disposition": contentDisposition("attachment", `${call.call_id}.${format}`) };
      exchange.res.set({ "Content-Type": media, "Cache-Control": "no-store", ...save }).send(render(call));
    },
  },
];

function audited({ context, parts }: Exchange, call: CallView): void {
  parts.appliance.audit({ actor: actorOf(context.principal, context.remoteIp), action: "transcript.read", object: { kind: "session", id: call.session_id }, outcome: "ok", requestId: context.id });
}
