// What a conversation has filled in of one workflow, what is missing, and what to ask next. Pure.
import type { Slot, Workflow } from "./definition.ts";
import type { SaidMessage } from "./message.ts";

/** How a value came into its slot. */
export type SlotSource = "answered" | "labelled" | "confirmed" | "bot" | "form" | "stated" | "mentioned" | "guessed" | "model";

/** A filled slot; `evidence` is the ids of the messages that prove it, `quote` the words. */
export interface FilledSlot {
  value: string;
  source: SlotSource;
  /** 0…1 */
  confidence: number;
  quote: string;
  evidence: string[];
  /** UTC milliseconds of the message that filled it */
  atMs: number;
}

const SURE: Readonly<Record<SlotSource, number>> = { form: 0.97, answered: 0.95, bot: 0.95, confirmed: 0.92, labelled: 0.9, stated: 0.8, mentioned: 0.75, guessed: 0.65, model: 0.7 };
/** Where the parties cannot be told apart, what is said may be the agent's. */
const UNKNOWN_PARTY = 0.8;

/** @returns 0…1: how sure a value is that came in this way, from a message heard so well */
export function sureOf(source: SlotSource, { confidence, speaker }: Pick<SaidMessage, "confidence" | "speaker">): number {
  return Math.round(SURE[source] * (0.5 + 0.5 * (confidence ?? 1)) * (speaker === "unknown" ? UNKNOWN_PARTY : 1) * 100) / 100;
}

/** One workflow in one conversation. */
export interface Form {
  workflow: string;
  version: number;
  /** the message that began it; null when the reason of the conversation did */
  begunBy: string | null;
  isComplete: boolean;
  /** false while words alone began it and nothing second agrees: it is not complete then, even with nothing missing */
  isAgreed: boolean;
  slots: Record<string, FilledSlot>;
  /** in the order in which they are asked for */
  missing: string[];
  /** the question for the first of them */
  ask: string | null;
  /** the message with which it became complete, null while it is not */
  completedBy: string | null;
}

/** @returns slots that must be filled, as far as is known by now */
export function requiredSlots(workflow: Workflow, slots: Readonly<Record<string, Pick<FilledSlot, "value">>>): string[] {
  return Object.entries(workflow.slots).flatMap(([name, slot]) => (isRequired(slot, slots) ? [name] : []));
}

function isRequired(slot: Slot, slots: Readonly<Record<string, Pick<FilledSlot, "value">>>): boolean {
  if (slot.required === true) return true;
  const conditions = Object.entries(slot.required_when ?? {});
  return conditions.length > 0 && conditions.every(([other, wanted]) => [wanted].flat().some((one) => slots[other]?.value === asValue(one)));
}

function asValue(wanted: string | number | boolean): string {
  return typeof wanted === "boolean" ? (wanted ? "yes" : "no") : String(wanted);
}

/** @returns what is still wanted, in the order of the definition; of a group of which any will do, its first slot */
export function missingSlots(workflow: Workflow, slots: Readonly<Record<string, FilledSlot>>): string[] {
  const isSure = (name: string): boolean => (slots[name]?.confidence ?? 0) >= workflow.complete.min_confidence && slots[name] !== undefined;
  const wanted = new Set(requiredSlots(workflow, slots).filter((name) => !isSure(name)));
  for (const group of workflow.complete.any_of) if (!group.some(isSure) && !group.some((name) => wanted.has(name))) wanted.add(group[0] ?? "");
  return Object.keys(workflow.slots).filter((name) => wanted.has(name));
}

/** @returns empty slots that the form may need: whoever reads the conversation once is asked for all of them. None when nothing is missing that could be filled. */
export function wantedSlots(workflow: Workflow, slots: Readonly<Record<string, FilledSlot>>): string[] {
  const isEmpty = (name: string): boolean => slots[name] === undefined && workflow.slots[name]?.from !== "opening";
  if (!missingSlots(workflow, slots).some(isEmpty)) return [];
  return Object.entries(workflow.slots).flatMap(([name, slot]) => (isEmpty(name) && (slot.required === true || slot.required_when !== undefined || workflow.complete.any_of.some((group) => group.includes(name))) ? [name] : []));
}

/** What is sent on and hashed: the values alone, so that better evidence for the same value is no new revision. */
export function contentOf(form: Pick<Form, "workflow" | "slots">): Record<string, unknown> {
  return { workflow: form.workflow, slots: Object.fromEntries(Object.entries(form.slots).map(([name, slot]) => [name, slot.value])) };
}
