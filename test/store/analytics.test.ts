// Statistics of a metric: ranks, groups, days of the site, and what must not be mixed in; held against plain counting.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Analysis, CallMetrics } from "../../app/domain/index.ts";
import { inTransaction, manualClock, openDatabase, type Db } from "../../app/platform/index.ts";
import { createStore, migrate, type MetricGroup, type MetricQuestion, type Store, type StoreWrites } from "../../app/store/index.ts";

const FOUND = {} as Analysis;
const AT = Date.UTC(2026, 10, 3, 12);
let db: Db;
let store: Store & { writes: StoreWrites };
let n = 0;
beforeEach(() => {
  migrate((db = openDatabase(":memory:")));
  store = createStore(db, manualClock());
});
afterEach(() => db.close());

interface Call { value: number | null; agent?: string; queue?: string; at?: number; definitions?: string; estimated?: boolean }

function add({ value, agent, queue, at, definitions = "2026-2", estimated = false }: Call, revisions = 1): void {
  const id = String(n++);
  const { sessions, findings } = store.writes;
  sessions.create({ id, source: "pbx", facts: { callId: id, ...(at === undefined ? {} : { startedAtMs: at }), ...(agent === undefined ? {} : { agentId: agent }), ...(queue === undefined ? {} : { queue }) }, priority: 50, nowMs: AT });
  const metrics: CallMetrics = { definitions, silence_ms: value, agent_talk_ratio: null, overtalk_ms: null, interruptions: null, estimated };
  for (let i = 1; i < revisions; i++) findings.saveAnalysis(id, sessions.nextRevision(id), FOUND, { ...metrics, silence_ms: 999_999 }, AT);
  findings.saveAnalysis(id, sessions.nextRevision(id), FOUND, metrics, AT);
}
const ask = (more: Partial<MetricQuestion> = {}): MetricGroup[] => store.reads.metricGroups({ metric: "silence_ms", definitions: "2026-2", by: "queue", fromMs: 0, toMs: AT + 1, timeZone: "Europe/Berlin", ...more });

describe("statistics of a metric", () => {
  it("count, mean, median and p90 are those of plain counting, for any numbers", () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.integer({ min: 0, max: 500 }), { nil: null }), { minLength: 1, maxLength: 25 }), (values) => {
        inTransaction(db, () => {
          db.exec("DELETE FROM analyses; DELETE FROM call_ids; DELETE FROM sessions");
          for (const value of values) add({ value });
        });
        const known = values.filter((value) => value !== null).sort((a, b) => a - b);
        const half = known.length / 2;
        const [group, ...others] = ask();
        assert.deepEqual([group?.count, group?.not_measurable, others.length], [known.length, values.length - known.length, 0]);
        assert.ok(known.length === 0 ? group?.mean === null : Math.abs((group?.mean ?? NaN) - known.reduce((sum, one) => sum + one, 0) / known.length) < 0.001);
        assert.equal(group?.median, known.length === 0 ? null : Number.isInteger(half) ? ((known[half - 1] ?? 0) + (known[half] ?? 0)) / 2 : known[Math.floor(half)]);
        assert.equal(group?.p90, known.find((value) => known.filter((one) => one <= value).length * 10 >= known.length * 9) ?? null);
      }),
      { numRuns: 40 },
    );
  });

  it("numbers of other definitions are counted beside, never mixed in; of a call only the newest revision counts; estimates are counted", () => {
    add({ value: 100 }, 3);
    add({ value: 300, estimated: true });
    add({ value: 7_000_000, definitions: "2026-1" });
    assert.deepEqual(ask(), [{ key: null, count: 2, mean: 200, median: 200, p90: 300, estimated: 1, not_measurable: 0, other_definitions: 1 }]);
    assert.equal(ask({ definitions: "2026-1" })[0]?.mean, 7_000_000);
  });

  it("groups by agent and queue, the largest first, and by day as the site counts days", () => {
    for (const [agent, queue, at] of [["201", "sales", Date.UTC(2026, 9, 24, 22, 30)], ["202", "billing", Date.UTC(2026, 9, 25, 22, 30)], ["202", "billing", Date.UTC(2026, 9, 25, 23, 0)]] as const) add({ value: 1, agent, queue, at });
    const keys = (by: MetricQuestion["by"], timeZone = "Europe/Berlin"): unknown => ask({ by, timeZone }).map(({ key, count }) => [key, count]);
    assert.deepEqual(keys("agent"), [["202", 2], ["201", 1]]);
    assert.deepEqual(keys("queue"), [["billing", 2], ["sales", 1]]);
    assert.deepEqual(keys("direction"), [[null, 3]]);
    assert.deepEqual(keys("day"), [["2026-10-25", 2], ["2026-10-26", 1]], "clocks go back in the night of the 25th: midnight is 22:00 UTC before it, 23:00 UTC after it");
    assert.deepEqual(keys("day", "UTC"), [["2026-10-24", 1], ["2026-10-25", 2]]);
  });

  it("only calls of the period; where nobody said when a call began, its arrival counts", () => {
    add({ value: 1, at: 1000 });
    add({ value: 2 });
    assert.deepEqual([ask({ toMs: 1000 }).length, ask({ toMs: 1001 })[0]?.mean, ask({ fromMs: AT })[0]?.mean], [0, 1, 2]);
  });
});
