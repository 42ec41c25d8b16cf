// How far each folder of each mailbox has been read.
import type { Db } from "../platform/index.ts";

/** See `MailCursors` of the mailbox, for all mailboxes. */
export interface MailCursorRows {
  read(mailbox: string, folder: string): { uidValidity: number; lastUid: number; sinceMs: number } | undefined;
  save(mailbox: string, folder: string, cursor: { uidValidity: number; lastUid: number; sinceMs: number }, nowMs: number): void;
  /** @returns times that this mail was begun since it was last forgiven */
  begin(mailbox: string, folder: string, uid: number): number;
  forgive(mailbox: string, folder: string): void;
}

/** @param db an open, migrated database */
export function createMailCursors(db: Db): MailCursorRows {
  const get = db.prepare<[string, string], { uidValidity: number; lastUid: number; sinceMs: number }>("SELECT uid_validity AS uidValidity, last_uid AS lastUid, since_ms AS sinceMs FROM mail_cursors WHERE mailbox = ? AND folder = ?");
  const put = db.prepare(`INSERT INTO mail_cursors (mailbox, folder, uid_validity, last_uid, since_ms, updated_at_ms) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (mailbox, folder) DO UPDATE SET uid_validity = excluded.uid_validity, last_uid = excluded.last_uid, since_ms = excluded.since_ms, trying_uid = NULL, tries = 0, updated_at_ms = excluded.updated_at_ms`);
  const begin = db.prepare<[number, number, string, string], { tries: number }>("UPDATE mail_cursors SET tries = CASE WHEN trying_uid = ? THEN tries + 1 ELSE 1 END, trying_uid = ? WHERE mailbox = ? AND folder = ? RETURNING tries");
  const forgive = db.prepare("UPDATE mail_cursors SET tries = MAX(0, tries - 1) WHERE mailbox = ? AND folder = ?");
  return {
    read: (mailbox, folder) => get.get(mailbox, folder),
    save: (mailbox, folder, cursor, nowMs) => void put.run(mailbox, folder, cursor.uidValidity, cursor.lastUid, cursor.sinceMs, nowMs),
    begin: (mailbox, folder, uid) => begin.get(uid, uid, mailbox, folder)?.tries ?? 1,
    forgive: (mailbox, folder) => void forgive.run(mailbox, folder),
  };
}
