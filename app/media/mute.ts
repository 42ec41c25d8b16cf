// Blanking spans in raw samples, and looking whether they are blank.
import { open } from "node:fs/promises";

/** A span to be blanked. */
export interface MuteSpan {
  channel: 0 | 1 | "both";
  /** integer ms from the start, `endMs` > `startMs`; what lies outside the recording is ignored */
  startMs: number;
  endMs: number;
}

/** Sample positions `[from, to)`. */
export type SampleSpan = readonly [from: number, to: number];

/**
 * The spans of one channel as sample positions: sorted, merged, widened to whole samples, inside the recording. Pure.
 * @param channel index, or "any" for the only channel of a mono recording
 */
export function sampleSpans(mute: readonly MuteSpan[], channel: number | "any", sampleRateHz: number, samples: number): SampleSpan[] {
  const spans = mute
    .filter((span) => channel === "any" || span.channel === "both" || span.channel === channel)
    .map((span): SampleSpan => [Math.max(0, Math.floor((span.startMs * sampleRateHz) / 1000)), Math.min(samples, Math.ceil((span.endMs * sampleRateHz) / 1000))])
    .filter(([from, to]) => from < to)
    .sort((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [from, to] of spans) {
    const last = merged.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

const BLOCK_BYTES = 256 * 1024;

/** Overwrites spans of a raw 16-bit mono file with digital silence, in place. */
export async function blankSamples(path: string, spans: readonly SampleSpan[]): Promise<void> {
  const zeros = Buffer.alloc(BLOCK_BYTES);
  const handle = await open(path, "r+");
  try {
    for (const { at, length } of blocksOf(spans)) {
      for (let done = 0; done < length; ) done += (await handle.write(zeros, 0, length - done, at + done)).bytesWritten;
    }
  } finally {
    await handle.close();
  }
}

/** @returns true when every sample of every span is zero */
export async function areBlank(path: string, spans: readonly SampleSpan[]): Promise<boolean> {
  const zeros = Buffer.alloc(BLOCK_BYTES);
  const found = Buffer.alloc(BLOCK_BYTES);
  const handle = await open(path, "r");
  try {
    for (const { at, length } of blocksOf(spans)) {
      const { bytesRead } = await handle.read(found, 0, length, at);
      if (bytesRead !== length || found.compare(zeros, 0, length, 0, length) !== 0) return false;
    }
    return true;
  } finally {
    await handle.close();
  }
}

function* blocksOf(spans: readonly SampleSpan[]): Generator<{ at: number; length: number }> {
  for (const [from, to] of spans) {
    for (let at = from * 2; at < to * 2; at += BLOCK_BYTES) yield { at, length: Math.min(BLOCK_BYTES, to * 2 - at) };
  }
}
