// Analysis without a language model: rules and kept libraries over the turns. Every finding cites the turns it comes from.
import { NOT_LOOKED_FOR, type Analysis, type AnalysisInput } from "../domain/index.ts";
import type { AnalysisEngine } from "./engine.ts";
import { evidenceOf, isProved } from "./evidence-check.ts";
import { promisesOf, readActionItems } from "./facts/action-items.ts";
import { localDay } from "./facts/calendar.ts";
import { readEntities } from "./facts/entities.ts";
import { readIntent } from "./facts/intent.ts";
import { decideOutcome } from "./facts/outcome.ts";
import { readRisks } from "./facts/risks.ts";
import { moodOf, readSentiment } from "./facts/sentiment.ts";
import { readSignals, type Signals } from "./facts/signals.ts";
import { findTopic } from "./facts/topic.ts";
import type { FindingsModel } from "./learned/findings-model.ts";
import { learnedOutcome, learnedTopics, learnedWorth } from "./learned/read-learned.ts";
import { learnedSentiment } from "./learned/read-mood.ts";
import { learnedTasks } from "./learned/read-tasks.ts";
import { createPacer, type Pacer } from "./pacer.ts";
import { rankSentences } from "./summary/rank.ts";
import { writeSummary } from "./summary/write-summary.ts";
import type { EncodedTurn, Encoding } from "./models/small-models.ts";
import type { Taxonomy } from "./taxonomy.ts";
import { isEnglish } from "./text/english.ts";
import { partyOf } from "./text/party.ts";
import { readConversation, type Conversation, type Sentence } from "./text/conversation.ts";

export interface ExtractiveOptions {
  /** topics and reasons of the site, see `loadTaxonomy` */
  taxonomy: Taxonomy;
  /** names that agents greet with; they become organisations, never customers */
  companyNames: readonly string[];
  /** trained weights for what rules alone judge badly; English only. Without them the rules decide. */
  model?: FindingsModel;
  /** reads the conversation as a whole, beside those weights; what it cannot read it says nothing of */
  encode?: (turns: readonly EncodedTurn[], signal?: AbortSignal) => Promise<Encoding | undefined>;
  /** ends what it runs on */
  stop?: () => Promise<void>;
}

/** The engine that always works: no model, no network, about 1 s for an hour of talk. English; see `analyse` for other languages. */
export function createExtractiveEngine(options: ExtractiveOptions): AnalysisEngine {
  return {
    name: "extractive",
    model: null,
    ...(options.stop === undefined ? {} : { stop: options.stop }),
    analyse: (input, signal) => analyse(input, options, createPacer(signal), signal),
  };
}

/** English calls get everything. Of other languages: a summary of quoted sentences, the topic where the taxonomy has their words, contacts and amounts; no mood, outcome or tasks. */
async function analyse(input: AnalysisInput, options: ExtractiveOptions, pacer: Pacer, signal: AbortSignal | undefined): Promise<Analysis> {
  const english = isEnglish(input.language);
  const conversation = await readConversation(input.turns, english, pacer);
  const { sentences } = conversation;
  const model = english ? options.model : undefined;
  const signals = english ? await mapPaced(conversation, readSignals, pacer) : sentences.map((): Signals => new Set<string>());
  const moods = english ? await mapPaced(conversation, (sentence) => (isCourtesy(signals[sentence.index]) ? 0 : moodOf(sentence.line, sentence.speaker)), pacer) : sentences.map(() => 0);
  const encoding = model === undefined || sentences.length === 0 ? undefined : await options.encode?.(input.turns.map((turn) => ({ isHouse: partyOf(turn) === "agent", text: turn.text })), signal);
  const topic = await findTopic(sentences.filter((sentence) => speaksToTheMatter(sentence, signals[sentence.index])), options.taxonomy, pacer, model && ((scores) => learnedTopics(model, conversation, scores, encoding?.reasons, pacer)));
  await pacer.breathe();
  const byRule = decideOutcome(english ? sentences : [], signals);
  const outcome = model === undefined || sentences.length === 0 ? byRule : await learnedOutcome(model, conversation, signals, byRule, pacer);
  const today = localDay(input.startedAtMs, input.timeZone);
  await pacer.breathe();
  const tasks = english ? await readActionItems(sentences, signals, today, pacer, model && (await learnedTasks(model, sentences, signals, pacer))) : [];
  const entities = await readEntities(conversation, { products: options.taxonomy.products, companyNames: options.companyNames, today, english }, pacer);
  const feeling = english ? readSentiment(conversation, moods) : NO_MOOD;
  const sentiment = model === undefined ? feeling.sentiment : learnedSentiment(model, { sentences, signals, moods, sentiment: feeling.sentiment, byRule });
  const words = evidenceOf(conversation);
  await pacer.breathe();
  const proved = (text: string, evidence: readonly string[]): boolean => isProved(text, evidence, words, english);
  const worth = model === undefined ? { scores: english ? rankSentences(conversation, signals, topic.support) : [] } : { learned: await learnedWorth(model, conversation, signals, topic.support, pacer) };
  await pacer.breathe();
  const summary = await writeSummary({ conversation, signals, worth, language: input.language, english, proved }, pacer);
  await pacer.breathe();
  const provedTasks = tasks.filter((task) => isProved(task.text, task.evidence, words));
  return {
    engine: "extractive",
    model: null,
    summary: summary.paragraph,
    summary_points: summary.points,
    topic: topic.topic,
    reason: topic.reason,
    topic_evidence: topic.evidence,
    likely_reasons: topic.likely,
    outcome: outcome.outcome,
    outcome_evidence: outcome.evidence,
    intent: english ? readIntent(sentences, signals, worth, proved) : null,
    action_items: provedTasks.map(({ isPromised: _, ...task }) => task),
    promises: promisesOf(provedTasks),
    risks: english ? readRisks(sentences, signals, outcome.outcome) : NOT_LOOKED_FOR.risks,
    entities,
    sentiment,
    turn_sentiment: feeling.turnSentiment,
    coverage: { turns_read: input.turns.length, turns_total: input.turns.length },
    dropped: summary.dropped + tasks.length - provedTasks.length,
  };
}

/** Greetings of the agent name departments; orders to a machine are no subject of a call. */
function speaksToTheMatter(sentence: Sentence, own: Signals | undefined): boolean {
  return own === undefined || !(own.has("instruction") || (sentence.speaker !== "customer" && own.has("greeting")));
}

/** Orders to a machine are no mood; greetings sound glad by duty, and hold names ("Grace", "Joy") that a lexicon takes for moods. */
export function isCourtesy(own: Signals | undefined): boolean {
  return own !== undefined && (own.has("greeting") || own.has("instruction")) && !own.has("problem") && !own.has("angry") && !own.has("pleased");
}

const NO_MOOD = { sentiment: { overall: null, customer_start: null, customer_end: null, trend: "unknown" as const }, turnSentiment: {} };

async function mapPaced<Result>(conversation: Conversation, read: (sentence: Conversation["sentences"][number]) => Result, pacer: Pacer): Promise<Result[]> {
  const results: Result[] = [];
  for (const sentence of conversation.sentences) {
    await pacer.breathe();
    results.push(read(sentence));
  }
  return results;
}
