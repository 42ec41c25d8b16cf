// Brings models in and out: fetched from their publisher, carried in a bundle, always checked against their sums before they count.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { AppError } from "../domain/index.ts";
import { ensureFolder, freeBytes, renameDurably, sizeOf, syncFile, temporaryBeside, writeStreamDurably } from "./files.ts";
import { findEntry, installedFolder, listModels, modelEntrySchema, readManifest, type ListedModel, type ModelEntry, type ModelPlaces } from "./models.ts";
import { listTar, tarContent, tarStream } from "./tar.ts";

/** Downloads `url` into the file `target`, which does not exist yet. The one guarded way to the outside is in net.ts; it is given as an argument. */
export type Download = (url: string, target: string, limits: { maxBytes: number; signal?: AbortSignal }) => Promise<void>;

/** `unchecked`: no sum is known for it. */
export interface ModelCheck {
  name: string;
  path: string;
  state: "intact" | "damaged" | "unchecked";
  sha256: string;
}

const BUNDLE_LIST = "models.json";
const LARGEST_MODEL_BYTES = 64 * 1024 ** 3;

/**
 * Fetches a model of the manifest into the data folder. A file that does not have the sum of the manifest is thrown away.
 * @throws AppError SPEECH_MODEL_MISSING when the name is unknown or has no address, MODEL_INVALID when the sum is wrong, DISK_RESERVE
 *   when it does not fit, or what `download` throws
 */
export async function fetchModel(name: string, places: ModelPlaces, download: Download, signal?: AbortSignal): Promise<ListedModel> {
  const entry = readManifest(places).find((other) => other.name === name);
  if (entry === undefined) throw new AppError("SPEECH_MODEL_MISSING", `There is no model named ${JSON.stringify(name.slice(0, 80))} to fetch; run earshot models list to see the names`);
  const installed = listModels(places).find((other) => other.name === name);
  if (installed?.path !== undefined && (await checkFile(installed, installed.path)).state === "intact") return installed;
  if (entry.url === undefined || (entry.sha256 ?? entry.sha1) === undefined) {
    throw new AppError("SPEECH_MODEL_MISSING", `The model ${name} has no address with a known sum; place its file on this machine and give its path in the settings`);
  }
  const expectedBytes = entry.sizeBytes ?? Math.ceil((entry.approximateMb ?? 4096) * 1.1e6);
  return install(entry, places, expectedBytes, (target) => download(entry.url ?? "", target, { maxBytes: expectedBytes, ...(signal === undefined ? {} : { signal }) }));
}

/** Reads every installed model (or those named) and compares it with its sum. */
export async function verifyModels(places: ModelPlaces, names?: readonly string[]): Promise<ModelCheck[]> {
  const checks: ModelCheck[] = [];
  for (const model of chosen(places, names)) checks.push(await checkFile(model, model.path));
  return checks;
}

/**
 * Packs installed models into one archive for a machine without internet.
 * @returns the names in it
 * @throws AppError SPEECH_MODEL_MISSING when one is not installed, MODEL_INVALID when one is damaged
 */
export async function bundleModels(file: string, places: ModelPlaces, names?: readonly string[]): Promise<string[]> {
  const models = chosen(places, names);
  const entries: ModelEntry[] = [];
  for (const model of models) {
    const { state, sha256 } = await checkFile(model, model.path);
    if (state === "damaged") throw damaged(model.name, model.path);
    entries.push({ ...withoutPath(model), sha256, sizeBytes: (await sizeOf(model.path)) ?? 0, file: basename(model.path) });
  }
  const list = Buffer.from(JSON.stringify({ models: entries }));
  const members = [
    { name: BUNDLE_LIST, sizeBytes: list.length, content: () => once(list) },
    ...models.map((model, i) => ({ name: `${model.name}/${basename(model.path)}`, sizeBytes: entries[i]?.sizeBytes ?? 0, content: () => createReadStream(model.path) })),
  ];
  await writeStreamDurably(tarStream(members), file, Number.MAX_SAFE_INTEGER);
  return models.map((model) => model.name);
}

/**
 * Installs what somebody carried here: a bundle, or a single model file that the manifest knows by its sum.
 * @returns the names that were installed
 * @throws AppError MODEL_INVALID when it is neither or is damaged; what was installed before stays
 */
export async function installModels(file: string, places: ModelPlaces): Promise<string[]> {
  if ((await sizeOf(file)) === undefined) throw new AppError("MODEL_INVALID", `${file} does not exist; check the path`);
  const single = await knownFile(file, places);
  if (single !== undefined) {
    await install(single, places, (await sizeOf(file)) ?? 0, (target) => copy(createReadStream(file), target));
    return [single.name];
  }
  const members = await listTar(file);
  const first = members[0];
  if (first?.name !== BUNDLE_LIST || first.sizeBytes > 1024 * 1024) throw notABundle(file);
  const entries = parseList(await collect(tarContent(file, first)), file);
  const planned = entries.map((entry) => ({ entry, member: members.find((member) => member.name === `${entry.name}/${basename(entry.file)}`) }));
  for (const { entry, member } of planned) if (member === undefined || member.sizeBytes !== entry.sizeBytes || entry.sha256 === undefined) throw notABundle(file);
  for (const { entry, member } of planned) {
    if (member !== undefined) await install(entry, places, member.sizeBytes, (target) => copy(tarContent(file, member), target));
  }
  return entries.map((entry) => entry.name);
}

/** Brings the file beside its place, checks it, then lets it count: first the file, then `model.json`. */
async function install(entry: ModelEntry, places: ModelPlaces, expectedBytes: number, bring: (target: string) => Promise<void>): Promise<ListedModel> {
  const folder = await ensureFolder(installedFolder(entry.name, places));
  if ((await freeBytes(folder)) < expectedBytes * 1.05) {
    throw new AppError("DISK_RESERVE", `The model ${entry.name} needs ${Math.ceil(expectedBytes / 1e6)} MB and ${folder} has less; make room and try again`);
  }
  const path = join(folder, basename(entry.file));
  const aside = temporaryBeside(path);
  try {
    await bring(aside);
    const check = await checkFile(entry, aside);
    if (check.state !== "intact") throw damaged(entry.name, "what arrived");
    await syncFile(aside);
    await renameDurably(aside, path);
    const { sha1: _replaced, ...rest } = entry;
    const installed: ModelEntry = { ...rest, file: basename(entry.file), sha256: check.sha256, sizeBytes: (await sizeOf(path)) ?? expectedBytes };
    await writeStreamDurably(once(Buffer.from(`${JSON.stringify(installed, null, 2)}\n`)), join(folder, "model.json"), 1024 * 1024);
    return { ...installed, path };
  } finally {
    await rm(aside, { force: true });
  }
}

async function checkFile(entry: ModelEntry, path: string): Promise<ModelCheck> {
  const { sha256, sha1 } = await sumsOf(path);
  const state = entry.sha256 !== undefined ? entry.sha256 === sha256 : entry.sha1 !== undefined ? entry.sha1 === sha1 : undefined;
  return { name: entry.name, path, sha256, state: state === undefined ? "unchecked" : state ? "intact" : "damaged" };
}

async function sumsOf(path: string): Promise<{ sha256: string; sha1: string }> {
  const sums = { sha256: createHash("sha256"), sha1: createHash("sha1") };
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    sums.sha256.update(chunk as Buffer);
    sums.sha1.update(chunk as Buffer);
  }
  return { sha256: sums.sha256.digest("hex"), sha1: sums.sha1.digest("hex") };
}

async function knownFile(file: string, places: ModelPlaces): Promise<ModelEntry | undefined> {
  const { sha256, sha1 } = await sumsOf(file);
  return readManifest(places).find((entry) => (entry.sha256 === undefined ? entry.sha1 === sha1 : entry.sha256 === sha256));
}

function chosen(places: ModelPlaces, names: readonly string[] | undefined): (ModelEntry & { path: string })[] {
  const installed = listModels(places).filter((model): model is ModelEntry & { path: string } => model.path !== undefined);
  if (names === undefined) return installed;
  return names.map((name) => {
    const model = installed.find((other) => other.name === name);
    if (model !== undefined) return model;
    const isKnown = findEntry(name, places) !== undefined;
    throw new AppError("SPEECH_MODEL_MISSING", `The model ${JSON.stringify(name.slice(0, 80))} is ${isKnown ? "not installed; run: earshot models fetch " + name : "unknown; run earshot models list to see the names"}`);
  });
}

function parseList(bytes: Buffer, file: string): ModelEntry[] {
  try {
    return z.object({ models: z.array(modelEntrySchema).min(1) }).parse(JSON.parse(bytes.toString("utf8"))).models;
  } catch {
    throw notABundle(file);
  }
}

async function copy(source: AsyncIterable<Uint8Array>, target: string): Promise<void> {
  await writeStreamDurably(source, target, LARGEST_MODEL_BYTES);
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function withoutPath(model: ListedModel): ModelEntry {
  const { path: _path, sha1: _sha1, ...entry } = model;
  return entry;
}

function damaged(name: string, what: string): AppError {
  return new AppError("MODEL_INVALID", `The model ${name} is damaged or not the right file (${what} has another sum); fetch or copy it again`);
}

function notABundle(file: string): AppError {
  return new AppError("MODEL_INVALID", `${file} is neither a bundle made with earshot models bundle nor a model file of the list; run earshot models list to see the known ones`);
}
