// What the tests of the speech room share: sound made by arithmetic, folders that go away, the real engine, a fake one.
import { execFileSync } from "node:child_process";
import { accessSync } from "node:fs";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createWhisperEngine, type SpeechEngine, type WhisperEngineOptions } from "../../app/speech/index.ts";
import { installationRoot, silentLog, systemClock } from "../../app/platform/index.ts";

export const BIN_DIR = join(installationRoot(), "engines", "whisper-1.9.1", "bin");
export const MODEL_PATH = join(installationRoot(), "models", "starter-en", "starter-en.bin");
export const FIXTURES = join(installationRoot(), "test", "fixtures", "speech");

/** Says what to do instead of failing obscurely, and instead of skipping. */
export function requireRealEngine(): void {
  for (const path of [join(BIN_DIR, "whisper-server"), join(BIN_DIR, "whisper-cli"), MODEL_PATH]) {
    try {
      accessSync(path);
    } catch {
      throw new Error(`${path} is missing; build the speech engine and install the starter model with: npm run setup`);
    }
  }
}

/** A new folder, removed by the returned function. */
export async function temporaryFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "earshot-speech-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Real programs and the starter model unless told otherwise; short times. */
export function engineFor(workDir: string, changes: Partial<WhisperEngineOptions> = {}): SpeechEngine {
  const times = { backoffMs: 20, watchdogMs: 20_000, ...changes.times };
  return createWhisperEngine({ identity: { engine: "whisper.cpp", model: "starter-en" }, binDir: BIN_DIR, modelPath: MODEL_PATH, threads: 1, worstSpeed: 10, workDir, log: silentLog, clock: systemClock, niceness: 0, ...changes, times });
}

export interface Behaviour {
  start?: "ok" | "crash" | "exit0" | "bad_model" | "never";
  request?: "ok" | "hang" | "die" | "500" | "garbage" | "wrong_shape" | "endless";
}

/** Makes a folder of programs whose whisper-server is the fake. Without `cli` there is no whisper-cli. @returns changes the behaviour */
export async function fakePrograms(binDir: string, cli?: string): Promise<(behaviour: Behaviour) => Promise<void>> {
  await writeProgram(join(binDir, "whisper-server"), `exec '${process.execPath}' '${join(FIXTURES, "fake-whisper-server.mjs")}' '${binDir}' "$@"`);
  if (cli !== undefined) await writeProgram(join(binDir, "whisper-cli"), cli);
  const behave = (behaviour: Behaviour): Promise<void> => writeFile(join(binDir, "behaviour.json"), JSON.stringify(behaviour));
  await behave({});
  return behave;
}

export async function writeProgram(path: string, script: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o700);
}

/** The first 4 s of what the agent of a sample call says: words, also to a model that is not deceived by humming. 16 kHz, 16 bit. */
export function spoken(): Buffer {
  const call = join(installationRoot(), "scripts", "demo", "calls", "double-charge.wav");
  return execFileSync("ffmpeg", ["-v", "error", "-ss", "0.7", "-t", "4", "-i", call, "-af", "pan=mono|c0=c1", "-ar", "16000", "-f", "s16le", "-"], { maxBuffer: 1_000_000 });
}

/** Something like a voice, which no model understands: 140 Hz with harmonics, four syllables a second, a little noise. 16 kHz, 16 bit. */
export function voice(ms: number, loudness = 0.3): Buffer {
  const pcm = Buffer.alloc(ms * 32);
  let seed = 7;
  for (let i = 0; i < ms * 16; i++) {
    const t = i / 16_000;
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    const syllable = Math.max(0, Math.sin(2 * Math.PI * 4 * t)) ** 0.5;
    let wave = (seed / 2_147_483_648 - 0.5) * 0.1;
    for (const [harmonic, weight] of [[1, 0.5], [2, 0.3], [4, 0.4], [9, 0.2], [17, 0.1]] as const) wave += weight * Math.sin(2 * Math.PI * 140 * harmonic * t);
    pcm.writeInt16LE(Math.round(wave * syllable * loudness * 20_000), i * 2);
  }
  return pcm;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Waits until something is so; fails after `withinMs`. */
export async function until(what: string, isSo: () => boolean, withinMs = 8000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`Not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A signal that nobody aborts. */
export const patience = (): AbortSignal => new AbortController().signal;
