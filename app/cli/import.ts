// import: recordings and folders of recordings are taken in, now or while an appliance is running.
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { SingleBar } from "cli-progress";
import { AppError, type CallView } from "../domain/index.ts";
import { isAudioName, parseFileName, parseRecordingName } from "../intake/index.ts";
import { loadConfig } from "../platform/index.ts";
import { assemble, type RunnableAppliance } from "../pipeline/index.ts";
import { isWatched, say, sayJson, tell } from "./output.ts";

export interface ImportOptions {
  wait: boolean;
  json: boolean;
  template: string;
}

interface Imported {
  path: string;
  call_id: string | null;
  status: string;
  error: { code: string; message: string } | null;
}

/** The verb. @returns false when any recording failed; each is named with its reason */
export async function importRecordings(paths: readonly string[], options: ImportOptions): Promise<boolean> {
  const config = loadConfig();
  const files = (await Promise.all(paths.map((path) => findRecordings(resolve(path))))).flat();
  if (files.length === 0) throw new AppError("NOT_FOUND", `No recordings were found in ${paths.join(", ")}; give files or folders with wav, mp3, ogg, opus, flac, m4a, amr, gsm or similar`);
  const appliance = await assemble(config);
  try {
    if (options.wait) await workHere(appliance);
    const imported = await takeAll(files, options, appliance);
    if (options.wait) await waitForAll(imported, appliance);
    report(imported, options);
    return imported.every((one) => one.error === null);
  } finally {
    await appliance.stop();
  }
}

/** When nobody works on the data folder, this process does, until the imported calls are finished. */
async function workHere(appliance: RunnableAppliance): Promise<void> {
  try {
    await appliance.start();
  } catch (error) {
    // Another appliance runs: it sees the new jobs within a second.
    if (!(error instanceof AppError && error.code === "DATA_DIR_LOCKED")) throw error;
  }
}

async function findRecordings(path: string): Promise<string[]> {
  const info = await stat(path).catch(() => undefined);
  if (info === undefined) throw new AppError("NOT_FOUND", `${path} does not exist; check the spelling`);
  if (!info.isDirectory()) return [path];
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile() && isAudioName(entry.name)).map((entry) => join(entry.parentPath, entry.name)).sort();
}

async function takeAll(files: readonly string[], options: ImportOptions, appliance: RunnableAppliance): Promise<Imported[]> {
  const bar = isWatched() && !options.json ? new SingleBar({ format: "Taking in  {bar}  {value} of {total}", stream: process.stderr }) : undefined;
  bar?.start(files.length, 0);
  const imported: Imported[] = [];
  for (const path of files) {
    imported.push(await takeOne(path, options, appliance));
    bar?.increment();
  }
  bar?.stop();
  return imported;
}

async function takeOne(path: string, options: ImportOptions, appliance: RunnableAppliance): Promise<Imported> {
  try {
    const name = basename(path);
    const staged = await appliance.stage(createReadStream(path), name);
    const { templates } = appliance.parts;
    const { facts } = parseRecordingName(templates, options.template, name, appliance.config.site.timezone);
    const told = parseFileName(templates, options.template, name, appliance.config.site.timezone);
    const { call_id } = await appliance.acceptFile("import", staged, { ...told, call_id: facts.callId });
    return { path, call_id, status: "received", error: null };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { path, call_id: null, status: "failed", error: { code: error.code, message: error.message } };
  }
}

async function waitForAll(imported: Imported[], appliance: RunnableAppliance): Promise<void> {
  const bar = isWatched() ? new SingleBar({ format: "Listening  {bar}  {value} of {total}", stream: process.stderr }) : undefined;
  bar?.start(imported.length, 0);
  for (;;) {
    let finished = 0;
    for (const one of imported) {
      if (one.call_id !== null && one.status !== "done" && one.status !== "failed") Object.assign(one, outcomeOf(appliance.store.reads.callView(one.call_id, "import")));
      if (one.status === "done" || one.status === "failed") finished++;
    }
    bar?.update(finished);
    if (finished === imported.length) break;
    await appliance.clock.sleep(200);
  }
  bar?.stop();
}

function outcomeOf(call: CallView | undefined): Partial<Imported> {
  if (call === undefined || (call.status !== "done" && call.status !== "failed")) return {};
  return { status: call.status, error: call.error === null ? null : { code: call.error.code, message: call.error.message } };
}

function report(imported: readonly Imported[], options: ImportOptions): void {
  if (options.json) sayJson(imported);
  else for (const one of imported) say(`${one.call_id ?? "-"}\t${one.status}\t${one.path}`);
  for (const one of imported) if (one.error !== null) tell(`${one.path}: ${one.error.message} (${one.error.code})`);
}
