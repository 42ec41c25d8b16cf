// Analysis by a language model, held by grammar and evidence: it may say only what messages prove. When it cannot, the extractive engine does it, and says so.
import { AppError, type Analysis, type AnalysisInput, type Sentiment } from "../domain/index.ts";
import type { AnalysisEngine } from "./engine.ts";
import { findFacts, promisesOf, readingOf, type Facts, type FactsGround } from "./findings/facts.ts";
import { createInquiry, type Inquiry } from "./findings/inquiry.ts";
import { MOST_POINTS, notesOf, selectFindings } from "./findings/select.ts";
import { findTerms, type GroundTerms } from "./findings/terms.ts";
import { findVerdicts, verdictQuestions, type Verdicts } from "./findings/verdicts.ts";
import { localDay } from "./facts/calendar.ts";
import { TREND_MIN } from "./facts/sentiment.ts";
import type { LanguageModel } from "./models/language-model.ts";
import { facts1 } from "./prompts/facts-1.ts";
import { select1 } from "./prompts/select-1.ts";
import { terms1 } from "./prompts/terms-1.ts";
import { documentOf, itemsOfTurns, lineOf, type Item } from "./reading/items.ts";
import { planReading } from "./reading/plan-reading.ts";
import type { Taxonomy } from "./taxonomy.ts";
import { isEnglish } from "./text/english.ts";

export interface ModelEngineOptions {
  model: LanguageModel;
  /** does it when the model cannot, and the parts that rules do exactly: figures, dates, contacts, the mood of English */
  otherwise: AnalysisEngine;
  taxonomy: Taxonomy;
  clock: { now(): number };
  /** passages of the business's own documents that explain what the conversation is about */
  terms?: GroundTerms | undefined;
}

const MOST_TASKS = 12;
const MOST_NOTES = 24;

/** The engine of sites that have a language model. */
export function createModelEngine(options: ModelEngineOptions): AnalysisEngine {
  const { model, otherwise } = options;
  return {
    name: model.engine,
    model: model.name,
    parallel: model.parallel,
    status: () => model.status(),
    stop: async () => void (await Promise.all([model.stop(), otherwise.stop?.()])),
    async analyse(input, signal) {
      const base = await otherwise.analyse(input, signal);
      if (input.turns.every((turn) => turn.text.trim() === "")) return base; // nothing to read, and nothing to blame anybody for
      try {
        return await read(input, base, options, signal);
      } catch (thrown) {
        signal?.throwIfAborted();
        if (!(thrown instanceof AppError) || thrown.code === "SHUTTING_DOWN") throw thrown;
        return { ...base, instead_of: { engine: model.engine, code: thrown.code } };
      }
    },
  };
}

async function read(input: AnalysisInput, base: Analysis, { model, taxonomy, clock, terms: lookUp }: ModelEngineOptions, signal: AbortSignal | undefined): Promise<Analysis> {
  const startedAtMs = clock.now();
  const english = isEnglish(input.language);
  const items = itemsOfTurns(input.turns);
  const inquiry = createInquiry(model, signal);
  const about = { items, speakers: new Map(input.turns.map((turn) => [turn.id, turn.speaker])), language: english ? "en" : input.language, english, today: localDay(input.startedAtMs, input.timeZone) };
  const verdict = verdictQuestions(taxonomy);
  await inquiry.count([""]); // loads the model: only now is it known how much it can read
  const room = await inquiry.roomBeside(facts1.system(about.language, "a part of one conversation"), [...Object.values(facts1.questions), ...verdict.questions], verdict.choices);
  const terms = await findTerms(base, room, lookUp, (texts) => inquiry.count(texts), signal);
  const ground: FactsGround = { ...about, terms };
  const chunks = await planReading(items, room - (terms?.tokens ?? 0), (texts) => inquiry.count(texts));
  const facts = await findFacts(chunks, ground, inquiry);
  const [only] = chunks;
  const read = chunks.length === 1 && only !== undefined ? { reading: readingOf(only, 1, ground), items } : await notesReading(facts, inquiry);
  const verdicts = await findVerdicts({ ...read, taxonomy, english, moods: !english && input.turns.some((turn) => turn.speaker === "customer") }, inquiry);
  const points = await selectFindings(facts.points, MOST_POINTS, inquiry);
  const tasks = await selectFindings(facts.tasks, MOST_TASKS, inquiry);
  signal?.throwIfAborted();
  const readTurns = new Set(chunks.flatMap((chunk) => chunk.pieces.map((piece) => piece.item))).size;
  return {
    ...base,
    engine: model.engine,
    model: model.name,
    ...(points.length === 0 ? {} : { summary: points.map((point) => point.text).join(" "), summary_points: points }),
    ...verdictsOver(base, verdicts),
    intent: facts.intent ?? (facts.unproved.intent > 0 ? base.intent : null),
    ...(tasks.length === 0 && facts.unproved.tasks > 0 ? {} : { action_items: tasks.map(({ promised: _, ...task }) => task), promises: promisesOf(tasks) }),
    risks: { escalation: verdicts.risks.escalation ?? base.risks.escalation, churn: verdicts.risks.churn ?? base.risks.churn },
    entities: [...base.entities, ...facts.names.filter((name) => !base.entities.some((known) => isSameName(known.text, name.text)))],
    sentiment: verdicts.mood === undefined ? base.sentiment : sentimentOf(verdicts.mood),
    coverage: { turns_read: readTurns + input.turns.length - items.length, turns_total: input.turns.length },
    dropped: facts.dropped + verdicts.dropped,
    made: { prompt: [...inquiry.prompts, ...(terms === undefined ? [] : [terms1.version])].join(", "), ...(terms === undefined ? {} : { terms: terms.sources }), seed: model.seed, atMs: startedAtMs, ms: clock.now() - startedAtMs, chunks: chunks.length },
  };
}

/** Over several chunks verdicts are passed on the notes of all of them, which are proved. */
async function notesReading(facts: Facts, inquiry: Inquiry): Promise<{ reading: { system: string; document: string }; items: Item[] }> {
  const all = [...facts.points, ...facts.tasks.map(({ text, owner, evidence }) => ({ text: `To do for the ${owner}: ${text}`, evidence }))];
  const items = notesOf(await selectFindings(all, MOST_NOTES, inquiry));
  return { reading: { system: select1.system(), document: documentOf("notes", items.map((item) => lineOf(item, item.text))) }, items };
}

/** What the model claimed and could not prove stays as the rules found it, with their evidence: so do, above, what the customer wants, the tasks and the risks. */
function verdictsOver(base: Analysis, { topic, outcome }: Verdicts): Partial<Analysis> {
  return {
    ...(topic === undefined ? {} : topic === null ? { topic: null, reason: null, topic_evidence: [] } : { topic: topic.topic, reason: topic.reason, topic_evidence: topic.evidence }),
    ...(outcome === undefined ? { outcome: base.outcome, outcome_evidence: base.outcome_evidence } : { outcome: outcome.outcome, outcome_evidence: outcome.evidence }),
  };
}

function sentimentOf({ start, end }: { start: number; end: number }): Sentiment {
  const change = end - start;
  return { overall: Math.round(((start + end) / 2) * 100) / 100, customer_start: start, customer_end: end, trend: change >= TREND_MIN ? "improving" : change <= -TREND_MIN ? "worsening" : "steady" };
}

function isSameName(a: string, b: string): boolean {
  const [one, other] = [a.toLowerCase(), b.toLowerCase()];
  return one.includes(other) || other.includes(one);
}
