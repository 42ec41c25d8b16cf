// The vault keeps the recordings: names of our own, written whole or not at all, never changed afterwards.
import { constants } from "node:fs";
import { chmod, copyFile, lstat, readdir, rm, stat } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { AppError, newId } from "../domain/index.ts";
import { ensureFolder, hashFile, renameDurably, syncFile, syncFolder, systemClock, temporaryBeside, writeStreamDurably, type Clock } from "../platform/index.ts";
import { sizeOfOrdinaryFile } from "./private-folder.ts";

/** A file in the vault. */
export interface VaultFile {
  /** name inside the vault, e.g. `recordings/2026/11/rec_01….wav`; the only thing that is stored elsewhere */
  file: string;
  sizeBytes: number;
  /** lower-case hex */
  sha256: string;
}

/** What a sweep found. */
export interface SweepReport {
  kept: number;
  /** of those, unfinished and unknown ones that are younger than the grace */
  young: number;
  removedUnfinished: number;
  removedOrphans: number;
}

export interface Vault {
  /**
   * Stores a stream. Returns when bytes and name are on the disk.
   * @throws AppError TOO_LARGE (nothing is left behind); whatever the stream throws
   */
  adoptStream(source: AsyncIterable<Uint8Array>, originalName: string, maxBytes: number): Promise<VaultFile>;
  /**
   * Copies a file in (sharing blocks where the file system can); the source stays as it is.
   * @throws AppError RECORDING_MISSING, MEDIA_FORMAT_REFUSED (not an ordinary file), TOO_LARGE, MEDIA_STILL_RECORDING (it changed under the copy)
   */
  adoptFile(path: string, originalName: string, maxBytes?: number): Promise<VaultFile>;
  /** @returns absolute path. @throws AppError NOT_FOUND for any text that is not a name given out by a vault */
  pathOf(file: string): string;
  /** A name for a rendition that does not exist yet; its folder does. */
  newRenditionPath(): Promise<{ file: string; path: string }>;
  /** Removes a file for good; nothing happens when it is gone already. @throws AppError NOT_FOUND as `pathOf` */
  remove(file: string): Promise<void>;
  /** Removes unfinished and unknown files older than the grace (a crash between writing and storing leaves them). Foreign files stay. */
  sweep(isKnown: (file: string) => boolean, graceMs: number): Promise<SweepReport>;
}

const SHELVES = ["recordings", "renditions"] as const;
const FILE_NAME = /^(recordings|renditions)\/\d{4}\/\d{2}\/rec_[0-9A-HJKMNP-TV-Z]{26}\.[a-z0-9]{1,6}$/;
/** Extensions that are kept, so that a person who looks into the vault can play its files. Everything else is `bin`. */
const SAFE_EXTENSIONS = new Set(["wav", "mp3", "ogg", "opus", "oga", "flac", "m4a", "mp4", "aac", "amr", "au", "w64", "ulaw", "alaw", "sln", "sln16", "gsm", "g722", "raw"]);

/** @param root absolute path of the folder that holds `recordings/` and `renditions/`; made when the first file comes */
export function createVault(root: string, clock: Clock = systemClock): Vault {
  const pathOf = (file: string): string => {
    if (!FILE_NAME.test(file)) throw new AppError("NOT_FOUND", "There is no such recording in the vault");
    return join(root, file);
  };
  /** A new name whose folders are on the disk. */
  const newPlace = async (shelf: (typeof SHELVES)[number], extension: string): Promise<{ file: string; path: string }> => {
    const now = clock.now();
    const [year = "", month = ""] = new Date(now).toISOString().split("-");
    const file = `${shelf}/${year}/${month}/${newId("rec", now)}.${extension}`;
    const path = pathOf(file);
    await ensureFolder(dirname(path));
    for (const folder of [join(root, shelf, year), join(root, shelf), root]) await syncFolder(folder); // the month's name must survive a power cut like the file's
    return { file, path };
  };

  return {
    pathOf,
    newRenditionPath: () => newPlace("renditions", "flac"),

    async adoptStream(source, originalName, maxBytes) {
      const { file, path } = await newPlace("recordings", safeExtension(originalName));
      const written = await writeStreamDurably(source, path, maxBytes);
      if (written === "too_large") throw tooLarge(maxBytes);
      return { file, ...written };
    },

    async adoptFile(path, originalName, maxBytes = Number.MAX_SAFE_INTEGER) {
      if ((await sizeOfOrdinaryFile(path)) > maxBytes) throw tooLarge(maxBytes);
      const { file, path: target } = await newPlace("recordings", safeExtension(originalName));
      const aside = temporaryBeside(target);
      try {
        const sizeBytes = await copyUnchanged(path, aside);
        const sha256 = await hashFile(aside);
        await syncFile(aside);
        await renameDurably(aside, target);
        return { file, sizeBytes, sha256 };
      } catch (error) {
        await rm(aside, { force: true });
        throw error;
      }
    },

    async remove(file) {
      const path = pathOf(file);
      await rm(path, { force: true });
      await syncFolder(dirname(path)).catch(() => undefined); // the folder was never made: nothing to flush
    },

    async sweep(isKnown, graceMs) {
      const report: SweepReport = { kept: 0, young: 0, removedUnfinished: 0, removedOrphans: 0 };
      const oldest = clock.now() - graceMs;
      for await (const file of entriesOf(root)) {
        const isUnfinished = file.endsWith(UNFINISHED);
        const isOrphan = !isUnfinished && FILE_NAME.test(file) && !isKnown(file);
        const path = join(root, file);
        const found = isUnfinished || isOrphan ? await lstat(path).catch(() => undefined) : undefined;
        if (found === undefined || found.mtimeMs > oldest) {
          report.kept++;
          if (found !== undefined) report.young++;
        } else {
          await rm(path, { force: true, recursive: true });
          if (isUnfinished) report.removedUnfinished++;
          else report.removedOrphans++;
        }
      }
      return report;
    },
  };
}

/** The end of the names that `temporaryBeside` gives to files and folders of work in progress. */
const UNFINISHED = ".unfinished";

/** Names of all files and of all unfinished folders, relative to the root. */
async function* entriesOf(root: string): AsyncGenerator<string> {
  const folders: string[] = [...SHELVES];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await readdir(join(root, folder), { withFileTypes: true }).catch(() => [])) {
      const name = `${folder}/${entry.name}`;
      if (entry.isDirectory() && !name.endsWith(UNFINISHED)) folders.push(name);
      else yield name;
    }
  }
}

/** @returns size in bytes. @throws AppError MEDIA_STILL_RECORDING when somebody wrote to the source meanwhile */
async function copyUnchanged(path: string, target: string): Promise<number> {
  const before = await stat(path);
  await copyFile(path, target, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
  await chmod(target, 0o600);
  const after = await stat(path);
  if (after.size === before.size && after.mtimeMs === before.mtimeMs && (await stat(target)).size === before.size) return before.size;
  throw new AppError("MEDIA_STILL_RECORDING", "The recording changed while it was copied; it is looked at again later");
}

/** @returns an extension from a short list, never text of the sender */
function safeExtension(originalName: string): string {
  const extension = extname(originalName).slice(1).toLowerCase();
  return SAFE_EXTENSIONS.has(extension) ? extension : "bin";
}

function tooLarge(maxBytes: number): AppError {
  return new AppError("TOO_LARGE", `The recording is larger than the ${maxBytes} bytes that are accepted`, { retry: "after_fix", details: { maxBytes } });
}
