// First guesses at who says what: heaps of like units, and the directions in which units differ most. Pure, in steps.
import type { Steps } from "../in-steps.ts";
import type { Unit } from "./units.ts";
import { twoHeaps } from "./ward.ts";

/** Joining grows with the third power: this many are 50 ms of work, in many steps, and stand for any length of talk. */
const MOST_UNITS = 250;
const DIRECTIONS = 4;
const NOBODY = 2;

/**
 * One guess is often wrong when people talk over each other; of several, the one that explains the recording best is right.
 * @param vectors whitened, one per unit
 * @returns several guesses, each 0, 1 or 2 (not known) per unit
 */
export function* beginnings(vectors: readonly Float64Array[], units: readonly Unit[]): Steps<Uint8Array[]> {
  const count = Math.min(MOST_UNITS, units.length);
  const picked = Array.from({ length: count }, (_, k) => Math.floor((k * units.length) / count));
  const points = picked.map((unit) => vectors[unit] as Float64Array);
  const weights = picked.map((unit) => (units[unit]?.to ?? 0) - (units[unit]?.from ?? 0));
  const heaps = yield* twoHeaps(points, weights);
  const sides = yield* sidesOf(points, weights);
  return [heaps, ...sides].map((guess) => {
    const all = new Uint8Array(units.length).fill(NOBODY);
    picked.forEach((unit, k) => (all[unit] = guess[k] as number));
    return all;
  });
}

/** On which side of the middle each point lies, along the directions of greatest spread (power iteration with deflation). */
function* sidesOf(points: readonly Float64Array[], weights: readonly number[]): Steps<Uint8Array[]> {
  const size = points[0]?.length ?? 0;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = Float64Array.from({ length: size }, (_, c) => points.reduce((sum, point, i) => sum + (point[c] as number) * (weights[i] as number), 0) / total);
  const left = points.map((point) => point.map((value, c) => value - (mean[c] as number)));
  const sides: Uint8Array[] = [];
  for (let d = 0; d < DIRECTIONS; d++) {
    let direction = Float64Array.from({ length: size }, (_, c) => 1 + (c % 3) - (c % 2));
    for (let round = 0; round < 30; round++) {
      const next = new Float64Array(size);
      left.forEach((point, i) => {
        const along = dot(point, direction) * (weights[i] as number);
        for (let c = 0; c < size; c++) next[c] = (next[c] as number) + along * (point[c] as number);
      });
      const length = Math.sqrt(dot(next, next)) || 1;
      direction = next.map((value) => value / length);
    }
    const along = left.map((point) => dot(point, direction));
    left.forEach((point, i) => point.forEach((value, c) => (point[c] = value - (along[i] as number) * (direction[c] as number))));
    sides.push(Uint8Array.from(along, (value) => (value >= 0 ? 0 : 1)));
    yield;
  }
  return sides;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let c = 0; c < a.length; c++) sum += (a[c] as number) * (b[c] as number);
  return sum;
}
