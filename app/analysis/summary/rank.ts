// How much each sentence tells about the call: what it does, whether it is about the topic, how exact it is, where it stands. Pure.
import type { Conversation, Sentence } from "../text/conversation.ts";
import { EMPTY_TALK, type Signals } from "../facts/signals.ts";

/** Points for what a sentence does. The strongest counts fully, further ones a third. */
const WORTH: Readonly<Record<string, number>> = {
  calls_about: 3, problem: 3, wish: 2.2, history: 1.4, question: 1, manager_request: 2.6, complaint: 2.4, threat: 3, angry: 1.4, rejects: 1.6, still_broken: 2, works_now: 1.8,
  done: 3.4, promise: 3, contact: 3, needs_customer: 2.6, ticket: 2.6, transfer: 3, cannot: 2.6, finding: 2.2, offer: 1.6, troubleshoot: 0.8, apology: -0.4,
};
const EMPTY: Readonly<Record<string, number>> = { greeting: -2, verify: -4, details: -3.5, instruction: -20, holding: -3, courtesy: -2, backchannel: -9 };
const FURTHER = 1 / 3;

/**
 * @param support points of each sentence for the topic of the call
 * @returns a score per sentence, by index; 0 and less is not worth telling. Badly heard sentences lose most of it.
 */
export function rankSentences(conversation: Conversation, signals: readonly Signals[], support: ReadonlyMap<number, number>): number[] {
  const frequency = wordFrequency(conversation.sentences);
  return conversation.sentences.map((sentence) => {
    const own = signals[sentence.index] ?? new Set<string>();
    const worths = [...own].map((signal) => WORTH[signal] ?? 0).filter((worth) => worth > 0).sort((a, b) => b - a);
    let score = (worths[0] ?? 0) + worths.slice(1).reduce((sum, worth) => sum + worth * FURTHER, 0);
    for (const signal of EMPTY_TALK) if (own.has(signal)) score += EMPTY[signal] ?? 0;
    if (own.has("apology")) score += WORTH["apology"] ?? 0;
    score += Math.min(3, support.get(sentence.index) ?? 0) * 0.6;
    score += centrality(sentence, frequency);
    if (/\d/.test(sentence.line) && !own.has("details")) score += 0.5;
    if (sentence.speaker === "customer" && sentence.position < 0.35) score += 1;
    if (sentence.speaker === "agent" && sentence.position > 0.5) score += 0.6;
    if (sentence.stems.length < 2) score -= 2;
    // "I will send it": it says nothing without the sentence before
    if (sentence.stems.length < 4 && /\b(?:do|send|sent|change|changed|check|have|fix|fixed|that is all) (?:it|that|this|done)\b/.test(sentence.line)) score -= 2;
    if (sentence.plain.length > 32) score -= 1;
    if (/^(?:it|that|this|they|he|she|those|these)\b/.test(sentence.line)) score -= 0.8;
    return score > 0 ? score * sentence.weight : score;
  });
}

/** Centrality alone, for languages whose signals are not known. */
export function rankByWords(conversation: Conversation): number[] {
  const frequency = wordFrequency(conversation.sentences);
  return conversation.sentences.map((sentence) => {
    const words = sentence.plain.length;
    const length = words < 4 ? 0.2 : words > 35 ? 0.6 : 1;
    const opening = sentence.speaker !== "agent" && sentence.position < 0.35 ? 0.4 : 0;
    return (weightOf(sentence, frequency) / Math.sqrt(Math.max(3, sentence.stems.length)) + opening) * length * sentence.weight;
  });
}

/** How many sentences use a word; words of a quarter of all sentences, and short ones, are taken for grammar. */
function wordFrequency(sentences: readonly Sentence[]): Map<string, number> {
  const frequency = new Map<string, number>();
  for (const sentence of sentences) for (const stem of new Set(sentence.stems)) frequency.set(stem, (frequency.get(stem) ?? 0) + 1);
  const common = Math.max(3, sentences.length / 4);
  for (const [stem, count] of frequency) if (count > common || stem.length < 3) frequency.delete(stem);
  return frequency;
}

/** 0…1: mean of log frequency over the sentence's content words, so that long sentences do not win by length. */
function centrality(sentence: Sentence, frequency: ReadonlyMap<string, number>): number {
  const stems = [...new Set(sentence.stems)];
  if (stems.length === 0) return 0;
  return Math.min(1, weightOf(sentence, frequency) / Math.max(3, stems.length));
}

function weightOf(sentence: Sentence, frequency: ReadonlyMap<string, number>): number {
  return [...new Set(sentence.stems)].reduce((sum, stem) => sum + Math.log2(frequency.get(stem) ?? 1), 0);
}
