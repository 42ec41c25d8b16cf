// How loud a recording is over time, for its picture: the loudest sample of each step.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { decode, decodeTimeoutMs } from "./decode.ts";
import type { Inspection } from "./inspect.ts";
import { samplesOf } from "./pcm.ts";
import type { MediaTools } from "./tools.ts";

/** As many as a wide screen has points for; an hour has steps of 3 s, a minute of 50 ms. */
export const PEAK_STEPS = 1200;
/** Nobody sees more: half of telephone quality, a tenth of the work of hearing. */
const RATE_HZ = 4000;

export interface PeakRequest {
  /** of redacted sound */
  inspection: Inspection;
  /** private folder of the job; samples are written there and removed again */
  folder: string;
  durationMs: number;
  tools: MediaTools;
  signal?: AbortSignal;
}

/**
 * @returns per channel `PEAK_STEPS` numbers 0…255 in equal steps over `durationMs`: 255 × √(loudest sample ÷ full scale), so that quiet speech
 *   (−40 dB: 26) can still be told from silence in one byte
 * @throws those of `decode`; the signal's reason
 */
export async function measurePeaks({ inspection, folder, durationMs, tools, signal }: PeakRequest): Promise<Uint8Array[]> {
  const paths = inspection.picks.map((_, i) => join(folder, `peaks${i}.s16`));
  const cancel = signal === undefined ? {} : { signal };
  try {
    await decode({ inspection, sampleRateHz: RATE_HZ, outputs: paths, maxDurationMs: inspection.maxDurationMs }, tools, { timeoutMs: decodeTimeoutMs(inspection.expectedDurationMs), ...cancel });
    const peaks = paths.map(() => new Float64Array(PEAK_STEPS));
    const stepsPerSample = (PEAK_STEPS * 1000) / (RATE_HZ * Math.max(1, durationMs));
    let at = 0;
    for await (const channels of samplesOf(paths, signal)) {
      channels.forEach((samples, channel) => raise(peaks[channel] as Float64Array, samples, at, stepsPerSample));
      at += channels[0]?.length ?? 0;
    }
    return peaks.map((steps) => Uint8Array.from(steps, (loudest) => Math.round(255 * Math.sqrt(Math.min(1, loudest / 32_767)))));
  } finally {
    for (const path of paths) await rm(path, { force: true });
  }
}

function raise(steps: Float64Array, samples: Int16Array, from: number, stepsPerSample: number): void {
  for (let i = 0; i < samples.length; i++) {
    const step = Math.min(PEAK_STEPS - 1, Math.floor((from + i) * stepsPerSample));
    const loud = Math.abs(samples[i] as number);
    if (loud > (steps[step] as number)) steps[step] = loud;
  }
}
