// After a correction everything that was judged from the words before is judged anew: real database, queue, stages, rules and scorecards.
import assert from "node:assert/strict";
import { join } from "node:path";
import { createExtractiveEngine, loadTaxonomy, parseRules, parseScorecards } from "../../../app/analysis/index.ts";
import type { CrmBody } from "../../../app/delivery/index.ts";
import type { Job, Turn } from "../../../app/domain/index.ts";
import { createCorrectionDesk } from "../../../app/pipeline/corrections/desk.ts";
import type { CorrectionDesk } from "../../../app/pipeline/index.ts";
import { createMeters } from "../../../app/pipeline/meters.ts";
import type { Parts } from "../../../app/pipeline/parts.ts";
import { createQualityDesk } from "../../../app/pipeline/quality/quality-desk.ts";
import { runStage } from "../../../app/pipeline/run-stage.ts";
import { gatherWaiting } from "../../../app/pipeline/threads/gather.ts";
import { inTransaction, installationRoot } from "../../../app/platform/index.ts";
import { openThreadHouse, type ThreadHouse } from "../../support/thread-house.ts";

const RULES = `version: 1
rules:
  lawyer: {label: Lawyer, alert: {severity: critical, webhook: desk}, when: {said: {words: my lawyer, by: customer}}}
  unhappy: {label: Unhappy, alert: {severity: info, webhook: desk}, when: {outcome: unresolved}}
  billing: {label: Double charge, when: {said: {words: charged ~ twice, by: customer}}}`;
const CARDS = `version: 1
scorecards:
  quality: {label: Quality, version: 1, questions: {greeting: {text: Greeted?, weight: 1, yes_when: {said: {words: good morning, by: agent}}}, goodbye: {text: Said goodbye?, weight: 1, yes_when: {said: {words: goodbye, by: agent}}}}}`;
const BY = { actor: { kind: "user" as const, id: "lgn_1", ip: null } };
const SESSION = "ses_01JCX3M7Q2E8V6T4Z9K1R5N000";
const id = (n: number): string => `msg_01JCX3M7Q2E8V6T4Z9K1R5N00${n}`;
const SAID: [Turn["speaker"], string][] = [["agent", "Good mourning, how can I help you?"], ["customer", "I talked to my lawyer about my bill."], ["customer", "You have charmed me twice for my gas bill."], ["agent", "I am sorry, I will refund it today. Goodbye."]];
const engine = createExtractiveEngine({ taxonomy: loadTaxonomy(join(installationRoot(), "config/taxonomy.yaml")), companyNames: [] });

describe("judged anew after corrections", () => {
  let house: ThreadHouse;
  let parts: Parts;
  let desk: CorrectionDesk;
  let analysed: number;
  const never = new AbortController().signal;
  const work = <T>(what: () => T): T => inTransaction(parts.db, () => { const value = what(); gatherWaiting(parts); return value; });
  const takeIn = <T>(what: () => T): Promise<T> => Promise.resolve().then(() => work(what));
  const call = () => parts.store.reads.callView("c1") ?? assert.fail("there is such a call");
  const due = (): Job | undefined => parts.queue.claim("cpu", ["judge"]);
  /** Ten seconds later. */
  async function settle(): Promise<void> {
    house.clock.advance(10_000);
    await runStage(due() ?? assert.fail("nothing is to be judged"), parts, never);
  }
  const sent = (destination: string): { revision: number; state: string; body: CrmBody }[] => (parts.db.prepare("SELECT revision, state, body FROM outbox WHERE destination = ? ORDER BY revision").all(destination) as { revision: number; state: string; body: string }[]).map((row) => ({ ...row, body: JSON.parse(row.body) as CrmBody }));
  const alerts = () => call().alerts.map(({ rule, holds }) => [rule, holds]);

  beforeEach(async () => {
    house = openThreadHouse({ rules: { webhooks: [{ name: "desk", url: "http://127.0.0.1:9/alerts", secret: `whsec_${Buffer.alloc(32, 7).toString("base64")}` }] } });
    analysed = 0;
    const counting = { ...engine, analyse: (...asked: Parameters<typeof engine.analyse>) => (analysed++, engine.analyse(...asked)) };
    parts = { ...house.parts, analysis: counting, meters: createMeters("test"), delivery: { destinations: ["crm", "alert:lawyer"] }, quality: { rules: parseRules(RULES, "r"), scorecards: parseScorecards(CARDS, "s"), model: undefined } } as unknown as Parts;
    desk = createCorrectionDesk(parts, takeIn);
    const { sessions, recordings, messages } = parts.store.writes;
    work(() => {
      sessions.create({ id: SESSION, source: "pbx", facts: { callId: "c1", direction: "inbound", startedAtMs: house.clock.now() }, priority: 50, nowMs: house.clock.now() });
      recordings.create({ id: "rec_1", sessionId: SESSION });
      sessions.setDuration(SESSION, 20_000);
      const audio = { container: "wav", codec: "pcm_s16le", sampleRateHz: 8000, channels: 2, durationMs: 20_000, truncated: false, layout: "stereo" as const, silentChannels: [], hold: [] };
      recordings.setAudio("rec_1", audio, { map: { "0": "customer", "1": "agent" }, reason: "test", isDerived: true }, { "0": [{ startMs: 5000, endMs: 14_000 }], "1": [{ startMs: 0, endMs: 4000 }] });
      const session = sessions.byId(SESSION) ?? assert.fail();
      messages.replaceTurns(session, SAID.map(([speaker, text], i): Turn => ({ id: id(i), speaker, startMs: i * 5000, endMs: i * 5000 + 4000, text, confidence: 0.9 })), { engine: "whisper.cpp", model: "m", modelSha256: "x", speakerSource: "channel", dropped: [], redactions: [] }, house.clock.now());
      parts.queue.enqueue({ stage: "analyse", lane: "cpu", sessionId: SESSION, priority: 500 });
    });
    await runStage(parts.queue.claim("cpu", ["analyse"]) ?? assert.fail(), parts, never);
    assert.deepEqual([call().status, call().revision, alerts()], ["done", 1, [["lawyer", true]]]);
  });
  afterEach(() => house.close());

  it("corrected words change categories, scores, findings and the CRM's result, in one new message; the call stays finished meanwhile", async () => {
    const derived = (): unknown[] => ["issue_members", "journey_contacts", "contacts"].map((table) => parts.db.prepare(`SELECT reason FROM ${table}`).pluck().get());
    assert.deepEqual([call().categories.map((one) => one.rule), call().scorecards[0]?.score, derived()], [["lawyer"], 0.5, Array(3).fill("billing.explain_bill")]);
    await desk.turn(SESSION, id(2), { text: "You have charged me twice for my gas bill." }, BY);
    await desk.turn(SESSION, id(0), { text: "Good morning, how can I help you?" }, BY);
    assert.equal(Date.parse(desk.of(SESSION).judged_anew_at ?? ""), house.clock.now() + 10_000);
    assert.deepEqual([call().status, due()], ["done", undefined], "whoever corrects goes on in peace");
    await settle();
    assert.deepEqual([call().status, analysed, call().categories.map((one) => one.rule), call().scorecards[0]?.score], ["done", 2, ["lawyer", "billing"], 1]);
    assert.deepEqual(derived(), Array(3).fill("billing.double_charge"), "open problems, journeys and lists follow");
    assert.equal(call().turns[2]?.machine?.text, "You have charmed me twice for my gas bill.");
    for (const { evidence } of call().summary_points) for (const one of evidence) assert.ok(call().turns.some((turn) => turn.id === one));
    assert.doesNotMatch(JSON.stringify([call().summary, call().summary_points]), /charmed/);
    const [last] = sent("crm").filter((one) => one.state === "waiting");
    assert.deepEqual([sent("crm").filter((one) => one.state === "waiting").length, last?.revision, last?.body.categories.map((one) => one.rule)], [1, call().revision, ["lawyer", "billing"]]);
    assert.equal(desk.of(SESSION).judged_anew_at, null);
    const line = call().ledger.at(-1);
    assert.deepEqual([line?.stage, line?.status], ["judge", "done"]);
    assert.match(line?.detail ?? "", /1 rules match now, 0 no longer do$/);
    assert.equal(sent("alert:lawyer").length, 1, "who was told is not told again");
  });

  it("an alert that no longer holds stays and says so; taken back, it holds again and is not told a second time", async () => {
    await desk.turn(SESSION, id(1), { text: "I talked to my employer about my bill." }, BY);
    await settle();
    assert.deepEqual([alerts(), call().categories], [[["lawyer", false]], []]);
    assert.deepEqual(sent("alert:lawyer").map((one) => one.state), ["waiting"], "what was raised is history");
    await desk.takeTurnBack(SESSION, id(1), "text", BY);
    await settle();
    assert.deepEqual([new Map(call().alerts.map((one) => [one.rule, one.holds])).get("lawyer"), call().categories.map((one) => one.rule)], [true, ["lawyer"]]);
  });

  it("when it stops, the report says so and why, until it is tried again", async () => {
    await desk.turn(SESSION, id(2), { text: "You have charged me twice for my gas bill." }, BY);
    const job = parts.queue.lastOf(SESSION, "judge") ?? assert.fail("it waits");
    parts.queue.stop(job.id, "parked", { code: "JOB_POISONED", message: "It died three times", retry: "after_fix" });
    const { judged_anew_at, judging_stopped } = desk.of(SESSION);
    assert.deepEqual([judged_anew_at, judging_stopped], [null, { code: "JOB_POISONED", message: "It died three times" }]);
    assert.ok(parts.queue.revive(job.id));
    assert.equal(desk.of(SESSION).judging_stopped, null);
    await settle();
    assert.deepEqual([desk.of(SESSION).judged_anew_at, desk.of(SESSION).judging_stopped, call().categories.map((one) => one.rule)], [null, null, ["lawyer", "billing"]]);
  });

  it("a speaker counts like a word", async () => {
    await desk.turn(SESSION, id(1), { speaker: "agent" }, BY);
    await settle();
    assert.deepEqual([alerts(), analysed], [[["lawyer", false]], 2]);
  });

  it("an outcome makes rules judge anew, and nothing is read again; what does not change anything makes no new revision", async () => {
    await desk.call(SESSION, { outcome: "unresolved" }, BY);
    const { revision } = call();
    await settle();
    assert.deepEqual([analysed, alerts(), call().outcome, call().revision], [1, [["lawyer", true], ["unhappy", true]], "unresolved", revision + 1]);
    await desk.call(SESSION, { topic: "Gas" }, BY);
    await settle();
    assert.deepEqual([analysed, call().revision, call().topic], [1, revision + 2, "Gas"]);
  });

  it("a person's answer on a scorecard stays, whatever the machine answers now", async () => {
    const quality = createQualityDesk(parts, takeIn);
    await quality.answer(SESSION, "quality", "greeting", { answer: "no", comment: "too late" }, BY);
    await desk.turn(SESSION, id(0), { text: "Good morning, how can I help you?" }, BY);
    await settle();
    const [greeting] = call().scorecards[0]?.answers ?? [];
    assert.deepEqual([greeting?.answer, greeting?.machine?.answer, greeting?.machine?.quote?.text, greeting?.override?.answer], ["no", "yes", "Good morning", "no"]);
    await desk.turn(SESSION, id(3), { text: "I am so sorry, I will refund it today. Goodbye." }, BY);
    const quoted = (): string | undefined => call().scorecards[0]?.answers[1]?.machine?.quote?.text;
    assert.equal(quoted(), "I am so sorry, I will refund it today. Goodbye.", "until it is judged anew the place is that of other words: the whole line");
    await settle();
    assert.equal(quoted(), "Goodbye");
  });

  it("corrected while it is judged: nothing of the words before is kept, and it is judged once more", async () => {
    await desk.turn(SESSION, id(1), { text: "I talked to my employer about my bill." }, BY);
    house.clock.advance(10_000);
    const job = due() ?? assert.fail();
    const during = { ...parts, analysis: { ...parts.analysis, analyse: async (...asked: Parameters<typeof engine.analyse>) => { await desk.call(SESSION, { outcome: "escalated" }, BY); return engine.analyse(...asked); } } };
    await runStage(job, during, never);
    assert.deepEqual([alerts(), call().outcome], [[["lawyer", true]], "escalated"]);
    assert.match(call().ledger.at(-1)?.detail ?? "", /^Corrected once more/);
    await settle();
    assert.deepEqual([alerts(), call().outcome, call().machine?.outcome === undefined], [[["lawyer", false]], "escalated", false]);
  });

  it("after a crash it is judged by the next process; when it cannot be judged, the call stays as it is and the job can be tried again", async () => {
    await desk.turn(SESSION, id(1), { text: "I talked to my employer about my bill." }, BY);
    house.clock.advance(10_000);
    assert.ok(due());
    assert.equal(parts.queue.reclaim().length, 1);
    const broken = { ...parts, config: { ...parts.config, queue: { ...parts.config.queue, max_attempts: 1 } }, analysis: { ...parts.analysis, analyse: () => Promise.reject(new Error("broken")) } } as Parts;
    await runStage(parts.queue.claimSuspect("cpu") ?? assert.fail(), broken, never);
    assert.deepEqual([call().status, call().error, parts.queue.stoppedOf(SESSION).map((one) => one.stage)], ["done", null, ["judge"]]);
  });

  it("without consent to the analysis what was judged stays, and the call stays finished", async () => {
    await desk.turn(SESSION, id(1), { text: "I talked to my employer about my bill." }, BY);
    work(() => parts.store.writes.consents.add({ customerId: null, sessionId: SESSION, channel: "phone", purpose: "analysis", state: "withdrawn", source: "call", atMs: house.clock.now(), proof: "", policyId: "p", expiresAtMs: null, recordedBy: "test" }, house.clock.now()));
    await settle();
    assert.deepEqual([call().status, alerts(), analysed, parts.queue.stoppedOf(SESSION).length], ["done", [["lawyer", true]], 1, 1]);
    await desk.turn(SESSION, id(1), { text: "I talked to my employer about a bill." }, BY);
    house.clock.advance(10_000);
    assert.equal(due(), undefined);
  });
});
