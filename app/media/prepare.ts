// One pass of ffmpeg to 16 kHz samples per channel, then what the samples say: length, layout, who speaks when.
import { join } from "node:path";
import { AppError, SPEECH_RATE_HZ, type AudioFacts, type ChannelAudio, type ChannelLevel } from "../domain/index.ts";
import { decode, decodeTimeoutMs } from "./decode.ts";
import { checkLength, type Inspection } from "./inspect.ts";
import { decideLayout, measureSamples } from "./measure.ts";
import { gainFor } from "./speech-level.ts";
import type { MediaTools } from "./tools.ts";
import type { VoiceActivityDetector } from "./voice-activity.ts";
import { warningsOf } from "./warnings.ts";

export interface PreparationRequest {
  inspection: Inspection;
  /** private folder of the job, the same as for the inspection; `channel-0.pcm` and `channel-1.pcm` are written there */
  folder: string;
  tools: MediaTools;
  detector: VoiceActivityDetector;
  /** wall-time limit of ffmpeg; by default `decodeTimeoutMs` of the expected length */
  timeoutMs?: number;
  /** from SIGTERM to SIGKILL, default 2,000 */
  killAfterMs?: number;
  signal?: AbortSignal;
}

/** A recording ready for the speech engine. No speech on any channel is an answer here, not an error. */
export interface Preparation {
  audio: AudioFacts;
  /** the channels to transcribe: two for stereo, one for mono and dual mono */
  channels: ChannelAudio[];
  /** sentences for the ledger, e.g. that a header was repaired or that the recording breaks off */
  notes: string[];
}

/**
 * Decodes in one pass, measures and finds speech. May be repeated in the same folder at any time.
 * @throws AppError MEDIA_UNREADABLE and MEDIA_HEADER_ONLY (nothing came out), MEDIA_TOO_LONG, FFMPEG_MISSING, FFMPEG_TIMEOUT, FFMPEG_FAILED;
 *   the signal's reason when aborted
 */
export async function prepareRecording(request: PreparationRequest): Promise<Preparation> {
  const { inspection, signal } = request;
  const { maxDurationMs } = inspection;
  const outputs = inspection.picks.map((_, i) => join(request.folder, `channel-${i}.pcm`));
  const { wasDamaged } = await decode({ inspection, sampleRateHz: SPEECH_RATE_HZ, outputs, maxDurationMs }, request.tools, {
    timeoutMs: request.timeoutMs ?? decodeTimeoutMs(inspection.expectedDurationMs),
    ...(request.killAfterMs === undefined ? {} : { killAfterMs: request.killAfterMs }),
    ...(signal === undefined ? {} : { signal }),
  });

  const measured = await measureSamples(outputs, signal);
  const durationMs = Math.floor((measured.samples * 1000) / SPEECH_RATE_HZ);
  if (durationMs === 0) throw new AppError("MEDIA_HEADER_ONLY", "The recording has a header and no sound behind it; check the recording settings of the telephone system");
  checkLength(durationMs, maxDurationMs);

  const { layout, silentChannels } = decideLayout(measured);
  const used = layout === "dual_mono" ? outputs.slice(0, 1) : outputs;
  const activity = await request.detector.detect(used, signal);
  const levels = used.map((_, i): ChannelLevel => {
    const level = activity.levels[i];
    const clipped = measured.clippedRatio[i] ?? 0;
    return { ...(level === undefined ? {} : { speechDb: level.speechDb }), peakDb: Math.round(measured.peakDb[i] ?? -120), clippedRatio: Number(clipped.toPrecision(2)), gainDb: gainFor(level) };
  });
  const warnings = warningsOf({ layout, silentChannels, levels });
  const truncated = isTruncated(durationMs, inspection.declaredDurationMs);
  return {
    audio: {
      container: inspection.container,
      codec: inspection.codec,
      sampleRateHz: inspection.sampleRateHz,
      channels: inspection.channels,
      durationMs,
      ...(inspection.declaredDurationMs === undefined ? {} : { declaredDurationMs: inspection.declaredDurationMs }),
      truncated,
      layout,
      silentChannels,
      ...(measured.correlation === undefined ? {} : { channelCorrelation: Math.round(measured.correlation * 1000) / 1000 }),
      levels,
      detector: activity.detector,
      hold: activity.hold,
      ...(activity.keyTones.length === 0 ? {} : { keyTones: activity.keyTones }),
      ...(warnings.length === 0 ? {} : { warnings }),
    },
    channels: used.map((pcmPath, i) => {
      const gainDb = levels[i]?.gainDb ?? 0;
      return { index: i as 0 | 1, pcmPath, speech: activity.speech[i] ?? [], ...(gainDb === 0 ? {} : { gainDb }) };
    }),
    notes: [
      ...inspection.notes,
      ...activity.notes,
      ...(truncated ? ["the recording breaks off before its declared end"] : []),
      ...(wasDamaged ? ["parts of the recording were damaged and left out"] : []),
      ...(layout === "dual_mono" ? ["both channels carry the same sound: it is read as one"] : []),
    ],
  };
}

/** More than 1 % short; 50 ms are forgiven, because lossy codecs pad and trim their ends. Pure. */
export function isTruncated(durationMs: number, declaredDurationMs: number | undefined): boolean {
  return declaredDurationMs !== undefined && declaredDurationMs - durationMs > Math.max(50, declaredDurationMs / 100);
}
