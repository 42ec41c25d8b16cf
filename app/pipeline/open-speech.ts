// Makes the speech engine that the settings mean: whisper.cpp on this machine, or the site's own endpoints.
import { randomBytes } from "node:crypto";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { installationRoot, resolveModel, type Clock, type Config, type Log, type Net } from "../platform/index.ts";
import { createRemoteEngine, createWhisperEngine, engineSettings, identifyModel, WINDOW_LIMITS, windowLimits, type Aim } from "../speech/index.ts";

export interface SpeechGround {
  config: Config;
  net: Net;
  clock: Clock;
  log: Log;
}

/**
 * Nothing runs yet.
 * @param chosen name or path of a model that wins over `speech.model`
 * @throws AppError SPEECH_MODEL_MISSING, MODEL_INVALID
 */
export function openSpeech(chosen: string | undefined, ground: SpeechGround): Promise<Aim> {
  return ground.config.speech.engine === "openai" ? Promise.resolve(openRemote(ground)) : openWhisper(chosen ?? ground.config.speech.model, ground);
}

/** Folder of whisper.cpp's programs. */
export function enginePrograms({ speech }: Pick<Config, "speech">): string {
  return speech.engine_dir ?? join(installationRoot(), "engines", "whisper-1.9.1", "bin");
}

/** Folder that holds the private folders of all engines. */
export function enginesFolder(config: Pick<Config, "data_dir">): string {
  return join(config.data_dir, "engine");
}

async function openWhisper(wanted: string, { config, clock, log }: SpeechGround): Promise<Aim> {
  const { speech } = config;
  const model = resolveModel(wanted, "speech", { dataDir: config.data_dir });
  const { sha256 } = await identifyModel(model.path);
  const options = { binDir: enginePrograms(config), modelPath: model.path, threads: speech.threads ?? defaultThreads(), worstSpeed: speech.worst_speed };
  const workDir = join(enginesFolder(config), randomBytes(4).toString("hex")); // two engines run side by side while a model is changed
  const identity = { engine: "whisper.cpp" as const, model: model.name, sha256 };
  const limits = windowLimits(model);
  const engine = createWhisperEngine({ ...options, identity, workDir, log, clock, settings: engineSettings(model) });
  return { engine, limits, fingerprint: JSON.stringify([identity, options, limits]) };
}

/** Full windows: the models of a cluster like them, and each window is a request. */
function openRemote({ config, ...ground }: SpeechGround): Aim {
  const { endpoints, key, allow_public, timeout_seconds } = config.speech;
  const options = { endpoints: endpoints.map((one) => ({ ...one, key: one.key ?? key })), allowPublic: allow_public, timeoutMs: timeout_seconds * 1000 };
  return { engine: createRemoteEngine({ ...options, ...ground }), limits: WINDOW_LIMITS, fingerprint: JSON.stringify(options) };
}

/** Half of the cores: the other half keeps decoding, the web server and the database quick. */
function defaultThreads(): number {
  return Math.max(1, Math.ceil(availableParallelism() / 2));
}
