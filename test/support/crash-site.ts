// An appliance that dies at named boundaries and comes back, on one data folder; and what an outside oracle asks of every such folder afterwards.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import Database from "better-sqlite3";
import { openDatabase, systemClock } from "../../app/platform/index.ts";
import { createAudit } from "../../app/store/audit.ts";
import { createStore, migrate } from "../../app/store/index.ts";
import { startAppliance, until, type ApplianceProcess } from "./appliance-process.ts";
import type { startCrm } from "./receivers.ts";

/** A boundary that is not met within this is not on the way. */
const LONGEST_LIFE_MS = 45_000;
const LOOK_EVERY_MS = 50;
/** What lies in the vault so long and has no row is removed at the next start. */
const SWEPT_AFTER_MS = 11 * 60_000;

/** Something happens outside; whether anybody acknowledged it is for whoever makes it happen. */
export type Happen = (life: ApplianceProcess) => Promise<unknown>;

export interface CrashSite {
  /** an admin's key */
  key: string;
  /** the appliance's time, ms */
  now(): number;
  /**
   * One life for each boundary, in this order, ended by it. When nothing is due, time goes on at once to what is due next; when nothing waits at all, something new happens.
   * @throws AssertionError naming the boundaries that were not met
   */
  dieAtEach(boundaries: readonly string[], happen: Happen): Promise<void>;
  /** A later life that does all that is left, whenever it is due, and ends when it is told to. @param first before that · @param last after it */
  finish(first: Happen, last?: Happen): Promise<void>;
  /** what the database holds, read from outside */
  rows<T>(sql: string): T[];
  /** Nothing is broken, open or left behind, every finished job was written down once, and `receiver` never got one key with two contents. */
  prove(receiver: Awaited<ReturnType<typeof startCrm>>): void;
  remove(): void;
}

/** @param settings of the appliance, beside its folder and its port */
export function openCrashSite(settings: Record<string, unknown>): CrashSite {
  const folder = mkdtempSync(join(tmpdir(), "earshot-crash-"));
  const data = join(folder, "data");
  let aheadMs = 0;
  const now = (): number => systemClock.now() + aheadMs;
  // Without the encoder: its process would start anew in each of a hundred lives; what it reads is kept in the transaction of the analysis.
  const start = (boundary?: string): Promise<ApplianceProcess> => startAppliance(folder, { data_dir: data, log_level: "error", http: { port: 0 }, analysis: { encoder: false }, ...settings }, boundary, aheadMs);
  const rows: CrashSite["rows"] = <T>(sql: string): T[] => {
    const db = new Database(join(data, "earshot.db"), { readonly: true });
    try {
      return db.prepare<[], T>(sql).all();
    } finally {
      db.close();
    }
  };

  /** Lets time go on to what is due next, where nothing is due now. @returns true when nothing waits for anything any more */
  const goOn = (life: ApplianceProcess): boolean => {
    const open = rows<{ at: number }>("SELECT iif(state = 'running', 0, run_after_ms) AS at FROM jobs WHERE state IN ('queued', 'running') UNION SELECT next_attempt_ms FROM outbox WHERE state = 'waiting' ORDER BY 1 LIMIT 1");
    const ms = (open[0]?.at ?? 0) - now();
    if (ms > 0) {
      aheadMs += ms;
      life.later(ms);
    }
    return open.length === 0;
  };

  const isReached = async (boundary: string, happen: Happen): Promise<boolean> => {
    const life = await start(boundary);
    const hasDied = (): boolean => life.child.exitCode !== null || life.child.signalCode !== null;
    for (const end = Date.now() + LONGEST_LIFE_MS; Date.now() < end && !hasDied(); await pause()) if (goOn(life)) await happen(life);
    const died = hasDied();
    if (!died) life.child.kill("SIGKILL");
    const [, signal] = await life.exited;
    assert.equal(signal, "SIGKILL", `${boundary}: ${life.log()}`);
    return died;
  };

  return {
    now, rows,
    key: firstKey(data),
    async dieAtEach(boundaries, happen) {
      const unreached: string[] = [];
      for (const boundary of boundaries) if (!(await isReached(boundary, happen))) unreached.push(boundary);
      assert.deepEqual(unreached, []);
    },
    async finish(first, last) {
      aheadMs += SWEPT_AFTER_MS;
      const life = await start();
      try {
        await first(life);
        await until("all work is done", 120_000, () => goOn(life) || undefined, LOOK_EVERY_MS);
        await last?.(life);
      } finally {
        assert.deepEqual(await life.stop(), [0, null], life.log());
      }
    },
    prove(receiver) {
      const keys = receiver.effects();
      for (const one of receiver.received) assert.equal(one.bodyHash, keys.get(one.key)?.bodyHash, "every repeat of a delivery is equal to the first");
      const named = proveDatabase(join(data, "earshot.db"));
      assert.deepEqual(filesIn(join(data, "vault")), named, "the vault holds what rows name, and nothing else");
      assert.deepEqual(readdirSync(join(data, "spool")), [], "no decoded sound is left behind");
      assert.deepEqual(processesOf(folder), [], "no process is left behind");
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));

function firstKey(data: string): string {
  mkdirSync(data);
  const db = openDatabase(join(data, "earshot.db"));
  try {
    migrate(db);
    return createStore(db, systemClock).access.createKey("crash", "admin");
  } finally {
    db.close();
  }
}

/** @returns the files of the vault that rows name */
function proveDatabase(file: string): string[] {
  const db = new Database(file);
  const all = (sql: string): unknown[] => db.prepare(sql).all();
  try {
    assert.equal(db.pragma("integrity_check", { simple: true }), "ok");
    for (const index of ["messages_fts", "knowledge_fts"]) db.exec(`INSERT INTO ${index}(${index}, rank) VALUES ('integrity-check', 1)`);
    assert.deepEqual(db.pragma("foreign_key_check"), []);
    assert.equal(createAudit(db, systemClock).verify(), undefined, "the audit chain holds");
    assert.deepEqual(all("SELECT stage, state, error_code FROM jobs WHERE state <> 'done'"), [], "no job is open, failed or parked");
    assert.deepEqual(all("SELECT destination, state, error_code FROM outbox WHERE state NOT IN ('delivered', 'superseded')"), [], "nothing waits to leave");
    const [jobs, lines] = [all("SELECT stage, count(*) AS n FROM jobs GROUP BY stage"), all("SELECT stage, count(*) AS n FROM ledger WHERE status = 'done' AND stage IN (SELECT stage FROM jobs) GROUP BY stage")];
    assert.deepEqual(lines, jobs, "every job was written down as done, once");
    const { recordings, attachments } = createStore(db, systemClock).writes;
    return [...recordings.knownFiles(), ...attachments.knownFiles()].sort();
  } finally {
    db.close();
  }
}

function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.flatMap((one) => (one.isFile() ? [relative(folder, join(one.parentPath, one.name))] : [])).sort();
}

/** Command lines of living processes that name a folder. */
function processesOf(folder: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      } catch {
        return ""; // it ended while we looked
      }
    })
    .filter((line) => line.includes(folder));
}
