// The store for verbs that look something up: works beside a running appliance.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../domain/index.ts";
import { ensureFolder, openDatabase, systemClock, type Config, type Db } from "../platform/index.ts";
import { createStore, migrate, type Store, type StoreWrites } from "../store/index.ts";

export interface OpenStore {
  db: Db;
  store: Store & { writes: StoreWrites };
  close(this: void): void;
}

/** @param mustExist looking something up in a data folder that nobody has used is a mistake worth a sentence */
export async function openStore(config: Config, mustExist: boolean): Promise<OpenStore> {
  const file = databaseFile(config);
  if (mustExist && !existsSync(file)) throw new AppError("NOT_FOUND", `There is no database in ${config.data_dir} yet; start Earshot once, or set data_dir`);
  await ensureFolder(config.data_dir);
  const db = openDatabase(file, config.data_key_file);
  migrate(db);
  return { db, store: createStore(db, systemClock), close: () => db.close() };
}

export function databaseFile(config: Config): string {
  return join(config.data_dir, "earshot.db");
}
