// A speaker with habits: says a row of digits in one of very many ways. For property tests.
import fc from "fast-check";

const UNITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
const TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"];
const TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const ZEROS = ["zero", "nought", "oh"];
const HESITATION = ["", "", "", "", ",", ".", " -", " uh", ", um,", " and then", " okay", ", yeah,", " so", " right,", " dash", "..."];

/** Random choices as fast-check draws them: `pick(n)` is in 0 … n-1. */
type Pick = (n: number) => number;

/**
 * Digits in pieces as one breath each: words, doubles, pairs, hundreds, written groups.
 * @param saysOh "oh" for zero, except as the last digit: a lone "oh" between hesitations is a digit only where everything else looks like a card of a known issuer
 */
export function say(digits: string, pick: Pick, saysOh = true): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < digits.length; ) {
    const [piece, length] = sayOne(digits.slice(at), pick, saysOh);
    pieces.push(piece + (HESITATION[pick(HESITATION.length)] ?? ""));
    at += length;
  }
  return pieces;
}

function sayOne(rest: string, pick: Pick, saysOh: boolean): [string, number] {
  const same = /^(.)\1*/.exec(rest)?.[0].length ?? 1;
  const unit = (digit: string | undefined): string => (digit === "0" ? (ZEROS[pick(saysOh && rest.length > 1 ? 3 : 2)] ?? "zero") : (UNITS[Number(digit)] ?? "zero"));
  switch (pick(6)) {
    case 0:
      if (same >= 3) return [`${["triple", "treble"][pick(2)]} ${unit(rest[0])}`, 3];
      if (same === 2) return [`double ${unit(rest[0])}`, 2];
      break;
    case 1: {
      const pair = rest.slice(0, 2);
      if (pair.length < 2 || pair.startsWith("0")) break;
      if (pair.startsWith("1")) return [TEENS[Number(pair[1])] ?? "", 2];
      // "forty" and then "one" would be 41: people make a pause there
      return pair.endsWith("0") ? [`${TENS[Number(pair[0])]},`, 2] : [`${TENS[Number(pair[0])]}${pick(2) === 0 ? "-" : " "}${UNITS[Number(pair[1])]}`, 2];
    }
    case 2:
      if (/^[1-9][1-9]00/.test(rest) && rest.startsWith("1")) return [`${TEENS[Number(rest[1])]} hundred,`, 4];
      break;
    case 3: {
      const length = 1 + pick(Math.min(6, rest.length));
      return [rest.slice(0, length), length];
    }
    default:
  }
  return [unit(rest[0]), 1];
}

/** A number with a good check digit: of a known issuer, or (one in four) any 13 to 19 digits. */
export const card: fc.Arbitrary<{ digits: string; isOfKnownIssuer: boolean }> = fc
  .tuple(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom<(readonly [string, number])[]>(["4", 16], ["4", 19], ["51", 16], ["2221", 16], ["34", 15], ["37", 15], ["6011", 16], ["62", 17], ["3530", 16], ["36", 14], ["6304", 19], ["50", 16]).map(([head, length]) => [head, length, true] as [string, number, boolean]) },
      { weight: 1, arbitrary: fc.tuple(fc.constantFrom("1", "2", "3", "4", "5", "6", "7", "8", "9"), fc.integer({ min: 13, max: 19 }), fc.constant(false)) },
    ),
    fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 19, maxLength: 19 }),
  )
  .map(([[head, length, isOfKnownIssuer], tail]) => {
    const body = (head + tail.join("")).slice(0, length - 1);
    return { digits: body + checkDigit(body), isOfKnownIssuer };
  });

/** The digit that makes Luhn hold, by trying all ten: not the way the program does it. */
function checkDigit(body: string): string {
  for (let digit = 0; digit < 10; digit++) {
    const all = [...body, String(digit)].reverse().map(Number);
    const sum = all.reduce((total, value, i) => total + (i % 2 === 0 ? value : [0, 2, 4, 6, 8, 1, 3, 5, 7, 9][value] ?? 0), 0);
    if (sum % 10 === 0) return String(digit);
  }
  throw new Error("no check digit");
}

/** Draws for `say` from fast-check, so that failures shrink. */
export const picks: fc.Arbitrary<() => Pick> = fc.array(fc.nat(9999), { minLength: 120, maxLength: 120 }).map((draws) => () => {
  let at = 0;
  return (n: number) => (draws[at++ % draws.length] ?? 0) % n;
});

const NUMBER_WORDS = new Set([...UNITS, ...TEENS, ...TENS.slice(2), ...ZEROS, "double", "triple", "treble", "hundred"]);

/** True for words that carry digits. */
export function carriesDigits(word: string): boolean {
  return /\p{N}/u.test(word) || word.toLowerCase().split(/[^a-z]+/).some((part) => part !== "" && NUMBER_WORDS.has(part));
}
