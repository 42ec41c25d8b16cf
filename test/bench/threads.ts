// npm run bench:threads: what the context and the thread of a customer cost at 10,000 and at 1,000,000 messages, in one run, A B A, and how
// soon a change is seen. Prints one JSON object.
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { configSchema, manualClock, openDatabase, silentLog } from "../../app/platform/index.ts";
import { createStore, migrate } from "../../app/store/index.ts";
import { createContextDesk } from "../../app/pipeline/threads/context.ts";
import type { ContextDesk } from "../../app/pipeline/index.ts";
import type { Parts } from "../../app/pipeline/parts.ts";
import { dice, fill } from "./filled-database.ts";
import { changeVisible } from "./change-visible.ts";
import { quantile, ratioOf, round } from "./statistics.ts";

const FEW = 10_000;
const MANY = 1_000_000;
const ROUNDS = 15;
const ASKED_PER_ROUND = 200;

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

console.log(JSON.stringify({
  at: new Date().toISOString(),
  machine: { cores: cpus().length, model: cpus()[0]?.model, load: loadavg()[0], node: process.version },
  bars: { growth_p99: "≤ 1.3", p99_ms_at_one_million: "≤ 10", change_visible_ms: "< 100" },
  ...figures,
  change_visible: await changeVisible<{ messages?: { text: string }[] }>({
    times: 300, path: "/v1/context?email=maria@example.org&messages=1",
    message: (i) => ({ customer: { email: "maria@example.org" }, text: `where is order ${i}`, session_external_id: "bench" }),
    isSeen: (view, i) => view.messages?.[0]?.text === `where is order ${i}`,
  }),
}, null, 2));
