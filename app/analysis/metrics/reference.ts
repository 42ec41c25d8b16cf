// The reference of all metrics, written from the registry, so that it is never behind. scripts/metrics-reference.mjs puts it into METRICS.md.
import { NOT_COUNTED, NOT_MEASURABLE, type JourneyDefinition, type MetricDefinition } from "../../domain/index.ts";
import { UNRESOLVED_ISSUES } from "../issues/rank.ts";
import { journeyDefinitions, JOURNEYS_VERSION } from "../journeys/registry.ts";
import { metricDefinitions, metricSet, METRIC_VERSIONS, METRICS_VERSION } from "./registry.ts";

/** @returns Markdown: the current definitions, the reasons for missing numbers, earlier versions, then the numbers over channels */
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
    ...journeyLines(),
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

function journeyLines(): string[] {
  const { name, version, formula, denominator, source, not_measurable: missing, unit } = UNRESOLVED_ISSUES;
  return [
    `## Numbers over channels, definitions ${JOURNEYS_VERSION}`, "",
    "Of contacts (sessions), conversations and customers, whatever the channel: `GET /v1/analytics/{metric}?from&to&by=`. A contact counts in the period in which it began.",
    "Every group says `n`, what was `excluded` and why, and for a share its 95 % interval (Wilson). They are made from stored rows alone; `earshot issues rebuild` makes them again.", "",
    "| number | unit | formula | thresholds | denominator | groups | made from, compared with others |", "|---|---|---|---|---|---|---|",
    ...journeyDefinitions().map(({ name: metric, label, unit: of, formula: how, thresholds, denominator: by, groupings, source: from }: JourneyDefinition) => row([`\`${metric}\`<br>${label}`, of, how, limitsOf(thresholds), by, groupings.join(", "), from])), "",
    "| counted out | not measurable: |", "|---|---|",
    ...Object.entries(NOT_COUNTED).map(([reason, words]) => `| \`${reason}\` | ${words} |`), "",
    `## Priority of open problems, ${version}`, "",
    `\`${name}\` (${unit}): ${formula}. Over ${denominator}. Made from ${source}; ${missing}.`, "",
  ];
}

function lineOf({ name, label, party, unit, formula, thresholds, denominator, estimable, source }: MetricDefinition): string {
  const cells = [`\`${name}\`<br>${party === null ? "" : `${party}: `}${label}${estimable ? " (may be an estimate)" : ""}`, unit, formula, limitsOf(thresholds), denominator, source];
  return row(cells);
}

function limitsOf(thresholds: Readonly<Record<string, number>>): string {
  return Object.entries(thresholds).map(([threshold, value]) => `${threshold} ${value}`).join(", ");
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}
