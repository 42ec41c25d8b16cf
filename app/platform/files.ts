// Files that are whole or not there: written aside, flushed, renamed into place.
import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm, stat, statfs } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** Makes a folder (and its parents) that only this user may read. */
export async function ensureFolder(path: string): Promise<string> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  return path;
}

/** Renames into place and flushes the folder, so that a power cut leaves the old state or the new one. `from` must be flushed already. */
export async function renameDurably(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncFolder(dirname(to));
}

/** Flushes a file's bytes to the disk. */
export async function syncFile(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Flushes a folder's entries to the disk. */
export async function syncFolder(path: string): Promise<void> {
  await syncFile(path);
}

/**
 * Writes a stream beside `target`, flushes it, renames it into place.
 * @param maxBytes the first byte beyond it stops the write
 * @returns size and SHA-256 of what was written, or "too_large" (then nothing is left behind)
 */
export async function writeStreamDurably(
  source: AsyncIterable<Uint8Array>,
  target: string,
  maxBytes: number,
): Promise<{ sizeBytes: number; sha256: string } | "too_large"> {
  const aside = temporaryBeside(target);
  const hash = createHash("sha256");
  let sizeBytes = 0;
  const handle = await open(aside, "wx", 0o600);
  try {
    for await (const chunk of source) {
      sizeBytes += chunk.byteLength;
      if (sizeBytes > maxBytes) {
        await rm(aside, { force: true });
        return "too_large";
      }
      hash.update(chunk);
      await handle.writeFile(chunk); // all of it: a bare write may stop short when the disk fills up
    }
    await handle.sync();
    await renameDurably(aside, target);
    return { sizeBytes, sha256: hash.digest("hex") };
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}

/** A name beside `target` for a file that is not finished. Names of this form are swept at start. */
export function temporaryBeside(target: string): string {
  return join(dirname(target), `.${basename(target)}.${randomBytes(6).toString("hex")}.unfinished`);
}

/** SHA-256 of a file as lower-case hex, read as a stream. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/** Reads `length` bytes at `offset`; shorter at the end of the file. */
export async function readRange(path: string, offset: number, length: number): Promise<Buffer> {
  const handle = await open(path, "r");
  try {
    const buffer = Buffer.alloc(length);
    const { bytesRead } = await handle.read(buffer, 0, length, offset);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Free bytes of the file system that holds `path`, for an ordinary user. */
export async function freeBytes(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
}

/** Size in bytes, or undefined when there is no such file. */
export async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch {
    return undefined;
  }
}

/** Bytes that are here already, for what takes a stream. */
export async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
