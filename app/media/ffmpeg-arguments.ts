// The command lines of ffmpeg and ffprobe, as data. Pure. fluent-ffmpeg builds and orders them; it never starts anything:
// its own spawn has no hard kill and its ffprobe believes forged tags.
import fluent from "fluent-ffmpeg";
import { AUDIO_DECODERS, PROBE_DECODERS, RAW_LAYOUTS } from "./formats.ts";
import type { RawFormat } from "../platform/index.ts";

/** How the one input is opened. The demuxer is forced, so ffmpeg never guesses that a recording is a playlist. */
export interface InputPlan {
  /** absolute path inside the private folder of the job, a fixed name */
  path: string;
  demuxer: string;
  rawFormat?: RawFormat;
  /** WAV whose header sizes are not to be believed: read to the end of the file */
  ignoreLength: boolean;
}

/** One channel of one audio stream. */
export interface ChannelPick {
  /** position among the audio streams */
  stream: number;
  channel: number;
}

/** Decode each picked channel into its own file of raw signed 16-bit little-endian samples. */
export interface DecodePlan {
  input: InputPlan;
  picks: readonly ChannelPick[];
  sampleRateHz: number;
  /** one absolute path per pick */
  outputs: readonly string[];
  /** nothing longer is read or written, whatever the header says */
  maxDurationMs: number;
}

/** @returns arguments of ffmpeg for one pass over the recording */
export function decodeArguments(plan: DecodePlan): string[] {
  const { input, picks, sampleRateHz } = plan;
  const command = fluent(`file:${input.path}`).inputOptions(...QUIET, ...inputOptions(input, AUDIO_DECODERS), "-t", seconds(plan.maxDurationMs));
  // `pan` takes channels by number, so one rule serves mono, stereo, unnamed layouts and four channels; `channelsplit` fails on all but stereo.
  // `first_pts=0` keeps two streams in step when one starts later.
  const sync = new Set(picks.map((pick) => pick.stream)).size > 1 ? ":async=1:first_pts=0" : "";
  command.complexFilter(picks.map((pick, i) => `[0:a:${pick.stream}]pan=mono|c0=c${pick.channel},aresample=${sampleRateHz}${sync}[c${i}]`));
  const maxBytes = Math.ceil(plan.maxDurationMs / 1000) * sampleRateHz * 2 + 65_536;
  plan.outputs.forEach((output, i) => {
    command.output(`file:${output}`).outputOptions("-map", `[c${i}]`, ...BARE).audioCodec("pcm_s16le").audioFrequency(sampleRateHz).audioChannels(1).format("s16le").outputOptions("-fs", String(maxBytes));
  });
  return argumentsOf(command);
}

/**
 * @param inputs one or two files of raw 16-bit mono samples of equal length
 * @returns arguments of ffmpeg that make one FLAC file of them
 */
export function encodeArguments(inputs: readonly string[], sampleRateHz: number, output: string): string[] {
  const command = fluent();
  inputs.forEach((path, i) => {
    const raw = ["-protocol_whitelist", "file", "-format_whitelist", "s16le", "-f", "s16le", "-ar", String(sampleRateHz), "-ac", "1"];
    command.input(`file:${path}`).inputOptions(...(i === 0 ? QUIET : []), ...raw);
  });
  if (inputs.length === 2) command.complexFilter("[0:a:0][1:a:0]join=inputs=2:channel_layout=stereo[out]");
  command.output(`file:${output}`).outputOptions("-map", inputs.length === 2 ? "[out]" : "0:a:0", ...BARE).audioCodec("flac").outputOptions("-compression_level", "5", "-bitexact").format("flac");
  return argumentsOf(command);
}

/** @returns arguments of ffprobe; JSON, because tags can forge lines of its text format; only the fields that are read */
export function probeArguments(input: InputPlan): string[] {
  const entries = "format=format_name,duration:stream=index,codec_type,codec_name,sample_rate,channels,duration:stream_disposition=attached_pic";
  return ["-v", "error", ...inputOptions(input, PROBE_DECODERS), "-of", "json", "-show_entries", entries, "-i", `file:${input.path}`];
}

// fluent-ffmpeg adds `-y` only where it takes an output for a file, and `file:` confuses it
const QUIET = ["-y", "-nostdin", "-hide_banner", "-loglevel", "error"];
const BARE = ["-vn", "-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1"];

/** White-lists and demuxer; they must stand before `-i`, or they bind nothing. */
function inputOptions(input: InputPlan, decoders: readonly string[]): string[] {
  const raw = input.rawFormat && RAW_LAYOUTS[input.rawFormat];
  return [
    ...["-protocol_whitelist", "file", "-format_whitelist", input.demuxer, "-codec_whitelist", decoders.join(","), "-f", input.demuxer],
    ...(raw?.takesRate ? ["-ar", String(raw.sampleRateHz), "-ac", String(raw.channels)] : []),
    ...(input.ignoreLength ? ["-ignore_length", "1"] : []),
  ];
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

/** The argument list is complete only inside fluent-ffmpeg; its types do not show the method. */
function argumentsOf(command: fluent.FfmpegCommand): string[] {
  return (command as unknown as { _getArguments(): (string | number)[] })._getArguments().map(String);
}
