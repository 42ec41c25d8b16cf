// Utterances become a call: laid on two lines with pauses, a little line noise, and encoded as telephone systems encode recordings.
import { writeFileSync, rmSync } from "node:fs";
import { runProgram } from "../../app/platform/index.ts";
import { seededRandom } from "./interval.ts";
import type { Utterance } from "./recipe.ts";

export const RATE_HZ = 16_000;

/** How recordings are stored. GSM knows one channel only: both parties are mixed there. */
export const CODECS = {
  mulaw: { extension: "wav", isMono: false, arguments: ["-ar", "8000", "-c:a", "pcm_mulaw"] },
  alaw: { extension: "wav", isMono: false, arguments: ["-ar", "8000", "-c:a", "pcm_alaw"] },
  gsm: { extension: "WAV", isMono: true, arguments: ["-ar", "8000", "-ac", "1", "-c:a", "gsm_ms", "-f", "wav"] },
  opus: { extension: "ogg", isMono: false, arguments: ["-ar", "16000", "-c:a", "libopus", "-b:a", "24k", "-application", "voip", "-mapping_family", "0"] },
} as const;
export type Codec = keyof typeof CODECS;

/** What was said when. */
export interface Said {
  channel: 0 | 1;
  startMs: number;
  endMs: number;
  voice: string;
  text: string;
}

/** Two lines of equal length, 16 kHz. */
export interface Lines {
  lines: [Float32Array, Float32Array];
  said: Said[];
}

export interface Placed {
  utterance: Utterance;
  channel: 0 | 1;
  /** from the end of the utterance before it; negative begins earlier */
  pauseMs: number;
}

/** An idle telephone line is not silent: −66 dB of full scale. */
const IDLE_RMS = 16;

/** Lays utterances one after another. Pure. @param seed of the line noise */
export function layOut(placed: readonly Placed[], seed: number): Lines {
  const said: Said[] = [];
  let atMs = 0;
  for (const { utterance, channel, pauseMs } of placed) {
    const startMs = Math.max(0, Math.round(atMs + pauseMs));
    atMs = startMs + Math.round((utterance.samples.length * 1000) / RATE_HZ);
    said.push({ channel, startMs, endMs: atMs, voice: utterance.voice, text: utterance.text });
  }
  const lines = idleLines(Math.max(0, ...said.map((one) => one.endMs)) + 500, seed);
  said.forEach((one, i) => add(lines[one.channel], placed[i]?.utterance.samples ?? new Int16Array(), one.startMs));
  return { lines, said };
}

/** Two lines on which nobody speaks. */
export function idleLines(lengthMs: number, seed: number): [Float32Array, Float32Array] {
  const random = seededRandom(seed);
  const noise = (): number => (random() + random() + random() - 1.5) * 2 * IDLE_RMS; // about normal
  const line = (): Float32Array => Float32Array.from({ length: Math.ceil((lengthMs * RATE_HZ) / 1000) }, noise);
  return [line(), line()];
}

/** Adds sound to a line. */
export function add(line: Float32Array, samples: ArrayLike<number>, startMs: number, gain = 1): void {
  const from = Math.round((startMs * RATE_HZ) / 1000);
  const count = Math.min(samples.length, line.length - from);
  for (let i = 0; i < count; i++) line[from + i] = (line[from + i] as number) + gain * (samples[i] as number);
}

/** @param path without extension @returns the path of the recording, encoded by ffmpeg */
export async function encode([left, right]: Lines["lines"], codec: Codec, path: string): Promise<string> {
  const { extension, arguments: args } = CODECS[codec];
  const samples = new Int16Array(left.length * 2);
  for (let i = 0; i < left.length; i++) {
    samples[2 * i] = clip(left[i] as number);
    samples[2 * i + 1] = clip(right[i] as number);
  }
  writeFileSync(`${path}.s16`, new Uint8Array(samples.buffer));
  const result = await runProgram("ffmpeg", ["-nostdin", "-v", "error", "-y", "-f", "s16le", "-ar", String(RATE_HZ), "-ac", "2", "-i", `${path}.s16`, ...args, `${path}.${extension}`], { timeoutMs: 120_000 });
  rmSync(`${path}.s16`);
  if (result.exitCode !== 0) throw new Error(`ffmpeg could not encode ${codec}: ${result.stderr}`);
  return `${path}.${extension}`;
}

function clip(value: number): number {
  return Math.max(-32_768, Math.min(32_767, Math.round(value)));
}
