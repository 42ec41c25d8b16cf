// Silero, the neural detector, run by whisper.cpp's own program. Music, tones and bleed are taken out of what it finds, and when it fails our own ears take over.
import { rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { AppError, SPEECH_RATE_HZ, toAppError, wavHeader, type Span } from "../domain/index.ts";
import { readRange, runProgram, sizeOf } from "../platform/index.ts";
import { FRAME_MS } from "./frame-size.ts";
import { readFrames } from "./frames.ts";
import type { Mask } from "./not-speech.ts";
import { judgeFrames, telephonyDetector, type VoiceActivityDetector } from "./voice-activity.ts";

export interface SileroOptions {
  /** absolute path of whisper-vad-speech-segments */
  program: string;
  /** absolute path of the ggml model */
  modelPath: string;
  /** wall time for one part of the recording; by default a minute and half of the part's length (it runs at 30× and more) */
  timeoutMs?: number;
  killAfterMs?: number;
}

/** The program holds all of its input as floating point numbers: ten minutes at a time are 38 MB, six hours would be 1.4 GB. */
const PART_MS = 600_000;
const BYTES_PER_MS = (SPEECH_RATE_HZ * 2) / 1000;
const NICENESS = 5;

/** @returns a detector that never fails where our own would not: what went wrong is told in `notes` */
export function sileroDetector(options: SileroOptions): VoiceActivityDetector {
  const detector = `silero (${basename(options.modelPath)})`;
  return {
    name: detector,
    async detect(pcmPaths, signal) {
      const frames = await readFrames(pcmPaths, signal);
      const count = frames.tracks[0]?.energyDb.length ?? 0;
      try {
        const proposed: Mask[] = [];
        for (const path of pcmPaths) proposed.push(toMask(await spansOf(path, options, signal), count));
        return { ...(await judgeFrames(frames, proposed, signal)), detector, notes: [] };
      } catch (thrown) {
        signal?.throwIfAborted();
        const { code } = toAppError(thrown, "SPEECH_ENGINE_FAILED");
        const note = `the detector Silero could not be used (${code}), so Earshot's own found the speech`;
        return { ...(await judgeFrames(frames, undefined, signal)), detector: telephonyDetector.name, notes: [note] };
      }
    },
  };
}

async function spansOf(pcmPath: string, options: SileroOptions, signal: AbortSignal | undefined): Promise<Span[]> {
  const lengthMs = Math.floor(((await sizeOf(pcmPath)) ?? 0) / BYTES_PER_MS);
  const wavPath = join(dirname(pcmPath), `${basename(pcmPath)}.wav`);
  const spans: Span[] = [];
  try {
    for (let fromMs = 0; fromMs < lengthMs; fromMs += PART_MS) {
      const partMs = Math.min(PART_MS, lengthMs - fromMs);
      const pcm = await readRange(pcmPath, fromMs * BYTES_PER_MS, partMs * BYTES_PER_MS);
      await writeFile(wavPath, Buffer.concat([wavHeader(pcm.length, SPEECH_RATE_HZ, 1), pcm]), { mode: 0o600 });
      const found = parseSegments(await run(wavPath, partMs, options, signal), partMs);
      spans.push(...found.map((span) => ({ startMs: fromMs + span.startMs, endMs: fromMs + span.endMs })));
    }
  } finally {
    await rm(wavPath, { force: true });
  }
  return spans;
}

async function run(wavPath: string, partMs: number, options: SileroOptions, signal: AbortSignal | undefined): Promise<string> {
  const timeoutMs = options.timeoutMs ?? 60_000 + partMs / 2;
  // One thread: the network is so small that more only wait for each other. 100 ms: with its own 250 a short "yes" is lost.
  const args = ["-np", "-t", "1", "-vm", options.modelPath, "--vad-min-speech-duration-ms", "100", "-f", wavPath];
  const result = await runProgram(options.program, args, {
    timeoutMs,
    niceness: NICENESS,
    maxStdoutBytes: 1024 * 1024,
    ...(options.killAfterMs === undefined ? {} : { killAfterMs: options.killAfterMs }),
    ...(signal === undefined ? {} : { signal }),
  });
  signal?.throwIfAborted();
  if (result.timedOut) throw new AppError("SPEECH_TIMEOUT", `The detector Silero took longer than ${Math.round(timeoutMs / 1000)} s and was ended`);
  if (result.overflowed || result.exitCode !== 0) {
    throw new AppError("SPEECH_ENGINE_FAILED", "The detector Silero stopped with an error; install its model again or set speech.detector to telephony", {
      details: { exitCode: result.exitCode, signal: result.signal },
      cause: new Error(result.stderr),
    });
  }
  return result.stdout.toString("utf8");
}

/** The last of its windows of 32 ms may reach past the end. */
const OVERHANG_MS = 40;

/**
 * Reads the program's answer. Pure. Its exit code is 0 even for arguments that it does not know, so only a whole answer counts.
 * @returns sorted, apart, inside the `lengthMs` of the sound
 * @throws AppError SPEECH_OUTPUT_INVALID
 */
export function parseSegments(output: string, lengthMs: number): Span[] {
  const announced = /^Detected (\d+) speech segments:$/m.exec(output)?.[1];
  // its times are hundredths of a second
  const lines = [...output.matchAll(/^Speech segment (\d+): start = (\d+(?:\.\d+)?), end = (\d+(?:\.\d+)?)$/gm)];
  const spans = lines.map(([, , start, end]) => ({ startMs: Math.round(Number(start) * 10), endMs: Math.round(Number(end) * 10) }));
  const isWhole = announced !== undefined && Number(announced) === lines.length && lines.every(([, index], i) => Number(index) === i);
  const isOrdered = spans.every((span, i) => span.startMs < span.endMs && span.startMs >= (spans[i - 1]?.endMs ?? 0) && span.endMs <= lengthMs + OVERHANG_MS);
  if (!isWhole || !isOrdered) throw new AppError("SPEECH_OUTPUT_INVALID", "The detector Silero answered something unreadable");
  return spans.map((span) => ({ startMs: span.startMs, endMs: Math.min(span.endMs, lengthMs) })).filter((span) => span.startMs < span.endMs);
}

function toMask(spans: readonly Span[], count: number): Mask {
  const mask = new Uint8Array(count);
  for (const { startMs, endMs } of spans) mask.fill(1, Math.floor(startMs / FRAME_MS), Math.ceil(endMs / FRAME_MS));
  return mask;
}

/**
 * Which detector a setting means. Pure.
 * @param installed Silero, when its model is there; `auto` takes it then
 * @throws AppError SETUP_INCOMPLETE when it is asked for by name and not there
 */
export function chooseDetector(wish: "auto" | "telephony" | "silero", installed: SileroOptions | undefined): VoiceActivityDetector {
  if (wish === "telephony") return telephonyDetector;
  if (installed !== undefined) return sileroDetector(installed);
  if (wish === "auto") return telephonyDetector;
  throw new AppError("SETUP_INCOMPLETE", "speech.detector is silero and no model of the kind vad is installed; run earshot models list to see how, or set speech.detector to auto");
}
