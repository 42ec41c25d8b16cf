// Numbers of one call from voice activity; only the speed of speech looks at words, so a weak speech model bends nothing else. Pure.
import { AppError, type CallMetrics, type MetricName, type MetricUnit, type NotMeasurable } from "../../domain/index.ts";
import { whyNot } from "./metric.ts";
import { metricSet, METRICS_VERSION } from "./registry.ts";
import { readTalk, type MetricsInput } from "./talk.ts";

/**
 * @param input speech and hold in any order, overlapping or not
 * @returns every number of that version: times integer milliseconds, ratios 0…1 with three decimals; null with a reason where it is not measurable.
 *   The same input always gives the same numbers.
 * @throws AppError NOT_FOUND for a version that this program does not know
 */
export function measureCall(input: MetricsInput, version: string = METRICS_VERSION): CallMetrics {
  const set = metricSet(version);
  if (set === undefined) throw new AppError("NOT_FOUND", `There are no definitions ${version} here; the current ones are ${METRICS_VERSION}`);
  const talk = readTalk(input, set.bridgeMs, set.knowsHold);
  const numbers: Partial<Record<MetricName, number | null>> = {};
  const reasons: Partial<Record<MetricName, NotMeasurable>> = {};
  for (const metric of set.metrics) {
    const found = typeof talk === "string" ? talk : (whyNot(metric, talk) ?? metric.measure(talk));
    if (typeof found === "number") numbers[metric.name] = rounded(found, metric.unit);
    else {
      numbers[metric.name] = null;
      reasons[metric.name] = found;
    }
  }
  const { agent_talk_ratio = null, silence_ms = null, overtalk_ms = null, interruptions = null } = numbers;
  const metrics = { definitions: version, ...numbers, agent_talk_ratio, silence_ms, overtalk_ms, interruptions };
  if (!set.knowsHold) return metrics; // numbers of 2026-1 were stored bare, and are compared with what is stored
  return { ...metrics, estimated: typeof talk !== "string" && talk.isEstimate, not_measurable: reasons };
}

function rounded(value: number, unit: MetricUnit): number {
  return unit === "ratio" ? Math.round(value * 1000) / 1000 : Math.round(value);
}
