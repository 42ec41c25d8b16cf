// From samples to what tells voices apart, every 20 ms of speech: cepstrum, pitch, loudness. Streams; six hours of talk are 60 MB.
import type { Span } from "../../domain/index.ts";
import { samplesOf } from "../pcm.ts";
import { logPitch, PITCH_SAMPLES } from "./pitch.ts";
import { cepstrum, CEPSTRUM_SIZE, SPECTRUM_SAMPLES } from "./spectrum.ts";

/** Step from one frame to the next. */
export const STEP_MS = 20;
const STEP = (8000 * STEP_MS) / 1000;
/** Samples before and after the beginning of a frame's step that pitch needs; the cepstrum's are among them. */
const REACH = PITCH_SAMPLES;

/** Frames of speech only, in order of time. All arrays are equally long, but for `cepstra`, which has `CEPSTRUM_SIZE` values a frame. */
export interface VoiceFrames {
  count: number;
  /** place in the recording in steps of `STEP_MS` */
  step: Int32Array;
  cepstra: Float32Array;
  /** natural logarithm of Hz; NaN without voice */
  pitch: Float32Array;
  /** dB below full scale */
  loudnessDb: Float32Array;
}

/**
 * @param pcmPath raw 16 kHz samples
 * @param speech  sorted, not overlapping: the only places that are looked at
 * @throws the signal's reason when aborted
 */
export async function readVoice(pcmPath: string, speech: readonly Span[], signal?: AbortSignal): Promise<VoiceFrames> {
  const wanted = speech.map((span) => ({ from: Math.ceil(span.startMs / STEP_MS), to: Math.floor(span.endMs / STEP_MS) }));
  const total = wanted.reduce((sum, { from, to }) => sum + Math.max(0, to - from), 0);
  const frames: VoiceFrames = { count: 0, step: new Int32Array(total), cepstra: new Float32Array(total * CEPSTRUM_SIZE), pitch: new Float32Array(total), loudnessDb: new Float32Array(total) };
  let held = new Float64Array(0);
  let heldFrom = 0; // 8 kHz index of the first held sample
  let step = wanted[0]?.from ?? 0;
  let at = 0;
  const takeAll = (isEnd: boolean): void => {
    for (let span = wanted[at]; span !== undefined; span = wanted[at]) {
      step = Math.max(step, span.from);
      if (step >= span.to) {
        at++;
        continue;
      }
      const from = step * STEP - heldFrom;
      if (from + REACH > held.length) {
        if (!isEnd) return;
        held = joined(held, new Float64Array(REACH));
        if (from + REACH > held.length) return;
      }
      describe(held, from, step++, frames);
    }
  };
  for await (const [chunk] of samplesOf([pcmPath], signal)) {
    const need = Math.max(0, Math.min(held.length, step * STEP - heldFrom));
    const rest = held.subarray(need);
    heldFrom += need;
    held = joined(rest, halved(chunk as Int16Array));
    takeAll(false);
    if (at >= wanted.length) break;
  }
  takeAll(true);
  return frames;
}

function describe(samples: Float64Array, from: number, step: number, frames: VoiceFrames): void {
  const i = frames.count++;
  let energy = 0;
  for (let k = from; k < from + SPECTRUM_SAMPLES; k++) energy += (samples[k] as number) ** 2;
  frames.step[i] = step;
  frames.loudnessDb[i] = 10 * Math.log10(energy / SPECTRUM_SAMPLES + 1e-10);
  frames.pitch[i] = logPitch(samples, from);
  cepstrum(samples, from, frames.cepstra, i * CEPSTRUM_SIZE);
}

/** Pairs of samples are averaged: 8 kHz is all that a telephone carries. */
function halved(samples: Int16Array): Float64Array {
  return Float64Array.from({ length: samples.length >> 1 }, (_, i) => ((samples[2 * i] as number) + (samples[2 * i + 1] as number)) / 65_536);
}

function joined(a: Float64Array, b: Float64Array): Float64Array<ArrayBuffer> {
  const out = new Float64Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}

