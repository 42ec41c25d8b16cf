// What one voice makes of the common sounds: their means moved towards it (MAP, Reynolds, Quatieri & Dunn 2000), and its pitch. Pure, in steps.
import type { Steps } from "../in-steps.ts";
import { KEPT, type Alignment, type Mixture } from "./mixture.ts";
import { CEPSTRUM_SIZE as SIZE } from "./spectrum.ts";
import type { VoiceFrames } from "./voice-frames.ts";

/** What is known of the whole recording. */
export interface Ground {
  frames: VoiceFrames;
  quiet: Uint8Array;
  common: Mixture;
  aligned: Alignment;
  /** pitch of everybody together */
  pitch: PitchRange;
}

export interface PitchRange {
  /** natural logarithms of Hz */
  middle: number;
  spread: number;
}

export interface VoiceModel {
  means: Float64Array;
  pitch: PitchRange;
}

/** Frames that weigh as much as the common mean: how sure one must be before a voice departs from it. */
const RELEVANCE = 12;
/** A voice glides by 6 % at least, and one pitch in ten is measured wrong: anything within 60…400 Hz then. */
const LEAST_SPREAD = 0.06;
const WRONG_PITCH = 0.1 / Math.log(400 / 60);

/** @param voices which voice each frame belongs to @param voice the one to learn */
export function* learnVoice(ground: Ground, voices: Uint8Array, voice: number): Steps<VoiceModel> {
  const { frames, quiet, common, aligned } = ground;
  const weight = new Float64Array(common.bias.length);
  const sums = new Float64Array(common.means.length);
  const pitches = new Uint32Array(PITCH_BINS);
  for (let frame = 0; frame < frames.count; frame++) {
    if (frame % 20_000 === 19_999) yield;
    if (quiet[frame] === 1 || voices[frame] !== voice) continue;
    for (let k = frame * KEPT; k < (frame + 1) * KEPT; k++) {
      const [part, share] = [aligned.parts[k] as number, aligned.shares[k] as number];
      weight[part] = (weight[part] as number) + share;
      for (let c = 0; c < SIZE; c++) sums[part * SIZE + c] = (sums[part * SIZE + c] as number) + share * (frames.cepstra[frame * SIZE + c] as number);
    }
    countPitch(pitches, frames.pitch[frame] as number);
  }
  return { means: common.means.map((mean, i) => (RELEVANCE * mean + (sums[i] as number)) / (RELEVANCE + (weight[Math.floor(i / SIZE)] as number))), pitch: pitchRange(pitches, ground.pitch) };
}

/** @returns per frame how much likelier it is under the voice than under the common sounds, in nats; 0 for quiet frames */
export function* scoreVoice(ground: Ground, model: VoiceModel): Steps<Float32Array> {
  const { frames, quiet, common, aligned } = ground;
  const scores = new Float32Array(frames.count);
  for (let frame = 0; frame < frames.count; frame++) {
    if (frame % 20_000 === 19_999) yield;
    if (quiet[frame] === 1) continue;
    let score = 0;
    for (let k = frame * KEPT; k < (frame + 1) * KEPT; k++) {
      const at = (aligned.parts[k] as number) * SIZE;
      let sum = 0;
      for (let c = 0; c < SIZE; c++) {
        const value = frames.cepstra[frame * SIZE + c] as number;
        sum += ((value - (common.means[at + c] as number)) ** 2 - (value - (model.means[at + c] as number)) ** 2) * (common.precision[at + c] as number);
      }
      score += 0.5 * (aligned.shares[k] as number) * sum;
    }
    const pitch = frames.pitch[frame] as number;
    scores[frame] = score + (Number.isNaN(pitch) ? 0 : Math.log(density(model.pitch, pitch) / density(ground.pitch, pitch)));
  }
  return scores;
}

const PITCH_BINS = 400;
const LOWEST = Math.log(50);
const BIN = Math.log(450 / 50) / PITCH_BINS;

function countPitch(counts: Uint32Array, pitch: number): void {
  if (Number.isNaN(pitch)) return;
  const bin = Math.max(0, Math.min(PITCH_BINS - 1, Math.floor((pitch - LOWEST) / BIN)));
  counts[bin] = (counts[bin] ?? 0) + 1;
}

/** Pitch of everybody, as the ground for {@link learnVoice}. */
export function commonPitch(frames: VoiceFrames, quiet: Uint8Array): PitchRange {
  const counts = new Uint32Array(PITCH_BINS);
  for (let i = 0; i < frames.count; i++) if (quiet[i] === 0) countPitch(counts, frames.pitch[i] as number);
  return pitchRange(counts, { middle: Math.log(150), spread: 0.5 });
}

/** Median and half of the range that two thirds lie in; `fallback` below ten measurements. */
function pitchRange(counts: Uint32Array, fallback: PitchRange): PitchRange {
  const total = counts.reduce((sum, n) => sum + n, 0);
  if (total < 10) return fallback;
  const at = (share: number): number => {
    let left = share * total;
    for (let bin = 0; bin < PITCH_BINS; bin++) if ((left -= counts[bin] as number) <= 0) return LOWEST + (bin + 0.5) * BIN;
    return LOWEST + PITCH_BINS * BIN;
  };
  return { middle: at(0.5), spread: Math.max(LEAST_SPREAD, (at(0.84) - at(0.16)) / 2) };
}

function density({ middle, spread }: PitchRange, pitch: number): number {
  return (0.9 * Math.exp(-0.5 * ((pitch - middle) / spread) ** 2)) / (spread * Math.sqrt(2 * Math.PI)) + WRONG_PITCH;
}
