// Topic and reason: points for the phrases of the taxonomy, with the turns that gave them. Pure.
import type { Pacer } from "../pacer.ts";
import { fold } from "../text/fold.ts";
import { phraseEnd } from "../text/phrase.ts";
import type { Sentence } from "../text/conversation.ts";
import type { Phrase, Taxonomy } from "../taxonomy.ts";

export interface TopicFinding {
  topic: string | null;
  /** e.g. `billing.double_charge` */
  reason: string | null;
  evidence: string[];
  /** every key with its points, highest first: shown when somebody asks why */
  scores: { key: string; points: number }[];
  /** points of each sentence for the winner, by index of the sentence */
  support: Map<number, number>;
  /** reasons that a trained model does not rule out, each with its chance 0…1 */
  likely: Readonly<Record<string, number>>;
}

/** What the customer says counts fully, more so at the beginning; the agent repeats and offers. */
const CUSTOMER_OPENING = 1.5;
const AGENT = 0.75;
const OPENING_UNTIL = 0.4;
/** A phrase said again adds half of its weight, once; a third time adds nothing. */
const REPEATED = [1, 0.5];
/** Share of a topic's other reasons that speaks for the topic itself. */
const SIBLINGS = 0.25;

/** Points per key of the taxonomy, and the sentences that speak most for a key. */
export interface LearnedTopics {
  points: ReadonlyMap<string, number>;
  proofOf(key: string): Promise<number[]>;
  likely: Readonly<Record<string, number>>;
}

interface Match {
  sentence: Sentence;
  phrase: Phrase;
  points: number;
}

/**
 * @param learn what a trained model thinks when it knows what the phrases say; only what the site's taxonomy has counts
 * @returns nulls below the taxonomy's threshold. Points: weight × who said it × how well it was heard; negative weights speak against.
 */
export async function findTopic(sentences: readonly Sentence[], taxonomy: Taxonomy, pacer: Pacer, learn?: (scores: TopicFinding["scores"]) => Promise<LearnedTopics>): Promise<TopicFinding> {
  const matches = new Map<string, Match[]>();
  for (const sentence of sentences) {
    await pacer.breathe();
    for (const phrase of matchPhrases(sentence, taxonomy)) {
      const known = matches.get(phrase.text + "\n" + phrase.target) ?? [];
      known.push({ sentence, phrase, points: phrase.weight * partyFactor(sentence) * sentence.weight });
      matches.set(phrase.text + "\n" + phrase.target, known);
    }
  }
  const points = new Map<string, number>();
  const counted: Match[] = [];
  for (const list of matches.values()) {
    const best = [...list].sort((a, b) => Math.abs(b.points) - Math.abs(a.points)).slice(0, REPEATED.length);
    for (const [at, match] of best.entries()) {
      const worth = match.points * (REPEATED[at] ?? 0);
      counted.push({ ...match, points: worth });
      points.set(match.phrase.target, (points.get(match.phrase.target) ?? 0) + worth);
    }
  }
  const bySaid = await decide(points, counted, taxonomy, sentences, undefined);
  return learn === undefined ? bySaid : decide(points, counted, taxonomy, sentences, await learn(bySaid.scores));
}

async function decide(points: ReadonlyMap<string, number>, counted: readonly Match[], taxonomy: Taxonomy, sentences: readonly Sentence[], learned: LearnedTopics | undefined): Promise<TopicFinding> {
  const scores: { key: string; points: number; own: number; label: string; topicId: string }[] = [];
  for (const [topicId, topic] of taxonomy.topics) {
    const general = (points.get(topicId) ?? 0) + (learned?.points.get(topicId) ?? 0);
    const reasons = [...topic.reasons.keys()].map((reasonId) => `${topicId}.${reasonId}`).map((key) => ({ key, own: (points.get(key) ?? 0) + (learned?.points.get(key) ?? 0) }));
    const rest = reasons.reduce((sum, reason) => sum + Math.max(0, reason.own), 0);
    scores.push({ key: topicId, points: general + SIBLINGS * rest, own: general, label: topic.label, topicId });
    for (const reason of reasons) {
      if (reason.own > 0) scores.push({ ...reason, points: reason.own + general + SIBLINGS * (rest - reason.own), label: topic.label, topicId });
    }
  }
  // on a tie the more exact finding wins, then the order of the file
  scores.sort((a, b) => b.points - a.points || b.key.length - a.key.length);
  const best = scores[0];
  const likely = Object.fromEntries(Object.entries(learned?.likely ?? {}).filter(([key]) => taxonomy.topics.get(key.split(".")[0] ?? "")?.reasons.has(key.split(".")[1] ?? "") === true));
  const shown = scores.filter((score) => score.points > 0).map(({ key, points: sum }) => ({ key, points: Math.round(sum * 100) / 100 }));
  if (best === undefined || best.points < taxonomy.threshold) return { topic: null, reason: null, evidence: [], scores: shown, support: new Map(), likely };
  const supporting = counted.filter((match) => match.points > 0 && (match.phrase.target === best.key || match.phrase.target === best.topicId)).sort((a, b) => b.points - a.points);
  const support = new Map<number, number>();
  for (const match of supporting) support.set(match.sentence.index, (support.get(match.sentence.index) ?? 0) + match.points);
  if (support.size === 0 && learned !== undefined) for (const index of await learned.proofOf(best.key)) support.set(index, 1);
  const proof = [...support].sort((a, b) => b[1] - a[1]).slice(0, 4).map(([index]) => index).sort((a, b) => a - b);
  if (proof.length === 0) return { topic: null, reason: null, evidence: [], scores: shown, support, likely };
  const sentenceOf = new Map(sentences.map((sentence) => [sentence.index, sentence]));
  return {
    topic: best.label,
    reason: best.key.includes(".") && best.own >= 1 ? best.key : null,
    evidence: [...new Set(proof.flatMap((index) => sentenceOf.get(index)?.turnIds ?? []))],
    scores: shown,
    support,
    likely,
  };
}

function partyFactor(sentence: Sentence): number {
  if (sentence.speaker === "agent" || sentence.speaker === "bot") return AGENT;
  return sentence.position <= OPENING_UNTIL ? CUSTOMER_OPENING : 1;
}

/** Every phrase that occurs in the sentence, once each. Folding leaves words of other languages almost as they are, so a site can add its own. */
function matchPhrases(sentence: Sentence, taxonomy: Taxonomy): Phrase[] {
  const stems = sentence.plain.map((word) => fold(word.text));
  const found = new Set<Phrase>();
  for (let at = 0; at < stems.length; at++) {
    for (const phrase of taxonomy.phrases.get(stems[at] ?? "") ?? []) if (!found.has(phrase) && phraseEnd(phrase.words, stems, at) !== undefined) found.add(phrase);
  }
  return [...found];
}
