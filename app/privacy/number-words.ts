// How English speakers say digits: the words, and every way to read a stretch of tokens as digits. Pure.
import type { Token } from "./tokens.ts";

/** One way to read tokens `i … to-1`. */
export interface Reading {
  to: number;
  digits: string;
}

const UNITS = words("zero=0 nought=0 naught=0 nil=0 null=0 one=1 two=2 three=3 four=4 five=5 fife=5 six=6 seven=7 eight=8 nine=9 niner=9");
const TEENS = words("ten=10 eleven=11 twelve=12 thirteen=13 fourteen=14 fifteen=15 sixteen=16 seventeen=17 eighteen=18 nineteen=19");
const TENS = words("twenty=20 thirty=30 forty=40 fourty=40 fifty=50 sixty=60 seventy=70 eighty=80 ninety=90 ninty=90");
const TIMES = new Map([["double", 2], ["dubble", 2], ["triple", 3], ["treble", 3], ["tripple", 3], ["quadruple", 4]]);
/** Zero only beside other digits; elsewhere it is an exclamation. */
const OH = new Set(["oh", "o", "owe"]);
const NUMERAL_WORDS: ReadonlySet<string> = new Set([...UNITS.keys(), ...TEENS.keys(), ...TENS.keys(), ...TIMES.keys(), ...OH]);
/** What speech engines write for a digit; a reading that needs one of them must look like an issuer's card in every other way. */
const SOUNDS_LIKE = words("for=4 fore=4 to=2 too=2 won=1 ate=8 tree=3 free=3");

/** Words between digits that do not end a number: hesitation, agreement, correction, and talk about the digits themselves. */
const FILLERS = new Set(
  (
    "ah again and are comma dash digit digits eh er erm final finally first followed fine great hm hmm huh hyphen is its last lastly lovely mhm mm mmhm " +
    "next no now number numbers ok okay once our perfect please right separator so sorry space stop sure thank thanks that thats the then there theres " +
    "these this uh uhhuh uhm um wait well yeah yep yes you"
  ).split(" "),
);
/** Two words that do the same together; alone they belong to other talk ("I go to two shops"). */
const FILLER_PAIRS = new Set("hang on|hold on|go on|go ahead|carry on|i mean|let me|me see|got it|got that|followed by|by the|of the|one moment|a moment|a second|a sec".split("|"));

/** After one of these a small number counts digits ("the last four") instead of being one. */
const COUNTED = new Set(["last", "first", "next", "final", "other", "middle", "remaining"]);
/** After a number these say what was counted or paid; then it is an amount, a time or a quantity. */
const MEASURES = new Set(
  (
    "% pound pounds quid dollar dollars euro euros cent cents penny pence p bucks percent per rupee rupees franc francs usd eur gbp " +
    "second seconds minute minutes hour hours day days week weeks month months year years oclock am pm times people items pieces miles " +
    "kilometres km metres meters degrees volts watts kilowatts kg kilos grams gigabytes megabytes gigs million thousand"
  ).split(" "),
);

/** True for a token that may stand between the digits of one number. */
export function isFiller(tokens: readonly Token[], i: number): boolean {
  const token = tokens[i];
  if (token?.kind !== "word") return token?.text === "#";
  return FILLERS.has(token.text) || isPair(tokens[i - 1], token) || isPair(token, tokens[i + 1]);
}

function isPair(first: Token | undefined, second: Token | undefined): boolean {
  return first !== undefined && first.turn === second?.turn && FILLER_PAIRS.has(`${first.text} ${second.text}`);
}

/** True when the tokens that end before `to` were an amount, a time or a quantity. */
export function isMeasured(tokens: readonly Token[], first: number, to: number): boolean {
  const before = tokens[first - 1];
  const after = tokens[to];
  const isAmount = before?.kind === "sign" && before.text !== "#" && before.text !== "+" && before.turn === tokens[first]?.turn;
  return isAmount || (after !== undefined && after.turn === tokens[first]?.turn && !after.pausedBefore && (MEASURES.has(after.text) || (after.kind === "sign" && after.text !== "#" && after.text !== "+")));
}

/**
 * Every certain way to read digits at token `i`, the likeliest first; empty when there is none.
 * "forty one" is 41 (with a comma between also 40 1), "nineteen hundred" 1900, "double four" 44, "four thousand and twelve" 4012.
 */
export function readingsAt(tokens: readonly Token[], i: number): Reading[] {
  const token = tokens[i];
  if (token === undefined || token.kind === "sign" || (token.kind === "word" && !NUMERAL_WORDS.has(token.text)) || isCounting(tokens, i)) return [];
  const times = TIMES.get(token.text);
  if (times !== undefined && token.kind === "word") return repeated(tokens, i + 1, times);
  if (token.kind === "word" && OH.has(token.text)) return isZero(tokens, i) ? [{ to: i + 1, digits: "0" }] : [];
  const small = smallAt(tokens, i);
  const large = small.flatMap((reading) => scaled(tokens, reading));
  if (large.length > 0) return large;
  return token.kind === "digits" ? [{ to: i + 1, digits: token.text }] : small;
}

/** A digit that this token may be, or may not: sounds like one, or counts digits. */
export function doubtfulAt(tokens: readonly Token[], i: number): string | undefined {
  const token = tokens[i];
  if (token === undefined) return undefined;
  if (isCounting(tokens, i)) return UNITS.get(token.text) ?? (token.kind === "digits" ? token.text : undefined);
  if (token.kind === "word" && OH.has(token.text)) return isZero(tokens, i) ? undefined : "0";
  return token.kind === "word" ? SOUNDS_LIKE.get(token.text) : undefined;
}

/** True for an `oh` that was read as zero: it may be left out when the check fails with it. */
export function isOh(token: Token): boolean {
  return token.kind === "word" && OH.has(token.text);
}

/** "four digits", "the last four": a number of digits, not a digit. "The new one is": no number at all. */
function isCounting(tokens: readonly Token[], i: number): boolean {
  const token = tokens[i];
  if (token === undefined || (!UNITS.has(token.text) && !TEENS.has(token.text) && !(token.kind === "digits" && token.text.length <= 2))) return false;
  const before = tokens[i - 1];
  const after = tokens[i + 1];
  if (token.text === "one" && after?.turn === token.turn && /^(is|was|has)$/.test(after.text)) return true; // "the new one is": no digit
  if (after?.turn === token.turn && (after.text === "digits" || after.text === "digit" || after.text === "numbers")) return true;
  return before?.turn === token.turn && COUNTED.has(before.text);
}

/** Numbers below a hundred as said: one to three tokens. Digits count when there are at most two of them. */
function smallAt(tokens: readonly Token[], i: number): Reading[] {
  const token = tokens[i];
  if (token === undefined) return [];
  if (token.kind === "digits") return token.text.length <= 2 ? [{ to: i + 1, digits: token.text }] : [];
  const plain = UNITS.get(token.text) ?? TEENS.get(token.text);
  if (plain !== undefined) return [{ to: i + 1, digits: plain }];
  const tens = TENS.get(token.text);
  if (tens === undefined) return [];
  const alone: Reading = { to: i + 1, digits: tens };
  const next = tokens[i + 1];
  const unit = next?.kind === "word" && next.turn === token.turn ? UNITS.get(next.text) : undefined;
  if (unit === undefined || unit === "0" || next === undefined) return [alone];
  const joined: Reading = { to: i + 2, digits: tens.charAt(0) + unit };
  return next.pausedBefore ? [alone, joined] : [joined];
}

/** "nineteen hundred", "four thousand one hundred and eleven": the whole, and the round part alone when no "and" binds the rest to it. */
function scaled(tokens: readonly Token[], head: Reading): Reading[] {
  const scale = tokens[head.to]?.text;
  if (scale !== "hundred" && scale !== "thousand") return [];
  const factor = scale === "hundred" ? 100 : 1000;
  const round = Number(head.digits) * factor;
  const alone: Reading = { to: head.to + 1, digits: String(round) };
  const isBound = tokens[head.to + 1]?.text === "and";
  const tailAt = head.to + (isBound ? 2 : 1);
  if (tokens[tailAt]?.turn !== tokens[head.to]?.turn || tokens[tailAt]?.kind !== "word") return [alone];
  const tails = smallAt(tokens, tailAt).flatMap((tail) => (factor === 1000 ? [...scaled(tokens, tail).filter((t) => Number(t.digits) < 1000), tail] : [tail]));
  const whole = tails.map((tail) => ({ to: tail.to, digits: String(round + Number(tail.digits)) }));
  return isBound && whole.length > 0 ? whole : [...whole, alone];
}

/** "double four", "triple, uh, two", "double 4"; of written digits only the first is repeated ("double 4111"), or it was written out already. */
function repeated(tokens: readonly Token[], from: number, times: number): Reading[] {
  let i = from;
  while (i < from + 2 && isFiller(tokens, i)) i++;
  const token = tokens[i];
  if (token === undefined) return [];
  const unit = token.kind === "word" ? (UNITS.get(token.text) ?? (OH.has(token.text) ? "0" : SOUNDS_LIKE.get(token.text))) : undefined;
  if (unit !== undefined) return [{ to: i + 1, digits: unit.repeat(times) }];
  if (token.kind !== "digits") return [];
  const spread = { to: i + 1, digits: token.text.charAt(0).repeat(times) + token.text.slice(1) };
  return token.text.length === 1 ? [spread] : [spread, { to: i + 1, digits: token.text }];
}

/** An "oh" is a zero beside digits of its turn, hesitation left out. */
function isZero(tokens: readonly Token[], i: number): boolean {
  const turn = tokens[i]?.turn;
  for (const step of [1, -1]) {
    let at = i + step;
    while (Math.abs(at - i) <= 2 && isFiller(tokens, at)) at += step;
    const neighbour = tokens[at];
    if (neighbour?.turn === turn && (neighbour?.kind === "digits" || (neighbour?.kind === "word" && NUMERAL_WORDS.has(neighbour.text)))) return true;
  }
  return false;
}

function words(list: string): ReadonlyMap<string, string> {
  return new Map(list.split(" ").map((entry) => entry.split("=") as [string, string]));
}
