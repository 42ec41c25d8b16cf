// The numbers of a call as lines for people: what belongs together in one line, what is missing under its reason. For pages and terminals. Pure.
import { NOT_MEASURABLE, type CallMetrics, type MetricDefinition, type MetricUnit, type Party } from "../../domain/index.ts";
import { took } from "../frame/times.ts";

/** One line. A party's value is null where it alone is missing, and empty where the number is defined for the other party only. */
export interface MetricRow {
  label: string;
  /** definitions of what stands in this line */
  meaning: string;
  values: { call: string } | Record<Party, string | null>;
}

export interface MetricRows {
  rows: MetricRow[];
  /** what is not measurable, by reason; `labels` in the order of the definitions */
  missing: { why: string; labels: string[] }[];
}

/** @param definitions of the version that the numbers were made by */
export function metricRows(metrics: CallMetrics, definitions: readonly MetricDefinition[]): MetricRows {
  const rows: MetricRow[] = [];
  const missing = new Map<string, Set<string>>();
  for (const group of groupsOf(definitions)) {
    const [{ label, party }] = group;
    const shown = (whose: Party | null): string | null => {
      const own = group.filter((one) => one.party === whose);
      const known = own.filter((one) => typeof metrics[one.name] === "number");
      return own.length === 0 ? "" : known.length === 0 ? null : known.map((one) => metricValue(metrics[one.name] ?? 0, one.unit)).join(" · ");
    };
    const values = party === null ? { call: shown(null) } : { agent: shown("agent"), customer: shown("customer") };
    if (Object.values(values).some(Boolean)) rows.push({ label, meaning: meaningOf(group), values: values as MetricRow["values"] });
    noteMissing(missing, group, metrics, label);
  }
  return { rows, missing: [...missing].map(([why, labels]) => ({ why, labels: [...labels] })) };
}

/** `14 %`, `0.4 %`, `12 s`, `2×`, `142 / min` */
export function metricValue(value: number, unit: MetricUnit): string {
  switch (unit) {
    case "ratio":
      return `${value > 0 && value < 0.0995 ? (value * 100).toFixed(1) : percentOf(value)} %`;
    case "ms":
      return value === 0 ? "0 s" : took(value);
    case "count":
      return `${value}×`;
    case "per_minute":
      return `${value} / min`;
  }
}

/** Whole percent; halves go to the even neighbour, so that 58.5 % and 41.5 % stay 100 % together. */
export function percentOf(ratio: number): number {
  const percent = Math.round(ratio * 1000) / 10;
  return percent % 1 === 0.5 ? 2 * Math.round(percent / 2) : Math.round(percent);
}

type Group = [MetricDefinition, ...MetricDefinition[]];

/** Numbers of the parties and of the call may share a label; they are lines of their own. */
function groupsOf(definitions: readonly MetricDefinition[]): Group[] {
  const groups: Group[] = [];
  for (const one of definitions) {
    const group = groups.find(([first]) => first.label === one.label && (first.party === null) === (one.party === null));
    if (group === undefined) groups.push([one]);
    else group.push(one);
  }
  return groups;
}

function meaningOf(group: readonly MetricDefinition[]): string {
  return [...new Set(group.flatMap((one) => [`${one.formula} (${one.denominator})`, one.source]))].join("\n");
}

/** A line that one party alone lacks is named with the party. */
function noteMissing(missing: Map<string, Set<string>>, group: readonly MetricDefinition[], metrics: CallMetrics, label: string): void {
  const without = group.filter((one) => (metrics[one.name] ?? null) === null);
  for (const one of without) {
    const reason = metrics.not_measurable?.[one.name];
    const why = reason === undefined ? "the recording does not keep the parties apart" : NOT_MEASURABLE[reason];
    const isForAll = group.every((other) => without.includes(other) && metrics.not_measurable?.[other.name] === reason);
    const small = `${label.charAt(0).toLowerCase()}${label.slice(1)}`;
    const labels = missing.get(why) ?? new Set<string>();
    missing.set(why, labels.add(one.party === null || isForAll ? small : `${one.party}: ${small}`));
  }
}
