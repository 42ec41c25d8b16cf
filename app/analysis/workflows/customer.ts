// What a message of the customer puts into a form: answers, labelled values, corrections, a "yes" to what the house said. Pure.
import { addPlace, answerInWords, answerYesNo, takeNumbered, takeOption } from "./answers.ts";
import type { Before, Change } from "./change.ts";
import { corrected, correctLastDigits, isCue, isLike, replaceParts, saidAgain } from "./corrections.ts";
import type { SlotType } from "./definition.ts";
import type { SlotSource } from "./form.ts";
import { quoteOf, type Line } from "./message.ts";
import { isDenied, type PreparedSlot, type PreparedWorkflow, type ReadMessage } from "./reader.ts";
import { readPlaceOnly } from "./values/addresses.ts";
import { isFullerName } from "./values/names.ts";
import type { Reading } from "./values/value.ts";
import { isBetterThing, mayBeBetter } from "./things-known.ts";
import { isErrand } from "./asides.ts";
import { chosen, isElsewhere, notRuledOut } from "./judged.ts";
import { sameMonth } from "./values/when.ts";

const WITHIN: ReadonlySet<SlotType> = new Set(["address", "postcode"]);
/** Types of which a later word, said in passing, is the newer mind; of others the first is as good. A slot may say otherwise (`keep`). */
const LATEST: ReadonlySet<SlotType> = new Set(["date", "time", "boolean"]);
/** Types whose bare number counts beside the slot's name. */
const BARE: ReadonlySet<string> = new Set(["amount", "number", "time", "phone", "organisation"]);

/** A sentence of fewer words may be the value of what the sentence before it names. */
const MOST_NEXT = 5;

export function readCustomer(read: ReadMessage, isPage: boolean, { slots }: PreparedWorkflow, before: Before): Change[] {
  const changes = new Map<string, Change>();
  const taken = read.lines.map((): (Reading & { type: SlotType })[] => []);
  const isCorrection = read.lines.some(isCue);
  // a postcode may stand within its address
  const isFree = (at: number, one: Reading, slot: PreparedSlot, asked: boolean): boolean => one.isChoice === true || (!isDenied(read.lines[at] as Line, one.from) && !isElsewhere(read, slot, at, one, asked) && isApart(at, one, slot.slot.type));
  const isApart = (at: number, one: Reading, type: SlotType): boolean => !(taken[at] ?? []).some((other) => one.from < other.to && one.to > other.from && !(WITHIN.has(type) && WITHIN.has(other.type) && type !== other.type));
  const put = (slot: PreparedSlot, at: number, one: Reading, source: SlotSource): void => {
    const known = before.slots[slot.name];
    if (slot.slot.type === "name" && known !== undefined && isFullerName(known.value, one.value)) return; // a signature after the full name
    const place = slot.slot.type === "address" && /\d/.test(one.value.split(",").slice(-2).join()) && read.lines[at + 1] !== undefined && one.to === read.lines[at]?.plain.length ? readPlaceOnly(read.lines[at + 1] as Line) : undefined;
    const value = place !== undefined ? `${one.value}, ${place}` : one.weekday !== undefined ? dayOffered(one.weekday, one.value, known?.value, before.days) : one.day !== undefined && known !== undefined ? (sameMonth(one.day, known.value) ?? one.value) : one.value;
    if (one.isChoice !== true) taken[at]?.push({ ...one, type: slot.slot.type });
    changes.set(slot.name, { slot: slot.name, value, source, quote: quoteOf(read.lines[at] as Line, one.from, one.to).slice(0, 200) });
  };
  const valuesOf = (slot: PreparedSlot, asked: boolean): readonly (readonly Reading[])[] => chosen(read, slot, before) ?? notRuledOut(read, slot, read.values(slot, asked));
  const open = slots.filter(({ slot }) => slot.from === "customer");
  const label = (slot: PreparedSlot, isGood: (code: string) => boolean): void => {
    read.keywords(slot).forEach((places, at) => {
      const [place] = places;
      if (place === undefined || slot.slot.type === "text" || changes.has(slot.name)) return;
      const list = (valuesOf(slot, BARE.has(slot.slot.type))[at] ?? []).filter((one) => isFree(at, one, slot, false) && isGood(one.value));
      const found = corrected(list.filter((one) => one.from >= place.to), read.lines[at] as Line) ?? list.find((one) => one.from < place.to && one.to > place.from) ?? list.filter((one) => one.to <= place.from && place.from - one.to <= 4).at(-1);
      // "Could you ring me after that? The eighteenth."
      const next = found === undefined && (read.lines[at + 1]?.plain.length ?? MOST_NEXT) < MOST_NEXT ? valuesOf(slot, BARE.has(slot.slot.type))[at + 1]?.find((one) => isFree(at + 1, one, slot, false) && isGood(one.value)) : undefined;
      if (found !== undefined) put(slot, at, found, "labelled");
      else if (next !== undefined && list.length === 0) put(slot, at + 1, next, "labelled");
    });
  };

  for (const slot of open) {
    if (slot.slot.type === "reference") label(slot, isTelling); // "I ordered the 104. Invoice 61140"
    label(slot, () => true);
  }
  if (!isPage) {
    const asked = open.filter(({ name }) => before.pending.has(name) || before.house?.proposals.has(name) === true);
    for (const slot of asked) {
      if (changes.has(slot.name) || slot.slot.type === "text") continue;
      const all = valuesOf(slot, before.pending.has(slot.name)).flatMap((found, at) => found.filter((one) => isFree(at, one, slot, true)).map((one) => ({ one, at })));
      const list = all.some(({ one }) => one.isWhole !== true) ? all.filter(({ one }) => one.isWhole !== true) : all;
      const chosen = isCorrection && slot.slot.type !== "boolean" ? list.at(-1) : firstOf(list, slot, read); // "No. I am closing the account": no takes nothing back
      const isWeak = slot.slot.type === "reference" && before.slots[slot.name] !== undefined && chosen !== undefined && !isTelling(chosen.one.value) && !(isCorrection && isLike(chosen.one.value, before.slots[slot.name]?.value ?? "", "reference"));
      if (chosen !== undefined && !isWeak) put(slot, chosen.at, chosen.one, "answered");
    }
    takeNumbered(read, before, changes, slots);
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
    const isMoment = read.knowsMoments(slot);
    if (!slot.anywhere && !mayCorrect && !isMoment) continue;
    const list = valuesOf(slot, false).flatMap((found, at) => found.filter((one) => isFree(at, one, slot, false) && one.isLeft !== true && !isPassing(slot, at, read) && (slot.slot.type !== "reference" || known !== undefined || isTelling(one.value)) && !(known !== undefined && isAsking(read.lines[at] as Line))).map((one) => ({ one, at })));
    const chosen = mayCorrect ? list.at(-1) : firstOf(list, slot, read);
    const isNewer = known !== undefined && (known.source === "mentioned" || known.source === "stated") && (slot.slot.keep === undefined ? LATEST.has(slot.slot.type) && slot.slot.when !== "past" : slot.slot.keep === "last");
    const isFuller = chosen !== undefined && known !== undefined && slot.slot.type === "name" && isFullerName(chosen.one.value, known.value);
    if (chosen !== undefined && (known === undefined || isNewer || isFuller || (mayCorrect && isLike(chosen.one.value, known.value, slot.slot.type)))) put(slot, chosen.at, chosen.one, mayCorrect ? "answered" : "mentioned");
  }
  for (const slot of open) {
    const at = taken.findIndex((list) => list.some((one) => one.type === slot.slot.type));
    const again = changes.has(slot.name) && at >= 0 ? saidAgain(slot, at, read) : undefined;
    if (again !== undefined) put(slot, again.at, again.one, "answered");
  }
  correctLastDigits(read, before, changes, slots);
  for (const slot of open) {
    if (slot.names.length + slot.after.length + slot.before.length === 0 || changes.has(slot.name) || !mayBeBetter(read.message.text, before.slots[slot.name], slot)) continue;
    read.things(slot, before.pending.has(slot.name)).forEach(([one], at) => (one !== undefined && !changes.has(slot.name) && isBetterThing(one, before.slots[slot.name], slot) && !isDenied(read.lines[at] as Line, one.from) ? put(slot, at, one, one.isGuess === true ? "guessed" : "mentioned") : undefined));
  }
  addPlace(read, before, changes, slots);
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

/** A number that nobody called one: with letters, or longer than years, rooms and prices, and shorter than telephone numbers. */
function isTelling(code: string): boolean {
  return /[A-Z]/.test(code) ? /\d{3}/.test(code) : code.length >= 5 && code.length <= 9;
}

/** Of several values the first, unless it is corrected at once. "We moved from Elm Road to High Street": of addresses the one that is left behind comes last. */
function firstOf(list: readonly Placed[], { slot }: PreparedSlot, read: ReadMessage): Placed | undefined {
  const [first, second] = list;
  if (first === undefined || second === undefined) return first;
  const line = read.lines[first.at];
  if (slot.type === "name") return list.find(({ one }) => isFullerName(one.value, first.one.value)) ?? first;
  if (slot.type !== "address") return first.at === second.at && line !== undefined && corrected([first.one, second.one], line) === second.one ? second : first;
  return list.find(({ one, at }) => one.isLeft !== true && !/\b(?:from|old|previous|former|leaving|left)(?: address)?(?: is| was)?$/.test((read.lines[at]?.plain ?? []).slice(0, one.from).map((word) => word.text).join(" "))) ?? list[0];
}

/** "I can scan both on Wednesday": what the customer will do about it, unless the sentence names the slot. What lies behind is told as what was done. */
function isPassing(slot: PreparedSlot, at: number, read: ReadMessage): boolean {
  return !read.knowsMoments(slot) && slot.slot.when !== "past" && isErrand(read.lines[at] as Line, slot.slot.type) && (read.keywords(slot)[at]?.length ?? 0) === 0;
}

function isAsking({ text }: Line): boolean {
  return /\?\s*$/.test(text);
}
