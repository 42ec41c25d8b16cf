// A form that words alone began may be a misunderstanding: whether something second says that it is meant, so that it may be sent. Pure.
import type { FilledSlot, SlotSource } from "./form.ts";
import type { PreparedWorkflow, ReadMessage } from "./reader.ts";

/** What was said for a workflow so far. */
export interface Signs {
  /** phrases of the customer that begin it; one that is said again is the same sign */
  customer: ReadonlySet<string>;
  /** the house named the matter too */
  isNamedByHouse: boolean;
  /** a bot understood it so */
  isIntended: boolean;
}

export const NO_SIGNS: Signs = { customer: new Set(), isNamedByHouse: false, isIntended: false };

/** Values that somebody asked for, called by their name, or put into a field: nobody does that in passing. */
const MEANT: ReadonlySet<SlotSource> = new Set(["answered", "labelled", "confirmed", "bot", "form"]);

/** @returns the same object while nothing is new */
export function addSigns(signs: Signs, read: ReadMessage, workflow: PreparedWorkflow): Signs {
  const { message } = read;
  if (message.intent !== undefined && workflow.intents.has(message.intent.toLowerCase())) return { ...signs, isIntended: true };
  if (message.speaker === "system") return signs;
  const found = read.signs(workflow);
  if (found.length === 0) return signs;
  if (message.speaker === "agent" || message.speaker === "bot") return signs.isNamedByHouse ? signs : { ...signs, isNamedByHouse: true };
  return found.every((one) => signs.customer.has(one)) ? signs : { ...signs, customer: new Set([...signs.customer, ...found]) };
}

/**
 * In 879 labelled conversations words alone began 212 forms and completed 49, four of which no person would have sent; none of the four holds a phrase of the customer's own.
 * With this none is left, and 35 of the 45 right ones need not wait for the reason that the analysis finds.
 * @param isByReason the reason of the conversation is one of the workflow's
 */
export function isAgreed({ workflow }: PreparedWorkflow, signs: Signs, slots: Readonly<Record<string, FilledSlot>>, isByReason: boolean): boolean {
  if (isByReason || signs.isIntended || workflow.begins.reasons.length === 0) return true; // a site that names no reasons leaves it to its phrases
  const isMeant = Object.values(slots).some(({ source }) => MEANT.has(source));
  return signs.customer.size > 1 || (signs.customer.size === 1 && (signs.isNamedByHouse || isMeant));
}
