// What a reader of values hands back, and what it may know. Pure.
import type { Slot } from "../definition.ts";
import type { Line } from "../message.ts";

/** A value that stands in a sentence: words `from` … `to` (exclusive) of it. */
export interface Reading {
  value: string;
  from: number;
  to: number;
  /** a day of a month that nobody named: it is the one of the date that is corrected, if there is one */
  day?: number;
  /** one of the names that the slot lists, or tagged */
  isKnown?: true;
  /** a trained model tagged it */
  isTagged?: true;
  /** the site lists it, and the trained model that reads the slot did not tag it */
  isGuess?: true;
  /** a whole sentence: anything with a shape of its own is the better answer */
  isWhole?: true;
  /** chosen by the whole message: it takes its words from no other slot */
  isChoice?: true;
  /** of addresses: one that is left, or where post still goes */
  isLeft?: true;
  /** a weekday alone, 0 is Sunday: it is the one that was offered, if one was */
  weekday?: number;
}

/** What values are read against. */
export interface Surroundings {
  /** ISO 3166 code for telephone numbers and postcodes */
  country: string;
  /** day of the message in the site's time zone, `YYYY-MM-DD` */
  today: string;
}

/** @param asked the slot was asked for: a bare value is its answer */
export type ValueReader = (line: Line, slot: Slot, around: Surroundings, asked: boolean) => Reading[];

/** The first reading of a stretch of words keeps it. */
export function apart(readings: readonly Reading[]): Reading[] {
  const kept: Reading[] = [];
  for (const one of readings) if (one.from >= 0 && !kept.some((other) => one.from < other.to && one.to > other.from)) kept.push(one);
  return kept.sort((a, b) => a.from - b.from);
}
