// A conversation fills a form: one pass over its messages in time order, so that late and shuffled arrivals come to the same. Pure.
import { addSigns, isAgreed, NO_SIGNS, type Signs } from "./agreement.ts";
import { missingSlots, sureOf, type FilledSlot, type Form } from "./form.ts";
import { findOpening, goOn, openingOf } from "./opening.ts";
import type { Change } from "./change.ts";
import { dayOffered, readCustomer } from "./customer.ts";
import { readHouse, type HouseTurn } from "./house.ts";
import type { SaidMessage } from "./message.ts";
import type { MessageReader, PreparedWorkflow, ReadMessage } from "./reader.ts";
import { addProposals } from "./proposals.ts";
import { isFullerName } from "./values/names.ts";
import { checkValue } from "./values/read-values.ts";

/** Everything that a form is made of. */
export interface FoldInput {
  /** in time order */
  messages: readonly SaidMessage[];
  /** reasons that the conversation is about, e.g. `returns.damaged` */
  reasons: readonly string[];
  /** of each of its contacts: reasons that it may be about, each with its chance 0…1 */
  likely?: readonly Readonly<Record<string, number>>[] | undefined;
  /** what was filled before the first of these messages, when there are too many to read all */
  earlier?: { begunBy: string | null; isAgreed: boolean; slots: Readonly<Record<string, FilledSlot>> } | undefined;
  /** what somebody else read in these messages, checked; it fills what is empty at the end, unless the customer denied it since */
  proposals?: Readonly<Record<string, FilledSlot>> | undefined;
}

/** Answers come within so many messages of the customer. */
const ANSWERED_WITHIN = 3;

/** Days that are remembered as offered. */
const LATELY = 8;

/** How far a fold has come. Never changed: a step makes a new one. */
export interface FoldState {
  slots: Readonly<Record<string, FilledSlot>>;
  /** when the customer last denied a value, by slot and value, UTC ms */
  denied: Readonly<Record<string, number>>;
  /** what was asked for and is still to be answered */
  pending: { names: ReadonlySet<string>; left: number; askedBy: string };
  house: HouseTurn | undefined;
  /** days that the house named lately: a bare "Thursday" is the one among them */
  days: readonly string[];
  missing: readonly string[];
  signs: Signs;
  completedBy: string | null;
}

/** @returns the form; undefined when nothing began the workflow */
export function foldForm(workflow: PreparedWorkflow, input: FoldInput, reader: MessageReader): Form | undefined {
  const begun = findBeginning(workflow, input.messages, 0, reader);
  if (begun < 0 && !isBegun(workflow, input)) return undefined;
  const opening = input.earlier === undefined ? findOpening(input.messages, begun, isBegun(workflow, input), reader) : -1;
  let state = beginFold(workflow, input);
  input.messages.forEach((message, at) => (state = stepFold(state, message, at === opening, workflow, reader)));
  return endFold(state, begun, workflow, input);
}

/** @returns the first message, from this one on, that begins the workflow; −1 when none does */
export function findBeginning(workflow: PreparedWorkflow, messages: readonly SaidMessage[], from: number, reader: MessageReader): number {
  for (let at = from; at < messages.length; at++) if (begins(messages[at] as SaidMessage, workflow, reader)) return at;
  return -1;
}

/**
 * From so likely, all its reasons together, a workflow begins, and waits for a second witness as one that words alone began. Of 120 conversations with a form that nothing was tuned on, 7 more begin
 * (24 did not), and 3 forms more of 600 that should not; on the 824 training conversations, each judged by a model that had not seen its writer, 3 of 16 and 73 of 4,702.
 */
const LIKELY = 0.25;

/** True when the reason of the conversation, or what is likely to be it, or what lies before its messages, began the workflow. */
export function isBegun(workflow: PreparedWorkflow, { reasons, likely = [], earlier }: Pick<FoldInput, "reasons" | "likely" | "earlier">): boolean {
  return earlier !== undefined || isByReason(workflow, reasons) || likely.some((chances) => Object.entries(chances).reduce((sum, [reason, chance]) => sum + (isByReason(workflow, [reason]) ? chance : 0), 0) >= LIKELY);
}

function isByReason({ workflow }: PreparedWorkflow, reasons: readonly string[]): boolean {
  return reasons.some((reason) => workflow.begins.reasons.some((one) => reason === one || reason.startsWith(`${one}.`)));
}

export function beginFold({ workflow }: PreparedWorkflow, { earlier }: FoldInput): FoldState {
  const slots = { ...earlier?.slots };
  return { slots, denied: {}, pending: { names: new Set(), left: 0, askedBy: "" }, house: undefined, days: [], missing: missingSlots(workflow, slots), signs: NO_SIGNS, completedBy: null };
}

export function stepFold(state: FoldState, message: SaidMessage, isBeginning: boolean, workflow: PreparedWorkflow, reader: MessageReader): FoldState {
  const read = reader.read(message);
  const isHouse = message.speaker === "agent" || message.speaker === "bot";
  const { pending } = state;
  const changes: Change[] = [...readFields(message, read, workflow), ...(isBeginning ? openingOf(message, workflow) : [])];
  const house = isHouse ? readHouse(read, message.id, workflow) : undefined;
  if (house !== undefined) changes.push(...settle(house, state, workflow));
  else if (message.speaker !== "system") changes.push(...readCustomer(read, message.isPage === true, workflow, { slots: state.slots, pending: pending.names, house: state.house, days: state.days }));
  if (!isHouse && !isBeginning && message.speaker !== "system" && message.isPage !== true) changes.push(...goOn(read, state.slots, changes, workflow));
  const sure = state.completedBy === null ? changes : changes.filter((change) => change.value === null || change.source !== "guessed"); // a guess sends no new revision
  const slots = sure.reduce((known, change) => apply(change, message, known, change.value !== null && change.source === "answered" && pending.names.has(change.slot) ? pending.askedBy : state.house?.messageId), state.slots);
  const missing = slots === state.slots ? state.missing : missingSlots(workflow.workflow, slots);
  const no = changes.flatMap((change) => (change.value === null ? [[keyOf(change.slot, change.denied), message.atMs] as const] : []));
  const next = { ...state, slots, signs: addSigns(state.signs, read, workflow), denied: no.length === 0 ? state.denied : { ...state.denied, ...Object.fromEntries(no) }, missing, completedBy: missing.length > 0 ? null : (state.completedBy ?? (changes.length > 0 || isBeginning ? message.id : null)) };
  if (house !== undefined) {
    const days = workflow.slots.flatMap((slot) => (slot.slot.type === "date" ? read.values(slot, false).flatMap((list) => list.map((one) => one.value)) : []));
    return { ...next, house, days: [...state.days, ...days].slice(-LATELY), pending: house.asked.size > 0 ? { names: house.asked, left: ANSWERED_WITHIN, askedBy: message.id } : pending };
  }
  if (message.isPage === true) return next;
  const open = [...pending.names].filter((name) => !changes.some((change) => change.slot === name && change.value !== null));
  return { ...next, house: undefined, pending: { ...pending, names: new Set(pending.left > 1 ? open : []), left: pending.left - 1 } };
}

export function endFold(state: FoldState, begun: number, workflow: PreparedWorkflow, { messages, reasons, earlier, proposals = {} }: FoldInput): Form {
  const proposed = Object.entries(proposals).filter(([name, { value, atMs }]) => state.slots[name] === undefined && atMs > (state.denied[keyOf(name, value)] ?? -Infinity));
  const slots = addProposals({ slots: state.slots }, Object.fromEntries(proposed));
  const { workflow: definition } = workflow;
  const missing = missingSlots(definition, slots);
  const [next] = missing;
  const agreed = earlier?.isAgreed === true || isAgreed(workflow, state.signs, slots, isByReason(workflow, reasons));
  const isComplete = missing.length === 0 && agreed;
  return {
    workflow: definition.name, version: definition.version, begunBy: earlier?.begunBy ?? messages[begun]?.id ?? null, isComplete, isAgreed: agreed,
    slots: Object.fromEntries(Object.keys(definition.slots).flatMap((name) => (slots[name] === undefined ? [] : [[name, slots[name]]]))),
    missing, ask: next === undefined ? null : (definition.slots[next]?.ask ?? null), completedBy: isComplete ? (state.completedBy ?? (proposed.length > 0 ? newestOf(slots) : undefined) ?? messages.at(-1)?.id ?? null) : null,
  };
}

function keyOf(slot: string, value: string): string {
  return `${slot}: ${value}`;
}

/** The message without which a form is not what it is. */
function newestOf(slots: Readonly<Record<string, FilledSlot>>): string | undefined {
  return Object.values(slots).reduce<FilledSlot | undefined>((newest, slot) => (newest === undefined || slot.atMs > newest.atMs ? slot : newest), undefined)?.evidence.at(-1);
}

function begins(message: SaidMessage, workflow: PreparedWorkflow, reader: MessageReader): boolean {
  if (message.intent !== undefined && workflow.intents.has(message.intent.toLowerCase())) return true;
  return message.speaker !== "system" && message.isPage !== true && reader.read(message).begins(workflow);
}

/** What the house says as done. Of days and times its last word is the booking; elsewhere it fills only what the customer left open. */
function settle({ stated }: HouseTurn, { slots, days }: FoldState, workflow: PreparedWorkflow): Change[] {
  return workflow.slots.flatMap(({ name, slot }): Change[] => {
    const said = stated.get(name);
    const known = slots[name];
    if (said === undefined) return [];
    const isLast = slot.type === "time" || slot.type === "boolean" || (slot.type === "date" && slot.when === "future");
    const isFuller = known !== undefined && (slot.type === "name" ? isFullerName(said.value, known.value) || (known.source === "stated" && said.value.split(" ").length > known.value.split(" ").length) : slot.type === "address" && said.value.length > known.value.length && said.value.startsWith(known.value));
    const isBetter = slot.type === "text" && known?.source === "guessed";
    return known === undefined || isLast || isFuller || isBetter ? [{ slot: name, value: slot.type === "date" ? (said.weekday === undefined ? said.value : dayOffered(said.weekday, said.value, known?.value, days)) : said.value, source: "stated", quote: said.quote }] : [];
  });
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
function apply(change: Change, message: SaidMessage, slots: FoldState["slots"], houseId: string | undefined): FoldState["slots"] {
  if (change.value === null) return Object.fromEntries(Object.entries(slots).filter(([name]) => name !== change.slot));
  const confidence = sureOf(change.source, message);
  const known = slots[change.slot];
  if (known?.value === change.value) return confidence <= known.confidence ? slots : { ...slots, [change.slot]: { ...known, confidence } };
  const isAnswer = change.source === "answered" || change.source === "confirmed";
  const evidence = [...new Set([...(change.isPart === true ? (known?.evidence ?? []) : isAnswer && houseId !== undefined ? [houseId] : []), message.id])];
  return { ...slots, [change.slot]: { value: change.value, source: change.source, confidence, quote: change.quote, evidence, atMs: message.atMs } };
}
