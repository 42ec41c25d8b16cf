// Which contacts of a customer are about one matter. Pure: the same contacts and decisions give the same conversations, whatever order they came in.
import type { Outcome } from "../domain/index.ts";
import { createSets } from "./sets.ts";

export const CONVERSATION_STATUSES = ["open", "waiting", "resolved", "reopened"] as const;
export type ConversationStatus = (typeof CONVERSATION_STATUSES)[number];

/** A session as the rules see it. */
export interface Contact {
  id: string;
  isCall: boolean;
  /** UTC ms of its first and last moment */
  startMs: number;
  endMs: number;
  /** reason code of the analysis; null before it, or when nothing told */
  reason: string | null;
  outcome: Outcome | null;
  /** who spoke last; null for calls */
  lastWord: "customer" | "house" | null;
  /** what its matter is called anywhere: equal texts are one matter */
  refs: readonly string[];
}

/** What a person decided, pinned to a session of the conversation, so that it counts again whenever conversations are gathered. */
export interface Decision {
  /** order in which decisions were made */
  seq: number;
  sessionId: string;
  atMs: number;
  field: "status" | "owner" | "queue" | "reason" | "crm_link" | "conversation";
  /** for `conversation`: id of a session to be together with, null for a conversation of its own */
  value: string | null;
}

export interface Matter {
  /** in the order in which they began */
  sessionIds: string[];
  status: ConversationStatus;
  reason: string | null;
  owner: string | null;
  queue: string | null;
  crmLink: string | null;
  openedAtMs: number;
  lastAtMs: number;
  resolvedAtMs: number | null;
}

/** How long a matter waits for more, ms. */
export interface MatterRules {
  /** a contact whose reason is not known joins what was open this recently */
  sameMatterMs: number;
  /** a contact for the same reason joins what was open this recently … */
  sameReasonMs: number;
  /** … or was resolved this recently, which reopens it */
  reopenMs: number;
  /** a call this soon after the customer wrote continues the chat by telephone */
  escalationMs: number;
}

const DAY_MS = 86_400_000;
export const MATTER_RULES: MatterRules = { sameMatterMs: 7 * DAY_MS, sameReasonMs: 30 * DAY_MS, reopenMs: 14 * DAY_MS, escalationMs: 30 * 60_000 };

/**
 * In time order, each contact joins: what a person or a reference ties it to → the chat that it continues by telephone → the latest matter of
 * the same reason → the latest open matter, where one of both has no reason yet → a matter of its own.
 * @param contacts  all contacts of one customer, in any order
 * @param decisions about these contacts; those about others are ignored
 * @returns matters in the order in which they began; every contact is in exactly one
 */
export function gatherConversations(contacts: readonly Contact[], decisions: readonly Decision[] = [], rules: MatterRules = MATTER_RULES): Matter[] {
  const known = new Map(contacts.map((one) => [one.id, one]));
  const own = decisions.filter((one) => known.has(one.sessionId));
  const pins = new Map(own.filter((one) => one.field === "conversation").sort((a, b) => a.seq - b.seq).map((one) => [one.sessionId, one.value]));
  const tied = tie(contacts, pins);
  const matters: Draft[] = [];
  const matterOf = new Map<string, Draft>();

  for (const step of inTimeOrder(contacts, own, known)) {
    const at = matterOf.get(step.sessionId);
    if (step.what === "end" && at !== undefined) end(at, step.contact);
    else if (step.what === "decision" && at !== undefined) decide(at, step.decision);
    else if (step.what === "start") {
      const { contact } = step;
      const apart = pins.get(contact.id) === null;
      const found = tied.matterOf(contact.id, matterOf) ?? (apart ? undefined : joinable(contact, matters, rules));
      const matter = found ?? begin(contact, matters);
      matterOf.set(contact.id, matter);
      tied.placed(contact.id);
      join(matter, contact);
    }
  }
  return matters.map(({ contacts: inside, decidedReason, ...rest }) => ({ ...rest, reason: decidedReason ?? rest.reason, sessionIds: inside.map((one) => one.id) }));
}

interface Draft extends Omit<Matter, "sessionIds"> {
  contacts: Contact[];
  decidedReason: string | null;
}

type Step =
  | { what: "start" | "end"; sessionId: string; contact: Contact; atMs: number; rank: number }
  | { what: "decision"; sessionId: string; decision: Decision; atMs: number; rank: number };

/** Ends before decisions before starts of the same moment; a contact never ends, and is never decided about, before it began. */
function inTimeOrder(contacts: readonly Contact[], decisions: readonly Decision[], known: ReadonlyMap<string, Contact>): Step[] {
  const steps: Step[] = contacts.flatMap((contact): Step[] => [
    { what: "start", sessionId: contact.id, contact, atMs: contact.startMs, rank: 2 },
    { what: "end", sessionId: contact.id, contact, atMs: Math.max(contact.startMs, contact.endMs), rank: contact.endMs > contact.startMs ? 0 : 3 },
  ]);
  for (const decision of decisions) {
    if (decision.field === "conversation") continue;
    const begun = known.get(decision.sessionId)?.startMs ?? 0;
    steps.push({ what: "decision", sessionId: decision.sessionId, decision, atMs: Math.max(decision.atMs, begun), rank: decision.atMs > begun ? 1 : 4 });
  }
  const seq = (step: Step): number => (step.what === "decision" ? step.decision.seq : 0);
  return steps.sort((a, b) => a.atMs - b.atMs || a.rank - b.rank || seq(a) - seq(b) || (a.sessionId < b.sessionId ? -1 : a.sessionId > b.sessionId ? 1 : 0));
}

/** Contacts that belong together whatever their time: equal references, and what a person put together. A person's word beats references. */
function tie(contacts: readonly Contact[], pins: ReadonlyMap<string, string | null>) {
  const sets = createSets();
  for (const contact of contacts) {
    const pin = pins.get(contact.id);
    if (pin === undefined) for (const ref of contact.refs) sets.join(contact.id, `ref ${ref}`);
    else if (pin !== null) sets.join(contact.id, pin);
  }
  const latest = new Map<string, string>();
  return {
    matterOf: (id: string, matterOf: ReadonlyMap<string, Draft>): Draft | undefined => matterOf.get(latest.get(sets.find(id)) ?? ""),
    placed: (id: string): void => void latest.set(sets.find(id), id),
  };
}

function joinable(contact: Contact, matters: readonly Draft[], rules: MatterRules): Draft | undefined {
  const escalated = contact.isCall ? matters.filter((matter) => matter.contacts.some((one) => !one.isCall && one.startMs <= contact.startMs && contact.startMs - one.endMs <= rules.escalationMs)) : [];
  const since = (matter: Draft): number => contact.startMs - matter.lastAtMs;
  const isOpen = (matter: Draft): boolean => matter.status !== "resolved";
  const sameReason = matters.filter((matter) => contact.reason !== null && reasonOf(matter) === contact.reason && (isOpen(matter) ? since(matter) <= rules.sameReasonMs : contact.startMs - (matter.resolvedAtMs ?? 0) <= rules.reopenMs));
  const sameMatter = matters.filter((matter) => isOpen(matter) && since(matter) <= rules.sameMatterMs && (contact.reason === null || reasonOf(matter) === null));
  return newest(escalated) ?? newest(sameReason) ?? newest(sameMatter);
}

function newest(matters: readonly Draft[]): Draft | undefined {
  return matters.reduce<Draft | undefined>((best, one) => (best === undefined || one.lastAtMs >= best.lastAtMs ? one : best), undefined);
}

const reasonOf = (matter: Draft): string | null => matter.decidedReason ?? matter.reason;

function begin(contact: Contact, matters: Draft[]): Draft {
  const matter: Draft = { contacts: [], status: "open", reason: null, decidedReason: null, owner: null, queue: null, crmLink: null, openedAtMs: contact.startMs, lastAtMs: contact.startMs, resolvedAtMs: null };
  matters.push(matter);
  return matter;
}

function join(matter: Draft, contact: Contact): void {
  if (matter.status === "resolved") matter.status = "reopened";
  matter.contacts.push(contact);
  matter.reason ??= contact.reason;
  matter.lastAtMs = Math.max(matter.lastAtMs, contact.endMs, contact.startMs);
}

function end(matter: Draft, contact: Contact): void {
  if (contact.outcome === "resolved") {
    matter.status = "resolved";
    matter.resolvedAtMs = contact.endMs;
  } else if (contact.outcome === "follow_up" || (contact.outcome === null && contact.lastWord === "house")) matter.status = "waiting";
  else if (contact.lastWord === "customer" && matter.status === "waiting") matter.status = "open";
}

function decide(matter: Draft, { field, value, atMs }: Decision): void {
  if (field === "status") {
    matter.status = (CONVERSATION_STATUSES as readonly (string | null)[]).includes(value) ? (value as ConversationStatus) : matter.status;
    matter.resolvedAtMs = value === "resolved" ? atMs : matter.resolvedAtMs;
  } else if (field === "reason") matter.decidedReason = value;
  else if (field === "crm_link") matter.crmLink = value;
  else if (field === "owner" || field === "queue") matter[field] = value;
}
