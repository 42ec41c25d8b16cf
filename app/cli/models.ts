// models: the store of models, on-line and air-gapped.
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { InvalidArgumentError, type Command } from "commander";
import { AppError } from "../domain/index.ts";
import {
  adviceFacts, adviseModels, bundleModels, createNet, fetchModel, filesOf, findEntry, installFolder, installModels, listModels, loadConfig, MODEL_KINDS, modelName, removeModel, silentLog, sizeOfModel, systemClock, verifyModels,
  type Config, type ListedModel, type ModelEntry, type FolderKind, type ModelKind, type ModelPlaces,
} from "../platform/index.ts";
import { showProgress } from "./model-progress.ts";
import { recommend } from "./model-recommend.ts";
import { addUseVerb } from "./models-use.ts";
import { say, sayJson, table, tell } from "./output.ts";

/** @param finish told whether the verb found everything well */
export function addModelVerbs(program: Command, finish: (ok: boolean) => void): void {
  const models = program.command("models").description("the models that hear, write and search; on-line and air-gapped, every file checked by its sum");
  models
    .command("list")
    .description("which models there are; marks those that are installed, in use, and recommended for this machine")
    .option("--kind <kind>", MODEL_KINDS.join(" | "), kindArgument)
    .option("--json", "answer as JSON", false)
    .action((options: { kind?: ModelKind; json: boolean }) => list(options));
  models.command("recommend").description("which models this machine should take, why, how fast they will be, and the commands").option("--json", "answer as JSON", false).action((options: { json: boolean }) => recommend(options));
  models
    .command("fetch <name>")
    .description("fetch a model from its publisher or your mirror; goes on where it broke off. The only verb that reaches out, and only when you call it")
    .option("--from <address>", "your mirror instead of the publisher; the paths below it are the publisher's (default: models.mirror of the settings)")
    .option("--trust-on-first-use", "fetch a model whose checksum nobody states, and pin what comes", false)
    .action((name: string, options: FetchOptions) => bringIn(name, options));
  models
    .command("verify")
    .argument("[names...]", "models to read; all installed when absent")
    .description("read every file of installed models and compare it with its sum; exit 1 if one is damaged")
    .option("--json", "answer as JSON", false)
    .action(async (names: string[], options: { json: boolean }) => finish(await verify(names, options)));
  addUseVerb(models);
  models
    .command("bundle <file>")
    .argument("[names...]", "models to pack; all installed when absent")
    .description("pack installed models into one tar file for a machine without internet")
    .action(async (file: string, names: string[]) => say((await bundleModels(resolve(file), placesOf(loadConfig()), names.length > 0 ? names : undefined)).join("\n")));
  models
    .command("install <file>")
    .description("install the models of a bundle, one model file, or the folder of one embedding or picture model")
    .option("--name <name>", "what a model file of your own shall be called", nameArgument)
    .option("--kind <kind>", "what it is for, when its first bytes do not say", kindArgument)
    .action((file: string, options: { name?: string; kind?: ModelKind }) => install(file, options));
  models.command("remove <name>").description("take an installed model away; refuses one that the settings use").action(remove);
}

interface FetchOptions {
  from?: string;
  trustOnFirstUse: boolean;
}

async function list(options: { kind?: ModelKind; json: boolean }): Promise<void> {
  const config = loadConfig();
  const all = listModels(placesOf(config));
  const used = modelsInUse(config);
  const advice = adviseModels(await adviceFacts(config, all));
  const recommended = [advice.speech, advice.language, advice.embedding].flatMap((one) => one?.name ?? []);
  const chosen = all
    .filter((model) => options.kind === undefined || model.kind === options.kind)
    .map((model) => ({ ...model, installed: model.path !== undefined, in_use: used.includes(model.name), recommended: recommended.includes(model.name) }));
  if (options.json) return sayJson(chosen);
  const marks = (one: (typeof chosen)[number]): string => [one.installed && "installed", one.in_use && "in use", one.recommended && "recommended", one.trustedOnFirstUse && "pinned here"].filter(Boolean).join(", ");
  const memory = (one: ModelEntry): string => (one.memoryMb === undefined ? "?" : `${one.memoryMb} MB`);
  say(table([["NAME", "FOR", "LANGUAGES", "DISK", "MEMORY", "LICENCE", ""], ...chosen.map((one) => [one.name, one.kind, one.languages.includes("*") ? "many" : one.languages.join(" "), diskOf(one), memory(one), one.licence, marks(one)])]));
}

function diskOf(model: ModelEntry): string {
  const bytes = sizeOfModel(model);
  const isExact = filesOf(model).every((one) => one.sizeBytes !== undefined);
  return bytes === undefined ? "?" : `${isExact ? "" : "about "}${Math.ceil(bytes / 1e6)} MB`;
}

async function bringIn(name: string, { from, trustOnFirstUse }: FetchOptions): Promise<void> {
  const config = loadConfig();
  const net = createNet({ log: silentLog, clock: systemClock });
  const stopped = new AbortController();
  const onSignal = (): void => stopped.abort(new AppError("SHUTTING_DOWN", `Stopped; what arrived of ${name} is kept, run the same command again to go on`));
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  const progress = showProgress();
  const mirror = from ?? config.models.mirror;
  try {
    const model = await fetchModel(name, placesOf(config), {
      net, clock: systemClock, signal: stopped.signal, trustOnFirstUse, onProgress: progress.show,
      ...(mirror === undefined ? {} : { mirror, isMirrorAdministered: mirror === config.models.mirror }),
    });
    progress.end();
    sayInstalled(model);
  } finally {
    progress.end();
    process.removeListener("SIGINT", onSignal).removeListener("SIGTERM", onSignal);
    await net.close();
  }
}

async function verify(names: readonly string[], options: { json: boolean }): Promise<boolean> {
  const checks = await verifyModels(placesOf(loadConfig()), names.length > 0 ? names : undefined);
  if (options.json) sayJson(checks);
  else say(table([["NAME", "STATE", "SHA-256"], ...checks.map((one) => [one.name, one.state, one.sha256 ?? ""])]));
  const damaged = checks.filter((one) => one.state === "damaged");
  for (const { name, path, files } of damaged) {
    const what = files.filter((file) => file.state === "damaged").map((file) => `${file.path} ${file.problem}`);
    tell(`The model ${name} is damaged: ${what.join(", ")} (${path}); run earshot models fetch ${name}, or install it again.`);
  }
  return damaged.length === 0;
}

async function install(file: string, { name, kind }: { name?: string; kind?: ModelKind }): Promise<void> {
  if (name === undefined && kind !== undefined) throw new AppError("REQUEST_INVALID", "--kind goes with --name: a bundle says itself what its models are for");
  const [path, places] = [resolve(file), placesOf(loadConfig())];
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return sayInstalled(await installFolder(path, places, folderModel(name, kind, places)));
  for (const model of await installModels(path, places, name === undefined ? undefined : { name, kind })) sayInstalled(model);
}

/** @throws AppError REQUEST_INVALID */
function folderModel(name: string | undefined, kind: ModelKind | undefined, places: ModelPlaces): { name: string; kind: FolderKind } {
  const meant = kind ?? (name === undefined ? undefined : findEntry(name, places)?.kind);
  if (name !== undefined && (meant === "embedding" || meant === "picture")) return { name, kind: meant };
  throw new AppError("REQUEST_INVALID", "A folder needs a name and what it is for: earshot models install <folder> --name <name> --kind embedding (or picture)");
}

async function remove(name: string): Promise<void> {
  const config = loadConfig();
  const bytes = await removeModel(name, placesOf(config), modelsInUse(config));
  say(`${name} removed, ${Math.round(bytes / 1e6)} MB freed`);
}

/** The path is the answer; that nobody vouches for the file is said beside it. */
function sayInstalled(model: ListedModel): void {
  say(model.path ?? model.name);
  if (model.trustedOnFirstUse !== true) return;
  tell(`No publisher's checksum of ${model.name} is known to us. From now on it must be the file that came, whose SHA-256 was recorded:`);
  for (const file of filesOf(model)) tell(`  ${file.sha256}  ${file.path}`);
}

/** Every model that the settings name, whatever for. */
function modelsInUse(settings: object): string[] {
  return Object.entries(settings).flatMap(([key, value]: [string, unknown]) => {
    if (typeof value === "object" && value !== null) return modelsInUse(value);
    return typeof value === "string" && /(^|_)model$/.test(key) ? [value] : [];
  });
}

function placesOf(config: Config): ModelPlaces {
  return { dataDir: config.data_dir };
}

function kindArgument(text: string): ModelKind {
  const kind = MODEL_KINDS.find((one) => one === text);
  if (kind === undefined) throw new InvalidArgumentError(`expected one of ${MODEL_KINDS.join(", ")}`);
  return kind;
}

function nameArgument(text: string): string {
  if (!modelName.safeParse(text).success) throw new InvalidArgumentError("expected lower-case letters, digits, dots, - and _");
  return text;
}
