// What a message of the customer puts into a form: answers, labelled values, corrections, a "yes" to what the house said. Pure.
import type { FilledSlot, SlotSource } from "./form.ts";
import type { HouseTurn } from "./house.ts";
import { quoteOf, type Line } from "./message.ts";
import { isDenied, type PreparedSlot, type PreparedWorkflow, type ReadMessage } from "./reader.ts";
import type { Reading } from "./values/value.ts";
import { readYesNo } from "./values/read-values.ts";
import { sameMonth } from "./values/when.ts";

/** A value for a slot, or its removal: the customer said that it is wrong. */
export type Change = { slot: string; value: string; source: SlotSource; quote: string; /** the messages that proved the value before prove the rest of it */ isPart?: true } | { slot: string; value: null; denied: string };

/** What the message is read against. */
export interface Before {
  slots: Readonly<Record<string, FilledSlot>>;
  /** slots that were asked for and not answered yet */
  pending: ReadonlySet<string>;
  /** the message of the house right before this one */
  house: HouseTurn | undefined;
}

const CUE = /^(?:(?:oh|ah|well|um|and|but) )?(?:no|nope|sorry|actually|oops|correction|wait|hang on|i mean|i meant|my mistake|apologies|scrap that)\b|\b(?:i mean|i meant|correction|make (?:that|it)|change (?:it|that|the \w+) to|should be|should have been|was wrong|is wrong|not (?:the )?\w+ but|on second thoughts)\b/;
/** What is said instead of an answer. */
const NO_ANSWER = /^(?:i do not (?:know|have|remember)|not sure|no idea|hold on|one (?:moment|second)|let me (?:check|see|look|find)|wait|just a|why|what|sorry|pardon|hello|hi|thanks|thank you)\b/;
/** Types whose bare number counts beside the slot's name. */
const BARE: ReadonlySet<string> = new Set(["amount", "number", "time"]);

export function readCustomer(read: ReadMessage, isPage: boolean, { slots }: PreparedWorkflow, before: Before): Change[] {
  const changes = new Map<string, Change>();
  const taken = read.lines.map((): Reading[] => []);
  const isCorrection = read.lines.some((line) => CUE.test(line.line));
  const isFree = (at: number, one: Reading): boolean => !isDenied(read.lines[at] as Line, one.from) && !(taken[at] ?? []).some((other) => one.from < other.to && one.to > other.from);
  const put = (slot: PreparedSlot, at: number, one: Reading, source: SlotSource): void => {
    const known = before.slots[slot.name];
    const value = one.day !== undefined && known !== undefined ? (sameMonth(one.day, known.value) ?? one.value) : one.value;
    taken[at]?.push(one);
    changes.set(slot.name, { slot: slot.name, value, source, quote: quoteOf(read.lines[at] as Line, one.from, one.to) });
  };
  const open = slots.filter(({ slot }) => slot.from === "customer");

  for (const slot of open) {
    read.keywords(slot).forEach((places, at) => {
      const [place] = places;
      if (place === undefined || slot.slot.type === "text" || changes.has(slot.name)) return;
      const list = (read.values(slot, BARE.has(slot.slot.type))[at] ?? []).filter((one) => isFree(at, one));
      const found = corrected(list.filter((one) => one.from >= place.to), read.lines[at] as Line) ?? list.find((one) => one.from < place.to && one.to > place.from) ?? list.filter((one) => one.to <= place.from && place.from - one.to <= 4).at(-1);
      if (found !== undefined) put(slot, at, found, "labelled");
    });
  }
  if (!isPage) {
    const asked = open.filter(({ name }) => before.pending.has(name) || before.house?.proposals.has(name) === true);
    for (const slot of asked) {
      if (changes.has(slot.name) || slot.slot.type === "text") continue;
      const list = read.values(slot, before.pending.has(slot.name)).flatMap((found, at) => found.filter((one) => isFree(at, one)).map((one) => ({ one, at })));
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
    const list = read.values(slot, false).flatMap((found, at) => found.filter((one) => isFree(at, one) && !(known !== undefined && isAsking(read.lines[at] as Line))).map((one) => ({ one, at })));
    const chosen = mayCorrect ? list.at(-1) : firstOf(list, slot, read);
    if (chosen !== undefined && (known === undefined || known.source === "mentioned" || mayCorrect)) put(slot, chosen.at, chosen.one, mayCorrect ? "answered" : "mentioned");
  }
  replaceParts(read, before, changes, slots);
  takeOption(before, changes, slots);
  if (!isPage) answerYesNo("no", read, before, changes, slots);
  return [...changes.values()];
}

interface Placed {
  one: Reading;
  at: number;
}

/** Of several values the first, unless it is corrected at once. "We moved from Elm Road to High Street": of addresses the one that is left behind comes last. */
function firstOf(list: readonly Placed[], { slot }: PreparedSlot, read: ReadMessage): Placed | undefined {
  const [first, second] = list;
  if (first === undefined || second === undefined) return first;
  const line = read.lines[first.at];
  if (slot.type !== "address") return first.at === second.at && line !== undefined && corrected([first.one, second.one], line) === second.one ? second : first;
  return list.find(({ one, at }) => !/\b(?:from|old|previous|former|leaving|left)(?: address)?(?: is| was)?$/.test((read.lines[at]?.plain ?? []).slice(0, one.from).map((word) => word.text).join(" "))) ?? list[0];
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
    else if ((known[name]?.value ?? proposal.value) === proposal.value) changes.set(name, { slot: name, value: null, denied: proposal.value }); // unknown to the patterns, it may be a model's
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
