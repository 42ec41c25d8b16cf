// Where somebody speaks: the interface of a detector, and the one made for telephone lines. The decision is a pure function of frames.
import type { Span } from "../domain/index.ts";
import { FRAME_MS } from "./frame-size.ts";
import { readFrames, type Frames, type FrameTrack } from "./frames.ts";
import { findMusic, holdSpans } from "./hold.ts";
import { inSteps } from "./in-steps.ts";
import { keySpans } from "./key-tones.ts";
import { BLOCK_FRAMES, noiseFloor } from "./noise-floor.ts";
import { clearBleed, clearSteady, type Mask } from "./not-speech.ts";
import { runs } from "./runs.ts";
import { speechLevel, type SpeechLevel } from "./speech-level.ts";

/** What a detector hears on the channels of one recording. Spans are sorted, not overlapping, within the recording. */
export interface VoiceActivity {
  /** name of the detector that found the speech, for the record of how a call was processed */
  detector: string;
  /** per channel */
  speech: Span[][];
  /** how loud each channel's speech is; absent where nobody speaks */
  levels: (SpeechLevel | undefined)[];
  /** hold music and ringing on any channel */
  hold: Span[];
  /** keys pressed on any channel: when, never which */
  keyTones: Span[];
  /** sentences for the ledger */
  notes: string[];
}

/** Anything that finds speech in raw 16 kHz mono files. */
export interface VoiceActivityDetector {
  readonly name: string;
  /**
   * @param pcmPaths the one or two channels of one recording, so that bleed from one into the other can be told apart
   * @throws the signal's reason when aborted
   */
  detect(pcmPaths: readonly string[], signal?: AbortSignal): Promise<VoiceActivity>;
}

/** Loudness above an adaptive floor, minus music, tones, steady noise and bleed. No model, hundreds of times faster than real time. */
export const telephonyDetector: VoiceActivityDetector = {
  name: "telephony-2",
  detect: async (pcmPaths, signal) => ({ ...(await judgeFrames(await readFrames(pcmPaths, signal), undefined, signal)), detector: "telephony-2", notes: [] }),
};

/** What the frames say, whoever proposes the speech. */
export type Judgement = Omit<VoiceActivity, "detector" | "notes">;

/**
 * @param proposed per channel: where another detector hears speech; loudness decides when absent. Music, tones and bleed are taken out of either.
 * @throws the signal's reason when aborted
 */
export function judgeFrames(frames: Frames, proposed: readonly Mask[] | undefined, signal?: AbortSignal): Promise<Judgement> {
  return inSteps(stepsOf(frames, proposed), signal); // six hours are seconds of work: others have their turn in between
}

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
/** Soft first and last consonants; the speech engine hears a margin of its own around every span. */
const PADDING_FRAMES = 100 / FRAME_MS;

/** Two minutes at a time, each with ten seconds around it, which is further than any rule below looks. */
const WINDOW_FRAMES = 120_000 / FRAME_MS;
const CONTEXT_FRAMES = 10_000 / FRAME_MS;

/** The whole decision at once. Pure. Times are multiples of 20 ms; speech has gaps of at least one frame, each span from 200 ms. */
export function findSpeech(frames: Frames, proposed?: readonly Mask[]): Judgement {
  const steps = stepsOf(frames, proposed);
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

function* stepsOf(frames: Frames, proposed: readonly Mask[] | undefined): Generator<undefined, Judgement> {
  const { tracks } = frames;
  const count = tracks[0]?.energyDb.length ?? 0;
  const voices = tracks.map((track) => voiceLevel(track.energyDb));
  const keys = tracks.map((track) => keySpans(track.keys));
  const masks = tracks.map(() => new Uint8Array(count));
  const tones = tracks.map(() => new Uint8Array(count));
  const music: Mask[] = [];
  for (const track of tracks) music.push(yield* findMusic(track));
  for (let from = 0; from < count; from += WINDOW_FRAMES) {
    const start = Math.max(0, from - CONTEXT_FRAMES);
    const to = Math.min(count, from + WINDOW_FRAMES);
    const end = Math.min(count, to + CONTEXT_FRAMES);
    const part = activeMasks(cut(frames, start, end), voices, music.map((mask) => mask.subarray(start, end)), proposed?.map((mask) => mask.slice(start, end)));
    part.forEach((one, i) => {
      masks[i]?.set(one.active.subarray(from - start, to - start), from);
      tones[i]?.set(one.tones.subarray(from - start, to - start), from);
    });
    yield;
  }
  masks.forEach((mask, i) => {
    for (let k = 0; k < count; k++) if (music[i]?.[k] === 1) mask[k] = 0;
    for (const { startMs, endMs } of keys[i] ?? []) for (const frame of [mask, tones[i] as Mask]) frame.fill(0, startMs / FRAME_MS, endMs / FRAME_MS);
  });
  const speech = masks.map(toSpans);
  return {
    speech,
    levels: tracks.map((track, i) => speechLevel(track, speech[i] ?? [])),
    hold: holdSpans(masks.map((mask, i) => ({ music: music[i] as Mask, tones: tones[i] as Mask, speech: mask }))),
    keyTones: union(keys.flat()),
  };
}

/** One press is heard on both channels, a moment apart. */
function union(spans: Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of spans.sort((a, b) => a.startMs - b.startMs)) {
    const last = merged.at(-1);
    if (last !== undefined && span.startMs < last.endMs) last.endMs = Math.max(last.endMs, span.endMs);
    else merged.push({ ...span });
  }
  return merged;
}

function cut(frames: Frames, from: number, to: number): Frames {
  const part = (track: FrameTrack): FrameTrack => ({
    energyDb: track.energyDb.subarray(from, to),
    tonalityDb: track.tonalityDb.subarray(from, to),
    notes: track.notes.subarray(from, to),
    keys: track.keys.subarray(from, to),
    peakDb: track.peakDb.subarray(from, to),
  });
  return { tracks: frames.tracks.map(part), ...(frames.likeness === undefined ? {} : { likeness: frames.likeness.subarray(from, to) }) };
}

/** @param voices loudness of the voice on each channel, over the whole recording */
function activeMasks(frames: Frames, voices: readonly number[], music: readonly Mask[], proposed: readonly Mask[] | undefined): { active: Mask; tones: Mask }[] {
  const [left, right] = frames.tracks;
  const lines = frames.tracks.map((track, i) => {
    const active = proposed?.[i] ?? louderThanFloor(track.energyDb, voices[i] ?? -100, music[i]);
    return { active, tones: clearSteady(active, track) };
  });
  if (left && right && lines[0] && lines[1]) {
    // both are judged by loudness alone, so the order does not matter
    clearBleed(lines[0].active, left.energyDb, right.energyDb, frames.likeness);
    clearBleed(lines[1].active, right.energyDb, left.energyDb, frames.likeness);
  }
  return lines;
}

function louderThanFloor(energyDb: Float32Array, voiceDb: number, music: Mask | undefined): Mask {
  const floors = noiseFloor(energyDb, music);
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
  for (const run of runs(mask)) {
    if (run.to - run.from < MIN_ISLAND_FRAMES) continue; // a click neither speaks nor holds two stretches together
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
