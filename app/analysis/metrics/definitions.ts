// The registry of metrics: what each number means, with version, formula, thresholds and denominator. Numbers are stored with the version.

/** Grows whenever a formula or threshold changes; old numbers keep their old version. */
export const METRICS_VERSION = "2026-1";

/** Pauses shorter than this belong to the speech around them. */
export const BRIDGE_MS = 300;
/** Shorter overlaps are "mm-hm" and the edges of turns. */
export const OVERTALK_MIN_MS = 500;
/** An interruption overlaps at least this long … */
export const INTERRUPTION_OVERLAP_MS = 1000;
/** … and the party that spoke first falls silent within this time of being interrupted. */
export const INTERRUPTION_YIELD_MS = 2000;

export interface MetricDefinition {
  name: "agent_talk_ratio" | "silence_ms" | "overtalk_ms" | "interruptions";
  label: string;
  version: string;
  unit: "ratio" | "ms" | "count";
  /** A and C: speech of agent and customer, pauses under 300 ms bridged; D: first to last speech of either */
  formula: string;
  thresholds: Readonly<Record<string, number>>;
  /** what the number is divided by, or over what it is summed */
  denominator: string;
  notMeasurable: string;
  /** how it compares with what other systems call so */
  source: string;
}

const NEEDS_TWO_CHANNELS = "null when the recording does not keep the parties on channels of their own (mono, dual mono), or nobody spoke";

/** All metrics of one call, as `GET /v1/analytics/definitions` shows them. */
export const metricDefinitions: readonly MetricDefinition[] = [
  {
    name: "agent_talk_ratio",
    label: "Agent's share of the talking",
    version: METRICS_VERSION,
    unit: "ratio",
    formula: "|A| / (|A| + |C|)",
    thresholds: { bridge_ms: BRIDGE_MS },
    denominator: "speech of both parties; silence excluded, overlapping speech counted for each party",
    notMeasurable: NEEDS_TWO_CHANNELS,
    source: "talk-listen ratio as in sales coaching; Amazon Connect and Google divide by the duration of the conversation instead",
  },
  {
    name: "silence_ms",
    label: "Time when neither party speaks",
    version: METRICS_VERSION,
    unit: "ms",
    formula: "D − |A ∪ C|",
    thresholds: { bridge_ms: BRIDGE_MS },
    denominator: "summed over D, from the first to the last speech of either party; ringing before and tones after do not count",
    notMeasurable: NEEDS_TWO_CHANNELS,
    source: "complement of Amazon Connect's talk time; Connect's non-talk time counts only pauses over 3 s, Google's silence only those over 5 s",
  },
  {
    name: "overtalk_ms",
    label: "Time when both parties speak",
    version: METRICS_VERSION,
    unit: "ms",
    formula: "sum of the stretches of A ∩ C that last at least 500 ms",
    thresholds: { bridge_ms: BRIDGE_MS, overlap_min_ms: OVERTALK_MIN_MS },
    denominator: "none: a sum of time",
    notMeasurable: NEEDS_TWO_CHANNELS,
    source: "Genesys overtalkDuration without its percentage; short overlaps are left out, because a listener's “mm-hm” is no overtalk",
  },
  {
    name: "interruptions",
    label: "Times one party cut the other off",
    version: METRICS_VERSION,
    unit: "count",
    formula: "speech of one party that starts while the other speaks, overlaps at least 1000 ms, and makes the other stop within 2000 ms of that start, before the interrupter stops",
    thresholds: { bridge_ms: BRIDGE_MS, overlap_min_ms: INTERRUPTION_OVERLAP_MS, yield_within_ms: INTERRUPTION_YIELD_MS },
    denominator: "none: a count over both parties",
    notMeasurable: NEEDS_TWO_CHANNELS,
    source: "Amazon Transcribe Call Analytics: one participant cuts off the other mid-sentence; length and yielding stand for the words, which are not looked at",
  },
];
