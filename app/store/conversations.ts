// Conversations as they are kept: what the rules gathered, what persons decided, and the activity log.
import { newId, type ConversationFindings, type Outcome } from "../domain/index.ts";
import type { Db } from "../platform/index.ts";

/** Sessions of one customer beyond this many, oldest first, stay in the conversation they are in: a switchboard's number must not slow a call down. */
export const GATHERED_AT_MOST = 200;

export interface ContactRow {
  id: string;
  channel: string;
  conversationId: string | null;
  startMs: number;
  endMs: number;
  reason: string | null;
  outcome: Outcome | null;
  lastSpeaker: string | null;
  /** `kind value` of everything that other systems call its matter */
  refs: string[];
}

export interface DecisionRow {
  seq: number;
  sessionId: string;
  atMs: number;
  field: string;
  value: string | null;
}

/** What the rules found, to be kept. */
export interface GatheredConversation {
  sessionIds: readonly string[];
  status: string;
  reason: string | null;
  owner: string | null;
  queue: string | null;
  crmLink: string | null;
  openedAtMs: number;
  lastAtMs: number;
  resolvedAtMs: number | null;
}

export interface ActivityRow {
  seq: number;
  sessionId: string;
  atMs: number;
  actor: string;
  isDecision: boolean;
  field: string;
  value: string | null;
}

export interface Conversations {
  /** the newest sessions of a root; of nobody: this session and the others of its series */
  contacts(of: { customerId: string } | { sessionId: string }): ContactRow[];
  decisions(sessionIds: readonly string[]): DecisionRow[];
  /** of these conversations, those that none of these sessions founded, oldest first */
  begunBefore(conversationIds: readonly string[], sessionIds: readonly string[]): string[];
  /**
   * Keeps one gathered conversation: under the oldest one that one of its sessions founded, or a new one founded by its first session.
   * Writes only what changed.
   * @param moved sessions that a person put here: what they founded elsewhere does not come along
   * @param older a conversation that began before the sessions that were gathered, and that these go on with @returns its id, and what changed of it for those who follow it
   */
  keep(found: GatheredConversation, customerId: string | null, nowMs: number, options?: { moved?: readonly string[]; older?: string | undefined }): { id: string; isMoved: boolean; changes: { field: string; value: string | null }[] };
  /** The session is about to leave its conversation: if it founded it, the next one is the founder now. */
  passOn(sessionId: string): void;
  /** conversations that have no session any more stand empty: their ids still lead on */
  markEmpty(conversationIds: readonly string[]): void;
  describe(id: string, texts: { topic: string | null; summary: string | null; points: unknown; findings: ConversationFindings | null }): void;
  setFindings(sessionId: string, found: { reason: string | null; likely: Readonly<Record<string, number>> | undefined; outcome: Outcome | null }): void;
  log(activity: Omit<ActivityRow, "seq">): void;
  /** the activities of a session that is empty now belong to the one that holds its messages */
  moveActivities(from: string, to: string): void;
  /** of its sessions, in the order they were written */
  activities(conversationId: string): ActivityRow[];
  /** the id that an id leads to now; undefined when there never was one */
  current(id: string): string | undefined;
  sessionsOf(conversationId: string): string[];
  /** the last so many of them, in order */
  newestSessionsOf(conversationId: string, limit: number): string[];
  addRef(ref: { kind: string; value: string; sessionId: string; messageId: string; atMs: number }): void;
  sessionsOfRef(kind: string, value: string): string[];
  expectCall(expected: { id: string; sessionId: string; phone: string; fromMs: number; untilMs: number }): void;
  expectedCall(phone: string, atMs: number): { id: string; sessionId: string } | undefined;
}

interface Row extends Record<string, unknown> { id: string; customer_id: string | null; status: string; reason: string | null; owner: string | null; queue: string | null; crm_link: string | null; opened_at_ms: number; updated_at_ms: number; resolved_at_ms: number | null; is_empty: number }

/** What an activity log tells of what the rules changed; decisions of persons are in it anyway. */
const FOLLOWED = ["status", "reason"] as const;

/** @param db an open, migrated database */
export function createConversations(db: Db): Conversations {
  const contact = `SELECT s.id, s.channel, s.conversation_id AS conversationId, coalesce(s.started_at_ms, s.received_at_ms) AS startMs,
    coalesce(s.ended_at_ms, coalesce(s.started_at_ms, s.received_at_ms) + coalesce(s.duration_ms, 0)) AS endMs, s.reason, s.outcome,
    CASE WHEN s.channel = 'phone' THEN NULL ELSE (SELECT speaker FROM messages m WHERE m.session_id = s.id AND m.parent_id IS NULL AND m.kind NOT IN ('event', 'reaction') ORDER BY m.at_ms DESC, m.seq DESC LIMIT 1) END AS lastSpeaker,
    (SELECT json_group_array(kind || ' ' || value) FROM refs r WHERE r.session_id = s.id) AS refs FROM sessions s`;
  const ofCustomer = db.prepare<[string], Omit<ContactRow, "refs"> & { refs: string }>(`${contact} WHERE s.customer_id = ? AND s.is_empty = 0 ORDER BY s.started_at_ms DESC LIMIT ${GATHERED_AT_MOST}`);
  const ofSession = db.prepare<Record<string, string>, Omit<ContactRow, "refs"> & { refs: string }>(`${contact} WHERE s.id = @id OR (s.customer_id IS NULL AND s.is_empty = 0 AND s.series = (SELECT series FROM sessions WHERE id = @id))`);
  const decisions = db.prepare<[string], DecisionRow>("SELECT seq, session_id AS sessionId, at_ms AS atMs, field, value FROM activities WHERE is_decision = 1 AND session_id IN (SELECT value FROM json_each(?)) ORDER BY seq");
  const founded = db.prepare<Record<string, string>, Row>("SELECT * FROM conversations WHERE founder_id IN (SELECT value FROM json_each(@ids)) ORDER BY founder_id IN (SELECT value FROM json_each(@moved)), id LIMIT 1");
  const byId = db.prepare<[string], Row>("SELECT * FROM conversations WHERE id = ?");
  const begunBefore = db.prepare<Record<string, string>, { id: string }>("SELECT id FROM conversations WHERE id IN (SELECT value FROM json_each(@ids)) AND founder_id NOT IN (SELECT value FROM json_each(@sessions)) ORDER BY id");
  const insert = db.prepare("INSERT INTO conversations (id, founder_id, opened_at_ms, updated_at_ms) VALUES (?, ?, ?, ?)");
  const update = db.prepare(`UPDATE conversations SET customer_id = @customer_id, status = @status, reason = @reason, owner = @owner, queue = @queue, crm_link = @crm_link,
    opened_at_ms = @opened_at_ms, updated_at_ms = @updated_at_ms, resolved_at_ms = @resolved_at_ms, is_empty = 0 WHERE id = @id`);
  const put = db.prepare("UPDATE sessions SET conversation_id = @id WHERE conversation_id IS NOT @id AND id IN (SELECT value FROM json_each(@ids))");
  const putMessages = db.prepare("UPDATE messages SET conversation_id = @id WHERE conversation_id IS NOT @id AND session_id IN (SELECT value FROM json_each(@ids))");
  const empty = db.prepare("UPDATE conversations SET is_empty = 1 WHERE id IN (SELECT value FROM json_each(?)) AND NOT EXISTS (SELECT 1 FROM sessions WHERE conversation_id = conversations.id AND is_empty = 0)");
  const passOn = db.prepare(`UPDATE conversations SET founder_id = (SELECT id FROM sessions s WHERE s.conversation_id = conversations.id AND s.id <> @id AND s.is_empty = 0 AND s.id NOT IN (SELECT founder_id FROM conversations WHERE founder_id IS NOT NULL)
      ORDER BY coalesce(s.started_at_ms, s.received_at_ms), s.id LIMIT 1)
    WHERE founder_id = @id AND EXISTS (SELECT 1 FROM sessions s WHERE s.conversation_id = conversations.id AND s.id <> @id AND s.is_empty = 0 AND s.id NOT IN (SELECT founder_id FROM conversations WHERE founder_id IS NOT NULL))`);
  const describe = db.prepare("UPDATE conversations SET topic = ?, summary = ?, summary_points = ?, findings = ? WHERE id = ?");
  const findings = db.prepare("UPDATE sessions SET reason = ?, likely_reasons = ?, outcome = ? WHERE id = ?");
  const log = db.prepare("INSERT INTO activities (session_id, at_ms, actor, is_decision, field, value) VALUES (@sessionId, @atMs, @actor, @isDecision, @field, @value)");
  const activities = db.prepare<Record<string, string>, Omit<ActivityRow, "isDecision"> & { isDecision: number }>(`SELECT seq, session_id AS sessionId, at_ms AS atMs, actor, is_decision AS isDecision, field, value FROM activities
    WHERE session_id IN (SELECT id FROM sessions WHERE conversation_id = @id) ORDER BY seq`);
  const moveActivities = db.prepare("UPDATE activities SET session_id = ? WHERE session_id = ?");
  const founderOf = db.prepare<[string], { is_empty: number; conversation_id: string | null }>(
    "SELECT c.is_empty, coalesce((SELECT m.conversation_id FROM messages m WHERE m.id = s.founder_id), s.conversation_id) AS conversation_id FROM conversations c LEFT JOIN sessions s ON s.id = c.founder_id WHERE c.id = ?",
  );
  const newestOf = db.prepare<[string, number], { id: string }>("SELECT id FROM sessions WHERE conversation_id = ? AND is_empty = 0 ORDER BY coalesce(started_at_ms, received_at_ms) DESC, id DESC LIMIT ?");
  const sessionsOf = db.prepare<[string], { id: string }>("SELECT id FROM sessions WHERE conversation_id = ? AND is_empty = 0 ORDER BY coalesce(started_at_ms, received_at_ms), id");
  const addRef = db.prepare("INSERT INTO refs (kind, value, session_id, message_id, at_ms) VALUES (@kind, @value, @sessionId, @messageId, @atMs) ON CONFLICT DO NOTHING");
  const byRef = db.prepare<[string, string], { session_id: string }>("SELECT DISTINCT session_id FROM refs WHERE value = ? AND kind = ?");
  const expect = db.prepare("INSERT INTO expected_calls (id, session_id, phone, from_ms, until_ms) VALUES (@id, @sessionId, @phone, @fromMs, @untilMs)");
  const expected = db.prepare<[string, number, number], { id: string; sessionId: string }>("SELECT id, session_id AS sessionId FROM expected_calls WHERE phone = ? AND from_ms <= ? AND until_ms >= ? ORDER BY from_ms DESC, id LIMIT 1");
  const contactOf = (row: Omit<ContactRow, "refs"> & { refs: string }): ContactRow => ({ ...row, refs: JSON.parse(row.refs) as string[] });

  return {
    contacts: (of) => ("customerId" in of ? ofCustomer.all(of.customerId) : ofSession.all({ id: of.sessionId })).map(contactOf),
    decisions: (sessionIds) => decisions.all(JSON.stringify(sessionIds)),
    begunBefore: (conversationIds, sessionIds) => begunBefore.all({ ids: JSON.stringify(conversationIds), sessions: JSON.stringify(sessionIds) }).map((row) => row.id),
    keep(found, customerId, nowMs, { moved: movedHere = [], older } = {}) {
      const ids = JSON.stringify(found.sessionIds);
      const row = older === undefined ? founded.get({ ids, moved: JSON.stringify(movedHere) }) : byId.get(older);
      const id = row?.id ?? newId("cnv", nowMs);
      if (row === undefined) insert.run(id, found.sessionIds[0], found.openedAtMs, found.lastAtMs);
      const wanted: Row = {
        id, customer_id: customerId, status: found.status, reason: found.reason, owner: found.owner, queue: found.queue, crm_link: found.crmLink,
        opened_at_ms: older === undefined ? found.openedAtMs : Math.min(found.openedAtMs, row?.opened_at_ms ?? found.openedAtMs), updated_at_ms: found.lastAtMs, resolved_at_ms: found.resolvedAtMs, is_empty: 0,
      };
      if (row === undefined || Object.entries(wanted).some(([name, value]) => row[name] !== value)) update.run(wanted);
      const changes = row === undefined ? [{ field: "status", value: found.status }] : FOLLOWED.flatMap((field) => (row[field] === wanted[field] ? [] : [{ field, value: wanted[field] }]));
      const moved = put.run({ id, ids }).changes > 0;
      if (moved) putMessages.run({ id, ids });
      return { id, isMoved: moved, changes: moved ? [...changes, { field: "sessions", value: String(found.sessionIds.length) }] : changes };
    },
    passOn: (sessionId) => void passOn.run({ id: sessionId }),
    markEmpty: (conversationIds) => void empty.run(JSON.stringify(conversationIds)),
    describe: (id, { topic, summary, points, findings: found }) => void describe.run(topic, summary, points === null ? null : JSON.stringify(points), found === null ? null : JSON.stringify(found), id),
    setFindings: (sessionId, { reason, likely, outcome }) => void findings.run(reason, likely === undefined ? null : JSON.stringify(likely), outcome, sessionId),
    log: (activity) => void log.run({ ...activity, isDecision: activity.isDecision ? 1 : 0 }),
    moveActivities: (from, to) => void moveActivities.run(to, from),
    activities: (conversationId) => activities.all({ id: conversationId }).map((row) => ({ ...row, isDecision: row.isDecision === 1 })),
    current(id) {
      const row = founderOf.get(id);
      if (row === undefined) return undefined;
      return row.is_empty === 0 || row.conversation_id === null ? id : row.conversation_id;
    },
    newestSessionsOf: (conversationId, limit) => newestOf.all(conversationId, limit).map((row) => row.id).reverse(),
    sessionsOf: (conversationId) => sessionsOf.all(conversationId).map((row) => row.id),
    addRef: (ref) => void addRef.run(ref),
    sessionsOfRef: (kind, value) => byRef.all(value, kind).map((row) => row.session_id),
    expectCall: (call) => void expect.run(call),
    expectedCall: (phone, atMs) => expected.get(phone, atMs, atMs),
  };
}
