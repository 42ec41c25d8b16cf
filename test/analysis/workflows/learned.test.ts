// Trained models of slots: they choose among words that were said, and whatever they choose stays within the message and the slot.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { createFormFolder, createMessageReader, foldForm, loadSlotsModel, loadWorkflows, prepareWorkflow, type SaidMessage, type SlotsModel } from "../../../app/analysis/index.ts";
import { packWeights } from "../../../app/analysis/learned/weights.ts";
import { choiceFeatures } from "../../../app/analysis/workflows/learned/choices.ts";
import { readEncoded } from "../../../app/analysis/workflows/learned/encoded-message.ts";
import { momentFeatures } from "../../../app/analysis/workflows/learned/moments.ts";
import { readSlots } from "../../../app/analysis/workflows/learned/slots-model.ts";
import { spanFeatures, tagSpans } from "../../../app/analysis/workflows/learned/spans.ts";
import { linesOf, type Line } from "../../../app/analysis/workflows/message.ts";
import { AppError } from "../../../app/domain/index.ts";
import { installationRoot } from "../../../app/platform/index.ts";

const site = { country: "GB", timeZone: "Europe/London" };
const model = loadSlotsModel(join(installationRoot(), "models", "starter-slots", "slots.json"));
const encoderTags = (JSON.parse(readFileSync(join(installationRoot(), "models", "starter-encoder", "config.json"), "utf8")) as { tags: string[] }).tags;
const workflows = new Map(loadWorkflows(join(installationRoot(), "config", "workflows")).map((one) => [one.name, prepareWorkflow(one)]));
const workflow = (name: string) => workflows.get(name) ?? assert.fail(name);
const begin = Date.parse("2026-11-03T10:00:00Z");
const said = (lines: readonly (readonly [SaidMessage["speaker"], string])[]): SaidMessage[] => lines.map(([speaker, text], at) => ({ id: `m${at}`, speaker, text, atMs: begin + at * 20_000 }));
const fill = (name: string, reason: string, lines: readonly (readonly [SaidMessage["speaker"], string])[], learned: SlotsModel | null = model) => foldForm(workflow(name), { messages: said(lines), reasons: [reason] }, createMessageReader(site, learned ?? undefined))?.slots ?? {};
const line = (text: string): Line => linesOf(text)[0] ?? assert.fail(text);
const GROUND = { isHouse: false, isAsked: false, listed: [], after: [], before: [] };

/** What is in the file of a model that says the same of everything. */
function written(value: string, parts: Record<string, unknown> = {}): string {
  const always = { classes: [value], bias: [1], weights: packWeights({}) };
  const span = { classes: ["B", "O"], bias: [1, 0], weights: packWeights({}), moves: [[0, 0], [0, 0], [0, 0]], names: ["everything"] };
  return JSON.stringify({ version: 2, name: "stubborn", trained_on: 0, spans: { item: span, service: span }, moments: { classes: ["callback"], bias: [1], weights: packWeights({}) }, choices: Object.fromEntries(["reason", "resolution", "incident", "replacement", "desired", "request"].map((name) => [name, always])), ...parts });
}

function stubborn(value: string, parts: Record<string, unknown> = {}): SlotsModel {
  return readSlots(written(value, parts));
}

describe("trained models of slots", () => {
  it("the shipped one knows what the shipped workflows ask it, and only values that they have", () => {
    const named = [...workflows.values()].flatMap(({ slots }) => slots.flatMap(({ slot }) => (slot.learned === undefined ? [] : [{ ...slot, learned: slot.learned }])));
    assert.ok(named.length >= 8);
    for (const { type, learned, values } of named) {
      if (type === "name" || type === "organisation") assert.ok(encoderTags.includes(`B-${learned}`), learned);
      else if (type === "text") assert.ok(model.spans[learned], learned);
      else if (type === "date") assert.ok(model.moments.classes.includes(learned), learned);
      else assert.deepEqual(model.choices[learned]?.classes.filter((one) => values?.[one] === undefined && !["none", "other"].includes(one)), [], learned);
    }
  });

  it("it understands what no phrase of the workflows says", () => {
    const examples: [string, string, string, string, string][] = [
      ["returns", "returns.send_back", "reason", "does_not_fit", "The trousers you sent finish halfway up my shins and I can't breathe in them"],
      ["card_blocking", "account.card_blocking", "incident", "stolen", "Some toerag's had it away out of my gym bag while I was in the pool"],
      ["card_blocking", "account.card_blocking", "incident", "swallowed", "The hole in the wall's eaten it and won't spit it back"],
    ];
    for (const [name, reason, slot, value, text] of examples) {
      assert.equal(fill(name, reason, [["customer", text]])[slot]?.value, value, text);
      assert.notEqual(fill(name, reason, [["customer", text]], null)[slot]?.value, value, `patterns alone: ${text}`);
    }
  });

  it("what is sure takes the place of a guess, and a guess never that of what is sure", () => {
    const slots = fill("returns", "returns.damaged", [["customer", "The driver left it by the door and the rain got at the hall carpet."], ["agent", "Which item is it, please?"], ["customer", "It's the garden parasol that I want to send back."]]);
    assert.match(slots["item"]?.value ?? "", /parasol/);
  });

  it("a model that says the same of everything fills nothing but what was said, and what the slot allows", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom("customer" as const, "agent" as const, "bot" as const, "unknown" as const), fc.oneof(fc.string({ maxLength: 60 }), fc.constantFrom("Could you ring me on Thursday at ten?", "It's broken, I want a refund", "No, not the kettle", "yes please", ""))), { maxLength: 8 }), fc.constantFrom("damaged", "lost", "yes", "constructor", "nonsense"), (lines, value) => {
        const messages = said(lines);
        for (const one of workflows.values()) {
          const form = foldForm(one, { messages, reasons: ["returns", "appointment.book", "account.fraud", "complaint", "sales.buy", "account.details"] }, createMessageReader(site, stubborn(value)));
          for (const [name, filled] of Object.entries(form?.slots ?? {})) {
            const slot = one.workflow.slots[name];
            assert.ok(filled.evidence.length > 0 && filled.evidence.every((id) => messages.some((message) => message.id === id)));
            assert.ok(messages.some(({ id, text }) => filled.evidence.includes(id) && text.includes(filled.quote)), `${name}: ${filled.quote}`);
            if (slot?.type === "enum") assert.ok(Object.hasOwn(slot.values ?? {}, filled.value), filled.value);
            if (slot?.type === "boolean") assert.ok(["yes", "no"].includes(filled.value), filled.value);
          }
        }
      }),
      { numRuns: 80 },
    );
  });

  it("a chain of tags is read as the likeliest whole, and a span ends where the next begins", () => {
    const item = { classes: ["B", "I", "O"], bias: [0, 0, 0.5], weights: packWeights({ "0:red": [2, 0, 0], "0:kettl": [0, 1, 0], "0:fan": [3, 0, 0], "0:break": [0, 0, 2] }), moves: [[0, 1, 0], [0, 0, 0], [0, -9, 0], [0, -9, 0]], names: [] };
    const head = stubborn("damaged", { spans: { item } }).spans["item"] ?? assert.fail("no such spans");
    assert.deepEqual(tagSpans(head, spanFeatures(line("the red kettle fan broke"), GROUND)), [{ from: 1, to: 3 }, { from: 3, to: 4 }]);
    assert.deepEqual(tagSpans(head, []), []);
  });

  it("features never hold a number that was said, so that weights cannot give one away", () => {
    const one = line("My order 48213 came on 3 May for 89 pounds, W C 4711");
    const features = [...spanFeatures(one, GROUND).flat(), ...momentFeatures(one, { from: 4, to: 6 }, { type: "date", isHouse: false, asked: [], before: one, after: one }), ...choiceFeatures([one], { isAsked: false, says: () => [], house: [one] })];
    assert.deepEqual(features.filter((name) => /(?:48213|4711|89)/.test(name)), []);
  });

  it("what is no such file says so", () => {
    const folder = mkdtempSync(join(tmpdir(), "earshot-slots-"));
    const two = { classes: ["callback", "other"], bias: [0, 0], weights: packWeights({ "w:ring": [1, -1] }) };
    const withMoments = (part: Record<string, unknown>): string => written("damaged", { moments: { ...two, ...part } });
    assert.doesNotThrow(() => readSlots(withMoments({})));
    const damaged = {
      text: "hello",
      older: written("damaged", { version: 1 }),
      classless: withMoments({ classes: undefined }),
      short: withMoments({ bias: [0] }),
      wide: withMoments({ weights: packWeights({ "w:ring": [1] }) }),
      bytes: withMoments({ weights: { ...two.weights, hundredths: "*" } }),
      twice: withMoments({ weights: { ...two.weights, features: ["w:ring", "w:ring"] } }),
    };
    for (const [name, text] of Object.entries(damaged)) {
      writeFileSync(join(folder, name), text);
      assert.throws(() => loadSlotsModel(join(folder, name)), (error: unknown) => error instanceof AppError && error.code === "MODEL_INVALID", name);
    }
  });
});

describe("a reason that is only likely", () => {
  const lines = [["customer", "It's about that jumper"], ["agent", "Which order number?"], ["customer", "48213, and it is damaged, I would like the money"]] as const;
  const form = (likely: Record<string, number>[], reasons: string[] = []) => foldForm(workflow("returns"), { messages: said(lines), reasons, likely }, createMessageReader(site));

  it("begins a form from a quarter on, all reasons of the workflow together, and never sends it by itself", () => {
    assert.equal(form([{ "returns.damaged": 0.1, "sales.buy": 0.6 }]), undefined);
    const begun = form([{ "returns.damaged": 0.1, "returns.wrong_item": 0.16 }]) ?? assert.fail("not begun");
    assert.deepEqual([begun.slots["order_number"]?.value, begun.isAgreed, begun.isComplete], ["48213", false, false]);
    assert.equal(form([{ "returns.damaged": 0.3 }], ["returns.damaged"])?.isAgreed, true, "its own reason agrees");
  });

  it("what an encoder read counts beside the trained models: which words, which choice, which day; and a form grows the same whenever it comes", () => {
    const text = "Hello, I bought the whatsit and the doofer and one of them has packed up";
    const at = (word: string): [number, number] => [text.indexOf(word), text.indexOf(word) + word.length];
    const [message] = said([["customer", text]]);
    const encoding = JSON.stringify({ roles: { item: [[...at("doofer"), 0.97, 0]] }, choices: { reason: { none: 0, faulty: 1 } } });
    const input = { reasons: ["returns.damaged"] };
    const fold = (messages: SaidMessage[]) => foldForm(workflow("returns"), { ...input, messages }, createMessageReader(site, model));
    const read = fold([{ ...(message as SaidMessage), encoding }]);
    assert.deepEqual([read?.slots["item"]?.value, read?.slots["reason"]?.value], ["doofer", "faulty"]);
    const folder = createFormFolder(createMessageReader(site, model));
    const grow = (messages: SaidMessage[]) => folder.open("c1", messages)(workflow("returns"), input);
    assert.notDeepEqual(grow([message as SaidMessage]), read);
    assert.deepEqual(grow([{ ...(message as SaidMessage), encoding }]), read);
  });

  it("what an encoder rules out is not what a phrase says", () => {
    const [message] = said([["customer", "Hello, the lamp that I am sending back was a refund present. I want a refund"]]);
    const fold = (refund: number) => foldForm(workflow("returns"), { reasons: ["returns.damaged"], messages: [{ ...(message as SaidMessage), encoding: JSON.stringify({ roles: {}, choices: { resolution: { none: 1 - refund, refund } } }) }] }, createMessageReader(site))?.slots["resolution"]?.value;
    assert.deepEqual([fold(0.9), fold(0.001)], ["refund", undefined]);
  });

  it("what is kept of a message is read back as it was, and what is none is nothing", () => {
    const encoded = { roles: { name: [[0, 3, 0.5, 0.25]] }, choices: { reason: { none: 1 } } };
    assert.deepEqual(readEncoded(JSON.stringify(encoded)), encoded);
    for (const body of ["", "{}", "[1]", JSON.stringify({ ...encoded, roles: { name: [[0]] } })]) assert.equal(readEncoded(body), undefined);
  });
});
