// Is an installed model what it should be? Every file is read and compared with every sum that is known of it.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { sizeOf } from "./files.ts";
import { filesOf, type ModelEntry, type ModelFile } from "./model-entry.ts";
import { findEntry, listIncomplete, listModels, modelMissing, type InstalledModel, type ListedModel, type ModelPlaces } from "./models.ts";

export interface Sums {
  sha256: string;
  sha1: string;
}

/** Both sums of what passes by, so that a publisher may have stated either. */
export interface Summer {
  update: (chunk: Uint8Array) => void;
  sums: () => Sums;
}

/** `unchecked`: no sum is known for it. */
export type FileState = "intact" | "damaged" | "unchecked";

export interface FileCheck {
  /** below the model's folder */
  path: string;
  state: FileState;
  /** absent when it could not be read */
  sha256?: string;
  sizeBytes?: number;
  /** what is wrong, as the end of a sentence that begins with the file's name */
  problem?: string;
}

export interface ModelCheck {
  name: string;
  /** the file that engines are given */
  path: string;
  /** the worst of its files */
  state: FileState;
  /** of that file */
  sha256?: string;
  files: FileCheck[];
}

export function createSummer(): Summer {
  const sha256 = createHash("sha256");
  const sha1 = createHash("sha1");
  return {
    update(chunk) {
      sha256.update(chunk);
      sha1.update(chunk);
    },
    sums: () => ({ sha256: sha256.copy().digest("hex"), sha1: sha1.copy().digest("hex") }),
  };
}

/** @returns true when every known sum is the same, undefined when none is known */
export function agrees(file: Pick<ModelFile, "sha256" | "sha1">, sums: Sums): boolean | undefined {
  if (file.sha256 === undefined && file.sha1 === undefined) return undefined;
  return (file.sha256 ?? sums.sha256) === sums.sha256 && (file.sha1 ?? sums.sha1) === sums.sha1;
}

/** @throws what reading says, or the signal's reason */
export async function sumsOf(path: string, signal?: AbortSignal): Promise<Sums> {
  const summer = createSummer();
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024, ...(signal === undefined ? {} : { signal }) })) summer.update(chunk as Uint8Array);
  return summer.sums();
}

/** Compares one file with what is known of it; a file of another size is not read. */
export async function checkFile(file: ModelFile, absolutePath: string, signal?: AbortSignal): Promise<FileCheck> {
  const { path } = file;
  const sizeBytes = await sizeOf(absolutePath);
  if (sizeBytes === undefined) return { path, state: "damaged", problem: "is missing" };
  if (file.sizeBytes !== undefined && file.sizeBytes !== sizeBytes) return { path, state: "damaged", sizeBytes, problem: `has ${sizeBytes} bytes instead of ${file.sizeBytes}` };
  try {
    const sums = await sumsOf(absolutePath, signal);
    const isRight = agrees(file, sums);
    if (isRight === false) return { path, state: "damaged", sha256: sums.sha256, sizeBytes, problem: "has another sum" };
    return { path, state: isRight === undefined ? "unchecked" : "intact", sha256: sums.sha256, sizeBytes };
  } catch (error) {
    if (signal?.aborted === true) throw error;
    return { path, state: "damaged", sizeBytes, problem: "cannot be read" };
  }
}

/** Compares all files of a model, one after the other: disks read faster so. */
export async function checkModel(entry: ModelEntry, folder: string, signal?: AbortSignal): Promise<ModelCheck> {
  const files: FileCheck[] = [];
  for (const file of filesOf(entry)) files.push(await checkFile(file, join(folder, file.path), signal));
  const state = (["damaged", "unchecked"] as const).find((worst) => files.some((one) => one.state === worst)) ?? "intact";
  return { name: entry.name, path: join(folder, files[0]?.path ?? ""), state, files, ...(files[0]?.sha256 === undefined ? {} : { sha256: files[0].sha256 }) };
}

/**
 * Reads every installed model, or those named. Others may fetch, replace or remove models meanwhile: damage counts only when
 * the same model still shows it, and what was removed is left out.
 * @throws AppError SPEECH_MODEL_MISSING or SETUP_INCOMPLETE when a named one is not installed
 */
export async function verifyModels(places: ModelPlaces, names?: readonly string[], signal?: AbortSignal): Promise<ModelCheck[]> {
  const checks: ModelCheck[] = [];
  const all = (): InstalledModel[] => [...chooseInstalled(places), ...listIncomplete(places)]; // one that lost a file does not count as installed, and is damage all the same
  for (const model of names === undefined ? all() : chooseInstalled(places, names)) {
    const check = await checkModel(model, model.folder, signal);
    const now = check.state === "damaged" ? all().find((other) => other.name === model.name) : model;
    if (now !== undefined) checks.push(JSON.stringify(now) === JSON.stringify(model) ? check : await checkModel(now, now.folder, signal));
  }
  return checks;
}

/** @returns the installed models, or those named. @throws AppError SPEECH_MODEL_MISSING or SETUP_INCOMPLETE with what to do */
export function chooseInstalled(places: ModelPlaces, names?: readonly string[]): InstalledModel[] {
  const installed = listModels(places).filter(isInstalled);
  if (names === undefined) return installed;
  return names.map((name) => {
    const model = installed.find((other) => other.name === name);
    if (model !== undefined) return model;
    const known = findEntry(name, places);
    throw modelMissing(known?.kind, `The model ${JSON.stringify(name.slice(0, 80))} is ${known === undefined ? "unknown; run earshot models list to see the names" : `not installed; run: earshot models fetch ${name}`}`);
  });
}

function isInstalled(model: ListedModel): model is InstalledModel {
  return model.path !== undefined && model.folder !== undefined;
}
