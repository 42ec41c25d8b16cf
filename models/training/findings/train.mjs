// node models/training/findings/train.mjs OUT [--folds N | --by-writer] [--heads A,B] [--vectors WORDS.txt] FOLDER... [SNIPPETS.tsv...]
// Trains the small models of findings on labelled conversations: multinomial logistic regression with an L2 penalty, the same numbers on every machine.
// With --folds or --by-writer it prints how well each head does on conversations (or writers) that it was not trained with, and writes nothing.
// With --heads and without folds the other heads of OUT stay as they are.
// With --vectors (of word-vectors.py) words that mean alike share what they learned, words that no conversation said among them.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { loadTaxonomy } from "../../../dist/app/analysis/index.js";
import { readFindings, worthOf } from "../../../dist/app/analysis/learned/findings-model.js";
import { endingFeatures, matterFeatures, sentenceFeatures } from "../../../dist/app/analysis/learned/features.js";
import { moodFeatures, trendFeatures } from "../../../dist/app/analysis/learned/mood-features.js";
import { taskFeatures } from "../../../dist/app/analysis/learned/task-features.js";
import { packWeights } from "../../../dist/app/analysis/learned/weights.js";
import { moodOf, readSentiment } from "../../../dist/app/analysis/facts/sentiment.js";
import { decideOutcome } from "../../../dist/app/analysis/facts/outcome.js";
import { isCourtesy } from "../../../dist/app/analysis/extractive-engine.js";
import { readSignals } from "../../../dist/app/analysis/facts/signals.js";
import { findTopic } from "../../../dist/app/analysis/facts/topic.js";
import { createPacer } from "../../../dist/app/analysis/pacer.js";
import { says } from "../../../dist/test/eval/analysis/set.js";
import { contentStems, readConversation, readPlain } from "../../../dist/app/analysis/text/conversation.js";

const { values: options, positionals: [out, ...folders] } = parseArgs({ allowPositionals: true, options: { folds: { type: "string" }, "by-writer": { type: "boolean" }, heads: { type: "string" }, l2: { type: "string" }, weight: { type: "string" }, vectors: { type: "string" } } });
const taxonomy = loadTaxonomy("config/taxonomy.yaml");

/** Penalty, smallest count of a feature, what a snippet counts against a whole conversation, how much reasons of one topic learn together, and how much words of one meaning do, per head; found by cross-validation on the training conversations. */
const SETTINGS = { important: { l2: 3, min: 4 }, intent: { l2: 3, min: 4 }, outcome: { l2: 1, min: 2, scale: 10, snippets: 0.2 }, reason: { l2: 4, min: 2, scale: 10, snippets: 0.4, siblings: 1, meaning: 0.5 }, mood: { l2: 10, min: 2 }, trend: { l2: 8, min: 2 }, task: { l2: 6, min: 3 } };

/** A weight below this says nothing. */
const LEAST = 0.1;

/** What a careful reader could also have said counts this much of the whole. */
const ALSO = 0.3;

/** Snippets by the writer of a set of conversations: a writer who is held out is held out with them. */
const OWN_SNIPPETS = { d: "openings-4" };

/** Meaning of words: unit vectors, the words in order of how often dictionaries use them; the common ones have weights even where nobody said them. */
const vectors = new Map(options.vectors === undefined ? [] : readFileSync(options.vectors, "utf8").trimEnd().split("\n").map((line) => { const [word, ...numbers] = line.split(" "); return [word, Float64Array.from(numbers, Number)]; }));
const common = new Set([...vectors.keys()].slice(0, 8000));
const dimensions = vectors.values().next().value?.length ?? 0;

const conversations = [];
for (const folder of folders.filter((path) => !path.endsWith(".tsv"))) for (const file of readdirSync(folder).filter((name) => name.endsWith(".json")).sort()) conversations.push(await read(join(folder, file)));
const snippets = { reason: [], outcome: [] };
for (const file of folders.filter((path) => path.endsWith(".tsv"))) for (const line of readFileSync(file, "utf8").split("\n").filter((one) => one !== "" && !one.startsWith("#"))) await addSnippet(basename(file, ".tsv"), line.split("\t"));
console.error(`${Object.values(snippets).reduce((sum, list) => sum + list.length, 0)} examples of snippets`);
console.error(`${conversations.length} conversations, ${conversations.reduce((sum, one) => sum + one.important.length, 0)} sentences`);

if (options.folds !== undefined || options["by-writer"]) report();
else {
  const trained = Object.fromEntries((options.heads?.split(",") ?? Object.keys(SETTINGS)).map((head) => [head, rounded(train(examplesOf(head, conversations), SETTINGS[head]))]));
  const kept = options.heads === undefined ? {} : JSON.parse(readFileSync(out, "utf8")).heads;
  const heads = Object.fromEntries(Object.keys(SETTINGS).map((head) => [head, trained[head] ?? kept[head]]));
  const text = `${JSON.stringify({ version: 4, name: basename(out, ".json"), trained_on: conversations.length, heads })}\n`;
  readFindings(text); // what the product would refuse is not written
  writeFileSync(out, text);
}

/** `reason<TAB>what a customer says first`, or `=outcome<TAB>A: … | C: …`: how a conversation ends. */
async function addSnippet(file, [label, text]) {
  const isEnding = label.startsWith("=");
  const turns = (isEnding ? text.split(" | ") : [`C: ${text}`]).map((line, at) => ({ id: `t${at}`, speaker: line.startsWith("A:") ? "agent" : "customer", text: line.slice(2).trim(), startMs: at, endMs: at, confidence: undefined }));
  const conversation = await readConversation(turns, true, createPacer());
  if (isEnding) {
    const signals = conversation.sentences.map(readSignals);
    const features = endingFeatures(conversation, signals, decideOutcome(conversation.sentences, signals)).filter((one) => !one.startsWith("sentences:") && !one.startsWith("customer:"));
    snippets.outcome.push({ features, label: label.slice(1) });
  } else {
    const features = await matterFeatures(conversation, (await findTopic(conversation.sentences, taxonomy, createPacer())).scores, createPacer());
    snippets.reason.push({ features, label, file });
  }
}

async function read(path) {
  const one = JSON.parse(readFileSync(path, "utf8"));
  const english = one.language === "en";
  const turns = one.turns.map(({ id, speaker, text, start_ms, end_ms }) => ({ id, speaker, text, startMs: start_ms, endMs: end_ms, confidence: undefined }));
  const pacer = createPacer();
  const conversation = await readConversation(turns, english, pacer);
  const signals = conversation.sentences.map(readSignals);
  const topic = await findTopic(conversation.sentences, taxonomy, pacer);
  const matter = await matterFeatures(conversation, topic.scores, pacer);
  const { labels } = one;
  const moods = conversation.sentences.map((sentence, at) => (isCourtesy(signals[at]) ? 0 : moodOf(sentence.line, sentence.speaker)));
  const byRule = decideOutcome(conversation.sentences, signals);
  const ground = { sentences: conversation.sentences, signals, moods, sentiment: readSentiment(conversation, moods).sentiment, byRule };
  const facts = labels.key_facts.map(({ all_of, turns: cited }) => ({ cited: new Set(cited), words: all_of.map((entry) => entry.split("|").map((words) => contentStems(readPlain(words).plain))) }));
  return {
    name: path,
    english,
    important: conversation.sentences.map((sentence, at) => {
      const said = new Set(sentence.stems);
      const holds = facts.some(({ cited, words }) => sentence.turnIds.some((id) => cited.has(id)) && words.some((entry) => entry.some((stems) => stems.length > 0 && stems.every((stem) => said.has(stem)))));
      return { features: sentenceFeatures(sentence, conversation.sentences[at - 1], signals, topic.support), label: holds ? "yes" : "no" };
    }),
    intent: labels.intent === null ? [] : conversation.sentences.map((sentence, at) => {
      const said = new Set(sentence.stems);
      const entries = labels.intent.about.map((entry) => entry.split("|").map((words) => contentStems(readPlain(words).plain)));
      const held = entries.filter((entry) => entry.some((stems) => stems.length > 0 && stems.every((stem) => said.has(stem)))).length;
      return { features: sentenceFeatures(sentence, conversation.sentences[at - 1], signals, topic.support), label: sentence.speaker === "customer" && held * 2 >= entries.length ? "yes" : "no" };
    }),
    outcome: [{ features: endingFeatures(conversation, signals, byRule), label: labels.outcome }],
    mood: [{ features: moodFeatures(ground), label: labels.sentiment_end }],
    trend: [{ features: trendFeatures(ground), label: labels.trend }],
    task: conversation.sentences.map((sentence, at) => ({ features: taskFeatures(sentence, conversation.sentences[at - 1], conversation.sentences[at + 1], signals), label: taskOf(sentence, labels) })),
    reason: [{ features: matter, label: labels.reason ?? "none", also: labels.also_accept }],
  };
}

/** Whose task a sentence names: half of what it is about stands in it. `!`: its owner promised it. What the agent asks of the customer is the customer's, unpromised. */
function taskOf(sentence, { action_items, promises }) {
  const party = sentence.speaker === "bot" ? "agent" : sentence.speaker;
  const named = action_items.filter(({ about }) => about.filter((words) => says(sentence.text, words)).length * 2 >= about.length);
  const own = named.find(({ owner }) => owner === party);
  if (own !== undefined) return `${own.owner}${promises.some(({ by, about }) => by === own.owner && about.join() === own.about.join()) ? "!" : ""}`;
  return named.length > 0 && party === "agent" ? named[0].owner : "no";
}

function examplesOf(head, list) {
  return [...list.filter((one) => one.english).flatMap((one) => one[head]), ...(snippets[head] ?? []).map((one) => ({ ...one, weight: SETTINGS[head].snippets }))];
}

/**
 * Every class has weights of its own and shares those of its topic; every word has weights of its own and shares those of its meaning. What is shared is added up in the end.
 * @returns {classes, bias, weights, scale}; Adam over whole passes, which converges for a convex loss and draws nothing by lot
 */
function train(examples, { l2, min, scale, siblings = 0, meaning = 0, passes = 120 }) {
  const classes = [...new Set(examples.map((one) => one.label))].sort();
  const count = new Map();
  for (const { features } of examples) for (const feature of features) count.set(feature, (count.get(feature) ?? 0) + 1);
  const names = [...count].filter(([, times]) => times >= min).map(([name]) => name).sort();
  const indexOf = new Map(names.map((name, at) => [name, at]));
  const K = classes.length, shared = meaning > 0 ? 2 * dimensions : 0, N = (names.length + shared) * K;
  const topics = classes.map((name) => name.split(".")[0]), families = siblings === 0 ? [] : [...new Set(topics)].map((topic) => topics.flatMap((one, k) => (one === topic ? [k] : [])));
  const rows = examples.map(({ features, label, also = [], weight = 1 }) => {
    const worth = worthOf(features, scale);
    const own = features.flatMap((feature) => indexOf.get(feature) ?? []), meant = shared > 0 ? meaningOf(features) : [];
    const accepted = also.filter((one) => classes.includes(one));
    const target = classes.map((one) => (accepted.length === 0 ? (one === label ? 1 : 0) : (one === label ? 1 - ALSO : 0) + accepted.filter((each) => each === one).length * (ALSO / accepted.length)));
    return { weight, target, at: Int32Array.from([...own, ...meant.map((_, n) => names.length + n)]), size: Float64Array.from([...own.map(() => worth), ...meant.map((value) => worth * meaning * value)]) };
  });
  const values = new Float64Array(N + K), slope = new Float64Array(N + K), mean = new Float64Array(N + K), spread = new Float64Array(N + K), errors = new Float64Array(K);
  for (let pass = 1; pass <= passes; pass++) {
    slope.fill(0);
    for (const { at, size, target, weight } of rows) {
      for (let k = 0; k < K; k++) errors[k] = values[N + k];
      for (let n = 0; n < at.length; n++) for (let k = 0, from = at[n] * K; k < K; k++) errors[k] += size[n] * values[from + k];
      const most = Math.max(...errors); let total = 0;
      for (let k = 0; k < K; k++) { errors[k] = Math.exp(errors[k] - most); total += errors[k]; }
      for (let k = 0; k < K; k++) { errors[k] = weight * (errors[k] / total - target[k]); slope[N + k] += errors[k]; }
      for (let n = 0; n < at.length; n++) for (let k = 0, from = at[n] * K; k < K; k++) slope[from + k] += size[n] * errors[k];
    }
    penalise(values, slope, { l2, K, N, siblings, families });
    const step = 0.06 * (1 - (0.9 * pass) / passes), early = 1 - 0.9 ** pass, late = 1 - 0.99 ** pass;
    for (let at = 0; at < N + K; at++) {
      mean[at] = 0.9 * mean[at] + 0.1 * slope[at]; spread[at] = 0.99 * spread[at] + 0.01 * slope[at] * slope[at];
      values[at] -= (step * (mean[at] / early)) / (Math.sqrt(spread[at] / late) + 1e-6);
    }
  }
  const weights = new Map(names.map((name, at) => [name, [...values.subarray(at * K, at * K + K)]]));
  if (shared > 0) for (const [word, vector] of vectors) for (const [part, prefix] of ["w:", "o:"].entries()) {
    const name = prefix + word;
    if (!count.has(name) && (prefix === "o:" || !common.has(word))) continue;
    const row = weights.get(name) ?? new Array(K).fill(0);
    for (let n = 0; n < dimensions; n++) for (let k = 0, from = (names.length + part * dimensions + n) * K; k < K; k++) row[k] += meaning * vector[n] * values[from + k];
    weights.set(name, row);
  }
  return { classes, bias: [...values.subarray(N)], ...(scale === undefined ? {} : { scale }), weights: Object.fromEntries(weights) };
}

/** Slope of the penalty: weights of one topic that point the same way cost less, as if each were the sum of its own and of its topic's. */
function penalise(values, slope, { l2, K, N, siblings, families }) {
  for (let at = 0; at < N; at++) slope[at] += l2 * values[at];
  for (const family of families) {
    const share = siblings / (1 + siblings * family.length);
    for (let from = 0; from < N; from += K) {
      let sum = 0;
      for (const k of family) sum += values[from + k];
      for (const k of family) slope[from + k] -= l2 * share * sum;
    }
  }
}

/** What all words mean together, and what the customer's first ones do. */
function meaningOf(features) {
  const sum = new Float64Array(2 * dimensions);
  for (const feature of features) {
    const part = feature.startsWith("w:") ? 0 : feature.startsWith("o:") ? 1 : undefined;
    const vector = part === undefined ? undefined : vectors.get(feature.slice(2));
    if (vector !== undefined) for (let n = 0; n < dimensions; n++) sum[part * dimensions + n] += vector[n];
  }
  return [...sum];
}

/** Two digits, and nothing that is too small to tell: as sure as the whole at half of its size. Packed as in the file. */
function rounded({ classes, bias, weights, scale }) {
  const short = (value) => Math.round(value * 100) / 100;
  const rows = Object.entries(weights).filter(([, row]) => row.some((value) => Math.abs(value) >= LEAST));
  return { classes, bias: bias.map(short), ...(scale === undefined ? {} : { scale }), weights: packWeights(Object.fromEntries(rows.map(([name, row]) => [name, row.map((value) => (Math.abs(value) < LEAST / 2 ? 0 : classes.length > 12 ? Math.round(value * 10) / 10 : short(value)))]))) };
}

function predict(model, features) {
  const scores = [...model.bias], worth = worthOf(features, model.scale);
  for (const feature of features) { const row = model.weights[feature]; if (row) for (const [k, w] of row.entries()) scores[k] += worth * w; }
  return scores;
}

function report() {
  if (options.weight !== undefined) for (const head of Object.values(SETTINGS)) head.snippets = Number(options.weight);
  const random = mulberry(7);
  const shuffled = conversations.map((one) => ({ one, key: random() })).sort((a, b) => a.key - b.key).map(({ one }) => one);
  const parts = options["by-writer"] ? [...new Set(shuffled.map(writerOf))].sort().map((writer) => (one) => writerOf(one) === writer) : Array.from({ length: Number(options.folds) }, (_, fold) => (_one, at) => at % Number(options.folds) === fold);
  for (const head of options.heads?.split(",") ?? Object.keys(SETTINGS)) for (const l2 of (options.l2?.split(",").map(Number) ?? [SETTINGS[head].l2])) {
    let right = 0, all = 0, topics = 0; const ranks = []; const byClass = new Map();
    for (const isHeld of parts) {
      const held = shuffled.filter(isHeld), kept = shuffled.filter((one, at) => !isHeld(one, at));
      const sameWriter = options["by-writer"] ? OWN_SNIPPETS[writerOf(held[0])] : undefined;
      const model = train(examplesOf(head, kept).filter(({ file }) => file === undefined || file !== sameWriter), { ...SETTINGS[head], l2 });
      for (const one of held.filter((each) => each.english)) {
        if (head === "task") for (const { features, label } of one.task) { const s = predict(model, features); const best = model.classes[s.indexOf(Math.max(...s))]; if (label !== "no" || best !== "no") { all++; if (label === best) right++; } }
        else if (head === "important" || head === "intent") {
          const yes = model.classes.indexOf("yes"), no = model.classes.indexOf("no");
          const scored = one[head].map(({ features, label }) => { const s = predict(model, features); return { score: s[yes] - s[no], label }; }).sort((a, b) => b.score - a.score);
          const important = scored.filter((each) => each.label === "yes").length;
          if (important > 0) if (head === "intent") ranks.push(scored[0].label === "yes" ? 1 : 0); else ranks.push(scored.slice(0, head === "intent" ? 1 : Math.max(3, Math.min(8, Math.ceil(scored.length * 0.35)))).filter((each) => each.label === "yes").length / important);
        } else for (const { features, label, also = [] } of one[head]) {
          const scores = predict(model, features); const best = model.classes[scores.indexOf(Math.max(...scores))];
          all++; if (best === label || also.includes(best)) right++;
          if (head === "reason" && [label, ...also].some((each) => each.split(".")[0] === best.split(".")[0])) topics++;
          const key = `${label}→${best}`; byClass.set(key, (byClass.get(key) ?? 0) + 1);
        }
      }
    }
    console.log(head, `l2 ${l2.toFixed(2)}`, head === "important" || head === "intent" ? `recall of important sentences among the best ${(ranks.reduce((s, r) => s + r, 0) / ranks.length).toFixed(3)}` : `${(right / all).toFixed(3)} (${right} of ${all})${head === "reason" ? `, topic ${(topics / all).toFixed(3)}` : ""}`);
    if (head === "outcome" && l2 === SETTINGS[head].l2) console.log("  ", [...byClass].sort((a, b) => b[1] - a[1]).slice(0, 12).map(([k, n]) => `${k} ${n}`).join(", "));
  }
}

/** `b` of b-phone-01-…; the first set has no letter. */
function writerOf({ name }) {
  return /^([b-e])-/.exec(basename(name))?.[1] ?? "a";
}

function mulberry(seed) {
  let state = seed >>> 0;
  return () => { state = (state + 0x6d2b79f5) >>> 0; let mixed = Math.imul(state ^ (state >>> 15), state | 1); mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed; return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32; };
}
