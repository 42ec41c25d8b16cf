// Models that are a folder of files in the layout of transformers.js: found by name or path, checked to be whole, brought in from a folder.
import { createReadStream, readFileSync, statSync } from "node:fs";
import { basename, isAbsolute, join } from "node:path";
import { AppError } from "../domain/index.ts";
import { bringModel } from "./model-bundle.ts";
import { filesOf, isPinned, modelEntrySchema, withFiles, type ModelEntry, type ModelFile } from "./model-entry.ts";
import { checkModel, sumsOf } from "./model-sums.ts";
import { findEntry, readManifest, resolveModel, type ListedModel, type ModelPlaces } from "./models.ts";

/** Kinds that are a folder. */
export type FolderKind = "embedding" | "picture";

export interface ModelFolder {
  name: string;
  /** absolute, holds every file that the kind needs */
  folder: string;
  /** the weights are of 8 bits: their files end in `_quantized.onnx` */
  isQuantized: boolean;
  /** what is written down about it: in the manifest, or in `model.json` of the folder */
  entry: Pick<ModelEntry, "pooling" | "prefixes" | "memoryMb">;
  /** SHA-256 of its weights, as read just now; of several files in the order of their names, joined */
  sha256: string;
}

/** What the library loads, the weights without their ending. Other files of a folder are left where they are. */
const NEEDED: Readonly<Record<FolderKind, { weights: readonly string[]; files: readonly string[] }>> = {
  embedding: { weights: ["onnx/model"], files: ["config.json", "tokenizer.json", "tokenizer_config.json"] },
  picture: { weights: ["onnx/encoder_model", "onnx/decoder_model_merged"], files: ["config.json", "preprocessor_config.json", "tokenizer.json", "tokenizer_config.json"] },
};
const WELCOME = ["generation_config.json", "special_tokens_map.json"];

/**
 * Finds a model and reads all of it.
 * @param nameOrPath a name of the store, or the absolute path of a folder that an administrator wrote into the settings; never what a user sent
 * @throws AppError SETUP_INCOMPLETE with the command that installs it, MODEL_INVALID when the folder lacks a file or one has another sum
 */
export async function openModelFolder(nameOrPath: string, kind: FolderKind, places: ModelPlaces, signal?: AbortSignal): Promise<ModelFolder> {
  const found = isAbsolute(nameOrPath) ? { name: basename(nameOrPath), folder: nameOrPath, entry: readOwn(nameOrPath, kind) } : findInstalled(nameOrPath, kind, places);
  refuseIncomplete(found.folder, kind, needed(found.folder, kind));
  const weights = weightsOf(found.folder, kind);
  const { state, files } = await checkModel(entryOfAll(found, kind), found.folder, signal);
  if (state === "damaged") throw new AppError("MODEL_INVALID", `The ${kind} model ${found.name} is damaged: ${files.flatMap((one) => (one.problem === undefined ? [] : [`${one.path} ${one.problem}`])).join(", ")}; fetch or install it again`);
  const sha256 = weights.map((path) => files.find((one) => one.path === path)?.sha256 ?? "").join("+");
  return { name: found.name, folder: found.folder, isQuantized: weights.every(isOfBytes), entry: found.entry ?? {}, sha256 };
}

/**
 * Brings a model in that lies in a folder: on a stick, or where somebody converted it. A `model.json` in it may say `pooling` and `prefixes`.
 * @throws AppError MODEL_INVALID when it lacks a file, CONFLICT when the name is that of another model, DISK_RESERVE, DATA_DIR_LOCKED
 */
export async function installFolder(folder: string, places: ModelPlaces, { name, kind }: { name: string; kind: FolderKind }): Promise<ListedModel> {
  const known = readManifest(places).find((entry) => entry.name === name);
  const wanted = known === undefined ? [...needed(folder, kind), ...WELCOME.filter((path) => isFile(join(folder, path)))] : filesOf(known).map((one) => one.path);
  refuseIncomplete(folder, kind, wanted);
  if (known !== undefined) await refuseOther(known, kind, folder);
  const files: ModelFile[] = [];
  for (const path of wanted) files.push({ path, ...(await sumsOf(join(folder, path))), sizeBytes: statSync(join(folder, path)).size });
  const described = known ?? readOwn(folder, kind) ?? { licence: "not stated", languages: ["*"], note: "brought in by this site" };
  const trust = known !== undefined && isPinned(known) ? {} : { trustedOnFirstUse: true as const };
  const entry = withFiles({ ...described, name, kind, file: "replaced", ...trust }, files);
  return bringModel(entry, places, (file) => createReadStream(join(folder, file.path), { highWaterMark: 1024 * 1024 }));
}

async function refuseOther(known: ModelEntry, kind: FolderKind, folder: string): Promise<void> {
  const isOther = known.kind !== kind || (await checkModel(known, folder)).state === "damaged";
  if (isOther) throw new AppError("CONFLICT", `${known.name} is the name of another model of the list, with other sums; choose a name of your own`);
}

function findInstalled(name: string, kind: FolderKind, places: ModelPlaces): { name: string; folder: string; entry: ModelEntry | undefined } {
  if (/[/\\]/.test(name)) throw new AppError("SETUP_INCOMPLETE", `${name} is not the name of a ${kind} model, and a folder needs its whole path, from /`);
  const { folder } = resolveModel(name, kind, places);
  if (folder === undefined) throw new AppError("MODEL_INVALID", `The ${kind} model ${name} is a single file; install it from its folder`);
  return { name, folder, entry: findEntry(name, places) };
}

/** What a folder says of itself; the sums in it count. */
function readOwn(folder: string, kind: FolderKind): ModelEntry | undefined {
  if (!isFile(join(folder, "model.json"))) return undefined;
  try {
    const entry = modelEntrySchema.parse(JSON.parse(readFileSync(join(folder, "model.json"), "utf8")));
    if (entry.kind === kind) return entry;
  } catch {
    // said below
  }
  throw new AppError("MODEL_INVALID", `${join(folder, "model.json")} does not describe a ${kind} model; mend or remove it`);
}

/** Everything that is loaded, with the sums that are known of it. */
function entryOfAll({ name, folder, entry }: { name: string; folder: string; entry: ModelEntry | undefined }, kind: FolderKind): ModelEntry {
  const known = entry?.files === undefined ? [] : filesOf(entry);
  const paths = new Set([...needed(folder, kind), ...known.map((one) => one.path)]);
  return withFiles({ name: "own", kind, file: "replaced", licence: "not stated", languages: ["*"], note: name }, [...paths].map((path) => known.find((one) => one.path === path) ?? { path }));
}

/** @throws AppError MODEL_INVALID */
function refuseIncomplete(folder: string, kind: FolderKind, wanted: readonly string[]): void {
  const missing = wanted.filter((path) => !isFile(join(folder, path)));
  if (missing.length > 0) throw new AppError("MODEL_INVALID", `${folder} has no ${missing.join(", no ")}; it must be the folder of a ${kind} model as transformers.js reads it`);
}

function needed(folder: string, kind: FolderKind): string[] {
  return [...weightsOf(folder, kind), ...NEEDED[kind].files];
}

/** Those of 8 bits where they are there: they are a quarter as large, and quicker. */
function weightsOf(folder: string, kind: FolderKind): string[] {
  const ofBytes = NEEDED[kind].weights.map((path) => `${path}_quantized.onnx`);
  return ofBytes.every((path) => isFile(join(folder, path))) ? ofBytes : NEEDED[kind].weights.map((path) => `${path}.onnx`);
}

function isOfBytes(path: string): boolean {
  return path.endsWith("_quantized.onnx");
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
