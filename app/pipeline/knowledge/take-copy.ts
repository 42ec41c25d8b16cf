// A private copy of a file of the folder: what is hashed is what is read, and nothing outside of the folder ever is.
import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open, readlink, realpath, rm } from "node:fs/promises";
import { sep } from "node:path";
import { AppError } from "../../domain/index.ts";
import type { KnowledgeFile } from "../../store/index.ts";

/** A name may lead elsewhere a moment after it was looked at: the open file is what counts, and the kernel says where it lies. */
const NO_FOLLOW = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * @param root the folder · @param path the file, absolute · @param target where the copy goes; nothing is left there on failure
 * @returns its digest and what the file was while it was copied
 * @throws AppError DOCUMENT_UNREADABLE when it is no ordinary file of the folder or cannot be read, DOCUMENT_TOO_LARGE; the signal's reason when aborted
 */
export async function takeCopy(root: string, path: string, target: string, maxBytes: number, signal: AbortSignal): Promise<{ sha256: string } & Omit<KnowledgeFile, "path">> {
  const source = await open(path, NO_FOLLOW).catch((cause: unknown) => Promise.reject(unreadable(cause)));
  try {
    const stats = await source.stat();
    const lies = await readlink(`/proc/self/fd/${source.fd}`).catch(() => realpath(path));
    if (!stats.isFile() || !lies.startsWith(`${await realpath(root)}${sep}`)) throw new AppError("DOCUMENT_UNREADABLE", "It is no ordinary file of the folder; links are not followed, put the file itself there");
    if (stats.size > maxBytes) throw tooLarge();
    const hash = createHash("sha256");
    const copy = await open(target, "wx", 0o600);
    try {
      let sizeBytes = 0;
      for await (const chunk of source.createReadStream({ autoClose: false, signal })) {
        sizeBytes += (chunk as Buffer).length;
        if (sizeBytes > maxBytes) throw tooLarge();
        hash.update(chunk as Buffer);
        await copy.write(chunk as Buffer);
      }
      return { sha256: hash.digest("hex"), sizeBytes: stats.size, mtimeMs: Math.trunc(stats.mtimeMs), ino: stats.ino };
    } finally {
      await copy.close();
    }
  } catch (thrown) {
    await rm(target, { force: true });
    signal.throwIfAborted();
    throw thrown instanceof AppError ? thrown : unreadable(thrown);
  } finally {
    await source.close();
  }
}

function tooLarge(): AppError {
  return new AppError("DOCUMENT_TOO_LARGE", "The document is larger than documents.max_mb; split it or raise the limit");
}

function unreadable(cause: unknown): AppError {
  return new AppError("DOCUMENT_UNREADABLE", "The document cannot be opened; check that the user of Earshot may read it, and that it is no link", { cause });
}
