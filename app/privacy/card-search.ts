// Is there a card number in this row of digits? Tries every place to begin and every way to read the words. Pure.
import { CARD_MAX_DIGITS, CARD_MIN_DIGITS, doubled, hasCardShape, passesLuhn } from "./luhn.ts";
import { doubtfulAt, isOh, readingsAt, type Reading } from "./number-words.ts";
import type { Token } from "./tokens.ts";

/** Digits read so far from one beginning: their number, both Luhn sums, the head for the issuer, and whether a guess was needed. */
interface State {
  /** states with the same key have the same future */
  key: string;
  length: number;
  /** Luhn sum if the digits at even / odd places from the front are the ones to double */
  evenDoubled: number;
  oddDoubled: number;
  head: string;
  isDoubtful: boolean;
}

/** Work for one row. No human speech comes near; beyond it the words are too ambiguous to search, and the row is treated as a card. */
const MAX_WORK = 50_000;
const EMPTY: State = { key: "", length: 0, evenDoubled: 0, oddDoubled: 0, head: "", isDoubtful: false };

/**
 * True when tokens `start … end-1`, read from any of them on in any way, give 13 to 19 digits that pass Luhn and
 * - are all of the row (any issuer, but no card begins with 0), or
 * - are a part of it, or need a guess, and have the shape of a known issuer.
 * @param isWholeAllowed false when only a known issuer counts: the row is a list or holds an amount
 */
export function hasCard(tokens: readonly Token[], start: number, end: number, isWholeAllowed: boolean): boolean {
  const steps: Step[][] = [];
  for (let i = start; i < end; i++) steps.push(stepsAt(tokens, i).map((step) => ({ ...step, to: step.to - start })));
  const budget = { work: MAX_WORK };
  const plain = readPlainly(steps);
  if (plain !== undefined) return hasPlainCard(plain, isWholeAllowed);
  for (let from = 0; from < steps.length; from++) {
    if (steps[from]?.some((step) => step.digits !== "") && reachesCard(steps, from, isWholeAllowed, budget)) return true;
  }
  return false;
}

/** @returns the groups of digits when there is only one way to read the row: most rows, and the fast case */
function readPlainly(steps: readonly Step[][]): string[] | undefined {
  const groups: string[] = [];
  for (let at = 0; at < steps.length; ) {
    const [step, other] = steps[at] ?? [];
    if (step === undefined || other !== undefined || step.isDoubtful) return undefined;
    if (step.digits !== "") groups.push(step.digits);
    at = step.to;
  }
  return groups;
}

function hasPlainCard(groups: readonly string[], isWholeAllowed: boolean): boolean {
  for (let from = 0; from < groups.length; from++) {
    let digits = "";
    for (let to = from; to < groups.length && digits.length < CARD_MAX_DIGITS; to++) {
      digits += groups[to] ?? "";
      if (digits.length < CARD_MIN_DIGITS || digits.length > CARD_MAX_DIGITS) continue;
      const isWhole = isWholeAllowed && from === 0 && to === groups.length - 1 && !digits.startsWith("0");
      if ((isWhole || hasCardShape(digits, digits.length)) && passesLuhn(digits)) return true;
    }
  }
  return false;
}

/** @param steps per token of the row; their `to` counts from its start */
function reachesCard(steps: readonly Step[][], from: number, isWholeAllowed: boolean, budget: { work: number }): boolean {
  const reached = new Map<number, Map<string, State>>([[from, new Map([["", EMPTY]])]]);
  for (let at = from; at < steps.length && reached.size > 0; at++) {
    const states = reached.get(at);
    reached.delete(at);
    for (const step of states === undefined ? [] : (steps[at] ?? [])) {
      if (step.to > steps.length || (at === from && step.digits === "")) continue;
      for (const state of states?.values() ?? []) {
        if (--budget.work < 0) return true;
        const next = extended(state, step.digits, step.isDoubtful);
        if (next === undefined) continue;
        if (step.digits !== "" && isCard(next, isWholeAllowed && from === 0 && step.to === steps.length)) return true;
        const there = reached.get(step.to) ?? new Map<string, State>();
        there.set(next.key, next);
        reached.set(step.to, there);
      }
    }
  }
  return false;
}

/** @returns undefined when the digits are more than a card has */
function extended(state: State, digits: string, isDoubtful: boolean): State | undefined {
  if (digits === "") return state;
  if (state.length + digits.length > CARD_MAX_DIGITS) return undefined;
  let { length, evenDoubled, oddDoubled } = state;
  for (let i = 0; i < digits.length; i++, length++) {
    const digit = digits.charCodeAt(i) - 48;
    evenDoubled += length % 2 === 0 ? doubled(digit) : digit;
    oddDoubled += length % 2 === 1 ? doubled(digit) : digit;
  }
  const next = { length, evenDoubled: evenDoubled % 10, oddDoubled: oddDoubled % 10, head: (state.head + digits).slice(0, 4), isDoubtful: state.isDoubtful || isDoubtful };
  return { ...next, key: `${length}|${next.evenDoubled}|${next.oddDoubled}|${next.head}|${next.isDoubtful}` };
}

function isCard(state: State, isWhole: boolean): boolean {
  if (state.length < CARD_MIN_DIGITS) return false;
  // from the right every second digit is doubled: with an even length these are the even places from the front
  const sum = state.length % 2 === 0 ? state.evenDoubled : state.oddDoubled;
  if (sum !== 0) return false;
  return hasCardShape(state.head, state.length) || (isWhole && !state.isDoubtful && !state.head.startsWith("0"));
}

/** A step of the search: how tokens from a place can be read. */
interface Step extends Reading {
  /** the reading is a guess: sounds like a digit, or may count digits */
  isDoubtful: boolean;
}

/** Every step that the search for a card may take from token `i` of a run, leaving tokens out included. */
function stepsAt(tokens: readonly Token[], i: number): Step[] {
  const steps: Step[] = readingsAt(tokens, i).map((reading) => ({ ...reading, isDoubtful: false }));
  const token = tokens[i];
  const doubtful = doubtfulAt(tokens, i);
  if (doubtful !== undefined) steps.push({ to: i + 1, digits: doubtful, isDoubtful: true });
  if (steps.length === 0 || doubtful !== undefined || (token !== undefined && isOh(token))) steps.push({ to: i + 1, digits: "", isDoubtful: false });
  return steps;
}
