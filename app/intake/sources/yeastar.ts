// Yeastar P-Series: events 30012, Call End Details, and 30011, Call Status Changed, for calls that ring. `msg` is an object or JSON in a text; times are local and name no zone.
import { z } from "zod";
import { callIdSchema, type CallFacts, type CallNotification, type Direction } from "../../domain/index.ts";
import { defined } from "../defined.ts";
import { mergeFacts, withReferences } from "../facts.ts";
import { parseStamp } from "../local-time.ts";
import { parseRecordingName } from "../name-templates.ts";
import { bodyText, durationMsOf, fieldsOf, fileReference, invalid, malformed, parseJsonObject, shortOf, sourceZone, textOf, type Fields, type SourceContext, type SourceRequest } from "./request.ts";

const CALL_STATUS_CHANGED = 30011;
const CALL_END_DETAILS = 30012;
const DIRECTIONS_OF_YEASTAR: Readonly<Record<string, Direction>> = { inbound: "inbound", outbound: "outbound", internal: "internal" };

const envelopeSchema = z.object({
  type: z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)], { error: "expected the number of an event, such as 30012" }),
  msg: z.union([z.string(), z.record(z.string(), z.unknown())], { error: "expected an object, or an object as JSON text" }).optional(),
});

/** @throws AppError REQUEST_MALFORMED (no JSON), REQUEST_INVALID (no event number, no call id) */
export function parseYeastar(request: SourceRequest, context: SourceContext): CallNotification[] {
  const envelope = envelopeSchema.safeParse(parseJsonObject(bodyText(request)));
  if (!envelope.success) throw invalid(envelope.error.issues.map((issue) => ({ path: issue.path.join("."), message: issue.message })));
  if (envelope.data.type === CALL_STATUS_CHANGED) return [ringing(fieldsOf(messageOf(envelope.data.msg)))];
  if (envelope.data.type !== CALL_END_DETAILS) return [{ kind: "ignored", reason: `event ${envelope.data.type} is not Call End Details (${CALL_END_DETAILS})` }];
  const fields = fieldsOf(messageOf(envelope.data.msg));
  const callId = idOf(fields, context);
  const status = shortOf(fields, "status")?.toUpperCase();
  const recording = fileReference(textOf(fields, "recording"), "msg.recording", context.source);
  const isUnanswered = status !== undefined && ["NO ANSWER", "BUSY", "FAILED"].includes(status);
  if (isUnanswered && recording === undefined) return [{ kind: "ignored", reason: `the call was not answered (${status.toLowerCase()})`, callId }];
  const facts = factsOf(fields, callId, context);
  return [recording === undefined ? { kind: "call.ended", facts } : { kind: "recording.ready", facts, recording }];
}

const memberSchema = z.object({
  inbound: z.record(z.string(), z.unknown()).optional().catch(undefined),
  extension: z.record(z.string(), z.unknown()).optional().catch(undefined),
});

/** An outside party on one side and an extension that rings on the other: somebody is about to answer. Every other change of state is of no interest. */
function ringing(fields: Fields): CallNotification {
  const callId = callIdSchema.safeParse(shortOf(fields, "call_id")).data;
  if (callId === undefined) return { kind: "ignored", reason: "a change of state that names no call" };
  const members = z.array(memberSchema.catch({})).max(100).catch([]).parse(fields.get("members")).map(({ inbound, extension }) => ({ inbound: fieldsOf(inbound ?? {}), extension: fieldsOf(extension ?? {}) }));
  const caller = members.find(({ inbound }) => inbound.size > 0)?.inbound;
  const ringer = members.find(({ extension }) => /^(alert|ring|ringing)$/i.test(shortOf(extension, "member_status") ?? ""))?.extension;
  if (caller === undefined || ringer === undefined) return { kind: "ignored", reason: "no inbound call rings at an extension", callId };
  return {
    kind: "call.started",
    facts: {
      callId,
      direction: "inbound",
      ...defined({ startedAtMs: epochOf(callId), from: numberOf(shortOf(caller, "from")), to: numberOf(shortOf(caller, "to")), agentId: shortOf(ringer, "number"), linkedId: callId, references: withReferences([["call_id", callId]]) }),
    },
  };
}

function messageOf(msg: string | Record<string, unknown> | undefined): Record<string, unknown> {
  if (msg === undefined) throw invalid([{ path: "msg", message: "expected an object, or an object as JSON text" }]);
  if (typeof msg !== "string") return msg;
  try {
    return parseJsonObject(msg);
  } catch (cause) {
    throw malformed("msg", "expected a JSON object in the text", cause);
  }
}

/**
 * A transferred call has several records with one `call_id`, each with its own `uid` and recording. Where this notification names its recording
 * itself, every record is a call of its own, joined by `linkedId`. Without `recordings_folder` a watched folder brings the file, whose name only
 * knows the `call_id`.
 */
function idOf(fields: Fields, context: SourceContext): string {
  const bringsItsFile = context.source.recordings_folder !== undefined && textOf(fields, "recording") !== undefined;
  const names = bringsItsFile ? ["uid", "call_id"] : ["call_id", "uid"];
  const parsed = callIdSchema.safeParse(shortOf(fields, ...names));
  if (!parsed.success) throw invalid([{ path: "msg.call_id", message: "expected the id of the call, such as 1793711702.362" }]);
  return parsed.data;
}

function factsOf(fields: Fields, callId: string, context: SourceContext): CallFacts {
  const zone = sourceZone(context);
  const direction = DIRECTIONS_OF_YEASTAR[shortOf(fields, "type")?.toLowerCase() ?? ""];
  const from = numberOf(shortOf(fields, "call_from", "call_from_number"));
  const to = numberOf(shortOf(fields, "call_to", "call_to_number"));
  const startedAtMs = epochOf(shortOf(fields, "call_id")) ?? parseStamp(textOf(fields, "time_start") ?? "", zone);
  const durationMs = durationMsOf(fields, "call_duration", "callduraction");
  const said: CallFacts = {
    callId,
    ...defined({
      startedAtMs,
      endedAtMs: startedAtMs !== undefined && durationMs !== undefined ? startedAtMs + durationMs : undefined,
      direction,
      from,
      to: direction === "inbound" ? (numberOf(shortOf(fields, "did_number")) ?? to) : to,
      agentId: direction === "outbound" ? from : direction === "inbound" ? to : undefined,
      linkedId: shortOf(fields, "call_id"),
      references: withReferences([["call_id", shortOf(fields, "call_id")], ["uid", shortOf(fields, "uid")]]),
    }),
  };
  const recording = textOf(fields, "recording");
  return recording === undefined ? said : mergeFacts(said, parseRecordingName(context.templates, context.source.name_template ?? "yeastar", recording, zone).facts);
}

/** `Ana Lopez<2005>` → `2005` */
function numberOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : (/<([^<>]+)>$/.exec(text)?.[1] ?? text);
}

/** The id begins with the moment of the call in UTC, which needs no zone. */
function epochOf(callId: string | undefined): number | undefined {
  const seconds = /^(\d{9,11})\.\d+$/.exec(callId ?? "")?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
