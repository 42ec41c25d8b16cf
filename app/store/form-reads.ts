// Forms and payloads as readers see them.
import { toRfc3339 } from "../domain/index.ts";
import type { Db } from "../platform/index.ts";
import type { FormState } from "./forms.ts";
import { pageOf, readCursor } from "./rows.ts";
import type { PageOf, PageRequest } from "./views.ts";

/** A form as it stands in a conversation; `body` is the JSON that the pipeline stored. */
export interface StoredForm {
  conversationId: string;
  workflow: string;
  state: FormState;
  body: string;
  updatedAtMs: number;
  payload: { id: string; revision: number } | null;
}

export interface PayloadView {
  id: string;
  workflow: string;
  revision: number;
  /** where its matter is now */
  conversation_id: string | null;
  customer_id: string | null;
  session_id: string;
  completed_at: string;
  sha256: string;
  /** what was sent; null once its time to be kept is over */
  payload: Record<string, unknown> | null;
  /** null when the workflow had no endpoint */
  delivery: { state: "waiting" | "delivered" | "parked" | "superseded"; attempts: number; http_status: number | null; error: { code: string; message: string } | null; finished_at: string | null } | null;
}

export interface FormReads {
  ofConversation(conversationId: string): StoredForm[];
  /** how many forms of each workflow are in each state */
  counts(): { workflow: string; state: FormState; count: number }[];
  /** newest first */
  listPayloads(workflow: string, page: PageRequest): PageOf<PayloadView>;
}

interface PayloadRow {
  id: string; workflow: string; revision: number; session_id: string; completed_at_ms: number; sha256: string; body: string | null; conversation_id: string | null; customer_id: string | null;
  state: NonNullable<PayloadView["delivery"]>["state"] | null; attempts: number; http_status: number | null; error_code: string | null; error_message: string | null; finished_at_ms: number | null;
}

/** @param db an open, migrated database */
export function createFormReads(db: Db): FormReads {
  const forms = db.prepare<Record<string, string>, Omit<StoredForm, "payload"> & { payloadId: string | null; revision: number | null }>(`SELECT f.conversation_id AS conversationId, f.workflow, f.state, f.body, f.updated_at_ms AS updatedAtMs, p.id AS payloadId, p.revision FROM forms f
    LEFT JOIN payloads p ON p.seq = (SELECT max(q.seq) FROM payloads q JOIN sessions s ON s.id = q.session_id WHERE s.conversation_id = f.conversation_id AND q.workflow = f.workflow)
    WHERE f.conversation_id = @id ORDER BY f.begun_at_ms, f.workflow`);
  const counts = db.prepare<[], { workflow: string; state: FormState; count: number }>("SELECT workflow, state, count(*) AS count FROM forms GROUP BY workflow, state");
  return {
    ofConversation: (id) => forms.all({ id }).map(({ payloadId, revision, ...form }) => ({ ...form, payload: payloadId === null || revision === null ? null : { id: payloadId, revision } })),
    counts: () => counts.all(),
    listPayloads(workflow, page) {
      const after = readCursor(page);
      const rows = db.prepare<Record<string, unknown>, PayloadRow>(`SELECT p.id, p.workflow, p.revision, p.session_id, p.completed_at_ms, p.sha256, p.body, s.conversation_id, s.customer_id, o.state, o.attempts, o.http_status, o.error_code, o.error_message, o.finished_at_ms
        FROM payloads p JOIN sessions s ON s.id = p.session_id LEFT JOIN outbox o ON o.id = p.outbox_id WHERE p.workflow = @workflow ${after === undefined ? "" : "AND (p.completed_at_ms, p.id) < (@at, @id)"}
        ORDER BY p.completed_at_ms DESC, p.id DESC LIMIT @limit`).all({ workflow, ...after, limit: page.limit + 1 });
      return pageOf(rows, page.limit, (row) => ({ at: row.completed_at_ms, id: row.id }), payloadView);
    },
  };
}

function payloadView(row: PayloadRow): PayloadView {
  return {
    id: row.id, workflow: row.workflow, revision: row.revision, conversation_id: row.conversation_id, customer_id: row.customer_id, session_id: row.session_id, completed_at: toRfc3339(row.completed_at_ms), sha256: row.sha256,
    payload: row.body === null ? null : (JSON.parse(row.body) as Record<string, unknown>),
    delivery: row.state === null ? null : {
      state: row.state, attempts: row.attempts, http_status: row.http_status, error: row.error_code === null ? null : { code: row.error_code, message: row.error_message ?? "" }, finished_at: row.finished_at_ms === null ? null : toRfc3339(row.finished_at_ms),
    },
  };
}
