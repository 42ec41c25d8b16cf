// Gathers the sessions of one customer into conversations again, whenever one of them came, changed or moved. Inside a transaction.
import { gatherConversations, type Contact, type Decision } from "../../threads/index.ts";
import { GATHERED_AT_MOST, type ContactRow } from "../../store/index.ts";
import type { Parts } from "../parts.ts";
import { settleIssues } from "../issues/settle-issues.ts";
import { tellWhen } from "../tell-when.ts";
import { foldConversationLater, foldLater, foldWaiting, forgetUnfolded } from "../workflows/fold-forms.ts";
import { sumUp } from "./sum-up.ts";

/** Arrivals of one commit gather each customer once: a burst from one number costs no more than a single call. */
export function gatherLater({ id, customer_id: customerId }: { id: string; customer_id: string | null }, parts: Parts): void {
  if (customerId === null) parts.ungathered.sessions.add(id);
  else parts.ungathered.customers.add(customerId);
  foldLater(id, parts);
}

/** Gathers whatever waits. The last thing in every transaction that took something in. */
export function gatherWaiting(parts: Parts): void {
  const { customers, sessions } = parts.ungathered;
  const waiting = [...customers].filter((id) => parts.store.writes.customers.rootOf(id) === id); // merged away since: its root is waiting too
  const alone = [...sessions].flatMap((id) => parts.store.writes.sessions.byId(id) ?? []);
  forgetUngathered(parts);
  for (const id of waiting) gatherCustomer(id, parts);
  for (const session of alone) gatherAround(session, parts);
  foldWaiting(parts);
  settleIssues(parts);
}

/** The transaction was rolled back. */
export function forgetWaiting(parts: Parts): void {
  forgetUngathered(parts);
  forgetUnfolded(parts);
}

function forgetUngathered({ ungathered }: Parts): void {
  ungathered.customers.clear();
  ungathered.sessions.clear();
}

/** Everything of one root. Cheap (one read, a fold, and writes only of what changed), so it is done at every event instead of patched. */
export function gatherCustomer(customerId: string, parts: Parts): void {
  gather(parts.store.writes.conversations.contacts({ customerId }), customerId, parts);
}

/** The customer of a session, or the session alone when it belongs to nobody. */
export function gatherAround(session: { id: string; customer_id: string | null }, parts: Parts): void {
  if (session.customer_id !== null) gatherCustomer(session.customer_id, parts);
  else gather(parts.store.writes.conversations.contacts({ sessionId: session.id }), null, parts);
}

function gather(rows: readonly ContactRow[], customerId: string | null, parts: Parts): void {
  const { conversations } = parts.store.writes;
  const now = parts.clock.now();
  const decisions = conversations.decisions(rows.map((row) => row.id)) as Decision[];
  const moved = decisions.filter((one) => one.field === "conversation").map((one) => one.sessionId);
  const kept = new Set<string>();
  const older = begunBefore(rows, parts);
  for (const matter of gatherConversations(rows.map(contactOf), decisions)) {
    const { id, isMoved, changes } = conversations.keep(matter, customerId, now, { moved, older: older.take(matter.sessionIds) });
    kept.add(id);
    if (isMoved) sumUp(id, parts);
    if (isMoved || changes.length > 0) foldConversationLater(id, parts);
    if (isMoved) for (const row of rows) if (row.conversationId !== null && row.conversationId !== id && matter.sessionIds.includes(row.id)) foldConversationLater(row.conversationId, parts); // it lost a session
    for (const change of changes) conversations.log({ sessionId: matter.sessionIds.at(-1) ?? "", atMs: now, actor: "earshot", isDecision: false, ...change });
    if (changes.length > 0) tellWhen(() => conversations.current(id) !== undefined, "conversation.changed", { conversation_id: id, customer_id: customerId, status: matter.status }, parts);
  }
  const left = [...new Set(rows.flatMap((row) => (row.conversationId === null || kept.has(row.conversationId) ? [] : [row.conversationId])))];
  if (left.length > 0) conversations.markEmpty(left);
  for (const id of left) foldConversationLater(id, parts);
}

/** Conversations that began before the sessions that are gathered: the first matter that holds one of their sessions goes on with them. */
function begunBefore(rows: readonly ContactRow[], parts: Parts): { take(sessionIds: readonly string[]): string | undefined } {
  if (rows.length < GATHERED_AT_MOST) return { take: () => undefined };
  const of = new Map(rows.map((row) => [row.id, row.conversationId]));
  const left = new Set(parts.store.writes.conversations.begunBefore([...new Set([...of.values()].filter((id) => id !== null))], [...of.keys()]));
  return {
    take(sessionIds) {
      const found = [...left].find((id) => sessionIds.some((session) => of.get(session) === id));
      if (found !== undefined) left.delete(found);
      return found;
    },
  };
}

function contactOf({ lastSpeaker, channel, ...row }: ContactRow): Contact {
  return { ...row, isCall: channel === "phone", lastWord: lastSpeaker === null ? null : lastSpeaker === "customer" ? "customer" : "house" };
}
