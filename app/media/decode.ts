// One pass of ffmpeg over a recording: every picked channel into a file of raw samples.
import { rm } from "node:fs/promises";
import { AppError } from "../domain/index.ts";
import { sizeOf } from "../platform/index.ts";
import { decodeArguments } from "./ffmpeg-arguments.ts";
import type { Inspection } from "./inspect.ts";
import { runTool, type MediaTools, type ToolRun } from "./tools.ts";

export interface DecodeRequest {
  inspection: Pick<Inspection, "input" | "picks">;
  sampleRateHz: number;
  /** one absolute path per picked channel; old files are replaced */
  outputs: readonly string[];
  maxDurationMs: number;
}

/** So much more than allowed is decoded, so that "too long" is seen even where no header told. */
const OVERRUN_MS = 1000;

/**
 * @returns whether ffmpeg complained although something came out (a damaged recording is read as far as it goes)
 * @throws AppError MEDIA_UNREADABLE when it complained and nothing came out; those of `runTool`
 */
export async function decode(request: DecodeRequest, tools: MediaTools, run: ToolRun): Promise<{ wasDamaged: boolean }> {
  const { inspection, outputs, sampleRateHz } = request;
  for (const output of outputs) await rm(output, { force: true });
  const plan = { input: inspection.input, picks: inspection.picks, sampleRateHz, outputs, maxDurationMs: request.maxDurationMs + OVERRUN_MS };
  const result = await runTool(tools.ffmpeg, decodeArguments(plan), run);
  const wasDamaged = result.exitCode !== 0 || result.stderr !== "";
  const sizes = await Promise.all(outputs.map((output) => sizeOf(output)));
  if (sizes.includes(undefined) || (wasDamaged && sizes.every((size) => size === 0))) {
    throw new AppError("MEDIA_UNREADABLE", "The recording cannot be decoded; export it again from the telephone system", { details: { exitCode: result.exitCode }, cause: new Error(result.stderr) });
  }
  return { wasDamaged };
}

/** A minute of grace, and half the audio's length: decoding runs at 50× real time and more, at 2× something is wrong. */
export function decodeTimeoutMs(expectedDurationMs: number): number {
  return 60_000 + Math.round(expectedDurationMs / 2);
}
