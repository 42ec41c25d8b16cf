// Definitions 2026-1: four numbers, hold not known. Kept so that numbers stored with them can be explained and computed again.
import { countInterruptions } from "../floor.ts";
import { named, ofCall } from "../metric.ts";
import { intersectionOf, lengthOf } from "../spans.ts";

const bridge_ms = 300;

/** Every number is there as soon as anybody speaks, even when one party is not heard at all. */
export const v2026_1 = {
  version: "2026-1",
  bridgeMs: bridge_ms,
  knowsHold: false,
  notation: "A and C: speech of agent and customer, pauses under 300 ms bridged; D: first to last speech of either",
  metrics: named("2026-1", {
    agent_talk_ratio: ofCall({
      label: "Agent's share of the talking",
      unit: "ratio",
      needs: "anyone",
      thresholds: { bridge_ms },
      formula: () => "|A| / (|A| + |C|)",
      denominator: "speech of both parties; silence excluded, overlapping speech counted for each party",
      source: "talk-listen ratio as in sales coaching; Amazon Connect and Google divide by the duration of the conversation instead",
      measure: ({ speech: { agent, customer } }) => lengthOf(agent) / (lengthOf(agent) + lengthOf(customer)),
    }),
    silence_ms: ofCall({
      label: "Time when neither party speaks",
      unit: "ms",
      needs: "anyone",
      thresholds: { bridge_ms },
      formula: () => "D − |A ∪ C|",
      denominator: "summed over D; ringing before and tones after do not count",
      source: "complement of Amazon Connect's talk time; Connect's non-talk time counts only pauses over 3 s, Google's silence only those over 5 s",
      measure: ({ pauses }) => lengthOf(pauses),
    }),
    overtalk_ms: ofCall({
      label: "Time when both parties speak",
      unit: "ms",
      needs: "anyone",
      thresholds: { bridge_ms, overlap_min_ms: 500 },
      formula: ({ overlap_min_ms }) => `sum of the stretches of A ∩ C that last at least ${overlap_min_ms} ms`,
      denominator: "none: a sum of time",
      source: "Genesys overtalkDuration without its percentage; short overlaps are left out, because a listener's “mm-hm” is no overtalk",
      measure: ({ speech: { agent, customer } }, { overlap_min_ms }) => lengthOf(intersectionOf(agent, customer).filter((span) => span.endMs - span.startMs >= overlap_min_ms)),
    }),
    interruptions: ofCall({
      label: "Times one party cut the other off",
      unit: "count",
      needs: "anyone",
      thresholds: { bridge_ms, overlap_min_ms: 1000, yield_within_ms: 2000 },
      formula: ({ overlap_min_ms, yield_within_ms }) =>
        `speech of one party that starts while the other speaks, overlaps at least ${overlap_min_ms} ms, and makes the other stop within ${yield_within_ms} ms of that start, before the interrupter stops`,
      denominator: "none: a count over both parties",
      source: "Amazon Transcribe Call Analytics: one participant cuts off the other mid-sentence; length and yielding stand for the words, which are not looked at",
      measure: ({ speech: { agent, customer } }, thresholds) => countInterruptions(agent, customer, thresholds) + countInterruptions(customer, agent, thresholds),
    }),
  }),
};
