// The recording as people may hear it: FLAC at its own rate, with the redacted spans blanked, and proof that they are.
import { rm, stat, truncate } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AppError, type AudioLayout } from "../domain/index.ts";
import { ensureFolder, renameDurably, sizeOf, syncFile, temporaryBeside } from "../platform/index.ts";
import { decode, decodeTimeoutMs } from "./decode.ts";
import { encodeArguments } from "./ffmpeg-arguments.ts";
import { inspectRecording, type Inspection } from "./inspect.ts";
import { decideLayout, measureSamples } from "./measure.ts";
import { areBlank, blankSamples, sampleSpans, type MuteSpan } from "./mute.ts";
import { runTool, type MediaTools } from "./tools.ts";

export interface RenderRequest {
  inspection: Inspection;
  /** of `AudioFacts`; the samples are measured again, and only when both say `stereo` may a span be blanked on one channel alone */
  layout: AudioLayout;
  /** any number, in any order */
  mute: readonly MuteSpan[];
  /** absolute path of the rendition; it appears there only whole, verified and flushed */
  target: string;
  /** private folder of the job, the same as for the inspection; samples are written there and removed again */
  folder: string;
  tools: MediaTools;
  /** per run of ffmpeg; by default from the expected length */
  timeoutMs?: number;
  signal?: AbortSignal;
}

/**
 * Makes the rendition. The spans are blanked in the samples themselves (exact to the sample, any number of spans; ffmpeg's `volume` filter
 * switches only at frame borders, up to 128 ms late at 8 kHz) and the finished file is decoded again to prove it. When the channels are not
 * two separate parties, every span is blanked on all of them, because each carries both voices.
 * @throws AppError REDACTION_FAILED when the proof fails (then there is no rendition); those of `prepareRecording`; the signal's reason
 */
export async function renderPlayback(request: RenderRequest): Promise<{ sizeBytes: number; durationMs: number }> {
  const { inspection, folder, target, tools, signal } = request;
  const rate = inspection.sampleRateHz;
  const parts = inspection.picks.map((_, i) => join(folder, `part${i}.s16`));
  const run = { timeoutMs: request.timeoutMs ?? decodeTimeoutMs(inspection.expectedDurationMs), ...(signal === undefined ? {} : { signal }) };
  await ensureFolder(dirname(target));
  const aside = temporaryBeside(target); // its name is swept after a crash
  try {
    await decode({ inspection, sampleRateHz: rate, outputs: parts, maxDurationMs: inspection.maxDurationMs }, tools, run);
    const samples = await evenLength(parts);
    const isSeparate = request.layout === "stereo" && decideLayout(await measureSamples(parts, signal)).layout === "stereo";
    const mute = isSeparate ? request.mute : request.mute.map((span) => ({ ...span, channel: "both" as const }));
    for (const [i, part] of parts.entries()) await blankSamples(part, sampleSpans(mute, i, rate, samples));
    const encoded = await runTool(tools.ffmpeg, encodeArguments(parts, rate, aside), run);
    if (encoded.exitCode !== 0) {
      throw new AppError("FFMPEG_FAILED", "The rendition could not be written; it is tried again later", { details: { exitCode: encoded.exitCode }, cause: new Error(encoded.stderr) });
    }
    for (const part of parts) await rm(part);
    await verifyMuted({ path: aside, mute, samples, folder: join(folder, "proof"), tools, ...run });
    await syncFile(aside);
    await renameDurably(aside, target);
    return { sizeBytes: (await stat(target)).size, durationMs: Math.floor((samples * 1000) / rate) };
  } finally {
    for (const path of [aside, ...parts]) await rm(path, { force: true });
  }
}

/** Our own rendition of a recording that was accepted: only a day bounds the work. */
const UNLIMITED = { maxDurationMs: 24 * 3_600_000, maxBytes: Number.MAX_SAFE_INTEGER };

export interface VerificationRequest {
  /** a rendition in FLAC */
  path: string;
  mute: readonly MuteSpan[];
  /** length that it must have, when known */
  samples?: number;
  /** private folder, made when missing and removed afterwards */
  folder: string;
  tools: MediaTools;
  timeoutMs?: number;
  signal?: AbortSignal;
}

/**
 * Decodes a rendition and looks: every sample of every span must be zero, and nothing may be missing.
 * @throws AppError REDACTION_FAILED when it is not so or cannot be established; the signal's reason when aborted
 */
export async function verifyMuted(request: VerificationRequest): Promise<void> {
  try {
    const fault = await faultOf(request);
    if (fault !== undefined) throw failed(fault);
  } catch (error) {
    request.signal?.throwIfAborted();
    throw error instanceof AppError && error.code === "REDACTION_FAILED" ? error : failed("could not be checked", error);
  } finally {
    await rm(request.folder, { recursive: true, force: true });
  }
}

async function faultOf(request: VerificationRequest): Promise<string | undefined> {
  const { path, folder, tools, signal, mute } = request;
  const cancel = signal === undefined ? {} : { signal };
  const inspection: Inspection = await inspectRecording({ path, originalName: "", folder, tools, ...UNLIMITED, ...cancel });
  const rate = inspection.sampleRateHz;
  const parts = inspection.picks.map((_, i) => join(folder, `proof${i}.s16`));
  const timeoutMs = request.timeoutMs ?? decodeTimeoutMs(inspection.expectedDurationMs);
  const { wasDamaged } = await decode({ inspection, sampleRateHz: rate, outputs: parts, maxDurationMs: UNLIMITED.maxDurationMs }, tools, { timeoutMs, ...cancel });
  if (wasDamaged) return "is damaged";
  for (const [i, part] of parts.entries()) {
    const samples = ((await sizeOf(part)) ?? 0) / 2;
    if (samples !== (request.samples ?? samples)) return "has another length than the recording";
    if (!(await areBlank(part, sampleSpans(mute, parts.length === 1 ? "any" : i, rate, samples)))) return "is not silent where it must be";
  }
  return undefined;
}

function failed(what: string, cause?: unknown): AppError {
  return new AppError("REDACTION_FAILED", `The masked rendition of the recording ${what}, so it is not used; it is made again later`, { cause });
}

/** Two streams may end at different times: the shorter file is filled up with silence. @returns samples of each */
async function evenLength(parts: readonly string[]): Promise<number> {
  const sizes = await Promise.all(parts.map(async (part) => (await sizeOf(part)) ?? 0));
  const longest = Math.max(...sizes);
  const bytes = longest - (longest % 2);
  for (const part of parts) await truncate(part, bytes);
  return bytes / 2;
}
