// A conversation fills a form: one pass over its messages in time order, so that late and shuffled arrivals come to the same. Pure.
import type { FilledSlot, Form, SlotSource } from "./form.ts";
import { missingSlots } from "./form.ts";
import { readCustomer, type Change } from "./customer.ts";
import { readHouse, type HouseTurn } from "./house.ts";
import type { SaidMessage } from "./message.ts";
import type { MessageReader, PreparedWorkflow, ReadMessage } from "./reader.ts";
import { checkValue } from "./values/read-values.ts";

/** Everything that a form is made of. */
export interface FoldInput {
  /** in time order */
  messages: readonly SaidMessage[];
  /** reasons that the conversation is about, e.g. `returns.damaged` */
  reasons: readonly string[];
  /** what was filled before the first of these messages, when there are too many to read all */
  earlier?: { begunBy: string | null; slots: Readonly<Record<string, FilledSlot>> } | undefined;
}

const SURE: Readonly<Record<SlotSource, number>> = { form: 0.97, answered: 0.95, bot: 0.95, confirmed: 0.92, labelled: 0.9, mentioned: 0.75, model: 0.7 };
/** Where the parties cannot be told apart, what is said may be the agent's. */
const UNKNOWN_PARTY = 0.8;
/** Answers come within so many messages of the customer. */
const ANSWERED_WITHIN = 3;

/** @returns the form; undefined when nothing began the workflow */
export function foldForm(workflow: PreparedWorkflow, { messages, reasons, earlier }: FoldInput, reader: MessageReader): Form | undefined {
  const begun = messages.findIndex((one) => begins(one, workflow, reader));
  const byReason = reasons.some((reason) => workflow.workflow.begins.reasons.some((one) => reason === one || reason.startsWith(`${one}.`)));
  if (begun < 0 && !byReason && earlier === undefined) return undefined;
  const begunBy = earlier?.begunBy ?? messages[begun]?.id ?? null;
  const slots: Record<string, FilledSlot> = { ...earlier?.slots };
  let pending: { names: ReadonlySet<string>; left: number; askedBy: string } = { names: new Set(), left: 0, askedBy: "" };
  let house: HouseTurn | undefined;
  let completedBy: string | null = null;
  let missing = missingSlots(workflow.workflow, slots);

  messages.forEach((message, at) => {
    const read = reader.read(message);
    const changes: Change[] = [...readFields(message, read, workflow)];
    const isHouse = message.speaker === "agent" || message.speaker === "bot";
    if (at === begun && earlier === undefined) changes.push(...openingOf(message, workflow));
    if (!isHouse && message.speaker !== "system") changes.push(...readCustomer(read, message.isPage === true, workflow, { slots, pending: pending.names, house }));
    for (const change of changes) apply(change, message, slots, change.value !== null && change.source === "answered" && pending.names.has(change.slot) ? pending.askedBy : house?.messageId);
    if (isHouse) {
      house = readHouse(read, message.id, workflow);
      if (house.asked.size > 0) pending = { names: house.asked, left: ANSWERED_WITHIN, askedBy: message.id };
    } else if (message.isPage !== true) {
      house = undefined;
      const open = [...pending.names].filter((name) => !changes.some((change) => change.slot === name && change.value !== null));
      pending = { ...pending, names: new Set(pending.left > 1 ? open : []), left: pending.left - 1 };
    }
    if (changes.length > 0 || at === begun) {
      missing = missingSlots(workflow.workflow, slots);
      completedBy = missing.length === 0 ? (completedBy ?? message.id) : null;
    }
  });
  if (byReason && begun < 0 && earlier === undefined) for (const change of openingOf(messages.find((one) => one.speaker === "customer" && one.text.length >= 20), workflow)) apply(change, messages.find((one) => one.speaker === "customer" && one.text.length >= 20) as SaidMessage, slots, undefined);
  missing = missingSlots(workflow.workflow, slots);
  const [next] = missing;
  return {
    workflow: workflow.workflow.name, version: workflow.workflow.version, begunBy, isComplete: missing.length === 0,
    slots: Object.fromEntries(Object.keys(workflow.workflow.slots).flatMap((name) => (slots[name] === undefined ? [] : [[name, slots[name]]]))),
    missing, ask: next === undefined ? null : (workflow.workflow.slots[next]?.ask ?? null), completedBy: missing.length === 0 ? (completedBy ?? messages.at(-1)?.id ?? null) : null,
  };
}

function begins(message: SaidMessage, workflow: PreparedWorkflow, reader: MessageReader): boolean {
  if (message.intent !== undefined && workflow.intents.has(message.intent.toLowerCase())) return true;
  return (message.speaker === "customer" || message.speaker === "unknown") && message.isPage !== true && reader.read(message).begins(workflow);
}

/** What began it is the first word on it: "from: opening". */
function openingOf(message: SaidMessage | undefined, { slots }: PreparedWorkflow): Change[] {
  if (message === undefined || message.speaker === "bot" || message.text.trim() === "") return [];
  return slots.filter(({ slot }) => slot.from === "opening").map(({ name, slot }) => ({ slot: name, value: message.text.trim().slice(0, slot.max_length ?? 1000), source: "mentioned", quote: message.text.trim().slice(0, 200) }));
}

/** What a bot collected or a form brought: by the slot's name or one of its keywords, and only what the slot allows. */
function readFields(message: SaidMessage, read: ReadMessage, { slots }: PreparedWorkflow): Change[] {
  return Object.entries(message.fields ?? {}).flatMap(([field, raw]): Change[] => {
    const key = plainKey(field);
    const slot = slots.find((one) => plainKey(one.name) === key) ?? slots.find((one) => one.slot.keywords.some((word) => plainKey(word) === key));
    const value = slot === undefined || raw === null ? undefined : checkValue(raw, slot.slot, read.around);
    return slot === undefined || value === undefined ? [] : [{ slot: slot.name, value, source: message.speaker === "bot" || message.speaker === "agent" ? "bot" : "form", quote: `${field}: ${String(raw)}` }];
  });
}

function plainKey(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}

/** The same value again only makes it surer; another one takes its place. */
function apply(change: Change, message: SaidMessage, slots: Record<string, FilledSlot>, houseId: string | undefined): void {
  if (change.value === null) {
    delete slots[change.slot];
    return;
  }
  const confidence = round(SURE[change.source] * (0.5 + 0.5 * (message.confidence ?? 1)) * (message.speaker === "unknown" ? UNKNOWN_PARTY : 1));
  const known = slots[change.slot];
  if (known?.value === change.value) {
    slots[change.slot] = { ...known, confidence: Math.max(known.confidence, confidence) };
    return;
  }
  const isAnswer = change.source === "answered" || change.source === "confirmed";
  slots[change.slot] = { value: change.value, source: change.source, confidence, quote: change.quote, evidence: [...new Set([...(change.isPart === true ? (known?.evidence ?? []) : isAnswer && houseId !== undefined ? [houseId] : []), message.id])], atMs: message.atMs };
}

function round(share: number): number {
  return Math.round(share * 100) / 100;
}
