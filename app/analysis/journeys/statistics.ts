// From counted rows to numbers: means, shares with their intervals, agreement. Pure; rows may come in any order and in any number of slices.
import { NOT_COUNTED, type NotCounted } from "../../domain/index.ts";
import { FEWEST, type JourneyMetric } from "./registry.ts";

/** Counted rows of one group: of `why` null, their number and the sum of their values. */
export interface CountedRow {
  key: string | null;
  /** what they are split by within the group: channel, or reason and queue; "" where nothing is */
  split: string;
  why: NotCounted | null;
  n: number;
  total: number;
}

export interface JourneyGroup {
  /** null where it is not known */
  key: string | null;
  /** null: `reason` says why */
  value: number | null;
  reason: NotCounted | null;
  /** counted in the denominator */
  n: number;
  /** counted out, by why */
  excluded: Partial<Record<NotCounted, number>>;
  /** 95 % interval of a share (Wilson); null for times, and where there is no value */
  interval: [number, number] | null;
  /** of the mix: shares of the channels within the group */
  shares?: Record<string, number> | undefined;
}

const REASONS = Object.keys(NOT_COUNTED) as NotCounted[];
/** How a reason is stored in the place of a value. */
export const codeOf = (why: NotCounted): number => -1 - REASONS.indexOf(why);
/** @param code below 0 @returns the reason that is stored so */
export const reasonOf = (code: number): NotCounted => REASONS[-1 - code] ?? "too_few";

/** @param by_channel of the mix: each key is a channel, and its value the share of all contacts */
export function summarise(rows: readonly CountedRow[], metric: Pick<JourneyMetric, "kind" | "unit">, byChannel: boolean): JourneyGroup[] {
  const groups = new Map<string | null, { n: number; total: number; excluded: JourneyGroup["excluded"]; splits: Map<string, number> }>();
  for (const { key, split, why, n, total } of rows) {
    const group = groups.get(key) ?? { n: 0, total: 0, excluded: {}, splits: new Map<string, number>() };
    groups.set(key, group);
    if (why !== null) group.excluded[why] = (group.excluded[why] ?? 0) + n;
    else {
      group.n += n;
      group.total += total;
      group.splits.set(split, (group.splits.get(split) ?? 0) + n);
    }
  }
  const all = [...groups.values()].reduce((sum, group) => sum + group.n, 0);
  return [...groups].map(([key, { n, total, excluded, splits }]) => {
    const isMix = metric.kind === "mix";
    const [hits, of] = isMix ? (byChannel ? [n, all] : [NaN, n]) : metric.kind === "agreement" ? [agreeing(splits), n] : [total, n];
    const isSaid = of >= FEWEST && Number.isFinite(hits);
    return {
      key, n, excluded,
      value: isSaid ? round(hits / of, metric.unit) : null,
      reason: of < FEWEST ? ("too_few" as const) : null,
      interval: isSaid && metric.unit === "ratio" ? wilson(hits, of) : null,
      ...(isMix && !byChannel ? { shares: Object.fromEntries([...splits].sort((a, b) => b[1] - a[1]).map(([channel, count]) => [channel, round(count / n, "ratio")])) } : {}),
    };
  });
}

/** Splits are `reason\nqueue`: for each reason, how many went where most of them went. */
function agreeing(splits: ReadonlyMap<string, number>): number {
  const most = new Map<string, number>();
  for (const [split, n] of splits) {
    const reason = split.slice(0, split.indexOf("\n"));
    most.set(reason, Math.max(most.get(reason) ?? 0, n));
  }
  return [...most.values()].reduce((sum, n) => sum + n, 0);
}

/** Normal quantile of 97.5 %. */
const Z = 1.959964;

/** Wilson's score interval of 95 %: right also for small numbers and for shares near 0 and 1. @returns three decimals, within 0…1 */
export function wilson(hits: number, n: number): [number, number] {
  const share = hits / n;
  const centre = share + (Z * Z) / (2 * n);
  const spread = Z * Math.sqrt((share * (1 - share)) / n + (Z * Z) / (4 * n * n));
  const bound = (value: number): number => Math.min(1, Math.max(0, round(value / (1 + (Z * Z) / n), "ratio")));
  return [bound(centre - spread), bound(centre + spread)];
}

function round(value: number, unit: JourneyMetric["unit"]): number {
  return unit === "ratio" ? Math.round(value * 1000) / 1000 : Math.round(value);
}
