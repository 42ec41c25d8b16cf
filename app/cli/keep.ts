// backup, restore, verify: the data folder is copied while in use, brought back, and proved intact.
import { existsSync } from "node:fs";
import { copyFile, mkdir, rename, rm } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { AppError } from "../domain/index.ts";
import { ensureFolder, hashFile, loadConfig, openDatabase, runProgram, syncFile, takeLock, type Config } from "../platform/index.ts";
import { databaseFile, openStore } from "./open-store.ts";
import { say, tell } from "./output.ts";

const TAR_LIMIT_MS = 6 * 3_600_000;

/** Writes one tar file with a consistent copy of the database and every recording it knows. Works while Earshot runs. */
export async function backup(file: string): Promise<void> {
  const config = loadConfig();
  const target = resolve(file);
  const { db, store, close } = await openStore(config, true);
  const aside = `${target}.unfinished`;
  const folder = `${target}.parts`;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await db.backup(join(folder, "earshot.db"));
    const files = [...store.writes.recordings.knownFiles()].filter((name) => existsSync(join(config.data_dir, "vault", name)));
    await tar(["-cf", aside, "-C", folder, "earshot.db", ...(files.length > 0 ? ["-C", config.data_dir, "--", ...files.map((name) => join("vault", name))] : [])]);
    await syncFile(aside);
    await rename(aside, target);
    say(`${target}\t${files.length} recordings`);
  } finally {
    close();
    await rm(folder, { recursive: true, force: true });
    await rm(aside, { force: true });
  }
}

/** Puts a backup into an empty data folder. Never overwrites: what is there must be moved away by a person first. */
export async function restore(file: string): Promise<void> {
  const config = loadConfig();
  if (existsSync(databaseFile(config))) throw new AppError("CONFLICT", `${config.data_dir} holds data already; move it away first, then restore`);
  await ensureFolder(config.data_dir);
  const folder = join(config.data_dir, ".restore.unfinished");
  await rm(folder, { recursive: true, force: true });
  await ensureFolder(folder);
  try {
    await tar(["-xf", resolve(file), "-C", folder, "--no-same-owner", "--no-same-permissions"]);
    openDatabase(join(folder, "earshot.db"), config.data_key_file).close();
    if (existsSync(join(folder, "vault"))) await rename(join(folder, "vault"), join(config.data_dir, "vault"));
    await copyFile(join(folder, "earshot.db"), databaseFile(config));
    await syncFile(databaseFile(config));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  if (await findDamage(config)) throw new AppError("STORE_CORRUPT", "The backup was put back and is damaged; see above, and take an older backup");
  say(`restored to ${config.data_dir}`);
}

/** The verb. @returns false when something is damaged; each damage is one line on stderr */
export async function verify(): Promise<boolean> {
  const isDamaged = await findDamage(loadConfig());
  if (!isDamaged) say("intact: database, search index, audit trail and recordings");
  return !isDamaged;
}

async function findDamage(config: Config): Promise<boolean> {
  const { db, store, close } = await openStore(config, true);
  const found: string[] = [];
  try {
    const integrity = db.pragma("integrity_check(5)", { simple: true });
    if (integrity !== "ok") found.push("The database is damaged; restore the last backup.");
    try {
      db.exec("INSERT INTO messages_fts(messages_fts, rank) VALUES ('integrity-check', 1)");
      db.exec("INSERT INTO knowledge_fts(knowledge_fts, rank) VALUES ('integrity-check', 1)");
    } catch {
      found.push("A search index does not fit what it was made of; restore the last backup or rebuild the index.");
    }
    const bad = store.audit.verify();
    if (bad !== undefined) found.push(`The audit trail was changed at event ${bad}; keep this machine as it is and find out who had access.`);
    const rows = db.prepare("SELECT r.file, r.sha256, r.redacted, r.muted_ms, s.call_id FROM recordings r JOIN sessions s ON s.id = r.session_id WHERE r.file IS NOT NULL").all() as { file: string; sha256: string; muted_ms: number; call_id: string }[];
    for (const row of rows) {
      const path = join(config.data_dir, "vault", row.file);
      if (!existsSync(path)) found.push(`The recording of call ${row.call_id} is missing (${relative(config.data_dir, path)}).`);
      else if (row.muted_ms === 0 && (await hashFile(path)) !== row.sha256) found.push(`The recording of call ${row.call_id} was changed after it arrived.`);
    }
  } finally {
    close();
  }
  for (const line of found) tell(line);
  return found.length > 0;
}

async function tar(args: string[]): Promise<void> {
  const result = await runProgram("tar", args, { timeoutMs: TAR_LIMIT_MS });
  if (result.exitCode !== 0) throw new AppError("INTERNAL", `tar could not do its work (${result.stderr.split("\n").at(-1) ?? "no reason given"}); check the free space and the permissions`);
}

/** True while an appliance works on the data folder. */
export function isRunning(config: Config): boolean {
  if (!existsSync(dirname(databaseFile(config)))) return false;
  const release = takeLock(join(config.data_dir, "earshot.lock"));
  release?.();
  return release === undefined;
}

