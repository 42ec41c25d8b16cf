// What the conversation is about in the customer's own words: the message that began it, and what follows it until that says enough. Pure.
import { isFunctionWord } from "../text/function-words.ts";
import type { Change } from "./change.ts";
import type { FilledSlot } from "./form.ts";
import type { SaidMessage } from "./message.ts";
import type { MessageReader, PreparedWorkflow, ReadMessage } from "./reader.ts";

/** Content words from which a message says something of its own. */
const SAYS_SOMETHING = 4;

/** @returns where the account of a conversation begins: at the message that began the workflow, or, where its reason did, at the first in which the customer says something */
export function findOpening(messages: readonly SaidMessage[], begun: number, isByReason: boolean, reader: MessageReader): number {
  if (!isByReason) return begun;
  const first = messages.findIndex((one) => one.speaker === "customer" && one.isPage !== true && saysSomething(reader.read(one)));
  return first < 0 ? begun : begun < 0 ? first : Math.min(first, begun);
}

/** What begins it is the first word on it: `from: opening`. */
export function openingOf(message: SaidMessage, { slots }: PreparedWorkflow): Change[] {
  if (message.speaker === "bot" || message.text.trim() === "") return [];
  return slots.filter(({ slot }) => slot.from === "opening").map(({ name, slot }) => ({ slot: name, value: message.text.trim().slice(0, slot.max_length ?? 1000), source: "mentioned", quote: message.text.trim().slice(0, 200) }));
}

/** What the customer goes on to say belongs to it, for as many messages as the slot takes, unless it answers something else or asks back. */
export function goOn(read: ReadMessage, known: Readonly<Record<string, FilledSlot>>, changed: readonly Change[], { slots }: PreparedWorkflow): Change[] {
  const text = read.message.text.trim();
  return slots.flatMap(({ name, slot }): Change[] => {
    const value = known[name];
    if (slot.from !== "opening" || value === undefined || value.source !== "mentioned" || value.evidence.length >= slot.messages || changed.some((one) => one.value !== null && (one.source === "answered" || one.source === "confirmed"))) return [];
    const longer = `${value.value} ${text}`;
    return longer.length > (slot.max_length ?? 1000) || !saysSomething(read) || (/\?\s*$/.test(text) && read.lines.length === 1) ? [] : [{ slot: name, value: longer, source: "mentioned", quote: text.slice(0, 200), isPart: true }];
  });
}

function saysSomething({ lines }: ReadMessage): boolean {
  return lines.reduce((sum, line) => sum + line.plain.filter(({ text }) => text.length > 2 && !isFunctionWord(text)).length, 0) >= SAYS_SOMETHING;
}
