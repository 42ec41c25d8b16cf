// The consent gate: no stage begins and no result is stored without consent. Asked before the work and once more inside its commit.
import { AppError, countryOfPhone, customerIdentities, errorView, type ConsentPurpose, type ConsentRecord, type Stage } from "../domain/index.ts";
import { decideConsent, type ConsentDecision } from "../privacy/index.ts";
import { factsOf, type SessionRow } from "../store/index.ts";
import { WORK_ON } from "./attachment-work.ts";
import type { Parts } from "./parts.ts";
import { tellWhen } from "./tell-when.ts";

const DAY_MS = 86_400_000;

/** Whose sessions a statement touches: all unfinished ones of the customer, or just the one call of a caller who hides. */
export interface ConsentSubject {
  customerId: string | null;
  sessionId: string | null;
}

/** Why a stage must not run. */
interface Refusal {
  purpose: ConsentPurpose;
  decision: ConsentDecision<ConsentRecord>;
}

/** What is asked about one session; `customer_id` may be null. */
export function decideForSession(session: SessionRow, purpose: ConsentPurpose, parts: Parts): ConsentDecision<ConsentRecord> {
  const atMs = parts.clock.now();
  const known = parts.store.writes.consents.deciding({ customerId: session.customer_id, sessionId: session.id, channel: session.channel, purpose, atMs });
  return decideConsent(known, { channel: session.channel, purpose, country: countryOf(session, parts), atMs, sessionId: session.id }, parts.config.consent);
}

/**
 * A call needs consent to the recording for everything, and to the analysis from the first look into its sound on; what was written to us needs
 * the latter alone. Fetching is stopped by a refusal only: while nobody has said anything the recording is brought in and waits here,
 * because the addresses that telephone systems give out are dead within hours.
 */
export function refusalOf(session: SessionRow, stage: Stage, parts: Parts): Refusal | undefined {
  const isCall = session.channel === "phone";
  const needed: ConsentPurpose[] = stage === "fetch" ? ["recording"] : stage === "collect" ? [] : isCall ? ["recording", "analysis"] : ["analysis"];
  for (const purpose of needed) {
    const decision = decideForSession(session, purpose, parts);
    if (!decision.allowed && (stage !== "fetch" || decision.state === "withdrawn")) return { purpose, decision };
  }
  return undefined;
}

/** Holds the session when it must not go through this stage. Inside a transaction. @returns true when it is held: do nothing, store nothing */
export function isHeldBack(sessionId: string, stage: Stage, parts: Parts): boolean {
  const session = parts.store.writes.sessions.byId(sessionId);
  const refusal = session && refusalOf(session, stage, parts);
  if (session === undefined || refusal === undefined) return false;
  hold(session, stage, refusal, parts);
  return true;
}

/** @throws AppError CONSENT_MISSING when the session must not go through this stage (again) */
export function requireConsent(session: SessionRow, stage: Stage, parts: Parts): void {
  const refusal = refusalOf(session, stage, parts);
  if (refusal !== undefined) throw new AppError("CONSENT_MISSING", `This cannot be processed: ${whyNot(refusal)}; it goes on by itself when consent is recorded with PUT /v1/customers/{id}/consents`);
}

/** A withdrawal takes effect: what waits is stopped, what runs is aborted, both are held. Inside a transaction. */
export function holdForbidden(subject: ConsentSubject, parts: Parts): void {
  for (const session of sessionsOf(subject, (id) => parts.store.writes.sessions.pendingOf(id), parts)) {
    for (const job of parts.queue.activeOf(session.id)) if (isHeldBack(session.id, job.stage, parts)) break;
  }
}

/** Consent has come: what was held for the want of it goes on where it stopped. Inside a transaction. */
export function releasePermitted(subject: ConsentSubject, parts: Parts, enqueue: (session: SessionRow, stage: Stage, parts: Parts, attachmentId?: string) => void): void {
  const { sessions, findings } = parts.store.writes;
  for (const session of sessionsOf(subject, (id) => sessions.heldOf(id), parts)) {
    const stage = session.status === "held" ? nextStageOf(session, parts) : undefined;
    if (stage === undefined || refusalOf(session, stage, parts) !== undefined) continue;
    const now = parts.clock.now();
    sessions.setStatus(session.id, "received", null, now);
    findings.addLedger(session.id, { stage: "notify", status: "done", atMs: now, ms: null, code: null, detail: "Consent has come; the work goes on" });
    parts.audit({ actor: SYSTEM, action: "call.released", object: { kind: "session", id: session.id }, outcome: "ok" });
    tellWhen(() => sessions.byId(session.id) !== undefined, "call.released", { session_id: session.id, call_id: session.call_id }, parts);
    for (const attachment of parts.store.writes.attachments.unreadOf(session.id)) {
      const work = attachment.file === null ? "collect" : WORK_ON[attachment.role];
      if (work !== null) enqueue(session, work, parts, attachment.id);
    }
    enqueue(session, stage, parts);
  }
}

const SYSTEM = { kind: "system", id: "consent", ip: null } as const;

function hold(session: SessionRow, stage: Stage, refusal: Refusal, parts: Parts): void {
  const { sessions, findings, recordings } = parts.store.writes;
  const now = parts.clock.now();
  const why = whyNot(refusal);
  for (const job of parts.queue.activeOf(session.id)) {
    parts.queue.stop(job.id, "failed", errorView(new AppError("CONSENT_MISSING", `Stopped: ${why}`)));
    parts.running.get(job.id)?.abort(new Error("Consent is missing"));
  }
  if (session.status === "held") return;
  const untilMs = recordings.ofSession(session.id) === undefined ? null : now + parts.config.consent.hold_days * DAY_MS;
  sessions.hold(session.id, untilMs, now);
  const until = untilMs === null ? "" : `; the recording is removed on ${new Date(untilMs).toISOString().slice(0, 10)} unless consent comes`;
  findings.addLedger(session.id, { stage, status: "held", atMs: now, ms: null, code: "CONSENT_MISSING", detail: `Held: ${why}${until}` });
  parts.audit({ actor: SYSTEM, action: "call.held", object: { kind: "session", id: session.id }, outcome: "ok", reason: `${stage}: ${why}` });
  parts.log.info({ sessionId: session.id, stage, code: "CONSENT_MISSING" }, "call held");
  tellWhen(() => sessions.byId(session.id)?.status === "held", "call.held", { session_id: session.id, call_id: session.call_id, stage, code: "CONSENT_MISSING" }, parts);
}

/** In words, without personal data. */
function whyNot({ purpose, decision: { because } }: Refusal): string {
  const what = purpose === "recording" ? "the recording" : "the analysis";
  if ("record" in because) return `the customer does not agree to ${what} (said by ${because.record.source})`;
  return `nobody has agreed to ${what}, and the site's policy (${because.rule}) is to wait for that`;
}

function sessionsOf({ customerId, sessionId }: ConsentSubject, ofCustomerOnly: (customerId: string) => SessionRow[], parts: Parts): SessionRow[] {
  const ofCustomer = customerId === null ? [] : ofCustomerOnly(customerId);
  const single = sessionId === null || ofCustomer.some((one) => one.id === sessionId) ? undefined : parts.store.writes.sessions.byId(sessionId);
  return single === undefined ? ofCustomer : [...ofCustomer, single];
}

/** Where a held session goes on; undefined when it cannot, because its sound was removed meanwhile. */
function nextStageOf(session: SessionRow, parts: Parts): Stage | undefined {
  if (session.channel !== "phone") return "summarise";
  const recording = parts.store.writes.recordings.ofSession(session.id);
  if (recording === undefined || recording.purged_at_ms !== null) return undefined;
  return recording.file === null ? "fetch" : "prepare";
}

/** Of this call's number, else of the customer's, else the site's. Looked up only where a country makes a difference. */
function countryOf(session: SessionRow, parts: Parts): string {
  const { site, consent } = parts.config;
  if (Object.keys(consent.countries).length === 0) return site.country;
  const dialled = customerIdentities(factsOf(session), site.country).find((one) => one.kind === "e164")?.value;
  return countryOfCustomer(dialled ?? (session.customer_id === null ? undefined : (parts.store.writes.customers.card(session.customer_id)?.phone ?? undefined)), parts);
}

/** @param phone E.164 */
export function countryOfCustomer(phone: string | undefined, { config }: Parts): string {
  return (phone === undefined ? undefined : countryOfPhone(phone)) ?? config.site.country;
}
