// Numbers of stored calls computed again: from rows alone, once, in one transaction per call, without a new revision.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommandLine } from "../../app/cli/index.ts";
import { measureCall } from "../../app/analysis/index.ts";
import type { Analysis, AudioFacts, CallMetrics, Span, Turn } from "../../app/domain/index.ts";
import { recomputeAllMetrics, recomputeMetrics } from "../../app/pipeline/index.ts";
import { configSchema, inTransaction, installationRoot, manualClock, openDatabase, programEnvironment, runProgram, type Db } from "../../app/platform/index.ts";
import { createStore, migrate, type Store, type StoreWrites } from "../../app/store/index.ts";

const at = (...pairs: [number, number][]): Span[] => pairs.map(([startMs, endMs]) => ({ startMs, endMs }));
const AGENT = at([0, 8000], [9000, 10_000]);
const CUSTOMER = at([2000, 2500], [11_000, 12_000]);
const TURNS: Turn[] = [{ id: "msg_1", speaker: "agent", startMs: 0, endMs: 9000, text: "one two three four five six", confidence: 1 }];
const AUDIO: AudioFacts = { container: "wav", codec: "pcm_s16le", sampleRateHz: 8000, channels: 2, durationMs: 60_000, truncated: false, layout: "stereo", silentChannels: [], hold: at([10_200, 10_900]) };
const FOUND = { engine: "extractive", model: null, summary: "s", topic: null, outcome: "unknown" } as unknown as Analysis;
const OLD: CallMetrics = { definitions: "2026-1", agent_talk_ratio: 0.857, silence_ms: 2000, overtalk_ms: 500, interruptions: 0 };

/** A finished call as the pipeline leaves it, with numbers of an earlier program. */
function store(db: Db, id: string, { audio = AUDIO, map = true, metrics = OLD }: { audio?: AudioFacts; map?: boolean; metrics?: CallMetrics } = {}, whole: Store & { writes: StoreWrites } = createStore(db, manualClock())): typeof whole {
  const { sessions, recordings, messages, findings } = whole.writes;
  inTransaction(db, () => {
    sessions.create({ id: `ses_${id}`, source: "pbx", facts: { callId: id }, priority: 50, nowMs: 1 });
    recordings.create({ id: `rec_${id}`, sessionId: `ses_${id}` });
    recordings.setAudio(`rec_${id}`, audio, map ? { map: { "0": "customer", "1": "agent" }, reason: "test", isDerived: true } : null, map ? { "0": CUSTOMER, "1": AGENT } : { "0": AGENT });
    const session = sessions.byId(`ses_${id}`);
    assert.ok(session);
    messages.replaceTurns(session, TURNS.map((turn) => ({ ...turn, id: `msg_${id}` })), { engine: "whisper.cpp", model: "m", modelSha256: "x", speakerSource: map ? "channel" : "none", dropped: [], redactions: [] }, 1);
    findings.saveAnalysis(`ses_${id}`, sessions.nextRevision(`ses_${id}`), FOUND, metrics, 1);
    sessions.setStatus(`ses_${id}`, "done", null, 1);
  });
  return whole;
}

describe("recompute metrics", () => {
  let db: Db;
  const parts = () => ({ db, store: createStore(db, manualClock()), config: configSchema.parse({}), clock: manualClock() });
  beforeEach(() => migrate((db = openDatabase(":memory:"))));
  afterEach(() => db.close());

  it("brings a call to the current definitions from stored speech, hold and turns; old and new values are named", () => {
    const { reads } = store(db, "a");
    const answer = recomputeMetrics("ses_a", parts());
    assert.deepEqual([answer?.state, answer?.definitions], ["changed", { before: "2026-1", after: "2026-2" }]);
    assert.deepEqual([answer?.changes.silence_ms, answer?.changes.hold_ms, answer?.changes.overtalk_ms], [{ before: 2000, after: 1300 }, { after: 700 }, undefined]);
    const call = reads.callView("a");
    assert.deepEqual(call?.metrics, measureCall({ speech: { agent: AGENT, customer: CUSTOMER }, hold: AUDIO.hold ?? [], durationMs: 60_000, turns: TURNS }));
    assert.equal(call?.metrics?.agent_words_per_minute, 40);
  });

  it("a second time changes nothing: no row, no line in the ledger", () => {
    const { reads } = store(db, "a");
    recomputeMetrics("ses_a", parts());
    const before = [reads.callView("a"), db.prepare("SELECT total_changes() AS n").get()];
    assert.deepEqual(recomputeMetrics("ses_a", parts()), { call_id: "a", source: "pbx", state: "same", definitions: { before: "2026-2", after: "2026-2" }, changes: {} });
    assert.deepEqual([reads.callView("a"), db.prepare("SELECT total_changes() AS n").get()], before);
  });

  it("keeps the revision and earlier revisions, and sends the CRM nothing; the ledger says what happened", () => {
    const { reads, writes } = store(db, "a");
    writes.findings.saveAnalysis("ses_a", writes.sessions.nextRevision("ses_a"), FOUND, OLD, 2);
    recomputeMetrics("ses_a", parts());
    assert.equal(reads.callView("a")?.revision, 2);
    assert.deepEqual(db.prepare("SELECT revision, json_extract(metrics, '$.definitions') AS v FROM analyses ORDER BY revision").all(), [{ revision: 1, v: "2026-1" }, { revision: 2, v: "2026-2" }]);
    assert.deepEqual(writes.findings.outboxLoad(), { waiting: 0, oldestMs: null });
    const line = reads.callView("a")?.ledger.at(-1);
    assert.deepEqual([line?.stage, line?.status, line?.detail], ["analyse", "done", "Numbers computed again by definitions 2026-2 instead of 2026-1: 1 changed, 30 new"]);
  });

  it("what the recording never allowed stays null and gets its reason", () => {
    const { reads } = store(db, "m", { audio: { ...AUDIO, layout: "mono", channels: 1 }, map: false, metrics: { ...OLD, agent_talk_ratio: null, silence_ms: null, overtalk_ms: null, interruptions: null } });
    recomputeMetrics("ses_m", parts());
    const metrics = reads.callView("m")?.metrics;
    assert.deepEqual([metrics?.silence_ms, metrics?.not_measurable?.silence_ms], [null, "mono"]);
  });

  it("a call in work is left to its own analysis; one without analysis has nothing to compute again", () => {
    const { writes } = store(db, "a");
    writes.sessions.setStatus("ses_a", "processing", null, 3);
    assert.equal(recomputeMetrics("ses_a", parts())?.state, "waiting");
    assert.equal(writes.findings.analysisOf("ses_a")?.metrics.definitions, "2026-1");
    writes.sessions.create({ id: "ses_n", source: "pbx", facts: { callId: "n" }, priority: 50, nowMs: 1 });
    assert.equal(recomputeMetrics("ses_n", parts()), undefined);
  });

  it("all calls, more than one page of them, each once", () => {
    const house = parts();
    for (let i = 0; i < 205; i++) store(db, String(i).padStart(3, "0"), {}, house.store);
    const answers = [...recomputeAllMetrics(house)];
    assert.deepEqual([answers.length, new Set(answers.map((one) => one.call_id)).size, answers.every((one) => one.state === "changed")], [205, 205, true]);
    assert.ok([...recomputeAllMetrics(house)].every((one) => one.state === "same"));
  });

  it("a call whose ledger cannot be written keeps its numbers", () => {
    const { writes } = store(db, "a");
    db.exec("CREATE TRIGGER full BEFORE INSERT ON ledger BEGIN SELECT raise(ABORT, 'disk full'); END");
    assert.throws(() => recomputeMetrics("ses_a", parts()), /disk full/);
    assert.deepEqual(writes.findings.analysisOf("ses_a")?.metrics, OLD);
  });
});

describe("earshot metrics recompute", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "earshot-recompute-"));
  before(() => {
    const db = openDatabase(join(folder, "earshot.db"));
    migrate(db);
    store(db, "a");
    store(db, "b");
    db.close();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const earshot = async (...args: string[]): Promise<{ code: number | null; out: string; err: string }> => {
    const env = { ...programEnvironment(), EARSHOT_DATA_DIR: folder, EARSHOT_LOG_LEVEL: "silent" };
    const result = await runProgram(process.execPath, [join(installationRoot(), "dist/app/main.js"), "metrics", "recompute", ...args], { timeoutMs: 50_000, env });
    return { code: result.exitCode, out: result.stdout.toString("utf8"), err: result.stderr };
  };

  it("one call shows old value → new value; all calls as JSON, the first one untouched; the audit trail knows of both", async () => {
    const one = await earshot("a");
    assert.equal(one.code, 0, one.err);
    assert.match(one.out, /^Silence +silence_ms +2\.0 s → 1\.3 s$/m);
    assert.match(one.out, /^agent: Words per minute +agent_words_per_minute +not defined → 40 \/ min$/m);
    const states = (out: string): unknown => (JSON.parse(out) as { call_id: string; state: string }[]).map(({ call_id, state }) => [call_id, state]);
    assert.deepEqual(states((await earshot("--all", "--json")).out), [["a", "same"], ["b", "changed"]]);
    const db = openDatabase(join(folder, "earshot.db"));
    assert.equal((db.prepare("SELECT count(*) AS n FROM events WHERE event LIKE '%metrics.recomputed%'").get() as { n: number }).n, 2);
    db.close();
  });

  it("neither a call nor --all, or both: wrong use", async () => {
    for (const args of [["metrics", "recompute"], ["metrics", "recompute", "a", "--all"]]) assert.equal(await runCommandLine(args, "0"), 2);
  });
});
