// The generic description of a call (webhook body, upload metadata, sidecar) → the facts that the house works with. Pure.
import { referencesOf, type CallFacts, type GenericCall } from "../domain/index.ts";
import { defined } from "./defined.ts";

/** @param call parsed by `genericCallSchema`; empty texts count as unknown */
export function factsOfGeneric(call: GenericCall): CallFacts {
  return { callId: call.call_id, ...factsWithoutId(call) };
}

/** The same for a description that may lack an id (a sidecar: the file's name gives it). */
export function factsWithoutId(call: Partial<GenericCall>): Omit<CallFacts, "callId"> {
  const startedAtMs = call.started_at;
  const endedAtMs = call.ended_at ?? (startedAtMs !== undefined && call.duration_ms !== undefined ? startedAtMs + call.duration_ms : undefined);
  return defined({
    startedAtMs,
    endedAtMs,
    direction: call.direction === "unknown" ? undefined : call.direction,
    from: known(call.from),
    to: known(call.to),
    agentId: known(call.agent?.id),
    agentName: known(call.agent?.name),
    queue: known(call.queue),
    language: call.language,
    channelMap: call.channel_map,
    customerPhone: known(call.customer?.phone),
    customerEmail: known(call.customer?.email),
    customerCrmId: known(call.customer?.crm_id),
    customerName: known(call.customer?.name),
    consent: typeof call.consent === "boolean" ? (call.consent ? ("granted" as const) : ("withdrawn" as const)) : call.consent,
    linkedId: known(call.linked_id),
    references: withReferences([["linkedid", known(call.linked_id)], ...(call.references ?? []).map((one) => [one.kind, one.value] as const)]),
  });
}

/** What came first stays; what comes later fills the gaps. Of ids both sides know some, so they are joined. */
export function mergeFacts(first: CallFacts, later: Partial<CallFacts>): CallFacts {
  const references = withReferences([...(first.references ?? []), ...(later.references ?? [])].map((one) => [one.kind, one.value] as const));
  return { ...defined(later), ...defined({ ...first, references }) };
}

/** The ids of a call for its facts; undefined when there are none. */
export function withReferences(pairs: Parameters<typeof referencesOf>[0]): CallFacts["references"] {
  const references = referencesOf(pairs);
  return references.length === 0 ? undefined : references;
}

function known(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === "" ? undefined : text.trim();
}
