// Vectors of messages, for search by meaning. Those of deleted messages go with them (ON DELETE CASCADE).
import type { Db } from "../platform/index.ts";

export interface MessageVectors {
  /** number of the newest message; 0 when there is none */
  newestSeq(): number;
  /** the next messages after `seq`: where the look ended, and those that say something and have no vector of this model */
  without(model: string, seq: number): { lastSeq: number | undefined; messages: { id: string; text: string }[] };
  /** messages that say something else than what their vector was made of, and what they say */
  outdated(limit: number): { id: string; text: string }[];
  forget(messageId: string): void;
  /** Of the message, as long as it still says what the vector was made of. */
  set(message: { id: string; text: string }, model: string, vector: Uint8Array): void;
  after(model: string, seq: number, count: number): { seq: number; id: string; vector: Uint8Array }[];
  count(model: string): number;
}

/** Messages that one look covers: 1 ms. */
const LOOKED_AT = 200;
/** "Yes, please" means nothing by itself. */
const SHORTEST = 12;

/** Whether a text is long enough to have a meaning of its own. */
export function meansSomething(text: string): boolean {
  return text.length >= SHORTEST;
}

/** @param db an open, migrated database */
export function createMessageVectors(db: Db): MessageVectors {
  const newest = db.prepare<[]>("SELECT coalesce(max(seq), 0) FROM messages").pluck();
  const next = db.prepare<[string, number], { seq: number; id: string; text: string; known: 0 | 1 }>(`SELECT seq, id, substr(text, 1, 2000) AS text, EXISTS (SELECT 1 FROM message_vectors v WHERE v.message_id = m.id AND v.model = ?) AS known
    FROM messages m WHERE seq > ? ORDER BY seq LIMIT ${LOOKED_AT}`);
  const outdated = db.prepare<[number], { id: string; text: string }>("SELECT m.id, substr(m.text, 1, 2000) AS text FROM message_vectors v JOIN messages m ON m.id = v.message_id WHERE v.model = '' LIMIT ?");
  const forget = db.prepare("DELETE FROM message_vectors WHERE message_id = ?");
  const set = db.prepare("INSERT OR REPLACE INTO message_vectors (message_id, model, vector) SELECT id, ?, ? FROM messages WHERE id = ? AND substr(text, 1, 2000) = ?");
  const after = db.prepare<[number, string, number], { seq: number; id: string; vector: Uint8Array }>("SELECT seq, message_id AS id, vector FROM message_vectors WHERE seq > ? AND model = ? ORDER BY seq LIMIT ?");
  const count = db.prepare<[string]>("SELECT count(*) FROM message_vectors WHERE model = ?").pluck();
  return {
    newestSeq: () => newest.get() as number,
    without(model, seq) {
      const rows = next.all(model, seq);
      return { lastSeq: rows.at(-1)?.seq, messages: rows.filter((row) => row.known === 0 && meansSomething(row.text)) };
    },
    outdated: (limit) => outdated.all(limit),
    forget: (messageId) => void forget.run(messageId),
    set: ({ id, text }, model, vector) => void set.run(model, vector, id, text),
    after: (model, seq, limit) => after.all(seq, model, limit),
    count: (model) => count.get(model) as number,
  };
}
