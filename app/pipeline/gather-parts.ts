// Makes every part of the appliance from its settings. Nothing runs yet; no part is made anywhere else.
import { randomUUID } from "node:crypto";
import { join, resolve } from "node:path";
import { chooseEngine, openEmbedder, openLanguageModel, openSiteEncoder, type Embedder, type Encoder, type LanguageModel } from "../analysis/index.ts";
import { AppError } from "../domain/index.ts";
import { findDrawer, languageFolder } from "../documents/index.ts";
import { createDelivery, type Delivery } from "../delivery/index.ts";
import { loadNameTemplates, type NameTemplates } from "../intake/index.ts";
import { createQueue } from "../jobs/index.ts";
import { chooseDetector, clusterSeparator, createProgramSeparator, createVault, findMediaTools, type SileroOptions, type SpeakerSeparator } from "../media/index.ts";
import { createLog, createNet, ensureFolder, installationRoot, listModels, openDatabase, programVersion, resolveModel, systemClock, type Clock, type Config, type Log, type Net } from "../platform/index.ts";
import { SpeechHolder } from "../speech/index.ts";
import { createStore, migrate } from "../store/index.ts";
import { createGroupCommit } from "./group-commit.ts";
import { openKnowledge } from "./knowledge/open-knowledge.ts";
import { createLiveEvents } from "./live-events.ts";
import { createMeters } from "./meters.ts";
import { enginePrograms, openSpeech } from "./open-speech.ts";
import type { Parts } from "./parts.ts";
import { PictureReader } from "./picture-words.ts";
import { alertDestinations, loadQuality, type QualityParts } from "./quality/quality-parts.ts";
import { readChoice } from "./speech-choice.ts";
import { openWorkflows, workflowDestinations, type WorkflowWork } from "./workflows/workflow-work.ts";
import { forgetWaiting, gatherWaiting } from "./threads/gather.ts";

/** What tests may replace; production gives nothing. */
export interface AssembleOptions {
  clock?: Clock;
  log?: Log;
  random?: () => number;
  checkpoint?: (name: string) => void;
  /** answers questions of scorecards, and reads for forms */
  languageModel?: LanguageModel;
  embedder?: Embedder;
  encoder?: Encoder;
}

/** @throws AppError CONFIG_INVALID, SPEECH_MODEL_MISSING, FFMPEG_MISSING, STORE_… when the ground is not there */
export async function gatherParts(config: Config, options: AssembleOptions): Promise<Parts> {
  const clock = options.clock ?? systemClock;
  const log = options.log ?? createLog(config.log_level);
  const root = installationRoot();
  await ensureFolder(config.data_dir);
  const templates = loadNameTemplates(join(root, "config", "name-templates.yaml"));
  checkTemplates(config, templates);
  config.documents.ocr_languages.forEach(languageFolder); // said at the start, not with the first picture
  const net = createNet({ log, clock });
  const ground = { root, dataDir: config.data_dir, net, clock, log };
  const languageModel = openLanguageModel(config.analysis, ground); // one for everything that asks one: it is large
  const encoder = options.encoder ?? openSiteEncoder(config.analysis, root, log);
  const workflows = openWorkflows(config, log, { model: options.languageModel ?? languageModel, encoder });
  const first = await openSpeech(await readChoice(config.data_dir), { config, net, clock, log });
  const detector = chooseDetector(config.speech.detector, installedSilero(config, enginePrograms(config)));
  const db = openDatabase(join(config.data_dir, "earshot.db"), config.data_key_file);
  migrate(db);
  const store = createStore(db, clock);
  const quality = loadQuality(config.rules, options.languageModel ?? languageModel);
  const checkpoint = options.checkpoint ?? (() => undefined);
  const embedder = options.embedder ?? (await installedEmbedder(config, log));
  const knowledge = openKnowledge({ store, embedder, log });
  const parts: Parts = {
    config, clock, log, db, store, net, checkpoint, embedder, knowledge,
    queue: createQueue(db, clock, randomUUID()),
    commits: createGroupCommit(db, checkpoint, { settle: () => gatherWaiting(parts), forget: () => forgetWaiting(parts) }),
    ungathered: { customers: new Set(), sessions: new Set() },
    events: createLiveEvents(clock),
    meters: createMeters(programVersion()),
    templates,
    vault: createVault(join(config.data_dir, "vault"), clock),
    media: await findMediaTools(),
    detector,
    separator: separatorOf(config, log),
    drawer: await findDrawer(),
    pictures: new PictureReader(config, log),
    speech: new SpeechHolder({ first, log, clock }),
    analysis: chooseEngine(config.analysis, { ...ground, encoder, terms: (...asked) => knowledge.ground(...asked) }, languageModel),
    quality,
    delivery: deliveryOf(config, quality, workflows, net, clock, log),
    workflows,
    spool: join(config.data_dir, "spool"),
    running: new Map(),
    audit: (event) => store.audit.append(event),
    random: options.random ?? Math.random,
  };
  return parts;
}

/** @throws AppError SETUP_INCOMPLETE, MODEL_INVALID: said at the start, not with the first question. Its process starts with the first text. */
async function installedEmbedder({ knowledge, data_dir: dataDir }: Config, log: Log): Promise<Embedder | undefined> {
  return knowledge.embedding_model === undefined ? undefined : openEmbedder(knowledge.embedding_model, { dataDir }, { log });
}

function installedSilero(config: Config, binDir: string): SileroOptions | undefined {
  const path = listModels({ dataDir: config.data_dir }).find((model) => model.kind === "vad" && model.path !== undefined)?.path;
  return path === undefined ? undefined : { program: join(binDir, "whisper-vad-speech-segments"), modelPath: path };
}

/** @throws AppError SETUP_INCOMPLETE when a model of the configured program is not there */
function separatorOf({ speech: { separation }, data_dir: dataDir }: Config, log: Log): SpeakerSeparator {
  if (separation === undefined) return clusterSeparator;
  return createProgramSeparator({
    program: resolve(separation.program),
    segmentationModel: resolveModel(separation.segmentation_model, "speaker", { dataDir }).path,
    embeddingModel: resolveModel(separation.embedding_model, "speaker", { dataDir }).path,
    otherwise: clusterSeparator,
    onFailure: (why) => log.warn({ event: "separation.program_failed" }, why),
  });
}

/** @returns undefined when nobody is configured to receive anything: results then stay here */
function deliveryOf({ crm, rules }: Config, quality: QualityParts, workflows: WorkflowWork, net: Net, clock: Clock, log: Log): Delivery | undefined {
  const toCrm = crm.url === undefined ? [] : [{ name: "crm", kind: crm.kind, url: crm.url, headers: crm.headers, timeoutMs: crm.timeout_seconds * 1000, ...(crm.secret === undefined ? {} : { secret: crm.secret }) }];
  const destinations = [...toCrm, ...alertDestinations(rules, quality.rules), ...workflowDestinations(workflows)];
  return destinations.length === 0 ? undefined : createDelivery({ net, clock, log, destinations });
}

/** Mistakes that only show when settings meet the files they name. @throws AppError CONFIG_INVALID naming all of them */
function checkTemplates(config: Config, templates: NameTemplates): void {
  const named = [...config.intake.folders.map((one, i) => ({ path: `intake.folders.${i}.name_template`, name: one.name_template })), ...config.intake.sources.flatMap((one, i) => (one.name_template === undefined ? [] : [{ path: `intake.sources.${i}.name_template`, name: one.name_template }]))];
  const problems = named.filter(({ name }) => !templates.has(name)).map(({ path, name }) => ({ path, message: `there is no template ${name}; expected one of ${[...templates.keys()].join(", ")}` }));
  if (problems.length > 0) throw new AppError("CONFIG_INVALID", `Settings must be mended:\n${problems.map((one) => `  ${one.path}: ${one.message}`).join("\n")}`, { details: { problems } });
}
