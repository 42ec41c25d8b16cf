// What the small models look at: plain names of what is in a sentence or a conversation, so that a person can read the weights. Pure.
import type { Pacer } from "../pacer.ts";
import type { Conversation, Sentence } from "../text/conversation.ts";
import { partyOf } from "../text/party.ts";
import type { TopicFinding } from "../facts/topic.ts";
import type { OutcomeFinding } from "../facts/outcome.ts";
import type { Signals } from "../facts/signals.ts";

/** Names of features that are present; each counts 1. The trainer and the engine use the same functions. */
export type Features = readonly string[];

const MONEY = /[£€$]|\b(?:pounds?|dollars?|euros?|quid|pence|cents?|rupees|bucks)\b/i;
const DAY = /\b(?:today|tomorrow|tonight|yesterday|monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|june|july|august|september|october|november|december|weeks?|days?|months?|hours?|minutes?|morning|afternoon|evening)\b/;
const NEGATION = /\b(?:not|no|never|nothing|nobody|none)\b/;

/** @param before the sentence before it in the conversation */
export function sentenceFeatures(sentence: Sentence, before: Sentence | undefined, signals: readonly Signals[], support: ReadonlyMap<number, number>): Features {
  const who = partyOf(sentence);
  const words = sentence.plain.map((word) => word.text);
  const own = [...(signals[sentence.index] ?? [])];
  const asked = before === undefined ? [] : [...(signals[before.index] ?? [])];
  const isAnswer = before !== undefined && partyOf(before) !== who;
  return unique([
    `who:${who}`,
    `at:${who}:${Math.min(4, Math.floor(sentence.position * 5))}`,
    `long:${bucket(words.length, [3, 6, 10, 16, 25])}`,
    `new:${bucket(sentence.stems.length, [1, 3, 5, 8])}`,
    `topic:${bucket(Math.round(support.get(sentence.index) ?? 0), [0, 1, 3])}`,
    ...own.map((signal) => `does:${signal}`),
    ...own.map((signal) => `does:${who}:${signal}`),
    ...(own.length === 0 ? ["does:nothing"] : []),
    ...(isAnswer ? asked.map((signal) => `after:${signal}`) : ["goes on"]),
    ...(isAnswer && /\?\s*$/.test(before.text) ? ["answers"] : []),
    ...(/\d/.test(sentence.line) ? ["number", `number:${who}`] : []),
    ...(MONEY.test(sentence.text) ? ["money"] : []),
    ...(DAY.test(sentence.line) ? ["time", `time:${who}`] : []),
    ...(NEGATION.test(sentence.line) ? ["negation"] : []),
    ...(/\?\s*$/.test(sentence.text) ? [`asks:${who}`] : []),
    ...sentence.stems.map((stem) => `w:${mask(stem)}`),
    ...words.slice(1).map((word, at) => `b:${mask(words[at] ?? "")} ${mask(word)}`),
  ]);
}

/** How a conversation went: what was done and said, by whom, and what came last. */
export function courseFeatures({ sentences }: { sentences: readonly Sentence[] }, signals: readonly Signals[], byRule: OutcomeFinding): Features {
  const clear = sentences.filter((sentence) => sentence.weight > 0.5);
  const late = clear.filter((sentence) => sentence.position >= 0.6);
  const last = { customer: clear.filter((one) => partyOf(one) === "customer").slice(-3), agent: clear.filter((one) => partyOf(one) === "agent").slice(-5) };
  const of = (list: readonly Sentence[]): string[] => list.flatMap((one) => [...(signals[one.index] ?? [])].map((signal) => `${partyOf(one)}:${signal}`));
  const ends = [...last.customer, ...last.agent];
  return unique([
    `rule:${byRule.outcome}`,
    `rule:${byRule.rule}`,
    `sentences:${bucket(clear.length, [3, 6, 12, 25])}`,
    `customer:${bucket(clear.filter((one) => partyOf(one) === "customer").length, [0, 2, 5])}`,
    ...of(clear).map((one) => `has:${one}`),
    ...of(late).map((one) => `late:${one}`),
    ...of(last.customer).map((one) => `last:${one}`),
    ...ends.flatMap((one) => one.stems.map((stem) => `e:${partyOf(one)}:${mask(stem)}`)),
    ...ends.flatMap(({ plain }) => plain.slice(1).map((word, at) => `eb:${mask(plain[at]?.text ?? "")} ${mask(word.text)}`)),
    ...late.flatMap((one) => one.stems.map((stem) => `l:${partyOf(one)}:${mask(stem)}`)),
  ]);
}

/** How it ended, in the very words: small words turn "I'll do that" into "I'd do that". On 745 conversations they judged the outcome of 79.5 instead of 78.4 in 100. */
export function endingFeatures(conversation: { sentences: readonly Sentence[] }, signals: readonly Signals[], byRule: OutcomeFinding): Features {
  const { sentences } = conversation;
  const last = (["agent", "customer"] as const).flatMap((who) => sentences.filter((one) => partyOf(one) === who).slice(-3));
  const pairs = (one: Sentence, name: string): string[] => one.plain.slice(1).map((word, at) => `${name}:${partyOf(one)}:${mask(one.plain[at]?.text ?? "")} ${mask(word.text)}`);
  return unique([
    ...courseFeatures(conversation, signals, byRule),
    ...last.flatMap((one) => [...one.plain.map(({ text }) => `z:${partyOf(one)}:${mask(text)}`), ...pairs(one, "zb")]),
    ...sentences.filter((one) => one.position >= 0.5).flatMap((one) => pairs(one, "lb")),
  ]);
}

/** More keys than these say nothing any more. */
const KEYS_SEEN = 6;

/** The words of the matter: of both parties, the customer's first ones apart; and what the phrases of the taxonomy say, which the model may believe or not. */
export async function matterFeatures({ sentences }: Pick<Conversation, "sentences">, scores: TopicFinding["scores"], pacer: Pacer): Promise<Features> {
  const features = new Set<string>();
  for (const sentence of sentences) {
    await pacer.breathe();
    for (const feature of matterOf(sentence)) features.add(feature);
  }
  for (const { key } of scores.slice(0, 1)) features.add(`best:${key}`).add(`best:${key.split(".")[0] ?? key}`);
  for (const { key, points } of scores.slice(0, KEYS_SEEN)) for (const edge of [1, 3, 6]) if (points >= edge) features.add(`says:${key}:${edge}`);
  return [...features];
}

/** What one sentence says of the matter. */
export function matterOf(sentence: Sentence): Features {
  const isOpening = partyOf(sentence) === "customer" && sentence.position <= 0.4;
  return unique([
    ...sentence.stems.map((stem) => `w:${mask(stem)}`),
    ...sentence.plain.slice(1).map((word, at) => `b:${mask(sentence.plain[at]?.text ?? "")} ${mask(word.text)}`),
    ...(isOpening ? sentence.stems.map((stem) => `o:${mask(stem)}`) : []),
  ]);
}

/** A number says that there is a number, never which. */
export function mask(word: string): string {
  return /\d/.test(word) ? "#" : word;
}

function bucket(value: number, edges: readonly number[]): number {
  const at = edges.findIndex((edge) => value <= edge);
  return at < 0 ? edges.length : at;
}

/** Each once. */
export function unique(list: readonly string[]): string[] {
  return [...new Set(list)];
}
