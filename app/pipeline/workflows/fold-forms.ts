// Folds the forms of a conversation again, whenever something was said in it, and freezes those that became complete: all in the transaction that changed it.
import { checkProposals, proposeEncoded, type FilledSlot, type FoldInput, type Form, type MessageReader, type PreparedWorkflow, type SaidMessage } from "../../analysis/index.ts";
import type { FormMessageRow, FormRow, FormState, SlotProposal } from "../../store/index.ts";
import { refusalOf } from "../consent-gate.ts";
import type { Parts } from "../parts.ts";
import { tellWhen } from "../tell-when.ts";
import { freezePayload } from "./freeze-payload.ts";

/** At least so many of the newest messages are read, two hours of talk; what was filled before them stands. A thread of years costs no more than this. */
export const FOLDED = 1_000;
/** The first message that is read moves on by this many at once, so that a fold can go on from the last one. */
const STEP = 250;

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
  const waiting = new Set([...conversations, ...[...sessions].flatMap((id) => parts.store.writes.forms.conversationOf(id) ?? [])]);
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
  const { rows, messages, proposed, isCut } = conversation === undefined ? NOTHING : readConversation(conversationId, parts);
  const fold = parts.workflows.folder.open(conversationId, messages);
  for (const workflow of parts.workflows.prepared) {
    const { name } = workflow.workflow;
    const row = known.get(name);
    known.delete(name);
    const earlier = isCut ? earlierOf(row, rows[0]) : undefined;
    const form = conversation === undefined ? undefined : fold(workflow, { reasons: conversation.reasons, likely: conversation.likely, earlier, proposals: proposedFor(workflow, messages, proposed, parts.workflows.reader) });
    if (form === undefined || conversation === undefined) {
      if (row !== undefined) forms.remove(conversationId, name);
      continue;
    }
    const state: FormState = form.isComplete ? "complete" : conversation.status === "resolved" ? "abandoned" : "open";
    const body = JSON.stringify({ ...form, ...(earlier === undefined ? {} : { earlier }) } satisfies KeptForm);
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

interface Readable {
  rows: FormMessageRow[];
  /** the same, as forms are folded from them */
  messages: SaidMessage[];
  proposed: SlotProposal[];
  /** older messages are not among them */
  isCut: boolean;
}

const NOTHING: Readable = { rows: [], messages: [], proposed: [], isCut: false };

/** What of a conversation may be read for its forms. */
export function readConversation(conversationId: string, parts: Parts): Readable {
  const { forms, slotProposals } = parts.store.writes;
  const count = forms.count(conversationId);
  const rows = permitted(forms.messages(conversationId, count <= FOLDED + STEP ? count : FOLDED + (count % STEP)), parts);
  return { rows, messages: rows.map(saidOf), proposed: slotProposals.of(conversationId), isCut: count > FOLDED + STEP };
}

/** What was proposed is checked with every fold: its message may not be readable any more, its slot may have become another. */
export function proposedFor(workflow: PreparedWorkflow, messages: readonly SaidMessage[], proposed: readonly SlotProposal[], reader: MessageReader): Record<string, FilledSlot> {
  const own = [...proposeEncoded(workflow, messages, reader), ...proposed.filter((one) => one.workflow === workflow.workflow.name)]; // of two for one slot the later counts
  return own.length === 0 ? {} : checkProposals(workflow, messages, own, reader).slots;
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

/** As it is stored: with what was filled before the messages that are read. */
type KeptForm = Form & { earlier?: Earlier };
type Earlier = NonNullable<FoldInput["earlier"]> & { beforeMs: number };

/** What lies before the messages that are read stands as it was filled; a value that was corrected since is what the correction is about. */
export function earlierOf(row: FormRow | undefined, first: FormMessageRow | undefined): Earlier | undefined {
  if (row === undefined || first === undefined) return undefined;
  const { earlier, slots, begunBy, isAgreed } = JSON.parse(row.body) as KeptForm;
  if (earlier?.beforeMs === first.atMs) return earlier;
  const filled = Object.entries(slots).flatMap(([name, slot]) => {
    const known = slot.atMs < first.atMs ? slot : earlier?.slots[name];
    return known === undefined ? [] : [[name, known] as const];
  });
  return { begunBy, isAgreed, slots: Object.fromEntries(filled), beforeMs: first.atMs };
}

interface Facts {
  payload?: SaidMessage["fields"];
  slots?: SaidMessage["fields"];
  intent?: string;
}

function saidOf({ id, speaker, kind, text, atMs, confidence, facts, encoding }: FormMessageRow): SaidMessage {
  const { payload, slots, intent } = facts === null ? ({} as Facts) : (JSON.parse(facts) as Facts);
  const fields = kind === "form" ? { ...payload, ...slots } : slots;
  return { id, speaker, text, atMs, ...(encoding === null ? {} : { encoding }), ...(confidence === null ? {} : { confidence }), ...(kind === "page" || kind === "picture" ? { isPage: true } : {}), ...(fields === undefined ? {} : { fields }), ...(intent === undefined ? {} : { intent }) };
}
