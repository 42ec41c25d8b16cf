// npm run bench:search: what a page of search costs at 1,000,000 messages, and the nearest of 100,000 vectors; beside each, the longest time in which
// nobody else got a turn. Prints one JSON object.
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { VectorTable } from "../../app/analysis/index.ts";
import { configSchema, openDatabase, silentLog, systemClock } from "../../app/platform/index.ts";
import { createStore, migrate, type SearchFilter } from "../../app/store/index.ts";
import { openSearch } from "../../app/pipeline/knowledge/open-knowledge.ts";
import { dice, fill } from "./filled-database.ts";
import { quantile, round } from "./statistics.ts";

const MESSAGES = Number(process.argv[2] ?? 1_000_000);
const VECTORS = 100_000;
const DIMENSIONS = 384;
const TIMES = 100;

/** Every word but `case…` is in four messages of ten. */
type Question = (random: (below: number) => number) => { text: string; filter?: SearchFilter };
const QUESTIONS: Record<string, Question> = {
  common_word: () => ({ text: "the" }),
  word: () => ({ text: "refund" }),
  two_words: () => ({ text: "refund late" }),
  sentence: () => ({ text: "the invoice was charged twice refund address order" }),
  phrase_that_is_rare: () => ({ text: '"the order card invoice"' }),
  rare_word: (random) => ({ text: `case${random(5000)}` }),
  unknown_word: () => ({ text: "zebra" }),
  beginning: () => ({ text: "ref*" }),
  without: () => ({ text: "refund -late -order" }),
  of_a_channel: () => ({ text: "refund", filter: { channel: "sms" } }),
  nothing_passes_the_filter: () => ({ text: "refund", filter: { agentId: "nobody" } }),
};

interface Figures { p50_ms: number; p99_ms: number; cpu_p50_ms: number; cpu_p99_ms: number; block_p99_ms: number; block_cpu_p99_ms: number }

/** Milliseconds of each by the clock and by the processor (which others' work does not lengthen), and the longest turn of the event loop meanwhile. */
async function measure(work: () => Promise<unknown>, times = TIMES): Promise<Figures> {
  const [took, cpu, blocks, cpuBlocks]: number[][] = [[], [], [], []];
  const since = (start: NodeJS.CpuUsage): number => {
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  };
  for (let i = 0; i < times; i++) {
    let [last, lastCpu, longest, longestCpu, isRunning] = [performance.now(), process.cpuUsage(), 0, 0, true];
    const turn = (): void => {
      longest = Math.max(longest, performance.now() - last);
      longestCpu = Math.max(longestCpu, since(lastCpu));
      [last, lastCpu] = [performance.now(), process.cpuUsage()];
      if (isRunning) setImmediate(turn);
    };
    setImmediate(turn);
    const [began, beganCpu] = [performance.now(), process.cpuUsage()];
    await work();
    took?.push(performance.now() - began);
    cpu?.push(since(beganCpu));
    isRunning = false;
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    blocks?.push(longest);
    cpuBlocks?.push(longestCpu);
  }
  const q = (list: number[] | undefined, part: number): number => round(quantile(list ?? [], part));
  return { p50_ms: q(took, 0.5), p99_ms: q(took, 0.99), cpu_p50_ms: q(cpu, 0.5), cpu_p99_ms: q(cpu, 0.99), block_p99_ms: q(blocks, 0.99), block_cpu_p99_ms: q(cpuBlocks, 0.99) };
}

async function searchFigures(): Promise<Record<string, unknown>> {
  const folder = mkdtempSync(join(tmpdir(), "earshot-bench-"));
  const db = openDatabase(join(folder, "many.db"));
  try {
    migrate(db);
    db.pragma("synchronous = OFF"); // filling only; reads do not ask
    const customers = fill(db, MESSAGES, true);
    const store = createStore(db, systemClock);
    const desk = openSearch({ store, embedder: undefined, log: silentLog, clock: systemClock, config: configSchema.parse({}) });
    const random = dice(3);
    const figures: Record<string, unknown> = {};
    const ofACustomer: Question = () => ({ text: "refund", filter: { customerId: customers[random(customers.length)] ?? "" } });
    for (const [name, question] of Object.entries({ ...QUESTIONS, of_a_customer: ofACustomer })) {
      await measure(() => ask(question(random)), 5); // warm
      figures[name] = await measure(() => ask(question(random)));
    }
    return figures;

    async function ask({ text, filter }: ReturnType<Question>): Promise<void> {
      await desk.messages(text, filter ?? {}, { limit: 20 });
    }
  } finally {
    db.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function vectorFigures(): Promise<Record<string, unknown>> {
  const random = dice(5);
  const vector = (): Float32Array => {
    const numbers = Float32Array.from({ length: DIMENSIONS }, () => random(2001) / 1000 - 1);
    const length = Math.hypot(...numbers);
    return numbers.map((one) => one / length);
  };
  const bytes = Array.from({ length: 1000 }, () => new Uint8Array(vector().buffer));
  const table = new VectorTable<number>({
    after: (_, seq, count) => Array.from({ length: Math.min(count, VECTORS - seq) }, (_one, i) => ({ seq: seq + i + 1, id: seq + i, vector: bytes[(seq + i) % bytes.length] as Uint8Array })),
    count: () => VECTORS,
  }, "bench", DIMENSIONS);
  const loading = await measure(() => table.nearest(vector(), 50), 1);
  return { vectors: VECTORS, dimensions: DIMENSIONS, first_with_loading: loading, nearest: await measure(() => table.nearest(vector(), 50)) };
}

const machine = { cores: cpus().length, model: cpus()[0]?.model, load: loadavg()[0], node: process.version };
console.log(JSON.stringify({ at: new Date().toISOString(), machine, messages: MESSAGES, bars: { p99_ms: "≤ 200", block_p99_ms: "≤ 50" }, search: await searchFigures(), by_meaning: await vectorFigures() }, null, 2));
