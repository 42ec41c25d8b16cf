// The registry of metrics: every version of the definitions, each number with its formula. Numbers are stored with the version that made them.
import type { MetricDefinition } from "../../domain/index.ts";
import type { Metric } from "./metric.ts";
import { v2026_1 } from "./versions/v2026-1.ts";
import { v2026_2 } from "./versions/v2026-2.ts";

/** All numbers of one version. */
export interface MetricSet {
  version: string;
  /** what the letters of the formulas mean */
  notation: string;
  /** pauses of one party shorter than this belong to the speech around them */
  bridgeMs: number;
  knowsHold: boolean;
  metrics: readonly Metric[];
}

/** The definitions by which calls are measured now. A new formula, threshold or denominator is a new version; old ones stay. */
export const METRICS_VERSION = "2026-2";

const SETS: ReadonlyMap<string, MetricSet> = new Map([v2026_1, v2026_2].map((set) => [set.version, set]));

/** Oldest first. */
export const METRIC_VERSIONS: readonly string[] = [...SETS.keys()];

/** @returns undefined for a version that this program does not know */
export function metricSet(version: string = METRICS_VERSION): MetricSet | undefined {
  return SETS.get(version);
}

/** What the numbers of a version mean, without the formulas as code; empty for a version that this program does not know. */
export function metricDefinitions(version: string = METRICS_VERSION): MetricDefinition[] {
  return (metricSet(version)?.metrics ?? []).map(({ measure: _formula, needs: _needs, ...definition }) => definition);
}
