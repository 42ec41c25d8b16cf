// The model store: which models there are, where each lies, and which file a name in the settings means.
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { z } from "zod";
import { AppError } from "../domain/index.ts";
import { filesOf, isPinned, modelEntrySchema, modelName, withFiles, type ModelEntry, type ModelKind } from "./model-entry.ts";
import { installationRoot } from "./paths.ts";

/** Where models lie: those that ship with the program, and those that this site installed. */
export interface ModelPlaces {
  /** `data_dir` of the configuration; models are in `models/` below it */
  dataDir: string;
  /** the installation's models/ when absent */
  shippedDir?: string;
}

export interface ResolvedModel {
  /** name in the manifest, or the file's name when it was given as a path */
  name: string;
  /** absolute, exists */
  path: string;
  /** expected sum of the file; absent when the model was given as a path */
  sha256?: string;
  /** see `windowMs` of the manifest */
  windowMs?: number;
  /** see `audioContextMs` of the manifest */
  audioContextMs?: number;
  /** absolute folder that holds all its files, for a model of several */
  folder?: string;
}

/** A known model and, when it is installed, where: the file that engines are given, and the folder of all its files. */
export interface ListedModel extends ModelEntry {
  path?: string;
  folder?: string;
}

/** A model whose files are there. */
export type InstalledModel = ListedModel & { path: string; folder: string };

/** @returns the models of the manifest, then those that only this site has, each with its path when its file is there */
export function listModels(places: ModelPlaces): ListedModel[] {
  const shipped = readManifest(places);
  return [...shipped, ...records(places).map((one) => one.entry).filter((entry) => !shipped.some((other) => other.name === entry.name))].map((entry) => {
    const found = locate(entry.name, places, shipped);
    return found === undefined ? entry : { ...found.entry, path: found.path, folder: found.folder };
  });
}

/** Models that were installed and have lost a file since. */
export function listIncomplete(places: ModelPlaces): InstalledModel[] {
  return records(places).flatMap(({ entry, folder, path }) => (readInstalled(entry.name, places) === undefined ? [{ ...entry, folder, path }] : []));
}

/**
 * What a setting such as `speech.model` means: a name of the store, or the path of any ggml or GGUF file.
 * @throws AppError SPEECH_MODEL_MISSING, ANALYSIS_MODEL_MISSING (SETUP_INCOMPLETE for other kinds) with the command that installs it; MODEL_INVALID when a file is no model
 */
export function resolveModel(nameOrPath: string, kind: ModelKind, places: ModelPlaces): ResolvedModel {
  if (isPath(nameOrPath)) return resolvePath(nameOrPath, kind);
  const shipped = readManifest(places);
  const known = shipped.find((entry) => entry.name === nameOrPath);
  const found = locate(nameOrPath, places, shipped);
  const entry = found?.entry ?? known;
  if (entry !== undefined && entry.kind !== kind) {
    throw modelMissing(kind, `The model ${nameOrPath} is for ${entry.kind}, and one for ${kind} is needed; run earshot models list to see which there are`);
  }
  if (found !== undefined) return describe(found);
  if (known !== undefined) {
    const words = isPinned(known) ? "" : " --trust-on-first-use";
    throw modelMissing(kind, `The ${kind} model ${nameOrPath} is not installed; run: earshot models fetch ${nameOrPath}${words} (without internet: earshot models install <file>)`);
  }
  throw modelMissing(kind, `There is no ${kind} model named ${printable(nameOrPath)}; run earshot models list to see the names, or give the path of a model file`);
}

/** The entry of one model: as installed at this site, else as in the manifest. @returns undefined when the name is unknown */
export function findEntry(name: string, places: ModelPlaces): ModelEntry | undefined {
  const shipped = readManifest(places);
  return locate(name, places, shipped)?.entry ?? shipped.find((entry) => entry.name === name);
}

/** Models of models/manifest.json. @throws AppError SETUP_INCOMPLETE when the file is missing or damaged */
export function readManifest(places: Pick<ModelPlaces, "shippedDir">): ModelEntry[] {
  const file = join(shippedDir(places), "manifest.json");
  try {
    return z.object({ models: z.array(modelEntrySchema) }).parse(JSON.parse(readFileSync(file, "utf8"))).models;
  } catch (cause) {
    throw new AppError("SETUP_INCOMPLETE", `The list of models ${file} is missing or damaged; install Earshot again`, { cause });
  }
}

/** A model that is asked for is not there: the code that the kind has, so that callers can tell what stops working. */
export function modelMissing(kind: ModelKind | undefined, message: string): AppError {
  return new AppError(kind === "speech" || kind === undefined ? "SPEECH_MODEL_MISSING" : kind === "language" ? "ANALYSIS_MODEL_MISSING" : "SETUP_INCOMPLETE", message);
}

/** Folder of an installed model: holds its file and `model.json`. The name must have been checked. */
export function installedFolder(name: string, places: ModelPlaces): string {
  return join(places.dataDir, "models", modelName.parse(name));
}

/** Where a model is: as this site installed it, else as it ships. */
interface Located {
  entry: ModelEntry;
  folder: string;
  path: string;
}

function describe({ entry, folder, path }: Located): ResolvedModel {
  const { name, sha256, windowMs, audioContextMs } = entry;
  return {
    name, path,
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(windowMs === undefined ? {} : { windowMs }),
    ...(audioContextMs === undefined ? {} : { audioContextMs }),
    ...(entry.files === undefined ? {} : { folder }),
  };
}

function locate(name: string, places: ModelPlaces, shipped: readonly ModelEntry[]): Located | undefined {
  const installed = readInstalled(name, places);
  const entry = shipped.find((other) => other.name === name);
  // The same file with what this version knows of it (e.g. a better windowMs); what the site pinned itself stays as it is.
  if (installed !== undefined) return entry?.sha256 === undefined || entry.sha256 !== installed.entry.sha256 ? installed : { ...installed, entry: withFiles(entry, filesOf(installed.entry)) };
  const path = entry === undefined ? undefined : join(shippedDir(places), entry.file);
  return entry !== undefined && path !== undefined && isFile(path) ? { entry, folder: dirname(path), path } : undefined;
}

function readInstalled(name: string, places: ModelPlaces): Located | undefined {
  const record = readRecord(name, places);
  return record !== undefined && filesOf(record.entry).every((one) => isFile(join(record.folder, one.path))) ? record : undefined;
}

/** What `model.json` says, whether or not the files are there. */
function readRecord(name: string, places: ModelPlaces): Located | undefined {
  if (!modelName.safeParse(name).success) return undefined;
  const folder = installedFolder(name, places);
  try {
    const entry = modelEntrySchema.parse(JSON.parse(readFileSync(join(folder, "model.json"), "utf8")));
    return entry.name === name ? { entry, folder, path: join(folder, filesOf(entry)[0].path) } : undefined;
  } catch {
    return undefined; // not installed, or an installation that broke off: then the shipped one counts
  }
}

function records(places: ModelPlaces): Located[] {
  const index = join(places.dataDir, "models");
  return existsSync(index) ? readdirNames(index).flatMap((name) => readRecord(name, places) ?? []) : [];
}

function readdirNames(folder: string): string[] {
  return readdirSync(folder).filter((name) => modelName.safeParse(name).success).sort();
}

function resolvePath(text: string, kind: ModelKind): ResolvedModel {
  const path = resolve(text);
  if (!isFile(path)) throw modelMissing(kind, `The model file ${path} does not exist; check the path or give the name of an installed model`);
  const magic = readMagic(path);
  // ggml files begin with 0x67676d6c in little-endian order, GGUF files with their name.
  const isRight = kind === "embedding" || kind === "speaker" || kind === "sentiment" ? true : kind === "language" ? magic === "GGUF" : magic === "lmgg" || magic === "GGUF";
  if (!isRight) throw new AppError("MODEL_INVALID", `${path} is not a ${kind === "language" ? "GGUF" : "ggml"} model; check that the right file was copied and is complete`);
  return { name: basename(path), path };
}

function isPath(text: string): boolean {
  return isAbsolute(text) || text.includes("/") || text.includes("\\") || (/\.(bin|gguf|ggml)$/.test(text) && isFile(text));
}

function readMagic(path: string): string {
  const handle = openSync(path, "r");
  try {
    const buffer = Buffer.alloc(4);
    readSync(handle, buffer, 0, 4, 0);
    return buffer.toString("latin1");
  } finally {
    closeSync(handle);
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function shippedDir(places: Pick<ModelPlaces, "shippedDir">): string {
  return places.shippedDir ?? join(installationRoot(), "models");
}

function printable(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}
