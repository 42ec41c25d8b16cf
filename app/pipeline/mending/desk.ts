// Mending what failed, and trying out receivers.
import { AppError, lateRules, newId, toAppError, toRfc3339, type LateRule, type OutboxItem } from "../../domain/index.ts";
import { publicUrl } from "../../platform/index.ts";
import type { SessionRow } from "../../store/index.ts";
import type { Parts } from "../parts.ts";
import type { Again, TakeIn } from "./again.ts";
import type { MendingDesk } from "./desk-types.ts";

/** What stages took of late changes slowly, and every page of the ledger asks. */
const RULES_FRESH_MS = 10_000;

export function createMendingDesk(parts: Parts, again: Again, takeIn: TakeIn): MendingDesk {
  let known: { atMs: number; rules: LateRule[] } | undefined;
  return {
    lateRules() {
      const now = parts.clock.now();
      if (known === undefined || Math.abs(now - known.atMs) > RULES_FRESH_MS) known = { atMs: now, rules: lateRules(parts.store.reads.ledger.paces(), parts.config.intake.recording_wait_hours * 3_600_000) };
      return known.rules;
    },
    async mend(sessionIds, by) {
      const refused: { sessionId: string; code: string; message: string }[] = [];
      for (const sessionId of sessionIds) {
        const refusal = await mendOne(sessionId, parts, again, takeIn).then(() => undefined, (thrown: unknown) => toAppError(thrown));
        parts.audit({ actor: by.actor, action: "session.retried", object: { kind: "session", id: sessionId }, outcome: refusal === undefined ? "ok" : "failed", ...(refusal === undefined ? {} : { reason: refusal.code }), ...(by.requestId === undefined ? {} : { requestId: by.requestId }) });
        if (refusal !== undefined) refused.push({ sessionId, code: refusal.code, message: refusal.message });
      }
      return { again: sessionIds.length - refused.length, refused };
    },
    async sendTest(destination, signal) {
      const { delivery, clock } = parts;
      if (delivery?.destinations.includes(destination) !== true) throw new AppError("CONFLICT", destination === "crm" ? "No CRM is configured; set crm.url, then start Earshot again" : `There is no receiver named ${destination}`);
      const startedMs = clock.now();
      const item = testItem(destination, startedMs, publicUrl(parts.config));
      const receipt = await delivery.attempt(item, signal);
      return { receipt, messageId: item.messageId, ms: clock.now() - startedMs };
    },
  };
}

/** Names no person and no call: a receiver that takes it for a result finds nothing to file. Pure. */
export function testItem(destination: string, nowMs: number, link: string): OutboxItem {
  const id = newId("out", nowMs);
  const body = JSON.stringify({ type: "test", test: true, message: "A test message from Earshot. There is no call behind it: answer with a 2xx status and keep nothing.", sent_at: toRfc3339(nowMs), link });
  return { id, sessionId: "test", destination, messageId: id, revision: 1, body, attempts: 0, nextAttemptMs: nowMs, state: "waiting" };
}

async function mendOne(sessionId: string, parts: Parts, again: Again, takeIn: TakeIn): Promise<void> {
  const session = parts.store.writes.sessions.byId(sessionId);
  if (session === undefined) throw new AppError("NOT_FOUND", "There is no such contact any more");
  const stopped = stoppedJob(session, parts);
  if (stopped !== undefined) return again.retryJob(stopped);
  if (session.status === "failed") return void (await again.reprocess(session.call_id, session.source));
  const sent = await takeIn(() => sendAgain(session, parts));
  if (sent.length === 0) throw new AppError("CONFLICT", "Nothing of this contact has failed; look at the ledger again");
}

/** The job whose failure is the session's, or that of a file of it that nobody has read since. */
function stoppedJob(session: SessionRow, parts: Parts): string | undefined {
  const stopped = parts.queue.stoppedOf(session.id);
  const own = session.status === "failed" ? stopped.findLast((job) => job.attachmentId === null) : undefined;
  return (own ?? stopped.findLast((job) => job.state === "parked" && job.attachmentId !== null && parts.store.writes.attachments.byId(job.attachmentId)?.state === "failed"))?.id;
}

/** Inside a transaction. A receiver that wanted nothing more is switched on: that is what the person asks for. */
function sendAgain(session: SessionRow, parts: Parts): string[] {
  const { findings } = parts.store.writes;
  const now = parts.clock.now();
  const receivers = findings.unpark(session.id, now);
  for (const name of receivers) findings.enable(name, now);
  if (receivers.length > 0) findings.addLedger(session.id, { stage: "deliver", status: "waiting", atMs: now, ms: null, code: null, detail: "A person asked for the delivery again" });
  return receivers;
}

