// The numbers of a call: their names, what a definition says, and why a number may be missing. The formulas are in analysis/metrics.
import { z } from "zod";
import type { Party } from "./glossary.ts";

/** Every number a call can have. An id is API: it is never renamed, and never gets another meaning without a new version of the definitions. */
export const METRIC_NAMES = [
  "conversation_ms",
  "agent_talk_ratio", "customer_talk_ratio", "agent_talk_ms", "customer_talk_ms",
  "agent_longest_monologue_ms", "customer_longest_monologue_ms",
  "agent_words_per_minute", "customer_words_per_minute",
  "agent_first_word_ms",
  "agent_response_median_ms", "customer_response_median_ms", "agent_response_p90_ms", "customer_response_p90_ms",
  "speaker_switches",
  "interruptions", "agent_interruptions", "customer_interruptions",
  "backchannels", "agent_backchannels", "customer_backchannels",
  "overtalk_ms", "overtalk_share",
  "silence_ms", "silence_longest_ms",
  "silence_over_3s_ms", "silence_over_3s_count", "silence_over_3s_share",
  "silence_over_5s_ms", "silence_over_5s_count", "silence_over_5s_share",
  "hold_ms", "hold_count", "hold_longest_ms",
] as const;
export type MetricName = (typeof METRIC_NAMES)[number];

/** Why a number is not there: the code is API, the words are for people and follow "not measurable: ". */
export const NOT_MEASURABLE = {
  mono: "both parties are on one channel",
  dual_mono: "both channels carry the same sound",
  parties_unknown: "it is not known which channel is whose",
  diarised: "the parties are told apart by their voices only, which is not exact enough for this",
  nobody_speaks: "nobody speaks",
  agent_not_heard: "the agent is not heard",
  customer_not_heard: "the customer is not heard",
  hold_unknown: "nobody has looked for hold in this recording",
  no_words: "no words of this party were recognised",
  too_little_speech: "this party says too little",
  no_replies: "this party never begins right after the other",
} as const;
export type NotMeasurable = keyof typeof NOT_MEASURABLE;

/** `ratio` 0…1 · `ms` integer milliseconds · `count` · `per_minute` */
export const METRIC_UNITS = ["ratio", "ms", "count", "per_minute"] as const;
export type MetricUnit = (typeof METRIC_UNITS)[number];

/** What one number means, as people and programs may read it. */
export interface MetricDefinition {
  name: MetricName;
  /** numbers of one label belong together: of the two parties, or as time, count and share of one thing */
  label: string;
  /** whose number it is; null: of the call */
  party: Party | null;
  version: string;
  unit: MetricUnit;
  formula: string;
  thresholds: Readonly<Record<string, number>>;
  /** what the number is divided by, or over what it is summed */
  denominator: string;
  /** reasons for which it may be missing */
  not_measurable: readonly NotMeasurable[];
  /** it may be an estimate, from voices that were told apart on one channel */
  estimable: boolean;
  /** how it compares with what other systems call so */
  source: string;
}

const numbers = Object.fromEntries(METRIC_NAMES.map((name) => [name, z.number().nullable().optional()])) as Record<MetricName, z.ZodOptional<z.ZodNullable<z.ZodNumber>>>;
const number = z.number().nullable();

/** The numbers of one call, from voice activity. null: not measurable; absent: not defined in that version. */
export const callMetricsSchema = z.object({
  definitions: z.string().describe("version of the definitions, see /v1/analytics/definitions"),
  ...numbers,
  agent_talk_ratio: number,
  silence_ms: number,
  overtalk_ms: number,
  interruptions: number,
  estimated: z.boolean().optional().describe("true: the parties were told apart by their voices; what is measured is an estimate"),
  not_measurable: z.partialRecord(z.enum(METRIC_NAMES), z.enum(Object.keys(NOT_MEASURABLE) as [NotMeasurable, ...NotMeasurable[]])).optional().describe("why a number is null"),
});
export type CallMetrics = z.infer<typeof callMetricsSchema>;
