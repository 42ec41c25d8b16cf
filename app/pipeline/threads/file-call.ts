// Files a call under its customer and conversation, as soon as it is heard of and whenever more is known. Inside a transaction.
import { claimOfCall, type CallFacts } from "../../domain/index.ts";
import { factsOf, type SessionRow } from "../../store/index.ts";
import type { Parts } from "../parts.ts";
import { gatherAround } from "./gather.ts";
import { identify } from "./identify.ts";

/** Doing it twice is harmless. @returns the session as it stands now */
export function fileCall(sessionId: string, parts: Parts): SessionRow | undefined {
  const { sessions, customers, conversations } = parts.store.writes;
  const session = sessions.byId(sessionId);
  if (session === undefined) return undefined;
  const facts = factsOf(session);
  const atMs = session.started_at_ms ?? session.received_at_ms;
  const { customerId, identityIds } = identify(claimOfCall(facts, parts.config.site.country), atMs, parts);
  if (customerId !== null && session.customer_id !== customerId) sessions.file(session.id, customerId, customerId);
  customers.filedBy(session.id, identityIds);
  for (const ref of refsOf(session, facts)) conversations.addRef({ ...ref, sessionId: session.id, messageId: "", atMs });
  continueExpected(session, facts, atMs, parts);
  const filed = sessions.byId(session.id) ?? session;
  gatherAround(filed, parts);
  return sessions.byId(session.id);
}

/** Everything that other systems call this call. */
function refsOf(session: SessionRow, facts: CallFacts): { kind: string; value: string }[] {
  return [
    { kind: "call_id", value: `${session.source}:${session.call_id}` },
    ...(facts.linkedId === undefined ? [] : [{ kind: "linkedid", value: `${session.source}:${facts.linkedId}` }]),
    ...(facts.references ?? []),
  ];
}

/** A call that was announced ("we will ring you on this number") goes on with the session that announced it. */
function continueExpected(session: SessionRow, facts: CallFacts, atMs: number, parts: Parts): void {
  const { conversations } = parts.store.writes;
  for (const identity of claimOfCall(facts, parts.config.site.country).identities) {
    const expected = identity.kind === "e164" ? conversations.expectedCall(identity.value, atMs) : undefined;
    if (expected !== undefined) conversations.addRef({ kind: "expected_call", value: expected.id, sessionId: session.id, messageId: "", atMs });
  }
}
