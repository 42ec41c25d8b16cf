// What contacts say about one number over channels, counted for a slice of time: short, so that nothing else waits.
import type { ContactMetricName, JourneyGrouping } from "../domain/index.ts";
import type { Db } from "../platform/index.ts";
import { CONTACT_METRICS } from "./journeys.ts";

export interface JourneyQuestion {
  metric: ContactMetricName | "duplicates";
  /** one number for each; days and weeks are made of slices, so a slice has one group there */
  by: JourneyGrouping;
  /** what is counted apart within a group */
  split: "channel" | "reason and queue" | "nothing";
  /** contacts that began then or later … */
  fromMs: number;
  /** … and before this */
  toMs: number;
  /** contacts that ended later than this are not settled */
  settledMs: number;
}

/**
 * What was counted of a slice: key (null where it is not known, and for days and weeks), split, code (0: measured, below 0: the stored code of a reason),
 * how many, and the sum of their values. A list, because there may be 100,000 of a month; the same three may come more than once.
 */
export type JourneyRow = [key: string | null, split: string, code: number, n: number, total: number];

export interface JourneyReads {
  /** @param unsettled code for contacts that are not settled */
  count(question: JourneyQuestion, unsettled: number): JourneyRow[];
}

const KEYS: Record<JourneyGrouping, string> = { day: "NULL", week: "NULL", channel: "channel", queue: "queue", agent: "agent", topic: "topic", reason: "reason" };
const SPLITS: Record<JourneyQuestion["split"], string> = { nothing: "''", channel: "channel", "reason and queue": "coalesce(reason, '') || char(10) || coalesce(queue, '')" };

/** @param db an open, migrated database */
export function createJourneyReads(db: Db): JourneyReads {
  const prepared = new Map<string, ReturnType<typeof db.prepare<Record<string, number>, JourneyRow>>>();
  return {
    count({ metric, by, split, fromMs, toMs, settledMs }, unsettled) {
      const name = `${metric} ${by} ${split}`;
      const statement = prepared.get(name) ?? db.prepare<Record<string, number>, JourneyRow>(metric === "duplicates" ? customersSql(by) : contactsSql(metric, by, split)).raw();
      prepared.set(name, statement);
      return statement.all(metric === "duplicates" ? { fromMs, toMs } : { fromMs, toMs, settledMs, unsettled });
    },
  };
}

/** Names come from lists of this program, never from a request. */
function contactsSql(metric: ContactMetricName, by: JourneyGrouping, split: JourneyQuestion["split"]): string {
  const column = CONTACT_METRICS.find((one) => one === metric) ?? "channel_mix";
  // of agents, reasons and queues hardly two contacts of a slice are alike: sorting them into groups takes longer than reading them one by one
  const [n, total, groups] = by === "agent" && split === "reason and queue" ? ["1", `max(${column}, 0)`, ""] : ["count(*)", `sum(max(${column}, 0))`, "GROUP BY 1, 2, 3"];
  return `SELECT ${KEYS[by]}, ${SPLITS[split]}, CASE WHEN ${column} < 0 THEN ${column} WHEN ended_at_ms > @settledMs THEN @unsettled ELSE 0 END, ${n}, ${total}
    FROM journey_contacts WHERE at_ms >= @fromMs AND at_ms < @toMs AND ${column} IS NOT NULL ${groups}`;
}

/** A customer's channel is that of the contact that made it known. */
function customersSql(by: JourneyGrouping): string {
  const key = by === "channel" ? "(SELECT s.channel FROM sessions s WHERE s.origin_id = c.id ORDER BY s.received_at_ms, s.id LIMIT 1)" : "NULL";
  return `SELECT ${key} AS key, '' AS split, 0 AS code, count(*) AS n, count(c.merged_into) AS total FROM customers c WHERE c.created_at_ms >= @fromMs AND c.created_at_ms < @toMs GROUP BY 1`;
}
