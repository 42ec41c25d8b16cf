// Definitions 2026-2: both parties, silence by length, hold, pace. Every name of CallMetrics stands here, or this does not compile.
import type { MetricName } from "../../../domain/index.ts";
import { named, type NamelessMetric } from "../metric.ts";
import { bridge_ms, speechMetrics } from "./v2026-2-speech.ts";
import { togetherMetrics } from "./v2026-2-together.ts";

export const v2026_2 = {
  version: "2026-2",
  bridgeMs: bridge_ms,
  knowsHold: true,
  notation:
    `A and C: stretches in which agent and customer speak, by voice activity, pauses under ${bridge_ms} ms bridged and hold taken out; P and Q: a party and the other one; ` +
    "H: hold from the first speech on; D: from the first speech to the last speech or hold; S: what of D is neither speech nor hold; |X|: length of X. |A ∪ C| + |S| + |H| = |D|",
  metrics: named("2026-2", { ...speechMetrics, ...togetherMetrics } satisfies Record<MetricName, NamelessMetric>),
};
