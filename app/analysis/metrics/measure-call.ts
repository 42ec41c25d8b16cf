// Numbers of one call from voice activity alone: no transcript is needed, so a weak speech model does not bend them. Pure.
import type { AnalysisInput, CallMetrics, Span } from "../../domain/index.ts";
import { BRIDGE_MS, INTERRUPTION_OVERLAP_MS, INTERRUPTION_YIELD_MS, METRICS_VERSION, OVERTALK_MIN_MS } from "./definitions.ts";
import { bridgeGaps, intersectionOf, lengthOf, unionOf } from "./spans.ts";

/**
 * @param input `speech` holds the stretches of speech per party, in any order; absent for recordings without a party per channel
 * @returns metrics by the formulas of `metricDefinitions`; all null when `speech` is absent or empty. Milliseconds are integers.
 */
export function measureCall(input: Pick<AnalysisInput, "speech" | "durationMs">): CallMetrics {
  const nothing: CallMetrics = { definitions: METRICS_VERSION, agent_talk_ratio: null, silence_ms: null, overtalk_ms: null, interruptions: null };
  if (input.speech === undefined) return nothing;
  const untilMs = input.durationMs > 0 ? input.durationMs : Infinity;
  const agent = bridgeGaps(unionOf(input.speech.agent, untilMs), BRIDGE_MS);
  const customer = bridgeGaps(unionOf(input.speech.customer, untilMs), BRIDGE_MS);
  const anyone = unionOf([...agent, ...customer]);
  const first = anyone[0];
  const last = anyone.at(-1);
  if (first === undefined || last === undefined) return nothing;
  const agentMs = lengthOf(agent);
  const customerMs = lengthOf(customer);
  return {
    definitions: METRICS_VERSION,
    agent_talk_ratio: Math.round((agentMs / (agentMs + customerMs)) * 1000) / 1000,
    silence_ms: Math.round(last.endMs - first.startMs - lengthOf(anyone)),
    overtalk_ms: Math.round(lengthOf(intersectionOf(agent, customer).filter((span) => span.endMs - span.startMs >= OVERTALK_MIN_MS))),
    interruptions: countInterruptions(agent, customer) + countInterruptions(customer, agent),
  };
}

/** How often `interrupter` starts inside a stretch of `speaker` and makes it end. */
function countInterruptions(interrupter: readonly Span[], speaker: readonly Span[]): number {
  let count = 0;
  let at = 0;
  for (const cut of interrupter) {
    while (at < speaker.length && (speaker[at]?.endMs ?? 0) <= cut.startMs) at++;
    const speech = speaker[at];
    if (speech === undefined) break;
    const overlapMs = Math.min(cut.endMs, speech.endMs) - cut.startMs;
    const yields = speech.endMs <= cut.endMs && speech.endMs - cut.startMs <= INTERRUPTION_YIELD_MS;
    if (speech.startMs < cut.startMs && overlapMs >= INTERRUPTION_OVERLAP_MS && yields) count++;
  }
  return count;
}
