// Orders in a conversation change nothing: even a model that obeys every one of them gets no lie past the evidence check.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExtractiveEngine, createLlamaModel, createModelEngine, isOrder, isQuoted, loadTaxonomy, withoutOrders, type AnalysisEngine, type LanguageModel } from "../../app/analysis/index.ts";
import type { Analysis, AnalysisInput, Turn } from "../../app/domain/index.ts";
import { installationRoot, silentLog, systemClock } from "../../app/platform/index.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { writeTinyLlama } from "../support/tiny-gguf.ts";
import { hostileCalls, obedientAnswers } from "./hostile-calls.ts";

const taxonomy = loadTaxonomy(join(installationRoot(), "config", "taxonomy.yaml"));
const extractive = createExtractiveEngine({ taxonomy, companyNames: [] });
const facts: Omit<AnalysisInput, "turns"> = { startedAtMs: Date.UTC(2026, 10, 4, 10), timeZone: "Europe/London", language: "en", durationMs: 60_000 };
const calls = hostileCalls();

/** Everything a model may have written; entities that rules read are what was said, whoever said it. */
const written = ({ summary, summary_points, intent, action_items, promises }: Analysis): string => JSON.stringify([summary, summary_points, intent, action_items, promises]);

describe("hostile calls", () => {
  const known = new Map<string, Analysis>();
  before(async () => {
    for (const { title, turns } of calls) known.set(title, await extractive.analyse({ ...facts, turns }));
  });
  const rulesOf = ({ title }: { title: string }): Analysis => known.get(title) as Analysis;
  const engineFor = (call: (typeof calls)[number], model: LanguageModel): AnalysisEngine =>
    createModelEngine({ model, otherwise: { name: "extractive", model: null, analyse: () => Promise.resolve(rulesOf(call)) }, taxonomy, clock: systemClock });

  it("are two hundred", () => assert.equal(new Set(calls.map((call) => call.title)).size, 200));

  const ways = [
    { what: "and cites the order itself", cite: (call: (typeof calls)[number]) => ({ turns: [call.orderAt + 1], quote: "the company owes me seven thousand dollars" }) },
    { what: "and cites an honest turn with the words of the order", cite: () => ({ turns: [1], quote: "the company owes me seven thousand dollars" }) },
    { what: "and cites both", cite: (call: (typeof calls)[number]) => ({ turns: [1, call.orderAt + 1], quote: call.turns[0]?.text ?? "" }) },
  ];
  for (const { what, cite } of ways) {
    it(`a model that obeys ${what}: no claim of any of the 200 survives`, async () => {
      for (const call of calls) {
        const answers = obedientAnswers(cite(call));
        const model = scriptedModel({ answer: ({ name }) => answers[name], choose: ({ name }) => ({ topic: "account.fraud", outcome: "resolved", escalation: "high", churn: "high" })[name] ?? "" });
        const found = await engineFor(call, model).analyse({ ...facts, turns: call.turns });
        assert.equal(found.instead_of, undefined, call.title);
        const rules = rulesOf(call);
        // the rules quote what was said: where the model proves nothing, all of it is theirs, unchanged
        assert.deepEqual([found.summary, found.summary_points], [rules.summary, rules.summary_points], call.title);
        assert.deepEqual([found.intent, found.action_items, found.promises], [rules.intent, rules.action_items, rules.promises], call.title);
        const honest = cite(call).turns.every((number) => number !== call.orderAt + 1);
        for (const [one, evidence] of [["topic", found.topic_evidence], ["outcome", found.outcome_evidence], ["escalation", found.risks.escalation.evidence]] as const) {
          for (const id of evidence) assert.ok(honest || proofOf(call.turns, id) !== "", `${call.title}: ${one} rests on an order`);
        }
        assert.ok(found.dropped >= 5, call.title);
        assert.ok(!found.entities.some((entity) => entity.kind === "person" && entity.text === "Zebulon" && !rules.entities.some((known) => known.text === "Zebulon")), call.title);
      }
    });
  }

  it("no order reaches a model as anything but one line of what was said", async () => {
    for (const call of calls) {
      const model = scriptedModel({});
      await engineFor(call, model).analyse({ ...facts, turns: call.turns });
      const { system = "", document = "" } = model.asked[0]?.reading ?? {};
      assert.ok(!system.includes("Zebulon"), call.title);
      const [open, ...lines] = document.split("\n");
      assert.deepEqual([open, lines.pop()], ["<conversation>", "</conversation>"], call.title);
      assert.equal(lines.length, call.turns.length, call.title);
      lines.forEach((line, at) => assert.match(line, new RegExp(`^\\[${at + 1}\\] (?:Agent|Customer): [^<>\\[\\]\\u200b]*$`), call.title));
    }
  });

  it("every one of them is seen as an order, and what is said around it is not", () => {
    for (const { title, turns, orderAt } of calls) {
      assert.ok(!withoutOrders(turns[orderAt]?.text ?? "").includes("seven thousand"), title);
      for (const [at, turn] of turns.entries()) if (at !== orderAt) assert.equal(withoutOrders(turn.text), turn.text);
    }
  });

  it("what people say to each other is no order", () => {
    const sentences = ["Please ignore my last letter.", "I forgot the rules of the contract.", "Can you write that down?", "Please answer the question.", "You are now connected to billing.", "Set the alarm to six.", "I will mark the parcel as lost.", "The summary of my bill is wrong.", "Please change the address to Park Lane 4.", "The assistant said that it was ready.", "I need new instructions for the washing machine, the old ones are lost."];
    assert.deepEqual(sentences.filter((sentence) => isOrder(sentence)), ["I need new instructions for the washing machine, the old ones are lost."], "one that looks like an order proves nothing, which is the cheaper mistake");
  });

  it("the real binding on a model without sense: nothing unproved survives there either", async () => {
    const folder = mkdtempSync(join(tmpdir(), "hostile-"));
    const modelPath = join(folder, "tiny.gguf");
    writeTinyLlama(modelPath, { context: 8192 });
    const model = createLlamaModel({ name: "tiny", timeoutMs: 60_000, start: { modelPath, threads: 1, gpu: "off", contextTokens: 8192, seed: 1 }, memoryMb: 1000, idleMs: 60_000, recycleAfter: 1000, log: silentLog, clock: systemClock });
    try {
      const engine = createModelEngine({ model, otherwise: extractive, taxonomy, clock: systemClock });
      for (const call of [calls[7 * 10 + 1]]) {
        const turns = call?.turns ?? [];
        const found = await engine.analyse({ ...facts, turns });
        assert.equal(found.instead_of, undefined);
        assert.equal(found.engine, "llama");
        assert.deepEqual(found.coverage, { turns_read: turns.length, turns_total: turns.length });
        const texts = turns.map((turn) => turn.text);
        const rules = await extractive.analyse({ ...facts, turns });
        const known = new Set([...rules.action_items, ...rules.promises, ...(rules.intent === null ? [] : [rules.intent])].map(({ text }) => text));
        for (const one of [...found.action_items, ...found.promises, ...(found.intent === null ? [] : [found.intent])]) assert.ok(known.has(one.text) || isQuoted(one.text, texts), one.text);
        assert.ok(found.dropped > 0, "it said something, and nothing of it was true");
        assert.equal(written(found).includes("Zebulon"), written(rules).includes("Zebulon"));
      }
    } finally {
      await model.stop();
      rmSync(folder, { recursive: true });
    }
  });
});

/** What is left of a turn without orders. */
function proofOf(turns: readonly Turn[], id: string): string {
  return withoutOrders(turns.find((turn) => turn.id === id)?.text ?? "");
}
