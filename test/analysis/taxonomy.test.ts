// The site's topics: loading, mistakes, and how points are given.
import assert from "node:assert/strict";
import { join } from "node:path";
import { createExtractiveEngine, loadTaxonomy, parseTaxonomy } from "../../app/analysis/index.ts";
import { AppError, type Speaker } from "../../app/domain/index.ts";
import { installationRoot } from "../../app/platform/index.ts";

const yaml = (topics: string, rest = "threshold: 3"): string => `version: 1\n${rest}\ntopics:\n${topics}`;

function problemsOf(text: string): string[] {
  try {
    parseTaxonomy(text, "test.yaml");
  } catch (error) {
    assert.ok(error instanceof AppError);
    assert.equal(error.code, "CONFIG_INVALID");
    return (error.details["problems"] as { path: string; message: string }[]).map((problem) => `${problem.path}: ${problem.message}`);
  }
  return [];
}

describe("loading a taxonomy", () => {
  it("the one that ships is valid and has the usual topics of contact centres", () => {
    const taxonomy = loadTaxonomy(join(installationRoot(), "config", "taxonomy.yaml"));
    for (const topic of ["billing", "delivery", "returns", "technical", "appointment", "account", "sales", "cancellation", "complaint", "insurance", "travel"]) assert.ok(taxonomy.topics.has(topic), topic);
  });
  it("a file that is not there is a configuration mistake that names the setting", () => {
    assert.throws(() => loadTaxonomy("/nowhere/taxonomy.yaml"), (error) => error instanceof AppError && error.code === "CONFIG_INVALID" && error.message.includes("analysis.taxonomy"));
  });
  it("text that is not YAML is refused with its line", () => assert.match(problemsOf("topics: [")[0] ?? "", /^line \d+: is not YAML/));
  it("the same topic twice is refused", () => assert.match(problemsOf(yaml("  a: {label: A}\n  a: {label: B}"))[0] ?? "", /twice/));
  it("all mistakes are reported at once with their paths", () => {
    const problems = problemsOf(yaml('  Bad: {label: x}\n  good: {label: "", phrases: {hello: heavy}, reasons: {r: {label: R}}}', "threshold: -1"));
    for (const path of ["threshold", "topics.Bad", "topics.good.label", "topics.good.phrases.hello", "topics.good.reasons.r.phrases"]) assert.ok(problems.some((problem) => problem.startsWith(path)), `${path} in ${problems.join("; ")}`);
  });
  it("a phrase without words is refused", () => assert.deepEqual(problemsOf(yaml('  a: {label: A, phrases: {"!?": 2}}')), ["topics.a.phrases.!?: expected at least one word"]));
  it("an empty file is refused", () => assert.ok(problemsOf("").length > 0));
});

async function classify(topics: string, said: [Speaker, string, number?][], language = "en"): Promise<[string | null, string | null, string]> {
  const engine = createExtractiveEngine({ taxonomy: parseTaxonomy(yaml(topics), "test.yaml"), companyNames: [] });
  const turns = said.map(([speaker, text, confidence], at) => ({ id: `t${at + 1}`, speaker, startMs: at, endMs: at + 1, text, confidence: confidence ?? 0.9 }));
  const analysis = await engine.analyse({ turns, startedAtMs: 0, timeZone: "UTC", language, durationMs: 1 });
  return [analysis.topic, analysis.reason, analysis.topic_evidence.join()];
}

const TOPICS = `
  billing: {label: Billing, phrases: {bill: 1}, reasons: {double_charge: {label: Charged twice, phrases: {charge ~ twice: 4}}, refund: {label: Refund, phrases: {my refund: 3, do not want a refund: -5}}}}
  stop: {label: Cancellation, reasons: {all: {label: All, phrases: {cancel: 3, cancel my appointment: -5}}}}`;

describe("finding the topic", () => {
  it("forms of a word match, with other words between", async () => assert.deepEqual(await classify(TOPICS, [["customer", "You're charging me for this twice."]]), ["Billing", "billing.double_charge", "t1"]));
  it("below the threshold there is no topic", async () => assert.deepEqual(await classify(TOPICS, [["customer", "Hello, about the bill."]]), [null, null, ""]));
  it("general words alone give a topic without reason", async () => assert.deepEqual(await classify("\n  b: {label: B, phrases: {bill: 3}}", [["customer", "It's about the bill."]]), ["B", null, "t1"]));
  it("words of negative weight speak against a reason", async () => {
    assert.equal((await classify(TOPICS, [["customer", "I need to cancel my appointment."]]))[0], null);
    assert.equal((await classify(TOPICS, [["customer", "I need to cancel."]]))[0], "Cancellation");
  });
  it("the agent's words count less than the customer's", async () => assert.equal((await classify(TOPICS, [["agent", "Is it about my refund policy or do you want to cancel?"], ["customer", "My refund has not come."]]))[1], "billing.refund"));
  it("badly heard words count less", async () => assert.deepEqual((await classify(TOPICS, [["customer", "my refund", 0.2], ["customer", "I want to cancel", 0.9]]))[1], "stop.all"));
  it("words cannot be joined over two sentences", async () => assert.equal((await classify(TOPICS, [["customer", "What do you charge? I called twice."]]))[0], null));
  it("a site may add words of its language", async () => assert.deepEqual(await classify("\n  r: {label: Rechnung, phrases: {Rechnung: 3}}", [["customer", "Ich habe eine Frage zu meiner Rechnung."]], "de"), ["Rechnung", null, "t1"]));
});
