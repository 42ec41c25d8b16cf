// Forms and payloads: what conversations have filled in, what was frozen and sent. Bodies are the pipeline's; here they are text.
import { newId } from "../domain/index.ts";
import type { Db } from "../platform/index.ts";

export const FORM_STATES = ["open", "complete", "abandoned"] as const;
export type FormState = (typeof FORM_STATES)[number];

/** A message as forms are folded from it. */
export interface FormMessageRow {
  id: string;
  sessionId: string;
  speaker: "agent" | "customer" | "bot" | "system" | "unknown";
  kind: string;
  text: string;
  atMs: number;
  confidence: number | null;
  /** JSON as it was stored with the message; null when there is none */
  facts: string | null;
  /** what an encoder made of it, JSON, and which one did; null when none has read it */
  encoding: string | null;
  encoder: string | null;
}

/** What an encoder made of a message. */
export interface MessageEncoding {
  messageId: string;
  encoder: string;
  body: string;
}

export interface FormRow {
  workflow: string;
  state: FormState;
  body: string;
  begunAtMs: number;
  updatedAtMs: number;
}

export interface NewPayload {
  workflow: string;
  revision: number;
  sessionId: string;
  messageId: string | null;
  sha256: string;
  atMs: number;
}

export interface Forms {
  /** the conversation that a session is in; undefined for none */
  conversationOf(sessionId: string): string | undefined;
  /** how many messages a conversation has */
  count(conversationId: string): number;
  /** the newest messages of a conversation, in time order, without those that say nothing */
  messages(conversationId: string, limit: number): FormMessageRow[];
  /** the same again changes nothing; for a message that is gone nothing is kept */
  saveEncodings(encodings: readonly MessageEncoding[]): void;
  /** undefined when it stands empty or is not there */
  conversation(id: string): { status: string; customerId: string | null; reasons: string[]; likely: Readonly<Record<string, number>>[] } | undefined;
  of(conversationId: string): FormRow[];
  /** conversations of a customer that have a form, or messages that may begin one */
  conversationsOf(customerId: string): string[];
  save(conversationId: string, form: FormRow): void;
  /** what nothing begins any more, or whose conversation stands empty */
  remove(conversationId: string, workflow: string): void;

  /** the newest payload of a conversation, whatever conversation it was frozen in, and the highest revision there is */
  lastPayload(conversationId: string, workflow: string): { sha256: string; revision: number } | undefined;
  /** outbox items of its payloads that have not left */
  waitingItems(conversationId: string, workflow: string): string[];
  /** @returns id, and the seq that is the revision of its outbox item */
  addPayload(payload: NewPayload): { id: string; seq: number };
  setBody(seq: number, body: string, outboxId: string | null): void;
  hasPayload(id: string): boolean;
  /** forgets what payloads say that were frozen before a moment, and what of them left; digests stay, so nothing is sent again · @returns how many */
  purge(workflow: string, beforeMs: number): number;
}

/** @param db an open, migrated database */
export function createForms(db: Db): Forms {
  const messages = db.prepare<[string, number], FormMessageRow>(`SELECT m.id, m.session_id AS sessionId, m.speaker, m.kind, m.text, m.at_ms AS atMs, m.confidence, m.facts, e.body AS encoding, e.encoder FROM messages m LEFT JOIN message_encodings e ON e.message_id = m.id
    WHERE m.conversation_id = ? ORDER BY m.at_ms DESC, m.seq DESC LIMIT ?`);
  const saveEncoding = db.prepare("INSERT INTO message_encodings (message_id, encoder, body) SELECT id, @encoder, @body FROM messages WHERE id = @messageId ON CONFLICT (message_id) DO UPDATE SET encoder = excluded.encoder, body = excluded.body");
  const count = db.prepare<[string], { count: number }>("SELECT count(*) AS count FROM messages WHERE conversation_id = ?");
  const conversationOf = db.prepare<[string], { id: string | null }>("SELECT conversation_id AS id FROM sessions WHERE id = ?");
  const conversation = db.prepare<[string], { status: string; customerId: string | null; reason: string | null }>("SELECT status, customer_id AS customerId, reason FROM conversations WHERE id = ? AND is_empty = 0");
  const reasons = db.prepare<[string], { reason: string }>("SELECT DISTINCT reason FROM sessions WHERE conversation_id = ? AND reason IS NOT NULL");
  const likely = db.prepare<[string], { likely: string }>("SELECT likely_reasons AS likely FROM sessions WHERE conversation_id = ? AND likely_reasons IS NOT NULL");
  const of = db.prepare<[string], FormRow>("SELECT workflow, state, body, begun_at_ms AS begunAtMs, updated_at_ms AS updatedAtMs FROM forms WHERE conversation_id = ? ORDER BY begun_at_ms, workflow");
  const conversationsOf = db.prepare<[string], { id: string }>("SELECT id FROM conversations WHERE customer_id = ? AND is_empty = 0 AND (status <> 'resolved' OR id IN (SELECT conversation_id FROM forms)) ORDER BY updated_at_ms DESC LIMIT 50");
  const save = db.prepare(`INSERT INTO forms (conversation_id, workflow, state, body, begun_at_ms, updated_at_ms) VALUES (@conversationId, @workflow, @state, @body, @begunAtMs, @updatedAtMs)
    ON CONFLICT (conversation_id, workflow) DO UPDATE SET state = excluded.state, body = excluded.body, begun_at_ms = excluded.begun_at_ms, updated_at_ms = excluded.updated_at_ms`);
  const remove = db.prepare("DELETE FROM forms WHERE conversation_id = ? AND workflow = ?");
  // CROSS JOIN: by itself SQLite begins with every payload that the workflow ever had
  const history = "FROM sessions s CROSS JOIN payloads p ON p.session_id = s.id WHERE s.conversation_id = ? AND p.workflow = ?";
  const last = db.prepare<[string, string], { sha256: string; revision: number }>(`SELECT p.sha256, max(p.revision) OVER () AS revision ${history} ORDER BY p.seq DESC LIMIT 1`);
  const waiting = db.prepare<[string, string], { id: string }>(`SELECT o.id FROM outbox o WHERE o.state IN ('waiting', 'parked') AND o.id IN (SELECT p.outbox_id ${history})`);
  const add = db.prepare("INSERT INTO payloads (id, workflow, revision, session_id, message_id, sha256, completed_at_ms) VALUES (@id, @workflow, @revision, @sessionId, @messageId, @sha256, @atMs)");
  const setBody = db.prepare("UPDATE payloads SET body = ?, outbox_id = ? WHERE seq = ?");
  const has = db.prepare<[string], { one: number }>("SELECT 1 AS one FROM payloads WHERE id = ?");
  const purgeable = "workflow = @workflow AND completed_at_ms < @beforeMs AND body IS NOT NULL AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.id = payloads.outbox_id AND o.state = 'waiting')";
  const purgeOutbox = db.prepare(`UPDATE outbox SET body = '{}' WHERE id IN (SELECT outbox_id FROM payloads WHERE ${purgeable})`);
  const purge = db.prepare(`UPDATE payloads SET body = NULL WHERE ${purgeable}`);
  return {
    conversationOf: (sessionId) => conversationOf.get(sessionId)?.id ?? undefined,
    count: (conversationId) => count.get(conversationId)?.count ?? 0,
    saveEncodings: (encodings) => encodings.forEach((one) => saveEncoding.run(one)),
    messages: (conversationId, limit) => messages.all(conversationId, limit).filter((row) => row.kind !== "reaction" && row.kind !== "event").reverse(),
    conversation(id) {
      const row = conversation.get(id);
      return row && { status: row.status, customerId: row.customerId, reasons: [...new Set([...(row.reason === null ? [] : [row.reason]), ...reasons.all(id).map((one) => one.reason)])], likely: likely.all(id).map((one) => JSON.parse(one.likely) as Record<string, number>) };
    },
    of: (conversationId) => of.all(conversationId),
    conversationsOf: (customerId) => conversationsOf.all(customerId).map((row) => row.id),
    save: (conversationId, form) => void save.run({ conversationId, ...form }),
    remove: (conversationId, workflow) => void remove.run(conversationId, workflow),
    lastPayload: (conversationId, workflow) => last.get(conversationId, workflow),
    waitingItems: (conversationId, workflow) => waiting.all(conversationId, workflow).map((row) => row.id),
    addPayload(payload) {
      const id = newId("pay", payload.atMs);
      return { id, seq: Number(add.run({ id, ...payload }).lastInsertRowid) };
    },
    setBody: (seq, body, outboxId) => void setBody.run(body, outboxId, seq),
    hasPayload: (id) => has.get(id) !== undefined,
    purge(workflow, beforeMs) {
      purgeOutbox.run({ workflow, beforeMs });
      return purge.run({ workflow, beforeMs }).changes;
    },
  };
}
