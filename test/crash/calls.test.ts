// SIGKILL at every boundary of every stage, three times; an outside oracle then asks: every call that was acknowledged is finished once,
// and the CRM saw every result once in effect.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { createAudit } from "../../app/store/audit.ts";
import { systemClock } from "../../app/platform/index.ts";
import { callWav, SHORTEST_CALL } from "../support/call-audio.ts";
import { startAppliance, until, type ApplianceProcess } from "../support/appliance-process.ts";
import { startCrm, startPbx, type Receiver } from "../support/receivers.ts";

const TOKEN = "a-token-of-the-telephone-system";
const ROUNDS = 3;

/** One boundary of each stage in turn, so that no single job dies three times in a row (which would rightly park it). */
const BOUNDARIES = [
  "accept.saved", "fetch.claimed", "prepare.claimed", "transcribe.claimed", "analyse.claimed", "deliver.claimed",
  "accept.committed", "fetch.ran", "prepare.ran", "transcribe.heard", "analyse.ran", "deliver.ran",
  "fetch.saved", "prepare.saved", "transcribe.ran", "analyse.saved", "deliver.saved",
  "fetch.committed", "prepare.committed", "transcribe.saved", "analyse.committed", "deliver.committed",
  "transcribe.committed",
];

describe("crash", function () {
  this.timeout(900_000);
  const folder = mkdtempSync(join(tmpdir(), "earshot-crash-"));
  const acknowledged = new Set<string>();
  let crm: Awaited<ReturnType<typeof startCrm>>;
  let pbx: Receiver;
  let posted = 0;

  before(async () => {
    crm = await startCrm();
    pbx = await startPbx((path) => callWav(SHORTEST_CALL, 2000, Number(/(\d+)/.exec(path)?.[1] ?? 0)));
  });
  after(async () => {
    await crm.close();
    await pbx.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const config = (): Record<string, unknown> => ({
    data_dir: join(folder, "data"),
    log_level: "error",
    http: { port: 0 },
    intake: {
      allow_http: true,
      recording_hosts: ["127.0.0.1"],
      disk_reserve_mb: 0,
      sources: [{ name: "pbx", adapter: "generic", auth: { type: "bearer", tokens: [TOKEN] } }],
    },
    crm: { url: `${crm.url}/calls`, secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" },
  });

  /** A telephone system that repeats a notification until it is acknowledged, with a new process after a crash. */
  const announce = async (url: string, callId: string): Promise<boolean> => {
    try {
      const response = await fetch(`${url}/v1/webhooks/calls/pbx`, {
        method: "POST",
        headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
        body: JSON.stringify({ call_id: callId, recording_url: `${pbx.url}/${callId}.wav`, direction: "inbound", from: "+14155550132", to: "+14155550100" }),
        signal: AbortSignal.timeout(5000),
      });
      if (response.status !== 202) return false;
      acknowledged.add(callId);
      return true;
    } catch {
      return false;
    }
  };

  it(`loses nothing and doubles nothing over ${BOUNDARIES.length} boundaries × ${ROUNDS}`, async () => {
    const unreached: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      for (const boundary of BOUNDARIES) {
        const life = await startAppliance(folder, config(), boundary);
        if (life.url !== "" && !(await provoke(life, boundary))) unreached.push(boundary);
        const [, signal] = await life.exited;
        assert.equal(signal, "SIGKILL", `${boundary}: ${life.log()}`);
      }
    }
    assert.deepEqual(unreached, []);

    const last = await startAppliance(folder, config());
    try {
      // what was announced and never acknowledged is announced again, as telephone systems do
      for (let i = 1; i <= posted; i++) await until(`call-${i} is acknowledged`, 10_000, async () => (await announce(last.url, `call-${i}`)) || undefined);
      await until("all work is done", 120_000, () => isFinished(join(folder, "data", "earshot.db")) || undefined);
    } finally {
      assert.deepEqual(await last.stop(), [0, null], last.log());
    }
    judge();
  });

  /** Gives the process something to do until it dies: a new call when the boundary needs one or no work is open, and another every few seconds. */
  async function provoke(life: ApplianceProcess, boundary: string): Promise<boolean> {
    const hasDied = (): boolean => life.child.exitCode !== null || life.child.signalCode !== null;
    if (/^(accept|fetch)/.test(boundary) || isFinished(join(folder, "data", "earshot.db"))) await announce(life.url, `call-${++posted}`);
    for (let waitedMs = 0; waitedMs < 30_000 && !hasDied(); waitedMs += 20) {
      if (waitedMs % 4000 === 3980) await announce(life.url, `call-${++posted}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    if (hasDied()) return true;
    life.child.kill("SIGKILL");
    return false;
  }

  function isFinished(file: string): boolean {
    const db = new Database(file, { readonly: true });
    try {
      const open = db.prepare("SELECT (SELECT count(*) FROM jobs WHERE state IN ('queued','running')) + (SELECT count(*) FROM outbox WHERE state = 'waiting') AS n").get() as { n: number };
      return open.n === 0;
    } finally {
      db.close();
    }
  }

  function judge(): void {
    const db = new Database(join(folder, "data", "earshot.db"));
    try {
      const sessions = db.prepare("SELECT call_id, status, error_code FROM sessions").all() as { call_id: string; status: string; error_code: string | null }[];
      assert.deepEqual(sessions.map((one) => one.call_id).sort(), [...acknowledged].sort(), "every acknowledged call is there, once");
      assert.deepEqual(sessions.filter((one) => one.status !== "done"), [], "every acknowledged call is finished");
      const effects = [...crm.effects().values()].map((one) => String(one.body["call_id"]));
      assert.deepEqual(effects.sort(), [...acknowledged].sort(), "the CRM has every call once in effect");
      for (const one of crm.received) assert.equal(one.bodyHash, crm.effects().get(one.key)?.bodyHash, "every repeat of a delivery is equal to the first");
      assert.equal(db.pragma("integrity_check", { simple: true }), "ok");
      db.exec("INSERT INTO messages_fts(messages_fts, rank) VALUES ('integrity-check', 1)");
      assert.equal(createAudit(db, systemClock).verify(), undefined, "the audit chain holds");
      assert.deepEqual(db.pragma("foreign_key_check"), []);
    } finally {
      db.close();
    }
    assert.deepEqual(readdirSync(join(folder, "data", "spool")), [], "no decoded sound is left behind");
    assert.deepEqual(processesOf(folder), [], "no process is left behind");
  }
});

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
