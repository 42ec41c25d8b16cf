// The trained models of findings: they choose among what was said, and never claim more.
import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { createExtractiveEngine, isProved, loadTaxonomy, readEvidence } from "../../app/analysis/index.ts";
import { matterFeatures, sentenceFeatures } from "../../app/analysis/learned/features.ts";
import { loadFindingsModel, probabilitiesOf, readFindings, scoresOf, type FindingsModel } from "../../app/analysis/learned/findings-model.ts";
import { packWeights } from "../../app/analysis/learned/weights.ts";
import { mixChances } from "../../app/analysis/learned/chances.ts";
import { createPacer } from "../../app/analysis/pacer.ts";
import { readConversation } from "../../app/analysis/text/conversation.ts";
import { AppError, OUTCOMES, type Turn } from "../../app/domain/index.ts";
import { installationRoot } from "../../app/platform/index.ts";

const root = installationRoot();
const taxonomy = loadTaxonomy(join(root, "config", "taxonomy.yaml"));
const facts = { startedAtMs: Date.UTC(2026, 10, 4, 10), timeZone: "Europe/London", language: "en", durationMs: 1000 };
const head = { classes: ["no", "yes"], bias: [0, 0], weights: packWeights({}) };

/** What is in the file of a model that always says the same, whatever was said. */
function written(outcome: string, reason: string, heads: Record<string, unknown> = {}): string {
  const always = (name: string) => ({ classes: [name], bias: [1], weights: packWeights({}) });
  return JSON.stringify({ version: 4, name: "stubborn", trained_on: 0, heads: { important: head, intent: head, outcome: always(outcome), reason: always(reason), mood: always("negative"), trend: always("improving"), task: always("agent!"), ...heads } });
}

function stubborn(outcome: string, reason: string): FindingsModel {
  return readFindings(written(outcome, reason));
}

function turnsOf(...lines: [Turn["speaker"], string][]): Turn[] {
  return lines.map(([speaker, text], at) => ({ id: `t${at}`, speaker, startMs: at * 1000, endMs: at * 1000 + 900, text, confidence: 0.9 }));
}

describe("trained models of findings", () => {
  it("the shipped one loads, and finds a matter that no phrase of the taxonomy names", async () => {
    const model = loadFindingsModel(join(root, "models", "starter-findings", "findings.json"));
    assert.ok(model.trained_on >= 100 && model.heads.outcome.classes.every((one) => (OUTCOMES as readonly string[]).includes(one)));
    const known = new Set(["none", ...[...taxonomy.topics].flatMap(([topic, { reasons }]) => [...reasons.keys()].map((reason) => `${topic}.${reason}`))]);
    assert.deepEqual(model.heads.reason.classes.filter((one) => !known.has(one)), [], "trained for this taxonomy");
  });

  it("the shipped one knows what words speak of that nobody said in training, by words that mean alike", () => {
    const { reason } = loadFindingsModel(join(root, "models", "starter-findings", "findings.json")).heads;
    const topicOf = (word: string): string | undefined => {
      const scores = scoresOf({ ...reason, bias: reason.bias.map(() => 0) }, [`w:${word}`]);
      return reason.classes[scores.indexOf(Math.max(...scores))]?.split(".")[0];
    };
    assert.deepEqual(["airplan", "voltag", "databas", "ceas"].map(topicOf), ["travel", "technical", "technical", "cancellation"]);
  });

  it("what is no such file says so", () => {
    const folder = mkdtempSync(join(tmpdir(), "earshot-findings-"));
    const reason = { classes: ["a", "b"], bias: [0, 0], weights: packWeights({ "w:x": [1, -1], "w:y": [0.25, -0.25] }) };
    const whole = written("resolved", "billing.refund", { reason });
    assert.doesNotThrow(() => readFindings(whole));
    const withReason = (part: Record<string, unknown>): string => written("resolved", "billing.refund", { reason: { ...reason, ...part } });
    const damaged = {
      text: "hello",
      cut: whole.slice(0, -20),
      older: whole.replace('"version":4', '"version":3'),
      fewer: written("resolved", "billing.refund", { mood: undefined }),
      classless: withReason({ classes: undefined }),
      biased: withReason({ bias: [0] }),
      classes: withReason({ classes: ["a", "b", "c"], bias: [0, 0, 0] }),
      rowless: withReason({ weights: { features: ["w:x"], hundredths: "" } }),
      rows: withReason({ weights: { "w:x": [1, -1] } }),
      twice: withReason({ weights: { ...reason.weights, features: ["w:x", "w:x"] } }),
      bytes: withReason({ weights: { ...reason.weights, hundredths: "not base64" } }),
    };
    for (const [name, text] of Object.entries(damaged)) {
      writeFileSync(join(folder, name), text);
      assert.throws(() => loadFindingsModel(join(folder, name)), (error: unknown) => error instanceof AppError && error.code === "MODEL_INVALID", name);
    }
    assert.throws(() => loadFindingsModel(join(folder, "none.json")), (error: unknown) => error instanceof AppError && error.code === "MODEL_INVALID");
  });

  it("weights are read once, until the file is another one", () => {
    const path = join(mkdtempSync(join(tmpdir(), "earshot-findings-")), "weights.json");
    writeFileSync(path, written("resolved", "billing.refund"));
    const first = loadFindingsModel(path);
    assert.equal(loadFindingsModel(path), first);
    writeFileSync(path, written("resolved", "billing.refund").replace("stubborn", "another"));
    assert.equal(loadFindingsModel(path).name, "another");
  });

  it("features never hold a number that was said, so that weights cannot give one away", async () => {
    const { sentences } = await readConversation(turnsOf(["customer", "My account number is 4711 and I paid 89 pounds on 3 May."]), true, createPacer());
    const all = [...(await matterFeatures({ sentences }, [], createPacer())), ...sentences.flatMap((one) => sentenceFeatures(one, undefined, [], new Map()).filter((name) => /^[wb]:/.test(name)))];
    assert.ok(all.length > 5);
    assert.deepEqual(all.filter((name) => /\d/.test(name.slice(2))), []);
  });

  it("where likely no reason fits the phrases decide alone", async () => {
    const reasonOf = async (none: number): Promise<string | null> => {
      const reason = { classes: ["none", "travel.lost_luggage"], bias: [none, 0], weights: packWeights({ "w:charg": [0, 1] }) };
      const engine = createExtractiveEngine({ taxonomy, companyNames: [], model: readFindings(written("unknown", "travel.lost_luggage", { reason })) });
      return (await engine.analyse({ ...facts, turns: turnsOf(["customer", "I was charged twice this month."]) })).reason;
    };
    assert.equal(await reasonOf(-5), "travel.lost_luggage");
    assert.equal(await reasonOf(2), "billing.double_charge");
  });

  it("a feature named like a part of every object weighs nothing", () => {
    const { important } = stubborn("resolved", "billing.refund").heads;
    assert.deepEqual(scoresOf(important, ["constructor", "__proto__", "toString"]), [0, 0]);
    assert.deepEqual(probabilitiesOf(important, ["hasOwnProperty"]), [0.5, 0.5]);
  });

  it("a model that is sure of nonsense claims nothing without proof", async () => {
    const text = fc.constantFrom("I was charged twice", "ok", "Where is my order?", "We will send it on Friday", "no", "It still does not work", "lovely weather");
    const turn = fc.record({ speaker: fc.constantFrom<Turn["speaker"]>("agent", "customer", "bot", "unknown"), text });
    await fc.assert(fc.asyncProperty(fc.array(turn, { maxLength: 12 }), fc.constantFrom(...OUTCOMES), fc.constantFrom("travel.lost_luggage", "billing.refund", "no.such"), async (list, outcome, reason) => {
      const turns = turnsOf(...list.map((one): [Turn["speaker"], string] => [one.speaker, one.text]));
      const analysis = await createExtractiveEngine({ taxonomy, companyNames: [], model: stubborn(outcome, reason) }).analyse({ ...facts, turns });
      assert.equal(analysis.topic === null, analysis.topic_evidence.length === 0);
      assert.equal(analysis.outcome === "unknown", analysis.outcome_evidence.length === 0);
      assert.ok(analysis.reason === null || analysis.reason !== "no.such");
      for (const point of analysis.summary_points) assert.ok(isProved(point.text, point.evidence, readEvidence(turns)));
      assert.ok(analysis.summary_points.length <= 8);
    }), { numRuns: 80 });
  });

  it("two opinions become one: with no share the first, with all of it the second, and what either rules out stays out", () => {
    const chances = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 }).map((list) => list.map((one) => (one + 0.001) / (list.reduce((sum, each) => sum + each, 0) + 0.003)));
    const near = (a: readonly number[], b: readonly number[]): boolean => a.every((one, at) => Math.abs(one - (b[at] ?? 0)) < 1e-9);
    fc.assert(fc.property(chances, chances, fc.double({ min: 0, max: 1, noNaN: true }), (first, second, share) => {
      const both = mixChances(first, second, share);
      assert.ok(Math.abs(both.reduce((sum, one) => sum + one, 0) - 1) < 1e-9);
      assert.ok(near(mixChances(first, second, 0), first) && near(mixChances(first, second, 1), second));
    }));
    assert.ok((mixChances([0.6, 0.4, 0], [0.6, 0, 0.4], 0.5)[0] ?? 0) > 0.99);
  });
});
