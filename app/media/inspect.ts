// From a path to a plan: what the recording is and how it is to be decoded, or why it is refused. Nothing is decoded here.
import { AppError, formatDuration, readRiff } from "../domain/index.ts";
import { readRange, type RawFormat } from "../platform/index.ts";
import type { ChannelPick, InputPlan } from "./ffmpeg-arguments.ts";
import { ACCEPTED_FORMATS, RAW_LAYOUTS, rawFormatOfName } from "./formats.ts";
import { bringIn } from "./private-folder.ts";
import { probe, type StreamFacts } from "./probe.ts";
import { checkRiff, plainStreams } from "./riff-check.ts";
import { sniff, xingDurationMs, type Container } from "./sniff.ts";
import type { MediaTools } from "./tools.ts";

export interface InspectionRequest {
  /** an ordinary file; it is never changed */
  path: string;
  /** only its extension is looked at, and only for headerless formats */
  originalName: string;
  /** from the configuration of the source */
  rawFormat?: RawFormat;
  maxDurationMs: number;
  maxBytes: number;
  /** private folder of the job, made when missing */
  folder: string;
  tools: MediaTools;
  /** nobody writes the file any more: an unclosed WAV is repaired instead of waited for */
  isSettled?: boolean;
  /** default 30,000 */
  probeTimeoutMs?: number;
  signal?: AbortSignal;
}

/** Everything that decoding needs. Plain data. */
export interface Inspection {
  input: InputPlan;
  sizeBytes: number;
  /** as ffprobe names them, e.g. `wav` and `pcm_mulaw` */
  container: string;
  codec: string;
  sampleRateHz: number;
  /** as found; only the first two are used */
  channels: number;
  /** one or two */
  picks: ChannelPick[];
  /** what the header promises, when it does */
  declaredDurationMs?: number;
  /** best guess of what will come out, for time limits */
  expectedDurationMs: number;
  maxDurationMs: number;
  /** sentences for the ledger, e.g. that a header was repaired */
  notes: string[];
}

/**
 * Looks at a recording without decoding it: size, first bytes, RIFF header, streams.
 * @throws AppError MEDIA_EMPTY, MEDIA_HEADER_ONLY, MEDIA_STILL_RECORDING, MEDIA_FORMAT_REFUSED, MEDIA_NO_AUDIO, MEDIA_UNREADABLE,
 *   MEDIA_TOO_LONG, TOO_LARGE, RECORDING_MISSING, FFMPEG_MISSING, FFMPEG_TIMEOUT, FFMPEG_FAILED
 */
export async function inspectRecording(request: InspectionRequest): Promise<Inspection> {
  const { inputPath: path, sizeBytes } = await bringIn(request.path, request.folder);
  if (sizeBytes === 0) throw new AppError("MEDIA_EMPTY", "The file of the recording has no bytes; export it again from the telephone system");
  if (sizeBytes > request.maxBytes) {
    throw new AppError("TOO_LARGE", `The recording has ${sizeBytes} bytes and at most ${request.maxBytes} are accepted`, { retry: "after_fix", details: { sizeBytes, maxBytes: request.maxBytes } });
  }
  const kind = await recognise(path, request);
  if (kind.rawFormat !== undefined) return within(request, rawInspection(path, sizeBytes, kind.rawFormat, request));

  const wav = kind.container === "wav" ? await checkWav(path, sizeBytes, request) : undefined;
  const input: InputPlan = { path, demuxer: kind.container, ignoreLength: wav?.ignoreLength ?? false };
  if (wav?.heldMs !== undefined) checkLength(wav.heldMs, request.maxDurationMs);
  const streams = wav?.streams ?? (await probe(input, request.tools, { timeoutMs: request.probeTimeoutMs ?? 30_000, ...(request.signal === undefined ? {} : { signal: request.signal }) }));
  const declared = wav?.declaredMs ?? (wav?.ignoreLength ? undefined : declaredBy(kind, streams));
  return within(request, {
    input,
    sizeBytes,
    container: kind.container,
    codec: streams.codec,
    sampleRateHz: streams.sampleRateHz,
    channels: streams.channels,
    picks: streams.picks,
    ...(declared === undefined ? {} : { declaredDurationMs: declared }),
    expectedDurationMs: wav?.heldMs ?? declared ?? streams.durationMs ?? request.maxDurationMs,
    maxDurationMs: request.maxDurationMs,
    notes: [...(wav?.ignoreLength ? ["the recorder never closed this WAV; its length was taken from the size of the file"] : []), ...streams.notes],
  });
}

type Recognised = { rawFormat: RawFormat } | { rawFormat?: undefined; container: Container; xingMs?: number };

/** Content first; the profile or the extension only when the content has no header of its own. */
async function recognise(path: string, request: InspectionRequest): Promise<Recognised> {
  const head = await readRange(path, 0, 4096);
  let sniffed = sniff(head);
  let body = head;
  if (sniffed.kind === "tagged") {
    body = await readRange(path, sniffed.skipBytes, 4096);
    sniffed = sniff(body);
    // behind an ID3 tag only MP3, AAC and FLAC make sense; ffmpeg's MP3 demuxer copes with padding between tag and sound
    if (sniffed.kind === "unknown" && body.length > 0) sniffed = { kind: "audio", container: "mp3" };
  }
  if (sniffed.kind === "audio") {
    const xingMs = sniffed.container === "mp3" ? xingDurationMs(body) : undefined;
    return { container: sniffed.container, ...(xingMs === undefined ? {} : { xingMs }) };
  }
  const rawFormat = request.rawFormat ?? rawFormatOfName(request.originalName);
  if (rawFormat !== undefined && sniffed.kind === "unknown") return { rawFormat };
  const what = sniffed.kind === "other" ? sniffed.what : sniffed.kind === "text" ? "a text file (a playlist, a web page or an error message)" : sniffed.kind === "tagged" ? "only a tag without sound" : "in a format that Earshot does not know";
  const hint = sniffed.kind === "unknown" ? "; if it is headerless telephone audio, set raw_format for its source" : "";
  throw new AppError("MEDIA_FORMAT_REFUSED", `The recording is ${what}; export it as one of: ${ACCEPTED_FORMATS}${hint}`);
}

/** @returns undefined when the header is not of the plain kind (RF64, chunks beyond 64 KiB): then ffprobe alone decides */
async function checkWav(path: string, sizeBytes: number, request: InspectionRequest): Promise<{ ignoreLength: boolean; declaredMs?: number; heldMs?: number; streams: StreamFacts | undefined } | undefined> {
  const riff = readRiff(await readRange(path, 0, 65_536));
  if (riff === undefined) {
    if (sizeBytes <= 44) throw headerOnly();
    return undefined;
  }
  const verdict = checkRiff(riff, sizeBytes, request.isSettled ?? false);
  if (verdict.kind === "empty") throw headerOnly();
  if (verdict.kind === "growing") {
    throw new AppError("MEDIA_STILL_RECORDING", "The telephone system has not finished writing this WAV (its sizes are still open); it is looked at again later");
  }
  return { ...verdict, streams: plainStreams(riff) };
}

function headerOnly(): AppError {
  return new AppError("MEDIA_HEADER_ONLY", "The recording has a header and no sound behind it; check the recording settings of the telephone system");
}

/** Only a header that counts samples is a promise; lengths computed from a bit rate or the last page are not. */
function declaredBy(kind: Exclude<Recognised, { rawFormat: RawFormat }>, streams: StreamFacts): number | undefined {
  if (kind.container === "mp3") return kind.xingMs;
  return kind.container === "flac" || kind.container === "mov" || kind.container === "w64" ? streams.durationMs : undefined;
}

function rawInspection(path: string, sizeBytes: number, rawFormat: RawFormat, request: InspectionRequest): Inspection {
  const layout = RAW_LAYOUTS[rawFormat];
  return {
    input: { path, demuxer: layout.demuxer, rawFormat, ignoreLength: false },
    sizeBytes,
    container: layout.demuxer,
    codec: layout.codec,
    sampleRateHz: layout.sampleRateHz,
    channels: layout.channels,
    picks: Array.from({ length: layout.channels }, (_, channel) => ({ stream: 0, channel })),
    expectedDurationMs: Math.round((sizeBytes * 1000) / layout.bytesPerSecond),
    maxDurationMs: request.maxDurationMs,
    notes: [`headerless ${rawFormat}, by ${request.rawFormat === undefined ? "the extension of its name" : "the configuration of its source"}`],
  };
}

function within(request: InspectionRequest, inspection: Inspection): Inspection {
  // A truncated file may promise more than it holds: what it holds counts.
  if (inspection.expectedDurationMs !== request.maxDurationMs) checkLength(inspection.expectedDurationMs, request.maxDurationMs);
  return inspection;
}

/** @throws AppError MEDIA_TOO_LONG */
export function checkLength(durationMs: number, maxDurationMs: number): void {
  if (durationMs <= maxDurationMs) return;
  throw new AppError("MEDIA_TOO_LONG", `The recording lasts ${formatDuration(durationMs)} and at most ${formatDuration(maxDurationMs)} are accepted; split it or raise the limit`, {
    details: { durationMs, maxDurationMs },
  });
}
