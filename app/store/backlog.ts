// Notifications that are on the disk and wait to be taken in. Every function is meant to run inside a transaction.
import type { CallNotification } from "../domain/index.ts";
import type { Db } from "../platform/index.ts";

export interface BacklogRow {
  seq: number;
  source: string;
  notification: CallNotification;
  /** when it came, UTC milliseconds */
  atMs: number;
}

export interface Backlog {
  put(source: string, notification: CallNotification, atMs: number): void;
  isEmpty(): boolean;
  /** in the order in which they came, without those that failed */
  next(limit: number): BacklogRow[];
  remove(seq: number): void;
  setFailed(seq: number, code: string): void;
  /** @returns how many that failed are to be tried again */
  retry(): number;
}

/** @param db an open, migrated database */
export function createBacklog(db: Db): Backlog {
  const put = db.prepare("INSERT INTO backlog (source, notification, at_ms) VALUES (?, ?, ?)");
  const any = db.prepare("SELECT 1 FROM backlog WHERE error_code IS NULL LIMIT 1");
  const next = db.prepare<[number], { seq: number; source: string; notification: string; at_ms: number }>("SELECT seq, source, notification, at_ms FROM backlog WHERE error_code IS NULL ORDER BY seq LIMIT ?");
  const remove = db.prepare("DELETE FROM backlog WHERE seq = ?");
  const setFailed = db.prepare("UPDATE backlog SET error_code = ? WHERE seq = ?");
  const retry = db.prepare("UPDATE backlog SET error_code = NULL WHERE error_code IS NOT NULL");
  return {
    put: (source, notification, atMs) => void put.run(source, JSON.stringify(notification), atMs),
    isEmpty: () => any.get() === undefined,
    next: (limit) => next.all(limit).map(({ at_ms: atMs, notification, ...row }) => ({ ...row, notification: JSON.parse(notification) as CallNotification, atMs })),
    remove: (seq) => void remove.run(seq),
    setFailed: (seq, code) => void setFailed.run(code, seq),
    retry: () => retry.run().changes,
  };
}
