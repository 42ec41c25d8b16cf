// Sound for the tests of this room: voices, tones and noise as samples, and files of any format made from them by the real ffmpeg.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { wavHeader } from "../../app/domain/index.ts";
import { findMediaTools, inspectRecording, prepareRecording, telephonyDetector, type Inspection, type InspectionRequest, type MediaTools, type Preparation } from "../../app/media/index.ts";
import { runProgram } from "../../app/platform/index.ts";

export const RATE_HZ = 8000;
export const tools: MediaTools = await findMediaTools();

/** Repeatable chance, 0…1. */
export function chance(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * Something that is built like speech: syllables of gliding pitch with two formants, fricative noise between them, pauses of 60 ms.
 * @param level peak, 0…1
 */
export function voice(durationMs: number, seed: number, level = 0.4, rateHz = RATE_HZ): Float32Array {
  const random = chance(seed);
  const out = new Float32Array(Math.round((durationMs * rateHz) / 1000));
  let phase = 0;
  for (let at = 0; at < out.length; ) {
    const length = Math.round((0.12 + 0.16 * random()) * rateHz);
    const [pitch, glide, f1, f2, loud] = [95 + 90 * random(), 0.7 + 0.6 * random(), 300 + 500 * random(), 900 + 1300 * random(), 0.4 + 0.6 * random()];
    for (let i = 0; i < length && at < out.length; i++, at++) {
      const t = i / length;
      const hz = pitch * (1 + (glide - 1) * t);
      phase += (2 * Math.PI * hz) / rateHz;
      let sum = 0;
      for (let k = 1; k * hz < 3400 && k <= 25; k++) sum += Math.sin(k * phase) * (1 / (1 + ((k * hz - f1) / 120) ** 2) + 0.5 / (1 + ((k * hz - f2) / 160) ** 2));
      out[at] = level * loud * Math.sin(Math.PI * t) * (0.55 * sum + 0.05 * (random() - 0.5));
    }
    const hiss = Math.round(0.05 * rateHz * random());
    for (let i = 0; i < hiss && at < out.length; i++, at++) out[at] = level * 0.2 * (random() - 0.5);
    at += Math.round(0.06 * rateHz);
  }
  return out;
}

/** Steady sum of sines. */
export function tone(durationMs: number, frequenciesHz: readonly number[], level = 0.3, rateHz = RATE_HZ): Float32Array {
  return Float32Array.from({ length: Math.round((durationMs * rateHz) / 1000) }, (_, i) => (level / frequenciesHz.length) * frequenciesHz.reduce((sum, hz) => sum + Math.sin((2 * Math.PI * hz * i) / rateHz), 0));
}

export function noise(durationMs: number, level: number, seed = 7, rateHz = RATE_HZ): Float32Array {
  const random = chance(seed);
  return Float32Array.from({ length: Math.round((durationMs * rateHz) / 1000) }, () => level * (2 * random() - 1));
}

export function silence(durationMs: number, rateHz = RATE_HZ): Float32Array {
  return new Float32Array(Math.round((durationMs * rateHz) / 1000));
}

export function joined(...parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Sum of two sounds; the shorter one ends earlier. */
export function mix(a: Float32Array, b: Float32Array, gainB = 1): Float32Array {
  return Float32Array.from({ length: Math.max(a.length, b.length) }, (_, i) => (a[i] ?? 0) + gainB * (b[i] ?? 0));
}

/** Samples of one or two channels, interleaved, 16 bits. */
export function pcm(channels: readonly Float32Array[]): Buffer {
  const length = Math.max(...channels.map((channel) => channel.length));
  const out = Buffer.alloc(length * channels.length * 2);
  for (let i = 0; i < length; i++) {
    channels.forEach((channel, c) => out.writeInt16LE(Math.round(Math.max(-1, Math.min(1, channel[i] ?? 0)) * 32_767), (i * channels.length + c) * 2));
  }
  return out;
}

export function wav(channels: readonly Float32Array[], rateHz = RATE_HZ): Buffer {
  const samples = pcm(channels);
  return Buffer.concat([wavHeader(samples.length, rateHz, channels.length), samples]);
}

/** A call of 6 s: the customer speaks first, the agent answers. */
export const CUSTOMER = joined(silence(500), voice(2000, 11), silence(3500));
export const AGENT = joined(silence(3500), voice(2000, 12), silence(500));

/** A folder that is gone after the test. */
export async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "earshot-media-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs the real ffmpeg to make test material. */
export async function make(...args: readonly string[]): Promise<void> {
  const result = await runProgram(tools.ffmpeg, ["-nostdin", "-v", "error", "-y", ...args], { timeoutMs: 20_000 });
  assert.equal(result.exitCode, 0, result.stderr);
}

/** Names of encoders, each between blanks. */
export async function encoderNames(): Promise<string> {
  return (await runProgram(tools.ffmpeg, ["-hide_banner", "-encoders"], { timeoutMs: 10_000 })).stdout.toString("utf8");
}

export async function inspectFile(path: string, folder: string, more: Partial<InspectionRequest> = {}): Promise<Inspection> {
  return inspectRecording({ path, originalName: "call.wav", maxDurationMs: 3_600_000, maxBytes: 100_000_000, folder: join(folder, "job"), tools, ...more });
}

export async function prepareFile(path: string, folder: string, more: Partial<InspectionRequest> = {}): Promise<Preparation> {
  const inspection = await inspectFile(path, folder, more);
  return prepareRecording({ inspection, folder: join(folder, "job"), tools, detector: telephonyDetector });
}

export async function prepareBytes(bytes: Uint8Array, folder: string, more: Partial<InspectionRequest> = {}): Promise<Preparation> {
  const path = join(folder, "recording");
  await writeFile(path, bytes);
  return prepareFile(path, folder, more);
}
