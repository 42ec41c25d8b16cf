// Looks through a folder, bounded and without holding up the event loop: one folder at a time, eight files at once. Works on any file system.
import type { Dirent, Stats } from "node:fs";
import { lstat, opendir } from "node:fs/promises";
import { join } from "node:path";
import type { FileSample } from "./settle.ts";

const LOOKS_AT_ONCE = 8;

export interface ScanOptions {
  recursive: boolean;
  /** which file names matter; others are not even looked at */
  isWanted: (name: string) => boolean;
  /** a folder below that cannot be read, or a name that is not UTF-8 and so cannot be opened, is reported and passed over */
  onError: (path: string, error: unknown) => void;
  /** a folder was read to its end: when it changed last, and how many entries it has */
  onFolder?: (path: string, mtimeMs: number, entries: number) => void;
  signal: AbortSignal;
}

/**
 * Every wanted file. Symbolic links are not followed: they lead in circles and out of the folder. Hidden folders are passed over.
 * @throws the error of the file system when `root` itself cannot be read
 */
export async function* scanFolder(root: string, options: ScanOptions): AsyncGenerator<FileSample> {
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    try {
      const { mtimeMs } = await lstat(folder);
      let batch: string[] = [];
      let entries = 0;
      for await (const entry of await opendir(folder, { bufferSize: 256 })) {
        if (options.signal.aborted) return;
        entries++;
        if (isFolderToEnter(entry, options)) folders.push(join(folder, entry.name));
        else if (entry.name.includes("\ufffd")) options.onError(join(folder, entry.name), Object.assign(new Error("The name is not UTF-8"), { code: "NAME_NOT_UTF8" }));
        else if (entry.isFile() && options.isWanted(entry.name)) batch.push(join(folder, entry.name));
        if (batch.length < LOOKS_AT_ONCE) continue;
        yield* await lookAtAll(batch);
        batch = [];
      }
      yield* await lookAtAll(batch);
      options.onFolder?.(folder, mtimeMs, entries);
    } catch (error) {
      if (folder === root) throw error;
      options.onError(folder, error);
    }
  }
}

/** One look at a file; undefined when it is gone or no ordinary file. */
export async function lookAt(path: string): Promise<FileSample | undefined> {
  try {
    return sampleOf(path, await lstat(path));
  } catch {
    return undefined;
  }
}

async function lookAtAll(paths: readonly string[]): Promise<FileSample[]> {
  return (await Promise.all(paths.map(lookAt))).filter((sample) => sample !== undefined);
}

function sampleOf(path: string, stats: Stats): FileSample | undefined {
  if (!stats.isFile()) return undefined;
  return { path, dev: stats.dev, ino: stats.ino, sizeBytes: stats.size, mtimeMs: Math.trunc(stats.mtimeMs) };
}

function isFolderToEnter(entry: Dirent, options: ScanOptions): boolean {
  return options.recursive && entry.isDirectory() && !entry.name.startsWith(".");
}
