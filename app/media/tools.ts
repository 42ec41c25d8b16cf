// Where ffmpeg and ffprobe are, and running them: limits, and their failures as our errors.
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import { AppError } from "../domain/index.ts";
import { programEnvironment, runProgram, type RunResult } from "../platform/index.ts";

/** Absolute paths of the two programs. */
export interface MediaTools {
  ffmpeg: string;
  ffprobe: string;
}

/**
 * Looks for ffmpeg and ffprobe on PATH.
 * @throws AppError FFMPEG_MISSING
 */
export async function findMediaTools(): Promise<MediaTools> {
  const [ffmpeg, ffprobe] = await Promise.all([findOnPath("ffmpeg"), findOnPath("ffprobe")]);
  if (ffmpeg === undefined || ffprobe === undefined) throw missing(ffmpeg === undefined ? "ffmpeg" : "ffprobe");
  return { ffmpeg, ffprobe };
}

async function findOnPath(program: string): Promise<string | undefined> {
  for (const folder of (programEnvironment()["PATH"] ?? "").split(delimiter)) {
    if (!isAbsolute(folder)) continue; // a relative entry would find programs in whatever folder we happen to be in
    const path = join(folder, program);
    if (await access(path, constants.X_OK).then(() => true, () => false)) return path;
  }
  return undefined;
}

/** Limits of one run of ffmpeg or ffprobe. */
export interface ToolRun {
  /** wall time; then the whole group gets SIGTERM, and SIGKILL after `killAfterMs` (default 2,000) */
  timeoutMs: number;
  killAfterMs?: number;
  signal?: AbortSignal;
}

/** Decoding is heavy and nobody waits for it: the web server comes first. */
const NICENESS = 5;

/**
 * Runs ffmpeg or ffprobe to its end.
 * @returns the result when the program ended by itself (with whatever exit code): the caller knows what that code means for its work
 * @throws AppError FFMPEG_MISSING, FFMPEG_TIMEOUT (hung), FFMPEG_FAILED (killed by a signal: a crash); the signal's reason when aborted
 */
export async function runTool(program: string, args: readonly string[], run: ToolRun): Promise<RunResult> {
  run.signal?.throwIfAborted();
  const { killAfterMs, signal } = run;
  const result = await runProgram(program, args, {
    timeoutMs: run.timeoutMs,
    niceness: NICENESS,
    maxStdoutBytes: 1024 * 1024,
    ...(killAfterMs === undefined ? {} : { killAfterMs }),
    ...(signal === undefined ? {} : { signal }),
  });
  if (result.aborted) signal?.throwIfAborted();
  // `nice` starts the program for us: it answers 127 when there is none and 126 when it may not be run
  if (result.notStarted || result.exitCode === 127 || result.exitCode === 126) throw missing(program);
  if (result.timedOut) {
    throw new AppError("FFMPEG_TIMEOUT", `Reading the recording took longer than ${Math.round(run.timeoutMs / 1000)} s and was stopped; it is tried again later`, { details: { limitMs: run.timeoutMs } });
  }
  if (result.overflowed) throw new AppError("MEDIA_UNREADABLE", "The description of the recording is absurdly long; export it again from the telephone system");
  if (result.signal !== null || isCrash(result.exitCode)) {
    throw new AppError("FFMPEG_FAILED", "ffmpeg crashed while reading the recording; it is tried again later, and an update of ffmpeg may help", {
      details: { exitCode: result.exitCode, signal: result.signal },
      cause: new Error(result.stderr),
    });
  }
  if (result.exitCode !== 0 && /No space left on device/.test(result.stderr)) {
    throw new AppError("FFMPEG_FAILED", "The disk ran full while reading the recording; free some space, it is tried again later", { cause: new Error(result.stderr) });
  }
  return result;
}

/** 128 + signal number, as wrappers report a program that died of a signal; ffmpeg's own codes are 1 and 255 (asked to stop). */
function isCrash(exitCode: number | null): boolean {
  return exitCode !== null && exitCode > 128 && exitCode < 160;
}

function missing(program: string): AppError {
  return new AppError("FFMPEG_MISSING", `${program} cannot be started; install it with: apt-get install ffmpeg`);
}
