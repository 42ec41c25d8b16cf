// What the small models of mood and trend look at: how the customer spoke at first and at last. Pure.
import type { Sentence } from "../text/conversation.ts";
import { partyOf } from "../text/party.ts";
import type { OutcomeFinding } from "../facts/outcome.ts";
import type { Signals } from "../facts/signals.ts";
import type { Sentiment } from "../../domain/index.ts";
import { courseFeatures, mask, unique, type Features } from "./features.ts";

/** Of the customer's turns this share is the beginning, and as much the end; the labels mean the same. */
const THIRD = 1 / 3;
const TELLING = ["angry", "pleased", "rejects", "threat", "complaint", "satisfied_close", "accepts", "still_broken", "works_now"];

export interface MoodGround {
  sentences: readonly Sentence[];
  signals: readonly Signals[];
  /** of each sentence, by index */
  moods: readonly number[];
  /** what the lexicon makes of it */
  sentiment: Sentiment;
  byRule: OutcomeFinding;
}

/** How the customer is at the end. */
export function moodFeatures({ sentences, signals, moods, sentiment, byRule }: MoodGround): Features {
  const said = sentences.filter((one) => partyOf(one) === "customer");
  const late = thirdOf(said, true);
  const of = (one: Sentence): Signals => signals[one.index] ?? new Set();
  return unique([
    ...courseFeatures({ sentences }, signals, byRule),
    `vader:${level(sentiment.customer_end ?? 0)}`,
    `overall:${level(sentiment.overall ?? 0)}`,
    ...late.flatMap((one) => [
      `m:${level(moods[one.index] ?? 0)}`,
      ...one.stems.map((stem) => `w:${mask(stem)}`),
      ...one.plain.map(({ text }, at) => (at === 0 ? `u:${mask(text)}` : `b:${mask(one.plain[at - 1]?.text ?? "")} ${mask(text)}`)),
      ...[...of(one)].map((signal) => `late:${signal}`),
      ...(one.text.includes("!") ? ["!"] : []),
      ...(/\?\s*$/.test(one.text) ? ["?"] : []),
      ...(/\b[A-Z]{3,}\b/.test(one.text) ? ["CAPS"] : []),
      ...[...one.text.matchAll(/\p{Extended_Pictographic}/gu)].map(([sign]) => `sign:${sign}`),
    ]),
    ...said.slice(-2).flatMap((one) => [`lastm:${level(moods[one.index] ?? 0)}`, ...one.plain.map(({ text }) => `z:${mask(text)}`), ...[...of(one)].map((signal) => `last:${signal}`)]),
    ...sentences.filter((one) => partyOf(one) === "agent" && one.position >= 0.5).flatMap((one) => [...of(one)].map((signal) => `ag:${signal}`)),
    ...said.flatMap((one) => TELLING.filter((signal) => of(one).has(signal)).map((signal) => `has:${signal}`)),
  ]);
}

/** Whether that is better or worse than at first. */
export function trendFeatures(ground: MoodGround): Features {
  const { sentences, signals, sentiment } = ground;
  const early = thirdOf(sentences.filter((one) => partyOf(one) === "customer"), false);
  return unique([
    ...moodFeatures(ground),
    `start:${level(sentiment.customer_start ?? 0)}`,
    `change:${Math.round(((sentiment.customer_end ?? 0) - (sentiment.customer_start ?? 0)) * 3)}`,
    ...early.flatMap((one) => [...one.stems.map((stem) => `sw:${mask(stem)}`), ...[...(signals[one.index] ?? [])].map((signal) => `start:${signal}`)]),
  ]);
}

function thirdOf(said: readonly Sentence[], isEnd: boolean): Sentence[] {
  const turns = [...new Set(said.map((one) => one.turn))];
  const count = Math.ceil(turns.length * THIRD);
  const counted = new Set(isEnd ? turns.slice(-count) : turns.slice(0, count));
  return said.filter((one) => counted.has(one.turn));
}

function level(mood: number): string {
  return mood <= -0.5 ? "bad" : mood <= -0.1 ? "poor" : mood < 0.1 ? "none" : mood < 0.5 ? "fair" : "good";
}
