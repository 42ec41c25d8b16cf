// From samples to frames of 20 ms: loudness in the voice band, tonality, notes, keys, likeness to the other channel. Streams; 9 bytes per frame.
import { SPEECH_RATE_HZ } from "../domain/index.ts";
import { sizeOf } from "../platform/index.ts";
import { FRAME_MS } from "./frame-size.ts";
import { createKeyEar } from "./key-tones.ts";
import { createNoteFinder } from "./notes.ts";
import { samplesOf } from "./pcm.ts";
import { hann, planSpectrum } from "./spectrum.ts";

const FRAME_IN = (SPEECH_RATE_HZ * FRAME_MS) / 1000;
/** Pairs of samples are averaged: 8 kHz is all that a telephone carries. */
const FRAME = FRAME_IN / 2;
const ORDER = 4;

/** One channel as frames. Arrays of equal length, one value per 20 ms. */
export interface FrameTrack {
  /** loudness above 200 Hz in dB below full scale, −100…0 */
  energyDb: Float32Array;
  /** how well two steady tones explain the frame, in dB (prediction gain of order 4): speech 5–25, tones of the telephone network above 25 */
  tonalityDb: Uint8Array;
  /** percent of the energy that is notes held at one pitch: music 80–100, speech 0–60 */
  notes: Uint8Array;
  /** whether a key of a telephone sounds, see {@link KeyMark} */
  keys: Uint8Array;
  /** the loudest sample, in whole dB below full scale, rounded towards 0 */
  peakDb: Uint8Array;
}

/** All channels of a recording as frames. */
export interface Frames {
  tracks: FrameTrack[];
  /** |correlation| of the two channels per frame in percent; absent for one channel */
  likeness?: Uint8Array;
}

/**
 * Reads raw 16 kHz files of one or two channels.
 * @throws the signal's reason when aborted
 */
export async function readFrames(paths: readonly string[], signal?: AbortSignal): Promise<Frames> {
  const sizes = await Promise.all(paths.map(async (path) => (await sizeOf(path)) ?? 0));
  const count = Math.floor(Math.max(0, ...sizes) / 2 / FRAME_IN);
  const ears = paths.map(() => createEar(count));
  const likeness = paths.length === 2 ? new Uint8Array(count) : undefined;
  let frame = 0;
  // a chunk is a whole number of frames; what is left at the very end is shorter than a frame and not looked at
  for await (const chunk of samplesOf(paths, signal)) {
    const length = chunk[0]?.length ?? 0;
    for (let from = 0; from + FRAME_IN <= length && frame < count; from += FRAME_IN, frame++) {
      ears.forEach((ear, i) => ear.hear(chunk[i] as Int16Array, from, frame));
      if (likeness) likeness[frame] = correlationPercent((ears[0] as Ear).values, (ears[1] as Ear).values);
    }
  }
  return { tracks: ears.map((ear) => ear.track), ...(likeness === undefined ? {} : { likeness }) };
}

interface Ear {
  track: FrameTrack;
  /** the frame heard last, at 8 kHz */
  values: Float64Array;
  hear(samples: Int16Array, from: number, frame: number): void;
}

/** Pitch is looked for in what is loud enough to be somebody's music; keys come in louder than that. */
const LOUD_ENOUGH_DB = -55;
const SPECTRUM = 512;
/** The middle of a spectrum lies in the frame before the one that completes it. */
const SPECTRUM_DELAY = 1;

function createEar(count: number): Ear {
  const bytes = (): Uint8Array => new Uint8Array(count);
  const track: FrameTrack = { energyDb: new Float32Array(count).fill(-100), tonalityDb: bytes(), notes: bytes(), keys: bytes(), peakDb: bytes().fill(100) };
  const values = new Float64Array(FRAME);
  const ring = new Float64Array(SPECTRUM);
  const power = new Float64Array(SPECTRUM / 2);
  const filter = highPass();
  const spectrum = planSpectrum(hann(SPECTRUM));
  const noteFinder = createNoteFinder(track.notes);
  const keyEar = createKeyEar(FRAME);
  let at = 0;
  const hear = (samples: Int16Array, from: number, frame: number): void => {
    filter(samples, from, values);
    const { energyDb, tonalityDb } = describe(values);
    track.energyDb[frame] = energyDb;
    track.tonalityDb[frame] = tonalityDb;
    track.peakDb[frame] = peakBelowFullScale(samples, from);
    for (let i = 0; i < FRAME; i++) ring[(at + i) % SPECTRUM] = values[i] as number;
    at = (at + FRAME) % SPECTRUM;
    if (energyDb < LOUD_ENOUGH_DB) return noteFinder.rest();
    track.keys[frame] = keyEar(values);
    if (frame < SPECTRUM_DELAY) return;
    spectrum(ring, at, power);
    noteFinder.add(frame - SPECTRUM_DELAY, power);
  };
  return { track, values, hear };
}

function peakBelowFullScale(samples: Int16Array, from: number): number {
  let peak = 0;
  for (let i = from; i < from + FRAME_IN; i++) peak = Math.max(peak, Math.abs(samples[i] as number));
  return peak === 0 ? 100 : Math.floor(Math.min(100, -20 * Math.log10(peak / 32_768)));
}

/** Halves the rate and takes away mains hum and direct current: Butterworth high-pass, second order, 200 Hz at 8 kHz (RBJ cookbook). */
function highPass(): (samples: Int16Array, from: number, into: Float64Array) => void {
  const w = (2 * Math.PI * 200) / 8000;
  const alpha = Math.sin(w) / Math.SQRT2;
  const cos = Math.cos(w);
  const b0 = (1 + cos) / 2 / (1 + alpha);
  const a1 = (-2 * cos) / (1 + alpha);
  const a2 = (1 - alpha) / (1 + alpha);
  let [x1, x2, y1, y2] = [0, 0, 0, 0];
  return (samples, from, into) => {
    for (let i = 0; i < FRAME; i++) {
      const x = ((samples[from + 2 * i] as number) + (samples[from + 2 * i + 1] as number)) / 65_536;
      const y = b0 * (x - 2 * x1 + x2) - a1 * y1 - a2 * y2;
      x2 = x1;
      x1 = x;
      y2 = y1;
      y1 = Math.abs(y) < 1e-12 ? 0 : y; // denormal numbers are a hundred times slower
      into[i] = y;
    }
  };
}

const matrix = Array.from({ length: ORDER + 1 }, () => new Float64Array(ORDER + 1));

function describe(x: Float64Array): { energyDb: number; tonalityDb: number } {
  let energy = 0;
  for (let i = 0; i < FRAME; i++) energy += (x[i] as number) ** 2;
  const energyDb = energy <= 0 ? -100 : Math.max(-100, 10 * Math.log10(energy / FRAME));
  return { energyDb, tonalityDb: energyDb < -60 ? 0 : predictionGainDb(x) };
}

/**
 * Least squares ("covariance") linear prediction: the part of a frame that four coefficients cannot foresee. Two undisturbed sine waves are
 * foreseen exactly, whatever their pitch. Source: Makhoul, Linear prediction: a tutorial review, 1975, §II.
 */
function predictionGainDb(x: Float64Array): number {
  for (let j = 0; j <= ORDER; j++) {
    let sum = 0;
    for (let n = ORDER; n < FRAME; n++) sum += (x[n] as number) * (x[n - j] as number);
    cell(0, j, sum);
  }
  for (let i = 1; i <= ORDER; i++) {
    for (let j = i; j <= ORDER; j++) {
      // shift by one: the sum over n of x[n-i]x[n-j] is that of (i-1, j-1) with one product more at its start and one less at its end
      const at = (k: number): number => x[k] as number;
      cell(i, j, (matrix[i - 1]?.[j - 1] as number) + at(ORDER - i) * at(ORDER - j) - at(FRAME - i) * at(FRAME - j));
    }
  }
  const energy = matrix[0]?.[0] as number;
  const residual = eliminate(energy);
  return energy <= 0 ? 0 : Math.min(60, Math.max(0, Math.round(10 * Math.log10(energy / Math.max(residual, energy * 1e-6)))));
}

function cell(i: number, j: number, value: number): void {
  (matrix[i] as Float64Array)[j] = value;
  (matrix[j] as Float64Array)[i] = value;
}

/** Gaussian elimination from the far end; what is left at (0, 0) is the energy of the error (Schur complement). */
function eliminate(energy: number): number {
  for (let k = ORDER; k >= 1; k--) {
    const row = matrix[k] as Float64Array;
    const pivot = (row[k] as number) + energy * 1e-9;
    if (pivot <= 0) continue;
    for (let i = 0; i < k; i++) {
      const target = matrix[i] as Float64Array;
      const factor = (target[k] as number) / pivot;
      for (let j = 0; j < k; j++) target[j] = (target[j] as number) - factor * (row[j] as number);
    }
  }
  return Math.max(0, matrix[0]?.[0] as number);
}

function correlationPercent(a: Float64Array, b: Float64Array): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < FRAME; i++) {
    const [x, y] = [a[i] as number, b[i] as number];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa <= 0 || bb <= 0 ? 0 : Math.min(100, Math.round((100 * Math.abs(ab)) / Math.sqrt(aa * bb)));
}
