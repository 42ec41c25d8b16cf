// Findings of a language model: only what messages prove comes through, everything is read, and when the model cannot the extractive engine says so.
import assert from "node:assert/strict";
import { join } from "node:path";
import { createExtractiveEngine, createModelEngine, loadTaxonomy, type AnalysisEngine } from "../../app/analysis/index.ts";
import { AppError, type AnalysisInput, type ErrorCode, type Turn } from "../../app/domain/index.ts";
import { installationRoot, systemClock } from "../../app/platform/index.ts";
import { scriptedModel, type Script, type ScriptedModel } from "../support/scripted-model.ts";

const taxonomy = loadTaxonomy(join(installationRoot(), "config", "taxonomy.yaml"));
const extractive = createExtractiveEngine({ taxonomy, companyNames: [] });
const facts = { startedAtMs: Date.UTC(2026, 10, 4, 10), timeZone: "Europe/London", language: "en", durationMs: 60_000 };
const turnsOf = (...list: [Turn["speaker"], string][]): Turn[] => list.map(([speaker, text], at) => ({ id: `m${at + 1}`, speaker, text, startMs: at * 1000, endMs: at * 1000 + 900, confidence: 0.9 }));

const CALL = turnsOf(
  ["agent", "Good morning, how can I help?"],
  ["customer", "I was charged twice for my broadband, forty pounds each time, and I want the second payment back."],
  ["agent", "I can see both payments. I will send you a refund of forty pounds by next Tuesday."],
  ["customer", "Thank you. If it happens again I will go to another provider."],
  ["agent", "I understand. Please post the letter from your bank to our office in Leeds."],
);

const engineOf = (script: Script): { engine: AnalysisEngine; model: ScriptedModel } => {
  const model = scriptedModel(script);
  return { engine: createModelEngine({ model, otherwise: extractive, taxonomy, clock: systemClock }), model };
};
const answersOf = (answers: Readonly<Record<string, unknown>>): NonNullable<Script["answer"]> => ({ name }) => answers[name];
const analyse = async (script: Script, turns: Turn[] = CALL, more: Partial<AnalysisInput> = {}): ReturnType<AnalysisEngine["analyse"]> => engineOf(script).engine.analyse({ ...facts, ...more, turns });

describe("analysis/model-engine: what is proved", () => {
  it("findings cite messages, due days come from the calendar, and how they came about is written down", async () => {
    const found = await analyse({
      answer: answersOf({
        points: {
          points: [{ turns: [2], quote: "I was charged twice for my broadband", text: "The customer was charged twice for broadband" }, { turns: [3], quote: "send you a refund of forty pounds", text: "The agent will refund 40 pounds." }],
          intent: { turns: [2], quote: "I want the second payment back", text: "The customer wants the second payment back" },
        },
        tasks: {
          tasks: [
            { turns: [3], quote: "I will send you a refund of forty pounds", by: "agent", promised: true, when: "by next Tuesday", text: "send a refund of forty pounds" },
            { turns: [5], quote: "post the letter from your bank", by: "customer", promised: true, when: "", text: "post the letter from the bank" },
          ],
        },
        names: { names: [{ turn: 5, text: "Leeds", kind: "place" }, { turn: 5, text: "Manchester", kind: "place" }] },
        proofs: { topic: { turns: [2], quote: "charged twice" }, outcome: { turns: [3], quote: "I will send you a refund" }, churn: { turns: [4], quote: "I will go to another provider" } },
      }),
      choose: ({ name }) => ({ topic: "billing.double_charge", outcome: "follow_up", escalation: "none", churn: "high" })[name] ?? "",
    });
    assert.deepEqual(found.summary_points, [{ text: "The customer was charged twice for broadband.", evidence: ["m2"] }, { text: "The agent will refund 40 pounds.", evidence: ["m3"] }]);
    assert.equal(found.summary, "The customer was charged twice for broadband. The agent will refund 40 pounds.");
    assert.deepEqual(found.intent, { text: "The customer wants the second payment back.", evidence: ["m2"] });
    assert.deepEqual([found.topic, found.reason, found.topic_evidence, found.outcome, found.outcome_evidence], ["Billing", "billing.double_charge", ["m2"], "follow_up", ["m3"]]);
    assert.deepEqual(found.action_items, [{ text: "Send a refund of forty pounds", owner: "agent", due: "2026-11-10", evidence: ["m3"] }, { text: "Post the letter from the bank", owner: "customer", due: null, evidence: ["m5"] }]);
    assert.deepEqual(found.promises, [{ text: "Send a refund of forty pounds", by: "agent", due: "2026-11-10", evidence: ["m3"] }], "the customer did not promise what the agent asked for");
    assert.deepEqual(found.risks, { escalation: { level: "none", evidence: [] }, churn: { level: "high", evidence: ["m4"] } });
    assert.ok(found.entities.some(({ kind, text }) => kind === "place" && text === "Leeds") && !found.entities.some(({ text }) => text === "Manchester"));
    assert.ok(found.entities.some(({ kind, value }) => kind === "amount" && value === "40.00 GBP"), "figures are read by rules");
    const { made, ...rest } = found;
    assert.deepEqual([rest.engine, rest.model, rest.coverage, rest.dropped, rest.instead_of], ["llama", "scripted", { turns_read: 5, turns_total: 5 }, 1, undefined]);
    assert.deepEqual([made?.prompt, made?.seed, made?.chunks], ["facts-1, verdicts-1", 7, 1]);
  });

  const claims = [
    { what: "a quote that nobody said", cited: { turns: [3], quote: "we will pay you five thousand pounds" }, text: "The agent will send a refund of forty pounds" },
    { what: "a quote that stands in another turn", cited: { turns: [1], quote: "send you a refund of forty pounds" }, text: "The agent will send a refund of forty pounds" },
    { what: "a line that does not exist", cited: { turns: [3, 99], quote: "send you a refund of forty pounds" }, text: "The agent will send a refund of forty pounds" },
    { what: "no line at all", cited: { turns: [], quote: "send you a refund of forty pounds" }, text: "The agent will send a refund of forty pounds" },
    { what: "no quote", cited: { turns: [3], quote: "" }, text: "The agent will send a refund of forty pounds" },
    { what: "a true quote and another figure", cited: { turns: [3], quote: "send you a refund of forty pounds" }, text: "The agent will send a refund of 400 pounds" },
    { what: "a true quote and a name that was not said", cited: { turns: [3], quote: "send you a refund of forty pounds" }, text: "The agent will send a refund of forty pounds to Mister Smith" },
    { what: "a true quote under a sentence about something else", cited: { turns: [3], quote: "send you a refund of forty pounds" }, text: "The manager dismissed every complaint about rude engineers" },
  ];
  for (const { what, cited, text } of claims) {
    it(`drops and counts ${what}`, async () => {
      const point = { ...cited, text };
      const found = await analyse({ answer: answersOf({ points: { points: [point], intent: point }, tasks: { tasks: [{ ...point, by: "agent", promised: true, when: "" }] } }) });
      const { summary, intent, action_items, promises } = await extractive.analyse({ ...facts, turns: CALL });
      assert.deepEqual([found.summary, found.intent, found.action_items, found.promises, found.dropped], [summary, intent, action_items, promises, 3], "each part is then that of the rules");
    });
  }

  it("verdicts without proof stay as the rules found them", async () => {
    const rules = await extractive.analyse({ ...facts, turns: CALL });
    const found = await analyse({ choose: ({ name }) => ({ topic: "delivery.not_arrived", outcome: "escalated", escalation: "high", churn: "high" })[name] ?? "" });
    assert.deepEqual([found.topic, found.reason, found.topic_evidence, found.outcome, found.outcome_evidence], [rules.topic, rules.reason, rules.topic_evidence, rules.outcome, rules.outcome_evidence]);
    assert.deepEqual(found.risks, rules.risks);
  });

  it("what a model says is not there stays away, whatever the rules found", async () => {
    const rules = await extractive.analyse({ ...facts, turns: CALL });
    const found = await analyse({ answer: answersOf({ tasks: { tasks: [] } }) });
    assert.ok(rules.action_items.length > 0);
    assert.deepEqual([found.action_items, found.promises], [[], []]);
  });

  it("other languages: the mood is asked for, quotes are held to the same check, and sentences are asked for in that language", async () => {
    const turns = turnsOf(["customer", "Mein Paket ist seit zwei Wochen nicht angekommen und niemand hilft mir."], ["agent", "Das tut mir leid, ich schicke Ihnen heute ein neues."], ["customer", "Vielen Dank, das ist sehr nett."]);
    const { engine, model } = engineOf({
      answer: answersOf({ points: { points: [{ turns: [1], quote: "Mein Paket ist seit zwei Wochen nicht angekommen", text: "Das Paket ist seit zwei Wochen nicht angekommen." }, { turns: [1], quote: "Mein Paket ist angekommen und alles ist gut", text: "Das Paket ist angekommen." }], intent: { turns: [], quote: "", text: "" } } }),
      choose: ({ name }) => ({ mood_start: "bad", mood_end: "good" })[name] ?? "",
    });
    const found = await engine.analyse({ ...facts, language: "de", turns });
    assert.deepEqual(found.summary_points, [{ text: "Das Paket ist seit zwei Wochen nicht angekommen.", evidence: ["m1"] }]);
    assert.deepEqual(found.sentiment, { overall: 0, customer_start: -0.4, customer_end: 0.4, trend: "improving" });
    assert.match(model.asked[0]?.reading.system ?? "", /in German/);
  });
});

describe("analysis/model-engine: long conversations", () => {
  const long = turnsOf(...Array.from({ length: 200 }, (_, at): [Turn["speaker"], string] => [at % 2 === 0 ? "customer" : "agent", `This is sentence number ${at + 1} of a very long conversation about parcel ${1000 + at}.`]));
  const pointOf = (document: string): unknown => {
    const [, number = "0", text = ""] = /\n\[(\d+)\] \w+: (.+)\n/.exec(document) ?? [];
    const point = { turns: [Number(number)], quote: text, text };
    return { points: [point], intent: point };
  };

  it("are read whole in parts of whole turns; notes keep the proof of their turns, and the choice among them writes nothing", async () => {
    const { engine, model } = engineOf({ contextTokens: 4000, answer: ({ name }, { document }) => (name === "points" ? pointOf(document) : name === "keep" ? { keep: [1, 2, 3, 4, 5, 6] } : undefined) });
    const found = await engine.analyse({ ...facts, turns: long });
    assert.deepEqual(found.coverage, { turns_read: 200, turns_total: 200 });
    const readings = [...new Set(model.asked.filter(({ name }) => name === "points").map(({ reading }) => reading.document))];
    assert.equal(found.made?.chunks, readings.length);
    assert.ok(readings.length > 2);
    for (const turn of long) assert.ok(readings.some((document) => document.includes(turn.text)), turn.text);
    for (const { text, evidence } of found.summary_points) assert.equal(long.find((turn) => turn.id === evidence[0])?.text, text);
  });

  it("a turn that alone is too long is cut at sentences and read whole", async () => {
    const text = Array.from({ length: 900 }, (_, at) => `Sentence ${at} of a letter that was read aloud.`).join(" ");
    const { engine, model } = engineOf({ contextTokens: 6000 });
    const found = await engine.analyse({ ...facts, turns: turnsOf(["customer", text], ["agent", "Thank you."]) });
    const read = model.asked.filter(({ name }) => name === "points").map(({ reading }) => reading.document).join("\n");
    for (let at = 0; at < 900; at++) assert.ok(read.includes(`Sentence ${at} of a letter`), `${at}`);
    assert.deepEqual([found.coverage, found.instead_of], [{ turns_read: 2, turns_total: 2 }, undefined]);
  });

  it("a context too small to read anything is said, and the extractive engine does it", async () => {
    assert.deepEqual((await analyse({ contextTokens: 1000 })).instead_of, { engine: "llama", code: "ANALYSIS_FAILED" });
  });
});

describe("analysis/model-engine: a model that cannot", () => {
  const failing = (code: ErrorCode, times: number): NonNullable<Script["answer"]> => {
    let left = times;
    return ({ name }) => {
      if (name === "points" && left-- > 0) throw new AppError(code, "no");
      return undefined;
    };
  };

  it("is asked once more, with more room, when its answer was cut", async () => {
    const { engine, model } = engineOf({ answer: failing("ANALYSIS_OUTPUT_INVALID", 1) });
    const found = await engine.analyse({ ...facts, turns: CALL });
    assert.deepEqual([found.engine, found.instead_of], ["llama", undefined]);
    const [first = 0, second = 0] = model.asked.filter(({ name }) => name === "points").map(({ maxTokens }) => maxTokens);
    assert.equal(second, 2 * first);
  });

  for (const { code, times } of [{ code: "ANALYSIS_OUTPUT_INVALID", times: 2 }, { code: "ANALYSIS_FAILED", times: 2 }, { code: "ANALYSIS_TIMEOUT", times: 1 }, { code: "ANALYSIS_ENDPOINT_FAILED", times: 2 }, { code: "MODEL_INVALID", times: 1 }] as const) {
    it(`${code}: the extractive engine does it and says why`, async () => {
      const found = await analyse({ answer: failing(code, times) });
      assert.deepEqual({ ...found, instead_of: undefined }, { ...(await extractive.analyse({ ...facts, turns: CALL })), instead_of: undefined });
      assert.deepEqual(found.instead_of, { engine: "llama", code });
    });
  }

  it("an answer of another shape counts as malformed", async () => {
    assert.deepEqual((await analyse({ answer: answersOf({ points: { points: "none" } }) })).instead_of, { engine: "llama", code: "ANALYSIS_OUTPUT_INVALID" });
  });

  it("an aborted analysis is no failure of the model", async () => {
    const caller = new AbortController();
    const { engine } = engineOf({ answer: () => { caller.abort(new Error("withdrawn")); throw new AppError("ANALYSIS_FAILED", "no"); } });
    await assert.rejects(engine.analyse({ ...facts, turns: CALL }, caller.signal), /withdrawn/);
  });

  it("nobody said anything: the model is not asked", async () => {
    const { engine, model } = engineOf({});
    const found = await engine.analyse({ ...facts, turns: turnsOf(["customer", " "], ["agent", ""]) });
    assert.deepEqual([model.asked.length, found.engine, found.instead_of], [0, "extractive", undefined]);
  });
});
