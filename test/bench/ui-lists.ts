// What screens cost when the house is full: 100,000 conversations, and a customer with 10,000 messages, while a call is heard. A few, many, a few again.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newId, wavHeader } from "../../app/domain/index.ts";
import { inTransaction, installationRoot, openDatabase, systemClock, type Db } from "../../app/platform/index.ts";
import { createStore, migrate } from "../../app/store/index.ts";
import { startAppliance, until, type ApplianceProcess } from "../support/appliance-process.ts";
import { fill } from "./filled-database.ts";
import { quantile, ratioOf, round, type Ratio } from "./statistics.ts";

const FEW = 500;
const MESSAGES_PER_CONVERSATION = 12;
const LONG_THREAD = 10_000;
const ASKED_PER_ROUND = 20;
/** Numbers of a house that was filled behind its back are made in the background; they are waited for, but not for ever. */
const SETTLE_MS = 240_000;

interface Side { appliance: ApplianceProcess; key: string; customer: string }

export interface ListFigure { p50_ms: number; p95_ms: number; kb: number; over_few: Ratio; control: Ratio }

/** The addresses; `%customer` is the one with the long thread, `%older` asks for the page behind the first of the address before it. */
const ADDRESSES = ["/", "/conversations", "%older", "/conversations?status=done", "/conversations?channel=phone", "/conversations?q=refund", "/customers", "/customers?q=Person%20777", "/customers/%customer", "%older", "/customers/%customer?q=refund", "/agents", "/ledger", "%older", "/v1/customers/%customer/thread?limit=50", "/v1/conversations?limit=50"];

export async function measureLists(conversations: number, rounds: number): Promise<{ table: Record<string, Record<string, unknown>>; heard: { before: string; after: string }; settled: boolean; figures: Record<string, ListFigure> }> {
  const folder = mkdtempSync(join(tmpdir(), "earshot-bench-ui-"));
  const [few, many] = [await open(join(folder, "few"), FEW), await open(join(folder, "many"), conversations)];
  try {
    const settled = await settle(join(folder, "many", "data", "earshot.db"));
    await listen(many);
    const begun = await until("the call is heard", SETTLE_MS, async () => ((await stateOf(many)) === "received" ? undefined : await stateOf(many)), 500);
    const figures: Record<string, ListFigure> = {};
    const before = { few: "", many: "" };
    for (const address of ADDRESSES) {
      const [small, large] = [addressFor(few, address, before.few), addressFor(many, address, before.many)];
      const [first, whole] = [small === undefined ? undefined : await get(few, small), large === undefined ? undefined : await get(many, large)];
      if (small === undefined || large === undefined || first?.status !== 200 || whole?.status !== 200) continue; // no such screen, filter or older page
      figures[address === "%older" ? `${Object.keys(figures).at(-1)}, older` : address] = await compare([few, small], [many, large], rounds, whole.bytes);
      [before.few, before.many] = [first.text, whole.text];
    }
    const heard = { before: begun, after: await stateOf(many) }; // "processing" at both ends, or the figures are of an idle house
    const table = Object.fromEntries(Object.entries(figures).map(([name, one]) => [name, { p50_ms: one.p50_ms, p95_ms: one.p95_ms, kb: one.kb, "many / few": `${one.over_few.median} [${one.over_few.low}, ${one.over_few.high}]`, "few / few": `${one.control.median} [${one.control.low}, ${one.control.high}]` }]));
    return { table, heard, settled, figures };
  } finally {
    await Promise.all([few.appliance.stop(), many.appliance.stop()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function open(folder: string, conversations: number): Promise<Side> {
  mkdirSync(join(folder, "data"), { recursive: true });
  const db = openDatabase(join(folder, "data", "earshot.db"));
  migrate(db);
  fill(db, conversations * MESSAGES_PER_CONVERSATION);
  makeCalls(db);
  const customer = longThread(db);
  const key = createStore(db, systemClock).access.createKey("bench", "admin");
  db.pragma("wal_checkpoint(TRUNCATE)");
  db.close();
  return { appliance: await startAppliance(folder, { data_dir: join(folder, "data"), log_level: "silent", http: { port: 0 }, intake: { disk_reserve_mb: 0 } }), key, customer };
}

/** A quarter of the contacts are calls, as they stand in the ledger when all is done. */
function makeCalls(db: Db): void {
  inTransaction(db, () => {
    db.exec(`UPDATE sessions SET channel = 'phone', direction = 'inbound', duration_ms = 240000, outcome = 'resolved', agent_id = 'a' || (rowid % 40), agent_name = 'Agent ' || (rowid % 40), queue = 'queue ' || (rowid % 6) WHERE channel = 'sms';
      UPDATE messages SET channel = 'phone', kind = 'turn', start_ms = 1000, end_ms = 3000 WHERE channel = 'sms';
      INSERT OR IGNORE INTO call_ids (source, call_id, session_id) SELECT source, call_id, id FROM sessions WHERE channel = 'phone';
      INSERT INTO ledger (session_id, stage, status, at_ms, ms) SELECT id, stage, 'done', started_at_ms, 900 FROM sessions, (SELECT 'announced' AS stage UNION ALL SELECT 'prepare' UNION ALL SELECT 'transcribe' UNION ALL SELECT 'analyse') WHERE channel = 'phone';
      INSERT OR IGNORE INTO standings SELECT * FROM standing_now WHERE channel = 'phone';`);
  });
}

/** A customer who has written every day for years. @returns its id */
function longThread(db: Db): string {
  const [at, id] = [Date.UTC(2025, 0, 1), newId("cus", 1)];
  inTransaction(db, () => {
    db.prepare("INSERT INTO customers (id, root_id, name, created_at_ms) VALUES (?, ?, 'Long Thread', ?)").run(id, id, at);
    db.prepare("INSERT INTO identities (id, customer_id, origin_id, kind, value, first_seen_ms, last_seen_ms) VALUES (?, ?, ?, 'e164', '+15550000001', ?, ?)").run(newId("idn", 1), id, id, at, at);
    const conversation = db.prepare("INSERT INTO conversations (id, customer_id, status, topic, summary, opened_at_ms, updated_at_ms) VALUES (?, ?, 'resolved', 'Billing', 'The customer was charged twice.', ?, ?)");
    const session = db.prepare("INSERT INTO sessions (id, channel, source, call_id, customer_id, origin_id, conversation_id, status, started_at_ms, ended_at_ms, series, received_at_ms, updated_at_ms) VALUES (?, 'web_chat', 'bench', ?, ?, ?, ?, 'done', ?, ?, ?, ?, ?)");
    const message = db.prepare("INSERT INTO messages (id, session_id, conversation_id, customer_id, source, channel, external_id, speaker, kind, text, at_ms) VALUES (?, ?, ?, ?, 'bench', 'web_chat', ?, ?, 'text', 'my refund for the late order has not come yet, can you look?', ?)");
    for (let day = 0; day < LONG_THREAD / 10; day++) {
      const then = at + day * 43_200_000;
      const [sessionId, conversationId] = [newId("ses", then), newId("cnv", then)];
      conversation.run(conversationId, id, then, then);
      session.run(sessionId, sessionId, id, id, conversationId, then, then + 600_000, `web_chat|bench|${id}`, then, then);
      for (let i = 0; i < 10; i++) message.run(newId("msg", then + i), sessionId, conversationId, id, `long-${day}-${i}`, i % 2 === 0 ? "customer" : "agent", then + i * 30_000);
    }
  });
  return id;
}

/** Waits until the house has made its own numbers of what it was filled with. */
async function settle(file: string): Promise<boolean> {
  const db = openDatabase(file);
  const isDone = (): true | undefined => ((db.prepare("SELECT (SELECT count(*) FROM changed_conversations) + (SELECT count(*) FROM derive_later) AS left").get() as { left: number }).left === 0 ? true : undefined);
  try {
    return await until("the numbers are made", SETTLE_MS, isDone, 1000).catch(() => false);
  } finally {
    db.close();
  }
}

/** Twenty minutes of speech, so that the engine is busy all the while. */
async function listen({ appliance, key }: Side): Promise<void> {
  const sound = readFileSync(join(installationRoot(), "scripts", "demo", "calls", "double-charge.wav")).subarray(44);
  const form = new FormData();
  form.set("metadata", JSON.stringify({ call_id: "long-1" }));
  form.set("recording", new Blob([new Uint8Array(Buffer.concat([wavHeader(sound.length * 40, 8000, 2), ...Array.from({ length: 40 }, () => sound)]))]), "long.wav");
  await fetch(`${appliance.url}/v1/calls`, { method: "POST", headers: { authorization: `Bearer ${key}` }, body: form });
}

async function stateOf({ appliance, key }: Side): Promise<string> {
  return ((await (await fetch(`${appliance.url}/v1/calls/long-1`, { headers: { authorization: `Bearer ${key}` } })).json()) as { status: string }).status;
}

function addressFor({ customer }: Side, address: string, before: string): string | undefined {
  if (address !== "%older") return address.replace("%customer", customer);
  return /href="([^"]*[?&]cursor=[^"]*|[^"]*&amp;cursor=[^"]*)"/.exec(before)?.[1]?.replaceAll("&amp;", "&");
}

async function get({ appliance, key }: Side, address: string): Promise<{ status: number; text: string; bytes: number }> {
  const answer = await fetch(`${appliance.url}${address}`, { headers: { authorization: `Bearer ${key}`, accept: "text/html, application/json" }, redirect: "manual" });
  const text = await answer.text();
  return { status: answer.status, text, bytes: Buffer.byteLength(text) };
}

async function compare(small: [Side, string], large: [Side, string], rounds: number, bytes: number): Promise<ListFigure> {
  const times: Record<"few" | "many" | "again", number[][]> = { few: [], many: [], again: [] };
  for (let i = 0; i < rounds; i++) {
    for (const name of i % 2 === 0 ? (["few", "many", "again"] as const) : (["again", "many", "few"] as const)) {
      const [side, address] = name === "many" ? large : small;
      const each: number[] = [];
      for (let n = 0; n < ASKED_PER_ROUND; n++) {
        const began = performance.now();
        await get(side, address);
        each.push(performance.now() - began);
      }
      times[name].push(each);
    }
  }
  const ratio = (name: "many" | "again"): Ratio => ratioOf(times[name].map((list, i) => quantile(list, 0.95) / quantile(times.few[i] ?? [1], 0.95)));
  return { p50_ms: round(quantile(times.many.flat(), 0.5)), p95_ms: round(quantile(times.many.flat(), 0.95)), kb: round(bytes / 1000), over_few: ratio("many"), control: ratio("again") };
}
