// The file that a telephone system names, found below the folder that this machine sees, and never outside it.
import { realpath, stat } from "node:fs/promises";
import { basename, join, sep } from "node:path";
import { AppError } from "../domain/index.ts";

/**
 * Finds a recording by the name that the telephone system gave it. Its folders and ours differ (`/var/spool/asterisk/monitor/2026/…` there,
 * `/mnt/pbx/2026/…` here), so the longest end of its path that exists below `folder` is the file.
 * @param folder `recordings_folder` of the source
 * @param name   path as the telephone system wrote it, absolute or relative; hostile
 * @returns absolute path without any symbolic link in it, and the bare file name for people
 * @throws AppError RECORDING_MISSING (retry later: a network share may lag), FETCH_URL_REFUSED when the file lies outside the folder
 */
export async function resolveRecordingPath(folder: string, name: string): Promise<{ path: string; name: string }> {
  const parts = name.split(/[/\\]+/).filter((part) => part !== "" && part !== ".");
  if (parts.length === 0 || parts.includes("..") || name.includes("\0") || name.length > 4096) throw outside();
  const root = await rootOf(folder);
  const inside = name.startsWith(`${root}${sep}`) ? root.split(sep).filter((part) => part !== "").length : 0; // our own absolute path
  for (let skipped = inside; skipped < parts.length; skipped++) {
    const path = await realpathOf(join(root, ...parts.slice(skipped)));
    if (path === undefined) continue;
    if (!path.startsWith(`${root}${sep}`)) throw outside();
    if ((await stat(path)).isFile()) return { path, name: basename(parts.at(-1) ?? "recording") };
  }
  throw new AppError("RECORDING_MISSING", `The recording is not below ${folder}; check recordings_folder and that the share is mounted`, { retry: "later" });
}

async function rootOf(folder: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch (cause) {
    throw new AppError("RECORDING_MISSING", `The folder ${folder} cannot be read; check recordings_folder and that the share is mounted`, { retry: "later", cause });
  }
}

async function realpathOf(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch {
    return undefined; // not there, or a name too long for the file system
  }
}

function outside(): AppError {
  return new AppError("FETCH_URL_REFUSED", "The named recording lies outside recordings_folder; let the telephone system name files inside it");
}
