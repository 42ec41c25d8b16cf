// node dist/test/bench/board.js [contacts] [--serve PORT]
// What the overview and the comparisons cost in a house of 100,000 contacts, through the real web server and the real store. Prints one JSON object;
// with --serve it stays and lets somebody look at it.
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createHttpServer } from "../../app/http/index.ts";
import { createBoardDesk } from "../../app/pipeline/board/desk.ts";
import { createIssueDesk } from "../../app/pipeline/issues/unresolved.ts";
import { settle } from "../../app/pipeline/issues/settle.ts";
import type { Parts } from "../../app/pipeline/parts.ts";
import { manualClock, openDatabase, silentLog } from "../../app/platform/index.ts";
import { createStore, migrate } from "../../app/store/index.ts";
import { config, fakeAppliance } from "../http/fake-appliance.ts";
import { fillBoard } from "./filled-board.ts";
import { quantile, round } from "./statistics.ts";

const argument = (name: string): string | undefined => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined);
const CONTACTS = Number(process.argv[2] ?? 100_000);
const NOW = Date.UTC(2026, 10, 26, 14, 40);
const PAGES: Record<string, string> = { today: "/", week: "/?period=7d", month: "/?period=30d", agents: "/agents", topics: "/agents?view=topics", trends: "/agents?view=trends&days=90", agent: "/agents/201" };
const TIMES = 40;

const folder = mkdtempSync(join(tmpdir(), "earshot-board-"));
const db = openDatabase(join(folder, "board.db"));
migrate(db);
db.pragma("synchronous = OFF");
const began = performance.now();
fillBoard(db, CONTACTS, NOW);
if (argument("--serve") !== undefined) settle(db.prepare<[], { id: string }>("SELECT id FROM conversations ORDER BY id").all().map((one) => one.id), createStore(db, manualClock(NOW)).writes); // with open problems, which takes minutes for many
db.pragma("synchronous = FULL");
const filledMs = performance.now() - began;

const settings = config({ http: { requests_per_minute: 100_000 } });
const clock = manualClock(NOW);
const store = createStore(db, clock);
const speech = { identity: { engine: "whisper.cpp", model: "base.en", sha256: null }, status: () => ({ state: "ready", endpoints: [], pending: 0 }), canHear: () => true };
const parts = { config: settings, clock, db, store, log: silentLog, speech, analysis: { name: "extractive", model: null } } as unknown as Parts;
const fake = fakeAppliance(settings);
const house = Object.assign(fake, { clock, store: { ...store, audit: fake.store.audit, access: fake.store.access }, issues: createIssueDesk(parts), board: createBoardDesk(parts, { free: async () => 9e10 }) });
const server = createHttpServer(house, { intake: {} as never, version: "bench" });
const listening = server.app.listen(Number(argument("--serve") ?? 0), "127.0.0.1");
await new Promise((resolve) => listening.once("listening", resolve));
const { port } = listening.address() as AddressInfo;

if (argument("--serve") !== undefined) {
  process.stdout.write(`http://127.0.0.1:${port}/login?code=${fake.store.access.createLoginCode("admin")}\n`);
  process.stdin.resume();
} else {
  const figures: Record<string, unknown> = {};
  for (const [name, path] of Object.entries(PAGES)) figures[name] = await measure(path);
  process.stdout.write(`${JSON.stringify({ contacts: CONTACTS, filled_s: round(filledMs / 1000), days: 60, each: TIMES, ...figures }, null, 1)}\n`);
  listening.close();
  await server.close();
  db.close();
  rmSync(folder, { recursive: true });
}

/** First view, then the same page over and over while calls arrive: every fifth time one of the past is changed, every time one of today. */
async function measure(path: string): Promise<object> {
  const touch = db.prepare("UPDATE journey_contacts SET ended_at_ms = ended_at_ms + 1 WHERE (at_ms, session_id) = (SELECT at_ms, session_id FROM journey_contacts WHERE at_ms < ? ORDER BY at_ms DESC LIMIT 1)");
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  const first = await get(path);
  const [times, cpu]: [number[], number[]] = [[], []];
  for (let i = 0; i < TIMES; i++) {
    touch.run(i % 5 === 0 ? NOW - (1 + i) * 86_400_000 : NOW);
    const used = process.cpuUsage();
    times.push((await get(path)).ms);
    const { user, system } = process.cpuUsage(used);
    cpu.push((user + system) / 1000);
  }
  loop.disable();
  return { status: first.status, kb: round(first.bytes / 1000), first_ms: round(first.ms), p50_ms: round(quantile(times, 0.5)), p95_ms: round(quantile(times, 0.95)), cpu_p50_ms: round(quantile(cpu, 0.5)), loop_held_ms: round(loop.max / 1e6) };
}

async function get(path: string): Promise<{ status: number; ms: number; bytes: number }> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    request({ port, path, headers: { Authorization: "Bearer ek_analyst" } }, (answer) => {
      let bytes = 0;
      answer.on("data", (chunk: Buffer) => (bytes += chunk.length));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, ms: performance.now() - started, bytes }));
    }).on("error", reject).end();
  });
}
