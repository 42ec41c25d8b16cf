// The reference of all metrics, written from the registry, so that it is never behind. scripts/metrics-reference.mjs puts it into METRICS.md.
import { NOT_MEASURABLE, type MetricDefinition } from "../../domain/index.ts";
import { metricDefinitions, metricSet, METRIC_VERSIONS, METRICS_VERSION } from "./registry.ts";

/** @returns Markdown: the current definitions, the reasons for missing numbers, then earlier versions */
export function metricsReference(): string {
  const earlier = METRIC_VERSIONS.filter((version) => version !== METRICS_VERSION).reverse();
  return [
    "# What the numbers of a call mean",
    "",
    "Written from the registry by `node scripts/metrics-reference.mjs`; do not edit. A formula, a threshold or a denominator never changes within a version;",
    "each call says in `metrics.definitions` by which version it was measured. Numbers come from stored voice activity, so",
    "`earshot metrics recompute --all` brings every call to the current version without its sound. `GET /v1/analytics/definitions` serves the same.",
    "",
    ...versionLines(METRICS_VERSION),
    "## Why a number may be missing",
    "`metrics.not_measurable` names the reason of every number that is null. A missing number is never 0.",
    "",
    "| reason | not measurable: |", "|---|---|",
    ...Object.entries(NOT_MEASURABLE).map(([reason, words]) => `| \`${reason}\` | ${words} |`),
    "",
    ...earlier.flatMap(versionLines),
  ].join("\n");
}

function versionLines(version: string): string[] {
  return [
    `## Definitions ${version}${version === METRICS_VERSION ? " (current)" : ""}`, "",
    metricSet(version)?.notation ?? "", "",
    "| number | unit | formula | thresholds | denominator | compared with others |", "|---|---|---|---|---|---|",
    ...metricDefinitions(version).map(lineOf), "",
  ];
}

function lineOf({ name, label, party, unit, formula, thresholds, denominator, estimable, source }: MetricDefinition): string {
  const limits = Object.entries(thresholds).map(([threshold, value]) => `${threshold} ${value}`).join(", ");
  const cells = [`\`${name}\`<br>${party === null ? "" : `${party}: `}${label}${estimable ? " (may be an estimate)" : ""}`, unit, formula, limits, denominator, source];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}
