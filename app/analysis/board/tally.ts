// Sums of what contacts say, small enough to keep many and quick to add up; and what they mean: means and shares with their intervals. Pure.
import { MEASURES, type Measure, type Measured } from "../../domain/index.ts";
import { wilson } from "../journeys/statistics.ts";

/** Place 0: contacts. Then, for each measure: how many say something, the sum, and the sum of the squares. */
export type Tally = Float64Array;

const PLACES = 1 + 3 * MEASURES.length;
/** Normal quantile of 97.5 %. */
const Z = 1.959964;
const YES_OR_NO: ReadonlySet<Measure> = new Set(["resolved", "first_contact", "came_again"]);

export const emptyTally = (): Tally => new Float64Array(PLACES);

export const contactsOf = (tally: Tally): number => tally[0] ?? 0;

/** @param values in the order of MEASURES */
export function addContact(tally: Tally, values: readonly (number | null)[]): void {
  tally[0] = (tally[0] ?? 0) + 1;
  for (let i = 0; i < MEASURES.length; i++) {
    const value = values[i] ?? null;
    if (value === null) continue;
    const at = 1 + 3 * i;
    tally[at] = (tally[at] ?? 0) + 1;
    tally[at + 1] = (tally[at + 1] ?? 0) + value;
    tally[at + 2] = (tally[at + 2] ?? 0) + value * value;
  }
}

export function addTally(into: Tally, more: Tally): Tally {
  for (let i = 0; i < PLACES; i++) into[i] = (into[i] ?? 0) + (more[i] ?? 0);
  return into;
}

/** @param fewest below this many nothing is said: one more or less would move it too much @returns null when there are fewer */
export function measured(tally: Tally, measure: Measure, fewest = 1): Measured | null {
  const at = 1 + 3 * MEASURES.indexOf(measure);
  const [n = 0, sum = 0, squares = 0] = tally.subarray(at, at + 3);
  if (n < Math.max(1, fewest)) return null;
  const value = sum / n;
  if (n < 2) return { value, n, interval: null };
  if (YES_OR_NO.has(measure)) return { value, n, interval: wilson(sum, n) };
  const spread = Z * Math.sqrt(Math.max(0, squares / n - value * value) / (n - 1));
  return { value, n, interval: [value - spread, value + spread] };
}

/** The middle one; of an even number the mean of the two. @returns null of none */
export function medianOf(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[middle - 1], sorted[middle]];
  if (high === undefined) return null;
  return sorted.length % 2 === 1 || low === undefined ? high : (low + high) / 2;
}
