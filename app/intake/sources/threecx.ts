// 3CX: its CRM template calls us after each call (scenario ReportCall). There is no id, and variables may arrive unfilled.
import { createHash } from "node:crypto";
import { callIdSchema, type CallFacts, type CallNotification, type Direction } from "../../domain/index.ts";
import { defined } from "../defined.ts";
import { withReferences } from "../facts.ts";
import { parseStamp } from "../local-time.ts";
import { addressReference, durationMsOf, fileReference, invalid, isStart, readFields, shortOf, sourceZone, textOf, type Fields, type SourceContext, type SourceRequest } from "./request.ts";

const DIRECTION: Readonly<Record<string, Direction>> = { inbound: "inbound", outbound: "outbound", internal: "internal" };

/**
 * Form or JSON with Number, CallType (Inbound, Outbound, Missed, Notanswered), Duration, Agent, CallStartTimeLocal, EntityId, and what the
 * template adds: call_id, recording_url, recording_file, queue, name; event=call.started in a scenario that runs while it rings.
 * @throws AppError REQUEST_INVALID when it names neither an id nor a number and a time
 */
export function parseThreecx(request: SourceRequest, context: SourceContext): CallNotification[] {
  const fields = readFields(request);
  const callType = shortOf(fields, "CallType", "call_type", "type")?.toLowerCase().replace(/\s/g, "");
  const callId = idOf(fields, context);
  if (isStart(fields) || callType === "ringing") return [{ kind: "call.started", facts: factsOf(fields, callId, DIRECTION[callType ?? ""] ?? "inbound", context) }];
  if (callType === "missed" || callType === "notanswered") return [{ kind: "ignored", reason: `the call was not answered (${callType})`, callId }];
  const facts = factsOf(fields, callId, DIRECTION[callType ?? ""], context);
  const address = addressReference(textOf(fields, "recording_url"), "recording_url");
  const recording = address ?? fileReference(textOf(fields, "recording_file", "recording_path", "recording"), "recording_file", context.source);
  return [recording === undefined ? { kind: "call.ended", facts } : { kind: "recording.ready", facts, recording }];
}

/** 3CX gives no id: one is made of what a repeat of the same report repeats. */
function idOf(fields: Fields, { nowMs }: SourceContext): string {
  const given = shortOf(fields, "call_id", "history_id");
  if (given !== undefined) {
    const parsed = callIdSchema.safeParse(given);
    if (!parsed.success) throw invalid([{ path: "call_id", message: "expected 1 to 200 printable characters without slashes" }]);
    return parsed.data;
  }
  const number = textOf(fields, "Number", "phone");
  const started = startText(fields) ?? (isStart(fields) ? String(nowMs) : undefined); // a call that rings has no stamp yet
  const problems = [
    ...(number === undefined ? [{ path: "Number", message: "expected the number of the other side, [Number] in the template" }] : []),
    ...(started === undefined ? [{ path: "CallStartTimeLocal", message: "expected the start of the call, [CallStartTimeLocal] in the template" }] : []),
  ];
  if (problems.length > 0) throw invalid(problems);
  const parts = [number, started, textOf(fields, "CallType"), textOf(fields, "Agent"), textOf(fields, "Duration")];
  return `3cx-${createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 24)}`;
}

function factsOf(fields: Fields, callId: string, direction: Direction | undefined, context: SourceContext): CallFacts {
  const number = shortOf(fields, "Number", "phone");
  const agentId = shortOf(fields, "Agent", "agent_extension", "extension");
  const startedAtMs = parseStamp(startText(fields) ?? "", sourceZone(context));
  const durationMs = durationMsOf(fields, "Duration");
  const isOutbound = direction === "outbound";
  return {
    callId,
    ...defined({
      startedAtMs,
      endedAtMs: startedAtMs !== undefined && durationMs !== undefined ? startedAtMs + durationMs : undefined,
      direction,
      from: isOutbound ? agentId : number,
      to: isOutbound ? number : agentId,
      agentId,
      agentName: shortOf(fields, "AgentFirstName", "agent_name"),
      queue: shortOf(fields, "queue", "QueueExtension"),
      customerPhone: direction === "internal" ? undefined : number,
      customerCrmId: shortOf(fields, "EntityId", "ContactID"),
      customerName: shortOf(fields, "name", "customer_name"),
      references: withReferences([["history_id", shortOf(fields, "history_id")], ["sip_call_id", shortOf(fields, "sip_call_id")]]),
    }),
  };
}

function startText(fields: Fields): string | undefined {
  return textOf(fields, "CallStartTimeUTC", "started_at", "CallStartTimeLocal", "call_start");
}
