// npm run bench:threads: what the context and the thread of a customer cost at 10,000 and at 1,000,000 messages, in one run, A B A, and how
// soon a change is seen. Prints one JSON object.
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { newId } from "../../app/domain/index.ts";
import { configSchema, inTransaction, manualClock, openDatabase, silentLog, systemClock, type Db } from "../../app/platform/index.ts";
import { createStore, migrate } from "../../app/store/index.ts";
import { createContextDesk } from "../../app/pipeline/threads/context.ts";
import type { ContextDesk } from "../../app/pipeline/index.ts";
import type { Parts } from "../../app/pipeline/parts.ts";
import { startTestAppliance } from "../support/in-process.ts";
import { quantile, ratioOf, round } from "./statistics.ts";

const FEW = 10_000;
const MANY = 1_000_000;
const ROUNDS = 15;
const ASKED_PER_ROUND = 200;
const MESSAGES_PER_SESSION = 12;
const SESSIONS_PER_CUSTOMER = 8;
const WORDS = "the invoice was charged twice refund address order delivery late card blocked appointment change number please help account password router broken cancelled contract renewal".split(" ");

/** A generator of its own, so that both databases are of one kind whatever their size. */
function dice(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Customers with sessions on four channels; one of fifty has ten times as many. Rows as the pipeline writes them. */
function fill(db: Db, messages: number): string[] {
  const random = dice(7);
  const customer = db.prepare("INSERT INTO customers (id, root_id, name, created_at_ms) VALUES (?, ?, ?, ?)");
  const identity = db.prepare("INSERT INTO identities (id, customer_id, origin_id, kind, value, first_seen_ms, last_seen_ms) VALUES (?, ?, ?, ?, ?, ?, ?)");
  const conversation = db.prepare("INSERT INTO conversations (id, customer_id, founder_id, status, topic, reason, summary, opened_at_ms, updated_at_ms) VALUES (?, ?, NULL, ?, 'Billing', 'billing.refund', 'The customer was charged twice.', ?, ?)");
  const session = db.prepare("INSERT INTO sessions (id, channel, source, call_id, customer_id, origin_id, conversation_id, status, started_at_ms, ended_at_ms, reason, series, received_at_ms, updated_at_ms) VALUES (?, ?, 'bench', ?, ?, ?, ?, 'done', ?, ?, 'billing.refund', ?, ?, ?)");
  const message = db.prepare("INSERT INTO messages (id, session_id, conversation_id, customer_id, source, channel, external_id, speaker, kind, text, at_ms, sentiment, facts) VALUES (?, ?, ?, ?, 'bench', ?, ?, ?, 'text', ?, ?, ?, ?)");
  const ids: string[] = [];
  for (let written = 0; written < messages; ) {
    inTransaction(db, () => {
      for (let batch = 0; batch < 50 && written < messages; batch++) {
        const id = newId("cus", ids.length);
        ids.push(id);
        customer.run(id, id, `Person ${ids.length}`, 1);
        identity.run(newId("idn", 1), id, id, "e164", `+1${ids.length}`, 1, 1);
        const sessions = SESSIONS_PER_CUSTOMER * (ids.length % 50 === 0 ? 10 : 1);
        for (let s = 0, at = Date.UTC(2025, 0, 1) + random(1e9); s < sessions && written < messages; s++, at += 4 * 86_400_000) {
          const [sessionId, conversationId, channel] = [newId("ses", at), newId("cnv", at), ["web_chat", "whatsapp", "email", "sms"][random(4)] ?? "sms"];
          conversation.run(conversationId, id, s % 3 === 0 ? "open" : "resolved", at, at);
          session.run(sessionId, channel, sessionId, id, id, conversationId, at, at + 600_000, `${channel}|bench|${id}`, at, at);
          for (let m = 0; m < MESSAGES_PER_SESSION && written < messages; m++, written++) {
            const text = Array.from({ length: 4 + random(16) }, () => WORDS[random(WORDS.length)]).join(" ");
            message.run(newId("msg", at), sessionId, conversationId, id, channel, `x${written}`, m % 2 === 0 ? "customer" : "bot", text, at + m * 30_000, random(200) / 100 - 1, m === 1 ? '{"intent":"refund","slots":{"order":"1","amount":null}}' : null);
          }
        }
      }
    });
  }
  db.pragma("wal_checkpoint(TRUNCATE)");
  return ids;
}

interface Side { context: ContextDesk; thread(id: string): void; customers: string[] }

function open(file: string, messages: number): Side & { close(): void } {
  const db = openDatabase(file);
  migrate(db);
  const customers = fill(db, messages);
  const clock = manualClock();
  const store = createStore(db, clock);
  const parts = { config: configSchema.parse({}), clock, db, store, log: silentLog } as unknown as Parts;
  return { customers, context: createContextDesk(parts), thread: (id) => void store.reads.thread(id, { limit: 50 }), close: () => db.close() };
}

/** Milliseconds of each of many questions about random customers. */
function ask(side: Side, random: (below: number) => number, question: (side: Side, id: string) => void): number[] {
  return Array.from({ length: ASKED_PER_ROUND }, () => {
    const id = side.customers[random(side.customers.length)] ?? "";
    const began = performance.now();
    question(side, id);
    return performance.now() - began;
  });
}

const QUESTIONS: Record<string, (side: Side, id: string) => void> = {
  context: (side, id) => void side.context.of(id, { messages: 20 }),
  context_with_query: (side, id) => void side.context.of(id, { messages: 20, query: "was my refund for the late order paid" }),
  thread: (side, id) => side.thread(id),
};

const folder = mkdtempSync(join(tmpdir(), "earshot-bench-"));
const few = open(join(folder, "few.db"), FEW);
const again = open(join(folder, "again.db"), FEW);
const many = open(join(folder, "many.db"), MANY);
const random = dice(11);
const figures = Object.fromEntries(
  Object.entries(QUESTIONS).map(([name, question]) => {
    for (const side of [few, many, again]) ask(side, random, question); // warm: the same for all three
    const times: Record<"few" | "many" | "again", number[][]> = { few: [], many: [], again: [] };
    for (let round = 0; round < ROUNDS; round++) {
      for (const side of round % 2 === 0 ? (["few", "many", "again"] as const) : (["again", "many", "few"] as const)) times[side].push(ask({ few, many, again }[side], random, question));
    }
    const p99 = (list: readonly number[][]): number => round(quantile(list.flat(), 0.99));
    const ratios = (side: "many" | "again"): ReturnType<typeof ratioOf> => ratioOf(times[side].map((list, i) => quantile(list, 0.99) / quantile(times.few[i] ?? [1], 0.99)));
    return [name, { p99_ms: { ten_thousand: p99(times.few), one_million: p99(times.many) }, p50_ms: { ten_thousand: round(quantile(times.few.flat(), 0.5)), one_million: round(quantile(times.many.flat(), 0.5)) }, growth_p99_pooled: round(p99(times.many) / p99(times.few)), growth_p99: ratios("many"), control_p99: ratios("again") }];
  }),
);
for (const side of [few, many, again]) side.close();
rmSync(folder, { recursive: true, force: true });

/** Through the whole appliance: a message is posted, and the context of its customer is asked until it holds the message. */
async function changeVisible(times: number): Promise<{ p50_ms: number; p99_ms: number; times: number }> {
  const house = await startTestAppliance();
  const took: number[] = [];
  try {
    for (let i = 0; i < times; i++) {
      const began = performance.now();
      await house.post("/v1/messages", { channel: "web_chat", external_id: `b${i}`, customer: { email: "maria@example.org" }, sender: "customer", text: `where is order ${i}`, sent_at: new Date(systemClock.now()).toISOString(), session_external_id: "bench" });
      for (;;) {
        const view = (await (await house.get("/v1/context?email=maria@example.org&messages=1")).json()) as { messages?: { text: string }[] };
        if (view.messages?.[0]?.text === `where is order ${i}`) break;
        if (performance.now() - began > 10_000) throw new Error("a change was not seen within 10 s");
      }
      took.push(performance.now() - began);
    }
  } finally {
    await house.end();
  }
  return { p50_ms: round(quantile(took, 0.5)), p99_ms: round(quantile(took, 0.99)), times };
}

console.log(JSON.stringify({
  at: new Date().toISOString(),
  machine: { cores: cpus().length, model: cpus()[0]?.model, load: loadavg()[0], node: process.version },
  bars: { growth_p99: "≤ 1.3", p99_ms_at_one_million: "≤ 10", change_visible_ms: "< 100" },
  ...figures,
  change_visible: await changeVisible(300),
}, null, 2));
