// What is asked when somebody answers a customer: small, indexed reads, so that a million messages cost no more than ten thousand.
import { toRfc3339, type Analysis, type ConversationFindings, type Identity } from "../domain/index.ts";
import type { Db } from "../platform/index.ts";
import { BEST_NAME } from "./customers.ts";

/** A message as the context shows it. */
export interface ContextMessage {
  id: string;
  channel: string;
  sessionId: string;
  speaker: string;
  kind: string;
  text: string;
  atMs: number;
  sentiment: number | null;
  /** intent and slots that a bot left, the agent who wrote; null when there is nothing */
  facts: { intent?: string; slots?: Record<string, string | number | boolean | null>; agent?: { id?: string; name?: string } } | null;
}

export interface ContextSession {
  id: string;
  channel: string;
  conversationId: string | null;
  startMs: number;
  endMs: number;
  reason: string | null;
  outcome: string | null;
  agentName: string | null;
  queue: string | null;
}

export interface ContextConversation {
  id: string;
  status: string;
  reason: string | null;
  topic: string | null;
  summary: string | null;
  owner: string | null;
  queue: string | null;
  crm_link: string | null;
  openedAtMs: number;
  updatedAtMs: number;
  resolvedAtMs: number | null;
  /** over all of its sessions; null before the first was analysed */
  findings: ConversationFindings | null;
}

export interface ContextReads {
  customer(id: string): { id: string; name: string | null; profile: Record<string, unknown> | null; identities: { kind: string; value: string; last_seen_at: string }[]; createdAtMs: number } | undefined;
  /** the customer (a root) that an address leads to */
  customerByAddress(identity: Identity): string | undefined;
  /** everything that carries this name elsewhere: ids of calls, messages, mails, tickets; of one kind when it is given */
  references(value: string, kind: string | undefined): { kind: string; session_id: string; conversation_id: string | null; customer_id: string | null; channel: string; call_id: string | null }[];
  latestMessages(customerId: string, count: number): ContextMessage[];
  /** for searching: as few columns as will do */
  latestTexts(customerId: string, count: number): { id: string; text: string }[];
  message(id: string): ContextMessage | undefined;
  latestSessions(customerId: string, count: number): ContextSession[];
  conversations(customerId: string, count: number): ContextConversation[];
  analysisOf(sessionId: string): Pick<Analysis, "summary" | "summary_points" | "topic" | "outcome" | "sentiment"> | undefined;
}

const MESSAGE = "id, channel, session_id AS sessionId, speaker, kind, text, at_ms AS atMs, sentiment, facts";
type MessageRow = Omit<ContextMessage, "facts"> & { facts: string | null };

function messageOf({ facts, ...row }: MessageRow): ContextMessage {
  return { ...row, facts: facts === null ? null : (JSON.parse(facts) as ContextMessage["facts"]) };
}

/** @param db an open, migrated database */
export function createContextReads(db: Db): ContextReads {
  const customer = db.prepare<[string], { id: string; name: string | null; profile: string | null; createdAtMs: number }>(`SELECT c.id, ${BEST_NAME} AS name, created_at_ms AS createdAtMs,
    (SELECT profile FROM customers p WHERE p.root_id = c.id AND p.profile IS NOT NULL ORDER BY p.id = c.id DESC LIMIT 1) AS profile FROM customers c WHERE c.id = (SELECT root_id FROM customers WHERE id = ?)`);
  const identities = db.prepare<[string], { kind: string; value: string; last_seen_ms: number }>("SELECT kind, value, last_seen_ms FROM identities WHERE customer_id = ? ORDER BY last_seen_ms DESC, kind, value LIMIT 50");
  const byAddress = db.prepare<[string, string], { customer_id: string }>("SELECT customer_id FROM identities WHERE kind = ? AND value = ?");
  const session = "s.id AS session_id, s.conversation_id, s.customer_id, s.channel, CASE WHEN s.channel = 'phone' THEN s.call_id END AS call_id";
  const byRef = db.prepare<Record<string, string | null>, ReturnType<ContextReads["references"]>[number]>(`SELECT * FROM (
      SELECT substr(r.kind, 1, instr(r.kind || '@', '@') - 1) AS kind, ${session} FROM refs r JOIN sessions s ON s.id = r.session_id WHERE r.value = @value
      UNION SELECT 'call_id' AS kind, ${session} FROM call_ids c JOIN sessions s ON s.id = c.session_id WHERE c.call_id = @value
      UNION SELECT m.channel || '_message' AS kind, ${session} FROM messages m JOIN sessions s ON s.id = m.session_id WHERE m.external_id = @value
      UNION SELECT 'conversation' AS kind, ${session} FROM sessions s WHERE s.conversation_id = @value
      UNION SELECT 'session' AS kind, ${session} FROM sessions s WHERE s.id = @value
    ) WHERE @kind IS NULL OR kind = @kind LIMIT 50`);
  const messages = db.prepare<[string, number], MessageRow>(`SELECT ${MESSAGE} FROM messages WHERE customer_id = ? ORDER BY at_ms DESC, seq DESC LIMIT ?`);
  const texts = db.prepare<[string, number], { id: string; text: string }>("SELECT id, text FROM messages WHERE customer_id = ? ORDER BY at_ms DESC, seq DESC LIMIT ?");
  const one = db.prepare<[string], MessageRow>(`SELECT ${MESSAGE} FROM messages WHERE id = ?`);
  const sessions = db.prepare<[string, number], ContextSession>(`SELECT id, channel, conversation_id AS conversationId, started_at_ms AS startMs, coalesce(ended_at_ms, started_at_ms + coalesce(duration_ms, 0)) AS endMs, reason, outcome, agent_name AS agentName, queue
    FROM sessions WHERE customer_id = ? AND is_empty = 0 ORDER BY started_at_ms DESC LIMIT ?`);
  const conversations = db.prepare<[string, number], Omit<ContextConversation, "findings"> & { findings: string | null }>(`SELECT id, status, reason, topic, summary, owner, queue, crm_link, opened_at_ms AS openedAtMs, updated_at_ms AS updatedAtMs, resolved_at_ms AS resolvedAtMs, findings
    FROM conversations WHERE customer_id = ? AND is_empty = 0 ORDER BY updated_at_ms DESC LIMIT ?`);
  const analysis = db.prepare<[string], { body: string }>("SELECT body FROM analyses WHERE session_id = ? ORDER BY revision DESC LIMIT 1");
  return {
    customer(id) {
      const row = customer.get(id);
      if (row === undefined) return undefined;
      const known = identities.all(row.id).map(({ last_seen_ms, ...one }) => ({ ...one, last_seen_at: toRfc3339(last_seen_ms) }));
      return { ...row, profile: row.profile === null ? null : (JSON.parse(row.profile) as Record<string, unknown>), identities: known };
    },
    customerByAddress: ({ kind, value }) => byAddress.get(kind, value)?.customer_id,
    references: (value, kind) => byRef.all({ value, kind: kind ?? null }),
    latestMessages: (customerId, count) => messages.all(customerId, count).map(messageOf),
    latestTexts: (customerId, count) => texts.all(customerId, count),
    message(id) {
      const row = one.get(id);
      return row && messageOf(row);
    },
    latestSessions: (customerId, count) => sessions.all(customerId, count),
    conversations: (customerId, count) => conversations.all(customerId, count).map(({ findings, ...row }) => ({ ...row, findings: findings === null ? null : (JSON.parse(findings) as ConversationFindings) })),
    analysisOf(sessionId) {
      const row = analysis.get(sessionId);
      return row && (JSON.parse(row.body) as Analysis);
    },
  };
}
