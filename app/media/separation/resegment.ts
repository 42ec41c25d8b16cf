// Who speaks in each frame: the likelier voice, but nobody takes over in the middle of a word. Pure. Source: Viterbi 1967, two states.
import type { Steps } from "../in-steps.ts";
import { STEP_MS, type VoiceFrames } from "./voice-frames.ts";

/** Frames follow each other too closely to count as independent evidence. */
const EVIDENCE = 0.35;
/** What it costs to change the voice: without a pause, and where there is one. In nats. */
const SWITCH_IN_SPEECH = 16;
const SWITCH_AT_PAUSE = 4;
const PAUSE_FRAMES = 80 / STEP_MS;

/** `voices` is 0 or 1 per frame; `score` the log-likelihood of this path, less what its changes cost. */
export interface Path {
  voices: Uint8Array;
  score: number;
}

/**
 * @param scores per voice and frame: log-likelihood; 0 where a frame carries no evidence
 * @param quiet  frames without a voice: where nobody speaks for 80 ms, somebody else may go on
 */
export function* likeliestPath(frames: VoiceFrames, quiet: Uint8Array, scores: readonly [Float32Array, Float32Array]): Steps<Path> {
  const { count, step } = frames;
  const changed = new Uint8Array(count); // bit 1: voice 0 took over here from voice 1; bit 2: the other way round
  let [a, b] = [0, 0];
  let silence = 0;
  for (let i = 0; i < count; i++) {
    if (i % 100_000 === 99_999) yield;
    const gap = i === 0 ? 0 : (step[i] as number) - (step[i - 1] as number) - 1;
    const cost = silence + gap >= PAUSE_FRAMES ? SWITCH_AT_PAUSE : SWITCH_IN_SPEECH;
    const [stayA, stayB] = [a, b];
    if (stayB - cost > stayA) [a, changed[i]] = [stayB - cost, 1];
    else if (stayA - cost > stayB) [b, changed[i]] = [stayA - cost, 2];
    a += EVIDENCE * (scores[0][i] as number);
    b += EVIDENCE * (scores[1][i] as number);
    silence = quiet[i] === 1 ? silence + 1 + gap : 0;
  }
  const voices = new Uint8Array(count);
  let voice = a >= b ? 0 : 1;
  for (let i = count - 1; i >= 0; i--) {
    voices[i] = voice;
    if (changed[i] === voice + 1) voice = 1 - voice;
  }
  return { voices, score: Math.max(a, b) };
}
