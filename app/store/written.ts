// What was written: messages of every channel but the telephone, and the sessions they are cut into.
import type { Channel, MessageKind, Speaker } from "../domain/index.ts";
import type { Db } from "../platform/index.ts";
import type { SessionRow } from "./rows.ts";

/** A message to be stored; its text is redacted already. */
export interface NewMessage {
  id: string;
  sessionId: string;
  source: string;
  channel: Channel;
  externalId: string;
  speaker: Speaker;
  kind: MessageKind;
  text: string;
  atMs: number;
  /** what the kind holds besides text; undefined when there is nothing */
  facts: Record<string, unknown> | undefined;
}

/** A message as the session rules need it. */
export interface SaidRow {
  id: string;
  atMs: number;
  speaker: Speaker;
}

export interface Written {
  /** id and session of a message that came before under the same name */
  byExternalId(source: string, channel: Channel, externalId: string): { id: string; session_id: string } | undefined;
  /** sessions that hold a message of this name on the channel, whatever front brought it */
  sessionsOfExternal(channel: Channel, externalId: string): string[];
  add(message: NewMessage, session: SessionRow): void;
  /** `sent` → `delivered` → `read`; `failed` at any time; an earlier state never replaces a later one · @returns whether the message is known */
  setStatus(source: string, channel: Channel, externalId: string, status: string): boolean;

  /** the session of the series that began last, at `atMs` or before */
  sessionAtOrBefore(series: string, atMs: number): SessionRow | undefined;
  /** the first that began after `atMs` */
  sessionAfter(series: string, atMs: number): SessionRow | undefined;
  said(sessionId: string): SaidRow[];
  /** what was said in words, pages of documents included, in time order */
  textsOf(sessionId: string): (SaidRow & { text: string })[];
  /** the texts just before and just after a moment of a session */
  around(sessionId: string, atMs: number, count: number): Record<"before" | "after", { id: string; text: string }[]>;
  setText(messageId: string, text: string): void;
  createSession(session: { id: string; source: string; channel: Channel; series: string; founderId: string; atMs: number; nowMs: number }): void;
  /** what is known of who answered; what was known stays where nothing newer is said */
  answeredBy(sessionId: string, who: { agentId: string | null; agentName: string | null; queue: string | null; language: string | null }): void;
  /** the session that a message founded; it may be empty now */
  foundedBy(messageIds: readonly string[]): SessionRow | undefined;
  moveMessages(messageIds: readonly string[], to: SessionRow): void;
  /** first and last moment, and whether it is empty, from the messages it holds now */
  measure(sessionId: string, nowMs: number): void;

  close(series: string, atMs: number): void;
  /** when the front closed contacts of the series, in no order */
  closings(series: string): number[];
}

const STATUS_ORDER = ["sent", "delivered", "read", "failed"];

/** @param db an open, migrated database */
export function createWritten(db: Db): Written {
  const byExternal = db.prepare<[string, string, string], { id: string; session_id: string }>("SELECT id, session_id FROM messages WHERE external_id = ? AND channel = ? AND source = ?");
  const sessionsOf = db.prepare<[string, string], { session_id: string }>("SELECT DISTINCT session_id FROM messages WHERE external_id = ? AND channel = ?");
  const insert = db.prepare(`INSERT INTO messages (id, session_id, conversation_id, customer_id, source, channel, external_id, speaker, kind, text, at_ms, facts)
    VALUES (@id, @sessionId, @conversationId, @customerId, @source, @channel, @externalId, @speaker, @kind, @text, @atMs, @facts)`);
  const status = db.prepare(`UPDATE messages SET status = @status WHERE external_id = @externalId AND channel = @channel AND source = @source
    AND (status IS NULL OR (SELECT key FROM json_each(@order) WHERE value = @status) > (SELECT key FROM json_each(@order) WHERE value = status))`);
  const before = db.prepare<[string, number], SessionRow>("SELECT * FROM sessions WHERE series = ? AND started_at_ms <= ? AND is_empty = 0 ORDER BY started_at_ms DESC, id DESC LIMIT 1");
  const after = db.prepare<[string, number], SessionRow>("SELECT * FROM sessions WHERE series = ? AND started_at_ms > ? AND is_empty = 0 ORDER BY started_at_ms, id LIMIT 1");
  const said = db.prepare<[string], SaidRow>("SELECT id, at_ms AS atMs, speaker FROM messages WHERE session_id = ? AND parent_id IS NULL ORDER BY at_ms, seq");
  const texts = db.prepare<[string], SaidRow & { text: string }>("SELECT id, at_ms AS atMs, speaker, text FROM messages WHERE session_id = ? AND text <> '' AND kind NOT IN ('reaction', 'event') ORDER BY at_ms, seq");
  const textBefore = db.prepare<[string, number, number], { id: string; text: string }>("SELECT id, text FROM messages WHERE session_id = ? AND at_ms <= ? AND text <> '' ORDER BY at_ms DESC, seq DESC LIMIT ?");
  const textAfter = db.prepare<[string, number, number], { id: string; text: string }>("SELECT id, text FROM messages WHERE session_id = ? AND at_ms > ? AND text <> '' ORDER BY at_ms, seq LIMIT ?");
  const setText = db.prepare("UPDATE messages SET text = ? WHERE id = ?");
  const create = db.prepare(`INSERT INTO sessions (id, channel, source, call_id, status, direction, started_at_ms, ended_at_ms, series, founder_id, received_at_ms, updated_at_ms)
    VALUES (@id, @channel, @source, @id, 'received', 'unknown', @atMs, @atMs, @series, @founderId, @nowMs, @nowMs)`);
  const answered = db.prepare("UPDATE sessions SET agent_id = coalesce(@agentId, agent_id), agent_name = coalesce(@agentName, agent_name), queue = coalesce(@queue, queue), language = coalesce(@language, language) WHERE id = @id");
  const founded = db.prepare<[string], SessionRow>("SELECT * FROM sessions WHERE founder_id IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT 1");
  const move = db.prepare(`UPDATE messages SET session_id = @to, customer_id = @customerId, conversation_id = @conversationId
    WHERE id IN (SELECT value FROM json_each(@ids)) OR parent_id IN (SELECT value FROM json_each(@ids))`);
  const moveRefs = db.prepare("UPDATE OR REPLACE refs SET session_id = @to WHERE message_id IN (SELECT value FROM json_each(@ids))");
  const measure = db.prepare(`UPDATE sessions SET updated_at_ms = @now, started_at_ms = coalesce((SELECT min(at_ms) FROM messages WHERE session_id = @id), started_at_ms),
    ended_at_ms = coalesce((SELECT max(at_ms) FROM messages WHERE session_id = @id), ended_at_ms), is_empty = NOT EXISTS (SELECT 1 FROM messages WHERE session_id = @id) WHERE id = @id`);
  const close = db.prepare("INSERT INTO closings (series, at_ms) VALUES (?, ?) ON CONFLICT DO NOTHING");
  const closings = db.prepare<[string], { at_ms: number }>("SELECT at_ms FROM closings WHERE series = ?");
  return {
    byExternalId: (source, channel, externalId) => byExternal.get(externalId, channel, source),
    sessionsOfExternal: (channel, externalId) => sessionsOf.all(externalId, channel).map((row) => row.session_id),
    add(message, session) {
      insert.run({
        ...message, sessionId: session.id, conversationId: session.conversation_id, customerId: session.customer_id, facts: message.facts === undefined ? null : JSON.stringify(message.facts),
      });
    },
    setStatus(source, channel, externalId, value) {
      status.run({ source, channel, externalId, status: value, order: JSON.stringify(STATUS_ORDER) });
      return byExternal.get(externalId, channel, source) !== undefined;
    },
    sessionAtOrBefore: (series, atMs) => before.get(series, atMs),
    sessionAfter: (series, atMs) => after.get(series, atMs),
    said: (sessionId) => said.all(sessionId),
    textsOf: (sessionId) => texts.all(sessionId),
    around: (sessionId, atMs, count) => ({ before: textBefore.all(sessionId, atMs, count).reverse(), after: textAfter.all(sessionId, atMs, count) }),
    setText: (messageId, text) => void setText.run(text, messageId),
    createSession: (session) => void create.run(session),
    answeredBy: (id, who) => void answered.run({ id, ...who }),
    foundedBy: (messageIds) => founded.get(JSON.stringify(messageIds)),
    moveMessages(messageIds, to) {
      const ids = JSON.stringify(messageIds);
      move.run({ ids, to: to.id, customerId: to.customer_id, conversationId: to.conversation_id });
      moveRefs.run({ ids, to: to.id });
    },
    measure: (sessionId, nowMs) => void measure.run({ id: sessionId, now: nowMs }),
    close: (series, atMs) => void close.run(series, atMs),
    closings: (series) => closings.all(series).map((row) => row.at_ms),
  };
}
