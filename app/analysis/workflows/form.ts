// What a conversation has filled in of one workflow, what is missing, and what to ask next. Pure.
import type { Slot, Workflow } from "./definition.ts";

/** How a value came into its slot. */
export type SlotSource = "answered" | "labelled" | "confirmed" | "bot" | "form" | "stated" | "mentioned" | "model";

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

/** One workflow in one conversation. */
export interface Form {
  workflow: string;
  version: number;
  /** the message that began it; null when the reason of the conversation did */
  begunBy: string | null;
  isComplete: boolean;
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

/** What is sent on and hashed: the values alone, so that better evidence for the same value is no new revision. */
export function contentOf(form: Pick<Form, "workflow" | "slots">): Record<string, unknown> {
  return { workflow: form.workflow, slots: Object.fromEntries(Object.entries(form.slots).map(([name, slot]) => [name, slot.value])) };
}
