// The durable queue: one row a job, claimed with its attempt counted, reclaimed at once after a crash.
import { newId, type ErrorView, type Job, type JobState, type Lane, type Stage } from "../domain/index.ts";
import { inTransaction, type Clock, type Db } from "../platform/index.ts";

/** A job under which the process died this often while nothing else ran is not tried again by itself. */
export const DEATHS_UNTIL_PARKED = 3;

export interface NewJob {
  stage: Stage;
  lane: Lane;
  sessionId: string;
  attachmentId?: string;
  priority: number;
  /** default: at once */
  runAfterMs?: number;
}

/**
 * Every write but `claim` and `reclaim` belongs into the transaction of the caller: the result of a stage, the end of its job and the
 * beginning of the next are one commit.
 */
export interface Queue {
  /** @returns the job's id; an active job for the same stage of the session or attachment is left as it is and returned */
  enqueue(job: NewJob): string;
  /** like `enqueue`; a job that waits already waits until this later moment */
  enqueueOrDefer(job: NewJob & { runAfterMs: number }): void;
  /** The next due job of the lane among these stages, marked running, its attempt counted, in a transaction of its own. */
  claim(lane: Lane, stages: readonly Stage[]): Job | undefined;
  /** The next due suspect of the lane; it must run alone. */
  claimSuspect(lane: Lane): Job | undefined;
  /** true when a suspect is due: nothing else should be claimed before it */
  hasSuspect(): boolean;
  /** the job is done; false when it is not running any more (its result must then be thrown away) */
  finish(id: string): boolean;
  /** back into the queue for later */
  retry(id: string, runAfterMs: number, error: ErrorView): void;
  /** back into the queue for later, the attempt given back: nothing was wrong with the job */
  postpone(id: string, runAfterMs: number, error: ErrorView): void;
  /** final without success (`failed`), or waiting for a person (`parked`) */
  stop(id: string, state: "failed" | "parked", error: ErrorView): void;
  /** gives a claim back unspent: the process is stopping, the job did nothing wrong */
  release(id: string): void;
  /** a person wants it tried again; false when it is not stopped */
  revive(id: string): boolean;
  /** ends queued jobs of a session (it is started over) */
  cancelQueued(sessionId: string): void;
  byId(id: string): Job | undefined;
  activeOf(sessionId: string): Job[];
  stoppedOf(sessionId: string): Job[];
  /** the newest job of a stage, whatever became of it */
  lastOf(sessionId: string, stage: Stage): Job | undefined;
  /** true when this many jobs of the lane wait; looks at no more of them than that, however long the queue is */
  hasWaiting(lane: Lane, atLeast: number): boolean;
  /** earliest time at which a queued job of the lane is due */
  nextDueMs(lane: Lane): number | undefined;
  /** since when the longest-waiting due job waits; now when none does */
  oldestDueMs(): number;
  count(state: JobState, stage?: Stage): number;
  /**
   * At boot every running row belongs to a process that died: put back at once, no lease to wait for. One that ran alone is held to have caused
   * the death; of several nobody knows, so each becomes a suspect and its attempt is given back (a power cut must not park innocent work).
   * @returns what was reclaimed; under the `parked` ones the process died DEATHS_UNTIL_PARKED times
   */
  reclaim(): { job: Job; parked: boolean }[];
}

interface Row {
  id: string; stage: Stage; lane: Lane; session_id: string; attachment_id: string | null; state: JobState; priority: number; attempts: number; deaths: number; suspect: number; run_after_ms: number; created_at_ms: number;
  started_at_ms: number | null; finished_at_ms: number | null; error_code: string | null; error_message: string | null; error_retry: ErrorView["retry"] | null;
}

/** @param db open and migrated · @param bootId unique for this start of the process */
export function createQueue(db: Db, clock: Clock, bootId: string): Queue {
  const insert = db.prepare(`INSERT INTO jobs (id, stage, lane, session_id, attachment_id, state, priority, run_after_ms, created_at_ms) VALUES (?, ?, ?, ?, ?, 'queued', ?, ?, ?)
    ON CONFLICT (session_id, stage, coalesce(attachment_id, '')) WHERE state IN ('queued', 'running') DO NOTHING`);
  const defer = db.prepare("UPDATE jobs SET run_after_ms = max(run_after_ms, ?) WHERE session_id = ? AND stage = ? AND state = 'queued'");
  const active = db.prepare<[string, string, string | null], { id: string }>("SELECT id FROM jobs WHERE session_id = ? AND stage = ? AND attachment_id IS ? AND state IN ('queued', 'running')");
  const claim = db.prepare<Record<string, unknown>, Row>(`UPDATE jobs SET state = 'running', attempts = attempts + 1, boot_id = @bootId, started_at_ms = @now
    WHERE id = (SELECT id FROM jobs WHERE state = 'queued' AND lane = @lane AND run_after_ms <= @now AND stage IN (SELECT value FROM json_each(@stages))
      ORDER BY priority, run_after_ms, id LIMIT 1) RETURNING *`);
  const finish = db.prepare("UPDATE jobs SET state = 'done', finished_at_ms = ?, error_code = NULL, error_message = NULL, error_retry = NULL WHERE id = ? AND state = 'running' AND boot_id = ?");
  const retry = db.prepare("UPDATE jobs SET state = 'queued', run_after_ms = ?, boot_id = NULL, error_code = ?, error_message = ?, error_retry = ? WHERE id = ? AND state = 'running'");
  const postpone = db.prepare("UPDATE jobs SET state = 'queued', attempts = attempts - 1, run_after_ms = ?, boot_id = NULL, error_code = ?, error_message = ?, error_retry = ? WHERE id = ? AND state = 'running'");
  const stop = db.prepare("UPDATE jobs SET state = ?, finished_at_ms = ?, boot_id = NULL, error_code = ?, error_message = ?, error_retry = ? WHERE id = ? AND state IN ('running', 'queued')");
  const release = db.prepare("UPDATE jobs SET state = 'queued', attempts = attempts - 1, boot_id = NULL, started_at_ms = NULL WHERE id = ? AND state = 'running'");
  const revive = db.prepare("UPDATE jobs SET state = 'queued', attempts = 0, deaths = 0, suspect = 0, run_after_ms = ?, finished_at_ms = NULL WHERE id = ? AND state IN ('failed', 'parked')");
  const cancel = db.prepare("UPDATE jobs SET state = 'failed', finished_at_ms = ? WHERE session_id = ? AND state = 'queued'");
  const byId = db.prepare<[string], Row>("SELECT * FROM jobs WHERE id = ?");
  const activeOf = db.prepare<[string], Row>("SELECT * FROM jobs WHERE session_id = ? AND state IN ('queued', 'running') ORDER BY id");
  const stoppedOf = db.prepare<[string], Row>("SELECT * FROM jobs WHERE session_id = ? AND state IN ('failed', 'parked') ORDER BY id");
  const lastOf = db.prepare<[string, Stage], Row>("SELECT * FROM jobs WHERE session_id = ? AND stage = ? ORDER BY id DESC LIMIT 1");
  const nextDue = db.prepare<[string], { at: number | null }>("SELECT min(run_after_ms) AS at FROM jobs WHERE state = 'queued' AND lane = ?");
  const oldestDue = db.prepare<[number], { at: number | null }>("SELECT min(run_after_ms) AS at FROM jobs WHERE state = 'queued' AND run_after_ms <= ?");
  const due = db.prepare<[string, number], { id: string }>("SELECT id FROM jobs WHERE state = 'queued' AND lane = ? AND run_after_ms <= ? LIMIT 1");
  const waiting = db.prepare<[string, number], { n: number }>("SELECT count(*) AS n FROM (SELECT 1 FROM jobs WHERE state = 'queued' AND lane = ? LIMIT ?)");
  const count = db.prepare<[string, string | null, string | null], { n: number }>("SELECT count(*) AS n FROM jobs WHERE state = ? AND (? IS NULL OR stage = ?)");
  const suspectClaim = db.prepare<Record<string, unknown>, Row>(`UPDATE jobs SET state = 'running', attempts = attempts + 1, boot_id = @bootId, started_at_ms = @now
    WHERE id = (SELECT id FROM jobs WHERE suspect = 1 AND state = 'queued' AND lane = @lane AND run_after_ms <= @now ORDER BY run_after_ms, id LIMIT 1) RETURNING *`);
  const suspects = db.prepare<[number], { n: number }>("SELECT count(*) AS n FROM jobs WHERE suspect = 1 AND state = 'queued' AND run_after_ms <= ?");
  const running = db.prepare<[], { n: number }>("SELECT count(*) AS n FROM jobs WHERE state = 'running'");
  const convict = db.prepare<[], Row>("UPDATE jobs SET state = 'queued', deaths = deaths + 1, suspect = 1, boot_id = NULL WHERE state = 'running' RETURNING *");
  const suspect = db.prepare<[], Row>("UPDATE jobs SET state = 'queued', attempts = attempts - 1, suspect = 1, boot_id = NULL WHERE state = 'running' RETURNING *");

  const enqueue: Queue["enqueue"] = ({ stage, lane, sessionId, attachmentId, priority, runAfterMs }) => {
    const now = clock.now();
    const id = newId("job", now);
    if (insert.run(id, stage, lane, sessionId, attachmentId ?? null, priority, runAfterMs ?? now, now).changes === 1) return id;
    return active.get(sessionId, stage, attachmentId ?? null)?.id ?? id;
  };

  return {
    enqueue,
    enqueueOrDefer(job) {
      enqueue(job);
      defer.run(job.runAfterMs, job.sessionId, job.stage);
    },
    claim: (lane, stages) => {
      if (due.get(lane, clock.now()) === undefined) return undefined; // a read; most looks find nothing, and a write transaction would cost ten times as much
      const row = inTransaction(db, () => claim.get({ lane, stages: JSON.stringify(stages), bootId, now: clock.now() }));
      return row && jobOf(row);
    },
    claimSuspect: (lane) => {
      const row = inTransaction(db, () => suspectClaim.get({ lane, bootId, now: clock.now() }));
      return row && jobOf(row);
    },
    hasSuspect: () => (suspects.get(clock.now())?.n ?? 0) > 0,
    finish: (id) => finish.run(clock.now(), id, bootId).changes === 1,
    retry: (id, runAfterMs, error) => void retry.run(runAfterMs, error.code, error.message, error.retry, id),
    postpone: (id, runAfterMs, error) => void postpone.run(runAfterMs, error.code, error.message, error.retry, id),
    stop: (id, state, error) => void stop.run(state, clock.now(), error.code, error.message, error.retry, id),
    release: (id) => void release.run(id),
    revive: (id) => revive.run(clock.now(), id).changes === 1,
    cancelQueued: (sessionId) => void cancel.run(clock.now(), sessionId),
    byId: (id) => optional(byId.get(id)),
    activeOf: (sessionId) => activeOf.all(sessionId).map(jobOf),
    stoppedOf: (sessionId) => stoppedOf.all(sessionId).map(jobOf),
    lastOf: (sessionId, stage) => optional(lastOf.get(sessionId, stage)),
    hasWaiting: (lane, atLeast) => (waiting.get(lane, atLeast)?.n ?? 0) >= atLeast,
    nextDueMs: (lane) => nextDue.get(lane)?.at ?? undefined,
    oldestDueMs: () => oldestDue.get(clock.now())?.at ?? clock.now(),
    count: (state, stage) => count.get(state, stage ?? null, stage ?? null)?.n ?? 0,
    reclaim: () =>
      inTransaction(db, () =>
        ((running.get()?.n ?? 0) > 1 ? suspect : convict).all().map((row) => {
          const parked = row.deaths >= DEATHS_UNTIL_PARKED;
          if (parked) stop.run("parked", clock.now(), POISONED.code, POISONED.message, POISONED.retry, row.id);
          return { job: jobOf(row), parked };
        }),
      ),
  };
}

/** What a job is parked with when its process died under it too often. */
export const POISONED: ErrorView = {
  code: "JOB_POISONED",
  message: `Earshot stopped ${DEATHS_UNTIL_PARKED} times while it worked on this recording; look at the recording, then retry the job`,
  retry: "after_fix",
};

const optional = (row: Row | undefined): Job | undefined => row && jobOf(row);

function jobOf(row: Row): Job {
  return {
    id: row.id, stage: row.stage, lane: row.lane, sessionId: row.session_id, attachmentId: row.attachment_id, state: row.state, priority: row.priority, attempts: row.attempts, deaths: row.deaths, isSuspect: row.suspect === 1,
    runAfterMs: row.run_after_ms, createdAtMs: row.created_at_ms, startedAtMs: row.started_at_ms, finishedAtMs: row.finished_at_ms,
    error: row.error_code === null ? null : { code: row.error_code, message: row.error_message ?? "", retry: row.error_retry ?? "later" },
  };
}
