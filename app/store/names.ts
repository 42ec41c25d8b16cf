// Joining two sessions that turned out to be one call: the names, the history and the jobs move, the empty one goes.
import type { Db } from "../platform/index.ts";

export interface SessionJoin {
  /** `from` must have no messages and no recording of its own; `to` keeps its call id and gets every name of `from` */
  absorb(from: string, to: string): void;
  /** one more name for a session; an existing name stays where it leads */
  addName(source: string, callId: string, sessionId: string): void;
}

/** @param db an open, migrated database */
export function createSessionJoin(db: Db): SessionJoin {
  const moves = ["UPDATE call_ids SET session_id = @to WHERE session_id = @from", "UPDATE ledger SET session_id = @to WHERE session_id = @from", "UPDATE consents SET session_id = @to WHERE session_id = @from",
    "UPDATE jobs SET session_id = @to WHERE session_id = @from AND state NOT IN ('queued', 'running')", "DELETE FROM jobs WHERE session_id = @from",
    "UPDATE OR REPLACE refs SET session_id = @to WHERE session_id = @from", "UPDATE OR REPLACE session_identities SET session_id = @to WHERE session_id = @from",
    "UPDATE activities SET session_id = @to WHERE session_id = @from", "UPDATE expected_calls SET session_id = @to WHERE session_id = @from",
    "UPDATE OR IGNORE conversations SET founder_id = @to WHERE founder_id = @from", "UPDATE conversations SET founder_id = NULL, is_empty = 1 WHERE founder_id = @from",
    "UPDATE seen_files SET session_id = @to WHERE session_id = @from", "DELETE FROM recordings WHERE session_id = @from", "DELETE FROM sessions WHERE id = @from"].map((sql) => db.prepare(sql));
  const addName = db.prepare("INSERT INTO call_ids (source, call_id, session_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
  return {
    absorb(from, to) {
      for (const move of moves) move.run(move.source.includes("@to") ? { from, to } : { from });
    },
    addName: (source, callId, sessionId) => void addName.run(source, callId, sessionId),
  };
}
