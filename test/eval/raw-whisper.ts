// whisper-cli alone on a whole recording, each channel as it is: what the product is compared with. Same decoding, no voice activity, no guard.
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Word } from "../../app/domain/index.ts";
import { runProgram } from "../../app/platform/index.ts";
import { cliArguments, parseCliWindow, toWords, type ModelSettings } from "../../app/speech/index.ts";
import { ENGINE_DIR } from "../support/speech-path.ts";

/** Decodes a recording with ffmpeg: one WAV of 16 kHz a channel, in `folder`. */
export async function splitChannels(path: string, channels: 1 | 2, folder: string): Promise<string[]> {
  const files = Array.from({ length: channels }, (_, i) => join(folder, `raw-${i}.wav`));
  const outputs = files.flatMap((file, i) => ["-filter_complex", `[0:a:0]pan=mono|c0=c${i},aresample=16000[c${i}]`, "-map", `[c${i}]`, "-c:a", "pcm_s16le", file]);
  await must("ffmpeg", ["-nostdin", "-v", "error", "-y", "-i", path, ...outputs]);
  return files;
}

/** Runs whisper-cli once over all files, as windows (with what the model wants of them) or whole recordings. @returns the words of each file, times from its start */
export async function rawWhisper(files: readonly string[], modelPath: string, threads: number, settings?: ModelSettings): Promise<Word[][]> {
  const [first = ""] = files;
  const args = cliArguments({ modelPath, threads, wavPath: first, outBase: first, language: "en", settings });
  const rest = files.slice(1).flatMap((file) => ["-f", file, "-of", file]);
  await must(join(ENGINE_DIR, "whisper-cli"), [...args, ...rest]);
  return files.map((file) => parseCliWindow(readFileSync(`${file}.json`)).segments.flatMap((segment) => toWords(segment.tokens)));
}

/** A whole recording by whisper-cli. @returns the words of each channel */
export async function hearRaw(path: string, channels: 1 | 2, modelPath: string, threads: number, workDir: string): Promise<Word[][]> {
  const folder = await mkdtemp(join(workDir, "raw-"));
  try {
    return await rawWhisper(await splitChannels(path, channels, folder), modelPath, threads);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function must(command: string, args: readonly string[]): Promise<void> {
  const result = await runProgram(command, args, { timeoutMs: 3_600_000 });
  if (result.exitCode !== 0) throw new Error(`${command}: ${result.stderr}`);
}
