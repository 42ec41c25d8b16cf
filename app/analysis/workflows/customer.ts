// What a message of the customer puts into a form: answers, labelled values, corrections, a "yes" to what the house said. Pure.
import type { SlotType } from "./definition.ts";
import type { FilledSlot, SlotSource } from "./form.ts";
import type { HouseTurn } from "./house.ts";
import { quoteOf, type Line } from "./message.ts";
import { isDenied, type PreparedSlot, type PreparedWorkflow, type ReadMessage } from "./reader.ts";
import { readLastDigits } from "./values/phones.ts";
import type { Reading } from "./values/value.ts";
import { readYesNo } from "./values/read-values.ts";
import { sameMonth } from "./values/when.ts";

/** A value for a slot, or its removal: the customer said that it is wrong. */
export type Change = { slot: string; value: string; source: SlotSource; quote: string; /** the messages that proved the value before prove the rest of it */ isPart?: true } | { slot: string; value: null };

/** What the message is read against. */
export interface Before {
  slots: Readonly<Record<string, FilledSlot>>;
  /** slots that were asked for and not answered yet */
  pending: ReadonlySet<string>;
  /** the message of the house right before this one */
  house: HouseTurn | undefined;
  /** days that the house named lately */
  days: readonly string[];
}

const CUE = /^(?:(?:oh|ah|well|um|and|but) )?(?:no|nope|sorry|actually|oops|correction|wait|hang on|i mean|i meant|my mistake|apologies|scrap that)\b|\b(?:i mean|i meant|correction|make (?:that|it)|change (?:it|that|the \w+) to|should be|should have been|was wrong|is wrong|not (?:the )?\w+ but|on second thoughts)\b/;
const WITHIN: ReadonlySet<SlotType> = new Set(["address", "postcode"]);
/** Types of which a later word, said in passing, is the newer mind; of others the first is as good. */
const LATEST: ReadonlySet<SlotType> = new Set(["enum", "date", "time", "boolean"]);
/** What is said instead of an answer. */
const NO_ANSWER = /^(?:i do not (?:know|have|remember)|not sure|no idea|hold on|one (?:moment|second)|let me (?:check|see|look|find)|wait|just a|why|what|sorry|pardon|hello|hi|thanks|thank you)\b/;
/** Types whose bare number counts beside the slot's name. */
const BARE: ReadonlySet<string> = new Set(["amount", "number", "time", "phone", "organisation"]);

export function readCustomer(read: ReadMessage, isPage: boolean, { slots }: PreparedWorkflow, before: Before): Change[] {
  const changes = new Map<string, Change>();
  const taken = read.lines.map((): (Reading & { type: SlotType })[] => []);
  const isCorrection = read.lines.some((line) => CUE.test(line.line));
  // a postcode may stand within its address
  const isFree = (at: number, one: Reading, type: SlotType): boolean => !isDenied(read.lines[at] as Line, one.from) && !(taken[at] ?? []).some((other) => one.from < other.to && one.to > other.from && !(WITHIN.has(type) && WITHIN.has(other.type) && type !== other.type));
  const put = (slot: PreparedSlot, at: number, one: Reading, source: SlotSource): void => {
    const known = before.slots[slot.name];
    const value = one.weekday !== undefined ? dayOffered(one.weekday, one.value, known?.value, before.days) : one.day !== undefined && known !== undefined ? (sameMonth(one.day, known.value) ?? one.value) : one.value;
    taken[at]?.push({ ...one, type: slot.slot.type });
    changes.set(slot.name, { slot: slot.name, value, source, quote: quoteOf(read.lines[at] as Line, one.from, one.to) });
  };
  const open = slots.filter(({ slot }) => slot.from === "customer");

  for (const slot of open) {
    read.keywords(slot).forEach((places, at) => {
      const [place] = places;
      if (place === undefined || slot.slot.type === "text" || changes.has(slot.name)) return;
      const list = (read.values(slot, BARE.has(slot.slot.type))[at] ?? []).filter((one) => isFree(at, one, slot.slot.type));
      const found = corrected(list.filter((one) => one.from >= place.to), read.lines[at] as Line) ?? list.find((one) => one.from < place.to && one.to > place.from) ?? list.filter((one) => one.to <= place.from && place.from - one.to <= 4).at(-1);
      if (found !== undefined) put(slot, at, found, "labelled");
    });
  }
  if (!isPage) {
    const asked = open.filter(({ name }) => before.pending.has(name) || before.house?.proposals.has(name) === true);
    for (const slot of asked) {
      if (changes.has(slot.name) || slot.slot.type === "text") continue;
      const list = read.values(slot, before.pending.has(slot.name)).flatMap((found, at) => found.filter((one) => isFree(at, one, slot.slot.type)).map((one) => ({ one, at })));
      const chosen = isCorrection ? list.at(-1) : firstOf(list, slot, read);
      if (chosen !== undefined) put(slot, chosen.at, chosen.one, "answered");
    }
    answerYesNo("yes", read, before, changes, slots);
    const words = asked.find(({ name, slot }) => slot.type === "text" && before.pending.has(name));
    const answer = words === undefined ? undefined : answerInWords(read, taken);
    if (words !== undefined && answer !== undefined && answer.length >= (words.slot.min_length ?? 1)) changes.set(words.name, { slot: words.name, value: answer.slice(0, words.slot.max_length ?? 500), source: "answered", quote: answer.slice(0, 200) });
  }
  for (const slot of open) {
    if (changes.has(slot.name) && changes.get(slot.name)?.value !== null) continue;
    const known = before.slots[slot.name];
    const isOnly = slot.slot.type === "enum" || slots.every((other) => other === slot || other.slot.type !== slot.slot.type || before.slots[other.name] === undefined);
    const mayCorrect = isCorrection && known !== undefined && isOnly && slot.slot.type !== "text";
    if (!slot.anywhere && !mayCorrect) continue;
    const list = read.values(slot, false).flatMap((found, at) => found.filter((one) => isFree(at, one, slot.slot.type) && (slot.slot.type !== "reference" || known !== undefined || isTelling(one.value)) && !(known !== undefined && isAsking(read.lines[at] as Line))).map((one) => ({ one, at })));
    const chosen = mayCorrect ? list.at(-1) : firstOf(list, slot, read);
    const isNewer = known !== undefined && (known.source === "mentioned" || known.source === "stated") && LATEST.has(slot.slot.type) && slot.slot.when !== "past";
    if (chosen !== undefined && (known === undefined || isNewer || (mayCorrect && isLike(chosen.one.value, known.value, slot.slot.type)))) put(slot, chosen.at, chosen.one, mayCorrect ? "answered" : "mentioned");
  }
  correctLastDigits(read, before, changes, slots);
  for (const slot of open) {
    if (slot.after.length + slot.before.length === 0 || changes.has(slot.name) || before.slots[slot.name] !== undefined) continue;
    read.things(slot).forEach(([one], at) => (one !== undefined && !changes.has(slot.name) && !isDenied(read.lines[at] as Line, one.from) ? put(slot, at, one, "mentioned") : undefined));
  }
  replaceParts(read, before, changes, slots);
  takeOption(before, changes, slots);
  if (!isPage) answerYesNo("no", read, before, changes, slots);
  return [...changes.values()];
}

/** "Thursday" alone: the newest of the days that were offered which is one, the day that is known, or the one that it is by itself. */
export function dayOffered(weekday: number, alone: string, known: string | undefined, days: readonly string[]): string {
  return [...(known === undefined ? [] : [known]), ...days].reverse().find((day) => new Date(day).getUTCDay() === weekday && Math.abs(Date.parse(day) - Date.parse(alone)) < 35 * 86_400_000) ?? alone;
}

interface Placed {
  one: Reading;
  at: number;
}

/** A correction is as long as what it corrects: "no, one sixty-nine" is no order number of six digits. */
function isLike(value: string, known: string, type: SlotType): boolean {
  return type !== "reference" || Math.abs(value.length - known.length) <= 2;
}

/** A number that nobody called one: with letters, or longer than years, rooms and prices, and shorter than telephone numbers. */
function isTelling(code: string): boolean {
  return /[A-Z]/.test(code) ? /\d{3}/.test(code) : code.length >= 5 && code.length <= 9;
}

/** Of several values the first, unless it is corrected at once. "We moved from Elm Road to High Street": of addresses the one that is left behind comes last. */
function firstOf(list: readonly Placed[], { slot }: PreparedSlot, read: ReadMessage): Placed | undefined {
  const [first, second] = list;
  if (first === undefined || second === undefined) return first;
  const line = read.lines[first.at];
  if (slot.type !== "address") return first.at === second.at && line !== undefined && corrected([first.one, second.one], line) === second.one ? second : first;
  return list.find(({ one, at }) => !/\b(?:from|old|previous|former|leaving|left)(?: address)?(?: is| was)?$/.test((read.lines[at]?.plain ?? []).slice(0, one.from).map((word) => word.text).join(" "))) ?? list[0];
}

/** "…nine hundred, six one two. No, six two one": the last digits of a telephone number again. */
function correctLastDigits(read: ReadMessage, { slots: known }: Before, changes: Map<string, Change>, slots: readonly PreparedSlot[]): void {
  const first = read.lines.findIndex((line) => CUE.test(line.line));
  const phone = slots.find(({ slot }) => slot.type === "phone");
  const value = phone === undefined ? undefined : (changes.get(phone.name)?.value ?? known[phone.name]?.value);
  if (first < 0 || phone === undefined || value === undefined || value === null) return;
  for (const line of read.lines.slice(first)) {
    const last = readLastDigits(line);
    if (last !== undefined) changes.set(phone.name, { slot: phone.name, value: value.slice(0, -last.value.length) + last.value, source: "answered", quote: quoteOf(line, last.from, last.to), isPart: true });
  }
}

/** "Four, sorry, five": what follows the correction in the same sentence counts. */
function corrected(list: readonly Reading[], line: Line): Reading | undefined {
  const [first, second] = list;
  if (first === undefined || second === undefined) return first;
  const between = line.plain.slice(first.to, second.from).map((word) => word.text).join(" ");
  return /\b(?:sorry|no|actually|i mean|i meant|correction|rather)\b/.test(between) ? second : first;
}

function answerYesNo(wanted: "yes" | "no", read: ReadMessage, { slots: known, house }: Before, changes: Map<string, Change>, slots: readonly PreparedSlot[]): void {
  const [first] = read.lines;
  const answer = first === undefined ? undefined : readYesNo(first);
  if (house === undefined || answer !== wanted || (wanted === "no" && changes.size > 0)) return; // "no, the fourteenth" says which of the values was wrong
  for (const { name } of slots) {
    const proposal = house.proposals.get(name);
    if (proposal === undefined || changes.has(name)) continue;
    if (answer === "yes") changes.set(name, { slot: name, value: proposal.value, source: "confirmed", quote: proposal.quote });
    else if (known[name]?.value === proposal.value) changes.set(name, { slot: name, value: null });
  }
}

/** The whole message; nothing when it asks back, is a bare yes or no, or was all taken up by other slots. */
function answerInWords(read: ReadMessage, taken: readonly (readonly Reading[])[]): string | undefined {
  const left = read.lines.filter((line, at) => (taken[at] ?? []).every((one) => one.to - one.from < line.plain.length / 2));
  const [first] = left;
  if (first === undefined || left.some((line) => /\?\s*$/.test(line.text)) || NO_ANSWER.test(first.line)) return undefined;
  const text = left.map((line) => line.text).join(" ").replace(/^(?:(?:yes|sure|ok|okay|well|so|um|uh)[,.:]? )+/iu, "").trim();
  return left.length === 1 && readYesNo(first) !== undefined && first.plain.length <= 3 ? undefined : text === "" ? undefined : text;
}

const INSTEAD = [/\b(?:it is|it's|should be|that is|that's|is|make it|make that) (?<right>[\p{L}\d][\p{L}\d-]*),? not (?<wrong>[\p{L}\d][\p{L}\d-]*)/iu, /\bnot (?<wrong>[\p{L}\d][\p{L}\d-]*),? (?:but|it is|it's|that is|that's) (?<right>[\p{L}\d][\p{L}\d-]*)/iu];
const IN_PARTS: ReadonlySet<string> = new Set(["address", "name", "text", "reference", "postcode"]);

/** "It's 12B, not 12A": a part of a value is replaced where it stands. */
function replaceParts(read: ReadMessage, { slots: known }: Before, changes: Map<string, Change>, slots: readonly PreparedSlot[]): void {
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

/** The house offered "Tuesday at ten or Wednesday at two" and the customer said "Wednesday": what stands beside the choice comes with it. */
function takeOption({ house }: Before, changes: Map<string, Change>, slots: readonly PreparedSlot[]): void {
  if (house === undefined) return;
  for (const chosen of slots) {
    const change = changes.get(chosen.name);
    if (change === undefined || change.value === null || change.source === "confirmed") continue;
    house.read.values(chosen, false).forEach((options, at) => {
      const place = options.findIndex((one) => one.value === change.value);
      const option = options[place];
      if (option === undefined || options.length < 2) return;
      const end = options[place + 1]?.from ?? Infinity;
      for (const other of slots) {
        if (changes.has(other.name) || other.slot.type === "text" || other.slot.type === chosen.slot.type) continue;
        const beside = house.read.values(other, false)[at]?.find((one) => one.from >= option.to && one.from < end);
        if (beside !== undefined) changes.set(other.name, { slot: other.name, value: beside.value, source: "confirmed", quote: quoteOf(house.read.lines[at] as Line, beside.from, beside.to) });
      }
    });
  }
}

function isAsking({ text }: Line): boolean {
  return /\?\s*$/.test(text);
}
