// Customers, threads, conversations and jobs as readers see them.
import { toRfc3339, type ConversationFindings } from "../domain/index.ts";
import type { Db } from "../platform/index.ts";
import { createConversationDetail, type SessionQuality } from "./conversation-detail.ts";
import { BEST_NAME } from "./customers.ts";
import { messageView, type MessageRow } from "./message-view.ts";
import { pageOf, readCursor } from "./rows.ts";
import type { StoreReads } from "./store.ts";
import type { AttachmentView, ConversationView, CustomerView } from "./views.ts";

type ThreadReads = Pick<StoreReads, "listJobs" | "listCustomers" | "customer" | "thread" | "listConversations" | "conversation">;

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

/** @param db an open, migrated database · @param current the conversation that an id leads to now · @param quality what rules found in a session */
export function createThreadReads(db: Db, current: (conversationId: string) => string | undefined, quality: SessionQuality): ThreadReads {
  const detailOf = createConversationDetail(db, quality);
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
  };
}

function fileView({ id, role, name, media_type, size_bytes, state, error_code, error_message, error_retry }: FileRow): AttachmentView {
  return { id, role, name, media_type, size_bytes, state, error: error_code === null ? null : { code: error_code, message: error_message ?? "", retry: error_retry ?? "never" } };
}
