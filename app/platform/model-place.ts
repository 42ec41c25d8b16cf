// Puts a model into the data folder, or takes it away: what is there counts as installed only while `model.json` stands beside it.
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AppError } from "../domain/index.ts";
import { ensureFolder, freeBytes, oneChunk, renameDurably, syncFile, syncFolder, writeStreamDurably } from "./files.ts";
import { forgetPart, partOf } from "./model-download.ts";
import { filesOf, sizeOfModel, withFiles, type ModelEntry, type ModelFile } from "./model-entry.ts";
import { checkModel, chooseInstalled } from "./model-sums.ts";
import { installedFolder, listIncomplete, readManifest, type ListedModel, type ModelPlaces } from "./models.ts";
import { takeLock } from "./sqlite.ts";

/**
 * Does work on one model's folder while no other process can.
 * @throws AppError DATA_DIR_LOCKED when another one is at it
 */
export async function withModelFolder<T>(name: string, places: ModelPlaces, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await ensureFolder(installedFolder(name, places));
  const release = takeLock(join(folder, ".lock"));
  if (release === undefined) throw new AppError("DATA_DIR_LOCKED", `Another earshot is fetching or installing ${name}; wait until it is done`);
  try {
    return await work(folder);
  } finally {
    release();
  }
}

/** @throws AppError DISK_RESERVE when `neededBytes` more do not fit, with 5 % to spare */
export async function checkRoom(what: string, folder: string, neededBytes: number): Promise<void> {
  const free = await freeBytes(folder);
  if (free < neededBytes * 1.05) throw new AppError("DISK_RESERVE", `${what} needs ${Math.ceil(neededBytes / 1e6)} MB and ${folder} has ${Math.floor(free / 1e6)} MB; make room and try again`);
}

/**
 * Moves checked files (`<file>.part`) into place and lets them count. A crash in between leaves the model not installed, never half replaced.
 * @param files all files of the model with the sums they have; those without a part lie in place already
 */
export async function placeModel(entry: ModelEntry, folder: string, files: readonly ModelFile[], arrived: readonly string[]): Promise<ListedModel> {
  if (arrived.length > 0) await uncount(folder);
  for (const path of arrived) {
    const target = join(folder, path);
    await syncFile(partOf(target));
    await renameDurably(partOf(target), target);
    await forgetPart(target);
  }
  const installed = withFiles(entry, files);
  await writeStreamDurably(oneChunk(Buffer.from(`${JSON.stringify(installed, null, 2)}\n`)), join(folder, "model.json"), 1024 * 1024);
  return { ...installed, folder, path: join(folder, filesOf(installed)[0].path) };
}

/** Makes the folder of a file of the model, below the model's own. */
export async function ensurePlace(folder: string, file: ModelFile): Promise<string> {
  const target = join(folder, file.path);
  await ensureFolder(dirname(target));
  return target;
}

/**
 * Takes a model that this site installed away. A process that has it open keeps what it has.
 * @param inUse names that the settings mean
 * @returns bytes that were freed, as far as known
 * @throws AppError CONFLICT when it is in use or ships with Earshot, SPEECH_MODEL_MISSING or SETUP_INCOMPLETE when it is not installed
 */
export async function removeModel(name: string, places: ModelPlaces, inUse: readonly string[]): Promise<number> {
  const model = listIncomplete(places).find((one) => one.name === name) ?? chooseInstalled(places, [name])[0];
  if (inUse.includes(name)) throw new AppError("CONFLICT", `The model ${name} is in use; set another one in the settings first, then remove it`);
  if (model === undefined || model.folder !== installedFolder(name, places)) throw new AppError("CONFLICT", `The model ${name} ships with Earshot and stays`);
  await withModelFolder(name, places, uncount);
  await rm(model.folder, { recursive: true });
  return sizeOfModel(model) ?? 0;
}

/** @returns the model when it is installed and every file has the sums that are known, as the manifest or this site pinned them */
export async function findIntact(name: string, places: ModelPlaces, signal?: AbortSignal): Promise<ListedModel | undefined> {
  const model = chooseInstalled(places).find((one) => one.name === name);
  return model !== undefined && (await checkModel(model, model.folder, signal)).state === "intact" ? model : undefined;
}

/** The entry that a name means when something is brought in: the manifest's, with the sums that this site pinned where the manifest has none. */
export function entryToBring(name: string, places: ModelPlaces): ModelEntry | undefined {
  const shipped = readManifest(places).find((entry) => entry.name === name);
  const pinned = [...chooseInstalled(places), ...listIncomplete(places)].find((one) => one.name === name && (shipped === undefined || one.trustedOnFirstUse === true));
  if (pinned === undefined) return shipped;
  const { path: _path, folder: _folder, ...entry } = pinned;
  return entry;
}

async function uncount(folder: string): Promise<void> {
  await rm(join(folder, "model.json"), { force: true });
  await syncFolder(folder);
}
