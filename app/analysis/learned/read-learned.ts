// What the trained models make of a conversation: topics, how it ended, which sentences matter. Pure; every answer points to sentences.
import { OUTCOMES, type Outcome } from "../../domain/index.ts";
import { ONE_SIDED, type OutcomeFinding } from "../facts/outcome.ts";
import type { Signals } from "../facts/signals.ts";
import type { LearnedTopics, TopicFinding } from "../facts/topic.ts";
import type { Conversation, Sentence } from "../text/conversation.ts";
import { courseFeatures, matterFeatures, sentenceFeatures } from "./features.ts";
import { probabilitiesOf, scoresOf, type FindingsModel, type Head } from "./findings-model.ts";

/** A certain model is worth this many points of the taxonomy, whose threshold is 3; from 4 to 40 it makes no difference beyond chance on the development conversations. */
const TOPIC_POINTS = 14;
/** The exact reason counts more than its topic: what two parts of the model agree on wins. */
const REASON_SHARE = 1.2;
/** Sentences that are shown as proof of what a model chose. */
const PROOFS = 3;

/** @param scores points that the phrases of the taxonomy gave @returns points for the keys of a taxonomy; `none` is the model's word for no topic and takes points from nobody */
export function learnedTopics(model: FindingsModel, conversation: Pick<Conversation, "sentences">, scores: TopicFinding["scores"]): LearnedTopics {
  const features = matterFeatures(conversation, scores);
  const { topic, reason } = model.heads;
  const topics = probabilitiesOf(topic, features);
  const reasons = probabilitiesOf(reason, features);
  const points = new Map<string, number>();
  for (const [at, key] of topic.classes.entries()) points.set(key, TOPIC_POINTS * (topics[at] ?? 0));
  for (const [at, key] of reason.classes.entries()) points.set(key, TOPIC_POINTS * REASON_SHARE * (reasons[at] ?? 0));
  points.delete("none");
  return {
    points,
    proofOf: (key) => mostTelling(conversation.sentences, key.includes(".") && reason.classes.includes(key) ? reason : topic, key.includes(".") && reason.classes.includes(key) ? key : (key.split(".")[0] ?? key), (one) => matterFeatures({ sentences: [one] }, [])),
  };
}

/** @param byRule what the rules say; its sentences are the proof where both agree */
export function learnedOutcome(model: FindingsModel, conversation: Conversation, signals: readonly Signals[], byRule: OutcomeFinding): OutcomeFinding {
  if (byRule.rule === ONE_SIDED) return byRule;
  const head = model.heads.outcome;
  const probabilities = probabilitiesOf(head, courseFeatures(conversation, signals, byRule));
  const best = head.classes[probabilities.indexOf(Math.max(...probabilities))];
  const outcome: Outcome = OUTCOMES.find((one) => one === best) ?? "unknown";
  if (outcome === byRule.outcome) return byRule;
  if (outcome === "unknown") return { outcome, evidence: [], rule: "learned" };
  const ending = conversation.sentences.filter((one) => one.position >= 0.5);
  const proof = mostTelling(ending, head, outcome, (one) => courseFeatures({ sentences: [one] }, signals, byRule).filter((feature) => !feature.startsWith("rule:") && !feature.startsWith("sentences:")));
  const evidence = [...new Set(proof.flatMap((index) => conversation.sentences[index]?.turnIds ?? []))];
  return evidence.length === 0 ? byRule : { outcome, evidence, rule: "learned" };
}

/** @returns log-odds per sentence, by index: that a summary must not leave it out, or that it says what the customer wants */
export function learnedWorth(head: Head, conversation: Conversation, signals: readonly Signals[], support: ReadonlyMap<number, number>): number[] {
  const [yes, no] = [head.classes.indexOf("yes"), head.classes.indexOf("no")];
  return conversation.sentences.map((sentence, at) => {
    const scores = scoresOf(head, sentenceFeatures(sentence, conversation.sentences[at - 1], signals, support));
    return ((scores[yes] ?? 0) - (scores[no] ?? 0)) * (sentence.weight < 1 ? 0.5 : 1);
  });
}

/** Indexes of the sentences whose words speak most for one class against the others, in order of time. */
function mostTelling(sentences: readonly Sentence[], head: Head, key: string, featuresOf: (sentence: Sentence) => readonly string[]): number[] {
  const at = head.classes.indexOf(key);
  if (at < 0) return [];
  const bias = head.bias[at] ?? 0;
  const mean = head.bias.reduce((sum, one) => sum + one, 0) / head.bias.length;
  return sentences
    .map((sentence) => {
      const scores = scoresOf(head, featuresOf(sentence));
      return { index: sentence.index, worth: (scores[at] ?? 0) - bias - (scores.reduce((sum, one) => sum + one, 0) / scores.length - mean) };
    })
    .filter(({ worth }) => worth > 0)
    .sort((a, b) => b.worth - a.worth)
    .slice(0, PROOFS)
    .map(({ index }) => index)
    .sort((a, b) => a - b);
}
