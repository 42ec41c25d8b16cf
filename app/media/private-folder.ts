// The private folder of a job: the recording under a fixed name and nothing else, so that hostile names and playlists find nothing.
import { constants } from "node:fs";
import { copyFile, link, lstat, rm } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../domain/index.ts";
import { ensureFolder } from "../platform/index.ts";

/** The only name that a recording has while it is worked on. */
export const INPUT_NAME = "input.bin";

/**
 * Puts the recording into the folder: a hard link where the file system allows it, a copy (sharing blocks where it can) elsewhere.
 * @param path   an ordinary file; it is never written to
 * @param folder made when missing, readable by this user only; its old `input.bin` is replaced
 * @throws AppError RECORDING_MISSING when there is no such file, MEDIA_FORMAT_REFUSED when it is a link, a pipe or a folder
 */
export async function bringIn(path: string, folder: string): Promise<{ inputPath: string; sizeBytes: number }> {
  const sizeBytes = await sizeOfOrdinaryFile(path);
  const inputPath = join(await ensureFolder(folder), INPUT_NAME);
  await rm(inputPath, { force: true });
  try {
    await link(path, inputPath);
  } catch {
    // another file system, too many links, or a foreign file under fs.protected_hardlinks
    await copyFile(path, inputPath, constants.COPYFILE_FICLONE);
  }
  return { inputPath, sizeBytes };
}

/** @throws AppError RECORDING_MISSING, MEDIA_FORMAT_REFUSED */
export async function sizeOfOrdinaryFile(path: string): Promise<number> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) throw new AppError("RECORDING_MISSING", "The file of the recording is gone; put it back and process the call again");
  if (!found.isFile()) throw new AppError("MEDIA_FORMAT_REFUSED", "The recording is not an ordinary file (it is a link, a pipe or a folder); export the recording itself");
  return found.size;
}
