// Remembers which whisper-server is ours, so that one that outlived us (SIGKILL, power of an administrator) is ended at the next start.
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

const recordSchema = z.object({ pid: z.int().min(2), requestPath: z.string().regex(/^\/[0-9a-f]{64}$/) });

/** What identifies a server: its process id and the random path that only we gave it. */
export type ServerRecord = z.infer<typeof recordSchema>;

/** Called as soon as the process exists. The folder belongs to one appliance at a time. */
export async function recordServer(workDir: string, record: ServerRecord): Promise<void> {
  await writeFile(recordPath(workDir), JSON.stringify(record), { mode: 0o600 });
}

/** Called when that process is gone; the record of a later one stays. */
export async function forgetServer(workDir: string, pid: number): Promise<void> {
  if ((await readRecord(workDir))?.pid === pid) await rm(recordPath(workDir), { force: true });
}

/**
 * Ends the server that an earlier life of this appliance left behind. Process ids are used again, so the command line must hold the 256 random
 * bits that we gave that server: no other process can be hit. Where there is no /proc, nothing is done.
 * @returns the id of what was ended
 */
export async function endOrphan(workDir: string): Promise<number | undefined> {
  const record = await readRecord(workDir);
  if (record === undefined) return undefined;
  const isOurs = await commandLine(record.pid).then((line) => line.includes(record.requestPath));
  if (isOurs) killGroup(record.pid);
  await forgetServer(workDir, record.pid);
  return isOurs ? record.pid : undefined;
}

/**
 * Before the first engine of this life: what earlier lives left in any of the engines' folders is ended and removed. Nothing in there is worth keeping.
 * @returns ids of the programs that were ended
 */
export async function sweepEngines(folder: string): Promise<number[]> {
  const below = await readdir(folder, { withFileTypes: true });
  const folders = [folder, ...below.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name))];
  const ended = (await Promise.all(folders.map(endOrphan))).filter((pid) => pid !== undefined);
  await Promise.all(below.map((entry) => rm(join(folder, entry.name), { recursive: true, force: true })));
  return ended;
}

/** Sound and text of a window that whisper-cli worked on when we were killed. */
export async function sweepWindows(workDir: string): Promise<void> {
  const left = (await readdir(workDir)).filter((name) => /^window-[0-9a-f]{16}\.(wav|json)$/.test(name));
  await Promise.all(left.map((name) => rm(join(workDir, name), { force: true })));
}

async function readRecord(workDir: string): Promise<ServerRecord | undefined> {
  try {
    return recordSchema.safeParse(JSON.parse(await readFile(recordPath(workDir), "utf8"))).data;
  } catch {
    return undefined; // none, or half written: then the server never answered anybody
  }
}

async function commandLine(pid: number): Promise<string[]> {
  return readFile(`/proc/${pid}/cmdline`, "utf8").then((text) => text.split("\0"), () => []);
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL"); // it leads a group of its own (startProgram)
  } catch {
    // ESRCH: it ended by itself between the look and the kill
  }
}

function recordPath(workDir: string): string {
  return join(workDir, "whisper-server.json");
}
