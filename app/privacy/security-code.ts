// Finds card security codes and PINs: three or four digits that somebody asked for, or that follow a card number. Pure.
import type { Run } from "./digit-runs.ts";
import { coverOf, placesOf, type Detector, type Finding } from "./detector.ts";
import type { Label } from "./labels.ts";
import { isBefore } from "./payment-card.ts";
import type { Script } from "./script.ts";

/** How long a question for the code stays open after it was asked, or after the last digits of the card. */
const CONTEXT_MS = 40_000;
/** The first answer may be a code said twice, or with a digit too many; later ones must have the length of a code. */
const FIRST_ANSWER_DIGITS = [3, 8] as const;
const CODE_DIGITS = [3, 4] as const;
/** "twelve twenty twenty seven", alone and with a code after it. */
const DATE_DIGITS = 6;
const DATE_AND_CODE_DIGITS = 10;
/** "one two three is the security code": words between the digits and what they are. */
const AFTERWARDS_CHARACTERS = 40;

/**
 * Digits of either party are masked as a code when
 * 1. a code was asked for or named within 40 seconds, and no other number and no expiry date in between, or
 * 2. what they are is said right after them, in the same turn, or
 * 3. they are exactly three (four after an American Express number), by themselves, from the voice that just said a card number.
 * Amounts, times and quantities are never codes.
 */
export const securityCode: Detector = {
  kind: "security_code",
  mark: "[CODE]",
  find(script, earlier) {
    const findings: Finding[] = [];
    const isCovered = coverOf(earlier);
    const taken = new Set<string>();
    const sweep = new Sweep();
    let at = 0;
    for (const run of script.runs) {
      for (let label = script.labels[at]; label !== undefined && isBefore(script, label, run); label = script.labels[++at]) sweep.hear(script, label);
      const meaning = sweep.meaningOf(script, run, isCovered(run.first));
      const isCode = meaning === "code" || (meaning === "unknown" && isNamedAfterwards(script, run, at));
      const key = `${run.last.turn}|${run.last.to}`;
      if (!isCode || taken.has(key)) continue;
      taken.add(key);
      findings.push({ kind: "security_code", places: placesOf(run.spoken) });
    }
    return findings;
  },
};

/** What is open while the call is read from front to back. */
class Sweep {
  private askedUntilMs = Number.NEGATIVE_INFINITY;
  private isFirst = false;
  private isDateNext = false;
  private card: { stream: number; untilMs: number; codeDigits: number } | undefined;

  /** Takes a label in. */
  hear(script: Script, label: Label): void {
    if (label.kind === "code") {
      this.askedUntilMs = (script.turns[label.turn]?.endMs ?? 0) + CONTEXT_MS;
      this.isFirst = true;
      this.isDateNext = false;
    } else if (label.kind === "expiry") {
      this.isDateNext = true;
    } else if (label.kind === "other") {
      this.askedUntilMs = Number.NEGATIVE_INFINITY;
      this.card = undefined;
    }
  }

  /** What a run of digits is, given all that was said before it. */
  meaningOf(script: Script, run: Run, isCard: boolean): "card" | "date" | "code" | "unknown" {
    const startMs = script.turns[run.first.turn]?.startMs ?? 0;
    const endMs = script.turns[run.last.turn]?.endMs ?? 0;
    const isAsked = startMs <= this.askedUntilMs;
    if (isCard) {
      if (isAsked) this.askedUntilMs = Math.max(this.askedUntilMs, endMs + CONTEXT_MS); // both were asked for at once: the code comes after the card
      this.card = { stream: run.stream, untilMs: endMs + CONTEXT_MS, codeDigits: /^3[47]/.test(run.digits) ? 4 : 3 };
      this.isDateNext = false;
      return "card";
    }
    if (run.isMixed) return "unknown";
    const isAfterCard = this.card?.stream === run.stream && startMs <= this.card.untilMs;
    if (this.isDateNext && run.digits.length > 1) {
      this.isDateNext = false;
      // "expires twelve twenty seven, one two three": the code in the same breath
      return run.digits.length > DATE_DIGITS && run.digits.length <= DATE_AND_CODE_DIGITS && (isAsked || isAfterCard) ? "code" : "date";
    }
    if (isAsked && isWithin(run, this.isFirst ? FIRST_ANSWER_DIGITS : CODE_DIGITS)) {
      this.isFirst = false;
      return "code";
    }
    return isAfterCard && run.digits.length === this.card?.codeDigits ? "code" : "unknown";
  }
}

/** Looks at the labels after the run, in its own turn and close to it. */
function isNamedAfterwards(script: Script, run: Run, next: number): boolean {
  const label = script.labels[next];
  return label?.kind === "code" && label.turn === run.last.turn && label.from - run.last.to <= AFTERWARDS_CHARACTERS && isWithin(run, CODE_DIGITS);
}

function isWithin(run: Run, [least, most]: readonly [number, number]): boolean {
  return run.digits.length >= least && run.digits.length <= most;
}
