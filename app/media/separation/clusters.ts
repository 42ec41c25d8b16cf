// The separator that needs no model: first guesses, then models of two voices that are fitted to this recording and draw the borders anew.
import type { Span } from "../../domain/index.ts";
import { beginnings } from "./beginnings.ts";
import { inSteps, type Steps } from "../in-steps.ts";
import { confidenceOfTwo } from "./judge.ts";
import { alignFrames, fitMixture } from "./mixture.ts";
import { likeliestPath, type Path } from "./resegment.ts";
import { inOrder, notSeparated, type Separation, type SpeakerSeparator } from "./separator.ts";
import { cutUnits, describeUnits, quietFrames, type Unit } from "./units.ts";
import { readVoice, STEP_MS, type VoiceFrames } from "./voice-frames.ts";
import { commonPitch, learnVoice, scoreVoice, type Ground } from "./voice-model.ts";
import { whitened } from "./whiten.ts";

/** Below 6 s of loud speech nothing is certain. */
const LEAST_FRAMES = 6000 / STEP_MS;
/** One part of the mixture for this many frames, within limits: fewer make the parts those of single words. */
const FRAMES_PER_PART = 80;
const FEWEST_PARTS = 4;
const MOST_PARTS = 32;
/** Five minutes of speech, evenly picked, tell what the sounds of any recording are like. */
const MIXTURE_FRAMES = 15_000;
const ROUNDS = 6;
/** Pauses of one voice that are not worth a border. */
const BRIDGE_MS = 300;

/** Tells two voices apart by cepstrum and pitch, about two hundred times faster than real time. */
export const clusterSeparator: SpeakerSeparator = {
  name: "clusters-1",
  async separate(pcmPath, speech, signal) {
    const frames = await readVoice(pcmPath, speech, signal);
    return inSteps(separateVoices(frames), signal);
  },
};

/** The whole decision. Pure, in steps. */
export function* separateVoices(frames: VoiceFrames): Steps<Separation> {
  const quiet = yield* quietFrames(frames);
  const units = cutUnits(frames, quiet);
  const loud = loudFrames(quiet);
  if (loud.length < LEAST_FRAMES || units.length < 4) return notSeparated("too little speech to tell voices apart");
  const vectors = whitened(yield* describeUnits(frames, quiet, units), units);
  yield;
  const ground = yield* groundOf(frames, quiet, loud);
  let best: Path | undefined;
  for (const guess of yield* beginnings(vectors, units)) {
    const path = yield* settle(ground, spread(guess, units, frames.count));
    if (best === undefined || path.score > best.score) best = path;
  }
  if (best === undefined) return notSeparated("too little speech to tell voices apart");
  const [first, second] = yield* scoresOf(ground, best.voices);
  const ratio = first.map((score, i) => score - (second[i] as number));
  const confidence = confidenceOfTwo({ gain: best.score, ratio, voices: best.voices, quiet, units });
  if (confidence < 0.5) return notSeparated(confidence < 0.35 ? "one voice" : "two voices that are too much alike to tell apart", confidence);
  return { source: "diarised", voices: inOrder(toSpans(frames, quiet, best.voices)), confidence, reason: `two voices, confidence ${confidence.toFixed(2)}` };
}

function* groundOf(frames: VoiceFrames, quiet: Uint8Array, loud: Int32Array): Steps<Ground> {
  const parts = Math.max(FEWEST_PARTS, Math.min(MOST_PARTS, Math.floor(loud.length / FRAMES_PER_PART)));
  const count = Math.min(MIXTURE_FRAMES, loud.length);
  const picked = Int32Array.from({ length: count }, (_, k) => loud[Math.floor((k * loud.length) / count)] as number);
  const common = yield* fitMixture(frames.cepstra, picked, parts);
  return { frames, quiet, common, aligned: yield* alignFrames(common, frames.cepstra, quiet), pitch: commonPitch(frames, quiet) };
}

/** Learns two voices from a guess and lets them claim their frames, until nothing changes any more. */
function* settle(ground: Ground, voices: Uint8Array): Steps<Path> {
  let path: Path = { voices, score: -Infinity };
  for (let round = 0; round < ROUNDS; round++) {
    const next = yield* likeliestPath(ground.frames, ground.quiet, yield* scoresOf(ground, path.voices));
    const isSettled = next.score === path.score;
    path = next;
    if (isSettled) break;
  }
  return path;
}

function* scoresOf(ground: Ground, voices: Uint8Array): Steps<[Float32Array, Float32Array]> {
  return [yield* scoreVoice(ground, yield* learnVoice(ground, voices, 0)), yield* scoreVoice(ground, yield* learnVoice(ground, voices, 1))];
}

function spread(guess: Uint8Array, units: readonly Unit[], count: number): Uint8Array {
  const voices = new Uint8Array(count).fill(2);
  units.forEach((unit, k) => voices.fill(guess[k] as number, unit.from, unit.to));
  return voices;
}

function loudFrames(quiet: Uint8Array): Int32Array {
  const loud = new Int32Array(quiet.length);
  let count = 0;
  for (let i = 0; i < quiet.length; i++) if (quiet[i] === 0) loud[count++] = i;
  return loud.subarray(0, count);
}

function toSpans(frames: VoiceFrames, quiet: Uint8Array, voices: Uint8Array): [Span[], Span[]] {
  const spans: [Span[], Span[]] = [[], []];
  let last: Span | undefined;
  let speaker: number | undefined;
  for (let i = 0; i < frames.count; i++) {
    if (quiet[i] === 1) continue;
    const startMs = (frames.step[i] as number) * STEP_MS;
    if (last !== undefined && speaker === voices[i] && startMs - last.endMs < BRIDGE_MS) last.endMs = startMs + STEP_MS;
    else {
      speaker = voices[i];
      last = { startMs, endMs: startMs + STEP_MS };
      spans[speaker === 1 ? 1 : 0].push(last);
    }
  }
  return spans;
}
