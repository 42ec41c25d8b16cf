// Rows of digits as one voice says them: over hesitation, pauses and turns, whatever the other party says in between. Pure.
import type { SpokenTurn } from "../domain/index.ts";
import { doubtfulAt, isFiller, isMeasured, readingsAt, type Reading } from "./number-words.ts";
import type { Token } from "./tokens.ts";

/** One row of digits. */
export interface Run {
  /** index of the stream, and its tokens `start … end-1` */
  stream: number;
  start: number;
  end: number;
  first: Token;
  last: Token;
  /** the tokens that hold digits, or may hold some */
  spoken: Token[];
  /** the likeliest reading */
  digits: string;
  /** words right before and after it that may be digits ("for one one one", a last "oh"); left out of `digits` and `spoken` */
  doubtful: { lead: Token[]; tail: Token[]; start: number; end: number };
  /** several long numbers with "and" between them */
  isList: boolean;
  /** holds an amount or a time, so that it is probably not one number */
  isMixed: boolean;
}

/** What a run needs to know of the whole call. */
export interface RunContext {
  turns: readonly SpokenTurn[];
  order: readonly number[];
  /** per rank: turns so far that ask for something: a card, its date or code, or a number of another kind */
  topics: readonly number[];
  /** a turn is a line of writing; no number goes on over its end */
  isWritten: boolean;
}

/** Words of hesitation that still belong to one number: in one turn, and over several. */
const MAX_FILLERS = 8;
const MAX_DISTANCE = 32;
/** Doubtful digits after a number that are looked at. */
const MAX_TAIL = 3;
/** Words of a turn that only keeps the talk going. */
const MAX_INTERJECTION = 7;
/** Somebody looks for the glasses, turns the card over, changes hands. */
const MAX_SILENCE_MS = 60_000;
/** Pieces of this many digits with "and" between them are numbers of their own. */
const LIST_PIECE_DIGITS = 6;
/** From here on a row of digits could be a card, whatever words stand beside it. */
const LONG_DIGITS = 13;

/** Something that was read as digits: tokens `at … to-1`. */
interface Numeral extends Reading {
  at: number;
  isMeasured: boolean;
}

/** @returns the runs of one stream in the order of its tokens */
export function findRuns(tokens: readonly Token[], stream: number, context: RunContext): Run[] {
  const runs: Run[] = [];
  for (let i = 0; i < tokens.length; ) {
    const numerals = numeralsFrom(tokens, i, context);
    const last = numerals.at(-1);
    if (last === undefined) {
      i++;
      continue;
    }
    for (const part of withoutAmounts(numerals)) runs.push(toRun(tokens, stream, part, i, false, context));
    const isMixed = numerals.some((numeral) => numeral.isMeasured);
    if (isMixed && digitsOf(numerals).length >= LONG_DIGITS) runs.push(toRun(tokens, stream, numerals, i, true, context));
    i = last.to;
  }
  return runs;
}

/** @returns everything that can be read as one number from token `start` on; empty when no digits are there */
function numeralsFrom(tokens: readonly Token[], start: number, context: RunContext): Numeral[] {
  const numerals: Numeral[] = [];
  for (let at: number | undefined = start; at !== undefined; ) {
    const reading = readingsAt(tokens, at)[0];
    if (reading === undefined) break;
    numerals.push({ ...reading, at, isMeasured: isMeasured(tokens, at, reading.to) });
    at = nextNumeral(tokens, reading.to, context);
  }
  return numerals;
}

/** Splits at amounts, times and quantities, and drops them with the digits right before ("two fifty pounds"). */
function withoutAmounts(numerals: readonly Numeral[]): Numeral[][] {
  const parts: Numeral[][] = [[]];
  for (const numeral of numerals) {
    const part = parts.at(-1) ?? [];
    if (!numeral.isMeasured) {
      part.push(numeral);
      continue;
    }
    for (let at = numeral.at; part.at(-1)?.to === at; ) at = part.pop()?.at ?? at;
    parts.push([]);
  }
  return parts.filter((part) => part.length > 0);
}

function toRun(tokens: readonly Token[], stream: number, numerals: readonly Numeral[], floor: number, isMixed: boolean, context: RunContext): Run {
  const start = numerals[0]?.at ?? 0;
  const end = numerals.at(-1)?.to ?? start;
  const first = tokens[start] as Token;
  const lead = start > 0 ? tokens[start - 1] : undefined;
  const isLead = lead?.turn === first.turn && !first.pausedBefore && start >= floor && doubtfulAt(tokens, start - 1) !== undefined;
  const tail: number[] = [];
  for (let at = doubtfulTail(tokens, end, context); at !== undefined && tail.length < MAX_TAIL; at = doubtfulTail(tokens, at + 1, context)) tail.push(at);
  return {
    stream, start, end, first, last: tokens[end - 1] as Token, spoken: spokenOf(tokens, numerals, end), digits: digitsOf(numerals), isMixed,
    doubtful: { lead: isLead ? [lead] : [], tail: tail.map((at) => tokens[at] as Token), start: isLead ? start - 1 : start, end: (tail.at(-1) ?? end - 1) + 1 },
    isList: isListOf(tokens, numerals),
  };
}

/** @returns index of what may be the last digit: a word right behind the number, or one that is all of the next turn ("oh, um") */
function doubtfulTail(tokens: readonly Token[], end: number, { isWritten }: RunContext): number | undefined {
  let at = end;
  while (at < end + 3 && isFiller(tokens, at)) at++;
  const tail = tokens[at];
  if (tail === undefined || doubtfulAt(tokens, at) === undefined) return undefined;
  if (tail.turn === tokens[end - 1]?.turn) return at === end && !tail.pausedBefore ? at : undefined;
  if (isWritten) return undefined;
  let next = at + 1;
  while (next < at + 3 && tokens[next]?.turn === tail.turn && isFiller(tokens, next)) next++;
  return tokens[next]?.turn === tail.turn ? undefined : at;
}

/** Tokens of the numerals, and what lies between and may be a digit; hesitation is left out. */
function spokenOf(tokens: readonly Token[], numerals: readonly Numeral[], end: number): Token[] {
  const isNumeral = new Set(numerals.flatMap(({ at, to }) => Array.from({ length: to - at }, (_, i) => at + i)));
  const spoken: Token[] = [];
  for (let i = numerals[0]?.at ?? 0; i < end; i++) {
    if (isNumeral.has(i) || doubtfulAt(tokens, i) !== undefined) spoken.push(tokens[i] as Token);
  }
  return spoken;
}

/** "12345678 and 87654321"; but "4111 1111 and then 1111 1111" is one number. */
function isListOf(tokens: readonly Token[], numerals: readonly Numeral[]): boolean {
  const pieces = [0];
  let end = numerals[0]?.at ?? 0;
  for (const numeral of numerals) {
    const between = tokens.slice(end, numeral.at).map((token) => token.text);
    if (between.includes("and") && !between.includes("then")) pieces.push(0);
    pieces.push((pieces.pop() ?? 0) + numeral.digits.length);
    end = numeral.to;
  }
  return pieces.length > 1 && pieces.every((length) => length >= LIST_PIECE_DIGITS);
}

function digitsOf(numerals: readonly Numeral[]): string {
  return numerals.map((numeral) => numeral.digits).join("");
}

/** @returns index of the next digits that belong to the same number */
function nextNumeral(tokens: readonly Token[], from: number, context: RunContext): number | undefined {
  const before = tokens[from - 1];
  let fillers = 0;
  for (let i = from, turn = before?.turn; fillers <= MAX_FILLERS && i <= from + MAX_DISTANCE; fillers++) {
    const token = tokens[i];
    if (token?.turn !== turn) fillers = 0;
    turn = token?.turn;
    if (token === undefined || before === undefined || isApart(before, token, context)) return undefined;
    if (readingsAt(tokens, i).length > 0) return i;
    if (isFiller(tokens, i) || doubtfulAt(tokens, i) !== undefined) i++;
    else {
      const end = interjectionEnd(tokens, i);
      if (end === undefined) return undefined;
      i = end;
    }
  }
  return undefined;
}

/**
 * A short turn of its own without digits ("sorry, carry on") does not end a number: where nobody knows who speaks it is the other party's.
 * @returns index after the turn that begins at token `i`, or undefined when no such turn begins there
 */
function interjectionEnd(tokens: readonly Token[], i: number): number | undefined {
  const turn = tokens[i]?.turn;
  let start = i;
  while (tokens[start - 1]?.turn === turn && i - start <= MAX_INTERJECTION) start--;
  for (let end = start; end <= start + MAX_INTERJECTION; end++) {
    if (tokens[end]?.turn !== turn) return end;
    if (readingsAt(tokens, end).length > 0) return undefined;
  }
  return undefined;
}

/** True when a long silence or the end of a written line lies between, or somebody asked for the next thing. */
function isApart(before: Token, after: Token, context: RunContext): boolean {
  if (before.turn === after.turn) return false;
  if (context.isWritten) return true;
  const silence = (context.turns[after.turn]?.startMs ?? 0) - (context.turns[before.turn]?.endMs ?? 0);
  const topicsBefore = context.topics[context.order[before.turn] ?? 0] ?? 0;
  const topicsBetween = context.topics[(context.order[after.turn] ?? 0) - 1] ?? 0;
  return silence > MAX_SILENCE_MS || topicsBetween > topicsBefore;
}
