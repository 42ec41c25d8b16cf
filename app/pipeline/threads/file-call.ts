// Files a call under its customer and conversation, as soon as it is heard of and whenever more is known. Inside a transaction.
import { claimOfCall, type CallFacts, type Identity, type Reference } from "../../domain/index.ts";
import { factsOf, type SessionRow } from "../../store/index.ts";
import type { Parts } from "../parts.ts";
import { gatherLater } from "./gather.ts";
import { identify } from "./identify.ts";

/** Doing it twice is harmless. @param news what was said just now, of which facts that are known already keep nothing · @returns the session as it stands now */
export function fileCall(sessionId: string, parts: Parts, news?: CallFacts): SessionRow | undefined {
  const { sessions, customers, conversations } = parts.store.writes;
  const session = sessions.byId(sessionId);
  if (session === undefined) return undefined;
  const facts = factsOf(session);
  const atMs = session.started_at_ms ?? session.received_at_ms;
  const said = claimOfCall(facts, parts.config.site.country);
  const expected = expectedBy(said.identities, atMs, parts);
  const { customerId, identityIds } = identify({ ...said, identities: [...said.identities, ...(expected?.identities ?? [])] }, atMs, parts);
  if (customerId !== null && session.customer_id !== customerId) {
    sessions.file(session.id, customerId, customerId);
    parts.store.writes.consents.adopt(session.id, customerId);
  }
  customers.filedBy(session.id, identityIds);
  for (const ref of [...refsOf(session.source, facts), ...(news === undefined ? [] : refsOf(session.source, news)), ...(expected?.refs ?? [])]) conversations.addRef({ ...ref, sessionId: session.id, messageId: "", atMs });
  const filed = sessions.byId(session.id);
  if (filed !== undefined) gatherLater(filed, parts);
  return filed;
}

/** Two telephone systems count alike: these ids mean something only together with the system that gave them. */
const COUNTED: ReadonlySet<string> = new Set(["uniqueid", "linkedid", "call_id"]);

/** What other systems call this call and its matter; its own id is in `call_ids`. Counted ids carry their source: `linkedid@pbx`. */
function refsOf(source: string, facts: CallFacts): Reference[] {
  const known = [...(facts.linkedId === undefined ? [] : [{ kind: "linkedid", value: facts.linkedId }]), ...(facts.references ?? [])];
  return known.map(({ kind, value }) => ({ kind: COUNTED.has(kind) ? `${kind}@${source}` : kind, value }));
}

/** A call that was announced ("we will ring you on this number") goes on with the session that announced it: its number is that customer's. */
function expectedBy(identities: readonly Identity[], atMs: number, parts: Parts): { identities: Identity[]; refs: Reference[] } | undefined {
  const expected = expectedCall(identities, atMs, parts);
  if (expected === undefined) return undefined;
  const { id, customerId } = expected;
  return { identities: customerId === null ? [] : parts.store.writes.customers.addressesOf(customerId).slice(0, 1), refs: [{ kind: "expected_call", value: id }] };
}

/** @returns the announcement that a call with one of these numbers answers, and the customer of the session that announced it */
export function expectedCall(identities: readonly Identity[], atMs: number, parts: Parts): { id: string; customerId: string | null } | undefined {
  const { conversations, sessions } = parts.store.writes;
  const expected = identities.flatMap((one) => (one.kind === "e164" ? (conversations.expectedCall(one.value, atMs) ?? []) : []))[0];
  return expected && { id: expected.id, customerId: sessions.byId(expected.sessionId)?.customer_id ?? null };
}
