// Scorecards: answers by conditions and by a language model, the score of them, and how machine and people agree.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { agreementOf, createExtractiveEngine, evaluateRules, fillScorecards, loadRules, loadScorecards, loadTaxonomy, parseScorecards, scoreOf, type Answered, type AnswerPair, type LanguageModel, type SessionFacts } from "../../app/analysis/index.ts";
import { ANSWERS, AppError, NOT_LOOKED_FOR, type ScoreAnswer, type Speaker, type Turn } from "../../app/domain/index.ts";
import { installationRoot } from "../../app/platform/index.ts";
import { fakeModel } from "../support/fake-model.ts";

const root = installationRoot();
const turnsOf = (said: readonly (readonly [Speaker, string, number?])[]): Turn[] => said.map(([speaker, text, confidence], at) => ({ id: `t${at + 1}`, speaker, startMs: at * 5000, endMs: at * 5000 + 4000, text, confidence: confidence ?? 0.9 }));
const quiet: SessionFacts["analysis"] = { ...NOT_LOOKED_FOR, sentiment: { overall: null, customer_start: null, customer_end: null, trend: "unknown" }, turn_sentiment: {}, outcome: "unknown", outcome_evidence: [], reason: null, topic_evidence: [], coverage: { turns_read: 2, turns_total: 2 } };
const facts = (turns: Turn[], more: Partial<SessionFacts> = {}): SessionFacts => ({ turns, language: "en", channel: "phone", direction: "inbound", queue: null, agent: { id: null, name: null }, durationMs: 60_000, truncated: false, metrics: null, analysis: quiet, ...more });
const CALL = turnsOf([["agent", "Good morning, how can I help?"], ["customer", "My parcel is late and I am very upset."], ["agent", "Oh dear, that must be annoying. It comes on Monday."]]);

const card = (questions: string, more = ""): ReturnType<typeof parseScorecards> => parseScorecards(`version: 1\nscorecards:\n  c: {label: C, version: 1${more}, questions: {${questions}}}`, "test.yaml");
async function answers(questions: string, session = facts(CALL), model?: LanguageModel): Promise<Record<string, ScoreAnswer>> {
  const [filled] = await fillScorecards(card(questions), session, model);
  return Object.fromEntries((filled?.answers ?? []).map((one) => [one.question, one]));
}

describe("rules and scorecards that ship", () => {
  interface Expected { categories: Record<string, string[]>; score?: number | null; answers?: Record<string, [string, string | null]> }
  const golden = JSON.parse(readFileSync(join(root, "test/fixtures/rules/golden.json"), "utf8")) as Record<string, Expected>;
  const engine = createExtractiveEngine({ taxonomy: loadTaxonomy(join(root, "config/taxonomy.yaml")), companyNames: ["Northwind"] });
  const rules = loadRules(join(root, "config/rules.yaml"));
  const cards = loadScorecards(join(root, "config/scorecards.yaml"));

  for (const [name, expected] of Object.entries(golden)) {
    it(`${name}: the categories, and each answer with its quoted words`, async () => {
      const fixture = JSON.parse(readFileSync(join(root, `test/fixtures/analysis/${name}.json`), "utf8")) as { language?: string; turns: [Speaker, string, number?][] };
      const turns = turnsOf(fixture.turns);
      const language = fixture.language ?? "en";
      const durationMs = turns.length * 5000;
      const analysis = await engine.analyse({ turns, startedAtMs: Date.UTC(2026, 10, 3), timeZone: "UTC", language, durationMs });
      const session = facts(turns, { language, direction: name.includes("outbound") ? "outbound" : "inbound", durationMs, analysis });
      const found = await evaluateRules(rules, session);
      const [filled] = await fillScorecards(cards, session);
      const quoted = ({ quote }: ScoreAnswer): string | null => turns.find((turn) => turn.id === quote?.messageId)?.text.slice(quote?.from, quote?.to) ?? null;
      assert.deepEqual(
        { categories: Object.fromEntries(found.flatMap((one) => (one.state === "matched" ? [[one.rule, one.evidence]] : []))), ...(filled === undefined ? {} : { score: scoreOf(filled.answers).score, answers: Object.fromEntries(filled.answers.map((one) => [one.question, [one.answer ?? one.because, quoted(one)]])) }) },
        expected,
      );
    });
  }
  it("no rule that ships raises an alert", () => assert.deepEqual(rules.rules.filter((rule) => rule.alert !== undefined), []));
});

describe("scorecards: the file", () => {
  it("every mistake is named with its path", () => {
    try {
      card("a: {text: A}, b: {text: B, kind: scale, yes_when: {channel: phone}}, c: {text: C, levels: [{answer: 6, when: {channel: phone}}]}, d: {text: D, weight: heavy, ask: x}", ", applies: {chanel: phone}");
      assert.fail("it was accepted");
    } catch (error) {
      assert.ok(error instanceof AppError && error.code === "CONFIG_INVALID", String(error));
      for (const path of ["c.applies:", "c.questions.a: expected what answers", "c.questions.b: expected levels instead", "c.questions.c.levels.0.answer:", "c.questions.d.weight: expected a weight"]) assert.match(error.message, new RegExp(`scorecards\\.${path.replaceAll(".", "\\.")}`));
    }
  });
});

describe("scorecards: answers by conditions", () => {
  it("yes with the words as they stand in the turn, no without, not answered when it cannot be known", async () => {
    const found = await answers("yes: {text: Y, yes_when: {said: {words: good morning, by: agent}}}, no: {text: N, yes_when: {said: {words: goodbye}}}, open: {text: O, yes_when: {outcome: resolved}}");
    assert.deepEqual([found["yes"]?.answer, found["yes"]?.quote, found["yes"]?.confidence], ["yes", { messageId: "t1", from: 0, to: 12 }, 0.9]);
    assert.deepEqual([found["no"]?.answer, found["no"]?.quote, found["no"]?.confidence], ["no", null, 1]);
    assert.deepEqual([found["open"]?.answer, found["open"]?.because], [null, "outcome_unknown"]);
  });
  it("a question that does not apply is not asked, and a card that does not apply is not there", async () => {
    assert.equal((await answers("q: {text: Q, not_applicable_when: {direction: inbound}, yes_when: {said: {words: x}}}"))["q"]?.answer, "not_applicable");
    for (const condition of ["{channel: email}", "{queue: sales}"]) assert.deepEqual(await fillScorecards(card("q: {text: Q, yes_when: {channel: phone}}", `, applies: ${condition}`), facts(CALL)), [], condition);
  });
  it("a scale takes the best level that holds; a level that cannot be known leaves it open", async () => {
    const scale = (five: string): string => `q: {text: Q, kind: scale, otherwise: 2, levels: [{answer: 3, when: {said: {words: annoying}}}, {answer: 5, when: ${five}}]}`;
    assert.equal((await answers(scale("{said: {words: monday}}")))["q"]?.answer, "5");
    assert.equal((await answers(scale("{said: {words: tuesday}}")))["q"]?.answer, "3");
    assert.equal((await answers(scale("{said: {words: tuesday}}").replace("annoying", "sorry")))["q"]?.answer, "2");
    assert.equal((await answers(scale("{queue: sales}")))["q"]?.because, "queue_unknown");
  });
  it("what was heard badly is not held against anybody", async () => {
    const mumbled = CALL.map((turn) => ({ ...turn, confidence: 0.2 }));
    assert.deepEqual((await answers("q: {text: Q, yes_when: {said: {words: goodbye, by: agent}}}", facts(mumbled)))["q"]?.because, "heard_badly");
  });
});

describe("scorecards: answers by a language model", () => {
  const asked = "q: {text: Does the agent show understanding?, ask: Yes when so., yes_when: {said: {words: understand, by: agent}}}, only: {text: Is it polite?, kind: scale, ask: Judge.}";
  const says = (line: number, quote: string): unknown => ({ line, quote });

  it("counts with a line that was said: the place of the words, the probability as confidence", async () => {
    const model = fakeModel([{ value: "yes", probabilities: { yes: 0.8 } }, { value: "4", probabilities: {} }], [says(3, "that must be ANNOYING"), says(1, "how can I help")]);
    const found = await answers(asked, facts(CALL), model);
    assert.deepEqual([found["q"]?.answer, found["q"]?.quote, found["q"]?.confidence, found["q"]?.by], ["yes", { messageId: "t3", from: 9, to: 30 }, 0.8, "llama:fake scorecard-1"]);
    assert.deepEqual([found["only"]?.answer, found["only"]?.confidence], ["4", null]);
    assert.equal(model.asked, 2, "one choice and one quote, each for all questions");
  });
  it("a quote under the wrong number is found where it was said", async () => {
    assert.equal((await answers(asked, facts(CALL), fakeModel([{ value: "yes", probabilities: {} }, { value: "1", probabilities: {} }], [says(99, "very upset"), says(1, "Good morning")])))["q"]?.quote?.messageId, "t2");
  });
  it("without a line that was said it is no answer: invented, empty, one word, malformed, no option; conditions answer where there are any", async () => {
    for (const bad of [says(1, "I am so sorry for your trouble"), says(1, ""), says(3, "must"), { line: "one" }, null]) {
      const found = await answers(asked, facts(CALL), fakeModel([{ value: "yes", probabilities: {} }, { value: "5", probabilities: {} }], [bad, bad]));
      assert.deepEqual([found["q"]?.answer, found["q"]?.by, found["only"]?.answer, found["only"]?.because], ["no", "rule", null, "no_quote"], JSON.stringify(bad));
    }
    assert.equal((await answers(asked, facts(CALL), fakeModel([{ value: "yes", probabilities: {} }, { value: "yes", probabilities: {} }], [says(1, "Good morning"), says(1, "Good morning")])))["only"]?.because, "no_quote");
  });
  it("a model that breaks down, or cannot read all of it, fails nothing; without one that is said", async () => {
    const broken = { ...fakeModel([], []), choose: async () => Promise.reject(new AppError("ANALYSIS_FAILED", "broken")) };
    assert.deepEqual([(await answers(asked, facts(CALL), broken))["only"]?.because, (await answers(asked, facts(CALL), { ...fakeModel([], []), contextTokens: 200 }))["only"]?.because, (await answers(asked))["only"]?.because], ["model_failed", "too_long", "no_model"]);
    assert.equal((await answers(asked, facts(CALL), broken))["q"]?.answer, "no");
  });
  it("stops when it is called off", async () => {
    const stop = new AbortController();
    const model = { ...fakeModel([], []), choose: async () => (stop.abort(new Error("enough")), Promise.reject(new Error("enough"))) };
    await assert.rejects(fillScorecards(card(asked), facts(CALL), model, stop.signal), /enough/);
  });
});

describe("scorecards: the score", () => {
  const one = (answer: Answered["answer"], weight = 1, autoFail = false): Answered => ({ question: `q${weight}`, weight, autoFail, answer });
  it("is the weighted share of what was answered; what does not apply leaves both sums", () => {
    assert.deepEqual(scoreOf([one("yes", 3), one("no", 1)]), { score: 0.75, coverage: 1, autoFailed: [] });
    assert.deepEqual(scoreOf([one("yes", 3), one("not_applicable", 9), one(null, 1)]), { score: 1, coverage: 0.75, autoFailed: [] });
    assert.deepEqual(["1", "2", "3", "4", "5"].map((answer) => scoreOf([one(answer as "1")]).score), [0, 0.25, 0.5, 0.75, 1]);
  });
  it("nothing answered is no score, and nothing that applies is covered", () => {
    assert.deepEqual(scoreOf([one(null)]), { score: null, coverage: 0, autoFailed: [] });
    assert.deepEqual(scoreOf([one("not_applicable")]), { score: null, coverage: 1, autoFailed: [] });
  });
  it("a failed auto-fail question makes it 0, whatever the others say and however little it weighs", () => {
    assert.deepEqual(scoreOf([one("yes", 99), one("no", 0, true)]), { score: 0, coverage: 1, autoFailed: ["q0"] });
    assert.deepEqual(scoreOf([one("yes", 1), one(null, 2, true)]).autoFailed, []);
  });
  it("lies between 0 and 1, and a better answer never lowers it", () => {
    const answered = fc.array(fc.record({ question: fc.constant("q"), weight: fc.integer({ min: 0, max: 9 }), autoFail: fc.boolean(), answer: fc.option(fc.constantFrom(...ANSWERS)) }), { minLength: 1, maxLength: 8 });
    fc.assert(fc.property(answered, fc.nat(7), (list, at) => {
      const { score, coverage } = scoreOf(list);
      assert.ok((score === null || (score >= 0 && score <= 1)) && coverage >= 0 && coverage <= 1);
      const better = list.map((answer, i) => (i === at && answer.answer !== null && answer.answer !== "not_applicable" ? { ...answer, answer: "yes" as const } : answer));
      assert.ok((scoreOf(better).score ?? 0) >= (score ?? 0));
    }));
  });
});

describe("scorecards: agreement", () => {
  it("is Cohen's kappa of the published example: 20 and 15 of 50 agreed, kappa 0.4", () => {
    const pairs: AnswerPair[] = [{ machine: "yes", person: "yes", n: 20 }, { machine: "yes", person: "no", n: 5 }, { machine: "no", person: "yes", n: 10 }, { machine: "no", person: "no", n: 15 }];
    assert.deepEqual(agreementOf(pairs), { n: 50, agreed: 35, share: 0.7, kappa: 0.4, unanswered: 0 });
  });
  it("no kappa where there is nothing beyond chance; what the machine did not answer is counted apart", () => {
    assert.deepEqual(agreementOf([{ machine: "yes", person: "yes", n: 9 }, { machine: null, person: "no", n: 2 }]), { n: 9, agreed: 9, share: 1, kappa: null, unanswered: 2 });
    assert.deepEqual(agreementOf([]), { n: 0, agreed: 0, share: null, kappa: null, unanswered: 0 });
  });
});
