// What the trained models make of a conversation: topics, how it ended, which sentences matter. Pure; every answer points to sentences.
import { OUTCOMES, type Outcome } from "../../domain/index.ts";
import { ONE_SIDED, type OutcomeFinding } from "../facts/outcome.ts";
import type { Signals } from "../facts/signals.ts";
import type { LearnedTopics, TopicFinding } from "../facts/topic.ts";
import type { Conversation, Sentence } from "../text/conversation.ts";
import type { Pacer } from "../pacer.ts";
import { endingFeatures, matterFeatures, matterOf, sentenceFeatures, type Features } from "./features.ts";
import { probabilitiesOf, scoresOf, type FindingsModel, type Head } from "./findings-model.ts";
import { mixChances } from "./chances.ts";

/** A certain model is worth this many points of the taxonomy, whose threshold is 3: for a reason, and for its topic. From 6 to 60 for a topic it makes no difference beyond chance on conversations that were held out. */
const TOPIC_POINTS = 10;
const REASON_POINTS = 50;
/** What an encoder adds to the linear model, in log-chances: of 824 conversations whose writers neither had labels of, the topic of 703 instead of 653 was right, of the encoder alone 664. From 0.3 to 0.5 it makes no difference beyond chance. */
const ENCODER_SHARE = 0.3;
/** The class of conversations that no reason fits; from so likely the phrases decide alone. By writers held out, of 51 such conversations 18 instead of 4 stayed without a topic, and the topic of 76.9 instead of 76.1 in 100 of all was right. */
const NONE = "none";
const NONE_FROM = 0.25;
/** Reasons less likely than this are not told further. */
const LEAST_LIKELY = 0.02;
/** Sentences that are shown as proof of what a model chose. */
const PROOFS = 3;

/** @param scores points that the phrases of the taxonomy gave @param encoded what an encoder says of each reason, where there is one @returns points for the keys of a taxonomy, a topic as likely as its reasons together; no points when likely none fits */
export async function learnedTopics(model: FindingsModel, conversation: Pick<Conversation, "sentences">, scores: TopicFinding["scores"], encoded: Readonly<Record<string, number>> | undefined, pacer: Pacer): Promise<LearnedTopics> {
  const { reason } = model.heads;
  const alone = probabilitiesOf(reason, await matterFeatures(conversation, scores, pacer));
  const likely = encoded === undefined ? alone : mixChances(alone, reason.classes.map((key) => encoded[key] ?? 0), ENCODER_SHARE);
  const points = new Map<string, number>();
  const isNone = (likely[reason.classes.indexOf(NONE)] ?? 0) >= NONE_FROM;
  const add = (key: string, worth: number): void => void points.set(key, (points.get(key) ?? 0) + worth);
  for (const [at, key] of reason.classes.entries()) {
    if (isNone || key === NONE) continue;
    add(key, REASON_POINTS * (likely[at] ?? 0));
    add(topicOf(key), TOPIC_POINTS * (likely[at] ?? 0));
  }
  const likeliest = (topic: string): string | undefined => reason.classes.filter((key) => topicOf(key) === topic).sort((a, b) => (points.get(b) ?? 0) - (points.get(a) ?? 0))[0];
  return {
    points,
    likely: Object.fromEntries(reason.classes.flatMap((key, at) => (key === NONE || (likely[at] ?? 0) < LEAST_LIKELY ? [] : [[key, Math.round((likely[at] ?? 0) * 100) / 100]]))),
    proofOf: (key) => mostTelling(conversation.sentences, reason, reason.classes.includes(key) ? key : (likeliest(key) ?? key), matterOf, pacer),
  };
}

/** `billing` of `billing.refund`. */
function topicOf(key: string): string {
  return key.split(".")[0] ?? key;
}

/** @param byRule what the rules say; its sentences are the proof where both agree */
export async function learnedOutcome(model: FindingsModel, conversation: Conversation, signals: readonly Signals[], byRule: OutcomeFinding, pacer: Pacer): Promise<OutcomeFinding> {
  if (byRule.rule === ONE_SIDED) return byRule;
  const head = model.heads.outcome;
  const probabilities = probabilitiesOf(head, endingFeatures(conversation, signals, byRule));
  const best = head.classes[probabilities.indexOf(Math.max(...probabilities))];
  const outcome: Outcome = OUTCOMES.find((one) => one === best) ?? "unknown";
  if (outcome === byRule.outcome) return byRule;
  if (outcome === "unknown") return { outcome, evidence: [], rule: "learned" };
  const ending = conversation.sentences.filter((one) => one.position >= 0.5);
  const proof = await mostTelling(ending, head, outcome, (one) => endingFeatures({ sentences: [one] }, signals, byRule).filter((feature) => !feature.startsWith("rule:") && !feature.startsWith("sentences:")), pacer);
  const evidence = [...new Set(proof.flatMap((index) => conversation.sentences[index]?.turnIds ?? []))];
  return evidence.length === 0 ? byRule : { outcome, evidence, rule: "learned" };
}

/** Log-odds per sentence, by index: that a summary must not leave it out, and that it says what the customer wants. */
export interface LearnedWorth {
  important: number[];
  intent: number[];
}

/** Each sentence is looked at once, for both. */
export async function learnedWorth({ heads }: FindingsModel, { sentences }: Conversation, signals: readonly Signals[], support: ReadonlyMap<number, number>, pacer: Pacer): Promise<LearnedWorth> {
  const worth: LearnedWorth = { important: [], intent: [] };
  for (const [at, sentence] of sentences.entries()) {
    await pacer.breathe();
    const features = sentenceFeatures(sentence, sentences[at - 1], signals, support);
    const sure = sentence.weight < 1 ? 0.5 : 1;
    worth.important.push(logOddsOf(heads.important, features) * sure);
    worth.intent.push(logOddsOf(heads.intent, features) * sure);
  }
  return worth;
}

/** Of a head with the classes "yes" and "no". */
function logOddsOf(head: Head, features: Features): number {
  const scores = scoresOf(head, features);
  return (scores[head.classes.indexOf("yes")] ?? 0) - (scores[head.classes.indexOf("no")] ?? 0);
}

/** Indexes of the sentences whose words speak most for one class against the others, in order of time. */
async function mostTelling(sentences: readonly Sentence[], head: Head, key: string, featuresOf: (sentence: Sentence) => Features, pacer: Pacer): Promise<number[]> {
  const at = head.classes.indexOf(key);
  if (at < 0) return [];
  const against = (scores: readonly number[]): number => (scores[at] ?? 0) - scores.reduce((sum, one) => sum + one, 0) / scores.length;
  const telling: { index: number; worth: number }[] = [];
  for (const sentence of sentences) {
    await pacer.breathe();
    const worth = against(scoresOf(head, featuresOf(sentence))) - against(head.bias);
    if (worth > 0) telling.push({ index: sentence.index, worth });
  }
  return telling.sort((a, b) => b.worth - a.worth).slice(0, PROOFS).map(({ index }) => index).sort((a, b) => a - b);
}
