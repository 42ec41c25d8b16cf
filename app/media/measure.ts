// Loudness, length and likeness of the channels, from the samples themselves.
import type { AudioLayout } from "../domain/index.ts";
import { samplesOf } from "./pcm.ts";

/** What the samples of one recording say. Levels in dB below full scale (0 is the loudest; −120 stands for digital silence). */
export interface Measurement {
  /** samples of the longest channel */
  samples: number;
  rmsDb: number[];
  peakDb: number[];
  /** share of each channel's samples that are cut off at the rails, 0…1 */
  clippedRatio: number[];
  /** −1…1; absent for one channel, and where a channel has no signal at all */
  correlation?: number;
}

/** Reads one or two raw files once. @throws the signal's reason when aborted */
export async function measureSamples(paths: readonly string[], signal?: AbortSignal): Promise<Measurement> {
  const squares = paths.map(() => 0);
  const peaks = paths.map(() => 0);
  const rails = paths.map(() => ({ run: 0, clipped: 0 }));
  let samples = 0;
  let product = 0;
  for await (const chunk of samplesOf(paths, signal)) {
    samples += chunk[0]?.length ?? 0;
    chunk.forEach((channel, i) => {
      const { sum, peak } = loudnessOf(channel);
      if (peak >= RAIL) countClipped(channel, rails[i] ?? { run: 0, clipped: 0 });
      squares[i] = (squares[i] ?? 0) + sum;
      peaks[i] = Math.max(peaks[i] ?? 0, peak);
    });
    const [left, right] = chunk;
    if (left && right) product += productOf(left, right);
  }
  const norm = Math.sqrt((squares[0] ?? 0) * (squares[1] ?? 0));
  return {
    samples,
    rmsDb: squares.map((sum) => toDb(Math.sqrt(sum / Math.max(1, samples)))),
    peakDb: peaks.map(toDb),
    clippedRatio: rails.map(({ clipped }) => clipped / Math.max(1, samples)),
    ...(norm > 0 ? { correlation: Math.max(-1, Math.min(1, product / norm)) } : {}),
  };
}

// Plain loops in functions of their own: with `for … of` inside of the loop above, five minutes of stereo took 170 ms instead of 45.

function loudnessOf(channel: Int16Array): { sum: number; peak: number } {
  let [sum, highest, lowest] = [0, 0, 0];
  for (let i = 0; i < channel.length; i++) {
    const value = channel[i] as number;
    sum += value * value;
    if (value > highest) highest = value;
    else if (value < lowest) lowest = value;
  }
  return { sum, peak: Math.max(highest, -lowest) };
}

function productOf(left: Int16Array, right: Int16Array): number {
  let sum = 0;
  for (let i = 0; i < left.length; i++) sum += (left[i] as number) * (right[i] as number);
  return sum;
}

/** 2.4 % below full scale: the loudest values of µ-law (32,124) and A-law (32,256) count too, and what the change of rate makes of flat tops. */
const RAIL = 32_000;
/** Shorter runs are the tips of loud waves (16 kHz: 0.19 ms). */
const MIN_RAIL_RUN = 3;

/** Runs go on from chunk to chunk. */
function countClipped(channel: Int16Array, state: { run: number; clipped: number }): void {
  for (const value of channel) {
    if (value < RAIL && value > -RAIL) {
      state.run = 0;
      continue;
    }
    state.run++;
    if (state.run >= MIN_RAIL_RUN) state.clipped += state.run === MIN_RAIL_RUN ? MIN_RAIL_RUN : 1;
  }
}

function toDb(amplitude: number): number {
  return amplitude <= 0 ? -120 : Math.max(-120, 20 * Math.log10(amplitude / 32_768));
}

/** Two channels that are alike to this degree and within 6 dB of each other are one sound: a lossy codec leaves 0.98…1, two people stay under 0.3. */
const SAME_SOUND = 0.95;
const SAME_LEVEL_DB = 6;
/** Idle µ-law noise is at −72 dB; the quietest usable voice is 30 dB above. */
const SILENT_RMS_DB = -65;
const SILENT_PEAK_DB = -48;

/**
 * Decides the layout. Pure. An attenuated copy (> 6 dB quieter) is not dual mono: it is one party bleeding into the other's silent channel.
 * @returns the layout and the indices of channels without any signal
 */
export function decideLayout(measured: Pick<Measurement, "rmsDb" | "peakDb" | "correlation">): { layout: AudioLayout; silentChannels: number[] } {
  const silentChannels = measured.rmsDb.flatMap((rms, i) => (rms < SILENT_RMS_DB && (measured.peakDb[i] ?? -120) < SILENT_PEAK_DB ? [i] : []));
  if (measured.rmsDb.length < 2) return { layout: "mono", silentChannels };
  const [left = -120, right = -120] = measured.rmsDb;
  const isOneSound = silentChannels.length === 0 && Math.abs(measured.correlation ?? 0) >= SAME_SOUND && Math.abs(left - right) <= SAME_LEVEL_DB;
  return { layout: isOneSound ? "dual_mono" : "stereo", silentChannels };
}
