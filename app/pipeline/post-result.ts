// The result of a call goes into the outbox. Inside the transaction that made it one.
import { buildCrmBody } from "../delivery/index.ts";
import { publicUrl } from "../platform/index.ts";
import type { Parts } from "./parts.ts";

/**
 * One result for the CRM, if there is one. The view is read inside the transaction, so it holds what was just written. Results that still wait are superseded.
 * @param dueMs not before then; at once when absent
 */
export function postResult(sessionId: string, revision: number, parts: Pick<Parts, "store" | "delivery" | "config" | "clock">, dueMs?: number): void {
  const view = parts.store.writes.viewOfSession(sessionId);
  if (parts.delivery?.destinations.includes("crm") !== true || view === undefined || view.engines?.analysis === null) return;
  const customer = view.customer_id === null ? undefined : parts.store.writes.customers.card(view.customer_id);
  const body = buildCrmBody({ call: view, customer: customer ?? null, revision, linkBase: publicUrl(parts.config) });
  parts.store.writes.findings.post({ sessionId, destination: "crm", revision, body: JSON.stringify(body), nowMs: parts.clock.now(), ...(dueMs === undefined ? {} : { dueMs }) });
}
