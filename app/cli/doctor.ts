// doctor: every check with what is wrong and how to mend it.
import { access, constants } from "node:fs/promises";
import { existsSync } from "node:fs";
import { findDrawer } from "../documents/index.ts";
import { examineCrm, examineFolder, examineMailboxes, examineSender, type Finding } from "../pipeline/index.ts";
import { freeBytes, loadConfig, type Config } from "../platform/index.ts";
import { examineAnalysis } from "./doctor-analysis.ts";
import { examineEmbedding } from "./doctor-embedding.ts";
import { examinePictures } from "./doctor-pictures.ts";
import { examineSpeech, program } from "./doctor-speech.ts";
import { databaseFile, openStore } from "./open-store.ts";
import { isRunning } from "./keep.ts";
import { say, sayJson } from "./output.ts";

/** The verb. @returns false when something must be mended */
export async function doctor(options: { json: boolean }): Promise<boolean> {
  const findings = await examine(loadConfig());
  if (options.json) sayJson(findings);
  else for (const { check, ok, detail } of findings) say(`${ok ? "ok     " : "MEND   "} ${check}: ${detail}`);
  return findings.every((one) => one.ok);
}

async function examine(config: Config): Promise<Finding[]> {
  const findings = [
    node(),
    await program("ffmpeg", "ffmpeg", ["-version"], "apt-get install ffmpeg"),
    await program("ffprobe", "ffprobe", ["-version"], "apt-get install ffmpeg"),
    ...(await examineSpeech(config)),
    await examineAnalysis(config),
    await documents(),
    await examinePictures(config),
    await examineEmbedding(config),
    await dataFolder(config),
    ...(await Promise.all(config.intake.folders.map(examineFolder))),
    ...(await Promise.all([...config.intake.sources, ...config.channels.fronts].map(examineSender))),
    ...(await examineMailboxes(config)),
    examineCrm(config),
  ];
  if (existsSync(databaseFile(config))) findings.push(await work(config));
  return findings;
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const ok = major > 20 || (major === 20 && minor >= 19);
  return { check: "Node.js", ok, detail: ok ? process.versions.node : `${process.versions.node}; install 20.19 or newer` };
}

async function documents(): Promise<Finding> {
  const isDrawn = (await findDrawer()) !== undefined;
  return { check: "Documents", ok: true, detail: isDrawn ? "PDF, DOCX, HTML, text and pictures" : "PDF, DOCX, HTML, text and pictures; pages of PDF that are drawings need pdftoppm (apt-get install poppler-utils)" };
}

async function dataFolder(config: Config): Promise<Finding> {
  const check = "Data folder";
  if (!existsSync(config.data_dir)) return { check, ok: true, detail: `${config.data_dir} will be made at the first start` };
  try {
    await access(config.data_dir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return { check, ok: false, detail: `${config.data_dir} is not writable for this user; give it to the user that runs Earshot` };
  }
  const freeMb = Math.floor((await freeBytes(config.data_dir)) / 1_048_576);
  const ok = freeMb >= config.intake.disk_reserve_mb;
  return { check, ok, detail: ok ? `${config.data_dir}, ${freeMb} MB free` : `only ${freeMb} MB free, the reserve is ${config.intake.disk_reserve_mb} MB; make room or nothing new is accepted` };
}

async function work(config: Config): Promise<Finding> {
  const { db, close } = await openStore(config, true);
  try {
    const count = (sql: string): number => (db.prepare(sql).get() as { n: number }).n;
    const parked = count("SELECT count(*) AS n FROM jobs WHERE state = 'parked'");
    const undelivered = count("SELECT count(*) AS n FROM outbox WHERE state = 'parked'");
    const disabled = count("SELECT count(*) AS n FROM destinations WHERE disabled_at_ms IS NOT NULL");
    const running = isRunning(config) ? "running" : "not running";
    const ok = parked + undelivered + disabled === 0;
    return { check: "Work", ok, detail: ok ? `Earshot is ${running}, nothing waits for a person` : `Earshot is ${running}; ${parked} parked jobs, ${undelivered} parked deliveries, ${disabled} switched-off destinations: see earshot status` };
  } finally {
    close();
  }
}
