// How long a failed job rests. Pure.

const FIRST_MS = 2_000;
const LONGEST_MS = 15 * 60_000;

/**
 * Exponential with full jitter between half and the whole step: 2 s, 4 s, 8 s … 15 min, so that jobs that failed together do not come back together.
 * @param attempts attempts made so far, ≥ 1
 * @param random   0 ≤ random < 1
 */
export function backoffMs(attempts: number, random: number): number {
  const step = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(20, Math.max(0, attempts - 1)));
  return Math.round(step * (0.5 + random / 2));
}
