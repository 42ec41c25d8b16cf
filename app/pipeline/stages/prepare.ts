// prepare: what the recording is, who is on which channel, and when somebody speaks.
import { join } from "node:path";
import { rm } from "node:fs/promises";
import { AppError, type ChannelAssignment, type Span, type VoiceSeparation } from "../../domain/index.ts";
import { assignChannels, inspectRecording, prepareRecording, type Inspection, type Preparation } from "../../media/index.ts";
import { ensureFolder, type FolderConfig, type RawFormat, type SourceConfig } from "../../platform/index.ts";
import { factsOf, type RecordingRow, type SessionRow, type SpeechByChannel } from "../../store/index.ts";
import type { Parts } from "../parts.ts";
import type { CallStage } from "../stage.ts";

export const prepare: CallStage = {
  name: "prepare",
  subject: "call",
  lane: "cpu",
  next: "transcribe",
  waiting: "The recording is about to be examined",
  async run({ session, recording }, parts, signal) {
    const prepared = await decode(session, recording, parts, signal);
    const { audio, channels } = prepared;
    const assignment = audio.layout === "stereo" ? assignmentOf(session, parts) : null;
    const speech: SpeechByChannel = Object.fromEntries(channels.map((channel) => [String(channel.index), channel.speech]));
    if (channels.every((channel) => channel.speech.length === 0)) {
      await rm(spoolFolder(session.id, parts), { recursive: true, force: true });
      throw new AppError("MEDIA_SILENT", `Nobody speaks in this recording of ${Math.round(audio.durationMs / 1000)} s; check that the telephone system records both parties`);
    }
    const separation = await separate(prepared, parts, signal);
    return {
      save() {
        parts.store.writes.recordings.setAudio(recording.id, audio, assignment, speech);
        parts.store.writes.recordings.setSeparation(recording.id, separation);
        parts.store.writes.sessions.setDuration(session.id, audio.durationMs);
      },
      detail: `${describe(prepared)}${separation === undefined ? "" : `; ${separation.reason}`}`,
    };
  },
};

/** Both parties on one channel: their voices are told apart, as far as that can be done. */
async function separate({ audio, channels }: Preparation, parts: Parts, signal: AbortSignal): Promise<VoiceSeparation | undefined> {
  const [channel] = channels;
  if (audio.layout === "stereo" || channel === undefined) return undefined;
  return { method: parts.separator.name, ...(await parts.separator.separate(channel.pcmPath, channel.speech, signal)) };
}

/** Decodes a recording into the spool: one file of 16 kHz samples a channel. May be repeated at any time. */
export async function decode(session: SessionRow, recording: RecordingRow, parts: Parts, signal: AbortSignal): Promise<Preparation> {
  const folder = spoolFolder(session.id, parts);
  await rm(folder, { recursive: true, force: true });
  await ensureFolder(folder);
  try {
    const inspection = await inspect(recording, folder, parts, signal);
    return await prepareRecording({ inspection, folder, tools: parts.media, detector: parts.detector, signal });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** What the stored file is. A blanked rendition has replaced headerless originals, so their format does not apply to it. */
export async function inspect(recording: RecordingRow, folder: string, parts: Parts, signal: AbortSignal): Promise<Inspection> {
  if (recording.file === null) throw new AppError("RECORDING_MISSING", "The recording of this call has not arrived");
  const isReplaced = recording.muted_ms > 0;
  return inspectRecording({
    path: parts.vault.pathOf(recording.file),
    originalName: isReplaced ? "blanked.flac" : (recording.original_name ?? ""),
    ...(recording.raw_format === null || isReplaced ? {} : { rawFormat: recording.raw_format as RawFormat }),
    folder,
    maxDurationMs: parts.config.intake.max_recording_hours * 3_600_000,
    maxBytes: parts.config.intake.max_recording_mb * 1_048_576,
    isSettled: true,
    tools: parts.media,
    signal,
  });
}

export function spoolFolder(sessionId: string, parts: Parts): string {
  return join(parts.spool, sessionId);
}

/** Notification → source or folder configuration → derived from the direction; the reason is stored with the result. */
export function assignmentOf(session: SessionRow, parts: Parts): ChannelAssignment {
  const facts = factsOf(session);
  const configured = configuredFor(session, parts);
  return assignChannels({
    ...(facts.channelMap === undefined ? {} : { explicit: facts.channelMap }),
    ...(configured?.channel_map === undefined ? {} : { configured: configured.channel_map }),
    direction: session.direction,
    recordedLeg: configured?.recorded_leg ?? "trunk",
  });
}

/** Settings of the source or folder that a call came from. */
export function configuredFor(session: SessionRow, parts: Parts): SourceConfig | FolderConfig | undefined {
  const { sources, folders } = parts.config.intake;
  return sources.find((one) => one.name === session.source) ?? folders.find((one) => one.source === session.source);
}

/** Name that the media room gives the samples of a channel. */
export function channelFile(sessionId: string, index: string, parts: Parts): string {
  return join(spoolFolder(sessionId, parts), `channel-${index}.pcm`);
}

function describe({ audio, channels, notes }: Preparation): string {
  const speechMs = channels.reduce((sum, channel) => sum + channel.speech.reduce((part: number, span: Span) => part + span.endMs - span.startMs, 0), 0);
  const layout = { stereo: "two channels", dual_mono: "two equal channels, treated as one", mono: "one channel" }[audio.layout];
  return `${audio.codec}, ${layout}, ${Math.round(audio.durationMs / 1000)} s, ${Math.round(speechMs / 1000)} s of speech${audio.truncated ? "; the recording breaks off early" : ""}${notes.map((note) => `; ${note}`).join("")}`;
}
