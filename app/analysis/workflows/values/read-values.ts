// All values of one slot that stand in a sentence, each in its normal form and within what the slot allows. Pure.
import { findAmounts } from "../../facts/amounts.ts";
import type { Slot, SlotType } from "../definition.ts";
import { findPhrase, lineOf, readPhrase, wordsAt, type Line, type PhraseWords } from "../message.ts";
import { readIbans, readPhones, readPostcodes, readReferences } from "./codes.ts";
import { readAddresses, readEmails, readNames, whole } from "./people.ts";
import { apart, type Reading, type Surroundings, type ValueReader } from "./value.ts";
import { readDates, readTimes } from "./when.ts";

/** `"45.50 GBP"`; a bare number counts when the amount was asked for and the slot has a currency. */
const readAmounts: ValueReader = (line, slot, _around, asked) => {
  const found = findAmounts(line.line).map(({ value, start, end }): Reading => ({ value: value ?? "", ...wordsAt(line, start, end) }));
  return found.length > 0 || !asked || slot.currency === undefined ? found : readNumbers(line, slot, _around, asked).map((one) => ({ ...one, value: `${Number(one.value).toFixed(2)} ${slot.currency}` }));
};

const readNumbers: ValueReader = (line) =>
  line.plain.flatMap(({ text }, at) => {
    const number = /^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(text) ? text.replaceAll(",", "") : /^\d{1,12}(?:[.,]\d{1,4})?$/.test(text) ? text.replace(",", ".") : undefined;
    return number === undefined ? [] : [{ value: String(Number(number)), from: at, to: at + 1 }];
  });

/** The longest words that mean a value win: "full refund" before "refund". */
const readEnums: ValueReader = (line, { values = {} }) => {
  const found = phrasesOf(values).flatMap(({ value, phrase }) => findPhrase(phrase, line.stems).map((at): Reading => ({ value, ...at })));
  return apart(found.sort((a, b) => b.to - b.from - (a.to - a.from) || a.from - b.from));
};

/** Read once for each slot, not once for each sentence. */
const PHRASES = new WeakMap<NonNullable<Slot["values"]>, { value: string; phrase: PhraseWords }[]>();

function phrasesOf(values: NonNullable<Slot["values"]>): { value: string; phrase: PhraseWords }[] {
  const known = PHRASES.get(values) ?? Object.entries(values).flatMap(([value, words]) => [value.replaceAll("_", " "), ...words].map((word) => ({ value, phrase: readPhrase(word) })));
  PHRASES.set(values, known);
  return known;
}

const YES = /^(?:(?:oh|ah|well|um) )?(?:yes|yeah|yep|yup|sure|correct|exactly|right|of course|certainly|absolutely|definitely|please do|i do|i am|i have|i did|it is|it did|it was|that is (?:right|correct|fine|it|perfect)|that works|sounds good|perfect|great|ok|fine|indeed|go ahead|affirmative)\b(?! (?:no|not|but)\b)/;
const NO = /^(?:(?:oh|ah|well|um|sorry|actually) )*(?:no|nope|not|never|i do not|i am not|i have not|i did not|it is not|that is (?:not|wrong)|wrong|negative|neither)\b(?! (?:problem|worries)\b)/;

/** @returns what a sentence begins with: yes, no, or neither */
export function readYesNo(line: Line): "yes" | "no" | undefined {
  return NO.test(line.line) ? "no" : YES.test(line.line) ? "yes" : undefined;
}

const readBooleans: ValueReader = (line, slot, around, asked) => {
  const named = slot.values === undefined ? [] : readEnums(line, slot, around, asked).filter((one) => one.to - one.from > 1 || line.stems[one.from] !== one.value); // "yes" and "no" alone answer only what was asked
  if (named.length > 0) return named;
  const answer = asked ? readYesNo(line) : undefined;
  return answer === undefined ? [] : [{ value: answer, from: 0, to: line.plain.length }];
};

const READERS: Readonly<Record<SlotType, ValueReader>> = {
  text: (line, _slot, _around, asked) => (asked ? whole(line) : []),
  name: readNames, phone: readPhones, email: readEmails, date: readDates, time: readTimes, amount: readAmounts, number: readNumbers, iban: readIbans, reference: readReferences,
  enum: readEnums, boolean: readBooleans, postcode: readPostcodes, address: readAddresses,
};

/** @returns whether a slot reads more out of a sentence when it was asked for: a reader that does not take `asked` reads the same */
export function heedsAsked({ type }: Slot): boolean {
  return READERS[type].length > 3;
}

/** @returns values in the order in which they stand there; only what the slot allows */
export function readValues(line: Line, slot: Slot, around: Surroundings, asked: boolean): Reading[] {
  return READERS[slot.type](line, slot, around, asked).filter((one) => one.from >= 0 && isAllowed(one.value, slot, around));
}

/** What the definition says about values beyond their type. */
function isAllowed(value: string, slot: Slot, { today }: Surroundings): boolean {
  if (slot.type === "date" && ((slot.when === "past" && value > today) || (slot.when === "future" && value < today))) return false;
  if (slot.type === "amount" || slot.type === "number") {
    const number = Number.parseFloat(value);
    if (number < (slot.min ?? -Infinity) || number > (slot.max ?? Infinity)) return false;
  }
  if ((slot.type === "text" || slot.type === "name" || slot.type === "address") && slot.pattern !== undefined && !new RegExp(`^(?:${slot.pattern})$`, "u").test(value)) return false;
  return value.length >= (slot.min_length ?? 1) && value.length <= (slot.max_length ?? 500);
}

/**
 * A value that somebody else found (a bot, a form, a language model), held against the slot.
 * @returns its normal form; undefined when the slot does not allow it
 */
export function checkValue(raw: string | number | boolean, slot: Slot, around: Surroundings): string | undefined {
  const text = String(raw).trim();
  if (slot.type === "boolean") {
    const value = /^(?:true|yes|1)$/i.test(text) ? "yes" : /^(?:false|no|0)$/i.test(text) ? "no" : undefined;
    if (value !== undefined) return value;
  }
  if (slot.type === "text") return isAllowed(text, slot, around) && text !== "" ? text : undefined;
  if (slot.type === "name" || slot.type === "address") return /\p{L}/u.test(text) && isAllowed(text, slot, around) ? text : undefined;
  if (slot.type === "time" && /^\d{2}:\d{2}$/.test(text) && text < "24:00") return text;
  if (slot.type === "number" && /^-?\d+(?:\.\d+)?$/.test(text)) return isAllowed(String(Number(text)), slot, around) ? String(Number(text)) : undefined;
  const line = lineOf(text);
  const found = readValues(line, slot, around, true);
  return found.length === 1 ? found[0]?.value : undefined;
}
