// Values for slots that somebody proposes whom nobody believes. They count only with words that stand in the customer's message that is cited. Pure.
import { withoutOrders } from "../reading/orders.ts";
import { plain } from "../text/plain.ts";
import { sureOf, type FilledSlot, type Form } from "./form.ts";
import type { SaidMessage } from "./message.ts";
import type { MessageReader, PreparedWorkflow } from "./reader.ts";
import { checkValue } from "./values/read-values.ts";

/** A value as whoever proposes it says it: nothing of it is believed. */
export interface ProposedSlot {
  slot: string;
  value: string;
  /** words of the message */
  quote: string;
  message: string;
}

/**
 * The check that every proposal must pass: the slot exists, the message exists and is not the house's alone, the quote stands in it, the value is what
 * the slot allows, and it is what the quote says (or, for words, words of the quote).
 * @param proposed the later of two for one slot counts
 * @returns values by slot; what fails is left out and counted
 */
export function checkProposals(workflow: PreparedWorkflow, messages: readonly SaidMessage[], proposed: readonly ProposedSlot[], reader: MessageReader): { slots: Record<string, FilledSlot>; passed: ProposedSlot[]; dropped: number } {
  const byId = new Map(messages.map((one) => [one.id, one]));
  const slots: Record<string, FilledSlot> = {};
  const passed: ProposedSlot[] = [];
  for (const one of proposed) {
    const slot = workflow.slots.find((known) => known.name === one.slot);
    const message = byId.get(one.message);
    if (slot === undefined || message === undefined || message.speaker === "agent" || message.speaker === "bot" || message.speaker === "system") continue;
    const value = proved(one, slot.slot, message, reader);
    if (value === undefined) continue;
    passed.push(one);
    slots[one.slot] = { value, source: "model", confidence: sureOf("model", message), quote: one.quote.slice(0, 200), evidence: [message.id], atMs: message.atMs };
  }
  return { slots, passed, dropped: proposed.length - passed.length };
}

function proved(one: ProposedSlot, slot: PreparedWorkflow["slots"][number]["slot"], message: SaidMessage, reader: MessageReader): string | undefined {
  const quote = plain(one.quote).trim();
  if (quote === "" || !` ${plain(withoutOrders(message.text)).trim()} `.includes(` ${quote} `)) return undefined;
  const { around } = reader.read(message);
  const value = checkValue(one.value, slot, around);
  if (value === undefined) return undefined;
  if (slot.type === "text" || slot.type === "name" || slot.type === "address") return ` ${quote} `.includes(` ${plain(value).trim()} `) ? value : undefined;
  return checkValue(one.quote, slot, around) === value ? value : undefined;
}

/** Patterns know better: a proposal takes the place of none, and fills what they left empty. @returns the form with it, before completion is looked at again */
export function addProposals(form: Pick<Form, "slots">, proposals: Readonly<Record<string, FilledSlot>>): Record<string, FilledSlot> {
  return { ...proposals, ...form.slots };
}
