// What people correct counts for every reader, stays beside the machine's, can be taken back, and survives that a call is heard again.
import assert from "node:assert/strict";
import { createQueue } from "../../../app/jobs/index.ts";
import { createCorrectionDesk } from "../../../app/pipeline/corrections/desk.ts";
import { keepCallWords, keepTurnWords } from "../../../app/pipeline/corrections/keep-corrections.ts";
import type { Parts } from "../../../app/pipeline/parts.ts";
import type { Analysis, CallView, Turn } from "../../../app/domain/index.ts";
import type { CrmBody } from "../../../app/delivery/index.ts";
import type { CorrectionDesk } from "../../../app/pipeline/index.ts";
import { configSchema, inTransaction, manualClock, openDatabase, type Db, type ManualClock } from "../../../app/platform/index.ts";
import { createStore, migrate, type AuditEvent, type Store, type StoreWrites } from "../../../app/store/index.ts";

const id = (n: number): string => `msg_01JCX3M7Q2E8V6T4Z9K1R5N0${String(n).padStart(2, "0")}`;
const SESSION = "ses_01JCX3M7Q2E8V6T4Z9K1R5N000";
const TURNS: Turn[] = [
  { id: id(1), speaker: "agent", startMs: 0, endMs: 2000, text: "How may I help you?", confidence: 0.9 },
  { id: id(2), speaker: "customer", startMs: 2500, endMs: 6000, text: "I was judged twice for gas", confidence: 0.4 },
  { id: id(3), speaker: "customer", startMs: 6500, endMs: 9000, text: "Thank you", confidence: 0.9 },
];
const FOUND = {
  engine: "extractive", model: null, summary: "s", summary_points: [], topic: "Gas", reason: "billing.refund", topic_evidence: [id(2)], outcome: "resolved", outcome_evidence: [id(3)], action_items: [], entities: [],
  sentiment: { overall: null, customer_start: null, customer_end: null, trend: "unknown" }, turn_sentiment: {}, coverage: { turns_read: 3, turns_total: 3 }, dropped: 0,
} as unknown as Analysis;
const BY = { actor: { kind: "user" as const, id: "lgn_1", ip: null } };

describe("corrections", () => {
  let db: Db;
  let clock: ManualClock;
  let store: Store & { writes: StoreWrites };
  let desk: CorrectionDesk;
  let parts: Parts;
  let audited: AuditEvent[];
  const call = (): CallView => store.reads.callView("c1") as CallView;
  const turn = (n: number) => call().turns.find((one) => one.id === id(n));
  const hits = (word: string): unknown[] => db.prepare("SELECT m.id FROM messages_fts f JOIN messages m ON m.seq = f.rowid WHERE messages_fts MATCH ?").pluck().all(word);
  const waiting = (): { revision: number; due: number; body: CrmBody }[] =>
    (db.prepare("SELECT revision, next_attempt_ms AS due, body FROM outbox WHERE state = 'waiting'").all() as { revision: number; due: number; body: string }[]).map((row) => ({ ...row, body: JSON.parse(row.body) as CrmBody }));
  const hear = (turns: readonly Turn[]): string | undefined => {
    const row = store.writes.sessions.byId(SESSION);
    assert.ok(row);
    return inTransaction(db, () => {
      store.writes.messages.replaceTurns(row, turns, { engine: "whisper.cpp", model: "m", modelSha256: "x", speakerSource: "channel", dropped: [], redactions: [] }, 1);
      return keepTurnWords(SESSION, turns, parts);
    });
  };

  beforeEach(() => {
    migrate((db = openDatabase(":memory:")));
    clock = manualClock();
    store = createStore(db, clock);
    audited = [];
    parts = { db, clock, store, config: configSchema.parse({}), queue: createQueue(db, clock, "boot"), delivery: { destinations: ["crm"] }, audit: (event: AuditEvent) => audited.push(event), events: { emit: () => undefined }, ungathered: { customers: new Set(), sessions: new Set() }, workflows: { unfolded: { sessions: new Set(), conversations: new Set() } } } as unknown as Parts;
    desk = createCorrectionDesk(parts, async (work) => inTransaction(db, work));
    const { sessions, findings } = store.writes;
    inTransaction(db, () => sessions.create({ id: SESSION, source: "pbx", facts: { callId: "c1" }, priority: 50, nowMs: 1 }));
    hear(TURNS);
    inTransaction(db, () => {
      findings.saveAnalysis(SESSION, sessions.nextRevision(SESSION), FOUND, null, 1);
      sessions.setStatus(SESSION, "done", null, 1);
    });
  });
  afterEach(() => db.close());

  it("a text counts for the call, the transcript, the thread and the search; the machine's stands beside it", async () => {
    await desk.turn(SESSION, id(2), { text: "I was charged twice for gas" }, BY);
    assert.deepEqual([turn(2)?.text, turn(2)?.corrected, turn(2)?.machine], ["I was charged twice for gas", true, { text: "I was judged twice for gas" }]);
    assert.match(call().transcript ?? "", /charged twice/);
    assert.deepEqual([hits("charged"), hits("judged")], [[id(2)], []]);
    const found = store.reads.search.messages([Number(db.prepare("SELECT seq FROM messages WHERE id = ?").pluck().get(id(2)))])[0]?.message;
    assert.deepEqual([found?.text, found?.corrected, found?.machine?.text], ["I was charged twice for gas", true, "I was judged twice for gas"]);
    assert.deepEqual([turn(1)?.corrected, turn(1)?.machine], [undefined, undefined]);
    assert.deepEqual(audited.map(({ action, reason, actor }) => [action, reason, actor.id]), [["call.corrected", `text of ${id(2)}`, "lgn_1"]]);
  });

  it("taken back, the one before counts again, then the machine's; then there is nothing to take back", async () => {
    await desk.turn(SESSION, id(2), { text: "I was charged for gas" }, BY);
    await desk.turn(SESSION, id(2), { text: "I was charged twice for gas" }, BY);
    await desk.takeTurnBack(SESSION, id(2), undefined, BY);
    assert.equal(turn(2)?.text, "I was charged for gas");
    await desk.takeTurnBack(SESSION, id(2), "text", BY);
    assert.deepEqual([turn(2)?.text, turn(2)?.machine, hits("judged")], ["I was judged twice for gas", undefined, [id(2)]]);
    await assert.rejects(desk.takeTurnBack(SESSION, id(2), undefined, BY), { code: "CONFLICT" });
    assert.deepEqual(desk.of(SESSION).items.map((one) => [one.value, one.withdrawn_by]), [["I was charged twice for gas", "user:lgn_1"], ["I was charged for gas", "user:lgn_1"]]);
  });

  it("who said it has a name: the person's, the key's, or that there is none any more", async () => {
    const person = store.people.add({ login: "paula", name: "Paula Lang", role: "supervisor" }).id;
    store.access.createKey("desk", "supervisor");
    const key = db.prepare<[], string>("SELECT id FROM api_keys").pluck().get() ?? "";
    const by = (kind: "user" | "key", actor: string) => ({ actor: { kind, id: actor, ip: null } });
    for (const [i, one] of [by("user", person), by("key", key), by("key", "key_gone"), by("user", "per_gone"), BY].entries()) await desk.turn(SESSION, id(3), { text: `thanks ${i}` }, one);
    await desk.takeTurnBack(SESSION, id(3), "text", by("user", person));
    assert.deepEqual(desk.of(SESSION).items.map((one) => one.by_name).reverse(), ["Paula Lang", "an API key named desk", "an API key that is gone", "somebody whose account is gone", "somebody with a one-time code"]);
    assert.deepEqual(desk.of(SESSION).items.map((one) => one.withdrawn_by_name).slice(0, 2), ["Paula Lang", null]);
  });

  it("speaker and text of a turn are taken back each by itself", async () => {
    await desk.turn(SESSION, id(3), { text: "Thanks a lot", speaker: "agent" }, BY);
    assert.deepEqual(turn(3)?.machine, { text: "Thank you", speaker: "customer" });
    await desk.takeTurnBack(SESSION, id(3), "text", BY);
    assert.deepEqual([turn(3)?.text, turn(3)?.speaker, turn(3)?.machine], ["Thank you", "agent", { speaker: "customer" }]);
  });

  it("the number of a card that a person types is not stored anywhere, also when the question for it stands in the turn before", async () => {
    await desk.turn(SESSION, id(2), { text: "It is 4111 1111 1111 1111" }, BY);
    assert.equal(turn(2)?.text, "It is [CARD]");
    assert.doesNotMatch(JSON.stringify([db.prepare("SELECT * FROM corrections").all(), db.prepare("SELECT * FROM messages").all(), waiting(), audited]), /1111/);
    await desk.call(SESSION, { topic: "Card 4111111111111111" }, BY);
    assert.doesNotMatch(JSON.stringify([db.prepare("SELECT * FROM corrections").all(), call().topic]), /1111/);
  });

  it("topic, reason and outcome count for the call, the list, the search filters, the conversation's columns and the CRM", async () => {
    await desk.call(SESSION, { topic: "Double charge", reason: "billing.double_charge", outcome: "unresolved" }, BY);
    assert.deepEqual([call().topic, call().reason, call().outcome, call().machine], ["Double charge", "billing.double_charge", "unresolved", { topic: "Gas", reason: "billing.refund", outcome: "resolved" }]);
    const listed = store.reads.listCalls({}, { limit: 1 }).items[0];
    assert.deepEqual([listed?.topic, listed?.outcome], ["Double charge", "unresolved"]);
    assert.deepEqual(store.reads.search.passing([id(2)], { topic: "double charge", outcome: "unresolved", reason: "billing.double_charge" }, 0, 99).length, 1);
    assert.deepEqual(store.reads.search.passing([id(2)], { outcome: "resolved" }, 0, 99), []);
    assert.equal(waiting()[0]?.body.outcome, "unresolved");
    await desk.takeCallBack(SESSION, "outcome", BY);
    assert.deepEqual([call().outcome, call().machine], ["resolved", { topic: "Gas", reason: "billing.refund" }]);
    await assert.rejects(desk.takeCallBack(SESSION, "outcome", BY), { code: "CONFLICT" });
    await desk.call(SESSION, { topic: null }, BY);
    assert.deepEqual([call().topic, call().machine?.topic], [null, "Gas"]);
  });

  it("many corrections in a row become one result for the CRM, half a minute after the last, with a higher revision", async () => {
    for (const text of ["one", "two", "three"]) await desk.turn(SESSION, id(2), { text }, BY);
    assert.deepEqual(waiting().map(({ revision, due, body }) => [revision, due - clock.now(), body.transcript.includes("Customer: three")]), [[4, 30_000, true]]);
    assert.equal(call().revision, 4);
  });

  it("the same text again confirms it: counted among the checked lines, told to nobody, and no new revision", async () => {
    await desk.turn(SESSION, id(3), { text: "Thank you", speaker: "customer" }, BY);
    await desk.turn(SESSION, id(3), { text: "Thank you" }, BY);
    assert.deepEqual([turn(3)?.corrected, turn(3)?.machine, call().revision, waiting().length, audited.map((one) => one.action)], [false, { text: "Thank you" }, 1, 0, ["call.confirmed"]]);
    await desk.turn(SESSION, id(2), { text: "I was charged twice for my gas" }, BY);
    assert.deepEqual(desk.of(SESSION).word_errors, { lines: 2, words: 9, errors: 2, rate: 0.222 });
  });

  it("heard again, a correction stands on the turn in its place; the machine's new words are beside it, and taking it back gives those", async () => {
    await desk.turn(SESSION, id(2), { text: "I was charged twice for gas", speaker: "unknown" }, BY);
    const words = hear([{ ...TURNS[0]!, id: id(11) }, { ...TURNS[1]!, id: id(12), startMs: 2700, endMs: 6100, text: "I was charmed twice for gas" }, { ...TURNS[2]!, id: id(13) }]);
    assert.equal(words, "1 corrected line kept");
    assert.deepEqual([turn(12)?.text, turn(12)?.speaker, turn(12)?.machine], ["I was charged twice for gas", "unknown", { text: "I was charmed twice for gas", speaker: "customer" }]);
    assert.deepEqual([hits("charmed"), hits("judged"), hits("charged")], [[], [], [id(12)]]);
    await desk.takeTurnBack(SESSION, id(12), "text", BY);
    assert.equal(turn(12)?.text, "I was charmed twice for gas");
  });

  it("a turn that is not there any more: said, kept, and found again when the call is heard as before", async () => {
    await desk.turn(SESSION, id(2), { text: "I was charged twice for gas" }, BY);
    const words = hear([{ ...TURNS[0]!, id: id(11) }, { ...TURNS[1]!, id: id(12), endMs: 9000, text: "I was judged twice for gas thank you" }]);
    assert.match(words ?? "", /^0 corrected lines kept; 1 not found again/);
    assert.deepEqual([turn(12)?.text, desk.of(SESSION).items[0]?.is_lost, desk.of(SESSION).items[0]?.turn_id], ["I was judged twice for gas thank you", true, null]);
    hear(TURNS.map((one) => ({ ...one, id: one.id.replace("N00", "N02") })));
    assert.deepEqual([call().turns[1]?.text, desk.of(SESSION).items[0]?.is_lost], ["I was charged twice for gas", false]);
  });

  it("analysed again, the person's outcome stays, and the machine's new one is what taking back gives", async () => {
    await desk.call(SESSION, { outcome: "unresolved" }, BY);
    const again = keepCallWords(SESSION, { ...FOUND, outcome: "escalated" }, parts);
    assert.deepEqual([again.outcome, again.machine, again.topic], ["unresolved", { outcome: "escalated" }, "Gas"]);
    inTransaction(db, () => store.writes.findings.saveAnalysis(SESSION, store.writes.sessions.nextRevision(SESSION), again, null, 2));
    await desk.takeCallBack(SESSION, "outcome", BY);
    assert.deepEqual([call().outcome, call().machine], ["escalated", undefined]);
  });

  it("refuses what is being worked on, what is not there, and what nothing was found in; rows are never changed", async () => {
    await desk.turn(SESSION, id(2), { text: "kept" }, BY);
    assert.throws(() => db.prepare("UPDATE corrections SET value = 'x'").run(), /withdrawn, never changed/);
    await assert.rejects(desk.turn(SESSION, id(99), { text: "x" }, BY), { code: "NOT_FOUND" });
    await assert.rejects(desk.turn("ses_none", id(2), { text: "x" }, BY), { code: "NOT_FOUND" });
    db.prepare("UPDATE sessions SET status = 'processing'").run();
    await assert.rejects(desk.turn(SESSION, id(2), { text: "x" }, BY), { code: "CONFLICT" });
    db.prepare("UPDATE sessions SET status = 'done'").run();
    db.prepare("DELETE FROM analyses").run();
    await assert.rejects(desk.call(SESSION, { outcome: "resolved" }, BY), { code: "CONFLICT" });
  });

  it("for export: each checked line once, newest word, with what was heard then and is heard now", async () => {
    await desk.turn(SESSION, id(2), { text: "first" }, BY);
    await desk.turn(SESSION, id(2), { text: "I was charged twice for gas" }, BY);
    await desk.turn(SESSION, id(3), { text: "gone" }, BY);
    await desk.takeTurnBack(SESSION, id(3), "text", BY);
    hear(TURNS.map((one) => ({ ...one, id: one.id.replace("N00", "N02"), text: `${one.text} now` })));
    const lines = store.writes.corrections.truthLines(0, 10).map(({ callId, place, machine, machineNow, truth, model }) => ({ callId, place, machine, machineNow, truth, model }));
    assert.deepEqual(lines, [{ callId: "c1", place: { party: "customer", startMs: 2500, endMs: 6000 }, machine: "I was judged twice for gas", machineNow: "I was judged twice for gas now", truth: "I was charged twice for gas", model: "m" }]);
  });
});
