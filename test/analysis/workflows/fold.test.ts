// The fold over a conversation, values against their rules, and what a language model may add.
import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { addProposals, canonicalJson, checkProposals, contentOf, createFormFolder, createMessageReader, digestOf, foldForm, loadWorkflows, missingSlots, modelSlotReader, prepareWorkflow, type SaidMessage } from "../../../app/analysis/index.ts";
import type { LanguageModel, Question, Reading } from "../../../app/analysis/models/language-model.ts";
import { isIban } from "../../../app/analysis/workflows/values/codes.ts";
import { checkValue } from "../../../app/analysis/workflows/values/read-values.ts";
import { installationRoot } from "../../../app/platform/index.ts";

const site = { country: "GB", timeZone: "Europe/London" };
const workflows = new Map(loadWorkflows(join(installationRoot(), "config", "workflows")).map((one) => [one.name, prepareWorkflow(one)]));
const workflow = (name: string) => workflows.get(name) ?? assert.fail(name);
const begin = Date.parse("2026-11-03T10:00:00Z");
const said = (lines: [SaidMessage["speaker"], string][]): SaidMessage[] => lines.map(([speaker, text], at) => ({ id: `m${at}`, speaker, text, atMs: begin + at * 20_000 }));

/** Sentences that begin, ask, answer, correct, confirm and get in the way. */
const SAID: [SaidMessage["speaker"], string][] = [
  ["customer", "I want to return my order, it arrived broken"], ["agent", "What is your order number?"], ["customer", "48213"], ["customer", "sorry, it's 48214"], ["agent", "Is that order number 48214?"], ["customer", "yes"], ["customer", "no"],
  ["bot", "Would you like a refund, an exchange or a replacement?"], ["customer", "a refund please"], ["customer", "actually an exchange"], ["agent", "When did you buy it?"], ["customer", "last Tuesday"], ["customer", "no, the second of October"], ["customer", "I don't know"], ["agent", "Anything else?"], ["customer", "DE89 3704 0044 0532 0130 00"],
];

describe("workflows: the fold", () => {
  it("arrivals in any order, folded after each of them, end with the same form", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(SAID.length - 1), { minLength: 1, maxLength: 14 }), fc.infiniteStream(fc.nat()), fc.constantFrom([], ["returns.damaged"]), fc.constantFrom("returns", "appointment", "complaint"), (picks, dice, reasons, name) => {
        const all = said(picks.map((at) => SAID[at] ?? ["customer", ""]));
        const whole = foldForm(workflow(name), { messages: all, reasons: name === "returns" ? reasons : reasons.map(() => `${name}.book`) }, createMessageReader(site));
        const folder = createFormFolder(createMessageReader(site));
        const arrived: SaidMessage[] = [];
        let last: ReturnType<typeof foldForm>;
        for (const message of [...all].map((one) => ({ one, at: dice.next().value ?? 0 })).sort((a, b) => a.at - b.at).map(({ one }) => one)) {
          arrived.push(message);
          const sofar = [...arrived].sort((a, b) => a.atMs - b.atMs);
          last = folder.open("cnv", sofar)(workflow(name), { reasons: name === "returns" ? reasons : reasons.map(() => `${name}.book`) });
          assert.deepEqual(last, foldForm(workflow(name), { messages: sofar, reasons: name === "returns" ? reasons : reasons.map(() => `${name}.book`) }, createMessageReader(site)), "going on is as good as folding whole");
        }
        assert.deepEqual(last, whole);
      }),
      { numRuns: 60 },
    );
  });

  it("every value has evidence among the messages, and nothing is both missing and sure", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(SAID.length - 1), { maxLength: 14 }), (picks) => {
        const all = said(picks.map((at) => SAID[at] ?? ["customer", ""]));
        const form = foldForm(workflow("returns"), { messages: all, reasons: ["returns.damaged"] }, createMessageReader(site));
        assert.ok(form, "the reason alone begins it");
        for (const [name, slot] of Object.entries(form.slots)) {
          assert.ok(slot.evidence.length > 0 && slot.evidence.every((id) => all.some((one) => one.id === id)));
          assert.ok(!form.missing.includes(name) || slot.confidence < 0.5);
        }
        assert.equal(form.isComplete, form.completedBy !== null);
      }),
      { numRuns: 60 },
    );
  });

  it("any text at all is folded without an error, in time that grows with its length", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom<SaidMessage["speaker"]>("customer", "agent", "bot", "unknown", "system"), fc.string({ unit: "grapheme", maxLength: 120 })), { maxLength: 6 }), (lines) => {
        for (const one of workflows.values()) foldForm(one, { messages: said(lines), reasons: ["returns", "sales.buy", "complaint.service"] }, createMessageReader(site));
      }),
      { numRuns: 40 },
    );
    const began = performance.now();
    foldForm(workflow("address_change"), { messages: said([["customer", `i have moved ${"1 a ".repeat(5_000)}`], ["customer", "a 1 b 2 c 3 ".repeat(400)]]), reasons: [] }, createMessageReader(site));
    assert.ok(performance.now() - began < 3_000);
  });

  it("where nobody knows who speaks, values count less", () => {
    const [known, unknown] = (["customer", "unknown"] as const).map((speaker) => foldForm(workflow("returns"), { messages: said([[speaker, "I want to return order 48213"]]), reasons: [] }, createMessageReader(site)));
    assert.ok((unknown?.slots["order_number"]?.confidence ?? 1) < (known?.slots["order_number"]?.confidence ?? 0));
  });

  it("values alone complete nothing: the customer's own words, the reason, or a bot must agree", () => {
    const form = (lines: [SaidMessage["speaker"], string][], reasons: string[] = []) => foldForm(workflow("returns"), { messages: said(lines), reasons }, createMessageReader(site));
    const inPassing: [SaidMessage["speaker"], string][] = [["customer", "The speaker in your hall was damaged when order LH77201 was set up, and the venue will exchange the booking"]];
    const waiting = form(inPassing);
    assert.deepEqual([waiting?.missing, waiting?.isAgreed, waiting?.isComplete, waiting?.completedBy], [[], false, false, null]);
    assert.equal(form(inPassing, ["returns.damaged"])?.isComplete, true, "the analysis agrees");
    assert.equal(form([...inPassing, ["customer", "so I want to return it, and my order number is LH77201"]])?.isComplete, true, "the customer says so");
    assert.equal(form([...inPassing, ["agent", "So you want to return it?"]])?.isComplete, false, "the house alone does not");
  });

  it("a reason never takes back what words completed, and agreement never fills what is missing", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(SAID.length - 1), { maxLength: 14 }), (picks) => {
        const all = said(picks.map((at) => SAID[at] ?? ["customer", ""]));
        const [alone, agreed] = [[], ["returns.damaged"]].map((reasons) => foldForm(workflow("returns"), { messages: all, reasons }, createMessageReader(site)));
        assert.equal(agreed?.isAgreed, true);
        assert.equal(agreed.isComplete, agreed.missing.length === 0);
        if (alone !== undefined) assert.equal(alone.isComplete, alone.isAgreed && alone.missing.length === 0);
      }),
      { numRuns: 60 },
    );
  });

  it("what was filled before the messages that are read stands, and can be corrected", () => {
    const slots = { order_number: { value: "11111", source: "answered" as const, confidence: 0.95, quote: "11111", evidence: ["old"], atMs: begin - 1 } };
    const earlier = { begunBy: "older", isAgreed: true, slots };
    const fold = (text: string) => foldForm(workflow("returns"), { messages: said([["customer", text]]), reasons: [], earlier }, createMessageReader(site));
    assert.equal(fold("hello")?.slots["order_number"]?.value, "11111");
    assert.equal(fold("sorry, my order number is 22222")?.slots["order_number"]?.value, "22222");
  });
});

describe("workflows: values", () => {
  it("an IBAN counts with its country's length and sum; one wrong digit is always found", () => {
    for (const good of ["DE89370400440532013000", "GB29NWBK60161331926819", "NL91ABNA0417164300", "FR1420041010050500013M02606", "NO9386011117947"]) assert.ok(isIban(good), good);
    fc.assert(fc.property(fc.integer({ min: 4, max: 21 }), fc.integer({ min: 1, max: 9 }), (at, by) => {
      const good = "DE89370400440532013000";
      assert.ok(!isIban(good.slice(0, at) + String((Number(good[at]) + by) % 10) + good.slice(at + 1)));
    }));
  });

  it("values of others are brought into normal form, or refused", () => {
    const around = { country: "GB", today: "2026-11-03" };
    const check = (name: string, slot: string, raw: string | number | boolean) => checkValue(raw, workflow(name).workflow.slots[slot] ?? assert.fail(slot), around);
    assert.equal(check("appointment", "phone", "020 7946 0018"), "+442079460018");
    assert.equal(check("appointment", "phone", "12"), undefined);
    assert.equal(check("appointment", "date", "2026-11-14"), "2026-11-14");
    assert.equal(check("appointment", "date", "2026-10-14"), undefined, "an appointment lies ahead");
    assert.equal(check("appointment", "time", "14:30"), "14:30");
    assert.equal(check("appointment", "time", "29:30"), undefined);
    assert.equal(check("card_blocking", "replacement", true), "yes");
    assert.equal(check("card_blocking", "card_last_four", "4929123456781234"), undefined, "never a whole number");
    assert.equal(check("sales_lead", "team_size", 0), undefined);
    assert.equal(check("returns", "resolution", "money back"), "refund");
    assert.equal(check("returns", "order_number", "ord 4821-3"), "ORD48213");
  });

  it("equal content is equal text and digest, in whatever order it was filled", () => {
    fc.assert(fc.property(fc.dictionary(fc.string(), fc.string()), (slots) => {
      const turned = Object.fromEntries(Object.entries(slots).reverse());
      assert.equal(canonicalJson({ a: slots, b: 1 }), canonicalJson({ b: 1, a: turned }));
      assert.equal(digestOf(slots), digestOf(turned));
    }));
  });
});

/** Answers what it is told to, whatever it is asked. */
function modelThat(found: unknown[], asked: { reading?: Reading; question?: Question } = {}): LanguageModel {
  return {
    engine: "llama", name: "fake", contextTokens: 1_400, parallel: 1, seed: 1,
    countTokens: async (texts) => texts.map((text) => Math.ceil(text.length / 4)),
    async answer(reading, [question]) {
      Object.assign(asked, { reading, question });
      return [{ found }];
    },
    choose: async () => [],
    status: () => ({ state: "ready", restarts: 0 }),
    stop: async () => undefined,
  };
}

describe("workflows: what a language model may add", () => {
  const messages = said([["customer", "I want to return it, the heel came off the left one"], ["agent", "I see. The order is 99999, I think."], ["customer", "my friend wrote it down as four eight two one three I believe"]]);

  it("proposals count with words that stand in a message of the customer and say that value; all others are dropped and counted", async () => {
    const asked: { reading?: Reading; question?: Question } = {};
    const reader = modelSlotReader(modelThat([
      { slot: "order_number", value: "48213", quote: "four eight two one three", message: 3 },
      { slot: "item", value: "the left one", quote: "the heel came off the left one", message: 1 },
      { slot: "resolution", value: "refund", quote: "I want to return it", message: 1 },
      { slot: "reason", value: "damaged", quote: "it was damaged", message: 1 },
      { slot: "purchase_date", value: "2026-10-01", quote: "I want to return it", message: 1 },
      { slot: "order_number", value: "99999", quote: "The order is 99999", message: 2 },
      { slot: "colour", value: "red", quote: "the left one", message: 1 },
      { slot: "item", value: "boots", quote: "the left one", message: 9 },
      "nonsense",
    ], asked));
    const proposed = await reader.propose(workflow("returns"), messages, ["order_number", "item", "resolution", "reason", "purchase_date"]);
    const { slots, dropped } = checkProposals(workflow("returns"), messages, proposed, createMessageReader(site));
    assert.deepEqual(Object.fromEntries(Object.entries(slots).map(([name, slot]) => [name, [slot.value, slot.source, ...slot.evidence]])), { order_number: ["48213", "model", "m2"], item: ["the left one", "model", "m0"] });
    assert.equal(dropped, 5);
    assert.ok(asked.reading?.document.includes("[1] customer: I want to return it"));
    assert.ok(!asked.reading?.system.includes("heel"), "what was said is data, never instruction");
  });

  it("what patterns filled stands; what is added can complete a form", () => {
    const form = foldForm(workflow("returns"), { messages, reasons: [] }, createMessageReader(site)) ?? assert.fail("no form");
    const value = (text: string) => ({ value: text, source: "model" as const, confidence: 0.7, quote: text, evidence: ["m0"], atMs: begin });
    const slots = addProposals(form, { order_number: value("48213"), reason: value("faulty"), resolution: value("refund") });
    assert.deepEqual(missingSlots(workflow("returns").workflow, slots), []);
    assert.equal(contentOf({ workflow: "returns", slots: addProposals({ slots: { order_number: { ...value("1") } } }, { order_number: value("2") }) })["slots"]?.constructor, Object);
    assert.equal(addProposals({ slots: { order_number: value("1") } }, { order_number: value("2") })["order_number"]?.value, "1");
  });

  it("what it read stands until the customer denies it, and what completes a form is proved by its message", () => {
    const lines: [SaidMessage["speaker"], string][] = [["customer", "I want to return order 48213, it arrived broken"], ["customer", "we have had it since the second of October, give us the readies"], ["agent", "So you bought it on 2 October, is that right?"]];
    const formOf = (...more: [SaidMessage["speaker"], string][]) => {
      const all = said([...lines, ...more]);
      const reader = createMessageReader(site);
      const { slots } = checkProposals(workflow("returns"), all, [{ slot: "purchase_date", value: "2026-10-02", quote: "the second of October", message: "m1" }, { slot: "reason", value: "wrong_item", quote: "wrong item", message: "m0" }], reader);
      const cash = { value: "refund", source: "model" as const, confidence: 0.7, quote: "give us the readies", evidence: ["m1"], atMs: begin + 20_000 };
      return foldForm(workflow("returns"), { messages: all, reasons: [], proposals: { ...slots, resolution: cash } }, reader) ?? assert.fail("no form");
    };
    const form = formOf();
    assert.deepEqual([form.isComplete, form.completedBy, form.slots["purchase_date"]?.source, form.slots["reason"]?.value], [true, "m1", "model", "damaged"]);
    assert.equal(formOf(["customer", "yes"]).slots["purchase_date"]?.source, "confirmed");
    assert.equal(formOf(["customer", "no"]).slots["purchase_date"], undefined);
    assert.equal(formOf(["customer", "no"], ["agent", "When did you buy it?"], ["customer", "on the third of October"]).slots["purchase_date"]?.value, "2026-10-03");
    assert.deepEqual([formOf(["customer", "an exchange please"]).slots["resolution"]?.value, formOf(["customer", "an exchange please"]).completedBy], ["exchange", "m3"]);
  });

  it("only as many messages as fit are shown, the newest ones, whole", async () => {
    const asked: { reading?: Reading } = {};
    const long = said(Array.from({ length: 60 }, (_, at): [SaidMessage["speaker"], string] => ["customer", `message ${at} ${"word ".repeat(8)}`]));
    await modelSlotReader(modelThat([], asked)).propose(workflow("returns"), long, ["order_number"]);
    assert.ok(asked.reading?.document.includes("message 59 ") && !asked.reading.document.includes("message 0 "));
  });
});
