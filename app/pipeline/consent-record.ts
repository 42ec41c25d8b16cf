// Statements about consent are written down: by whom, with what proof, audited and told to everybody who watches; withdrawals take effect at once.
import type { CallFacts, ConsentRecord, ConsentStatement, Speaker, Turn } from "../domain/index.ts";
import { consentIn, decideConsent, policyId, type Medium } from "../privacy/index.ts";
import type { AuditEvent, SessionRow } from "../store/index.ts";
import { countryOfCustomer, holdForbidden, refusalOf, type ConsentSubject } from "./consent-gate.ts";
import type { Parts } from "./parts.ts";
import { tellWhen } from "./tell-when.ts";
import { foldCustomerLater } from "./workflows/fold-forms.ts";

/** Whom statements are about, and who wrote them down. */
export interface ConsentGiver extends ConsentSubject {
  actor: AuditEvent["actor"];
  requestId?: string;
}

/**
 * Inside a transaction. A statement that was recorded before is not recorded again; without a time of its own it is a repeat as long as nothing
 * newer was said. Withdrawals stop the customer's pending work here; whoever may have brought a grant calls `releasePermitted` afterwards.
 * @returns what is new
 */
export function recordConsents(giver: ConsentGiver, statements: readonly ConsentStatement[], parts: Parts): ConsentRecord[] {
  const fresh = statements.flatMap((statement) => recordOne(giver, statement, parts) ?? []);
  if (fresh.some((one) => one.state !== "granted")) holdForbidden(giver, parts);
  if (fresh.length > 0) foldCustomerLater(giver, parts);
  return fresh;
}

function recordOne({ customerId, sessionId, actor, requestId }: ConsentGiver, statement: ConsentStatement, parts: Parts): ConsentRecord | undefined {
  const { consents } = parts.store.writes;
  const now = parts.clock.now();
  const { channel, purpose, state, source, proof = "" } = statement;
  const expiresAtMs = statement.expiresAtMs ?? null;
  const last = statement.atMs === undefined && customerId !== null ? consents.newest(customerId, purpose, channel) : undefined;
  if (last !== undefined && last.channel === channel && last.state === state && last.source === source && last.proof === proof && last.expiresAtMs === expiresAtMs) return undefined;
  const record = consents.add(
    {
      customerId, sessionId, channel, purpose, state, source, proof: proof.slice(0, 500), expiresAtMs,
      atMs: Math.min(statement.atMs ?? now, now), // a clock that runs ahead must not make a statement wait
      policyId: statement.policyId ?? policyId(parts.config.consent),
      recordedBy: `${actor.kind}:${actor.id ?? ""}`,
    },
    now,
  );
  if (record === undefined) return undefined;
  const object = customerId === null ? { kind: "session", id: sessionId } : { kind: "customer", id: customerId };
  parts.audit({ actor, action: "consent.changed", object, outcome: "ok", reason: `${record.id}: ${purpose} on ${channel} ${state}, said by ${source}`, ...(requestId === undefined ? {} : { requestId }) });
  tellWhen(() => consents.exists(record.id), "consent.changed", { customer_id: customerId, session_id: sessionId, channel, purpose, state, source }, parts);
  return record;
}

/**
 * What a telephone system says of a call with the call. Of the start of the call, and about this call; a second notification that says otherwise
 * is of the same moment, so the refusal counts. `unknown` says nothing. Inside a transaction. @returns true when it is new
 */
export function recordCallConsent(session: SessionRow, source: string, facts: CallFacts, parts: Parts): boolean {
  const { consent } = facts;
  if (consent === undefined || consent === "unknown") return false;
  const before = parts.store.writes.consents.ofSession(session.id).find((one) => one.proof === session.id);
  const atMs = before?.atMs ?? facts.startedAtMs ?? session.started_at_ms ?? session.received_at_ms;
  const statements = parts.config.consent.call_covers.map((purpose): ConsentStatement => ({ channel: session.channel, purpose, state: consent, source, atMs, proof: session.id }));
  return recordConsents({ customerId: session.customer_id, sessionId: session.id, actor: { kind: "source", id: source, ip: null } }, statements, parts).length > 0;
}

/** One message as far as consent goes. */
export interface Heard {
  session: Pick<SessionRow, "id" | "channel" | "customer_id">;
  messageId: string;
  speaker: Speaker;
  text: string;
  atMs: number;
  /** derived from the channel when absent; a voice note is speech on a channel for texts */
  medium?: Medium;
}

/** Stop words withdraw, START takes a withdrawal on its channel back. The proof is the message. Inside a transaction. @returns true when it says something */
export function recordSaidConsent({ session, messageId, speaker, text, atMs, medium }: Heard, parts: Parts): boolean {
  const { stop_words: stop, start_words: start } = parts.config.consent;
  const said = consentIn({ medium: medium ?? mediumOf(session.channel), channel: session.channel, speaker, text }, { stop: Object.values(stop).flat(), start: Object.values(start).flat() });
  const meant = said.filter((one) => one.state === "withdrawn" || isWithdrawn(session.customer_id, one, atMs, parts));
  for (const { channel, purpose, state } of meant) {
    const isAboutThisCall = session.customer_id === null || (purpose === "recording" && session.channel === "phone");
    recordConsents({ customerId: session.customer_id, sessionId: isAboutThisCall ? session.id : null, actor: { kind: "system", id: "stop_word", ip: null } }, [{ channel, purpose, state, source: "stop_word", atMs, proof: messageId }], parts);
  }
  return meant.length > 0;
}

/**
 * The turns of a call that may be stored, after what the customer said in them about consent was written down: all of them, or, when this very
 * call is refused by it, the sentences that say so and nothing else: they are the proof. Inside the transaction that stores them.
 */
export function permittedTurns(turns: readonly Turn[], session: SessionRow, parts: Parts): readonly Turn[] {
  const beginMs = session.started_at_ms ?? session.received_at_ms;
  const telling = turns.filter((turn) => recordSaidConsent({ session, messageId: turn.id, speaker: turn.speaker, text: turn.text, atMs: beginMs + turn.startMs }, parts));
  return telling.length > 0 && refusalOf(session, "transcribe", parts) !== undefined ? telling : turns;
}

function mediumOf(channel: string): Medium {
  return channel === "phone" ? "speech" : channel === "email" ? "mail" : "text";
}

function isWithdrawn(customerId: string | null, { channel, purpose }: Pick<ConsentStatement, "channel" | "purpose">, atMs: number, parts: Parts): boolean {
  if (customerId === null) return false;
  const known = parts.store.writes.consents.deciding({ customerId, channel, purpose, atMs });
  return decideConsent(known, { channel, purpose, country: countryOfCustomer(undefined, parts), atMs }, parts.config.consent).state === "withdrawn";
}
