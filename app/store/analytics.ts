// Statistics of one metric over the calls of a period: read from the stored numbers, never computed from sound or words.
import type { Db } from "../platform/index.ts";
import type { StoreReads } from "./store.ts";
import { METRIC_GROUPINGS, type MetricGroup, type MetricGrouping } from "./views.ts";

/** More groups than people compare; a year of days fits. */
const MAX_GROUPS = 1000;

const KEYS: Record<MetricGrouping, string> = { day: "local_day(at, @timeZone)", agent: "coalesce(agent_id, agent_name)", queue: "queue", direction: "nullif(direction, 'unknown')" };

/** @param db an open, migrated database */
export function createAnalytics(db: Db): Pick<StoreReads, "metricGroups"> {
  db.function("local_day", { deterministic: true }, localDays());
  const questions = Object.fromEntries(METRIC_GROUPINGS.map((by) => [by, db.prepare<Record<string, string | number>, MetricGroup>(sqlOf(by))])) as Record<MetricGrouping, ReturnType<typeof db.prepare<Record<string, string | number>, MetricGroup>>>;
  return {
    metricGroups: ({ metric, by, ...question }) => questions[by].all({ ...question, path: `$.${metric}` }),
  };
}

/** Ranks are counted among the numbers of a group: nulls and numbers of other definitions form partitions of their own. */
function sqlOf(by: MetricGrouping): string {
  return `WITH calls AS (
      SELECT s.*, coalesce(s.started_at_ms, s.received_at_ms) AS at, a.metrics FROM sessions s
      JOIN analyses a ON a.session_id = s.id AND a.revision = (SELECT max(revision) FROM analyses WHERE session_id = s.id)
      WHERE s.channel = 'phone' AND coalesce(s.started_at_ms, s.received_at_ms) >= @fromMs AND coalesce(s.started_at_ms, s.received_at_ms) < @toMs
    ), numbers AS (
      SELECT ${KEYS[by]} AS key, metrics ->> '$.definitions' = @definitions AS own, metrics ->> @path AS value, metrics ->> '$.estimated' AS estimated FROM calls
    ), ranked AS (
      SELECT *, row_number() OVER part AS rank, count(*) OVER (PARTITION BY key, own, value IS NULL) AS n FROM numbers WINDOW part AS (PARTITION BY key, own, value IS NULL ORDER BY value)
    )
    SELECT key,
      count(value) FILTER (WHERE own) AS count,
      round(avg(value) FILTER (WHERE own), 3) AS mean,
      round(avg(value) FILTER (WHERE own AND rank IN ((n + 1) / 2, (n + 2) / 2)), 4) AS median,
      max(value) FILTER (WHERE own AND rank = (n * 9 + 9) / 10) AS p90,
      count(value) FILTER (WHERE own AND estimated) AS estimated,
      count(*) FILTER (WHERE own AND value IS NULL) AS not_measurable,
      count(*) FILTER (WHERE NOT own) AS other_definitions
    FROM ranked GROUP BY key ORDER BY ${by === "day" ? "key" : "count DESC, key"} LIMIT ${MAX_GROUPS}`;
}

/** SQLite knows no time zones. Offsets are multiples of a quarter of an hour, so one look at the calendar serves all calls of a quarter. */
function localDays(): (ms: unknown, timeZone: unknown) => string {
  const formats = new Map<string, { format: Intl.DateTimeFormat; days: Map<number, string> }>();
  return (at, place) => {
    const [ms, timeZone] = [Number(at), String(place)];
    let zone = formats.get(timeZone);
    if (zone === undefined) formats.set(timeZone, (zone = { format: new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }), days: new Map() }));
    const quarter = Math.floor(ms / 900_000);
    let day = zone.days.get(quarter);
    if (day === undefined) {
      if (zone.days.size > 50_000) zone.days.clear(); // a year and a half of quarters
      zone.days.set(quarter, (day = zone.format.format(new Date(ms))));
    }
    return day;
  };
}
