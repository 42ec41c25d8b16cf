// Spoken numbers: "two hundred and thirty", "four five one two", "double four", "the third", "£45.50". Pure.
import type { Token } from "./tokens.ts";

/** A number in a sentence: the tokens `from` … `to` (exclusive) and how it is written in digits. */
export interface NumberSpan {
  from: number;
  to: number;
  kind: "digits" | "cardinal" | "ordinal";
  /** `4512`, `230`, `3rd` */
  written: string;
}

const UNITS = words("zero one two three four five six seven eight nine", 0);
const TEENS = words("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen", 10);
const TENS = new Map("twenty thirty forty fifty sixty seventy eighty ninety".split(" ").map((word, at) => [word, (at + 2) * 10]));
const SCALES = new Map([["hundred", 100], ["thousand", 1000], ["million", 1_000_000]]);
const ORDINAL_UNITS = words("zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth", 0);
const ORDINAL_TENS = new Map([["thirtieth", 30]]);
const ZEROS = new Set(["oh", "o", "nought", "naught", "nil"]);
const REPEATS = new Map([["double", 2], ["triple", 3], ["treble", 3]]);
export const MONTHS: readonly string[] = "january february march april may june july august september october november december".split(" ");
/** "one" after these is no number: "no one", "the new one". */
const PRONOUN_ONE = new Set("no any every some the that this which other new wrong right another each only old last next replacement good same big small".split(" "));
/** After "the second …" these words show that no day of the month is meant. */
const NOT_A_DAY = new Set("floor time line day one page street letter call order person thing week month year half part item option try attempt".split(" "));
const SMALL_JOINERS = new Set(["on", "by", "before", "until", "till", "from", "since", "for", "after"]);

/** @returns the numbers of a sentence from left to right, never overlapping */
export function readNumbers(tokens: readonly Token[]): NumberSpan[] {
  const spans: NumberSpan[] = [];
  for (let at = 0; at < tokens.length; ) {
    const span = readDigits(tokens, at) ?? readOrdinal(tokens, at) ?? readCardinal(tokens, at);
    if (span === undefined) at++;
    else {
      spans.push(span);
      at = span.to;
    }
  }
  return spans;
}

/** Three or more single digits in a row, with "oh", "double" and "triple"; spoken and written digits may mix. */
function readDigits(tokens: readonly Token[], from: number): NumberSpan | undefined {
  let written = "";
  let at = from;
  for (; at < tokens.length; ) {
    const times = REPEATS.get(lower(tokens, at));
    const digit = singleDigit(tokens, times === undefined ? at : at + 1);
    if (digit === undefined || (written === "" && ZEROS.has(lower(tokens, at)) && singleDigit(tokens, at + 1) === undefined)) break;
    written += digit.repeat(times ?? 1);
    at += times === undefined ? 1 : 2;
  }
  // "four five one twenty": the last digit belongs to a larger number only when a scale follows ("one hundred")
  if (at > from && SCALES.has(lower(tokens, at))) return undefined;
  return written.length >= 3 ? { from, to: at, kind: "digits", written } : undefined;
}

function singleDigit(tokens: readonly Token[], at: number): string | undefined {
  const word = lower(tokens, at);
  if (/^\d$/.test(word)) return word;
  if (ZEROS.has(word)) return "0";
  const value = UNITS.get(word);
  return value === undefined ? undefined : String(value);
}

/** Ordinals count as days of a month only: beside a month, or after "on the", "by the". */
function readOrdinal(tokens: readonly Token[], from: number): NumberSpan | undefined {
  const word = lower(tokens, from);
  let value = ORDINAL_UNITS.get(word) ?? ORDINAL_TENS.get(word);
  let to = from + 1;
  const tens = TENS.get(word);
  const unit = ORDINAL_UNITS.get(lower(tokens, from + 1));
  if (value === undefined && tens !== undefined && tens <= 30 && unit !== undefined && unit > 0 && unit < 10) {
    value = tens + unit;
    to = from + 2;
  }
  if (value === undefined || value < 1 || value > 31) return undefined;
  const next = lower(tokens, to);
  const before = lower(tokens, from - 1);
  const besideMonth = MONTHS.includes(next) || (next === "of" && MONTHS.includes(lower(tokens, to + 1))) || MONTHS.includes(before) || (before === "the" && MONTHS.includes(lower(tokens, from - 2)));
  const afterThe = before === "the" && SMALL_JOINERS.has(lower(tokens, from - 2)) && !NOT_A_DAY.has(next);
  if (!besideMonth && !(afterThe && (value > 3 || next === "" || SMALL_JOINERS.has(next) || next === "at" || next === "of"))) return undefined;
  return { from, to, kind: "ordinal", written: `${value}${value % 10 === 1 && value !== 11 ? "st" : value % 10 === 2 && value !== 12 ? "nd" : value % 10 === 3 && value !== 13 ? "rd" : "th"}` };
}

function readCardinal(tokens: readonly Token[], from: number): NumberSpan | undefined {
  let total = 0;
  let group = 0;
  let last = Infinity;
  let at = from;
  for (; at < tokens.length; ) {
    const word = lower(tokens, at);
    const scale = SCALES.get(word) ?? (word === "a" && SCALES.has(lower(tokens, at + 1)) && at === from ? 0 : undefined);
    if (scale === 0) {
      group = 1;
      at++;
      last = 1;
    } else if (scale === 100) {
      if (group < 1 || group > 99) break;
      group *= 100;
      at++;
      last = 100;
    } else if (scale !== undefined) {
      if (group < 1) break;
      total += group * scale;
      group = 0;
      at++;
      last = scale;
    } else if (word === "and" && last >= 100 && at > from && small(lower(tokens, at + 1)) !== undefined) {
      at++;
    } else {
      const value = small(word);
      if (value === undefined) break;
      const fits = last === Infinity || (last >= 100 && (group % 100 === 0)) || (last >= 20 && last < 100 && value < 10 && value > 0);
      if (!fits) break;
      group += value;
      last = value >= 20 ? value : 1;
      at++;
    }
  }
  if (at === from) return undefined;
  if (at === from + 1 && lower(tokens, from) === "one" && PRONOUN_ONE.has(lower(tokens, from - 1))) return undefined;
  return { from, to: at, kind: "cardinal", written: String(total + group) };
}

function small(word: string): number | undefined {
  return UNITS.get(word) ?? TEENS.get(word) ?? TENS.get(word);
}

function lower(tokens: readonly Token[], at: number): string {
  return tokens[at]?.lower ?? "";
}

function words(list: string, first: number): Map<string, number> {
  return new Map(list.split(" ").map((word, at) => [word, first + at]));
}
