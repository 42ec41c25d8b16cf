// Cuts speech that is too long for one window where it is quietest: between words, not inside one.
import type { ChannelAudio, Span } from "../domain/index.ts";
import { readRange } from "../platform/index.ts";
import { BYTES_PER_MS, LEVEL_FRAME_MS, measureLevels } from "./window-audio.ts";

/** The cut lies in the last part of a window, so that windows stay well filled. */
const EARLIEST_PART = 0.6;
/** A breath or the closure of a consonant between words; shorter dips lie inside words. */
const QUIET_MS = 100;

/**
 * @param maxMs longest allowed span
 * @returns the same speech; longer spans are replaced by touching parts, each ≤ `maxMs`
 */
export async function cutLongSpans(channel: ChannelAudio, maxMs: number): Promise<Span[]> {
  const parts: Span[] = [];
  for (const span of channel.speech) {
    let { startMs } = span;
    while (span.endMs - startMs > maxMs) {
      const fromMs = startMs + Math.floor(maxMs * EARLIEST_PART);
      const zone = await readRange(channel.pcmPath, fromMs * BYTES_PER_MS, (startMs + maxMs - fromMs) * BYTES_PER_MS);
      const cutMs = fromMs + quietestPlace(measureLevels(zone));
      parts.push({ startMs, endMs: cutMs });
      startMs = cutMs;
    }
    parts.push({ startMs, endMs: span.endMs });
  }
  return parts;
}

/**
 * The middle of the quietest 100 ms, the last of equals (fuller windows). Pure.
 * @param levels dB per 20 ms, see measureLevels
 * @returns milliseconds from the first level, > 0 and < the measured length where that is longer than 100 ms; else its middle, at least 1
 */
export function quietestPlace(levels: Float32Array): number {
  const width = QUIET_MS / LEVEL_FRAME_MS;
  if (levels.length <= width) return Math.max(1, Math.floor((levels.length * LEVEL_FRAME_MS) / 2));
  let best = 0;
  let least = Infinity;
  for (let from = 0; from + width <= levels.length; from++) {
    let power = 0;
    for (let i = from; i < from + width; i++) power += 10 ** ((levels[i] ?? 0) / 10);
    if (power <= least) [best, least] = [from, power];
  }
  return Math.floor((best + width / 2) * LEVEL_FRAME_MS);
}
