// node models/training/slots/train.mjs OUT [--folds [--only NAME,…]] FRAGMENTS.tsv... [phrases-….tsv...]
// Trains the small models of slots on fragments of conversations (README.md): chains of tags for spans, logistic regression for days and choices; the same numbers on every machine.
// With --folds it prints how well each does on the fragments of a writer that it was not trained with, and writes nothing.
import { readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { loadWorkflows, prepareWorkflow, createMessageReader } from "../../../dist/app/analysis/index.js";
import { weightsSchema } from "../../../dist/app/analysis/learned/weights.js";
import { readSlots } from "../../../dist/app/analysis/workflows/learned/slots-model.js";
import { tagSpans } from "../../../dist/app/analysis/workflows/learned/spans.js";
import { choiceExample, momentExamples, phraseExample, spanExample } from "./examples.mjs";
import { readFragments } from "./fragments.mjs";
import { trainChain, trainHead, predict, shortened } from "./linear.mjs";

const { values: options, positionals: [out, ...files] } = parseArgs({ allowPositionals: true, options: { folds: { type: "boolean" }, only: { type: "string" } } });

/** Common names of such things, one a line. */
const namesOf = (role) => readFileSync(join(dirname(fileURLToPath(import.meta.url)), `${role}.txt`), "utf8").split("\n").filter((line) => line.trim() !== "");
/** The role of the spans and what things of it are called, by head. */
const SPANS = Object.fromEntries(["item", "service"].map((role) => [role, { role, names: namesOf(role) }]));
/** Choices by the workflow whose fragments have them. */
const CHOICES = { reason: "returns", resolution: "returns", incident: "card_blocking", replacement: "card_blocking", desired: "complaint", request: "appointment" };
const SETTINGS = { span: { l2: 0.3, passes: 12 }, moment: { l2: 2, passes: 15 }, choice: { l2: 20, passes: 12 } };

const workflows = new Map(loadWorkflows("config/workflows").map((one) => [one.name, prepareWorkflow(one)]));
const reader = createMessageReader({ country: "GB", timeZone: "Europe/London" });
const [phraseFiles, fragmentFiles] = [true, false].map((wanted) => files.filter((file) => basename(file).startsWith("phrases") === wanted));
const fragments = fragmentFiles.flatMap((file) => readFragments(file, workflows, reader));
const phrases = phraseFiles.flatMap((file) => readFileSync(file, "utf8").split("\n").filter((line) => line.trim() !== "").map((line) => line.split("\t")));
console.error(`${fragments.length} fragments, ${phrases.length} phrases`);

const wanted = (name) => options.only === undefined || options.only.split(",").includes(name);
const writers = [...new Set(fragments.map(({ writer }) => writer))];

const makers = {
  ...Object.fromEntries(Object.entries(SPANS).map(([name, about]) => [name, { kind: "span", examples: fragments.flatMap((one) => spanExample(one, name, about, workflows)) }])),
  moment: { kind: "moment", examples: fragments.flatMap((one) => momentExamples(one, workflows)) },
  ...Object.fromEntries(Object.entries(CHOICES).map(([name, workflow]) => [name, { kind: "choice", examples: fragments.filter((one) => one.workflow === workflow).flatMap((one) => choiceExample(one, name, workflows.get(workflow))), more: phrases.filter(([label]) => label.startsWith(`${name}=`)).map(([label, text]) => phraseExample(label.slice(name.length + 1), text, name, workflows.get(workflow), reader)) }])),
};
const train = (kind, examples) => (kind === "span" ? trainChain : trainHead)(examples, SETTINGS[kind]);

if (options.folds) for (const [name, { kind, examples, more }] of Object.entries(makers)) { if (wanted(name)) report(name, kind, examples, more); }
else {
  const trained = Object.fromEntries(Object.entries(makers).map(([name, { kind, examples, more = [] }]) => [name, { ...shortened(train(kind, [...examples, ...more])), ...(kind === "span" ? { names: SPANS[name].names } : {}) }]));
  const pick = (names) => Object.fromEntries(Object.keys(names).map((name) => [name, trained[name]]));
  const text = `${JSON.stringify({ version: 2, name: basename(out, ".json"), trained_on: fragments.length, spans: pick(SPANS), moments: trained.moment, choices: pick(CHOICES) })}\n`;
  readSlots(text); // what the product would refuse is not written
  writeFileSync(out, text);
}

function report(name, kind, examples, more = []) {
  let right = 0, found = 0, labelled = 0, all = 0;
  const confusion = new Map();
  for (const writer of writers) {
    const held = examples.filter((one) => one.writer === writer);
    const rest = [...examples.filter((one) => one.writer !== writer), ...more];
    if (held.length === 0 || rest.length === more.length) continue;
    const packed = shortened(train(kind, rest));
    const model = { ...packed, weights: weightsSchema.parse(packed.weights) }; // as the product reads it
    for (const one of held) {
      if (kind === "span") {
        const got = tagSpans(model, one.features), want = one.spans;
        found += got.length; labelled += want.length;
        right += got.filter((span) => want.some((other) => span.from < other.to && span.to > other.from)).length;
      } else {
        const best = predict(model, one.features);
        all++;
        if (best === one.label) right++;
        const key = `${one.label}→${best}`;
        if (best !== one.label) confusion.set(key, (confusion.get(key) ?? 0) + 1);
      }
    }
  }
  if (kind === "span") console.log(name.padEnd(12), `found ${(right / labelled).toFixed(3)} of ${labelled}, right ${(right / found).toFixed(3)} of ${found}`);
  else console.log(name.padEnd(12), `${(right / all).toFixed(3)} of ${all}`, [...confusion].sort((a, b) => b[1] - a[1]).slice(0, 10).map(([key, n]) => `${key} ${n}`).join(", "));
}
