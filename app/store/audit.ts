// The audit trail: each row carries the hash of the row before it, so a change, a gap or a swap shows.
import { createHash } from "node:crypto";
import { inTransaction, type Clock, type Db } from "../platform/index.ts";
import type { AuditEvent } from "./audit-types.ts";
import type { StoreAudit } from "./store.ts";

/** @returns SHA-256 over the hash before, the number, the time and the event's text, as lower-case hex */
export function chainHash(before: string, seq: number, atMs: number, event: string): string {
  return createHash("sha256").update(`${before}\n${seq}\n${atMs}\n${event}`).digest("hex");
}

/** @param db an open, migrated database */
export function createAudit(db: Db, clock: Clock): StoreAudit {
  const last = db.prepare<[], { seq: number; hash: string }>("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1");
  const insert = db.prepare("INSERT INTO events (seq, at_ms, event, hash) VALUES (?, ?, ?, ?)");
  const all = db.prepare<[], { seq: number; at_ms: number; event: string; hash: string }>("SELECT seq, at_ms, event, hash FROM events ORDER BY seq");
  const write = (event: AuditEvent): void => {
    const before = last.get() ?? { seq: 0, hash: "" };
    const atMs = clock.now();
    const text = JSON.stringify(event, (_key, value: unknown) => (typeof value === "string" ? oneLine(value) : value));
    insert.run(before.seq + 1, atMs, text, chainHash(before.hash, before.seq + 1, atMs, text));
  };
  return {
    append(event) {
      if (db.inTransaction) write(event);
      else inTransaction(db, () => write(event));
    },
    verify() {
      let before = { seq: 0, hash: "" };
      for (const row of all.iterate()) {
        if (row.seq !== before.seq + 1 || row.hash !== chainHash(before.hash, row.seq, row.at_ms, row.event)) return before.seq + 1;
        before = row;
      }
      return undefined;
    },
  };
}

/** Control characters out (CWE-117), length bounded: an event is one line, whatever a sender put into a header. */
function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, " ").slice(0, 300);
}
