// Speech is cut where somebody could have taken over: at pauses, and now and then in what goes on without one. Pure, in steps.
import type { Steps } from "../in-steps.ts";
import { CEPSTRUM_SIZE } from "./spectrum.ts";
import { STEP_MS, type VoiceFrames } from "./voice-frames.ts";

/** A piece of speech that one party says, as far as one can see: frames `from` to below `to`. */
export interface Unit {
  from: number;
  to: number;
  /** goes on where the unit before it ends, without a pause: most likely the same voice */
  continues: boolean;
}

/** Values that describe a unit: cepstrum, pitch, loudness. */
export const UNIT_SIZE = CEPSTRUM_SIZE + 2;
const PITCH = CEPSTRUM_SIZE;
const LOUDNESS = CEPSTRUM_SIZE + 1;

const PAUSE_FRAMES = 100 / STEP_MS;
/** Long enough for a few syllables, short enough to hold one voice. */
const USUAL_FRAMES = 1500 / STEP_MS;
const SHORTEST_FRAMES = 400 / STEP_MS;

const BLOCK_FRAMES = 1000 / STEP_MS;
/** Far below the loud vowels around it, and more than half of the way down to the quietest of the recording. */
const BELOW_DB = 22;
const BELOW_SHARE = 0.6;
const FLOOR_SAMPLE = 20_000;

/** @returns 1 for every frame that carries no voice */
export function* quietFrames({ count, loudnessDb }: VoiceFrames): Steps<Uint8Array> {
  const quiet = new Uint8Array(count);
  const stride = Math.max(1, Math.floor(count / FLOOR_SAMPLE));
  const floor = percentile(Float32Array.from({ length: Math.ceil(count / stride) }, (_, i) => loudnessDb[i * stride] as number), 0.02);
  for (let from = 0; from < count; from += BLOCK_FRAMES) {
    const level = percentile(loudnessDb.slice(Math.max(0, from - BLOCK_FRAMES), from + 2 * BLOCK_FRAMES), 0.9);
    const limit = level - Math.min(BELOW_DB, BELOW_SHARE * (level - floor));
    for (let i = from; i < Math.min(count, from + BLOCK_FRAMES); i++) quiet[i] = (loudnessDb[i] as number) < limit ? 1 : 0;
    if (from % (100 * BLOCK_FRAMES) === 0) yield;
  }
  return quiet;
}

/** @returns units in order of time, each at least 400 ms; what is shorter belongs to none */
export function cutUnits(frames: VoiceFrames, quiet: Uint8Array): Unit[] {
  const units: Unit[] = [];
  let [start, lastLoud] = [-1, -1];
  for (let i = 0; i < frames.count; i++) {
    if (quiet[i] === 1) continue;
    if (lastLoud < 0 || (frames.step[i] as number) - (frames.step[lastLoud] as number) > PAUSE_FRAMES) {
      if (start >= 0) units.push(...partsOf(start, lastLoud + 1));
      start = i;
    }
    lastLoud = i;
  }
  if (start >= 0) units.push(...partsOf(start, lastLoud + 1));
  return units;
}

function partsOf(from: number, to: number): Unit[] {
  if (to - from < SHORTEST_FRAMES) return [];
  const parts = Math.max(1, Math.round((to - from) / USUAL_FRAMES));
  const border = (k: number): number => from + Math.floor(((to - from) * k) / parts);
  return Array.from({ length: parts }, (_, k) => ({ from: border(k), to: border(k + 1), continues: k > 0 }));
}

/** @returns for each unit `UNIT_SIZE` means over its loud frames; where a unit has no pitch, that of all the others */
export function* describeUnits(frames: VoiceFrames, quiet: Uint8Array, units: readonly Unit[]): Steps<Float64Array[]> {
  const described: Float64Array[] = [];
  for (const unit of units) {
    described.push(meansOf(frames, quiet, unit));
    if (described.length % 100 === 0) yield;
  }
  const pitches = described.map((mean) => mean[PITCH] as number).filter((pitch) => !Number.isNaN(pitch));
  const usual = pitches.reduce((sum, pitch) => sum + pitch, 0) / Math.max(1, pitches.length);
  for (const mean of described) if (Number.isNaN(mean[PITCH])) mean[PITCH] = usual;
  return described;
}

/** Fewer pitches than this may all be wrong. */
const LEAST_VOICED = 4;

function meansOf(frames: VoiceFrames, quiet: Uint8Array, { from, to }: Unit): Float64Array {
  const mean = new Float64Array(UNIT_SIZE);
  let [loud, voiced] = [0, 0];
  for (let i = from; i < to; i++) {
    if (quiet[i] === 1) continue;
    loud++;
    for (let c = 0; c < CEPSTRUM_SIZE; c++) mean[c] = (mean[c] as number) + (frames.cepstra[i * CEPSTRUM_SIZE + c] as number);
    mean[LOUDNESS] = (mean[LOUDNESS] as number) + (frames.loudnessDb[i] as number);
    const pitch = frames.pitch[i] as number;
    if (Number.isNaN(pitch)) continue;
    voiced++;
    mean[PITCH] = (mean[PITCH] as number) + pitch;
  }
  return mean.map((sum, c) => (c === PITCH ? (voiced < LEAST_VOICED ? NaN : sum / voiced) : sum / Math.max(1, loud)));
}

function percentile(values: Float32Array, share: number): number {
  return values.sort()[Math.min(values.length - 1, Math.floor(share * values.length))] ?? -100;
}
