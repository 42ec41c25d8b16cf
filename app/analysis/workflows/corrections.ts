// "No, six two one", "it's 12B, not 12A": what takes back something that was said. Pure.
import type { Before, Change } from "./change.ts";
import type { SlotType } from "./definition.ts";
import { quoteOf, type Line } from "./message.ts";
import type { PreparedSlot, ReadMessage } from "./reader.ts";
import { readLastDigits } from "./values/phones.ts";
import type { Reading } from "./values/value.ts";

const CUE = /^(?:(?:oh|ah|well|um|and|but) )?(?:no|nope|sorry|actually|oops|correction|wait|hang on|i mean|i meant|my mistake|apologies|scrap that)\b|\b(?:i mean|i meant|correction|make (?:that|it)|change (?:it|that|the \w+) to|should be|should have been|was wrong|is wrong|not (?:the )?\w+ but|on second thoughts)\b/;

/** @returns whether a sentence takes something back */
export function isCue(line: Line): boolean {
  return CUE.test(line.line);
}

/** Types that are said again as a whole when they were wrong. */
const SAID_AGAIN: ReadonlySet<SlotType> = new Set(["email", "phone", "postcode", "iban", "name", "time", "amount", "number"]);

/** "deepak at … No no, that one is old. accounts at …": of a slot that this message fills, what stands in a sentence after the one that takes it back. @returns the last such value */
export function saidAgain(slot: PreparedSlot, filledAt: number, read: ReadMessage): { one: Reading; at: number } | undefined {
  const cue = read.lines.findIndex((line, at) => at > filledAt && isCue(line));
  if (cue < 0 || !SAID_AGAIN.has(slot.slot.type)) return undefined;
  return read.values(slot, true).flatMap((list, at) => (at >= cue ? list.map((one) => ({ one, at })) : [])).at(-1);
}

/** A correction is as long as what it corrects: "no, one sixty-nine" is no order number of six digits. */
export function isLike(value: string, known: string, type: SlotType): boolean {
  return type !== "reference" || Math.abs(value.length - known.length) <= 2;
}

/** "Four, sorry, five": what follows the correction in the same sentence counts. */
export function corrected(list: readonly Reading[], line: Line): Reading | undefined {
  const [first, second] = list;
  if (first === undefined || second === undefined) return first;
  const between = line.plain.slice(first.to, second.from).map((word) => word.text).join(" ");
  return /\b(?:sorry|no|actually|i mean|i meant|correction|rather)\b/.test(between) ? second : first;
}

/** "…nine hundred, six one two. No, six two one": the last digits of a telephone number again. */
export function correctLastDigits(read: ReadMessage, { slots: known }: Before, changes: Map<string, Change>, slots: readonly PreparedSlot[]): void {
  const first = read.lines.findIndex((line) => isCue(line));
  const phone = slots.find(({ slot }) => slot.type === "phone");
  const value = phone === undefined ? undefined : (changes.get(phone.name)?.value ?? known[phone.name]?.value);
  if (first < 0 || phone === undefined || value === undefined || value === null) return;
  for (const line of read.lines.slice(first)) {
    const last = readLastDigits(line);
    if (last !== undefined) changes.set(phone.name, { slot: phone.name, value: value.slice(0, -last.value.length) + last.value, source: "answered", quote: quoteOf(line, last.from, last.to), isPart: true });
  }
}

const INSTEAD = [/\b(?:it is|it's|should be|that is|that's|is|make it|make that) (?<right>[\p{L}\d][\p{L}\d-]*),? not (?<wrong>[\p{L}\d][\p{L}\d-]*)/iu, /\bnot (?<wrong>[\p{L}\d][\p{L}\d-]*),? (?:but|it is|it's|that is|that's) (?<right>[\p{L}\d][\p{L}\d-]*)/iu];
const IN_PARTS: ReadonlySet<string> = new Set(["address", "name", "text", "reference", "postcode"]);

/** "It's 12B, not 12A": a part of a value is replaced where it stands. */
export function replaceParts(read: ReadMessage, { slots: known }: Before, changes: Map<string, Change>, slots: readonly PreparedSlot[]): void {
  for (const line of read.lines) {
    const match = INSTEAD.map((words) => words.exec(line.text)).find((one) => one !== null);
    const { right, wrong } = match?.groups ?? {};
    if (match === undefined || right === undefined || wrong === undefined) continue;
    const pattern = new RegExp(`(?<![\\p{L}\\d])${wrong.replace(/[-]/g, "\\-")}(?![\\p{L}\\d])`, "iu");
    for (const { name, slot } of slots) {
      const value = known[name]?.value;
      if (value === undefined || !IN_PARTS.has(slot.type) || !pattern.test(value)) continue;
      changes.set(name, { slot: name, value: value.replace(pattern, slot.type === "reference" || slot.type === "postcode" ? right.toUpperCase() : right), source: "answered", quote: match[0], isPart: true });
    }
  }
}
