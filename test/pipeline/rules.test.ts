// Rules and scorecards on their way through the house: kept with the findings, told once, answered by people, applied again. Real database, real stages.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { createExtractiveEngine, loadTaxonomy, parseRules, parseScorecards, type LanguageModel } from "../../app/analysis/index.ts";
import { alertBodySchema, createDelivery } from "../../app/delivery/index.ts";
import { AppError, type Span, type Turn } from "../../app/domain/index.ts";
import { applyRules, loadQuality, type Applied } from "../../app/pipeline/index.ts";
import { createMeters } from "../../app/pipeline/meters.ts";
import type { Parts } from "../../app/pipeline/parts.ts";
import { createQualityDesk } from "../../app/pipeline/quality/quality-desk.ts";
import { alertDestinations } from "../../app/pipeline/quality/quality-parts.ts";
import { analyse } from "../../app/pipeline/stages/analyse.ts";
import { summarise } from "../../app/pipeline/stages/summarise.ts";
import { configSchema, createNet, inTransaction, installationRoot, openDatabase, programEnvironment, runProgram, silentLog, systemClock } from "../../app/platform/index.ts";
import { migrate } from "../../app/store/index.ts";
import { startCrm } from "../delivery/helpers.ts";
import { fakeModel } from "../support/fake-model.ts";
import { openThreadHouse, type ThreadHouse } from "../support/thread-house.ts";

const RULES = `version: 1
rules:
  manager: {label: Manager asked for, alert: {severity: critical, webhook: desk}, when: {said: {words: your manager, by: customer}}}
  quiet: {label: Told nobody, category: false, alert: {severity: info}, when: {said: {words: manager}}}
  hold: {label: Long hold, when: {metric: {name: hold_longest_ms, above: 60000}}}
  queue: {label: Sales, when: {queue: sales}}`;
const CARDS = `version: 1
scorecards:
  quality:
    label: Quality
    version: 1
    questions:
      greeting: {text: Greeted?, weight: 3, yes_when: {said: {words: good morning, by: agent}}}
      goodbye: {text: Said goodbye?, weight: 1, auto_fail: true, yes_when: {said: {words: goodbye, by: agent}}}
      tone: {text: How polite?, kind: scale, ask: Judge the agent.}`;
const SECRET = `whsec_${Buffer.from("0123456789abcdef0123456789abcdef").toString("base64")}`;
const WEBHOOK = { name: "desk", url: "http://127.0.0.1:9/alerts", secret: SECRET };
const PERSON = { actor: { kind: "user" as const, id: "lgn_1", ip: null }, requestId: "req-1" };
const engine = createExtractiveEngine({ taxonomy: loadTaxonomy(join(installationRoot(), "config/taxonomy.yaml")), companyNames: [] });

const SAID: [Turn["speaker"], string][] = [["agent", "Good morning, how can I help?"], ["customer", "I want to speak to your manager."], ["agent", "One moment, please."], ["agent", "Goodbye."]];
const speech = (party: string): Span[] => SAID.flatMap(([speaker], i) => (speaker === party ? [{ startMs: i * 5000, endMs: i * 5000 + 4000 }] : []));

describe("rules and scorecards in the pipeline", () => {
  let house: ThreadHouse;
  let parts: Parts;
  beforeEach(() => {
    house = openThreadHouse({ rules: { webhooks: [WEBHOOK] } });
    parts = { ...house.parts, analysis: engine, meters: createMeters("test"), quality: { rules: parseRules(RULES, "r"), scorecards: parseScorecards(CARDS, "s"), model: undefined } };
  });
  afterEach(() => house.close());

  /** A call that was heard; `said` may be heard anew. */
  function heard(callId: string, { mono = false, hold = [] as Span[], said = SAID } = {}): string {
    const { sessions, recordings, messages } = parts.store.writes;
    const id = inTransaction(parts.db, () => {
      let session = sessions.byCallId("pbx", callId);
      if (session === undefined) {
        const sessionId = `ses_01JCX3M7Q2E8V6T4Z9K1R5${callId.padStart(4, "0").toUpperCase()}`;
        sessions.create({ id: sessionId, source: "pbx", facts: { callId, direction: "inbound", queue: "billing", agentId: "201", startedAtMs: parts.clock.now() }, priority: 50, nowMs: parts.clock.now() });
        recordings.create({ id: `rec_${callId}`, sessionId });
        sessions.setDuration(sessionId, 20_000);
        session = sessions.byId(sessionId);
      }
      assert.ok(session);
      const audio = { container: "wav", codec: "pcm_s16le", sampleRateHz: 8000, channels: mono ? 1 : 2, durationMs: 200_000, truncated: false, layout: mono ? ("mono" as const) : ("stereo" as const), silentChannels: [], hold };
      recordings.setAudio(`rec_${callId}`, audio, mono ? null : { map: { "0": "customer", "1": "agent" }, reason: "test", isDerived: true }, mono ? {} : { "0": speech("customer"), "1": speech("agent") });
      const revision = session.revision + 1;
      const turns = said.map(([speaker, text], i): Turn => ({ id: `msg_${callId}_${revision}_${i}`, speaker: mono ? "unknown" : speaker, startMs: i * 5000, endMs: i * 5000 + 4000, text, confidence: 0.9 }));
      messages.replaceTurns(session, turns, { engine: "whisper.cpp", model: "m", modelSha256: "x", speakerSource: mono ? "none" : "channel", dropped: [], redactions: [] }, parts.clock.now());
      return session.id;
    });
    return id;
  }
  async function analysed(sessionId: string, withParts: Parts = parts): Promise<void> {
    const session = parts.store.writes.sessions.byId(sessionId);
    const recording = parts.store.writes.recordings.ofSession(sessionId);
    assert.ok(session !== undefined && recording !== undefined);
    const result = await analyse.run({ session, recording }, withParts, new AbortController().signal);
    inTransaction(parts.db, () => result.save());
    await result.afterCommit?.();
  }
  const call = (callId: string) => parts.store.reads.callView(callId) ?? assert.fail("there is such a call");
  const posted = (): { destination: string; revision: number; body: string; state: string }[] => parts.db.prepare("SELECT destination, revision, body, state FROM outbox ORDER BY revision").all() as never;
  const desk = () => createQualityDesk(parts, (work) => Promise.resolve().then(() => inTransaction(parts.db, work)));
  const applied = async (changes: Partial<Parts["quality"]> = {}, since = 0): Promise<Applied[]> => {
    const answers: Applied[] = [];
    for await (const one of applyRules(since, { ...parts, quality: { ...parts.quality, ...changes } })) answers.push(one);
    return answers;
  };

  it("a call shows its categories with evidence, alerts, what could not be decided, and its scorecards with quotes", async () => {
    await analysed(heard("a"));
    const { categories, alerts, rules_not_measurable, scorecards } = call("a");
    assert.deepEqual(categories, [{ rule: "manager", label: "Manager asked for", evidence: ["msg_a_1_1"], searched: [], numbers: [], rules: parts.quality.rules.hash }]);
    assert.deepEqual(alerts.map(({ rule, severity, revision }) => [rule, severity, revision]), [["manager", "critical", 1], ["quiet", "info", 1]]);
    assert.deepEqual(rules_not_measurable, []);
    const [card] = scorecards;
    assert.deepEqual([card?.score, card?.coverage, card?.auto_failed], [1, 0.8, []]);
    assert.deepEqual(card?.answers.map(({ question, answer, machine }) => [question, answer, machine?.quote?.text ?? machine?.because]), [["greeting", "yes", "Good morning"], ["goodbye", "yes", "Goodbye"], ["tone", null, "no_model"]]);
  });
  it("mono: who asked for the manager and how long the hold was are not measurable, and nobody is told", async () => {
    await analysed(heard("m", { mono: true }));
    assert.deepEqual(call("m").rules_not_measurable.map(({ rule, because }) => [rule, because]), [["manager", ["parties_unknown"]], ["hold", ["mono"]]]);
    assert.deepEqual(call("m").categories, []);
    assert.deepEqual(posted(), []);
  });
  it("an alert is told once for each rule and revision: an event, a counter, and the webhook's outbox", async () => {
    const id = heard("a");
    const events = parts.events.watch(0, AbortSignal.timeout(60_000))[Symbol.asyncIterator]();
    await analysed(id);
    const alerts = [];
    while (alerts.length < 2) {
      const { value } = (await events.next()) as { value: { type: string; data: object } };
      if (value.type === "rule.alert") alerts.push(value.data);
    }
    assert.deepEqual(alerts, [{ session_id: id, call_id: "a", rule: "manager", label: "Manager asked for", severity: "critical", revision: 1 }, { session_id: id, call_id: "a", rule: "quiet", label: "Told nobody", severity: "info", revision: 1 }]);
    assert.match(await parts.meters.registry.metrics(), /earshot_rule_alerts_total\{rule="manager",severity="critical"\} 1/);
    assert.deepEqual(posted().map(({ destination, revision }) => [destination, revision]), [["alert:manager", 1]]);
    await applied({ rules: parseRules(`${RULES}\n  more: {label: More, alert: {webhook: desk}, when: {channel: phone}}`, "r") });
    assert.equal(posted().length, 1, "sessions that are judged again tell nobody");
    heard("a");
    await analysed(id);
    assert.deepEqual(posted().map(({ destination, revision, state }) => [destination, revision, state]), [["alert:manager", 1, "superseded"], ["alert:manager", 2, "waiting"]]);
  });
  it("the webhook gets the line, signed; a rule without one posts nothing, and the CRM's body names the categories", async () => {
    const crm = await startCrm((response) => response.writeHead(204).end());
    try {
      const config = configSchema.parse({ rules: { webhooks: [{ ...WEBHOOK, url: crm.url }] }, crm: { url: crm.url } });
      const toAll = [{ name: "crm", kind: "generic", url: crm.url, timeoutMs: 5_000 }, ...alertDestinations(config.rules, parts.quality.rules)];
      const delivery = createDelivery({ net: createNet({ log: silentLog, clock: systemClock }), clock: systemClock, log: silentLog, destinations: toAll });
      await analysed(heard("a"), { ...parts, config, delivery });
      const [item] = parts.store.writes.findings.due(parts.clock.now(), 9).filter((one) => one.destination === "alert:manager");
      assert.ok(item);
      assert.equal((await delivery.attempt(item)).outcome, "delivered");
      const [received] = crm.received;
      const body = alertBodySchema.parse(new Webhook(SECRET).verify(received?.body ?? "", received?.headers as Record<string, string>));
      assert.deepEqual([body.severity, body.call_id, body.lines, body.link?.endsWith("/calls/a")], ["critical", "a", [{ message_id: "msg_a_1_1", speaker: "customer", text: "I want to speak to your manager." }], true]);
      const toCrm = posted().find((one) => one.destination === "crm");
      assert.deepEqual((JSON.parse(toCrm?.body ?? "{}") as { categories: unknown }).categories, [{ rule: "manager", label: "Manager asked for" }]);
    } finally {
      await crm.close();
    }
  });
  it("a webhook that refuses is named by its rule, and so are its settings", async () => {
    const desk = await startCrm((response) => response.writeHead(403).end());
    try {
      const config = configSchema.parse({ rules: { webhooks: [{ ...WEBHOOK, url: desk.url }] } });
      await analysed(heard("a"), { ...parts, config });
      const delivery = createDelivery({ net: createNet({ log: silentLog, clock: systemClock }), clock: systemClock, log: silentLog, destinations: alertDestinations(config.rules, parts.quality.rules) });
      const [item] = parts.store.writes.findings.due(parts.clock.now(), 9).filter((one) => one.destination === "alert:manager");
      const receipt = await delivery.attempt(item ?? assert.fail("no alert"));
      assert.ok(receipt.outcome === "parked" || receipt.outcome === "retry");
      assert.match(receipt.error.message, /^The receiver of alerts of the rule manager .*403.*the webhook desk in rules\.webhooks: secret/);
      assert.doesNotMatch(receipt.error.message, /CRM|crm\./);
    } finally {
      await desk.close();
    }
  });
  it("a session of messages is judged when it is summed up, with its own times and no numbers", async () => {
    const at = parts.clock.now();
    house.receive(...["I want to speak to your manager", "Good morning", "Goodbye"].map((text, i) => ({ kind: "message" as const, message: { source: "chat", externalId: `m${i}`, channel: "web_chat", kind: "text" as const, speaker: i === 0 ? ("customer" as const) : ("agent" as const), text, atMs: at + i * 1000, customer: { identities: [{ kind: "chat_id" as const, value: "chat:v7" }] } } })));
    const { id } = parts.db.prepare<[], { id: string }>("SELECT id FROM sessions WHERE channel = 'web_chat'").get() ?? assert.fail();
    const session = parts.store.writes.sessions.byId(id);
    assert.ok(session);
    const result = await summarise.run(session, parts, new AbortController().signal);
    inTransaction(parts.db, () => result.save());
    const view = desk().ofSession(id);
    const [shown] = parts.store.reads.conversation(parts.store.writes.sessions.byId(id)?.conversation_id ?? "")?.sessions ?? [];
    assert.deepEqual([shown?.categories, shown?.alerts.map((one) => one.rule), shown?.analysis], [view.categories, ["manager", "quiet"], { engine: "extractive", model: null }]);
    assert.deepEqual([view.call_id, view.categories.map((one) => one.rule), view.not_measurable.map((one) => [one.rule, one.because]), view.scorecards[0]?.score], [null, ["manager"], [["hold", ["no_numbers"]], ["queue", ["queue_unknown"]]], 1]);
    assert.deepEqual((await applied()).map((one) => one.state), ["same"]);
  });

  it("calls are listed by the rule that matched them, and rules with their counts", async () => {
    await analysed(heard("a"));
    await analysed(heard("b", { said: [["agent", "Good morning."]] }));
    await analysed(heard("m", { mono: true }));
    assert.deepEqual(parts.store.reads.listCalls({ rule: "manager" }, { limit: 9 }).items.map((one) => one.call_id), ["a"]);
    assert.deepEqual(parts.store.reads.listCalls({ rule: "hold" }, { limit: 9 }).items, []);
    const first = parts.store.reads.listCalls({ rule: "quiet" }, { limit: 1 });
    const second = parts.store.reads.listCalls({ rule: "quiet" }, { limit: 1, cursor: first.next ?? assert.fail("there is a second page") });
    assert.deepEqual([[...first.items, ...second.items].map((one) => one.call_id).sort(), second.next], [["a", "m"], null]);
    const period = { fromMs: 0, toMs: parts.clock.now() + 1 };
    assert.deepEqual(desk().rules(period).items.map(({ rule, matched, not_measurable, alerts }) => [rule, matched, not_measurable, alerts]), [["manager", 1, 1, 1], ["quiet", 2, 0, 2], ["hold", 0, 1, 0], ["queue", 0, 0, 0]]);
    assert.deepEqual(desk().rules({ fromMs: 0, toMs: 1 }).items.map((one) => one.matched), [0, 0, 0, 0]);
  });

  describe("what people answer", () => {
    it("counts in the score at once, survives a new hearing beside the machine's new answer, and is audited", async () => {
      const id = heard("a");
      await analysed(id);
      const answered = await desk().answer(id, "quality", "goodbye", { answer: "no", comment: "He hung up" }, PERSON);
      assert.deepEqual([answered.scorecards[0]?.score, answered.scorecards[0]?.auto_failed], [0, ["goodbye"]]);
      heard("a", { said: [["agent", "Good morning."], ["agent", "Goodbye, and thank you."]] });
      await analysed(id);
      await applied({ scorecards: parseScorecards(CARDS.replace("Said goodbye?", "Goodbye said?"), "s") });
      const card = call("a").scorecards[0];
      const goodbye = card?.answers.find((one) => one.question === "goodbye");
      assert.deepEqual([card?.score, goodbye?.answer, goodbye?.machine?.answer, goodbye?.machine?.quote?.text], [0, "no", "yes", "Goodbye"]);
      assert.deepEqual([goodbye?.override?.comment, goodbye?.override?.by], ["He hung up", "user:lgn_1"]);
      const audited = parts.db.prepare<[], { event: string }>("SELECT event FROM events ORDER BY seq").all().map((row) => JSON.parse(row.event) as { action: string; reason: string });
      assert.deepEqual(audited.map(({ action, reason }) => [action, reason]), [["score.answered", "quality.goodbye"]]);
      assert.equal(parts.store.audit.verify(), undefined);
    });
    it("is taken back step by step: to the answer before, then to the machine's; nothing is left to take back then", async () => {
      const id = heard("a");
      await analysed(id);
      const before = call("a").scorecards;
      await desk().answer(id, "quality", "tone", { answer: "2", comment: null }, PERSON);
      await desk().answer(id, "quality", "tone", { answer: "5", comment: null }, PERSON);
      const toneOf = (view: { scorecards: typeof before }) => view.scorecards[0]?.answers.find((one) => one.question === "tone")?.answer;
      assert.deepEqual([toneOf(call("a")), toneOf(await desk().takeBack(id, "quality", "tone", PERSON)), toneOf(await desk().takeBack(id, "quality", "tone", PERSON))], ["5", "2", null]);
      assert.deepEqual(call("a").scorecards, before);
      await assert.rejects(desk().takeBack(id, "quality", "tone", PERSON), (error) => error instanceof AppError && error.code === "CONFLICT");
    });
    it("must fit the question, and the question must be there", async () => {
      const id = heard("a");
      await analysed(id);
      for (const [question, answer] of [["greeting", "4"], ["tone", "yes"]] as const) await assert.rejects(desk().answer(id, "quality", question, { answer, comment: null }, PERSON), (error) => error instanceof AppError && error.code === "REQUEST_INVALID");
      for (const [session, card, question] of [[id, "quality", "none"], [id, "none", "greeting"], ["ses_none", "quality", "greeting"]] as const) await assert.rejects(desk().answer(session, card, question, { answer: "yes", comment: null }, PERSON), (error) => error instanceof AppError && error.code === "NOT_FOUND");
    });
    it("stays when the card no longer applies, and does not count for a new version of the card", async () => {
      const id = heard("a");
      await analysed(id);
      await desk().answer(id, "quality", "greeting", { answer: "no", comment: null }, PERSON);
      await applied({ scorecards: parseScorecards(CARDS.replace("version: 1\n    questions", "version: 1\n    applies: {channel: email}\n    questions"), "s") });
      assert.deepEqual(call("a").scorecards.map(({ label, score, answers }) => [label, score, answers.map((one) => [one.question, one.answer, one.machine])]), [["Quality", 0, [["greeting", "no", null]]]]);
      await applied({ scorecards: parseScorecards(CARDS.replace("version: 1\n    questions", "version: 2\n    questions"), "s") });
      assert.deepEqual([call("a").scorecards[0]?.version, call("a").scorecards[0]?.answers[0]?.answer], [2, "yes"]);
      await applied();
      assert.equal(call("a").scorecards[0]?.answers[0]?.answer, "no");
    });
    it("agreement compares only what both answered, in one version", async () => {
      for (const [callId, answer] of [["a", "yes"], ["b", "no"], ["c", "yes"]] as const) {
        const id = heard(callId);
        await analysed(id);
        await desk().answer(id, "quality", "greeting", { answer, comment: null }, PERSON);
        await desk().answer(id, "quality", "tone", { answer: "3", comment: null }, PERSON);
      }
      const [greeting, , tone] = desk().agreement("quality").items;
      assert.deepEqual([greeting?.n, greeting?.agreed, greeting?.share, greeting?.kappa], [3, 2, 0.667, 0]);
      assert.deepEqual([tone?.n, tone?.share, tone?.unanswered], [0, null, 3]);
      assert.ok(desk().agreement("quality", 2).items.every((one) => one.n === 0 && one.unanswered === 0));
      assert.throws(() => desk().agreement("none"), (error) => error instanceof AppError && error.code === "NOT_FOUND");
    });
  });

  describe("applied again", () => {
    it("names what changed, writes it into the ledger once, keeps the revision and sends nobody anything; a second time changes nothing", async () => {
      await analysed(heard("a"));
      const changed = { rules: parseRules("version: 1\nrules:\n  morning: {label: Morning, when: {said: {words: good morning}}}", "r") };
      const sent = posted().length;
      assert.deepEqual((await applied(changed)).map(({ call_id, state, now_matched, no_longer_matched }) => [call_id, state, now_matched, no_longer_matched]), [["a", "changed", ["morning"], ["manager", "quiet"]]]);
      assert.deepEqual([call("a").categories.map((one) => one.rules), call("a").revision, posted().length], [[changed.rules.hash], 1, sent]);
      assert.match(call("a").ledger.at(-1)?.detail ?? "", /^Judged again by rules [0-9a-f]{12} and scorecards [0-9a-f]{12}: 1 rules match now, 2 no longer do$/);
      const rows = parts.db.prepare("SELECT total_changes() AS n").get();
      assert.deepEqual([(await applied(changed)).map((one) => one.state), parts.db.prepare("SELECT total_changes() AS n").get()], [["same"], rows]);
    });
    it("leaves sessions in work to their own analysis, and those that began before", async () => {
      const id = heard("a");
      await analysed(id);
      assert.deepEqual(await applied({}, parts.clock.now() + 1), []);
      parts.store.writes.sessions.setStatus(id, "processing", null, 1);
      assert.deepEqual((await applied({ rules: parseRules("version: 1", "r") })).map((one) => one.state), ["waiting"]);
    });
    it("keeps what a language model answered, as long as the card has its version", async () => {
      const model: LanguageModel = fakeModel([{ value: "4", probabilities: { 4: 0.6 } }], [{ line: 3, quote: "One moment, please" }]);
      await analysed(heard("a"), { ...parts, quality: { ...parts.quality, model } });
      const toneOf = () => call("a").scorecards[0]?.answers.find((one) => one.question === "tone");
      const before = toneOf();
      assert.deepEqual([before?.answer, before?.machine?.by, before?.machine?.quote?.text], ["4", "llama:fake scorecard-1", "One moment, please"]);
      await applied({ rules: parseRules("version: 1", "r") });
      assert.deepEqual(toneOf(), before);
      await applied({ scorecards: parseScorecards(CARDS.replace("version: 1\n    questions", "version: 2\n    questions"), "s") });
      assert.equal(toneOf()?.answer, null);
    });
    it("what was found goes with its rule's transaction: nothing of it is kept when the commit fails", async () => {
      const id = heard("a");
      parts.db.exec("CREATE TRIGGER full BEFORE INSERT ON scores BEGIN SELECT raise(ABORT, 'disk full'); END");
      await assert.rejects(analysed(id), /disk full/);
      assert.deepEqual([call("a").categories, call("a").alerts, call("a").summary, posted()], [[], [], null, []]);
    });
  });

  it("a rule that names a webhook which is not configured is a mistake of the settings", () => {
    const folder = mkdtempSync(join(tmpdir(), "earshot-rules-"));
    writeFileSync(join(folder, "rules.yaml"), RULES);
    const settings = configSchema.parse({ rules: { file: join(folder, "rules.yaml") } }).rules;
    assert.throws(() => loadQuality(settings), (error) => error instanceof AppError && error.code === "CONFIG_INVALID" && error.message.includes("rules.manager.alert.webhook"));
    assert.equal(loadQuality({ ...settings, webhooks: configSchema.parse({ rules: { webhooks: [WEBHOOK] } }).rules.webhooks }).rules.rules.length, 4);
    rmSync(folder, { recursive: true });
  });
});

describe("earshot rules", function () {
  this.timeout(60_000);
  it("check names every mistake and ends with 78; apply answers with one object per session, of which there may be none", async () => {
    const folder = mkdtempSync(join(tmpdir(), "earshot-rules-"));
    const earshot = async (...args: string[]) => {
      const env = { ...programEnvironment(), EARSHOT_DATA_DIR: folder, EARSHOT_LOG_LEVEL: "silent", EARSHOT_RULES_FILE: join(folder, "rules.yaml") };
      return runProgram(process.execPath, [join(installationRoot(), "dist/app/main.js"), "rules", ...args], { timeoutMs: 50_000, env });
    };
    try {
      writeFileSync(join(folder, "rules.yaml"), "version: 1\nrules: {a: {label: A, when: {said: {words: '?'}}}, b: {label: B}}");
      const wrong = await earshot("check");
      assert.deepEqual([wrong.exitCode, /rules\.a\.when\.said\.words\.0[^]*rules\.b\.when/.test(wrong.stderr)], [78, true], wrong.stderr);
      writeFileSync(join(folder, "rules.yaml"), "version: 1");
      const db = openDatabase(join(folder, "earshot.db"));
      migrate(db);
      db.close();
      const nothing = await earshot("apply", "--json", "--since", "2026-11-01");
      assert.deepEqual([nothing.exitCode, JSON.parse(nothing.stdout.toString())], [0, []], nothing.stderr);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
