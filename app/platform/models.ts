// The model store: which models there are, where each lies, and which file a name in the settings means.
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs";
import { basename, isAbsolute, join, resolve } from "node:path";
import { z } from "zod";
import { AppError, type ErrorCode } from "../domain/index.ts";
import { installationRoot } from "./paths.ts";

export const MODEL_KINDS = ["speech", "language", "embedding", "speaker", "vad"] as const;
export type ModelKind = (typeof MODEL_KINDS)[number];

const modelName = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, "expected lower-case letters, digits, dots, - and _");
const plainPath = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)?$/, "expected a file name, at most one folder above it");

/** One line of models/manifest.json, of a bundle, or of `model.json` beside an installed model. */
export const modelEntrySchema = z
  .object({
    name: modelName,
    kind: z.enum(MODEL_KINDS),
    /** below the models folder that ships; only its last part counts in the data folder */
    file: plainPath,
    sha256: z.string().regex(/^[0-9a-f]{64}$/).optional(),
    /** where the publisher gives nothing better; replaced by the SHA-256 once the file was checked against it */
    sha1: z.string().regex(/^[0-9a-f]{40}$/).optional(),
    sizeBytes: z.number().int().positive().optional(),
    approximateMb: z.number().positive().optional(),
    licence: z.string().min(1).max(200),
    url: z.url({ protocol: /^https$/ }).optional(),
    /** speech: utterances are packed into one window until it holds this much; full windows of 30 s when absent */
    windowMs: z.number().int().min(500).max(30_000).optional(),
    /** ISO 639 codes; `*` for many */
    languages: z.array(z.string()).min(1),
    note: z.string().max(500).default(""),
  })
  .strict();
export type ModelEntry = z.output<typeof modelEntrySchema>;

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
}

/** A known model and, when it is installed, the absolute path of its file. */
export interface ListedModel extends ModelEntry {
  path?: string;
}

/** @returns the models of the manifest, then those that only this site has, each with its path when its file is there */
export function listModels(places: ModelPlaces): ListedModel[] {
  const shipped = readManifest(places);
  return [...shipped, ...installedEntries(places).filter((entry) => !shipped.some((other) => other.name === entry.name))].map((entry) => {
    const found = locate(entry.name, places);
    return found === undefined ? entry : { ...found.entry, path: found.path };
  });
}

/**
 * What a setting such as `speech.model` means: a name of the store, or the path of any ggml or GGUF file.
 * @throws AppError SPEECH_MODEL_MISSING (SETUP_INCOMPLETE for other kinds) with the command that installs it; MODEL_INVALID when a file is no model
 */
export function resolveModel(nameOrPath: string, kind: ModelKind, places: ModelPlaces): ResolvedModel {
  if (isPath(nameOrPath)) return resolvePath(nameOrPath, kind);
  const known = readManifest(places).find((entry) => entry.name === nameOrPath);
  const found = modelName.safeParse(nameOrPath).success ? locate(nameOrPath, places) : undefined;
  const entry = found?.entry ?? known;
  if (entry !== undefined && entry.kind !== kind) {
    throw missing(kind, `The model ${nameOrPath} is for ${entry.kind}, and one for ${kind} is needed; run earshot models list to see which there are`);
  }
  if (found !== undefined) return { name: nameOrPath, path: found.path, ...(found.entry.sha256 === undefined ? {} : { sha256: found.entry.sha256 }), ...(found.entry.windowMs === undefined ? {} : { windowMs: found.entry.windowMs }) };
  if (known !== undefined) throw missing(kind, `The ${kind} model ${nameOrPath} is not installed; run: earshot models fetch ${nameOrPath} (without internet: earshot models install <file>)`);
  throw missing(kind, `There is no ${kind} model named ${printable(nameOrPath)}; run earshot models list to see the names, or give the path of a model file`);
}

/** The entry of one model: as installed at this site, else as in the manifest. @returns undefined when the name is unknown */
export function findEntry(name: string, places: ModelPlaces): ModelEntry | undefined {
  return locate(name, places)?.entry ?? readManifest(places).find((entry) => entry.name === name);
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

/** Folder of an installed model: holds its file and `model.json`. The name must have been checked. */
export function installedFolder(name: string, places: ModelPlaces): string {
  return join(places.dataDir, "models", modelName.parse(name));
}

function locate(name: string, places: ModelPlaces): { entry: ModelEntry; path: string } | undefined {
  const installed = readInstalled(name, places);
  if (installed !== undefined) return installed;
  const entry = readManifest(places).find((other) => other.name === name);
  const path = entry === undefined ? undefined : join(shippedDir(places), entry.file);
  return entry !== undefined && path !== undefined && isFile(path) ? { entry, path } : undefined;
}

function readInstalled(name: string, places: ModelPlaces): { entry: ModelEntry; path: string } | undefined {
  const folder = installedFolder(name, places);
  try {
    const entry = modelEntrySchema.parse(JSON.parse(readFileSync(join(folder, "model.json"), "utf8")));
    const path = join(folder, basename(entry.file));
    return entry.name === name && isFile(path) ? { entry, path } : undefined;
  } catch {
    return undefined; // not installed, or an installation that broke off: then the shipped one counts
  }
}

function installedEntries(places: ModelPlaces): ModelEntry[] {
  const index = join(places.dataDir, "models");
  if (!existsSync(index)) return [];
  return readdirNames(index).flatMap((name) => readInstalled(name, places)?.entry ?? []);
}

function readdirNames(folder: string): string[] {
  return readdirSync(folder).filter((name) => modelName.safeParse(name).success).sort();
}

function resolvePath(text: string, kind: ModelKind): ResolvedModel {
  const path = resolve(text);
  if (!isFile(path)) throw missing(kind, `The model file ${path} does not exist; check the path or give the name of an installed model`);
  const magic = readMagic(path);
  // ggml files begin with 0x67676d6c in little-endian order, GGUF files with their name.
  const isRight = kind === "embedding" || kind === "speaker" ? true : kind === "language" ? magic === "GGUF" : magic === "lmgg" || magic === "GGUF";
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

function missing(kind: ModelKind, message: string): AppError {
  const code: ErrorCode = kind === "speech" ? "SPEECH_MODEL_MISSING" : "SETUP_INCOMPLETE";
  return new AppError(code, message);
}

function printable(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}
