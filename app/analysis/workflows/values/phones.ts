// Telephone numbers, typed or spoken: "oh seven seven double oh, nine hundred, six one two". Pure.
import { diallablePhone } from "../../../domain/index.ts";
import type { Token } from "../../text/tokens.ts";
import type { Line } from "../message.ts";
import { apart, type Reading, type ValueReader } from "./value.ts";

const DIGITS: ReadonlyMap<string, string> = new Map([..."zero one two three four five six seven eight nine".split(" ").map((word, at): [string, string] => [word, String(at)]), ["oh", "0"], ["o", "0"], ["nought", "0"], ["naught", "0"]]);
const TEENS: ReadonlyMap<string, string> = new Map("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(" ").map((word, at) => [word, String(at + 10)]));
const TENS: ReadonlyMap<string, string> = new Map("twenty thirty forty fifty sixty seventy eighty ninety".split(" ").map((word, at) => [word, String(at + 2)]));
const TIMES: ReadonlyMap<string, number> = new Map([["double", 2], ["triple", 3], ["treble", 3]]);
const NOISE = new Set(["um", "uh", "er", "erm", "then", "and"]);
/** Numbers of seven digits without an area are local ones (555-0117); shorter ones are something else. */
const LOCAL = /^\d{7,8}$/;

/** Digits as somebody says them one after the other: tokens `from` … `to` (exclusive). */
interface DigitRun {
  digits: string;
  from: number;
  to: number;
}

/** E.164. Numbers without a country are the site's; local ones, which only their place tells, stay digits and count when they are asked for or written with a dash. */
export const readPhones: ValueReader = (line, _slot, { country }, asked) =>
  apart(
    digitRuns(line).flatMap(({ digits, from, to }): Reading[] => {
      const written = line.text.slice(line.tokens[from]?.start, line.tokens[to - 1]?.end);
      const isMeant = asked || /^(?:\+|00?)[1-9]/.test(digits);
      const value = digits.length < 7 ? undefined : (diallablePhone(digits, country, isMeant) ?? (LOCAL.test(digits) && (asked || /^\d{3}-\d{4}$/.test(written)) ? digits : undefined));
      return value === undefined ? [] : [{ value, ...wordsOf(line, from, to) }];
    }),
  );

/** "No, six two one": the last digits of a number that was just said. @returns three to seven digits, the last of the sentence */
export function readLastDigits(line: Line): Reading | undefined {
  const run = digitRuns(line).filter(({ digits }) => /^\d{3,7}$/.test(digits)).at(-1);
  return run === undefined ? undefined : { value: run.digits, ...wordsOf(line, run.from, run.to) };
}

/** Neighbouring digits of a sentence, nothing but spaces, commas, dashes and brackets between them. */
function digitRuns({ tokens, text }: Line): DigitRun[] {
  const runs: DigitRun[] = [];
  let open: DigitRun | undefined;
  for (let at = 0; at < tokens.length; ) {
    const read = digitsAt(tokens, at, open);
    const between = open === undefined ? "" : text.slice(tokens[open.to - 1]?.end, tokens[at]?.start);
    if (read === undefined || /[^\s,()./-]/.test(between) || (/,/.test(between) && /^0\d{3,}/.test(tokens[at]?.lower ?? ""))) {
      if (read === undefined && open !== undefined && NOISE.has(tokens[at]?.lower ?? "") && digitsAt(tokens, at + 1, open) !== undefined) open.to = ++at;
      else {
        open = undefined;
        if (read === undefined) at++;
      }
      if (read === undefined) continue;
    }
    if (open === undefined) {
      open = { digits: "", from: at, to: at };
      if (text[(tokens[at]?.start ?? 0) - 1] === "+" || tokens[at - 1]?.lower === "plus") open.digits = "+";
      runs.push(open);
    }
    open.digits += read.digits;
    at = open.to = read.to;
  }
  return runs.map((run) => ({ ...run, digits: run.digits.replace(/^(\+\d{1,3})0(?=\d{9,10}$)/, "$1") })); // +44 (0)20
}

function digitsAt(tokens: readonly Token[], at: number, open: DigitRun | undefined): { digits: string; to: number } | undefined {
  const word = tokens[at]?.lower ?? "";
  if (/^\d+(?:[.,-]\d+)*$/.test(word)) return { digits: word.replace(/\D/g, ""), to: at + 1 };
  const times = TIMES.get(word);
  const digit = digitOf(tokens[times === undefined ? at : at + 1]?.lower ?? "");
  if (times !== undefined) return digit === undefined ? undefined : { digits: digit.repeat(times), to: at + 2 };
  if (digit !== undefined) return { digits: digit, to: at + 1 };
  if (open !== undefined && word === "hundred" && digitOf(tokens[at - 1]?.lower ?? "") !== undefined) return { digits: "00", to: at + 1 };
  if (open !== undefined && word === "thousand" && digitOf(tokens[at - 1]?.lower ?? "") !== undefined) return { digits: "000", to: at + 1 };
  const tens = TENS.get(word);
  const unit = digitOf(tokens[at + 1]?.lower ?? "");
  if (tens !== undefined) return unit !== undefined && unit !== "0" ? { digits: tens + unit, to: at + 2 } : { digits: `${tens}0`, to: at + 1 };
  const teen = TEENS.get(word);
  return teen === undefined ? undefined : { digits: teen, to: at + 1 };
}

function digitOf(word: string): string | undefined {
  return DIGITS.get(word) ?? (/^\d$/.test(word) ? word : undefined);
}

function wordsOf(line: Line, from: number, to: number): { from: number; to: number } {
  const inside = line.plain.flatMap((word, at) => (word.from < to && word.to > from ? [at] : []));
  return { from: inside[0] ?? -1, to: (inside.at(-1) ?? -2) + 1 };
}
