// One job from claim to commit: load → run → ONE transaction {save result, finish job, enqueue next, outbox row, ledger row}.
import { AppError, errorView, toAppError, type ErrorCode, type ErrorView, type Job, type Stage } from "../domain/index.ts";
import { backoffMs } from "../jobs/index.ts";
import { inTransaction } from "../platform/index.ts";
import { holdForbidden, isHeldBack, refusalOf, releasePermitted } from "./consent-gate.ts";
import type { Parts } from "./parts.ts";
import type { StageDefinition, StageResult } from "./stage.ts";
import { jobPriority, stageNamed } from "./stages.ts";
import { gatherWaiting } from "./threads/gather.ts";

/** The runner claims nothing for the model while nobody hears (runner.ts), so this only keeps a flapping cluster from being asked all the time. */
const POSTPONED_MS = 3_000;

/**
 * Works one claimed job off. Never throws: every end is a row.
 * @param stopping aborts when the appliance stops; the claim is then given back unspent
 */
export async function runStage(job: Job, parts: Parts, stopping: AbortSignal): Promise<void> {
  const startedAt = parts.clock.now();
  const { signal, end } = abortable(job, parts, stopping);
  parts.checkpoint(`${job.stage}.claimed`);
  try {
    const { stage, run } = load(job, parts);
    if (!mayBegin(job, stage, parts)) return;
    const result = await run(signal);
    parts.checkpoint(`${job.stage}.ran`);
    if (!commit(job, stage, result, parts, startedAt)) return await result.discard?.();
    parts.checkpoint(`${job.stage}.committed`);
    await result.afterCommit?.().catch((error: unknown) => parts.log.warn({ sessionId: job.sessionId, stage: job.stage, err: errorName(error) }, "clean-up left for the sweep"));
  } catch (thrown) {
    if (parts.queue.byId(job.id)?.state !== "running") return; // stopped from outside, and written down there
    if (signal.aborted) inTransaction(parts.db, () => parts.queue.release(job.id));
    else fail(job, toAppError(thrown, "INTERNAL", `Earshot met an unexpected fault at the stage ${job.stage}; it tries again by itself`), parts, startedAt);
  } finally {
    end();
  }
}

/** Ends with the appliance, or when the ground for this one job is gone: `parts.running` is how to say so. */
function abortable(job: Job, parts: Parts, stopping: AbortSignal): { signal: AbortSignal; end: () => void } {
  const own = new AbortController();
  const stop = (): void => own.abort(stopping.reason);
  if (stopping.aborted) stop();
  stopping.addEventListener("abort", stop, { once: true });
  parts.running.set(job.id, own);
  return {
    signal: own.signal,
    end() {
      parts.running.delete(job.id);
      stopping.removeEventListener("abort", stop);
    },
  };
}

/** What the job is about, as it is in the store now, and the stage that works on it. */
function load(job: Job, parts: Parts): { stage: StageDefinition; run: (signal: AbortSignal) => Promise<StageResult> } {
  const stage = stageNamed(job.stage);
  const session = parts.store.writes.sessions.byId(job.sessionId);
  const recording = parts.store.writes.recordings.ofSession(job.sessionId);
  if (stage?.subject === "written" && session !== undefined) return { stage, run: (signal) => stage.run(session, parts, signal) };
  if (stage?.subject === "call" && session !== undefined && recording !== undefined) return { stage, run: (signal) => stage.run({ session, recording }, parts, signal) };
  if (stage?.subject === "attachment" && session !== undefined) {
    const { attachments } = parts.store.writes;
    const attachment = job.attachmentId === null ? undefined : attachments.byId(job.attachmentId);
    const message = attachment && attachments.carrierOf(attachment);
    if (attachment !== undefined && message !== undefined) return { stage, run: (signal) => stage.run({ attachment, message, session }, parts, signal) };
  }
  throw new AppError("INTERNAL", `The job ${job.id} refers to something that is gone; start the call again with reprocess`, { retry: "never" });
}

/** @returns false when the job must not run: nobody agreed to it, and the session is held now */
function mayBegin(job: Job, stage: StageDefinition, parts: Parts): boolean {
  const { sessions } = parts.store.writes;
  return inTransaction(parts.db, () => {
    if (isForbidden(job, stage, parts)) return false;
    if (stage.subject !== "attachment" && stage.isAfterwards !== true && sessions.byId(job.sessionId)?.status !== "processing") sessions.setStatus(job.sessionId, "processing", null, parts.clock.now());
    return true;
  });
}

/** A session is held for want of consent; one that is finished stays as it is, and only this job ends. Inside a transaction. */
function isForbidden(job: Job, stage: StageDefinition, parts: Parts): boolean {
  if (stage.isAfterwards !== true) return isHeldBack(job.sessionId, job.stage, parts);
  const session = parts.store.writes.sessions.byId(job.sessionId);
  if (session === undefined || refusalOf(session, job.stage, parts) === undefined) return false;
  parts.queue.stop(job.id, "failed", errorView(new AppError("CONSENT_MISSING", "Nobody agrees to the analysis any more, so nothing was judged anew")));
  return true;
}

/** @returns false when the result is not wanted any more, and nothing was stored */
function commit(job: Job, stage: StageDefinition, result: StageResult, parts: Parts, startedAt: number): boolean {
  const now = parts.clock.now();
  const ms = now - startedAt;
  const next = result.next === undefined ? stage.next : result.next;
  const stillOurs = inTransaction(parts.db, () => {
    if (isForbidden(job, stage, parts) || !parts.queue.finish(job.id)) return false;
    result.save();
    const { findings } = parts.store.writes;
    const also = result.also ?? [];
    const alsoMs = also.reduce((sum, line) => sum + (line.ms ?? 0), 0);
    const sessionId = currentSession(job, parts);
    findings.addLedger(sessionId, { stage: job.stage, status: "done", atMs: now, ms: Math.max(0, ms - alsoMs), code: null, detail: result.detail });
    for (const line of also) findings.addLedger(sessionId, { ...line, atMs: now, code: null });
    const session = next === null ? undefined : parts.store.writes.sessions.byId(sessionId);
    if (next !== null && session !== undefined) enqueueStage(session, next, parts, job.attachmentId ?? undefined);
    if (sessionId !== job.sessionId) {
      // two notifications turned out to be one call: what was said of the one was said of the other
      holdForbidden({ customerId: null, sessionId }, parts);
      releasePermitted({ customerId: null, sessionId }, parts, enqueueStage);
    }
    gatherWaiting(parts);
    parts.checkpoint(`${job.stage}.saved`);
    return true;
  });
  if (!stillOurs) return false;
  parts.meters.stageDone(job.stage, ms);
  parts.log.info({ sessionId: job.sessionId, stage: job.stage, ms }, "stage done");
  if (stage.subject === "attachment") parts.events.emit("attachment.stage", { attachment_id: job.attachmentId, session_id: currentSession(job, parts), stage: job.stage, state: next === null ? "done" : "processing" });
  else if (stage.subject === "written") parts.events.emit("session.done", { session_id: job.sessionId });
  else parts.events.emit(next === null && stage.next === null ? "call.done" : "call.stage", { session_id: job.sessionId, call_id: callIdOf(job, parts), stage: job.stage });
  return true;
}

function callIdOf(job: Job, parts: Parts): string | null {
  return parts.store.writes.sessions.byId(currentSession(job, parts))?.call_id ?? null;
}

/** A fetch may find that the recording is known: its session was then joined with the other one and is gone. Messages move to other sessions with their jobs. */
function currentSession(job: Job, parts: Parts): string {
  return parts.queue.byId(job.id)?.sessionId ?? job.sessionId;
}

/** Puts the next stage of a session, or of one attachment in it, into the queue; without consent the session is held instead. Inside a transaction. */
export function enqueueStage(session: { id: string; priority: number }, name: Stage, parts: Parts, attachmentId?: string): void {
  const stage = stageNamed(name);
  if (stage === undefined || isHeldBack(session.id, name, parts)) return;
  parts.queue.enqueue({ stage: name, lane: stage.lane, sessionId: session.id, priority: jobPriority(session.priority, name), ...(attachmentId === undefined ? {} : { attachmentId }) });
}

/** Nothing was wrong with the call: it waits until somebody hears again, however long that takes. One line in the ledger for the whole wait. */
function postpone(job: Job, error: AppError, parts: Parts): void {
  const now = parts.clock.now();
  inTransaction(parts.db, () => {
    parts.queue.postpone(job.id, now + POSTPONED_MS, errorView(error));
    if (job.error?.code !== error.code) parts.store.writes.findings.addLedger(job.sessionId, { stage: job.stage, status: "waiting", atMs: now, ms: null, code: error.code, detail: error.message });
  });
  parts.meters.stageFailed(job.stage, error.code, true);
  parts.log.warn({ sessionId: job.sessionId, stage: job.stage, code: error.code }, "stage waits");
}

function fail(job: Job, error: AppError, parts: Parts, startedAt: number): void {
  if (error.code === "SPEECH_ENDPOINTS_DOWN") return postpone(job, error, parts);
  const now = parts.clock.now();
  const again = error.retry === "later" && job.attempts < parts.config.queue.max_attempts;
  const shown = { ...errorView(error), retry: again ? ("later" as const) : error.retry === "later" ? ("after_fix" as const) : error.retry };
  inTransaction(parts.db, () => {
    if (again) parts.queue.retry(job.id, now + Math.max(backoffMs(job.attempts, parts.random()), askedFor(error)), shown);
    else {
      parts.queue.stop(job.id, error.retry === "later" ? "parked" : "failed", shown);
      markFailed(job, shown, parts);
    }
    const detail = again ? `${error.message} (attempt ${job.attempts} of ${parts.config.queue.max_attempts})` : error.message;
    parts.store.writes.findings.addLedger(currentSession(job, parts), { stage: job.stage, status: again ? "retrying" : "failed", atMs: now, ms: now - startedAt, code: error.code, detail });
  });
  parts.meters.stageFailed(job.stage, error.code, again);
  parts.log[again ? "warn" : "error"]({ sessionId: job.sessionId, stage: job.stage, attempt: job.attempts, code: error.code, cause: causeOf(error) }, again ? "stage will be tried again" : "stage failed");
  if (again) return;
  if (job.attachmentId !== null) parts.events.emit("attachment.stage", { attachment_id: job.attachmentId, session_id: currentSession(job, parts), stage: job.stage, state: "failed", code: error.code });
  else if (stageNamed(job.stage)?.isAfterwards !== true) parts.events.emit("call.failed", { session_id: job.sessionId, call_id: callIdOf(job, parts), stage: job.stage, code: error.code });
}

/** A job that ends without success fails what it worked on: one attachment, or the session. Inside a transaction. */
export function markFailed(job: Job, error: ErrorView, parts: Parts): void {
  if (job.attachmentId !== null) parts.store.writes.attachments.setFailed(job.attachmentId, error);
  else if (stageNamed(job.stage)?.isAfterwards !== true) parts.store.writes.sessions.setStatus(job.sessionId, "failed", error, parts.clock.now());
}

/** The other side may have named a time before which it wants to hear nothing. */
function askedFor({ details }: AppError): number {
  return typeof details["retryAfterMs"] === "number" ? details["retryAfterMs"] : 0;
}

/** Codes that end a session before it had a job, or without one. Inside a transaction. */
export function failSession(sessionId: string, stage: Stage, code: ErrorCode, message: string, parts: Parts): void {
  const now = parts.clock.now();
  const view = errorView(new AppError(code, message));
  parts.store.writes.sessions.setStatus(sessionId, "failed", view, now);
  parts.store.writes.findings.addLedger(sessionId, { stage, status: "failed", atMs: now, ms: null, code, detail: message });
}

/** Names and system codes of foreign errors are safe to log; their messages may hold file names or text. */
function causeOf(error: AppError): string | undefined {
  if (error.cause === undefined) return undefined;
  if (error.code === "INTERNAL" && error.cause instanceof Error) return error.cause.stack?.split("\n").slice(0, 4).join(" | ");
  return errorName(error.cause);
}

function errorName(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const code = (error as { code?: unknown }).code;
  return typeof code === "string" ? `${error.name} ${code}` : error.name;
}
