// Where contacts stand: triggers against an oracle that reads everything anew, after any history of writes; and the ledger's lists and counts against filtering by hand.
import assert from "node:assert/strict";
import fc from "fast-check";
import { lateRules, PLACES, type LateRule, type Stage } from "../../app/domain/index.ts";
import { createQueue, type Queue } from "../../app/jobs/index.ts";
import { manualClock, openDatabase, type Db, type ManualClock } from "../../app/platform/index.ts";
import { createStore, migrate, type LedgerFilter, type ListedPlace, type Standing, type Store, type StoreWrites } from "../../app/store/index.ts";

interface House {
  db: Db;
  clock: ManualClock;
  store: Store & { writes: StoreWrites };
  queue: Queue;
}

function house(): House {
  const db = openDatabase(":memory:");
  migrate(db);
  const clock = manualClock();
  return { db, clock, store: createStore(db, clock), queue: createQueue(db, clock, "boot") };
}

const SESSIONS = 6;
const STAGES_USED: [Stage, "cpu" | "net" | "model"][] = [["fetch", "net"], ["prepare", "cpu"], ["transcribe", "model"], ["analyse", "cpu"]];
const error = { code: "FETCH_REFUSED", message: "The server refused", retry: "after_fix" as const };
let shared: House | undefined;
type Act = { what: string; on: number; n: number };

/** Histories need not make sense: the triggers must be right for every one. */
const ACTS: Record<string, (house: House, id: string, n: number) => void> = {
  arrive({ store, clock }, id, n) {
    if (store.writes.sessions.byId(id) !== undefined) return;
    if (n % 3 === 2) store.writes.written.createSession({ id, source: "web", channel: "webchat", series: id, founderId: `msg_${id}`, atMs: clock.now(), nowMs: clock.now() });
    else store.writes.sessions.create({ id, source: n % 3 === 0 ? "pbx" : "folder", facts: { callId: id }, priority: 50, nowMs: clock.now() });
  },
  announce: ({ store }, id) => void (store.writes.recordings.ofSession(id) ?? store.writes.recordings.create({ id: `rec_${id}`, sessionId: id, url: "https://pbx.example/1" })),
  bring: ({ store, clock }, id) => void (store.writes.recordings.ofSession(id) && store.writes.recordings.setFile(`rec_${id}`, { file: `${id}.wav`, sha256: id, sizeBytes: 1 }, "a.wav", clock.now())),
  enqueue({ queue, clock }, id, n) {
    const [stage, lane] = STAGES_USED[n % 4] ?? ["fetch", "net"];
    queue.enqueue({ stage, lane, sessionId: id, priority: 1, runAfterMs: clock.now() + (n % 2) * 60_000 });
  },
  defer: ({ queue, clock }, id) => queue.enqueueOrDefer({ stage: "summarise", lane: "cpu", sessionId: id, priority: 1, runAfterMs: clock.now() + 90_000 }),
  work({ queue, clock }, _id, n) {
    const job = queue.claim((["cpu", "net", "model"] as const)[n % 3] ?? "cpu", STAGES_USED.map(([stage]) => stage));
    if (job === undefined) return;
    if (n % 5 < 2) queue.finish(job.id);
    else if (n % 5 === 2) queue.retry(job.id, clock.now() + 1000, { ...error, code: "FETCH_UNREACHABLE" });
    else if (n % 5 === 3) queue.stop(job.id, "parked", error);
    else queue.release(job.id);
  },
  status: ({ store, clock }, id, n) => store.writes.sessions.setStatus(id, (["received", "processing", "done", "failed", "held"] as const)[n % 5] ?? "done", n % 5 === 3 ? error : null, clock.now()),
  hear: ({ db, clock }, id) => void db.prepare("INSERT INTO transcripts (session_id, engine, model, model_sha256, speaker_source, created_at_ms) VALUES (?, 'w', 'm', 'x', 'channel', ?) ON CONFLICT DO NOTHING").run(id, clock.now()),
  post: ({ store, clock }, id, n) => store.writes.findings.post({ sessionId: id, destination: n % 3 === 0 ? "workflow:returns" : "crm", revision: n, body: "{}", nowMs: clock.now() }),
  send({ store, clock }, _id, n) {
    const item = store.writes.findings.due(clock.now(), 1)[0];
    if (item === undefined) return;
    const outcome = (["delivered", "waiting", "parked"] as const)[n % 3] ?? "parked";
    store.writes.findings.recordAttempt(item.id, outcome === "delivered" ? { outcome, httpStatus: 200 } : { outcome: "parked", httpStatus: 404, error }, { state: outcome, attemptMs: clock.now() + 1000, error: outcome === "delivered" ? null : error }, clock.now());
  },
  unpark: ({ store, clock }, id) => void store.writes.findings.unpark(id, clock.now()),
  revive({ queue }, id) {
    const job = queue.stoppedOf(id)[0];
    if (job !== undefined && queue.activeOf(id).length === 0) queue.revive(job.id);
  },
  wait: ({ clock }, _id, n) => clock.advance(n * 40_000),
};

/** One house for all histories: making one takes a quarter of a second. */
function play(acts: readonly Act[]): House {
  const it = (shared ??= house());
  it.db.exec("DELETE FROM outbox; DELETE FROM jobs; DELETE FROM transcripts; DELETE FROM recordings; DELETE FROM call_ids; DELETE FROM ledger; DELETE FROM sessions");
  for (let i = 0; i < SESSIONS; i += 1) ACTS["arrive"]?.(it, `ses_${i}`, i);
  for (const { what, on, n } of acts) ACTS[what]?.(it, `ses_${on % SESSIONS}`, n);
  return it;
}

type Row = Record<string, string | number | null>;

/** Everything read anew, in plain code. */
function oracle({ db }: House): Row[] {
  const all = (sql: string): Row[] => db.prepare(sql).all() as Row[];
  const [jobs, recordings, transcripts, outbox] = [all("SELECT * FROM jobs ORDER BY id"), all("SELECT * FROM recordings"), all("SELECT * FROM transcripts"), all("SELECT * FROM outbox ORDER BY created_at_ms, id")];
  return all("SELECT * FROM sessions ORDER BY id").flatMap((s) => {
    const of = (rows: Row[]): Row[] => rows.filter((row) => row["session_id"] === s["id"]);
    const isPhone = s["channel"] === "phone";
    const active = of(jobs).find((job) => job["state"] === "queued" || job["state"] === "running");
    const recording = of(recordings)[0];
    const stopped = s["status"] === "failed" ? of(jobs).findLast((job) => job["state"] === "failed" || job["state"] === "parked") : undefined;
    const parked = of(outbox).find((item) => item["state"] === "parked");
    const unsent = parked ?? of(outbox).find((item) => item["state"] === "waiting");
    const reached = of(outbox).some((item) => item["destination"] === "crm" && item["state"] === "delivered") ? 3 : of(transcripts).length > 0 ? 2 : recording !== undefined && recording["arrived_at_ms"] !== null ? 1 : 0;
    const base = { session_id: s["id"] ?? null, channel: s["channel"] ?? null, source: s["source"] ?? null, received_at_ms: s["received_at_ms"] ?? null };
    const row = (place: string, stage: Row[string], code: Row[string], since: Row[string]): Row[] => [{ ...base, place, stage, code, since_ms: since, reached }];
    if (s["status"] === "held") return row("held", null, "CONSENT_MISSING", s["received_at_ms"] ?? null);
    if (active !== undefined) return row("work", active["stage"] ?? null, active["error_code"] ?? null, active["error_code"] === null ? Math.max(Number(active["created_at_ms"]), Number(active["run_after_ms"])) : (active["created_at_ms"] ?? null));
    if (isPhone && recording === undefined && (s["status"] === "received" || s["status"] === "failed")) return row("announced", stopped?.["stage"] ?? "notify", s["error_code"] ?? stopped?.["error_code"] ?? unsent?.["error_code"] ?? null, s["status"] === "failed" ? (stopped?.["finished_at_ms"] ?? s["received_at_ms"] ?? null) : (unsent?.["created_at_ms"] ?? s["received_at_ms"] ?? null)).map((one) => (s["status"] === "failed" ? one : { ...one, stage: unsent === undefined ? "notify" : "deliver" }));
    if (s["status"] === "failed") return row("failed", stopped?.["stage"] ?? "notify", s["error_code"] ?? stopped?.["error_code"] ?? unsent?.["error_code"] ?? null, stopped?.["finished_at_ms"] ?? s["received_at_ms"] ?? null);
    if (unsent !== undefined) return row(parked === undefined ? "work" : "failed", "deliver", s["error_code"] ?? unsent["error_code"] ?? null, unsent["created_at_ms"] ?? null);
    if (!isPhone) return [];
    return s["status"] === "done" ? row("done", null, s["error_code"] ?? null, s["received_at_ms"] ?? null) : row("work", "notify", s["error_code"] ?? null, s["received_at_ms"] ?? null);
  });
}

const acts = fc.array(fc.record({ what: fc.constantFrom(...Object.keys(ACTS)), on: fc.nat(SESSIONS - 1), n: fc.nat(14) }), { minLength: 5, maxLength: 60 });

describe("store: where contacts stand", () => {
  after(() => shared?.db.close());

  it("after any history the triggers hold what reading everything anew gives", () => {
    fc.assert(
      fc.property(acts, (history) => {
        const it = play(history);
        assert.deepEqual(it.db.prepare("SELECT * FROM standings ORDER BY session_id").all(), oracle(it));
      }),
      { numRuns: 60 },
    );
  });

  it("every list, page by page, and every count is what filtering by hand gives", () => {
    const filters = (it: House): (LedgerFilter & { code?: string })[] => [{}, { source: "pbx" }, { source: "folder", fromMs: it.clock.now() - 200_000 }, { fromMs: 0, toMs: it.clock.now() - 90_000 }, { code: "FETCH_REFUSED" }];
    fc.assert(
      fc.property(acts, (history) => {
        const it = play(history);
        const rows = oracle(it);
        const rules = lateRules([{ stage: "deliver", count: 3, medianMs: 10 }], 500_000).map((rule): LateRule => ({ ...rule, lateAfterMs: rule.lateAfterMs / 10 }));
        const now = it.clock.now();
        const isLate = (row: Row): boolean => (row["place"] === "work" || row["place"] === "announced") && rules.some(({ stage, lateAfterMs }) => row["stage"] === stage && Number(row["since_ms"]) < now - lateAfterMs);
        for (const { code, ...filter } of filters(it)) {
          const within = rows.filter((row) => (filter.source === undefined || row["source"] === filter.source) && Number(row["received_at_ms"]) >= (filter.fromMs ?? 0) && Number(row["received_at_ms"]) < (filter.toMs ?? Infinity));
          const counts = it.store.reads.ledger.counts(filter, rules, now);
          for (const place of ["all", "late", ...PLACES] as const) {
            const wanted = within.filter((row) => (place === "all" ? true : place === "late" ? isLate(row) : row["place"] === place));
            assert.equal(counts[place], wanted.length, `count of ${place}`);
            const coded = code === undefined || place === "late" ? wanted : wanted.filter((row) => row["code"] === code);
            const listed = pages(it, place, { ...filter, ...(code === undefined ? {} : { code }) }, rules);
            assert.deepEqual(listed.map((one) => one.sessionId), place === "late" ? sorted(coded, "since_ms", 1) : sorted(coded, "received_at_ms", -1), `list of ${place}`);
          }
          const complete = it.store.reads.ledger.completeness(filter);
          const calls = within.filter((row) => row["channel"] === "phone");
          assert.deepEqual([complete.announced, complete.recorded, complete.heard, complete.sent], [0, 1, 2, 3].map((step) => calls.filter((row) => Number(row["reached"]) >= step).length));
          assert.equal(complete.gaps.reduce((sum, gap) => sum + gap.count, 0), calls.filter((row) => row["place"] !== "done").length);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("a call that was joined with another one leaves no row behind", () => {
    const it = play([]);
    it.store.writes.join.absorb("ses_1", "ses_0");
    assert.equal(it.db.prepare("SELECT count(*) AS n FROM standings WHERE session_id = 'ses_1'").pluck().get(), 0);
  });

  it("a page and its counts answer quickly with 100,000 calls, whatever is asked", () => {
    const it = house();
    fill(it, 100_000);
    const rules = lateRules([], 86_400_000);
    const took: [string, number][] = []; // of the processor: the clock measures whoever else is on the machine
    const time = (what: string, work: () => unknown): void => {
      const runs = [0, 1, 2].map(() => {
        const begun = process.cpuUsage();
        work();
        const { user, system } = process.cpuUsage(begun);
        return (user + system) / 1000;
      });
      took.push([what, Math.min(...runs)]);
    };
    const now = it.clock.now();
    for (const place of ["all", "late", ...PLACES] as const) for (const filter of [{}, { source: "rare" }, { fromMs: now - 86_400_000 }]) time(`${place} ${JSON.stringify(filter)}`, () => it.store.reads.ledger.list(place, filter, rules, now, { limit: 50 }));
    time("counts", () => it.store.reads.ledger.counts({}, rules, now));
    time("completeness of everything", () => it.store.reads.ledger.completeness({}));
    time("paces", () => it.store.reads.ledger.paces());
    time("sources", () => it.store.reads.ledger.sources());
    time("queue", () => [it.store.reads.queue.groups(), it.store.reads.queue.doneSince(now - 3_600_000), it.store.reads.queue.outbox(), it.store.reads.queue.undelivered(50), it.store.reads.queue.jobs("parked", { limit: 50 })]);
    if (process.env["SHOW"] === "1") console.log(took.map(([what, ms]) => `${ms.toFixed(1)} ms  ${what}`).join("\n"));
    // bounds with room for a busy machine; alone on it, each takes a third of this at most
    assert.deepEqual(took.filter(([, ms]) => ms > 100), []);
    it.db.close();
  }).timeout(60_000);
});

function pages(it: House, place: ListedPlace, filter: LedgerFilter, rules: readonly LateRule[]): Standing[] {
  const found: Standing[] = [];
  for (let cursor: string | undefined; ; ) {
    const { items, next } = it.store.reads.ledger.list(place, filter, rules, it.clock.now(), { limit: 2, ...(cursor === undefined ? {} : { cursor }) });
    found.push(...items);
    if (next === null) return found;
    cursor = next;
  }
}

function sorted(rows: readonly Row[], by: string, direction: 1 | -1): string[] {
  return [...rows].sort((a, b) => direction * (Number(a[by]) - Number(b[by]) || (String(a["session_id"]) < String(b["session_id"]) ? -1 : 1))).map((row) => String(row["session_id"]));
}

/** A year of calls: most are done, a backlog of 20,000 waits, and some are in each other place. Made at once, as the migration makes it: 400,000 times a trigger takes half a minute. */
function fill({ db, clock }: House, count: number): void {
  const now = clock.now();
  const session = db.prepare("INSERT INTO sessions (id, channel, source, call_id, status, error_code, received_at_ms, updated_at_ms) VALUES (?, 'phone', ?, ?, ?, ?, ?, ?)");
  const recording = db.prepare("INSERT INTO recordings (id, session_id, arrived_at_ms) VALUES (?, ?, ?)");
  const job = db.prepare("INSERT INTO jobs (id, stage, lane, session_id, state, priority, run_after_ms, created_at_ms, finished_at_ms, error_code) VALUES (?, ?, 'cpu', ?, ?, 1, ?, ?, ?, ?)");
  const outbox = db.prepare("INSERT INTO outbox (id, session_id, destination, message_id, revision, body, state, next_attempt_ms, created_at_ms, finished_at_ms) VALUES (?, ?, 'crm', ?, 1, '{}', ?, ?, ?, ?)");
  for (const name of db.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name <> 'events'").pluck().all() as string[]) db.exec(`DROP TRIGGER ${name}`);
  db.exec("BEGIN");
  for (let i = 0; i < count; i += 1) {
    const id = `ses_${String(i).padStart(8, "0")}`;
    const at = now - (count - i) * 300_000;
    const place = i % 5 === 4 ? "work" : i % 97 === 0 ? "failed" : i % 101 === 0 ? "held" : i % 103 === 0 ? "announced" : "done";
    session.run(id, i % 1000 === 1 ? "rare" : i % 2 === 0 ? "pbx" : "folder", id, { work: "processing", failed: "failed", held: "held", announced: "received", done: "done" }[place] ?? "done", place === "failed" ? "FETCH_REFUSED" : null, at, at);
    if (place !== "announced") recording.run(`rec_${id}`, id, at);
    if (place === "done") outbox.run(`out_${id}`, id, `out_${id}`, i % 7 === 0 ? "waiting" : i % 211 === 0 ? "parked" : "delivered", at, at, at + 5000);
    job.run(`job_${id}`, "transcribe", id, place === "work" ? "queued" : place === "failed" ? "parked" : "done", at, at, at + 20_000, place === "failed" ? "FETCH_REFUSED" : null);
  }
  db.exec("INSERT INTO standings SELECT * FROM standing_now; COMMIT");
}
