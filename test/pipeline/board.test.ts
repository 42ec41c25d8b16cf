// The board over a real database: its numbers are those of a count by hand from other tables, whatever changed since, and for whom.
import { strict as assert } from "node:assert";
import { boardDefinition, contactsOf, journeyMetric, measured, METRICS_VERSION, type Cell } from "../../app/analysis/index.ts";
import type { Analysis, Measure } from "../../app/domain/index.ts";
import { createBoardDesk } from "../../app/pipeline/board/desk.ts";
import type { BoardDay } from "../../app/pipeline/board/desk-types.ts";
import type { Parts } from "../../app/pipeline/parts.ts";
import { configSchema, manualClock, openDatabase, silentLog, type Db } from "../../app/platform/index.ts";
import { createStore, migrate } from "../../app/store/index.ts";
import { fillBoard } from "../bench/filled-board.ts";

const NOW = Date.UTC(2026, 10, 26, 14, 40);
const DAY = 86_400_000;
const SPEECH = { identity: { engine: "whisper.cpp", model: "starter-en", sha256: null }, status: () => ({ state: "ready", endpoints: [], pending: 0 }), canHear: () => true };

function open(contacts: number) {
  const db = openDatabase(":memory:");
  migrate(db);
  fillBoard(db, contacts, NOW, { days: 20, agents: 5, bodyBytes: 10 });
  const clock = manualClock(NOW);
  const store = createStore(db, clock);
  const parts = { db, clock, store, log: silentLog, config: configSchema.parse({}), speech: SPEECH, analysis: { name: "extractive", model: null } } as unknown as Parts;
  return { db, clock, store, desk: () => createBoardDesk(parts, { free: async () => 1e9 }) };
}

/** By hand: one contact after the other, from sessions and the newest analysis, with JSON parsed here. */
function byHand(db: Db, fromMs: number, toMs: number, agentIds?: readonly string[]) {
  const rows = db.prepare<[number, number], { id: string; channel: string; agent_id: string | null; outcome: string | null; duration_ms: number | null; topic: string | null; body: string; metrics: string }>(`SELECT s.id, s.channel, s.agent_id, s.outcome, s.duration_ms, c.topic, a.body, a.metrics FROM sessions s JOIN conversations c ON c.id = s.conversation_id
    JOIN analyses a ON a.session_id = s.id AND a.revision = (SELECT max(revision) FROM analyses WHERE session_id = s.id) WHERE s.started_at_ms >= ? AND s.started_at_ms < ?`).all(fromMs, toMs).filter((row) => agentIds?.includes(row.agent_id ?? "") ?? true);
  const mean = (values: (number | null | undefined)[]): string | null => {
    const known = values.filter((value): value is number => typeof value === "number");
    return known.length === 0 ? null : `${(known.reduce((sum, value) => sum + value, 0) / known.length).toFixed(6)} of ${known.length}`;
  };
  const metric = (row: (typeof rows)[number], name: string): number | null => {
    const metrics = JSON.parse(row.metrics) as Record<string, number> | null;
    return String(metrics?.["definitions"]) === METRICS_VERSION ? (metrics?.[name] ?? null) : null;
  };
  return {
    contacts: rows.length, calls: rows.filter((row) => row.channel === "phone").length, billing: rows.filter((row) => row.topic === "Billing").length, ana: rows.filter((row) => row.agent_id === "201").length,
    resolved: mean(rows.map((row) => (row.outcome === "unknown" || row.outcome === null ? null : Number(row.outcome === "resolved")))),
    mood: mean(rows.map((row) => Math.round(1000 * ((JSON.parse(row.body) as Analysis).sentiment.overall ?? 0)) / 1000)),
    talk: mean(rows.map((row) => metric(row, "agent_talk_ratio"))), interruptions: mean(rows.map((row) => metric(row, "agent_interruptions"))),
    handle_ms: mean(rows.map((row) => (row.channel === "phone" ? row.duration_ms : null))),
  };
}

function ofCells(days: readonly BoardDay[]) {
  const sum = (of: (cell: Cell) => Float64Array | undefined): number => days.reduce((all, { cell }) => all + (of(cell)?.[0] ?? 0), 0);
  const mean = (measure: Measure): string | null => {
    const found = days.flatMap(({ cell }) => measured(cell.all, measure) ?? []);
    const n = found.reduce((all, one) => all + one.n, 0);
    return n === 0 ? null : `${(found.reduce((all, one) => all + one.value * one.n, 0) / n).toFixed(6)} of ${n}`;
  };
  return {
    contacts: sum((cell) => cell.all), calls: sum((cell) => cell.channels.get("phone")), billing: sum((cell) => cell.topics.get("Billing")), ana: sum((cell) => cell.agents.get("201")),
    resolved: mean("resolved"), mood: mean("mood"), talk: mean("talk"), interruptions: mean("interruptions"), handle_ms: mean("handle_ms"),
  };
}

describe("pipeline: the board", () => {
  let house: ReturnType<typeof open>;
  beforeEach(() => (house = open(400)));
  afterEach(() => house.db.close());

  it("its numbers are those of a count by hand, for the whole house and for some agents", async () => {
    const desk = house.desk();
    const days = await desk.days(14, null);
    assert.equal(days.length, 14);
    const [from, to] = [days[0]?.fromMs ?? 0, days.at(-1)?.toMs ?? 0];
    const all = byHand(house.db, from, to);
    assert.ok(all.contacts > 200 && all.resolved !== null && all.talk !== null);
    assert.deepEqual(ofCells(days), all);
    assert.deepEqual(ofCells(await desk.days(14, ["201", "203"])), byHand(house.db, from, to, ["201", "203"]));
    assert.deepEqual(ofCells(await desk.days(14, ["nobody"])).contacts, 0);
    assert.deepEqual(ofCells(await desk.days(14, [])).contacts, 0);
    const hours = days.at(-1)?.cell.hours ?? [];
    assert.equal(hours.reduce((sum, n) => sum + n, 0), byHand(house.db, days.at(-1)?.fromMs ?? 0, to).contacts);
  });

  it("whatever is written afterwards is in the next answer, days past too: outcome, findings, agent, score, what is gone", async () => {
    const { db, store } = house;
    const desk = house.desk();
    await desk.days(14, null);
    await desk.days(14, ["201"]);
    const pick = db.prepare<[number, string], { id: string; conversation_id: string }>("SELECT id, conversation_id FROM sessions WHERE started_at_ms >= ? AND channel = ? ORDER BY started_at_ms LIMIT 6").all(NOW - 10 * DAY, "phone");
    const [a, b, c, d, e] = pick;
    assert.ok(a !== undefined && b !== undefined && c !== undefined && d !== undefined && e !== undefined);
    db.prepare("UPDATE sessions SET outcome = 'escalated' WHERE id = ?").run(a.id);
    db.prepare("INSERT INTO analyses (id, session_id, revision, body, metrics, created_at_ms) SELECT 'ana_new', session_id, 2, json_set(body, '$.sentiment.overall', -0.9), json_set(metrics, '$.agent_talk_ratio', 0.99), 1 FROM analyses WHERE session_id = ?").run(b.id);
    db.prepare("UPDATE analyses SET metrics = json_set(metrics, '$.agent_talk_ratio', 0.01) WHERE session_id = ? AND revision = 1").run(b.id); // not the newest: counts nowhere
    db.prepare("UPDATE sessions SET agent_id = '201' WHERE id = ?").run(c.id);
    store.writes.scores.replaceScores(d.id, [{ card: "one", version: 1, label: "One", score: 0.5, coverage: 1, autoFailed: [] }, { card: "two", version: 1, label: "Two", score: 1, coverage: 1, autoFailed: [] }]);
    db.prepare("DELETE FROM journey_contacts WHERE session_id = ?").run(e.id);
    db.prepare("DELETE FROM analyses WHERE session_id = ?").run(e.id); // so that the count by hand does not see it either
    const after = await desk.days(14, null);
    assert.deepEqual(after.map((day) => day.cell), (await house.desk().days(14, null)).map((day) => day.cell));
    assert.deepEqual(ofCells(after), byHand(db, after[0]?.fromMs ?? 0, NOW));
    assert.deepEqual(ofCells(await desk.days(14, ["201"])), byHand(db, after[0]?.fromMs ?? 0, NOW, ["201"]));
    const scores = after.flatMap(({ cell }) => measured(cell.all, "score") ?? []);
    assert.deepEqual(scores.map(({ value, n }) => [value, n]), [[0.75, 1]]);
  });

  it("days that did not change are not read again", async () => {
    const desk = house.desk();
    const first = await desk.days(14, null);
    house.db.prepare("UPDATE sessions SET outcome = CASE outcome WHEN 'resolved' THEN 'unresolved' ELSE 'resolved' END WHERE id = (SELECT id FROM sessions WHERE started_at_ms < ? ORDER BY started_at_ms DESC LIMIT 1)").run(NOW - 3 * DAY);
    const second = await desk.days(14, null);
    assert.deepEqual(first.slice(0, -1).map((day, i) => day.cell === second[i]?.cell).filter((isSame) => !isSame).length, 1);
  });

  it("what was summed up ahead is not read again, and being told to stop ends it quietly", async () => {
    const { board } = house.store.reads;
    const contacts = board.contacts.bind(board);
    let read = 0;
    board.contacts = (...question) => (read++, contacts(...question));
    await house.desk().warm(AbortSignal.abort());
    assert.equal(read, 0);
    const desk = house.desk();
    await desk.warm(new AbortController().signal);
    const ahead = read;
    assert.ok(ahead > 14);
    assert.ok((await desk.days(14, null)).some((day) => contactsOf(day.cell.all) > 0));
    assert.equal(read, ahead);
  });

  it("what may still come of a contact counts when its window is over, without anything being written", async () => {
    const windowMs = journeyMetric("repeat_contact")?.settledMs ?? 0;
    const desk = house.desk();
    const settled = async (): Promise<number> => (await desk.days(20, null)).reduce((sum, { cell }) => sum + (measured(cell.all, "came_again")?.n ?? 0), 0);
    const byNow = async (): Promise<number | undefined> => house.db.prepare<[number, number], { n: number }>("SELECT count(*) AS n FROM journey_contacts WHERE at_ms >= ? AND ended_at_ms <= ?").get((await desk.days(20, null))[0]?.fromMs ?? 0, house.clock.now() - windowMs)?.n;
    const before = await settled();
    assert.equal(before, await byNow());
    house.clock.advance(2 * DAY);
    assert.equal(await settled(), await byNow());
    assert.ok(before > 100);
  });

  it("compares now with the same weekday at the same time, over as many weeks as there were", () => {
    const count = (weeks: number): number => house.db.prepare<[number, number], { n: number }>("SELECT count(*) AS n FROM sessions WHERE started_at_ms >= ? AND started_at_ms < ?").get(Date.UTC(2026, 10, 26) - weeks * 7 * DAY, NOW - weeks * 7 * DAY)?.n ?? 0;
    assert.deepEqual(house.desk().usualByNow(null), { mean: (count(1) + count(2)) / 2, weeks: 2 });
    assert.ok((house.desk().usualByNow(["201"])?.mean ?? 99) < (count(1) + count(2)) / 2);
  });

  it("says how the house fares: calls that are not done, and nothing of chats that go on", async () => {
    const { db } = house;
    const put = db.prepare("INSERT INTO sessions (id, channel, source, call_id, status, received_at_ms, updated_at_ms) VALUES (?, ?, 'x', ?, ?, ?, ?)");
    for (const [id, channel, status, at] of [["ses_1", "phone", "received", NOW], ["ses_2", "phone", "processing", NOW], ["ses_3", "phone", "held", NOW], ["ses_4", "phone", "failed", NOW], ["ses_5", "phone", "failed", NOW - 40 * DAY], ["ses_6", "web_chat", "received", NOW]] as const) put.run(id, channel, id, status, at, at);
    const { inWork, held, failed, speech, disk } = await house.desk().house();
    assert.deepEqual([inWork, held, failed, speech.isWell, disk.freeBytes], [2, 1, 1, true, 1e9]);
  });

  it("quotes the customer's own words that prove the wish, and is new only while nothing was said", () => {
    const id = house.db.prepare<[], { id: string }>("SELECT id FROM sessions LIMIT 1").get()?.id ?? "";
    const said = house.desk().quotes([id, "ses_none"]);
    assert.deepEqual([...said.keys()], [id]);
    assert.equal(said.get(id)?.text, house.db.prepare<[string], { text: string }>("SELECT text FROM messages WHERE session_id = ?").get(id)?.text);
    assert.equal(house.desk().isNew(), false);
    const empty = open(0);
    assert.equal(empty.desk().isNew(), true);
    empty.db.close();
    assert.equal(contactsOf(new Float64Array(1)), 0);
    assert.equal(boardDefinition("came_again").label, "Came again");
  });
});
