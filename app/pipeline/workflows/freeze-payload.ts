// A complete form becomes a payload: frozen, numbered and put into the outbox, once for each content. Inside the transaction that completed it.
import { canonicalJson, contentOf, digestOf, type Form, type PreparedWorkflow } from "../../analysis/index.ts";
import { toRfc3339 } from "../../domain/index.ts";
import { publicUrl } from "../../platform/index.ts";
import type { FormMessageRow } from "../../store/index.ts";
import type { Parts } from "../parts.ts";
import { destinationOf } from "./workflow-work.ts";

export interface CompleteForm {
  workflow: PreparedWorkflow;
  form: Form;
  conversationId: string;
  customerId: string | null;
  /** the messages that were read */
  rows: readonly FormMessageRow[];
}

/** @returns the new payload; undefined when the newest one of this conversation says the same */
export function freezePayload({ workflow: { workflow }, form, conversationId, customerId, rows }: CompleteForm, parts: Parts): { id: string; revision: number } | undefined {
  const { forms, findings, customers } = parts.store.writes;
  const content = contentOf(form);
  const sha256 = digestOf(content);
  const last = forms.lastPayload(conversationId, workflow.name);
  if (last?.sha256 === sha256) return undefined;
  const completing = rows.find((row) => row.id === form.completedBy) ?? rows.at(-1);
  if (completing === undefined) return undefined; // nothing that was said may be read any more
  const atMs = parts.clock.now();
  const revision = (last?.revision ?? 0) + 1;
  const { id, seq } = forms.addPayload({ workflow: workflow.name, revision, sessionId: completing.sessionId, messageId: completing.id, sha256, atMs });
  const body = canonicalJson({
    type: "workflow.completed", payload_id: id, ...content, version: workflow.version, revision, sha256, completed_at: toRfc3339(atMs), conversation_id: conversationId,
    customer: customerId === null ? null : (customers.card(customerId) ?? null),
    details: Object.fromEntries(Object.entries(form.slots).map(([name, { source, confidence, quote, evidence, atMs: saidMs }]) => [name, { source, confidence, quote, evidence, at: toRfc3339(saidMs) }])),
    link: new URL(`/v1/conversations/${conversationId}`, publicUrl(parts.config)).href,
  });
  findings.supersede(forms.waitingItems(conversationId, workflow.name), atMs);
  const outboxId = workflow.endpoint === undefined ? null : findings.postBeside({ sessionId: completing.sessionId, destination: destinationOf(workflow.name), revision: seq, body, nowMs: atMs });
  forms.setBody(seq, body, outboxId);
  parts.audit({ actor: { kind: "system", id: "workflows", ip: null }, action: "workflow.completed", object: { kind: "payload", id }, outcome: "ok", reason: `${workflow.name}, revision ${revision}, ${conversationId}` });
  if (outboxId !== null) setImmediate(() => parts.workflows.onPosted());
  return { id, revision };
}
