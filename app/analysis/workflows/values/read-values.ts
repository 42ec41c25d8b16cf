// All values of one slot that stand in a sentence, each in its normal form and within what the slot allows. Pure.
import type { Slot, SlotType } from "../definition.ts";
import { findPhrases, lineOf, readPhrase, type Line, type PhraseWords } from "../message.ts";
import { readAddresses, whole } from "./addresses.ts";
import { readAmounts } from "./amounts.ts";
import { readIbans, readPostcodes, readReferences } from "./codes.ts";
import { readEmails } from "./emails.ts";
import { readNames, readOrganisations } from "./names.ts";
import { readPhones } from "./phones.ts";
import { apart, type Reading, type Surroundings, type ValueReader } from "./value.ts";
import { readTimes } from "./times.ts";
import { readDates } from "./when.ts";

const readNumbers: ValueReader = (line) =>
  line.plain.flatMap(({ text }, at) => {
    const number = /^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(text) ? text.replaceAll(",", "") : /^\d{1,12}(?:[.,]\d{1,4})?$/.test(text) ? text.replace(",", ".") : undefined;
    return number === undefined ? [] : [{ value: String(Number(number)), from: at, to: at + 1 }];
  });

/** The longest words that mean a value win: "full refund" before "refund". */
const readEnums: ValueReader = (line, { values = {} }) => {
  const found = findPhrases(phrasesOf(values).phrases, line.stems).map(({ phrase, from, to }): Reading => ({ value: phrasesOf(values).means[phrase] ?? "", from, to }));
  return apart(found.sort((a, b) => b.to - b.from - (a.to - a.from) || a.from - b.from));
};

/** Read once for each slot, not once for each sentence. */
const PHRASES = new WeakMap<NonNullable<Slot["values"]>, { phrases: PhraseWords[]; means: string[] }>();

function phrasesOf(values: NonNullable<Slot["values"]>): { phrases: PhraseWords[]; means: string[] } {
  const known = PHRASES.get(values);
  if (known !== undefined) return known;
  const words = Object.entries(values).flatMap(([value, list]) => [value.replaceAll("_", " "), ...list].map((word) => ({ value, phrase: readPhrase(word) })));
  const made = { phrases: words.map(({ phrase }) => phrase), means: words.map(({ value }) => value) };
  PHRASES.set(values, made);
  return made;
}

const YES = /^(?:(?:oh|ah|well|um|ha) )?(?:yes|yh|aye|y(?! \d)|grand|lovely|brilliant|deal|even better|go on|that is me|please$|please do|(?:he|she|they|we) (?:do|does)\b(?! not)|that will do|that would be|it does|works|yeah|yep|yup|sure|correct|exactly|right|of course|certainly|absolutely|definitely|please do|i do|i am|i have|i did|it is|it did|it was|that is (?:right|correct|fine|it|perfect)|that works|sounds good|perfect|perf|great|cool|ace|super|smashing|nice one|fab|ideal|take it|i will take it|done(?! (?:that|it|so|all))|ok|fine|indeed|go ahead|affirmative)\b(?! (?:no|not)\b)/;
/** "Four's good, I've shut by then": what was offered suits. */
const SUITS = /^(?:\S+ ){1,4}is (?:good|fine|great|perfect|lovely|ok|ideal)\b/;
/** "Nine's early, but go on": what agrees at the end. */
const AGREES = /\b(?:go on(?: then)?|that is (?:the one|fine|perfect)|will do|is fine|is perfect|suits me|works for me|that is fair)$/;
const NO = /^(?:(?:oh|ah|well|um|sorry|actually) )*(?:no|nope|nah|n|not|never|i do not|i am not|i have not|i did not|it is not|that is (?:not|wrong)|wrong|negative|neither)\b(?! (?:problem|worries)\b)/;

/** @returns what a sentence begins with: yes, no, or neither */
export function readYesNo(line: Line): "yes" | "no" | undefined {
  return NO.test(line.line) ? "no" : YES.test(line.line) || SUITS.test(line.line) || AGREES.test(line.line) ? "yes" : undefined;
}

const readBooleans: ValueReader = (line, slot, around, asked) => {
  const named = slot.values === undefined ? [] : readEnums(line, slot, around, asked).filter((one) => one.to - one.from > 1 || line.stems[one.from] !== one.value); // "yes" and "no" alone answer only what was asked
  if (named.length > 0) return named;
  const answer = asked ? readYesNo(line) : undefined;
  return answer === undefined ? [] : [{ value: answer, from: 0, to: line.plain.length }];
};

const READERS: Readonly<Record<SlotType, ValueReader>> = {
  text: (line, _slot, _around, asked) => (asked ? whole(line) : []),
  name: readNames, organisation: readOrganisations, phone: readPhones, email: readEmails, date: readDates, time: readTimes, amount: readAmounts, number: readNumbers, iban: readIbans, reference: readReferences,
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
  if ((slot.type === "text" || slot.type === "name" || slot.type === "organisation" || slot.type === "address") && slot.pattern !== undefined && !new RegExp(`^(?:${slot.pattern})$`, "u").test(value)) return false;
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
  if (slot.type === "name" || slot.type === "organisation" || slot.type === "address") return /\p{L}/u.test(text) && isAllowed(text, slot, around) ? text : undefined;
  if (slot.type === "time" && /^\d{2}:\d{2}$/.test(text) && text < "24:00") return text;
  if (slot.type === "number" && /^-?\d+(?:\.\d+)?$/.test(text)) return isAllowed(String(Number(text)), slot, around) ? String(Number(text)) : undefined;
  const line = lineOf(text);
  const found = readValues(line, slot, around, true);
  return found.length === 1 ? found[0]?.value : undefined;
}
