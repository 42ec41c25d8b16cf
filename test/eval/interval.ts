// A rate and how sure we are of it: bootstrap over whole calls, because the errors of one call hang together. Pure.

/** Errors and words of one call (or of any other thing that was drawn independently). */
export interface Unit {
  errors: number;
  said: number;
}

/** A word error rate as a share: 0.06 is 6 %. May exceed 1. */
export interface Rate {
  rate: number;
  /** percentile interval of 95 % */
  low: number;
  high: number;
  errors: number;
  said: number;
  units: number;
}

const RESAMPLES = 2000;

/**
 * @param units at least one with words; drawn again with replacement 2,000 times, always in the same way
 * @returns undefined when nothing was said
 */
export function rateOf(units: readonly Unit[]): Rate | undefined {
  const total = sum(units);
  if (total.said === 0) return undefined;
  const random = seededRandom(20_261);
  const rates = Array.from({ length: RESAMPLES }, () => {
    const drawn = sum(units.map(() => units[Math.floor(random() * units.length)] as Unit));
    return drawn.said === 0 ? 0 : drawn.errors / drawn.said;
  }).sort((a, b) => a - b);
  return { rate: total.errors / total.said, low: rates[RESAMPLES * 0.025] ?? 0, high: rates[RESAMPLES * 0.975 - 1] ?? 0, ...total, units: units.length };
}

function sum(units: readonly Unit[]): Unit {
  return units.reduce((total, unit) => ({ errors: total.errors + unit.errors, said: total.said + unit.said }), { errors: 0, said: 0 });
}

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
