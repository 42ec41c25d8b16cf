// The sample calls as a telephone system without channels would have recorded them, with the truth about who speaks when.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Span } from "../../app/domain/index.ts";
import { installationRoot } from "../../app/platform/index.ts";

const folder = join(installationRoot(), "scripts", "demo", "calls");

export interface MonoCall {
  /** 16 kHz samples, both parties in one */
  pcm: Buffer;
  /** agent, customer */
  truth: [Span[], Span[]];
  said: { speaker: string; start_ms: number; end_ms: number; text: string }[];
}

export function sampleCallNames(): string[] {
  return readdirSync(folder).filter((name) => name.endsWith(".json")).map((name) => name.replace(/\.json$/, ""));
}

/** @param name e.g. `double-charge` */
export function monoSampleCall(name: string): MonoCall {
  const { file, said } = JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")) as { file: string; said: MonoCall["said"] };
  const pcm = execFileSync("ffmpeg", ["-nostdin", "-v", "error", "-i", join(folder, file), "-ac", "1", "-ar", "16000", "-f", "s16le", "pipe:1"], { maxBuffer: 2 ** 28 });
  // make-calls.mjs leaves 50 ms before and 75 ms after the sound of a sentence
  const spansOf = (speaker: string): Span[] => said.filter((turn) => turn.speaker === speaker).map((turn) => ({ startMs: turn.start_ms + 50, endMs: turn.end_ms - 75 }));
  return { pcm, truth: [spansOf("agent"), spansOf("customer")], said };
}

/** One party of a sample call alone: 16 kHz samples. */
export function channelOfSampleCall(name: string, channel: 0 | 1): Buffer {
  const { file } = JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")) as { file: string };
  return execFileSync("ffmpeg", ["-nostdin", "-v", "error", "-i", join(folder, file), "-af", `pan=mono|c0=c${channel}`, "-ar", "16000", "-f", "s16le", "pipe:1"], { maxBuffer: 2 ** 28 });
}
