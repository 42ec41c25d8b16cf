// The fall-back: one whisper-cli per window. It loads the model each time, and it needs nothing to stay alive.
import { randomBytes } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { AppError } from "../domain/index.ts";
import { runProgram, type RunResult } from "../platform/index.ts";
import { parseCliWindow, type RawWindow } from "./engine-output.ts";
import { cliArguments, toWav, type ModelSettings } from "./engine-requests.ts";

export interface CliOptions {
  command: string;
  modelPath: string;
  threads: number;
  niceness: number;
  workDir: string;
  language: string;
  settings?: ModelSettings;
  timeoutMs: number;
  signal: AbortSignal;
}

/**
 * Its exit code lies (0 for unreadable sound and for unknown arguments), so only a result that parses is a success. Sound and text lie in the
 * private work folder while it runs and are removed with the call of this function.
 * @throws AppError SPEECH_TIMEOUT, SPEECH_MODEL_MISSING, SPEECH_ENGINE_FAILED, SPEECH_OUTPUT_INVALID; the signal's reason when aborted
 */
export async function transcribeWithCli(pcm: Buffer, options: CliOptions): Promise<RawWindow> {
  const base = join(options.workDir, `window-${randomBytes(8).toString("hex")}`);
  const files = { wavPath: `${base}.wav`, outBase: base };
  try {
    await writeFile(files.wavPath, Buffer.concat(toWav(pcm)), { mode: 0o600 });
    const result = await runProgram(options.command, cliArguments({ ...options, ...files }), {
      timeoutMs: options.timeoutMs,
      killAfterMs: 200,
      cwd: options.workDir,
      niceness: options.niceness,
      signal: options.signal,
    });
    options.signal.throwIfAborted();
    const written = await readFile(`${base}.json`).catch(() => undefined);
    if (result.exitCode !== 0 || written === undefined) throw failure(options, result);
    return parseCliWindow(written);
  } finally {
    await Promise.all([rm(files.wavPath, { force: true }), rm(`${base}.json`, { force: true })]);
  }
}

function failure(options: CliOptions, result: RunResult): AppError {
  const details = { exitCode: result.exitCode, signal: result.signal, program: "whisper-cli" };
  if (result.timedOut) {
    return new AppError("SPEECH_TIMEOUT", `whisper-cli took longer than ${Math.round(options.timeoutMs / 1000)} s for one window; it was ended and is tried again`, { details });
  }
  if (result.exitCode === 3) {
    return new AppError("SPEECH_MODEL_MISSING", `The speech model ${basename(options.modelPath)} is damaged or not for this engine; install it again with: scripts/earshot models fetch`, { details });
  }
  const how = result.notStarted ? "could not be started" : result.signal === null ? `ended with exit code ${result.exitCode ?? "unknown"} and no result` : `ended by ${result.signal}`;
  return new AppError("SPEECH_ENGINE_FAILED", `whisper-cli ${how}; it is tried again, and if this stays, rebuild it with: npm run setup`, { details });
}
