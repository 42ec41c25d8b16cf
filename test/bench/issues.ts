// npm run bench:issues: what the live question and the numbers over channels cost at 10,000 and at 100,000 open conversations, in one run, A B A; what keeping
// them costs each message; and how soon a change is seen. Prints one JSON object.
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { journeyMetric } from "../../app/analysis/index.ts";
import { JOURNEY_METRIC_NAMES, newId, type ChannelEvent } from "../../app/domain/index.ts";
import { createQueue } from "../../app/jobs/index.ts";
import { configSchema, inTransaction, manualClock, openDatabase, silentLog, type Db } from "../../app/platform/index.ts";
import { createIssueDesk } from "../../app/pipeline/issues/unresolved.ts";
import { createJourneyDesk } from "../../app/pipeline/issues/journeys.ts";
import { settle, settleChanged } from "../../app/pipeline/issues/settle.ts";
import type { IssueDesk, JourneyDesk } from "../../app/pipeline/issues/desk-types.ts";
import { createLiveEvents } from "../../app/pipeline/live-events.ts";
import type { Parts } from "../../app/pipeline/parts.ts";
import { arriveEvents } from "../../app/pipeline/threads/accept-messages.ts";
import { gatherWaiting } from "../../app/pipeline/threads/gather.ts";
import { createStore, migrate } from "../../app/store/index.ts";
import { workOn } from "../../app/pipeline/workflows/workflow-work.ts";
import { wrongSums } from "../../app/pipeline/issues/rebuild.ts";
import { changeVisible } from "./change-visible.ts";
import { quantile, ratioOf, round } from "./statistics.ts";

const [FEW, MANY] = process.argv.includes("--quick") ? [1_000, 10_000] : [10_000, 100_000];
const TIMES = MANY / FEW;
const ROUNDS = 10;
const ASKED_PER_ROUND = 30;
/** What is not measured by then is left out: a slow machine gives fewer rounds, not a longer run. */
const DEADLINE_MS = performance.now() + 230_000;
const DAY_MS = 86_400_000;
/** All conversations were opened in one month: the hardest month that a house of this size can ask about. */
const SPAN_MS = 30 * DAY_MS;
const NOW = Date.UTC(2026, 10, 26);
const CHANNELS = ["phone", "web_chat", "whatsapp", "email", "sms", "bot"];
const QUEUES = ["billing", "support", "sales", "claims", "technical", "orders"];
const REASONS = ["billing.double_charge", "billing.refund", "delivery.late", "delivery.damaged", "account.login", "technical.no_internet", "card.lost", "contract.cancel", "appointment.change", "complaint.staff", null, null];
const WORDS = "invoice charged twice refund address order delivery late card blocked appointment number account password router broken cancelled contract renewal parcel damaged screen app crash login code fee statement deposit transfer booking flight hotel seat battery engine window door heating water leak noise smell colour size shoes jacket".split(" ");

/** A generator of its own, so that both databases are of one kind whatever their size. */
function dice(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Customers with an open conversation each (a twentieth with two), one or two contacts, four messages, findings. Rows as the pipeline writes them; derived rows as it makes them. */
function fill(db: Db, store: Parts["store"], conversations: number): void {
  const random = dice(7);
  const customer = db.prepare("INSERT INTO customers (id, root_id, created_at_ms) VALUES (?, ?, ?)");
  const conversation = db.prepare("INSERT INTO conversations (id, customer_id, founder_id, status, topic, reason, opened_at_ms, updated_at_ms) VALUES (?, ?, NULL, 'open', ?, ?, ?, ?)");
  const session = db.prepare("INSERT INTO sessions (id, channel, source, call_id, customer_id, origin_id, conversation_id, status, started_at_ms, ended_at_ms, duration_ms, agent_id, queue, reason, received_at_ms, updated_at_ms) VALUES (?, ?, 'bench', ?, ?, ?, ?, 'done', ?, ?, ?, ?, ?, ?, ?, ?)");
  const message = db.prepare("INSERT INTO messages (id, session_id, conversation_id, customer_id, source, channel, external_id, speaker, kind, text, at_ms) VALUES (?, ?, ?, ?, 'bench', ?, ?, ?, 'text', ?, ?)");
  const analysis = db.prepare("INSERT INTO analyses (id, session_id, revision, body, metrics, created_at_ms) VALUES (?, ?, 1, ?, 'null', ?)");
  let last = "";
  for (let written = 0; written < conversations; ) {
    inTransaction(db, () => {
      for (let batch = 0; batch < 100 && written < conversations; batch++, written++) {
        const opened = NOW - SPAN_MS + Math.floor(((written + random(1000) / 1000) / conversations) * SPAN_MS);
        const id = written % 20 === 19 ? last : newId("cus", opened);
        if (id !== last) customer.run(id, id, opened);
        last = id;
        const [cnv, reason] = [newId("cnv", opened), REASONS[random(REASONS.length)] ?? null];
        conversation.run(cnv, id, reason === null ? null : "Topic", reason, opened, opened);
        for (let s = 0, at = opened; s < 1 + (random(3) === 0 ? 1 : 0); s++, at += 2 * DAY_MS) {
          const [ses, channel] = [newId("ses", at), CHANNELS[random(CHANNELS.length)] ?? "sms"];
          const text = Array.from({ length: 4 + random(6) }, () => WORDS[random(WORDS.length)]).join(" ");
          session.run(ses, channel, ses, id, id, cnv, at, at + 600_000, channel === "phone" ? 600_000 : null, `a${random(50)}`, QUEUES[random(QUEUES.length)], reason, at, at);
          const first = newId("msg", at);
          for (let m = 0; m < 4; m++) message.run(m === 0 ? first : newId("msg", at), ses, cnv, id, channel, `x${written}-${s}-${m}`, m % 2 === 0 ? "customer" : random(3) === 0 ? "bot" : "agent", m === 0 ? `${text} please help` : "thank you for that", at + m * 30_000);
          analysis.run(newId("ana", at), ses, JSON.stringify({ intent: { text, evidence: [first] }, summary_points: [], topic_evidence: [first], entities: [{ kind: "reference", text: `A${written}`, value: `ref${written}`, evidence: [first] }], sentiment: { overall: random(200) / 100 - 1 } }), at);
        }
      }
      settleChanged(store.writes);
    });
  }
  db.pragma("wal_checkpoint(TRUNCATE)");
}

/**
 * Everything so many times: other customers say the same a minute later, and so on. What is derived of them is what the pipeline would make, since a
 * conversation is in the first theme like it; sums are looked at by `wrongSums`. A tenth of the time of filling 100,000 conversations one by one.
 */
function multiply(db: Db, times: number): void {
  const columns = (table: string): string[] => db.prepare<[string], { name: string }>("SELECT name FROM pragma_table_info(?) WHERE name <> 'seq'").all(table).map((one) => one.name);
  const isId = (name: string): boolean => /(?:^|_)id$|^unit$/.test(name) && name !== "theme_id" && name !== "agent_id";
  const isMoment = (name: string): boolean => name.endsWith("at_ms") || name === "opened_at_ms";
  inTransaction(db, () => {
    for (const table of ["customers", "conversations", "sessions", "messages", "analyses", "issue_members", "journey_contacts"]) {
      const names = columns(table);
      const copied = names.map((name) => (name === "agent" || name === "agent_id" ? `'a' || ((substr(c.${name}, 2) + 7 * k.value) % 50)` : isId(name) ? `c.${name} || '-' || k.value` : isMoment(name) ? `c.${name} + 60000 * k.value` : `c.${name}`));
      db.exec(`CREATE TEMP TABLE copied AS SELECT * FROM ${table}; INSERT INTO ${table} (${names.join(", ")}) SELECT ${copied.join(", ")} FROM json_each('[${Array.from({ length: times - 1 }, (_, i) => i + 1).join(",")}]') k, copied c; DROP TABLE copied`);
    }
    db.exec(`UPDATE issue_tallies SET opened_minutes = opened_minutes * ${times} + conversations * ${(times * (times - 1)) / 2}, customers = customers * ${times}, conversations = conversations * ${times}, mood = mood * ${times}, moods = moods * ${times}; DELETE FROM changed_conversations`);
  });
  db.pragma("wal_checkpoint(TRUNCATE)");
}

interface Side { db: Db; parts: Parts; issues: IssueDesk; journeys: JourneyDesk; cpuMs: number }

function open(file: string, fillWith: (db: Db, store: Parts["store"]) => void = () => undefined): Side {
  const db = openDatabase(file);
  migrate(db);
  const clock = manualClock(NOW);
  const store = createStore(db, clock);
  const parts = { config: configSchema.parse({}), clock, db, store, log: silentLog, queue: createQueue(db, clock, "boot"), events: createLiveEvents(clock), checkpoint: () => undefined, running: new Map(), ungathered: { customers: new Set(), sessions: new Set() }, workflows: workOn([], configSchema.parse({})), audit: () => undefined } as unknown as Parts;
  const cpu = process.cpuUsage();
  db.pragma("synchronous = OFF");
  fillWith(db, store);
  db.pragma("synchronous = FULL");
  const used = process.cpuUsage(cpu);
  return { db, parts, issues: createIssueDesk(parts), journeys: createJourneyDesk(parts), cpuMs: (used.user + used.system) / 1000 };
}

type Question = (side: Side, random: (below: number) => number) => Promise<unknown>;
const QUESTIONS: Record<string, Question> = {
  unresolved: (side) => side.issues.unresolved({ limit: 3 }),
  unresolved_by_channel_and_queue: (side, random) => side.issues.unresolved({ limit: 3, channel: CHANNELS[random(6)] ?? "", queue: QUEUES[random(6)] ?? "" }),
  unresolved_by_reason: (side, random) => side.issues.unresolved({ limit: 3, reason: REASONS[random(10)] ?? "" }),
  unresolved_since_today: (side) => side.issues.unresolved({ limit: 3, sinceMs: NOW - DAY_MS }),
};

const folder = mkdtempSync(join(tmpdir(), "earshot-bench-"));
const few = open(join(folder, "few.db"), (db, store) => fill(db, store, FEW));
for (const name of ["again.db", "many.db"]) copyFileSync(join(folder, "few.db"), join(folder, name));
const sides = { few, again: open(join(folder, "again.db")), many: open(join(folder, "many.db"), (db) => multiply(db, TIMES)) };
if (wrongSums(sides.many.parts).length > 0) throw new Error("the sums of the larger database are not those of its members");
const random = dice(11);
/** Of one question: milliseconds by the clock, and of the processor, which a busy machine does not bend. */
interface Took { ms: number; cpuMs: number }
async function timed(work: () => Promise<unknown>): Promise<Took> {
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  await work();
  const used = process.cpuUsage(cpu);
  return { ms: performance.now() - began, cpuMs: (used.user + used.system) / 1000 };
}
async function ask(side: Side, question: Question, times = ASKED_PER_ROUND): Promise<Took[]> {
  const took: Took[] = [];
  for (let i = 0; i < times; i++) took.push(await timed(() => question(side, random)));
  return took;
}
const of = (list: readonly Took[], what: keyof Took, share: number): number => round(quantile(list.map((one) => one[what]), share));

async function questionFigures(question: Question): Promise<object> {
  for (const side of Object.values(sides)) await ask(side, question); // warm: the same for all three
  const times: Record<"few" | "many" | "again", Took[][]> = { few: [], many: [], again: [] };
  for (let round = 0; round < ROUNDS && (round < 2 || performance.now() < DEADLINE_MS); round++) for (const side of round % 2 === 0 ? (["few", "many", "again"] as const) : (["again", "many", "few"] as const)) times[side].push(await ask(sides[side], question));
  const ratios = (side: "many" | "again", what: keyof Took): ReturnType<typeof ratioOf> => ratioOf(times[side].map((list, i) => of(list, what, 0.99) / of(times.few[i] ?? [], what, 0.99)));
  const figures = (side: "few" | "many"): object => ({ p50_ms: of(times[side].flat(), "ms", 0.5), p99_ms: of(times[side].flat(), "ms", 0.99), cpu_p50_ms: of(times[side].flat(), "cpuMs", 0.5), cpu_p99_ms: of(times[side].flat(), "cpuMs", 0.99) });
  return { few: figures("few"), many: figures("many"), growth_p99: ratios("many", "ms"), control_p99: ratios("again", "ms"), growth_cpu_p99: ratios("many", "cpuMs"), control_cpu_p99: ratios("again", "cpuMs") };
}
const questions: Record<string, object> = {};
for (const [name, question] of Object.entries(QUESTIONS)) questions[name] = await questionFigures(question);
// everything since the beginning reads every row: said apart, because it grows with what it covers
const everAsked = await ask(sides.many, (side) => side.issues.unresolved({ limit: 3, sinceMs: 1 }), 20);

/** Each number over the whole month, in every grouping: how long, and how long anything else had to wait meanwhile. */
async function measureNumbers({ journeys }: Side): Promise<object> {
  const took: (Took & { name: string })[] = [];
  const loop = monitorEventLoopDelay({ resolution: 1 });
  await new Promise((resolve) => setTimeout(resolve, 50));
  loop.enable();
  for (let turn = 0; turn < 3 && (turn === 0 || performance.now() < DEADLINE_MS); turn++) {
    for (const name of JOURNEY_METRIC_NAMES) {
      const metric = journeyMetric(name);
      if (metric === undefined) continue;
      for (const by of metric.groupings) {
        took.push({ name: `${name} by ${by}`, ...(await timed(() => journeys.measure(metric, { by, fromMs: NOW - SPAN_MS, toMs: NOW }))) });
      }
    }
  }
  loop.disable();
  const slowest = took.reduce((a, b) => (b.ms > a.ms ? b : a));
  return { asked: took.length, p50_ms: of(took, "ms", 0.5), p99_ms: of(took, "ms", 0.99), cpu_p50_ms: of(took, "cpuMs", 0.5), cpu_p99_ms: of(took, "cpuMs", 0.99), slowest: slowest.name, event_loop_p99_ms: round(loop.percentile(99) / 1e6), event_loop_max_ms: round(loop.max / 1e6) };
}
const numbers = { few: await measureNumbers(sides.few), many: await measureNumbers(sides.many) };

/** A message into the large house, one commit each; and of it the step that keeps the derived rows, without a commit of its own. */
async function costOfKeeping({ db, parts }: Side): Promise<object> {
  const whole: Took[] = [];
  const step: Took[] = [];
  for (let i = 0; i < 500; i++) {
    const event: ChannelEvent = { kind: "message", message: { source: "bench", channel: "web_chat", externalId: `n${i}`, kind: "text", speaker: "customer", text: `where is order ${i} the parcel is late`, atMs: NOW + i * 1000, customer: { identities: [{ kind: "email", value: `p${i % 200}@example.org` }] } } };
    whole.push(await timed(async () => inTransaction(db, () => {
      arriveEvents([event], parts);
      gatherWaiting(parts);
    })));
  }
  const marked = db.prepare<[], { id: string }>("SELECT conversation_id AS id FROM issue_members ORDER BY opened_at_ms DESC LIMIT 500").all();
  db.exec("BEGIN IMMEDIATE");
  for (const { id } of marked) {
    step.push(await timed(async () => settle([id], parts.store.writes)));
  }
  db.exec("COMMIT");
  const figures = (list: readonly Took[]): object => ({ p50_ms: of(list, "ms", 0.5), p99_ms: of(list, "ms", 0.99), cpu_p50_ms: of(list, "cpuMs", 0.5), cpu_mean_ms: round(list.reduce((sum, one) => sum + one.cpuMs, 0) / list.length) });
  return { message_in_one_commit: figures(whole), looking_at_an_unchanged_conversation: figures(step) };
}
const keeping = await costOfKeeping(sides.many);
const built = { cpu_ms_per_conversation: round(few.cpuMs / FEW), size_mb: { derived: round((sides.many.db.prepare<[], { n: number }>("SELECT sum(pgsize) / 1e6 AS n FROM dbstat WHERE name LIKE 'issue%' OR name LIKE 'journey%'").get()?.n ?? 0)) } };
for (const side of Object.values(sides)) side.db.close();
rmSync(folder, { recursive: true, force: true });

console.log(JSON.stringify({
  at: new Date().toISOString(),
  machine: { cores: cpus().length, model: cpus()[0]?.model, load: loadavg()[0], node: process.version },
  bars: { unresolved_p99_ms: "≤ 50", growth_p99: "≤ 2", change_visible_ms: "< 100", number_p99_ms: "≤ 300", event_loop_max_ms: "≤ 50" },
  open_conversations: { few: FEW, many: MANY },
  questions, since_ever: { p50_ms: of(everAsked, "ms", 0.5), p99_ms: of(everAsked, "ms", 0.99), cpu_p50_ms: of(everAsked, "cpuMs", 0.5) }, numbers, keeping, built,
  change_visible: await changeVisible<{ total: { conversations: number } }>({
    times: 100, path: "/v1/issues/unresolved",
    message: (i) => ({ customer: { email: `p${i}@example.org` }, text: "where is my parcel it is late", session_external_id: `b${i}` }),
    isSeen: (view, i) => view.total.conversations === i,
  }),
}, null, 2));
