// Where somebody speaks: the interface of a detector, and the one made for telephone lines. The decision is a pure function of frames.
import { setImmediate } from "node:timers/promises";
import type { Span } from "../domain/index.ts";
import { FRAME_MS, readFrames, type Frames } from "./frames.ts";
import { BLOCK_FRAMES, noiseFloor } from "./noise-floor.ts";
import { clearBleed, clearSteady, type Mask } from "./not-speech.ts";

/** Anything that finds speech in raw 16 kHz mono files; a neural detector would be another of these. */
export interface VoiceActivityDetector {
  /** for the record of how a call was processed */
  readonly name: string;
  /**
   * @param pcmPaths the one or two channels of one recording, so that bleed from one into the other can be told apart
   * @returns per channel: sorted, not overlapping, within the recording. @throws the signal's reason when aborted
   */
  detect(pcmPaths: readonly string[], signal?: AbortSignal): Promise<Span[][]>;
}

/** Loudness above an adaptive floor, minus tones, steady noise and bleed. No model, about a thousand times faster than real time. */
export const telephonyDetector: VoiceActivityDetector = {
  name: "telephony-energy-1",
  async detect(pcmPaths, signal) {
    const steps = stepsOf(await readFrames(pcmPaths, signal));
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done) return step.value;
      await setImmediate(); // six hours are half a second of work: others have their turn in between
      signal?.throwIfAborted();
    }
  },
};

/** Speech begins this far above the floor and ends when it falls to less. */
const ENTER_DB = 8;
const LEAVE_DB = 5;
/** Nothing quieter is speech: lines idle at −72 dB, a far whisper comes in at −50. */
const QUIETEST_DB = -55;
/** Nothing this far below the channel's own voice is that voice (neighbours, television, residual echo). */
const BELOW_VOICE_DB = 38;
const MIN_SPEECH_FRAMES = 200 / FRAME_MS;
const MIN_ISLAND_FRAMES = 2;
const MERGE_FRAMES = 300 / FRAME_MS;
const PADDING_FRAMES = Math.floor(150 / FRAME_MS);

/** Two minutes at a time, each with ten seconds around it, which is further than any rule below looks. */
const WINDOW_FRAMES = 120_000 / FRAME_MS;
const CONTEXT_FRAMES = 10_000 / FRAME_MS;

/**
 * The whole decision at once. Pure. Times are multiples of 20 ms.
 * @returns one list per track: sorted, not overlapping, gaps of at least one frame, each span from 200 ms, within the track
 */
export function findSpeech(frames: Frames): Span[][] {
  const steps = stepsOf(frames);
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

function* stepsOf(frames: Frames): Generator<undefined, Span[][]> {
  const { tracks } = frames;
  const count = tracks[0]?.energyDb.length ?? 0;
  const levels = tracks.map((track) => voiceLevel(track.energyDb));
  const masks = tracks.map(() => new Uint8Array(count));
  for (let from = 0; from < count; from += WINDOW_FRAMES) {
    const start = Math.max(0, from - CONTEXT_FRAMES);
    const to = Math.min(count, from + WINDOW_FRAMES);
    const part = activeMasks(cut(frames, start, Math.min(count, to + CONTEXT_FRAMES)), levels);
    part.forEach((mask, i) => masks[i]?.set(mask.subarray(from - start, to - start), from));
    yield;
  }
  return masks.map(toSpans);
}

function cut(frames: Frames, from: number, to: number): Frames {
  return {
    tracks: frames.tracks.map((track) => ({ energyDb: track.energyDb.subarray(from, to), tonalityDb: track.tonalityDb.subarray(from, to) })),
    ...(frames.likeness === undefined ? {} : { likeness: frames.likeness.subarray(from, to) }),
  };
}

/** @param levels loudness of the voice on each channel, over the whole recording */
function activeMasks(frames: Frames, levels: readonly number[]): Mask[] {
  const [left, right] = frames.tracks;
  const masks = frames.tracks.map((track, i) => {
    const mask = louderThanFloor(track.energyDb, levels[i] ?? -100);
    clearSteady(mask, track);
    return mask;
  });
  if (left && right && masks[0] && masks[1]) {
    // both are judged by loudness alone, so the order does not matter
    clearBleed(masks[0], left.energyDb, right.energyDb, frames.likeness);
    clearBleed(masks[1], right.energyDb, left.energyDb, frames.likeness);
  }
  return masks;
}

function louderThanFloor(energyDb: Float32Array, voiceDb: number): Mask {
  const floors = noiseFloor(energyDb);
  const least = Math.max(QUIETEST_DB, voiceDb - BELOW_VOICE_DB);
  const mask = new Uint8Array(energyDb.length);
  let isSpeaking = false;
  for (let i = 0; i < energyDb.length; i++) {
    const floor = floors[Math.floor(i / BLOCK_FRAMES)] ?? -100;
    const db = energyDb[i] ?? -100;
    isSpeaking = db > Math.max(least, floor + (isSpeaking ? LEAVE_DB : ENTER_DB));
    mask[i] = isSpeaking ? 1 : 0;
  }
  return mask;
}

/** Loudness that one frame in fifty of all audible ones exceeds: the loud vowels. */
function voiceLevel(energyDb: Float32Array): number {
  const counts = new Uint32Array(101);
  let audible = 0;
  for (const db of energyDb) {
    if (db < QUIETEST_DB) continue;
    audible++;
    const bin = Math.min(100, Math.round(db + 100));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  let left = audible / 50;
  for (let bin = 100; bin >= 0; bin--) {
    left -= counts[bin] ?? 0;
    if (left < 0) return bin - 100;
  }
  return -100;
}

/** Runs of active frames → merged over short gaps → long enough → padded → merged where the padding meets. */
function toSpans(mask: Mask): Span[] {
  const merged: { from: number; to: number; active: number }[] = [];
  for (const run of runsOf(mask)) {
    const last = merged.at(-1);
    if (last && run.from - last.to < MERGE_FRAMES) {
      last.to = run.to;
      last.active += run.to - run.from;
    } else merged.push({ ...run, active: run.to - run.from });
  }
  const spans: Span[] = [];
  for (const { from, to, active } of merged) {
    if (active < MIN_SPEECH_FRAMES) continue;
    const startMs = Math.max(0, from - PADDING_FRAMES) * FRAME_MS;
    const endMs = Math.min(mask.length, to + PADDING_FRAMES) * FRAME_MS;
    const last = spans.at(-1);
    if (last && startMs <= last.endMs) last.endMs = endMs;
    else spans.push({ startMs, endMs });
  }
  return spans;
}

/** A single frame is a click; it neither speaks nor holds two stretches together. */
function* runsOf(mask: Mask): Generator<{ from: number; to: number }> {
  for (let from = 0; from < mask.length; from++) {
    if (mask[from] === 0) continue;
    let to = from;
    while (mask[to] === 1) to++;
    if (to - from >= MIN_ISLAND_FRAMES) yield { from, to };
    from = to;
  }
}
