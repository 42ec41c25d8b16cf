// Fetches a model from its publisher or from a site's mirror: every file continued where it broke off, checked, then all counted at once.
import { AppError } from "../domain/index.ts";
import type { Clock } from "./clock.ts";
import { sizeOf } from "./files.ts";
import { downloadFile, partOf } from "./model-download.ts";
import { filesOf, isPinned, sizeOfModel, type ModelEntry, type ModelFile } from "./model-entry.ts";
import { checkRoom, ensurePlace, entryToBring, findIntact, placeModel, withModelFolder } from "./model-place.ts";
import { checkFile } from "./model-sums.ts";
import { modelMissing, type ListedModel, type ModelPlaces } from "./models.ts";
import type { Net } from "./net-types.ts";

/** Where nothing is known of a size: more than any file of a model whose sum nobody states. */
const UNKNOWN_BYTES = 4e9;

export interface FetchProgress {
  name: string;
  doneBytes: number;
  /** absent while nobody knows it */
  totalBytes?: number;
}

export interface FetchOptions {
  net: Net;
  clock: Clock;
  signal?: AbortSignal;
  /** fetch from here instead of the publisher's host; the paths stay the publisher's */
  mirror?: string;
  /** the mirror is written in the settings: plain http is then the administrator's choice, for models whose sums are known */
  isMirrorAdministered?: boolean;
  /** fetch a model whose sum nobody states, and pin what comes */
  trustOnFirstUse?: boolean;
  onProgress?: (progress: FetchProgress) => void;
}

/**
 * Fetches a model of the manifest into the data folder. What is installed and intact is not fetched again; what broke off is continued.
 * @returns the model; `trustedOnFirstUse` when its sums were pinned just now or earlier
 * @throws AppError SPEECH_MODEL_MISSING or SETUP_INCOMPLETE when the name is unknown, has no address or no sum, DISK_RESERVE, DATA_DIR_LOCKED,
 *   FETCH_… (what arrived is kept), MODEL_INVALID when another file came (nothing is kept); the signal's reason
 */
export async function fetchModel(name: string, places: ModelPlaces, options: FetchOptions): Promise<ListedModel> {
  const entry = entryToBring(name, places);
  if (entry === undefined) throw modelMissing(undefined, `There is no model named ${JSON.stringify(name.slice(0, 80))} to fetch; run earshot models list to see the names`);
  const intact = await findIntact(name, places, options.signal);
  if (intact !== undefined) return intact;
  const addresses = filesOf(entry).map((file) => addressOf(entry, file, options));
  if (!isPinned(entry) && options.trustOnFirstUse !== true) {
    throw modelMissing(entry.kind, `No checksum of ${name} is known to us, so we cannot tell whether the right file comes. To fetch it all the same and pin what comes: earshot models fetch ${name} --trust-on-first-use`);
  }
  return withModelFolder(name, places, async (folder) => {
    const files = filesOf(entry);
    await checkRoom(`The model ${name}`, folder, (sizeOfModel(entry) ?? 0) - (await bytesThere(folder, files)));
    const known: ModelFile[] = [];
    const arrived: string[] = [];
    let doneBytes = 0;
    for (const [i, file] of files.entries()) {
      const target = await ensurePlace(folder, file);
      const there = await checkFile(file, target, options.signal);
      const isThere = there.state === "intact";
      const got = isThere ? there : await downloadFile({ file, url: addresses[i] ?? "", target, maxBytes: limitOf(entry, file) }, toolsOf(entry, doneBytes, options));
      if (!isThere) arrived.push(file.path);
      known.push({ ...file, sha256: got.sha256, sizeBytes: got.sizeBytes });
      doneBytes += got.sizeBytes ?? 0;
    }
    return placeModel(isPinned(entry) ? entry : { ...entry, trustedOnFirstUse: true }, folder, known, arrived);
  });
}

function toolsOf(entry: ModelEntry, beforeBytes: number, { net, clock, signal, onProgress }: FetchOptions): Parameters<typeof downloadFile>[1] {
  const report = (doneBytes: number, fileBytes: number | undefined): void => {
    const totalBytes = sizeOfModel(entry) ?? (entry.files === undefined ? fileBytes : undefined);
    onProgress?.({ name: entry.name, doneBytes: beforeBytes + doneBytes, ...(totalBytes === undefined ? {} : { totalBytes }) });
  };
  return { net, clock, onProgress: report, ...(signal === undefined ? {} : { signal }) };
}

/** @throws AppError SPEECH_MODEL_MISSING or SETUP_INCOMPLETE without an address, FETCH_URL_REFUSED for one that is not safe enough */
function addressOf(entry: ModelEntry, file: ModelFile, { mirror, isMirrorAdministered = false }: FetchOptions): string {
  if (file.url === undefined) throw modelMissing(entry.kind, `The model ${entry.name} has no address to fetch it from; carry it over with: earshot models install <file>`);
  if (mirror === undefined) return file.url;
  const base = URL.canParse(mirror) ? new URL(mirror) : undefined;
  const isPlain = base?.protocol === "http:";
  if (base === undefined || (!isPlain && base.protocol !== "https:")) throw new AppError("FETCH_URL_REFUSED", `${mirror} is no address of a mirror; expected https://host/path`);
  if (isPlain && !isLoopback(base.hostname) && !(isMirrorAdministered && isPinned(entry))) {
    throw new AppError("FETCH_URL_REFUSED", `The mirror ${base.host} is not https; use https, or set models.mirror in the settings (for models with known checksums)`);
  }
  return `${base.href.replace(/\/+$/, "")}${new URL(file.url).pathname}`;
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function limitOf(entry: ModelEntry, file: ModelFile): number {
  return file.sizeBytes ?? Math.ceil(entry.approximateMb === undefined ? UNKNOWN_BYTES : entry.approximateMb * 1.5e6);
}

/** What lies here already, whole or in part. */
async function bytesThere(folder: string, files: readonly ModelFile[]): Promise<number> {
  const sizes = await Promise.all(files.map(async (file) => (await sizeOf(`${folder}/${file.path}`)) ?? (await sizeOf(partOf(`${folder}/${file.path}`))) ?? 0));
  return sizes.reduce((sum, one) => sum + one, 0);
}
