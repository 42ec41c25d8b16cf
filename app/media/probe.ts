// What ffprobe says about a recording, parsed as data from outside.
import { z } from "zod";
import { AppError } from "../domain/index.ts";
import { probeArguments, type ChannelPick, type InputPlan } from "./ffmpeg-arguments.ts";
import { ACCEPTED_FORMATS } from "./formats.ts";
import { runTool, type MediaTools, type ToolRun } from "./tools.ts";

const numeric = z.union([z.string(), z.number()]).transform(Number).pipe(z.number().finite());

const probeSchema = z.object({
  streams: z
    .array(
      z.object({
        codec_type: z.string().optional(),
        codec_name: z.string().default("unknown"),
        sample_rate: numeric.optional().catch(undefined),
        channels: z.number().int().optional(),
        duration: numeric.optional().catch(undefined),
        disposition: z.object({ attached_pic: z.number().default(0) }).default({ attached_pic: 0 }),
      }),
    )
    .default([]),
  format: z.object({ format_name: z.string().optional(), duration: numeric.optional().catch(undefined) }).default({}),
});

/** The output of ffprobe after parsing. */
export type Probe = z.output<typeof probeSchema>;

/** What the streams of a recording amount to. */
export interface StreamFacts {
  codec: string;
  sampleRateHz: number;
  /** as found, over all streams that are used; may be more than are picked */
  channels: number;
  picks: ChannelPick[];
  /** integer ms; ffprobe computes it from the header, the last page, or the bit rate, so it is not always a promise */
  durationMs?: number;
  /** sentences for the ledger */
  notes: string[];
}

/**
 * @throws AppError MEDIA_UNREADABLE, MEDIA_FORMAT_REFUSED, MEDIA_NO_AUDIO, and those of `runTool`
 */
export async function probe(input: InputPlan, tools: MediaTools, run: ToolRun): Promise<StreamFacts> {
  const result = await runTool(tools.ffprobe, probeArguments(input), run);
  if (result.exitCode !== 0) throw refusal(result.stderr);
  return readStreams(parse(result.stdout.toString("utf8")));
}

/**
 * Decides which channels are used: both of a stereo stream, one of each of two mono streams, the first two of more. Pure.
 * @throws AppError MEDIA_FORMAT_REFUSED (a film; a cover picture is no film), MEDIA_NO_AUDIO, MEDIA_UNREADABLE
 */
export function readStreams(probed: Probe): StreamFacts {
  if (probed.streams.some((stream) => stream.codec_type === "video" && stream.disposition.attached_pic !== 1)) {
    throw new AppError("MEDIA_FORMAT_REFUSED", `The recording is a video; export its sound as one of: ${ACCEPTED_FORMATS}`);
  }
  const audio = probed.streams.filter((stream) => stream.codec_type === "audio");
  const first = audio[0];
  if (first === undefined) throw new AppError("MEDIA_NO_AUDIO", "The recording has no audio stream; check that the telephone system exports audio");
  const used = first.channels === 1 && audio[1]?.channels === 1 ? audio.slice(0, 2) : [first];
  const channels = used.reduce((sum, stream) => sum + (stream.channels ?? 0), 0);
  const sampleRateHz = Math.max(...used.map((stream) => stream.sample_rate ?? 0));
  if (channels < 1 || sampleRateHz < 1) throw new AppError("MEDIA_UNREADABLE", "The recording does not say how many channels or samples it has; export it again from the telephone system");
  const notes: string[] = [];
  if (audio.length > used.length) notes.push(`${audio.length} audio streams: only the first ${used.length === 2 ? "two are" : "is"} read`);
  if (channels > 2) notes.push(`${channels} channels: only the first two are read`);
  const picks = used.length === 2 ? [0, 1].map((stream) => ({ stream, channel: 0 })) : Array.from({ length: Math.min(2, channels) }, (_, channel) => ({ stream: 0, channel }));
  const durations = [...used.map((stream) => stream.duration), probed.format.duration].filter((value): value is number => value !== undefined && value >= 0);
  return {
    codec: first.codec_name,
    sampleRateHz,
    channels,
    picks,
    notes,
    ...(durations.length === 0 ? {} : { durationMs: Math.round(Math.max(...durations) * 1000) }),
  };
}

function parse(text: string): Probe {
  try {
    return probeSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError("MEDIA_UNREADABLE", "ffprobe describes the recording in a way that cannot be read; export it again from the telephone system", { cause });
  }
}

/** The file has a header that we know and ffprobe does not get through it. */
function refusal(stderr: string): AppError {
  const codec = /Codec \(([\w.-]{1,40})\) not on whitelist/.exec(stderr)?.[1];
  if (codec !== undefined || /not on whitelist/.test(stderr)) {
    return new AppError("MEDIA_FORMAT_REFUSED", `The recording holds ${codec === undefined ? "a format" : `${codec}, which is`} not accepted; export it as one of: ${ACCEPTED_FORMATS}`, { details: { codec } });
  }
  return new AppError("MEDIA_UNREADABLE", "The recording is damaged: its header cannot be read; export it again from the telephone system", { cause: new Error(stderr) });
}
