// What is loud and yet nobody speaking: tones, steady noise, and the other party's voice on this channel. Pure.
import type { FrameTrack } from "./frames.ts";

/** Frames of 20 ms. `mask` arrays hold 1 where the frame counts as active; the functions below clear what is not speech. */
export type Mask = Uint8Array;

// Two steady tones through µ-law and GSM reach 22…40 dB, 95 % of speech frames stay under 22 (measured on synthetic voices at 8 kHz).
const TONE_DB = 20;
/** Four tonal frames of even loudness: vowels move by more than this in 80 ms, key tones last at least 40 and ringing 200. */
const TONE_FRAMES = 4;
const TONE_RANGE_DB = 3;
/** Anything this even for this long is a machine: a voice that holds its loudness within 2 dB for 400 ms ("when will I") goes through several vowels. */
const STEADY_FRAMES = 20;
const STEADY_RANGE_DB = 2;
const STEADY_TONALITY_DB = 6;
/** Loudness is smoothed over 100 ms, which evens out the beat of two tones (40 Hz and up). */
const SMOOTH = 2;
/** The frames around a tone hold its onset and decay. */
const TONE_EDGE = 2;
const STEADY_EDGE = SMOOTH + 1;

/** Clears tones of the network (ringing, busy, keys) and steady noise. @returns 1 where a tone sounds */
export function clearSteady(mask: Mask, track: Pick<FrameTrack, "energyDb" | "tonalityDb">): Mask {
  const { energyDb, tonalityDb } = track;
  const tones = new Uint8Array(mask.length);
  markEven([{ values: energyDb, range: TONE_RANGE_DB }], TONE_FRAMES, (i) => (tonalityDb[i] ?? 0) >= TONE_DB, tones, TONE_EDGE);
  const drop = Uint8Array.from(tones);
  const even = [{ values: smooth(energyDb), range: STEADY_RANGE_DB }, { values: tonalityDb, range: STEADY_TONALITY_DB }];
  markEven(even, STEADY_FRAMES, (i) => mask[i] === 1, drop, STEADY_EDGE);
  for (let i = 0; i < mask.length; i++) if (drop[i] === 1) mask[i] = 0;
  return tones;
}

interface Limit {
  values: Float32Array | Uint8Array;
  /** between the lowest and the highest */
  range: number;
}

/** Marks every stretch of at least `frames` frames that satisfy `holds` and stay within all limits, and `edge` frames around it. */
function markEven(limits: readonly Limit[], frames: number, holds: (frame: number) => boolean, marks: Uint8Array, edge: number): void {
  let start = 0;
  for (let i = 0; i < marks.length; i++) {
    if (!holds(i)) {
      start = i + 1;
      continue;
    }
    start = Math.max(start, i - frames + 1);
    if (i - start + 1 >= frames && limits.every((limit) => isWithin(limit, start, i))) marks.fill(1, Math.max(0, start - edge), Math.min(marks.length, i + 1 + edge));
  }
}

function isWithin({ values, range }: Limit, from: number, last: number): boolean {
  let [low, high] = [Infinity, -Infinity];
  for (let k = from; k <= last; k++) {
    low = Math.min(low, values[k] as number);
    high = Math.max(high, values[k] as number);
  }
  return high - low <= range;
}

function smooth(energyDb: Float32Array): Float32Array {
  const power = Float64Array.from(energyDb, (db) => 10 ** (db / 10));
  return Float32Array.from(energyDb, (_, i) => {
    const from = Math.max(0, i - SMOOTH);
    const to = Math.min(power.length - 1, i + SMOOTH);
    let sum = 0;
    for (let k = from; k <= to; k++) sum += power[k] ?? 0;
    return 10 * Math.log10(sum / (to - from + 1));
  });
}

/** A copy at the same time: the waveforms themselves are alike, and the other side is clearly louder. Two voices reach 70 % only by chance. */
const COPY_LIKENESS = 75;
const COPY_LOUDER_DB = 6;
/** An echo: the other side was 12 dB louder a moment ago, and this side's loudness rises and falls with it. */
const ECHO_LOUDER_DB = 12;
const ECHO_FRAMES = 8; // up to 160 ms late
const ECHO_MIN_FRAMES = 6;
const ECHO_LIKENESS = 0.8;
/** Half a second on each side is compared too: short stretches of two voices are alike by chance, a second and more is not. */
const ECHO_CONTEXT = 25;

/**
 * Clears what is only the other party, heard through the line. Two people who really speak at once are kept: their sounds differ.
 * @param likeness |correlation| of the two channels per frame, in percent
 */
export function clearBleed(mask: Mask, own: Float32Array, other: Float32Array, likeness: Uint8Array | undefined): void {
  const isDominated = new Uint8Array(mask.length);
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === 0) continue;
    const mine = own[i] ?? -100;
    if ((likeness?.[i] ?? 0) >= COPY_LIKENESS && (other[i] ?? -100) - mine >= COPY_LOUDER_DB) mask[i] = 0;
    let loudest = -100;
    for (let k = Math.max(0, i - ECHO_FRAMES); k <= i; k++) loudest = Math.max(loudest, other[k] ?? -100);
    isDominated[i] = loudest - mine >= ECHO_LOUDER_DB ? 1 : 0;
  }
  for (let from = 0; from < mask.length; from++) {
    if (isDominated[from] === 0) continue;
    let to = from;
    while (to < mask.length && isDominated[to] === 1) to++;
    if (to - from >= ECHO_MIN_FRAMES && bestLikeness(own, other, Math.max(0, from - ECHO_CONTEXT), Math.min(mask.length, to + ECHO_CONTEXT)) >= ECHO_LIKENESS) mask.fill(0, from, to);
    from = to;
  }
}

/** Highest correlation of the two loudness curves over all delays of an echo. */
function bestLikeness(own: Float32Array, other: Float32Array, from: number, to: number): number {
  let best = 0;
  for (let lag = 0; lag <= ECHO_FRAMES && from - lag >= 0; lag++) {
    let [a, b, ab, aa, bb] = [0, 0, 0, 0, 0];
    const n = to - from;
    for (let i = from; i < to; i++) {
      const [x, y] = [own[i] ?? -100, other[i - lag] ?? -100];
      a += x;
      b += y;
      ab += x * y;
      aa += x * x;
      bb += y * y;
    }
    const spread = Math.sqrt(Math.max(0, aa - (a * a) / n) * Math.max(0, bb - (b * b) / n));
    if (spread > 0) best = Math.max(best, (ab - (a * b) / n) / spread);
  }
  return best;
}
