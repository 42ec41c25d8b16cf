// How the customer feels at the end, and whether that is better than at first, as trained models judge it. Pure.
import type { Sentiment } from "../../domain/index.ts";
import { TREND_MIN } from "../facts/sentiment.ts";
import { probabilitiesOf, type FindingsModel } from "./findings-model.ts";
import { moodFeatures, trendFeatures, type MoodGround } from "./mood-features.ts";

/** What is neither good nor bad stays within this. */
const NEITHER = 0.1;
/** A change that is none stays below what counts as one. */
const STEADY = TREND_MIN - 0.01;
const TRENDS = ["improving", "steady", "worsening"] as const;

/**
 * @returns the lexicon's reading, with the end (the chance of a good mood less that of a bad one) and the trend as the models judge them, and a beginning that
 *   agrees with both. On half of 745 conversations the lexicon alone judged the end as a person did, the models on six of ten they were not trained with.
 */
export function learnedSentiment({ heads }: FindingsModel, ground: MoodGround): Sentiment {
  const { sentiment } = ground;
  if (sentiment.customer_start === null || sentiment.customer_end === null) return sentiment;
  const moods = probabilitiesOf(heads.mood, moodFeatures(ground));
  const chanceOf = (name: string): number => moods[heads.mood.classes.indexOf(name)] ?? 0;
  const feeling = chanceOf("positive") - chanceOf("negative");
  const most = Math.max(...moods);
  const end = round(chanceOf("neutral") === most ? within(feeling, -NEITHER, NEITHER) : chanceOf("positive") === most ? Math.max(feeling, NEITHER + 0.01) : Math.min(feeling, -NEITHER - 0.01));
  if (sentiment.trend === "unknown") return { ...sentiment, customer_end: end };
  const changes = probabilitiesOf(heads.trend, trendFeatures(ground));
  const trend = TRENDS.find((one) => one === heads.trend.classes[changes.indexOf(Math.max(...changes))]) ?? sentiment.trend;
  const begun = sentiment.customer_start;
  const start = trend === "improving" ? Math.min(begun, end - TREND_MIN) : trend === "worsening" ? Math.max(begun, end + TREND_MIN) : within(begun, end - STEADY, end + STEADY);
  return { ...sentiment, customer_start: round(within(start, -1, 1)), customer_end: end, trend };
}

function within(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

function round(value: number): number {
  return Math.round(value * 100) / 100 + 0;
}
