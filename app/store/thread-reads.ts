// Customers, threads, conversations, search and jobs as readers see them.
import { toRfc3339, type ConversationFindings } from "../domain/index.ts";
import type { Db } from "../platform/index.ts";
import { createConversationDetail } from "./conversation-detail.ts";
import { BEST_NAME } from "./customers.ts";
import { pageOf, readCursor } from "./rows.ts";
import type { StoreReads } from "./store.ts";
import type { AttachmentView, ConversationView, CustomerView, MessageView } from "./views.ts";

type ThreadReads = Pick<StoreReads, "listJobs" | "listCustomers" | "customer" | "thread" | "listConversations" | "conversation" | "search">;

interface MessageRow {
  seq: number; id: string; channel: string; session_id: string; conversation_id: string | null; customer_id: string | null; speaker: string; kind: string; text: string; at_ms: number;
  start_ms: number | null; end_ms: number | null; confidence: number | null; parent_id: string | null; status: string | null; facts: string | null;
}
interface FileRow { message_id: string; id: string; role: string; name: string | null; media_type: string | null; size_bytes: number | null; state: string; error_code: string | null; error_message: string | null; error_retry: string | null }
interface CustomerRow { id: string; name: string | null; created_at_ms: number; last_ms: number | null }
interface ConversationRow { id: string; customer_id: string | null; status: string; topic: string | null; reason: string | null; summary: string | null; opened_at_ms: number; updated_at_ms: number; owner: string | null; queue: string | null; crm_link: string | null; resolved_at_ms: number | null; summary_points: string | null; findings: string | null }
interface JobRow {
  id: string; stage: string; lane: string; state: string; call_id: string; attempts: number; run_after_ms: number; created_at_ms: number;
  error_code: string | null; error_message: string | null; error_retry: string | null;
}

const CUSTOMER = `SELECT c.id, ${BEST_NAME} AS name, c.created_at_ms, (SELECT max(received_at_ms) FROM sessions WHERE customer_id = c.id) AS last_ms FROM customers c`;
/** Merged ones are found under their root; one that lost everything to an undone split is a name in the history and nothing else. */
const STANDS = "c.root_id = c.id AND EXISTS (SELECT 1 FROM identities WHERE customer_id = c.id)";

/** @param db an open, migrated database · @param current the conversation that an id leads to now */
export function createThreadReads(db: Db, current: (conversationId: string) => string | undefined): ThreadReads {
  const detailOf = createConversationDetail(db);
  const attachments = db.prepare<[string], FileRow>("SELECT message_id, id, role, name, media_type, size_bytes, state, error_code, error_message, error_retry FROM attachments WHERE message_id IN (SELECT value FROM json_each(?)) ORDER BY message_id, position");
  const filesOf = (messageIds: readonly string[]): Map<string, AttachmentView[]> => {
    const found = new Map<string, AttachmentView[]>();
    for (const row of attachments.all(JSON.stringify(messageIds))) found.set(row.message_id, [...(found.get(row.message_id) ?? []), fileView(row)]);
    return found;
  };
  const identities = db.prepare<[string], { kind: string; value: string }>("SELECT kind, value FROM identities WHERE customer_id = ? ORDER BY first_seen_ms");
  const sessionsOf = db.prepare<[string], { id: string }>("SELECT id FROM sessions WHERE conversation_id = ? AND is_empty = 0 ORDER BY coalesce(started_at_ms, received_at_ms), id");
  const customerView = (row: CustomerRow): CustomerView => ({
    id: row.id, name: row.name, identities: identities.all(row.id), created_at: toRfc3339(row.created_at_ms), last_contact_at: row.last_ms === null ? null : toRfc3339(row.last_ms),
  });
  const conversationView = (row: ConversationRow): ConversationView => ({
    id: row.id, customer_id: row.customer_id, status: row.status, reason: row.reason, topic: row.topic, summary: row.summary, owner: row.owner, queue: row.queue, crm_link: row.crm_link,
    opened_at: toRfc3339(row.opened_at_ms), updated_at: toRfc3339(row.updated_at_ms), resolved_at: row.resolved_at_ms === null ? null : toRfc3339(row.resolved_at_ms), session_ids: sessionsOf.all(row.id).map((session) => session.id),
  });

  return {
    listJobs(filter, page) {
      const after = readCursor(page);
      const rows = db.prepare<Record<string, unknown>, JobRow>(`SELECT j.*, s.call_id FROM jobs j JOIN sessions s ON s.id = j.session_id WHERE true
        ${filter.state === undefined ? "" : "AND j.state = @state"} ${after === undefined ? "" : "AND (j.created_at_ms, j.id) < (@at, @id)"}
        ORDER BY j.created_at_ms DESC, j.id DESC LIMIT @limit`).all({ ...filter, ...after, limit: page.limit + 1 });
      return pageOf(rows, page.limit, (row) => ({ at: row.created_at_ms, id: row.id }), (row) => ({
        id: row.id, stage: row.stage, lane: row.lane, state: row.state, call_id: row.call_id, attempts: row.attempts,
        run_after: toRfc3339(row.run_after_ms), created_at: toRfc3339(row.created_at_ms),
        error: row.error_code === null ? null : { code: row.error_code, message: row.error_message ?? "", retry: row.error_retry ?? "never" },
      }));
    },
    listCustomers(query, page) {
      const after = readCursor(page);
      const rows = db.prepare<Record<string, unknown>, CustomerRow>(`${CUSTOMER} WHERE ${STANDS}
        ${query === undefined ? "" : "AND (EXISTS (SELECT 1 FROM customers n WHERE n.root_id = c.id AND n.name LIKE @like ESCAPE '\\') OR EXISTS (SELECT 1 FROM identities i WHERE i.customer_id = c.id AND i.value LIKE @like ESCAPE '\\'))"}
        ${after === undefined ? "" : "AND (c.created_at_ms, c.id) < (@at, @id)"} ORDER BY c.created_at_ms DESC, c.id DESC LIMIT @limit`).all({
        ...(query === undefined ? {} : { like: `%${query.replace(/[\\%_]/g, "\\$&")}%` }), ...after, limit: page.limit + 1,
      });
      return pageOf(rows, page.limit, (row) => ({ at: row.created_at_ms, id: row.id }), customerView);
    },
    customer(id) {
      const row = db.prepare<[string], CustomerRow>(`${CUSTOMER} WHERE c.id = (SELECT root_id FROM customers WHERE id = ?)`).get(id);
      return row && customerView(row);
    },
    thread(customerId, page) {
      const after = readCursor(page);
      const rows = db.prepare<Record<string, unknown>, MessageRow>(`SELECT * FROM messages WHERE customer_id = @customerId
        ${after === undefined ? "" : "AND (at_ms, seq) > (@at, CAST(@id AS INTEGER))"} ORDER BY at_ms, seq LIMIT @limit`).all({ customerId, ...after, limit: page.limit + 1 });
      const files = filesOf(rows.map((row) => row.id));
      return pageOf(rows, page.limit, (row) => ({ at: row.at_ms, id: String(row.seq) }), (row) => ({ ...messageView(row), ...(files.has(row.id) ? { attachments: files.get(row.id) ?? [] } : {}) }));
    },
    listConversations(filter, page) {
      const after = readCursor(page);
      const rows = db.prepare<Record<string, unknown>, ConversationRow>(`SELECT * FROM conversations WHERE is_empty = 0 ${filter.status === undefined ? "" : "AND status = @status"}
        ${filter.customerId === undefined ? "" : "AND customer_id = @customerId"} ${after === undefined ? "" : "AND (updated_at_ms, id) < (@at, @id)"}
        ORDER BY updated_at_ms DESC, id DESC LIMIT @limit`).all({ ...filter, ...after, limit: page.limit + 1 });
      return pageOf(rows, page.limit, (row) => ({ at: row.updated_at_ms, id: row.id }), conversationView);
    },
    conversation(id) {
      const row = db.prepare<[string], ConversationRow>("SELECT * FROM conversations WHERE id = ?").get(current(id) ?? id);
      if (row === undefined) return undefined;
      const points = row.summary_points === null ? [] : (JSON.parse(row.summary_points) as { text: string; evidence: string[] }[]);
      return { ...conversationView(row), summary_points: points, findings: row.findings === null ? null : (JSON.parse(row.findings) as ConversationFindings), ...detailOf(row.id) };
    },
    search(text, page) {
      const query = quoteWords(text);
      if (query === undefined) return { items: [], next: null };
      // A page of a ranked list is an offset: ranks change when rows come, so a value cursor would skip.
      const offset = readCursor(page)?.at ?? 0;
      const rows = db.prepare<Record<string, unknown>, MessageRow & { snippet: string; call_id: string }>(`SELECT m.*, s.call_id, snippet(messages_fts, 0, char(1), char(2), '…', 24) AS snippet
        FROM messages_fts JOIN messages m ON m.seq = messages_fts.rowid JOIN sessions s ON s.id = m.session_id
        WHERE messages_fts MATCH @query ORDER BY rank LIMIT @limit OFFSET @offset`).all({ query, limit: page.limit + 1, offset });
      return pageOf(rows, page.limit, () => ({ at: offset + page.limit, id: "" }), (row) => ({
        message: messageView(row), call_id: row.channel === "phone" ? row.call_id : null, customer_id: row.customer_id, snippet: row.snippet,
      }));
    },
  };
}

/** What people type is never query language: every word in quotes, the last one also as a beginning. undefined when no word is left. */
export function quoteWords(text: string): string | undefined {
  const words = text.normalize("NFC").match(/[\p{L}\p{N}]+/gu)?.slice(0, 16) ?? [];
  if (words.length === 0) return undefined;
  return words.map((word, i) => `"${word}"${i === words.length - 1 ? "*" : ""}`).join(" ");
}

function fileView({ id, role, name, media_type, size_bytes, state, error_code, error_message, error_retry }: FileRow): AttachmentView {
  return { id, role, name, media_type, size_bytes, state, error: error_code === null ? null : { code: error_code, message: error_message ?? "", retry: error_retry ?? "never" } };
}

function messageView(row: MessageRow): MessageView {
  return {
    id: row.id, channel: row.channel, session_id: row.session_id, conversation_id: row.conversation_id, speaker: row.speaker, kind: row.kind, text: row.text, at: toRfc3339(row.at_ms),
    ...(row.start_ms === null || row.end_ms === null ? {} : { start_ms: row.start_ms, end_ms: row.end_ms }),
    ...(row.confidence === null ? {} : { confidence: row.confidence }),
    ...(row.parent_id === null ? {} : { parent_id: row.parent_id }),
    ...(row.status === null ? {} : { status: row.status }),
    ...(row.facts === null ? {} : { facts: JSON.parse(row.facts) as Record<string, unknown> }),
  };
}
