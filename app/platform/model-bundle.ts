// Models for sites without internet: packed into one file here, installed from it there, with nothing trusted but sums.
import { createReadStream } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { open } from "node:fs/promises";
import { z } from "zod";
import { AppError } from "../domain/index.ts";
import { sizeOf, writeStreamDurably } from "./files.ts";
import { forgetPart, partOf } from "./model-download.ts";
import { filesOf, isPinned, modelEntrySchema, withFiles, type ModelEntry, type ModelFile, type ModelKind } from "./model-entry.ts";
import { checkRoom, ensurePlace, placeModel, withModelFolder } from "./model-place.ts";
import { agrees, checkModel, chooseInstalled, createSummer, sumsOf, type Sums } from "./model-sums.ts";
import { readManifest, type InstalledModel, type ListedModel, type ModelPlaces } from "./models.ts";
import { listTar, tarContent, tarStream, type TarMember, type TarSource } from "./tar.ts";

const LIST = "models.json";
const LICENCES = "LICENCES.txt";

/** What a person says of a model file that no list knows. */
export interface BareModel {
  name: string;
  kind?: ModelKind | undefined;
}

/**
 * Packs installed models into one tar file: the list with all sums, a note on their licences, the files. The same models make the same bytes.
 * @param names all installed when absent
 * @returns the names in it
 * @throws AppError SPEECH_MODEL_MISSING or SETUP_INCOMPLETE when one is not installed, MODEL_INVALID when one is damaged, DISK_RESERVE
 */
export async function bundleModels(file: string, places: ModelPlaces, names?: readonly string[]): Promise<string[]> {
  const chosen = chooseInstalled(places, names === undefined ? undefined : [...new Set(names)]).sort((a, b) => (a.name < b.name ? -1 : 1));
  const entries: ModelEntry[] = [];
  for (const model of chosen) entries.push(await intactEntry(model));
  const members = [textMember(LIST, `${JSON.stringify({ models: entries }, null, 1)}\n`), textMember(LICENCES, licenceNote(entries)), ...entries.flatMap((entry, i) => fileMembers(entry, chosen[i]))];
  await checkRoom("The bundle", dirname(resolve(file)), members.reduce((sum, one) => sum + one.sizeBytes, 0));
  await writeStreamDurably(tarStream(members), file, Number.MAX_SAFE_INTEGER);
  return entries.map((entry) => entry.name);
}

/**
 * Installs what somebody carried here: a bundle, a model file that the manifest knows by its sum, or any model file under a name of its own.
 * @returns the models that were installed; what was installed before a damaged one stays
 * @throws AppError MODEL_INVALID when it is none of these or is damaged, CONFLICT when the name means another model, DISK_RESERVE, DATA_DIR_LOCKED
 */
export async function installModels(file: string, places: ModelPlaces, bare?: BareModel): Promise<ListedModel[]> {
  const sizeBytes = await sizeOf(file);
  if (sizeBytes === undefined) throw new AppError("MODEL_INVALID", `${file} does not exist; check the path`);
  const members = bare === undefined ? await membersOfBundle(file) : undefined;
  if (members !== undefined) return installBundle(file, members, places);
  const sums = await sumsOf(file);
  const known = readManifest(places).find((entry) => entry.files === undefined && agrees(entry, sums) === true);
  const entry = bare === undefined ? known : await bareEntry(file, bare, known, places);
  if (entry === undefined) throw new AppError("MODEL_INVALID", `${file} is neither a bundle made with earshot models bundle nor a model file of the list; a model of your own needs a name: earshot models install <file> --name <name>`);
  const [first] = filesOf(entry);
  return [await bringModel(withFiles(entry, [{ ...first, ...sums, sizeBytes }]), places, () => createReadStream(file, { highWaterMark: 1024 * 1024 }))];
}

async function installBundle(file: string, members: readonly TarMember[], places: ModelPlaces): Promise<ListedModel[]> {
  const list = members.find((member) => member.name === LIST);
  const entries = list === undefined || list.sizeBytes > 4 * 1024 * 1024 ? [] : parseList(await collect(tarContent(file, list)));
  const wanted = new Map<string, ModelFile>(entries.flatMap((entry) => filesOf(entry).map((one) => [`${entry.name}/${one.path}`, one] as const)));
  const rest = members.filter((member) => member.name !== LIST && member.name !== LICENCES);
  const isWhole = entries.length > 0 && rest.length === wanted.size && rest.every((member) => wanted.get(member.name)?.sizeBytes === member.sizeBytes && wanted.get(member.name)?.sha256 !== undefined);
  if (!isWhole) throw new AppError("MODEL_INVALID", `${file} is no bundle made with earshot models bundle, or its list and its files do not belong together`);
  checkNames(entries, readManifest(places));
  const installed: ListedModel[] = [];
  for (const entry of entries) {
    installed.push(await bringModel(entry, places, (one) => tarContent(file, rest.find((member) => member.name === `${entry.name}/${one.path}`) ?? never(one))));
  }
  return installed;
}

/** A bundle states its own sums; what a publisher's model is called here must be that model. @throws AppError MODEL_INVALID */
function checkNames(entries: readonly ModelEntry[], manifest: readonly ModelEntry[]): void {
  for (const entry of entries) {
    const known = manifest.find((other) => other.name === entry.name && other.url !== undefined && isPinned(other));
    if (known === undefined) continue;
    const sums = new Map(filesOf(entry).map((file) => [file.path, file.sha256]));
    if (filesOf(known).every((file) => file.sha256 === undefined || file.sha256 === sums.get(file.path))) continue;
    throw new AppError("MODEL_INVALID", `The bundle calls a model ${entry.name} that is not the ${entry.name} of the list (other sums); nothing was installed`);
  }
}

/** Copies all files of a model beside their places, checking on the way, then lets them count. @throws AppError MODEL_INVALID, DISK_RESERVE, DATA_DIR_LOCKED */
export async function bringModel(entry: ModelEntry, places: ModelPlaces, contentOf: (file: ModelFile) => AsyncIterable<Uint8Array>): Promise<ListedModel> {
  return withModelFolder(entry.name, places, async (folder) => {
    const files = filesOf(entry);
    await checkRoom(`The model ${entry.name}`, folder, files.reduce((sum, one) => sum + (one.sizeBytes ?? 0), 0));
    for (const file of files) {
      const target = await ensurePlace(folder, file);
      const sums = await copyPart(contentOf(file), target);
      if (agrees(file, sums) === true) continue;
      await forgetPart(target);
      throw new AppError("MODEL_INVALID", `The file ${file.path} of ${entry.name} was damaged on the way here (it has another sum); copy it again`);
    }
    return placeModel(entry, folder, files, files.map((one) => one.path));
  });
}

async function copyPart(source: AsyncIterable<Uint8Array>, target: string): Promise<Sums> {
  const summer = createSummer();
  await forgetPart(target); // of a download: other bytes
  await writeStreamDurably(watched(source, summer.update), partOf(target), Number.MAX_SAFE_INTEGER);
  return summer.sums();
}

async function* watched(source: AsyncIterable<Uint8Array>, onChunk: (chunk: Uint8Array) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    onChunk(chunk);
    yield chunk;
  }
}

/** @returns undefined when the file does not begin like a tar archive. @throws AppError MODEL_INVALID when it does and is damaged or holds tricks */
async function membersOfBundle(file: string): Promise<TarMember[] | undefined> {
  const head = await headOf(file, 512);
  return head.toString("latin1", 257, 262) === "ustar" ? listTar(file) : undefined;
}

/** ggml and GGUF files say what they are in their first bytes; whisper.cpp models also whether they know more than English. */
async function bareEntry(file: string, bare: BareModel, known: ModelEntry | undefined, places: ModelPlaces): Promise<ModelEntry> {
  const other = readManifest(places).find((entry) => entry.name === bare.name);
  if (other !== undefined && other.name !== known?.name) throw new AppError("CONFLICT", `${bare.name} is the name of another model of the list, with other sums; choose a name of your own`);
  if (known !== undefined && (bare.kind ?? known.kind) === known.kind) return { ...known, name: bare.name };
  const head = await headOf(file, 8);
  const magic = head.toString("latin1", 0, 4);
  const kind = bare.kind ?? (magic === "GGUF" ? "language" : magic === "lmgg" ? "speech" : undefined);
  if (kind === undefined || (kind === "speech" && magic !== "lmgg") || (kind === "language" && magic !== "GGUF")) throw new AppError("MODEL_INVALID", `${file} is no ${kind === "speech" ? "ggml" : kind === "language" ? "GGUF" : "ggml or GGUF"} model; check that the right file was copied and is complete`);
  const isEnglishOnly = kind === "speech" && head.readInt32LE(4) < 51_865; // tokens; whisper.cpp `is_multilingual`
  const ending = magic === "GGUF" ? "gguf" : "bin";
  return { name: bare.name, kind, file: `${bare.name}.${ending}`, licence: "not stated", languages: [isEnglishOnly ? "en" : "*"], trustedOnFirstUse: true, note: "brought in by this site" };
}

async function headOf(file: string, length: number): Promise<Buffer> {
  const handle = await open(file, "r");
  try {
    const head = Buffer.alloc(length); // zeros behind the end of a short file
    await handle.read(head, 0, length, 0);
    return head;
  } finally {
    await handle.close();
  }
}

async function intactEntry({ path: _path, folder, ...entry }: InstalledModel): Promise<ModelEntry> {
  const { state, files } = await checkModel(entry, folder);
  const bad = files.find((one) => one.state === "damaged");
  if (state === "damaged") throw new AppError("MODEL_INVALID", `The model ${entry.name} is damaged (${bad?.path} ${bad?.problem}); fetch or install it again before you pack it`);
  return withFiles(isPinned(entry) ? entry : { ...entry, trustedOnFirstUse: true }, filesOf(entry).map((file, i) => ({ ...file, sha256: files[i]?.sha256, sizeBytes: files[i]?.sizeBytes })));
}

function fileMembers(entry: ModelEntry, model: InstalledModel | undefined): TarSource[] {
  return filesOf(entry).map((file) => ({ name: `${entry.name}/${file.path}`, sizeBytes: file.sizeBytes ?? 0, content: () => createReadStream(join(model?.folder ?? "", file.path), { highWaterMark: 1024 * 1024 }) }));
}

function textMember(name: string, text: string): TarSource {
  const bytes = Buffer.from(text);
  return {
    name,
    sizeBytes: bytes.length,
    async *content() {
      yield bytes;
    },
  };
}

function licenceNote(entries: readonly ModelEntry[]): string {
  const lines = entries.map((entry) => `${entry.name}: ${entry.licence}${filesOf(entry)[0].url === undefined ? "" : `\n  from ${filesOf(entry)[0].url}`}`);
  return `Models in this bundle and the licences that their publishers state. Read the licence at the publisher before you pass a model on.\n\n${lines.join("\n")}\n`;
}

function parseList(bytes: Buffer): ModelEntry[] {
  try {
    const { models } = z.object({ models: z.array(modelEntrySchema).min(1).max(200) }).parse(JSON.parse(bytes.toString("utf8")));
    return new Set(models.map((one) => one.name)).size === models.length ? models : [];
  } catch {
    return [];
  }
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function never(file: ModelFile): never {
  throw new Error(`${file.path} was checked to be there`);
}
