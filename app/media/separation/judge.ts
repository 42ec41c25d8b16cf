// Are these two voices, or one voice cut in two? Pure.
import type { Unit } from "./units.ts";

/** What is known when the likeliest path has been found. */
export interface Evidence {
  /** log-likelihood of the path over that of one common voice */
  gain: number;
  /** per frame, voice 0 less voice 1 */
  ratio: Float32Array;
  voices: Uint8Array;
  quiet: Uint8Array;
  units: readonly Unit[];
}

/**
 * Any speech can be cut in two that differ a little; two people differ more, and there is little between them. Strength = gain per frame × distance
 * of the two heaps of units in standard deviations. The less is heard, the better chance fits. Measured on twenty recordings of one synthetic voice:
 * at most 0.3 in 45 s of loud speech but for one (0.6), 0.5 in 15 s, 1.1 in 10 s; on two voices: 1.2 and more in 22 s, 0.8…10 in 50 s. In doubt the
 * speakers stay unknown: two voices taken for one cost names, one voice cut in two puts words in somebody's mouth.
 * No real voices were at hand in any length: with some, these two figures should be measured anew.
 */
const NEEDED = 0.62;
const SHORT_FRAMES = 520;
/** Less is a "hello" in the background, not a party. */
const LEAST_FRAMES = 75;
const LEAST_SHARE = 0.03;

/** @returns 0…1; from 0.5 on it is two voices */
export function confidenceOfTwo({ gain, ratio, voices, quiet, units }: Evidence): number {
  const heard = units.map((unit) => summed(unit, ratio, voices, quiet)).filter((one) => one.frames > 0);
  const sides = [heard.filter((one) => one.isFirst), heard.filter((one) => !one.isFirst)];
  const frames = heard.reduce((sum, one) => sum + one.frames, 0);
  const [first, second] = sides.map(spreadOf);
  if (first === undefined || second === undefined || Math.min(first.frames, second.frames) < Math.max(LEAST_FRAMES, LEAST_SHARE * frames)) return 0;
  const apart = (first.mean - second.mean) / Math.sqrt((first.variance + second.variance) / 2 + 1e-6);
  const strength = (Math.max(0, gain) / frames) * Math.max(0, apart);
  return Math.round((strength / (strength + NEEDED + (SHORT_FRAMES / frames) ** 2)) * 100) / 100;
}

interface HeardUnit {
  frames: number;
  /** mean over its loud frames */
  ratio: number;
  isFirst: boolean;
}

function summed({ from, to }: Unit, ratio: Float32Array, voices: Uint8Array, quiet: Uint8Array): HeardUnit {
  let [frames, sum, first] = [0, 0, 0];
  for (let i = from; i < to; i++) {
    if (quiet[i] === 1) continue;
    frames++;
    sum += ratio[i] as number;
    if (voices[i] === 0) first++;
  }
  return { frames, ratio: sum / Math.max(1, frames), isFirst: 2 * first >= frames };
}

function spreadOf(units: readonly HeardUnit[]): { frames: number; mean: number; variance: number } {
  const frames = units.reduce((sum, one) => sum + one.frames, 0);
  const mean = units.reduce((sum, one) => sum + one.frames * one.ratio, 0) / Math.max(1, frames);
  return { frames, mean, variance: units.reduce((sum, one) => sum + one.frames * (one.ratio - mean) ** 2, 0) / Math.max(1, frames) };
}
