// Finds payment card numbers: by their check digit, by their shape, and by what was asked for. Pure.
import { hasCard } from "./card-search.ts";
import type { Run } from "./digit-runs.ts";
import { placesOf, type Detector, type Place } from "./detector.ts";
import type { Label, LabelKind } from "./labels.ts";
import { CARD_MIN_DIGITS, isSaidAgain } from "./luhn.ts";
import { isOh } from "./number-words.ts";
import type { Script } from "./script.ts";
import type { Token } from "./tokens.ts";

/** How long a question for the card stays open, and how long afterwards its digits may be repeated. */
const CONTEXT_MS = 60_000;
/** "… that is my card number": said after the digits. */
const AFTERWARDS_MS = 10_000;
/** When the card was asked for, this many digits are masked even if speech recognition lost the rest. */
const PART_DIGITS = 8;
/** Digits after which an answer to "your card number?" is complete. */
const COMPLETE_DIGITS = 19;
/** An expiry date has at most this many digits ("twelve twenty twenty seven"). */
const DATE_DIGITS = 6;
/** Without check digit and context: as long as the common cards, and begins like them (3 travel, 4 and 5 banks, 6 merchants and banks). */
const LIKELY_DIGITS = 15;
const LIKELY_HEAD = /^[3-6]/;
/** The longest telephone number after a plus (E.164). */
const PHONE_MAX_DIGITS = 15;
const CARD_LABELS: ReadonlySet<LabelKind> = new Set(["card_number", "card_part", "card"]);
/** Labels and rows that are looked at around one row: keeps a hostile text without usable times linear. */
const MAX_LOOK_BACK = 64;
const MAX_ECHOES = 256;
/** The other party repeats at least this many digits of the card. */
const ECHO_DIGITS = 3;

/**
 * A row of digits is masked when it
 * 1. passes Luhn with 13 to 19 digits (see card-search.ts), or
 * 2. has 13 digits or more and a card was mentioned within a minute, or
 * 3. has 15 digits or more and begins with 3, 4, 5 or 6 (one misheard digit breaks Luhn; the price: IMEI and long order numbers), or
 * 4. is part of the answer to "your card number?" and the answer has 8 digits or more in all, or
 * 5. repeats three digits or more of a found card within a minute.
 * The whole row is masked, so that an expiry date or a security code said in the same breath goes with it.
 */
export const paymentCard: Detector = {
  kind: "payment_card",
  mark: "[CARD]",
  find(script) {
    const answers = answersToCardQuestions(script);
    const cards = script.runs.flatMap((run) => cardIn(script, run)).map((run) => [run]);
    const known = new Set([...cards, ...answers].flat().map((run) => run.first));
    const findings = merged([...cards, ...answers].map((runs) => ({ runs, places: runs.flatMap((run) => placesOf(run.spoken)) })));
    return findings.map(({ runs, places }) => ({ kind: "payment_card", places: [...places, ...echoes(script, runs, known)] }));
  },
};

/** @returns the run when rules 1 to 3 apply, with its doubtful neighbours when Luhn holds only with them */
function cardIn(script: Script, run: Run): Run[] {
  if (run.digits.length < CARD_MIN_DIGITS - 2) return [];
  const isAskedFor = run.digits.length >= CARD_MIN_DIGITS && isCardMentioned(script, run);
  if (!isAskedFor && (isDialled(script, run) || isSaidAgain(run.digits))) return [];
  const tokens = script.streams[run.stream]?.tokens ?? [];
  const isPlain = !run.isList && !run.isMixed && !isOtherThenMore(script, run);
  const { lead, tail, start, end } = run.doubtful;
  const whole = { ...run, spoken: [...run.spoken, ...tail.filter(isOh)] }; // a last "oh" is a zero sooner than a sigh
  if (hasCard(tokens, run.start, run.end, isPlain)) return [whole];
  if (end - start > run.end - run.start && hasCard(tokens, start, end, false)) return [{ ...run, spoken: [...lead, ...run.spoken, ...tail] }];
  return isAskedFor || (isPlain && run.digits.length >= LIKELY_DIGITS && LIKELY_HEAD.test(run.digits)) ? [whole] : [];
}

/** "My phone number is 5995 6405", and a turn later "the number is 446 6972": joined over turns, but the first was said to be another number. */
function isOtherThenMore(script: Script, run: Run): boolean {
  const label = script.labels[firstAfter(script, run) - 1];
  return run.first.turn !== run.last.turn && label?.kind === "other" && label.turn === run.first.turn;
}

/** "+49 1512 3456789", "plus four nine …": a telephone number, unless a card was mentioned. */
function isDialled(script: Script, run: Run): boolean {
  const before = script.streams[run.stream]?.tokens[run.start - 1];
  return before?.turn === run.first.turn && (before.text === "+" || before.text === "plus") && run.digits.length <= PHONE_MAX_DIGITS;
}

/** The nearest thing named before the digits is a card, or a card is named right after them. */
function isCardMentioned(script: Script, run: Run): boolean {
  const start = script.turns[run.first.turn]?.startMs ?? 0;
  const end = script.turns[run.last.turn]?.endMs ?? 0;
  const next = firstAfter(script, run);
  for (let i = next - 1; i >= Math.max(0, next - MAX_LOOK_BACK); i--) {
    const label = script.labels[i];
    if (label === undefined || start - (script.turns[label.turn]?.endMs ?? 0) > CONTEXT_MS || label.kind === "other") break;
    if (CARD_LABELS.has(label.kind)) return true;
  }
  const after = script.labels[next];
  return after !== undefined && CARD_LABELS.has(after.kind) && (script.turns[after.turn]?.startMs ?? 0) - end <= AFTERWARDS_MS;
}

/** Binary search: index of the first label that does not lie before the run. */
function firstAfter(script: Script, run: Run): number {
  let low = 0;
  let high = script.labels.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(script, script.labels[middle] as Label, run)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** True when the label lies before the run in time. */
export function isBefore(script: Script, label: Label, run: Run): boolean {
  const difference = (script.order[label.turn] ?? 0) - (script.order[run.first.turn] ?? 0);
  return difference < 0 || (difference === 0 && label.from < run.first.from);
}

/**
 * Rule 4, in one pass over labels and runs. The answer may be torn ("four one one one — hang on, let me turn it over — one one one one");
 * a question for another number ends it, an expiry date or a code after it is left out.
 */
function answersToCardQuestions(script: Script): Run[][] {
  const answers: Run[][] = [];
  let open: Map<number, Run[]> | undefined;
  let openUntilMs = 0;
  let isDateNext = false; // or the security code: asked for once the card is through
  const close = (): void => {
    for (const runs of open?.values() ?? []) if (digitsIn(runs) >= PART_DIGITS) answers.push(runs);
    open = undefined;
  };
  let at = 0;
  for (const run of script.runs) {
    for (let label = script.labels[at]; label !== undefined && isBefore(script, label, run); label = script.labels[++at]) {
      if (label.kind === "other") close();
      if (label.kind === "expiry" || label.kind === "code") isDateNext = [...(open?.values() ?? [])].some((runs) => digitsIn(runs) >= PART_DIGITS);
      if (label.kind !== "card_number" && label.kind !== "card_part") continue;
      open ??= new Map();
      isDateNext = false;
      openUntilMs = (script.turns[label.turn]?.endMs ?? 0) + CONTEXT_MS;
    }
    if (open === undefined || run.isMixed || run.digits.length < 2) continue;
    const isDate = isDateNext && run.digits.length <= DATE_DIGITS;
    isDateNext = false;
    if (isDate) continue;
    if ((script.turns[run.first.turn]?.startMs ?? 0) > openUntilMs) {
      close();
      continue;
    }
    const answer = open.get(run.stream) ?? [];
    if (digitsIn(answer) >= COMPLETE_DIGITS) continue;
    open.set(run.stream, [...answer, run]);
    openUntilMs = Math.max(openUntilMs, (script.turns[run.last.turn]?.endMs ?? 0) + CONTEXT_MS);
  }
  close();
  return answers;
}

function digitsIn(runs: readonly Run[]): number {
  return runs.reduce((sum, run) => sum + run.digits.length, 0);
}

/** Findings that share a place are one card: the same digits were seen by two rules or in two streams. */
function merged(found: { runs: Run[]; places: Place[] }[]): { runs: Run[]; places: Place[] }[] {
  const result: { runs: Run[]; places: Place[] }[] = [];
  const owner = new Map<string, { runs: Run[]; places: Place[] }>();
  for (const one of found) {
    const same = one.places.map((place) => owner.get(`${place.turn}|${place.to}`)).find((other) => other !== undefined);
    const target = same ?? { runs: [], places: [] };
    if (same === undefined) result.push(target);
    target.runs.push(...one.runs);
    target.places.push(...one.places);
    for (const place of one.places) owner.set(`${place.turn}|${place.to}`, target);
  }
  return result;
}

/** Rule 5: the agent repeats what the customer said, in parts too short to be found by themselves. */
function echoes(script: Script, cards: readonly Run[], known: ReadonlySet<Token>): Place[] {
  const startMs = Math.min(...cards.map((run) => script.turns[run.first.turn]?.startMs ?? 0));
  const endMs = Math.max(...cards.map((run) => script.turns[run.last.turn]?.endMs ?? 0)) + CONTEXT_MS;
  const rows = cards.map((run) => run.digits);
  const joined = rows.join("");
  return runsBetween(script, startMs, endMs)
    .filter((run) => !known.has(run.first) && run.digits.length >= ECHO_DIGITS && (joined.includes(run.digits) || rows.some((row) => row.includes(run.digits))))
    .flatMap((run) => placesOf(run.spoken));
}

/** Runs that begin between two times, found without looking at all of them. */
function runsBetween(script: Script, startMs: number, endMs: number): Run[] {
  const startOf = (run: Run | undefined): number => script.turns[run?.first.turn ?? -1]?.startMs ?? 0;
  let low = 0;
  let high = script.runs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (startOf(script.runs[middle]) < startMs) low = middle + 1;
    else high = middle;
  }
  const found: Run[] = [];
  for (let i = low; i < Math.min(script.runs.length, low + MAX_ECHOES) && startOf(script.runs[i]) <= endMs; i++) found.push(script.runs[i] as Run);
  return found;
}
