// Builds the engine that the settings ask for. Nothing runs yet: a language model is loaded by the first question.
import { existsSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { AppError, toAppError } from "../domain/index.ts";
import { hashFile, listModels, resolveModel, type Clock, type Config, type Log, type ModelPlaces, type Net, type ResolvedModel } from "../platform/index.ts";
import { decideEngine, type AnalysisEngine } from "./engine.ts";
import { createExtractiveEngine, type ExtractiveOptions } from "./extractive-engine.ts";
import { loadFindingsModel } from "./learned/findings-model.ts";
import type { GroundTerms } from "./findings/terms.ts";
import { createModelEngine } from "./model-engine.ts";
import type { LanguageModel } from "./models/language-model.ts";
import { createLlamaModel } from "./models/llama/llama-model.ts";
import type { Encoder } from "./models/small-models.ts";
import { openEncoder } from "./models/transformers/encoder.ts";
import { createOpenAiModel } from "./models/openai/openai-model.ts";
import { loadTaxonomy } from "./taxonomy.ts";

export interface AnalysisGround extends ModelPlaces {
  /** folder of the installation, where config/taxonomy.yaml lies */
  root: string;
  net: Net;
  clock: Clock;
  log: Log;
  /** looks terms of the business up, for engines with a language model */
  terms?: GroundTerms;
  /** reads conversations as a whole beside the linear weights, see `openSiteEncoder` */
  encoder?: Encoder | undefined;
}

/** Answers are greedy; the seed is stored with them all the same, for engines that use it. */
const SEED = 7;
/** A model that is only for trying out is taken when somebody names it, never by itself: the extractive engine is better. */
const FIT_QUALITY = 2;

/**
 * @param settings `analysis` of the configuration
 * @param model    what `openLanguageModel` found, when others use it too
 * @returns the engine, ready to work
 * @throws AppError CONFIG_INVALID when the configured engine cannot run here or the taxonomy has mistakes; ANALYSIS_MODEL_MISSING, MODEL_INVALID when a model is named
 *   that is not there
 */
export function chooseEngine(settings: Config["analysis"], ground: AnalysisGround, model = openLanguageModel(settings, ground)): AnalysisEngine {
  const taxonomy = loadTaxonomy(settings.taxonomy ?? join(ground.root, "config", "taxonomy.yaml"));
  const weights = join(ground.root, "models", "starter-findings", "findings.json");
  const isWhole = existsSync(weights);
  if (!isWhole) ground.log.warn({ event: "analysis.weights_missing" }, "the weights of the findings (models/starter-findings) are missing, so far less is found; install Earshot again");
  const extractive = createExtractiveEngine({ taxonomy, companyNames: settings.company_names, ...(isWhole ? { model: loadFindingsModel(weights) } : {}), ...encodingOf(ground) });
  return model === undefined ? extractive : createModelEngine({ model, otherwise: extractive, taxonomy, clock: ground.clock, terms: ground.terms });
}

/** The encoder that ships, unless the site does without. Its process starts with the first conversation. @throws AppError MODEL_INVALID when its files are none */
export function openSiteEncoder(settings: Config["analysis"], root: string, log: Log): Encoder | undefined {
  if (!settings.encoder) return undefined;
  const folder = join(root, "models", "starter-encoder");
  if (existsSync(folder)) return openEncoder(folder, { log });
  log.warn({ event: "analysis.encoder_missing" }, "the encoder (models/starter-encoder) is missing, so topics are wrong and slots empty more often; install Earshot again, or set analysis.encoder to false");
  return undefined;
}

/** What it cannot read is read by the other weights alone: a little worse, and the log says so. */
function encodingOf({ encoder, log }: AnalysisGround): Pick<ExtractiveOptions, "encode" | "stop"> {
  if (encoder === undefined) return {};
  return {
    stop: () => encoder.stop(),
    encode: (turns, signal) => encoder.read(turns, signal).catch((thrown: unknown) => {
      signal?.throwIfAborted();
      log.warn({ event: "analysis.encoder_failed", code: toAppError(thrown, "ENCODING_FAILED").code }, "the encoder does not answer; the conversation is analysed without it");
      return undefined;
    }),
  };
}

/** The language model that the settings mean, for the analysis and whatever else asks one. @returns undefined when the site has none. @throws as `chooseEngine` */
export function openLanguageModel(settings: Config["analysis"], ground: Omit<AnalysisGround, "root" | "encoder">): LanguageModel | undefined {
  const wants = settings.engine === "llama" || (settings.engine === "auto" && settings.endpoints.length === 0);
  const local = wants ? findModel(settings.model, ground) : undefined;
  const engine = decideEngine(settings.engine, new Set(["extractive", ...(local === undefined ? [] : ["llama" as const]), ...(settings.endpoints.length === 0 ? [] : ["openai" as const])] as const));
  if (engine === "openai") return openServers(settings, ground);
  return engine === "llama" && local !== undefined ? openLocal(local, settings, ground) : undefined;
}

/** The one that is named, else the best that is installed. */
function findModel(named: string | undefined, places: ModelPlaces): ResolvedModel | undefined {
  if (named !== undefined) return resolveModel(named, "language", places);
  const fit = listModels(places).filter((one) => one.kind === "language" && one.path !== undefined && (one.quality ?? 0) >= FIT_QUALITY);
  const best = fit.sort((a, b) => (b.quality ?? 0) - (a.quality ?? 0))[0];
  return best === undefined ? undefined : resolveModel(best.name, "language", places);
}

function openLocal(model: ResolvedModel, settings: Config["analysis"], { clock, log }: Pick<AnalysisGround, "clock" | "log">): LanguageModel {
  const fileMb = statSync(model.path).size / 1_048_576;
  return createLlamaModel({
    name: model.name.replace(/\.gguf$/i, ""),
    start: { modelPath: model.path, threads: settings.threads ?? defaultThreads(), gpu: settings.gpu, contextTokens: settings.context_tokens, seed: SEED },
    memoryMb: settings.memory_mb ?? Math.ceil(fileMb * 1.3 + 2000),
    idleMs: settings.idle_seconds * 1000,
    recycleAfter: settings.recycle_after,
    timeoutMs: settings.timeout_seconds * 1000,
    clock, log,
    verify: () => verify(model),
  });
}

function openServers(settings: Config["analysis"], { net, clock, log }: Pick<AnalysisGround, "net" | "clock" | "log">): LanguageModel {
  return createOpenAiModel({
    endpoints: settings.endpoints.map((one) => ({ ...one, key: one.key ?? settings.key })),
    allowPublic: settings.allow_public, timeoutMs: settings.timeout_seconds * 1000, contextTokens: settings.context_tokens, seed: SEED, net, clock, log,
  });
}

/** Once before the first start: 2.5 GB take some seconds. Files given by path have no sum to be held to. */
async function verify({ name, path, sha256 }: ResolvedModel): Promise<void> {
  if (sha256 === undefined || (await hashFile(path)) === sha256) return;
  throw new AppError("MODEL_INVALID", `The language model ${name} is damaged: its file is not what the list of models says; fetch or install it again`);
}

/** Half of the cores: speech has the other half, and both give way to the web server. */
function defaultThreads(): number {
  return Math.max(1, Math.ceil(availableParallelism() / 2));
}
