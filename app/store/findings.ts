// Analyses, ledger lines and the outbox: what was found, what happened, what waits to leave.
import { newId, NOT_LOOKED_FOR, type Analysis, type CallMetrics, type DeliveryReceipt, type ErrorView, type LedgerEntry, type OutboxItem } from "../domain/index.ts";
import type { Db } from "../platform/index.ts";

export interface Findings {
  /** @param metrics null for a session of messages: there is no voice to measure */
  saveAnalysis(sessionId: string, revision: number, analysis: Analysis, metrics: CallMetrics | null, nowMs: number): void;
  /** the newest, and when it was made */
  analysisOf(sessionId: string): { revision: number; analysis: Analysis; metrics: CallMetrics; atMs: number } | undefined;

  /** The same findings as a person corrected them: no new analysis. */
  setAnalysis(sessionId: string, revision: number, analysis: Analysis): void;
  /** The same findings with numbers computed again: no new revision, since nothing was heard or analysed anew. */
  setMetrics(sessionId: string, revision: number, metrics: CallMetrics): void;
  /** ids of calls that have an analysis, in order, after `afterId` */
  analysedSessions(afterId: string, limit: number): string[];

  addLedger(sessionId: string, entry: LedgerEntry): void;

  /** Puts a result in the outbox; older results of the session that still wait are superseded. `dueMs`: not before then. */
  post(item: { sessionId: string; destination: string; revision: number; body: string; nowMs: number; dueMs?: number }): void;
  /** Puts something in the outbox beside whatever waits already. @returns its id, which is the id of the message too */
  postBeside(item: { sessionId: string; destination: string; revision: number; body: string; nowMs: number }): string;
  /** something newer takes the place of these, as far as they have not left */
  supersede(ids: readonly string[], nowMs: number): void;
  /** what is due, oldest first; destinations that are switched off are left out */
  due(nowMs: number, limit: number): OutboxItem[];
  /** the same of one destination, without these items: they are on their way */
  dueOf(destination: string, nowMs: number, limit: number, without: readonly string[]): OutboxItem[];
  /** when the next item is due; undefined when nothing waits */
  nextDueMs(): number | undefined;
  recordAttempt(id: string, receipt: DeliveryReceipt, next: { state: OutboxItem["state"]; attemptMs: number; error: ErrorView | null }, nowMs: number): void;
  disable(destination: string, reason: string, nowMs: number): void;
  /** the destination gets results again, those that it refused with "gone" included */
  enable(destination: string, nowMs: number): void;
  /** A person asks for the parked results of a session again. @returns the receivers they are for */
  unpark(sessionId: string, nowMs: number): string[];
  /** The destination is back: what waits for its next attempt is due now, unless it asked for time itself (429). */
  pullForward(destination: string, nowMs: number): void;
  outboxLoad(): { waiting: number; oldestMs: number | null };
}

interface OutboxRow {
  id: string; session_id: string; destination: string; message_id: string; revision: number; body: string; attempts: number; next_attempt_ms: number; state: OutboxItem["state"];
}

/** @param db an open, migrated database */
export function createFindings(db: Db): Findings {
  const saveAnalysis = db.prepare(`INSERT INTO analyses (id, session_id, revision, body, metrics, created_at_ms) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (session_id, revision) DO UPDATE SET body = excluded.body, metrics = excluded.metrics, created_at_ms = excluded.created_at_ms`);
  const analysis = db.prepare<[string], { revision: number; body: string; metrics: string; atMs: number }>("SELECT revision, body, metrics, created_at_ms AS atMs FROM analyses WHERE session_id = ? ORDER BY revision DESC LIMIT 1");
  const setBody = db.prepare("UPDATE analyses SET body = ? WHERE session_id = ? AND revision = ?");
  const setMetrics = db.prepare("UPDATE analyses SET metrics = ? WHERE session_id = ? AND revision = ?");
  const analysed = db.prepare<[string, number], { id: string }>("SELECT DISTINCT session_id AS id FROM analyses WHERE session_id > ? AND metrics <> 'null' ORDER BY session_id LIMIT ?");
  const addLedger = db.prepare("INSERT INTO ledger (session_id, stage, status, at_ms, ms, code, detail) VALUES (?, ?, ?, ?, ?, ?, ?)");
  const supersede = db.prepare("UPDATE outbox SET state = 'superseded', finished_at_ms = ? WHERE session_id = ? AND destination = ? AND state IN ('waiting', 'parked') AND revision < ?");
  const post = db.prepare(`INSERT INTO outbox (id, session_id, destination, message_id, revision, body, state, next_attempt_ms, created_at_ms) VALUES (?, ?, ?, ?, ?, ?, 'waiting', ?, ?)
    ON CONFLICT (session_id, destination, revision) DO NOTHING`);
  const due = db.prepare<[number, number], OutboxRow>(`SELECT * FROM outbox WHERE state = 'waiting' AND next_attempt_ms <= ?
    AND destination NOT IN (SELECT name FROM destinations WHERE disabled_at_ms IS NOT NULL) ORDER BY next_attempt_ms, id LIMIT ?`);
  const dueOf = db.prepare<Record<string, unknown>, OutboxRow>(`SELECT * FROM outbox WHERE state = 'waiting' AND destination = @destination AND next_attempt_ms <= @nowMs AND id NOT IN (SELECT value FROM json_each(@without))
    AND NOT EXISTS (SELECT 1 FROM destinations WHERE name = @destination AND disabled_at_ms IS NOT NULL) ORDER BY next_attempt_ms, id LIMIT @limit`);
  const supersedeItem = db.prepare("UPDATE outbox SET state = 'superseded', finished_at_ms = ? WHERE id = ? AND state IN ('waiting', 'parked')");
  const nextDue = db.prepare<[], { at: number | null }>("SELECT min(next_attempt_ms) AS at FROM outbox WHERE state = 'waiting' AND destination NOT IN (SELECT name FROM destinations WHERE disabled_at_ms IS NOT NULL)");
  const attempt = db.prepare(`UPDATE outbox SET state = @state, attempts = attempts + 1, next_attempt_ms = @attemptMs, http_status = @httpStatus,
    error_code = @code, error_message = @message, error_retry = @retry, finished_at_ms = @finishedMs WHERE id = @id AND state = 'waiting'`);
  const disable = db.prepare("INSERT INTO destinations (name, disabled_at_ms, reason) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET disabled_at_ms = excluded.disabled_at_ms, reason = excluded.reason");
  const enable = db.prepare("UPDATE destinations SET disabled_at_ms = NULL, reason = NULL WHERE name = ?");
  const load = db.prepare<[], { waiting: number; oldestMs: number | null }>("SELECT count(*) AS waiting, min(created_at_ms) AS oldestMs FROM outbox WHERE state = 'waiting'");
  const revive = db.prepare("UPDATE outbox SET state = 'waiting', next_attempt_ms = ?, finished_at_ms = NULL WHERE destination = ? AND state = 'parked' AND error_code = 'DELIVERY_DISABLED'");
  const unpark = db.prepare<[number, string], { destination: string }>("UPDATE outbox SET state = 'waiting', attempts = 0, next_attempt_ms = ?, finished_at_ms = NULL WHERE session_id = ? AND state = 'parked' RETURNING destination");
  const pull = db.prepare("UPDATE outbox SET next_attempt_ms = ? WHERE destination = ? AND state = 'waiting' AND attempts > 0 AND next_attempt_ms > ? AND coalesce(http_status, 0) <> 429");
  const insert = (sessionId: string, destination: string, revision: number, body: string, nowMs: number, dueMs = nowMs): string => {
    const id = newId("out", nowMs);
    post.run(id, sessionId, destination, id, revision, body, dueMs, nowMs);
    return id;
  };
  return {
    saveAnalysis: (sessionId, revision, found, metrics, nowMs) => void saveAnalysis.run(newId("ana", nowMs), sessionId, revision, JSON.stringify(found), JSON.stringify(metrics), nowMs),
    analysisOf(sessionId) {
      const row = analysis.get(sessionId);
      return row && { revision: row.revision, analysis: { ...NOT_LOOKED_FOR, ...(JSON.parse(row.body) as Analysis) }, metrics: JSON.parse(row.metrics) as CallMetrics, atMs: row.atMs };
    },
    setAnalysis: (sessionId, revision, found) => void setBody.run(JSON.stringify(found), sessionId, revision),
    setMetrics: (sessionId, revision, metrics) => void setMetrics.run(JSON.stringify(metrics), sessionId, revision),
    analysedSessions: (afterId, limit) => analysed.all(afterId, limit).map((row) => row.id),
    addLedger: (sessionId, entry) => void addLedger.run(sessionId, entry.stage, entry.status, entry.atMs, entry.ms, entry.code, entry.detail),
    post({ sessionId, destination, revision, body, nowMs, dueMs }) {
      supersede.run(nowMs, sessionId, destination, revision);
      insert(sessionId, destination, revision, body, nowMs, dueMs);
    },
    postBeside: ({ sessionId, destination, revision, body, nowMs }) => insert(sessionId, destination, revision, body, nowMs),
    supersede(ids, nowMs) {
      for (const id of ids) supersedeItem.run(nowMs, id);
    },
    due: (nowMs, limit) => due.all(nowMs, limit).map(itemOf),
    dueOf: (destination, nowMs, limit, without) => dueOf.all({ destination, nowMs, limit, without: JSON.stringify(without) }).map(itemOf),
    nextDueMs: () => nextDue.get()?.at ?? undefined,
    recordAttempt(id, receipt, next, nowMs) {
      attempt.run({
        id, state: next.state, attemptMs: next.attemptMs, httpStatus: receipt.httpStatus,
        code: next.error?.code ?? null, message: next.error?.message ?? null, retry: next.error?.retry ?? null,
        finishedMs: next.state === "waiting" ? null : nowMs,
      });
    },
    disable: (destination, reason, nowMs) => void disable.run(destination, nowMs, reason),
    enable(destination, nowMs) {
      enable.run(destination);
      revive.run(nowMs, destination);
    },
    unpark: (sessionId, nowMs) => [...new Set(unpark.all(nowMs, sessionId).map((row) => row.destination))],
    pullForward: (destination, nowMs) => void pull.run(nowMs, destination, nowMs),
    outboxLoad: () => load.get() ?? { waiting: 0, oldestMs: null },
  };
}

function itemOf(row: OutboxRow): OutboxItem {
  return {
    id: row.id, sessionId: row.session_id, destination: row.destination, messageId: row.message_id, revision: row.revision,
    body: row.body, attempts: row.attempts, nextAttemptMs: row.next_attempt_ms, state: row.state,
  };
}
