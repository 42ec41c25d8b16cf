// node make-data.mjs OUT [--invented N] [--varied N] [--seed S] [--taxonomies N] [--held-out]
// Writes OUT/examples.jsonl and OUT/questions.json: what the product asks a language model about conversations, and what it should answer.
// The product itself asks (its own prompts, chunks and schemas); a teacher that knows the conversation answers. Every answer has passed the product's evidence check.
import { createHash } from "node:crypto";
import { createWriteStream, mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { chanceOf } from "./chance.mjs";
import { goldOf } from "./gold.mjs";
import { invent } from "./invent.mjs";
import { createExtractiveEngine, createModelEngine, inputOf, loadTaxonomy, readAnalysisSet, root, scoreAnalysis } from "./product.mjs";
import { createTeacher } from "./teacher.mjs";
import { vary } from "./vary.mjs";

const { values: options, positionals: [out = "."] } = parseArgs({ allowPositionals: true, options: {
  invented: { type: "string", default: "2000" }, varied: { type: "string", default: "8" }, seed: { type: "string", default: "1" }, taxonomies: { type: "string", default: "12" }, "held-out": { type: "boolean", default: false },
} });
const chance = chanceOf(Number(options.seed));
mkdirSync(out, { recursive: true });
const file = createWriteStream(`${out}/examples.jsonl`);
const shipped = loadTaxonomy(`${root}/config/taxonomy.yaml`);
const extractive = createExtractiveEngine({ taxonomy: shipped, companyNames: [] });
const taxonomies = [shipped, ...Array.from({ length: Number(options.taxonomies) }, () => other(shipped))];
const questions = {};
const systems = {};
const versions = new Set();
const scores = [];
let written = 0;

/** What rules find plays no part in what is asked about invented conversations, and takes ten times as long as the rest. */
const NOTHING = {
  engine: "extractive", model: null, summary: "", summary_points: [], topic: null, reason: null, topic_evidence: [], outcome: "unknown", outcome_evidence: [], intent: null, action_items: [], promises: [],
  risks: { escalation: { level: "none", evidence: [] }, churn: { level: "none", evidence: [] } }, entities: [], sentiment: { overall: null, customer_start: null, customer_end: null, trend: "unknown" }, turn_sentiment: {},
  coverage: { turns_read: 0, turns_total: 0 }, dropped: 0,
};

// One in eight of the hand-written conversations is never trained on, in no variant: --held-out writes those alone.
const labelled = readAnalysisSet("conversations", `${root}/models/training/findings`).filter((_, at) => (at % 8 === 7) === options["held-out"]);
for (const one of labelled) {
  for (let number = 0; number <= Number(options.varied); number++) {
    const told = number === 0 ? one : vary(one, chance);
    scores.push(await learn(inputOf(told), goldOf(told), told));
  }
}
for (let number = 0; number < Number(options.invented); number++) {
  const { gold, turns, ...rest } = invent(chance);
  await learn({ ...rest, turns, durationMs: turns.at(-1).endMs }, gold);
}
await new Promise((resolve) => file.end(resolve));
writeFileSync(`${out}/questions.json`, JSON.stringify({ prompts: [...versions], systems, questions }));
const share = (of) => (scores.reduce((sum, score) => sum + of(score).right, 0) / Math.max(1, scores.reduce((sum, score) => sum + of(score).of, 0))).toFixed(3);
console.log(`${written} readings, ${Object.keys(questions).length} questions (${[...versions].join("; ")})`);
console.log(`what a student who answers like the teacher would reach: key facts ${share((s) => s.keyFacts)}, intent ${share((s) => s.intent)}, tasks ${share((s) => s.tasksFound)} found ${share((s) => s.tasksRight)} right, promises ${share((s) => s.promisesFound)}, outcome ${share((s) => s.outcome)}, reason ${share((s) => s.reason)}`);

async function learn(input, gold, told) {
  let base;
  const otherwise = { ...extractive, analyse: async (...all) => (base = gold.names === undefined ? await extractive.analyse(...all) : NOTHING) };
  const teacher = createTeacher(input.turns, gold, () => base, chance.pick([4096, 4096, 4096, 4096, 4096, 4096, 2450]));
  const fits = taxonomies.filter(({ topics }) => gold.reason === null || topics.get(gold.reason.split(".")[0])?.reasons.has(gold.reason.split(".")[1]) === true);
  const taxonomy = chance.is(0.65) || fits.length === 0 ? shipped : chance.pick(fits);
  const analysis = await createModelEngine({ model: teacher, otherwise, taxonomy, clock: { now: () => 0 } }).analyse(input);
  if (analysis.made === undefined) throw new Error(`The product did not believe the teacher: ${analysis.instead_of?.code}`);
  analysis.made.prompt.split(", ").forEach((version) => versions.add(version));
  for (const { system, document, asks } of teacher.asked) {
    file.write(`${JSON.stringify({ system: keyOf(systems, system), document, asks: asks.map(({ question, answer }) => ({ q: keyOf(questions, kept(question)), name: question.name, answer: typeof answer === "number" ? answer : JSON.stringify(answer) })) })}\n`);
    written++;
  }
  return told === undefined ? undefined : scoreAnalysis(told, analysis);
}

function keyOf(known, value) {
  const key = createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 12);
  known[key] = value;
  return key;
}

function kept({ name, instruction, schema, maxTokens, options: listed }) {
  return listed === undefined ? { name, instruction, schema, maxTokens } : { name, instruction, options: listed };
}

/** A site's own taxonomy: some of the topics and reasons, in another order, so that options are read and not learned by heart. */
function other({ topics, ...rest }) {
  const some = chance.shuffle([...topics]).slice(0, chance.between(4, topics.size));
  return { ...rest, topics: new Map(some.map(([id, topic]) => [id, { ...topic, reasons: new Map(chance.shuffle([...topic.reasons]).slice(0, chance.between(2, Math.max(2, topic.reasons.size)))) }])) };
}
