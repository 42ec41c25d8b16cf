// Ten thousand notifications at once, 30 % of them repeats: time until all are acknowledged, against the least that can be.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { Pool } from "undici";
import { startAppliance, until } from "../support/appliance-process.ts";
import { peakMegabytes } from "./processes.ts";
import { quantile, ratioOf, round, type Ratio } from "./statistics.ts";

const REQUESTS = 10_000;
const REPEATS = 0.3;
const CONNECTIONS = 32;
const TOKEN = "a-token-of-the-telephone-system";

export interface Burst {
  requests: number;
  time_over_bare_server: Ratio;
  control_bare_server_over_itself: Ratio;
  seconds: number;
  bare_seconds: number;
  p99_ack_ms: number;
  lost: number;
  doubled: number;
  peak_memory_mb: number;
  /** started again after SIGKILL at the last answer: until all of it was taken in */
  taken_in_seconds: number;
}

export async function measureBurst(blocks: number): Promise<Burst> {
  const ratios: number[] = [];
  const controls: number[] = [];
  const worst = { p99: 0, lost: 0, doubled: 0, memory: 0, taken: 0 };
  const seconds: number[] = [];
  const bare: number[] = [];
  for (let i = 0; i < blocks; i++) {
    const a1 = await againstBare();
    const b1 = await againstAppliance();
    const b2 = await againstAppliance();
    const a2 = await againstBare();
    ratios.push((b1.seconds + b2.seconds) / (a1 + a2));
    controls.push(a1 / a2);
    seconds.push(b1.seconds, b2.seconds);
    bare.push(a1, a2);
    for (const b of [b1, b2]) {
      worst.p99 = Math.max(worst.p99, b.p99);
      worst.lost += b.lost;
      worst.doubled += b.doubled;
      worst.memory = Math.max(worst.memory, b.memory);
      worst.taken = Math.max(worst.taken, b.takenInSeconds);
    }
  }
  return {
    requests: REQUESTS,
    time_over_bare_server: ratioOf(ratios),
    control_bare_server_over_itself: ratioOf(controls),
    seconds: round(quantile(seconds, 0.5)),
    bare_seconds: round(quantile(bare, 0.5)),
    p99_ack_ms: round(worst.p99),
    lost: worst.lost,
    doubled: worst.doubled,
    peak_memory_mb: worst.memory,
    taken_in_seconds: round(worst.taken),
  };
}

async function againstBare(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "earshot-bare-"));
  const entry = fileURLToPath(new URL(`./bare-server${extname(import.meta.url)}`, import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, entry, join(folder, "bare.db")], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const result = await fire(line.toString("utf8").replace("ready ", "").trim());
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  await gone;
  rmSync(folder, { recursive: true, force: true });
  return result.seconds;
}

async function againstAppliance(): Promise<{ seconds: number; p99: number; lost: number; doubled: number; memory: number; takenInSeconds: number }> {
  const folder = mkdtempSync(join(tmpdir(), "earshot-burst-"));
  const pbx = createServer(() => undefined); // busy: takes connections and does not answer, so that only the acceptance is measured
  await new Promise<void>((resolve) => pbx.listen(0, "127.0.0.1", resolve));
  const settings = {
    data_dir: join(folder, "data"), log_level: "error", http: { port: 0, requests_per_minute: 1_000_000 }, queue: { drain_seconds: 0 },
    intake: { disk_reserve_mb: 0, allow_http: true, recording_hosts: ["127.0.0.1"], sources: [{ name: "pbx", auth: { type: "bearer", tokens: [TOKEN] } }] },
  };
  let appliance = await startAppliance(folder, settings);
  try {
    const { seconds, waits, acknowledged } = await fire(appliance.url, `http://127.0.0.1:${(pbx.address() as AddressInfo).port}`);
    const memory = peakMegabytes(appliance.child.pid ?? 0);
    appliance.child.kill("SIGKILL");
    await appliance.exited;
    const began = performance.now();
    appliance = await startAppliance(folder, settings);
    const db = new Database(join(folder, "data", "earshot.db"), { readonly: true });
    const waiting = db.prepare("SELECT count(*) FROM backlog").pluck();
    await until("all of it is taken in", 300_000, () => (waiting.get() === 0 ? true : undefined), 100);
    const takenInSeconds = (performance.now() - began) / 1000;
    const { n } = db.prepare("SELECT count(*) AS n FROM sessions").get() as { n: number };
    const names = db.prepare("SELECT count(DISTINCT call_id) AS n FROM sessions").get() as { n: number };
    db.close();
    return { seconds, p99: quantile(waits, 0.99), lost: Math.max(0, acknowledged.size - n), doubled: n - names.n, memory, takenInSeconds };
  } finally {
    pbx.closeAllConnections();
    pbx.close();
    appliance.child.kill("SIGKILL");
    await appliance.exited;
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fire(url: string, recordings = "http://127.0.0.1:9"): Promise<{ seconds: number; waits: number[]; acknowledged: Set<string> }> {
  const pool = new Pool(url, { connections: CONNECTIONS, pipelining: 1 });
  const acknowledged = new Set<string>();
  const waits: number[] = [];
  let next = 0;
  const distinct = Math.floor(REQUESTS * (1 - REPEATS));
  const startedAt = performance.now();
  const worker = async (): Promise<void> => {
    for (let i = next++; i < REQUESTS; i = next++) {
      const id = `burst-${(i * 7919) % distinct}`;
      const sentAt = performance.now();
      const { statusCode, body } = await pool.request({
        method: "POST", path: "/v1/webhooks/calls/pbx", headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
        body: JSON.stringify({ call_id: id, recording_url: `${recordings}/${id}.wav`, direction: "inbound", from: "+14155550132", to: "+14155550100", queue: "billing" }),
      });
      await body.dump();
      if (statusCode !== 202) throw new Error(`a notification was answered ${statusCode}`);
      waits.push(performance.now() - sentAt);
      acknowledged.add(id);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  const seconds = (performance.now() - startedAt) / 1000;
  await pool.close();
  return { seconds, waits, acknowledged };
}
