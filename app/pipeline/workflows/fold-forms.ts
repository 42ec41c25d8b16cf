// Folds the forms of a conversation again, whenever something was said in it, and freezes those that became complete: all in the transaction that changed it.
import { foldForm, type FoldInput, type Form, type SaidMessage } from "../../analysis/index.ts";
import type { FormMessageRow, FormRow, FormState } from "../../store/index.ts";
import { refusalOf } from "../consent-gate.ts";
import type { Parts } from "../parts.ts";
import { tellWhen } from "../tell-when.ts";
import { freezePayload } from "./freeze-payload.ts";

/** So many of the newest messages are read; what was filled before them stands. A thread of years costs no more than this. */
export const FOLDED_AT_MOST = 500;

/** The forms of whatever conversation this session is in when the transaction ends. */
export function foldLater(sessionId: string, { workflows }: Parts): void {
  if (sessionId !== "") workflows.unfolded.sessions.add(sessionId);
}

export function foldConversationLater(conversationId: string, { workflows }: Parts): void {
  workflows.unfolded.conversations.add(conversationId);
}

/** Consent has changed: what was filled of the customer's, or of the one call, is looked at again. */
export function foldCustomerLater({ customerId, sessionId }: { customerId: string | null; sessionId: string | null }, parts: Parts): void {
  if (sessionId !== null) foldLater(sessionId, parts);
  if (customerId !== null) for (const id of parts.store.writes.forms.conversationsOf(customerId)) foldConversationLater(id, parts);
}

/** Folds whatever waits, each conversation once. After everything was gathered; the last thing in a transaction. */
export function foldWaiting(parts: Parts): void {
  const { sessions, conversations } = parts.workflows.unfolded;
  const waiting = new Set([...conversations, ...[...sessions].flatMap((id) => parts.store.writes.sessions.byId(id)?.conversation_id ?? [])]);
  forgetUnfolded(parts);
  for (const id of waiting) foldConversation(id, parts);
}

/** The transaction was rolled back. */
export function forgetUnfolded({ workflows: { unfolded } }: Parts): void {
  unfolded.sessions.clear();
  unfolded.conversations.clear();
}

function foldConversation(conversationId: string, parts: Parts): void {
  const { forms } = parts.store.writes;
  const known = new Map(forms.of(conversationId).map((row) => [row.workflow, row]));
  const conversation = forms.conversation(conversationId);
  const rows = conversation === undefined ? [] : permitted(forms.messages(conversationId, FOLDED_AT_MOST), parts);
  const messages = rows.map(saidOf);
  for (const workflow of parts.workflows.prepared) {
    const { name } = workflow.workflow;
    const row = known.get(name);
    known.delete(name);
    const form = conversation === undefined ? undefined : foldForm(workflow, { messages, reasons: conversation.reasons, earlier: earlierOf(row, rows) }, parts.workflows.reader);
    if (form === undefined || conversation === undefined) {
      if (row !== undefined) forms.remove(conversationId, name);
      continue;
    }
    const state: FormState = form.isComplete ? "complete" : conversation.status === "resolved" ? "abandoned" : "open";
    const body = JSON.stringify(form);
    const payload = form.isComplete ? freezePayload({ workflow, form, conversationId, customerId: conversation.customerId, rows }, parts) : undefined;
    if (row !== undefined && row.body === body && row.state === state) continue;
    const now = parts.clock.now();
    forms.save(conversationId, { workflow: name, state, body, begunAtMs: row?.begunAtMs ?? now, updatedAtMs: now });
    const about = { workflow: name, conversation_id: conversationId, customer_id: conversation.customerId };
    if (payload === undefined) tellWhen(() => forms.of(conversationId).some((one) => one.body === body), "workflow.progress", { ...about, state, filled: Object.keys(form.slots).length, missing: form.missing }, parts);
    else tellWhen(() => forms.hasPayload(payload.id), "workflow.completed", { ...about, payload_id: payload.id, revision: payload.revision }, parts);
  }
  for (const name of known.keys()) forms.remove(conversationId, name); // a workflow that the site gave up
}

/** Without consent to the analysis nothing of a session fills a form; what was sent is not undone. */
function permitted(rows: readonly FormMessageRow[], parts: Parts): FormMessageRow[] {
  const refused = new Map<string, boolean>();
  return rows.filter(({ sessionId }) => {
    const before = refused.get(sessionId);
    if (before !== undefined) return !before;
    const session = parts.store.writes.sessions.byId(sessionId);
    const is = session === undefined || refusalOf(session, session.channel === "phone" ? "analyse" : "summarise", parts) !== undefined;
    refused.set(sessionId, is);
    return !is;
  });
}

/** When there are more messages than are read, what lies before them stands as it was filled. */
function earlierOf(row: FormRow | undefined, rows: readonly FormMessageRow[]): FoldInput["earlier"] {
  const [first] = rows;
  if (row === undefined || first === undefined || rows.length < FOLDED_AT_MOST) return undefined;
  const form = JSON.parse(row.body) as Form;
  const slots = Object.fromEntries(Object.entries(form.slots).filter(([, slot]) => slot.atMs < first.atMs));
  return Object.keys(slots).length === 0 && rows.some((one) => one.id === form.begunBy) ? undefined : { begunBy: form.begunBy, slots };
}

interface Facts {
  payload?: SaidMessage["fields"];
  slots?: SaidMessage["fields"];
  intent?: string;
}

function saidOf({ id, speaker, kind, text, atMs, confidence, facts }: FormMessageRow): SaidMessage {
  const { payload, slots, intent } = facts === null ? ({} as Facts) : (JSON.parse(facts) as Facts);
  const fields = kind === "form" ? { ...payload, ...slots } : slots;
  return { id, speaker, text, atMs, ...(confidence === null ? {} : { confidence }), ...(kind === "page" || kind === "picture" ? { isPage: true } : {}), ...(fields === undefined ? {} : { fields }), ...(intent === undefined ? {} : { intent }) };
}
