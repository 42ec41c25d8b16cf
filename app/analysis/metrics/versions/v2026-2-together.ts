// Definitions 2026-2: when both speak, and when neither does.
import { backchannelsOf, countInterruptions } from "../floor.ts";
import { ofCall, ofEachParty, otherThan } from "../metric.ts";
import { intersectionOf, lengthOf, longestOf } from "../spans.ts";
import type { Party, Span } from "../../../domain/index.ts";
import type { Talk } from "../talk.ts";
import { backchannel_max_ms, bridge_ms } from "./v2026-2-speech.ts";

const interruption = {
  unit: "count", needs: "both", thresholds: { bridge_ms, overlap_min_ms: backchannel_max_ms, yield_within_ms: 2000 },
  source: "Amazon Transcribe Call Analytics: one participant cuts off the other mid-sentence, reported per interrupter; length and yielding stand for the words, which are not looked at. OpenTranscribe counts any overlap, Verint talking at once for longer than a threshold (3 s)",
} as const;
const interruptionsBy = ({ speech }: Talk, party: Party, thresholds: typeof interruption.thresholds): number => countInterruptions(speech[party], speech[otherThan(party)], thresholds);

const backchannel = {
  unit: "count", needs: "both", thresholds: { bridge_ms, backchannel_max_ms },
  source: "what Revenue.io leaves out of interruptions by length, place and words; here by length and place, in any language",
} as const;
const backchannelsBy = ({ speech }: Talk, party: Party, { backchannel_max_ms: maxMs }: typeof backchannel.thresholds): number => backchannelsOf(speech[party], speech[otherThan(party)], maxMs).length;

const overtalkOf = ({ speech: { agent, customer } }: Talk, minMs: number): number => lengthOf(intersectionOf(agent, customer).filter((span) => span.endMs - span.startMs >= minMs));
const overtalk = {
  label: "Both speak at once", needs: "both", thresholds: { bridge_ms, overlap_min_ms: 500 },
} as const;

const longer = (pauses: readonly Span[], overMs: number): Span[] => pauses.filter((pause) => pause.endMs - pause.startMs > overMs);

/** Time, count and share of the pauses over so many seconds. */
function pausesOver<S extends number>(seconds: S, source: string): Record<`silence_over_${S}s_${"ms" | "count" | "share"}`, ReturnType<typeof ofCall>> {
  const shared = { label: `Pauses over ${seconds} s`, needs: "both", thresholds: { bridge_ms, over_ms: seconds * 1000 }, source } as const;
  return {
    [`silence_over_${seconds}s_ms`]: ofCall({
      ...shared, unit: "ms", denominator: "summed over D",
      formula: ({ over_ms }) => `sum of the stretches of S longer than ${over_ms} ms`,
      measure: ({ pauses }, { over_ms }) => lengthOf(longer(pauses, over_ms)),
    }),
    [`silence_over_${seconds}s_count`]: ofCall({
      ...shared, unit: "count", denominator: "none: a count",
      formula: ({ over_ms }) => `number of the stretches of S longer than ${over_ms} ms`,
      measure: ({ pauses }, { over_ms }) => longer(pauses, over_ms).length,
    }),
    [`silence_over_${seconds}s_share`]: ofCall({
      ...shared, unit: "ratio", denominator: "D, hold included",
      formula: ({ over_ms }) => `sum of the stretches of S longer than ${over_ms} ms / |D|`,
      measure: ({ pauses, lengthMs }, { over_ms }) => lengthOf(longer(pauses, over_ms)) / lengthMs,
    }),
  } as ReturnType<typeof pausesOver<S>>;
}

/** In the order in which people read them. */
export const togetherMetrics = {
  interruptions: ofCall({
    ...interruption, label: "Interruptions",
    formula: () => "agent_interruptions + customer_interruptions",
    denominator: "none: a count over both parties",
    measure: (talk, thresholds) => interruptionsBy(talk, "agent", thresholds) + interruptionsBy(talk, "customer", thresholds),
  }),
  ...ofEachParty("interruptions", {
    ...interruption, label: "Interrupts the other",
    formula: ({ overlap_min_ms, yield_within_ms }) => `stretches of P that start while Q speaks, overlap at least ${overlap_min_ms} ms, and make Q stop within ${yield_within_ms} ms of that start, before P stops`,
    denominator: "none: a count",
    measure: interruptionsBy,
  }),
  backchannels: ofCall({
    ...backchannel, label: "Acknowledgements",
    formula: () => "agent_backchannels + customer_backchannels",
    denominator: "none: a count over both parties",
    measure: (talk, thresholds) => backchannelsBy(talk, "agent", thresholds) + backchannelsBy(talk, "customer", thresholds),
  }),
  ...ofEachParty("backchannels", {
    ...backchannel, label: "Acknowledges the other",
    formula: ({ backchannel_max_ms: maxMs }) => `stretches of P of at most ${maxMs} ms that start and end while Q goes on speaking`,
    denominator: "none: a count",
    measure: backchannelsBy,
  }),
  overtalk_ms: ofCall({
    ...overtalk, unit: "ms",
    formula: ({ overlap_min_ms }) => `sum of the stretches of A ∩ C that last at least ${overlap_min_ms} ms`,
    denominator: "none: a sum of time",
    source: "Genesys overtalkDuration; short overlaps are left out, because a listener's “mm-hm” is no overtalk",
    measure: (talk, { overlap_min_ms }) => overtalkOf(talk, overlap_min_ms),
  }),
  overtalk_share: ofCall({
    ...overtalk, unit: "ratio",
    formula: ({ overlap_min_ms }) => `sum of the stretches of A ∩ C that last at least ${overlap_min_ms} ms / |D|`,
    denominator: "D, hold included",
    source: "Genesys overtalkDurationPercentage, as a ratio and without short overlaps",
    measure: (talk, { overlap_min_ms }) => overtalkOf(talk, overlap_min_ms) / talk.lengthMs,
  }),
  silence_ms: ofCall({
    label: "Silence", unit: "ms", needs: "both", thresholds: { bridge_ms },
    formula: () => "|S|",
    denominator: "summed over D; ringing before and tones after do not count, nor does hold",
    source: "all pauses, as Speakr sums them, but from voice activity: overlaps are not subtracted twice as by OpenTranscribe, and short pauses of one party are speech",
    measure: ({ pauses }) => lengthOf(pauses),
  }),
  silence_longest_ms: ofCall({
    label: "Longest pause", unit: "ms", needs: "both", thresholds: { bridge_ms },
    formula: () => "longest stretch of S, 0 without any",
    denominator: "none: a length",
    source: "EvaluAgent's longest silence, without its threshold; Verint's long silence counts background noise as silence, as does ours",
    measure: ({ pauses }) => longestOf(pauses),
  }),
  ...pausesOver(3, "with hold_ms it is Amazon Connect's non-talk time (hold and silences over 3 s); the share is its percentage without hold"),
  ...pausesOver(5, "Google CX Insights: silence is what lasts over 5 s, as percent of the conversation"),
  hold_ms: ofCall({
    label: "Hold", unit: "ms", needs: "hold", thresholds: { bridge_ms }, estimable: true,
    formula: () => "|H|",
    denominator: "summed over D; music and ringing before the first word are waiting, not hold",
    source: "Amazon Connect and Genesys take hold from the telephone system; ours is what is heard (music, ringing), so silent hold counts as silence",
    measure: ({ hold }) => lengthOf(hold ?? []),
  }),
  hold_count: ofCall({
    label: "Hold", unit: "count", needs: "hold", thresholds: { bridge_ms }, estimable: true,
    formula: () => "number of stretches of H",
    denominator: "none: a count",
    source: "as hold_ms",
    measure: ({ hold }) => (hold ?? []).length,
  }),
  hold_longest_ms: ofCall({
    label: "Longest hold", unit: "ms", needs: "hold", thresholds: { bridge_ms }, estimable: true,
    formula: () => "longest stretch of H, 0 without any",
    denominator: "none: a length",
    source: "as hold_ms",
    measure: ({ hold }) => longestOf(hold ?? []),
  }),
};
