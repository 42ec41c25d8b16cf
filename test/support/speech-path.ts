// The product's own way from a recording to turns, and nothing else of it: inspect, decode, find speech, windows, resident engine, guard, turns.
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ChannelAudio, SpokenTurn, Word } from "../../app/domain/index.ts";
import { findMediaTools, inspectRecording, prepareRecording, telephonyDetector, type MediaTools } from "../../app/media/index.ts";
import { ensureFolder, installationRoot, resolveModel, silentLog, systemClock, type ResolvedModel } from "../../app/platform/index.ts";
import { createWhisperEngine, engineSettings, transcribeCall, windowLimits, type SpeechEngine, type Transcription, type WindowLimits } from "../../app/speech/index.ts";

/** Folder of whisper-server and whisper-cli. */
export const ENGINE_DIR = join(installationRoot(), "engines", "whisper-1.9.1", "bin");

export interface SpeechPathOptions {
  /** name in the store of models, or a path */
  model: string;
  /** instead of what the store says for this model */
  windowMs?: number;
  threads: number;
  /** holds the engine's files and decoded sound; made when missing */
  workDir: string;
  /** niceness of the engine, default 0: it is measured */
  niceness?: number;
}

/** What became of one recording. */
export interface HeardCall extends Transcription {
  durationMs: number;
  channels: ChannelAudio[];
  /** the words of each channel in order of time */
  words: Word[][];
}

export interface SpeechPath {
  readonly model: ResolvedModel;
  readonly limits: WindowLimits;
  readonly tools: MediaTools;
  readonly engine: SpeechEngine;
  /** Starts the engine, so that loading the model is not measured with the first call. */
  start(): Promise<void>;
  /** @param use looks at the decoded channels before they are removed */
  hear(path: string, use?: (channels: readonly ChannelAudio[]) => Promise<void>): Promise<HeardCall>;
  stop(): Promise<void>;
}

/** @throws AppError SPEECH_MODEL_MISSING, MODEL_INVALID, FFMPEG_MISSING */
export async function createSpeechPath(options: SpeechPathOptions): Promise<SpeechPath> {
  const found = resolveModel(options.model, "speech", { dataDir: join(installationRoot(), "var") });
  const model = { ...found, ...(options.windowMs === undefined ? {} : { windowMs: options.windowMs }) };
  const tools = await findMediaTools();
  const limits = windowLimits(model);
  const engine = createWhisperEngine({
    identity: { engine: "whisper.cpp", model: model.name, sha256: model.sha256 ?? "" }, settings: engineSettings(model),
    binDir: ENGINE_DIR, modelPath: model.path, threads: options.threads, worstSpeed: 60, // slow beside other work is not hung
    workDir: await ensureFolder(join(options.workDir, "engine")), log: silentLog, clock: systemClock, niceness: options.niceness ?? 0,
  });
  return {
    model, limits, tools, engine,
    start: () => engine.start(),
    stop: () => engine.stop(),
    async hear(path, use) {
      const folder = await mkdtemp(join(options.workDir, "call-"));
      try {
        const inspection = await inspectRecording({ path, originalName: path, folder, maxDurationMs: 6 * 3_600_000, maxBytes: 2 ** 31, isSettled: true, tools });
        const { audio, channels } = await prepareRecording({ inspection, folder, tools, detector: telephonyDetector });
        const heard = await transcribeCall({
          channels, speakers: { 0: "customer", 1: "agent" }, language: "en", engine, limits, signal: new AbortController().signal,
        });
        await use?.(channels);
        return { ...heard, durationMs: audio.durationMs, channels, words: wordsByChannel(heard.turns, channels.length) };
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

function wordsByChannel(turns: readonly SpokenTurn[], channels: number): Word[][] {
  return Array.from({ length: channels }, (_, i) => turns.filter((turn) => turn.channel === i).flatMap((turn) => turn.words));
}
