// node models/training/findings/train.mjs OUT [--folds N] FOLDER... [SNIPPETS.tsv...]
// Trains the small models of findings on labelled conversations: multinomial logistic regression with an L2 penalty, the same numbers on every machine.
// With --folds it prints how well each head does on conversations that it was not trained with, and writes nothing.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { loadTaxonomy } from "../../../dist/app/analysis/index.js";
import { worthOf } from "../../../dist/app/analysis/learned/findings-model.js";
import { endingFeatures, matterFeatures, sentenceFeatures } from "../../../dist/app/analysis/learned/features.js";
import { moodFeatures, trendFeatures } from "../../../dist/app/analysis/learned/mood-features.js";
import { taskFeatures } from "../../../dist/app/analysis/learned/task-features.js";
import { moodOf, readSentiment } from "../../../dist/app/analysis/facts/sentiment.js";
import { decideOutcome } from "../../../dist/app/analysis/facts/outcome.js";
import { isCourtesy } from "../../../dist/app/analysis/extractive-engine.js";
import { readSignals } from "../../../dist/app/analysis/facts/signals.js";
import { findTopic } from "../../../dist/app/analysis/facts/topic.js";
import { createPacer } from "../../../dist/app/analysis/pacer.js";
import { says } from "../../../dist/test/eval/analysis/set.js";
import { contentStems, readConversation, readPlain } from "../../../dist/app/analysis/text/conversation.js";

const { values: options, positionals: [out, ...folders] } = parseArgs({ allowPositionals: true, options: { folds: { type: "string" }, heads: { type: "string" }, l2: { type: "string" }, weight: { type: "string" } } });
const taxonomy = loadTaxonomy("config/taxonomy.yaml");

/** Penalty, smallest count of a feature, and what a snippet counts against a whole conversation, per head; found by cross-validation on the training conversations. */
const SETTINGS = { important: { l2: 3, min: 4 }, intent: { l2: 3, min: 4 }, outcome: { l2: 1, min: 2, scale: 10, snippets: 0.2 }, topic: { l2: 3, min: 2, scale: 10, snippets: 0.4 }, reason: { l2: 3, min: 2, scale: 10, snippets: 0.4 }, mood: { l2: 10, min: 2 }, trend: { l2: 8, min: 2 }, task: { l2: 6, min: 3 } };

/** A weight below this says nothing. */
const LEAST = 0.1;

const conversations = [];
for (const folder of folders.filter((path) => !path.endsWith(".tsv"))) for (const file of readdirSync(folder).filter((name) => name.endsWith(".json")).sort()) conversations.push(await read(join(folder, file)));
const snippets = { topic: [], reason: [], outcome: [] };
for (const file of folders.filter((path) => path.endsWith(".tsv"))) for (const line of readFileSync(file, "utf8").split("\n").filter((one) => one !== "" && !one.startsWith("#"))) await addSnippet(line.split("\t"));
console.error(`${Object.values(snippets).reduce((sum, list) => sum + list.length, 0)} examples of snippets`);
console.error(`${conversations.length} conversations, ${conversations.reduce((sum, one) => sum + one.important.length, 0)} sentences`);

if (options.folds !== undefined) report(Number(options.folds));
else {
  const heads = Object.fromEntries(Object.keys(SETTINGS).map((head) => [head, rounded(train(examplesOf(head, conversations), SETTINGS[head]))]));
  writeFileSync(out, `${JSON.stringify({ version: 2, name: basename(out, ".json"), trained_on: conversations.length, heads })}\n`);
}

/** `reason<TAB>what a customer says first`, or `=outcome<TAB>A: … | C: …`: how a conversation ends. */
async function addSnippet([label, text]) {
  const isEnding = label.startsWith("=");
  const turns = (isEnding ? text.split(" | ") : [`C: ${text}`]).map((line, at) => ({ id: `t${at}`, speaker: line.startsWith("A:") ? "agent" : "customer", text: line.slice(2).trim(), startMs: at, endMs: at, confidence: undefined }));
  const conversation = await readConversation(turns, true, createPacer());
  if (isEnding) {
    const signals = conversation.sentences.map(readSignals);
    const features = endingFeatures(conversation, signals, decideOutcome(conversation.sentences, signals)).filter((one) => !one.startsWith("sentences:") && !one.startsWith("customer:"));
    snippets.outcome.push({ features, label: label.slice(1) });
  } else {
    const features = await matterFeatures(conversation, (await findTopic(conversation.sentences, taxonomy, createPacer())).scores, createPacer());
    snippets.topic.push({ features, label: label.split(".")[0] });
    snippets.reason.push({ features, label });
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
    topic: [{ features: matter, label: (labels.reason ?? "none").split(".")[0] }],
    reason: [{ features: matter, label: labels.reason ?? "none" }],
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

/** @returns {classes, bias, weights, scale}; Adam over whole passes, which converges for a convex loss and draws nothing by lot */
function train(examples, { l2, min, scale, passes = 120 }) {
  const classes = [...new Set(examples.map((one) => one.label))].sort();
  const count = new Map();
  for (const { features } of examples) for (const feature of features) count.set(feature, (count.get(feature) ?? 0) + 1);
  const names = [...count].filter(([, times]) => times >= min).map(([name]) => name).sort();
  const indexOf = new Map(names.map((name, at) => [name, at]));
  const rows = examples.map(({ features, label, weight = 1 }) => ({ weight, worth: worthOf(features, scale), at: features.flatMap((feature) => indexOf.get(feature) ?? []), label: classes.indexOf(label) }));
  const K = classes.length, N = names.length * K;
  const values = new Float64Array(N + K), slope = new Float64Array(N + K), mean = new Float64Array(N + K), spread = new Float64Array(N + K), errors = new Float64Array(K);
  for (let pass = 1; pass <= passes; pass++) {
    for (let at = 0; at < N; at++) slope[at] = l2 * values[at];
    slope.fill(0, N);
    for (const { at, worth, label, weight } of rows) {
      for (let k = 0; k < K; k++) errors[k] = values[N + k];
      for (const name of at) for (let k = 0; k < K; k++) errors[k] += worth * values[name * K + k];
      const most = Math.max(...errors); let total = 0;
      for (let k = 0; k < K; k++) { errors[k] = Math.exp(errors[k] - most); total += errors[k]; }
      for (let k = 0; k < K; k++) { errors[k] = weight * (errors[k] / total - (k === label ? 1 : 0)); slope[N + k] += errors[k]; errors[k] *= worth; }
      for (const name of at) for (let k = 0; k < K; k++) slope[name * K + k] += errors[k];
    }
    const step = 0.06 * (1 - (0.9 * pass) / passes), early = 1 - 0.9 ** pass, late = 1 - 0.99 ** pass;
    for (let at = 0; at < N + K; at++) {
      mean[at] = 0.9 * mean[at] + 0.1 * slope[at]; spread[at] = 0.99 * spread[at] + 0.01 * slope[at] * slope[at];
      values[at] -= (step * (mean[at] / early)) / (Math.sqrt(spread[at] / late) + 1e-6);
    }
  }
  return { classes, bias: [...values.subarray(N)], ...(scale === undefined ? {} : { scale }), weights: Object.fromEntries(names.map((name, at) => [name, [...values.subarray(at * K, at * K + K)]])) };
}

/** Two digits, and nothing that is too small to tell: as sure as the whole at half of its size. */
function rounded({ classes, bias, weights, scale }) {
  const short = (value) => Math.round(value * 100) / 100;
  const rows = Object.entries(weights).filter(([, row]) => row.some((value) => Math.abs(value) >= LEAST));
  return { classes, bias: bias.map(short), ...(scale === undefined ? {} : { scale }), weights: Object.fromEntries(rows.map(([name, row]) => [name, row.map((value) => (Math.abs(value) < LEAST / 2 ? 0 : classes.length > 12 ? Math.round(value * 10) / 10 : short(value)))])) };
}

function predict(model, features) {
  const scores = [...model.bias], worth = worthOf(features, model.scale);
  for (const feature of features) { const row = model.weights[feature]; if (row) for (const [k, w] of row.entries()) scores[k] += worth * w; }
  return scores;
}

function report(folds) {
  if (options.weight !== undefined) for (const head of Object.values(SETTINGS)) head.snippets = Number(options.weight);
  const random = mulberry(7);
  const shuffled = conversations.map((one) => ({ one, key: random() })).sort((a, b) => a.key - b.key).map(({ one }) => one);
  for (const head of options.heads?.split(",") ?? Object.keys(SETTINGS)) for (const l2 of (options.l2?.split(",").map(Number) ?? [SETTINGS[head].l2])) {
    let right = 0, all = 0; const ranks = []; const byClass = new Map();
    for (let fold = 0; fold < folds; fold++) {
      const held = shuffled.filter((_, at) => at % folds === fold), kept = shuffled.filter((_, at) => at % folds !== fold);
      const model = train(examplesOf(head, kept), { ...SETTINGS[head], l2 });
      for (const one of held.filter((each) => each.english)) {
        if (head === "task") for (const { features, label } of one.task) { const s = predict(model, features); const best = model.classes[s.indexOf(Math.max(...s))]; if (label !== "no" || best !== "no") { all++; if (label === best) right++; } }
        else if (head === "important" || head === "intent") {
          const yes = model.classes.indexOf("yes"), no = model.classes.indexOf("no");
          const scored = one[head].map(({ features, label }) => { const s = predict(model, features); return { score: s[yes] - s[no], label }; }).sort((a, b) => b.score - a.score);
          const important = scored.filter((each) => each.label === "yes").length;
          if (important > 0) if (head === "intent") ranks.push(scored[0].label === "yes" ? 1 : 0); else ranks.push(scored.slice(0, head === "intent" ? 1 : Math.max(3, Math.min(8, Math.ceil(scored.length * 0.35)))).filter((each) => each.label === "yes").length / important);
        } else for (const { features, label } of one[head]) {
          const scores = predict(model, features); const best = model.classes[scores.indexOf(Math.max(...scores))];
          all++; if (best === label) right++;
          const key = `${label}→${best}`; byClass.set(key, (byClass.get(key) ?? 0) + 1);
        }
      }
    }
    console.log(head, `l2 ${l2.toFixed(2)}`, head === "important" || head === "intent" ? `recall of important sentences among the best ${(ranks.reduce((s, r) => s + r, 0) / ranks.length).toFixed(3)}` : `${(right / all).toFixed(3)} (${right} of ${all})`);
    if (head === "outcome" && l2 === SETTINGS[head].l2) console.log("  ", [...byClass].sort((a, b) => b[1] - a[1]).slice(0, 12).map(([k, n]) => `${k} ${n}`).join(", "));
  }
}

function mulberry(seed) {
  let state = seed >>> 0;
  return () => { state = (state + 0x6d2b79f5) >>> 0; let mixed = Math.imul(state ^ (state >>> 15), state | 1); mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed; return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32; };
}
