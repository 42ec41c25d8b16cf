// How loud the speech of a channel is, and by how much it should be made louder or softer for the speech engine. Pure.
import type { Span } from "../domain/index.ts";
import { FRAME_MS } from "./frame-size.ts";
import type { FrameTrack } from "./frames.ts";

/** dB below full scale. */
export interface SpeechLevel {
  /** mean power of the frames in which the voice sounds */
  speechDb: number;
  /** loudest sample while somebody speaks, rounded towards 0 */
  peakDb: number;
}

/** Pauses inside of a span are no part of its loudness (after ITU-T P.56, active speech level). */
const ACTIVE_RANGE_DB = 20;
/** Spans are heard with this much around them. */
const MARGIN_FRAMES = 8;

/** @returns undefined when nobody speaks */
export function speechLevel({ energyDb, peakDb }: Pick<FrameTrack, "energyDb" | "peakDb">, speech: readonly Span[]): SpeechLevel | undefined {
  let [loudest, peak] = [-100, -100];
  const each = (visit: (db: number) => void): void => {
    for (const { startMs, endMs } of speech) for (let i = startMs / FRAME_MS; i < Math.min(energyDb.length, endMs / FRAME_MS); i++) visit(energyDb[i] as number);
  };
  each((db) => (loudest = Math.max(loudest, db)));
  let [power, frames] = [0, 0];
  each((db) => {
    if (db < loudest - ACTIVE_RANGE_DB) return;
    power += 10 ** (db / 10);
    frames++;
  });
  for (const { startMs, endMs } of speech) {
    const to = Math.min(peakDb.length, endMs / FRAME_MS + MARGIN_FRAMES);
    for (let i = Math.max(0, startMs / FRAME_MS - MARGIN_FRAMES); i < to; i++) peak = Math.max(peak, -(peakDb[i] as number));
  }
  return frames === 0 ? undefined : { speechDb: Math.round(10 * Math.log10(power / frames)), peakDb: peak };
}

/** Where telephone speech usually lies (ITU-T G.711 lines: −20…−26), and where the speech models heard most of theirs. */
const TARGET_DB = -23;
/** Changes that a model does not notice are not made: most calls are heard exactly as they were recorded. */
const WORTH_DB = 4;
/** More would bring up the noise of the line to the loudness of speech. */
const MOST_DB = 24;
const HEADROOM_DB = 1;

/** @returns whole dB to apply to what the speech engine hears, −12…24; 0 for none. The loudest sample stays 1 dB below full scale. */
export function gainFor(level: SpeechLevel | undefined): number {
  if (level === undefined) return 0;
  const wanted = TARGET_DB - level.speechDb;
  if (Math.abs(wanted) < WORTH_DB) return 0;
  if (wanted < 0) return Math.max(-12, wanted);
  return Math.max(0, Math.min(wanted, MOST_DB, Math.floor(-level.peakDb - HEADROOM_DB)));
}
