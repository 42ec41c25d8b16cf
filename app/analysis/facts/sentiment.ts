// Moods: VADER reads the words (it knows negation and "very"), our lexicon what is particular to service calls.
import vader from "vader-sentiment";
import type { Sentiment } from "../../domain/index.ts";
import type { Conversation, Sentence } from "../text/conversation.ts";
import { MOOD_PHRASES, NEUTRAL_PHRASES, PLAIN_THANKS, PLAIN_THANKS_VALENCE } from "./mood-lexicon.ts";

/** Turns softer than this carry no mood. */
const MOOD_MIN = 0.1;
/** Start and end must differ by this much to count as a trend; on −1…1. Genesys uses 0.2 on half the difference, which is about the same. */
export const TREND_MIN = 0.3;
/** VADER's normalisation constant: compound = s / √(s² + 15). */
const ALPHA = 15;

/** @returns the mood of one sentence, −1…1, 0 when it has none. `line` is lower case with contractions expanded, so negations are seen. */
export function moodOf(line: string, speaker: Sentence["speaker"]): number {
  let sum = 0;
  let rest = line;
  for (const phrase of MOOD_PHRASES) {
    rest = rest.replace(phrase.words, (found: string, ...groups: unknown[]) => {
      const at = groups.findLast((group) => typeof group === "number") ?? 0;
      const negated = /\b(?:not|never|no)(?: \w+)? $/.test(line.slice(Math.max(0, at - 16), at)) && !/\b(?:not|never|no)\b/.test(found);
      sum += negated ? phrase.valence * -0.5 : phrase.valence;
      return " , ";
    });
  }
  if (speaker === "customer" && sum === 0 && PLAIN_THANKS.test(rest)) sum += PLAIN_THANKS_VALENCE;
  // courtesies go only where nothing negates them: "not great" must keep its "great"
  rest = rest.replace(NEUTRAL_PHRASES, (found: string, ...groups: unknown[]) => {
    const at = groups.findLast((group) => typeof group === "number") ?? 0;
    return /\b(?:not|never|hardly)(?: \w+)? $/.test(rest.slice(Math.max(0, at - 16), at)) && /^(?:great|fine|well|interested)$/.test(found) ? found : " ";
  });
  if (/[a-z]{3}/.test(rest)) {
    const compound = vader.SentimentIntensityAnalyzer.polarity_scores(rest).compound;
    if (Number.isFinite(compound) && Math.abs(compound) < 1) sum += compound * Math.sqrt(ALPHA / (1 - compound * compound));
  }
  return sum / Math.sqrt(sum * sum + ALPHA);
}

/**
 * @param moods mood of each sentence, by index
 * @returns mood of every turn that has one (mean of its sentences with a mood, rounded to 2 decimals), and of the whole call.
 *   `overall`: mean over the customer's turns with a mood, weighted by words and by how well they were heard; over all turns when the parties are not known.
 *   Start and end: the same over the first and last third of the customer's turns; 0 when those have no mood.
 */
export function readSentiment(conversation: Conversation, moods: readonly number[]): { sentiment: Sentiment; turnSentiment: Record<string, number> } {
  const perTurn = conversation.byTurn.map((sentences) => turnMood(sentences, moods));
  const turnSentiment: Record<string, number> = {};
  for (const [at, mood] of perTurn.entries()) {
    const turn = conversation.turns[at];
    if (turn !== undefined && mood !== undefined) turnSentiment[turn.id] = round(mood.value);
  }
  const spoken = conversation.turns.flatMap((turn, at) => ((conversation.byTurn[at]?.length ?? 0) > 0 ? [{ speaker: turn.speaker, mood: perTurn[at] }] : []));
  const customer = spoken.filter((turn) => turn.speaker === "customer");
  const heard = customer.length > 0 ? customer : conversation.partiesKnown ? [] : spoken;
  const overall = mean(heard.map((turn) => turn.mood));
  const third = Math.ceil(customer.length / 3);
  const start = customer.length === 0 ? null : (mean(customer.slice(0, third).map((turn) => turn.mood)) ?? 0);
  const end = customer.length === 0 ? null : (mean(customer.slice(-third).map((turn) => turn.mood)) ?? 0);
  return { sentiment: { overall, customer_start: start, customer_end: end, trend: trendOf(customer.length, start, end) }, turnSentiment };
}

interface Mood {
  value: number;
  weight: number;
}

function turnMood(sentences: readonly Sentence[], moods: readonly number[]): Mood | undefined {
  const felt = sentences.map((sentence) => ({ value: moods[sentence.index] ?? 0, words: sentence.plain.length, weight: sentence.weight })).filter((mood) => Math.abs(mood.value) >= MOOD_MIN);
  if (felt.length === 0) return undefined;
  const value = felt.reduce((sum, mood) => sum + mood.value, 0) / felt.length;
  const words = felt.reduce((sum, mood) => sum + mood.words, 0);
  // a long turn weighs more, though not ten times as much
  return { value, weight: Math.min(...felt.map((mood) => mood.weight)) * Math.sqrt(Math.min(words, 40)) };
}

function mean(moods: readonly (Mood | undefined)[]): number | null {
  const felt = moods.filter((mood) => mood !== undefined);
  const weight = felt.reduce((sum, mood) => sum + mood.weight, 0);
  return weight === 0 ? null : round(felt.reduce((sum, mood) => sum + mood.value * mood.weight, 0) / weight);
}

function trendOf(customerTurns: number, start: number | null, end: number | null): Sentiment["trend"] {
  if (customerTurns < 2 || start === null || end === null) return "unknown";
  if (end - start >= TREND_MIN) return "improving";
  return start - end >= TREND_MIN ? "worsening" : "steady";
}

function round(value: number): number {
  return Math.round(value * 100) / 100 + 0;
}
