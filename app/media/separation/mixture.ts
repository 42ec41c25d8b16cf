// The sounds of a recording, whoever makes them: a Gaussian mixture over its cepstra, and which part of it each frame belongs to. Pure, in steps.
// Source: Reynolds, Quatieri & Dunn 2000 (universal background model; only the best parts of a frame are scored).
import type { Steps } from "../in-steps.ts";
import { CEPSTRUM_SIZE as SIZE } from "./spectrum.ts";

export interface Mixture {
  /** logarithm of each part's weight, less its normalising constant */
  bias: Float64Array;
  means: Float64Array;
  /** 1 / variance, shared by all voices */
  precision: Float64Array;
}

const ROUNDS = 8;

/** Log-likelihood of one frame under each part. @returns the log of the sum; `shares` gets each part's share of it */
export function shareOut(mixture: Mixture, cepstra: Float32Array, frame: number, shares: Float64Array): number {
  const parts = mixture.bias.length;
  let most = -Infinity;
  for (let m = 0; m < parts; m++) {
    let sum = mixture.bias[m] as number;
    for (let c = 0; c < SIZE; c++) sum -= 0.5 * ((cepstra[frame * SIZE + c] as number) - (mixture.means[m * SIZE + c] as number)) ** 2 * (mixture.precision[m * SIZE + c] as number);
    shares[m] = sum;
    if (sum > most) most = sum;
  }
  let total = 0;
  for (let m = 0; m < parts; m++) {
    const share = Math.exp((shares[m] as number) - most);
    shares[m] = share;
    total += share;
  }
  for (let m = 0; m < parts; m++) shares[m] = (shares[m] as number) / total;
  return most + Math.log(total);
}

/**
 * Fits the common mixture (EM, Dempster, Laird & Rubin 1977). Begins with evenly spaced frames, so the same recording always gives the same answer.
 * @param picked indices of the frames to learn from
 */
export function* fitMixture(cepstra: Float32Array, picked: Int32Array, parts: number): Steps<Mixture> {
  const overall = moments(cepstra, picked);
  const mixture: Mixture = { bias: new Float64Array(parts).fill(-Math.log(parts)), means: new Float64Array(parts * SIZE), precision: new Float64Array(parts * SIZE) };
  for (let m = 0; m < parts; m++) {
    const frame = picked[Math.floor(((m + 0.5) * picked.length) / parts)] ?? 0;
    for (let c = 0; c < SIZE; c++) {
      mixture.means[m * SIZE + c] = cepstra[frame * SIZE + c] as number;
      mixture.precision[m * SIZE + c] = 1 / (overall.variance[c] as number);
    }
  }
  normalise(mixture, new Float64Array(parts).fill(1 / parts));
  const shares = new Float64Array(parts);
  for (let round = 0; round < ROUNDS; round++) {
    const weight = new Float64Array(parts).fill(1e-6);
    const first = new Float64Array(parts * SIZE);
    const second = new Float64Array(parts * SIZE);
    for (let p = 0; p < picked.length; p++) {
      const frame = picked[p] as number;
      shareOut(mixture, cepstra, frame, shares);
      for (let m = 0; m < parts; m++) {
        const share = shares[m] as number;
        if (share < 1e-4) continue;
        weight[m] = (weight[m] as number) + share;
        for (let c = 0; c < SIZE; c++) {
          const value = cepstra[frame * SIZE + c] as number;
          first[m * SIZE + c] = (first[m * SIZE + c] as number) + share * value;
          second[m * SIZE + c] = (second[m * SIZE + c] as number) + share * value * value;
        }
      }
      if (p % 2000 === 1999) yield;
    }
    for (let i = 0; i < parts * SIZE; i++) {
      const n = weight[Math.floor(i / SIZE)] as number;
      if (n < 2) continue; // a part that nothing belongs to stays where it is
      const mean = (first[i] as number) / n;
      mixture.means[i] = mean;
      // never narrower than a tenth of all sounds: few frames would make a part of their own
      mixture.precision[i] = 1 / Math.max((second[i] as number) / n - mean * mean, 0.1 * (overall.variance[i % SIZE] as number));
    }
    normalise(mixture, weight.map((n) => n / picked.length));
  }
  return mixture;
}

/** Which parts of the mixture a frame is made of: its `KEPT` likeliest, and how much of each. It stays the same whoever speaks. */
export interface Alignment {
  parts: Uint8Array;
  shares: Float32Array;
}

/** More than three parts share a frame too seldom to matter; fewer make a difference. */
export const KEPT = 3;

/** @param quiet frames that are left out: their shares are 0 */
export function* alignFrames(mixture: Mixture, cepstra: Float32Array, quiet: Uint8Array): Steps<Alignment> {
  const aligned = { parts: new Uint8Array(quiet.length * KEPT), shares: new Float32Array(quiet.length * KEPT) };
  const shares = new Float64Array(mixture.bias.length);
  for (let frame = 0; frame < quiet.length; frame++) {
    if (frame % 4000 === 3999) yield;
    if (quiet[frame] === 1) continue;
    shareOut(mixture, cepstra, frame, shares);
    let total = 0;
    for (let k = 0; k < KEPT; k++) {
      let best = 0;
      for (let m = 1; m < shares.length; m++) if ((shares[m] as number) > (shares[best] as number)) best = m;
      aligned.parts[frame * KEPT + k] = best;
      aligned.shares[frame * KEPT + k] = shares[best] as number;
      total += shares[best] as number;
      shares[best] = -1;
    }
    for (let k = 0; k < KEPT; k++) aligned.shares[frame * KEPT + k] = Math.max(0, (aligned.shares[frame * KEPT + k] as number) / total);
  }
  return aligned;
}

function normalise(mixture: Mixture, weights: Float64Array): void {
  for (let m = 0; m < weights.length; m++) {
    let constant = 0;
    for (let c = 0; c < SIZE; c++) constant += 0.5 * Math.log((mixture.precision[m * SIZE + c] as number) / (2 * Math.PI));
    mixture.bias[m] = Math.log(Math.max(weights[m] as number, 1e-6)) + constant;
  }
}

function moments(cepstra: Float32Array, picked: Int32Array): { variance: Float64Array } {
  const [sum, squares] = [new Float64Array(SIZE), new Float64Array(SIZE)];
  for (const frame of picked) {
    for (let c = 0; c < SIZE; c++) {
      const value = cepstra[frame * SIZE + c] as number;
      sum[c] = (sum[c] as number) + value;
      squares[c] = (squares[c] as number) + value * value;
    }
  }
  return { variance: squares.map((value, c) => Math.max(1e-6, value / picked.length - ((sum[c] as number) / picked.length) ** 2)) };
}
