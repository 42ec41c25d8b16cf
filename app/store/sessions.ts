// Sessions and the names by which sources know them.
import type { CallFacts, CallStatus, ErrorView } from "../domain/index.ts";
import type { Db } from "../platform/index.ts";
import { factsOf, type SessionRow } from "./rows.ts";

export interface NewSession {
  id: string;
  source: string;
  facts: CallFacts;
  priority: number;
  nowMs: number;
}

/** Writes and single reads of sessions; every function is one statement or a few, to be called inside a transaction. */
export interface Sessions {
  create(session: NewSession): void;
  byId(id: string): SessionRow | undefined;
  /** the session that this source calls so, through any of its names */
  byCallId(source: string, callId: string): SessionRow | undefined;
  /** newest session with this call id, from whatever source */
  newestByCallId(callId: string): SessionRow | undefined;
  /** fills gaps: a value that is known stays */
  addFacts(session: SessionRow, facts: CallFacts, nowMs: number): boolean;
  /** @param error null clears */
  setStatus(id: string, status: CallStatus, error: ErrorView | null, nowMs: number): void;
  /** stands still until consent comes; @param untilMs null for sessions without a recording that would be removed then */
  hold(id: string, untilMs: number | null, nowMs: number): void;
  /** held calls whose time is over, the oldest first */
  heldTooLong(nowMs: number, limit: number): SessionRow[];
  /** nobody waits for consent to this call any more: its sound is gone */
  stopWaiting(id: string, nowMs: number): void;
  /** sessions of a customer that wait for consent */
  heldOf(customerId: string): SessionRow[];
  /** sessions of a customer that are being worked on, or about to be */
  pendingOf(customerId: string): SessionRow[];
  setDuration(id: string, durationMs: number): void;
  setLanguage(id: string, language: string): void;
  /** whom it is with: the customer it was first filed under, and its root */
  file(id: string, originId: string | null, rootId: string | null): void;
  /** @returns the new revision */
  nextRevision(id: string): number;
  /** sessions that have waited for their recording since before `beforeMs` */
  waitingForRecording(beforeMs: number, limit: number): SessionRow[];
}

/** @param db an open, migrated database */
export function createSessions(db: Db): Sessions {
  const insert = db.prepare(`INSERT INTO sessions (id, channel, source, call_id, status, direction, started_at_ms, agent_id, agent_name, queue, language, facts, priority, received_at_ms, updated_at_ms)
    VALUES (@id, 'phone', @source, @callId, 'received', @direction, @startedAtMs, @agentId, @agentName, @queue, @language, @facts, @priority, @nowMs, @nowMs)`);
  const insertName = db.prepare("INSERT INTO call_ids (source, call_id, session_id) VALUES (?, ?, ?)");
  const byId = db.prepare<[string], SessionRow>("SELECT * FROM sessions WHERE id = ?");
  const byCallId = db.prepare<[string, string], SessionRow>("SELECT s.* FROM call_ids c JOIN sessions s ON s.id = c.session_id WHERE c.source = ? AND c.call_id = ?");
  const newest = db.prepare<[string], SessionRow>("SELECT s.* FROM call_ids c JOIN sessions s ON s.id = c.session_id WHERE c.call_id = ? ORDER BY s.received_at_ms DESC, s.id DESC LIMIT 1");
  const update = db.prepare(`UPDATE sessions SET direction = @direction, started_at_ms = @startedAtMs, agent_id = @agentId, agent_name = @agentName, queue = @queue, language = coalesce(@language, language), facts = @facts, updated_at_ms = @nowMs WHERE id = @id`);
  const setStatus = db.prepare("UPDATE sessions SET status = ?, error_code = ?, error_message = ?, error_retry = ?, held_until_ms = NULL, updated_at_ms = ? WHERE id = ?");
  const hold = db.prepare("UPDATE sessions SET status = 'held', error_code = NULL, error_message = NULL, error_retry = NULL, held_until_ms = ?, updated_at_ms = ? WHERE id = ?");
  const heldTooLong = db.prepare<[number, number], SessionRow>("SELECT * FROM sessions WHERE held_until_ms <= ? ORDER BY held_until_ms LIMIT ?");
  const stopWaiting = db.prepare("UPDATE sessions SET held_until_ms = NULL, updated_at_ms = ? WHERE id = ?");
  const heldOf = db.prepare<[string], SessionRow>("SELECT * FROM sessions WHERE customer_id = ? AND status = 'held' ORDER BY received_at_ms, id");
  const pendingOf = db.prepare<[string], SessionRow>("SELECT * FROM sessions WHERE customer_id = ? AND status IN ('received', 'processing') ORDER BY received_at_ms, id");
  const setDuration = db.prepare("UPDATE sessions SET duration_ms = ? WHERE id = ?");
  const setLanguage = db.prepare("UPDATE sessions SET language = ? WHERE id = ?");
  const file = db.prepare("UPDATE sessions SET origin_id = ?, customer_id = ? WHERE id = ?");
  const nextRevision = db.prepare<[string], { revision: number }>("UPDATE sessions SET revision = revision + 1 WHERE id = ? RETURNING revision");
  const waiting = db.prepare<[number, number], SessionRow>(`SELECT s.* FROM sessions s WHERE s.status = 'received' AND s.received_at_ms < ?
    AND NOT EXISTS (SELECT 1 FROM recordings r WHERE r.session_id = s.id) ORDER BY s.received_at_ms LIMIT ?`);

  return {
    create({ id, source, facts, priority, nowMs }) {
      insert.run({ id, source, callId: facts.callId, priority, nowMs, ...columnsOf(facts) });
      insertName.run(source, facts.callId, id);
    },
    byId: (id) => byId.get(id),
    byCallId: (source, callId) => byCallId.get(source, callId),
    newestByCallId: (callId) => newest.get(callId),
    addFacts(session, facts, nowMs) {
      const known = factsOf(session);
      const isGap = (name: string): boolean => known[name as keyof CallFacts] === undefined || (name === "direction" && known.direction === "unknown");
      const gaps = Object.fromEntries(Object.entries(facts).filter(([name, value]) => value !== undefined && isGap(name) && value !== known[name as keyof CallFacts]));
      if (Object.keys(gaps).length === 0) return false;
      update.run({ id: session.id, nowMs, ...columnsOf({ ...known, ...gaps }) });
      return true;
    },
    setStatus: (id, status, error, nowMs) => void setStatus.run(status, error?.code ?? null, error?.message ?? null, error?.retry ?? null, nowMs, id),
    hold: (id, untilMs, nowMs) => void hold.run(untilMs, nowMs, id),
    heldTooLong: (nowMs, limit) => heldTooLong.all(nowMs, limit),
    stopWaiting: (id, nowMs) => void stopWaiting.run(nowMs, id),
    heldOf: (customerId) => heldOf.all(customerId),
    pendingOf: (customerId) => pendingOf.all(customerId),
    setDuration: (id, durationMs) => void setDuration.run(durationMs, id),
    setLanguage: (id, language) => void setLanguage.run(language, id),
    file: (id, originId, rootId) => void file.run(originId, rootId, id),
    nextRevision: (id) => nextRevision.get(id)?.revision ?? 0,
    waitingForRecording: (beforeMs, limit) => waiting.all(beforeMs, limit),
  };
}

function columnsOf(facts: CallFacts): Record<string, string | number | null> {
  return {
    direction: facts.direction ?? "unknown",
    startedAtMs: facts.startedAtMs ?? null,
    agentId: facts.agentId ?? null,
    agentName: facts.agentName ?? null,
    queue: facts.queue ?? null,
    language: facts.language ?? null,
    facts: JSON.stringify(facts),
  };
}
