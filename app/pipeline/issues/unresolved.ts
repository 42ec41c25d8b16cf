// The live question: which open problems matter most now, over all channels, with customers' own words.
import { join } from "node:path";
import { loadTaxonomy, priorityOf, shortened, UNRESOLVED_ISSUES, type Taxonomy } from "../../analysis/index.ts";
import { toRfc3339 } from "../../domain/index.ts";
import { installationRoot } from "../../platform/index.ts";
import type { IssueFilter, IssueGroupRow } from "../../store/index.ts";
import type { Parts } from "../parts.ts";
import { sumsOf, type GroupSums } from "./sums.ts";
import type { IssueDesk, IssueQuote, IssueView } from "./desk-types.ts";

const WEEK_MS = 7 * 86_400_000;
const QUOTES = 3;
const THEMES_SHOWN = 3;
/** A week differs from the one before by chance: from a fifth and three conversations on it is a trend. */
const TREND = { share: 0.2, least: 3 };

/** @throws AppError CONFIG_INVALID when the taxonomy has mistakes */
export function createIssueDesk({ store, clock, config }: Pick<Parts, "store" | "clock" | "config">): IssueDesk {
  const taxonomy = loadTaxonomy(config.analysis.taxonomy ?? join(installationRoot(), "config", "taxonomy.yaml"));
  const reads = store.reads.issues;

  const viewOf = (row: IssueGroupRow, sums: GroupSums, filter: IssueFilter, nowMs: number): IssueView => {
    const place = row.reason === null ? { reason: "", ...(row.themeId === null ? {} : { themeId: row.themeId }) } : { reason: row.reason };
    const quotes = reads.quotes(place, filter, QUOTES).map(({ messageId, conversationId, customerId, atMs, channel, text }): IssueQuote => ({ text: shortened(text, 280), message_id: messageId, conversation_id: conversationId, customer_id: customerId, channel, at: toRfc3339(atMs) }));
    // by the time of opening, so with `since` it would read all that has not moved
    const [oldest = null, newest = oldest] = (filter.sinceMs === undefined ? reads.span(place, filter) : []).map((one) => ({ conversation_id: one.conversationId, opened_at: toRfc3339(one.openedAtMs) }));
    const themes = row.reason === null ? [] : sums.themes(row.reason).sort((a, b) => b.customers - a.customers || (a.themeId ?? 0) - (b.themeId ?? 0)).slice(0, THEMES_SHOWN);
    const last = reads.opened(place, nowMs - WEEK_MS, nowMs + 1);
    const previous = reads.opened(place, nowMs - 2 * WEEK_MS, nowMs - WEEK_MS);
    return {
      id: row.reason === null ? `theme:${row.themeId}` : `reason:${row.reason}`,
      label: row.reason === null ? (reads.label(place, filter) ?? quotes[0]?.text ?? "Several customers say alike") : reasonLabel(row.reason, taxonomy),
      reason: row.reason, customers: row.customers, conversations: row.conversations, priority: pointsOf(row, nowMs),
      by_channel: filter.channel === undefined && filter.sinceMs === undefined ? reads.channels(place, filter) : [],
      oldest, newest, mean_age_ms: meanAgeMs(row, nowMs), sentiment: moodOf(row),
      trend: { direction: directionOf(last, previous), last_7_days: last, previous_7_days: previous, counts: row.reason === null ? "open" : "all" },
      themes: themes.map((one) => ({ id: one.themeId ?? 0, label: reads.label({ reason: row.reason ?? "", themeId: one.themeId ?? 0 }, filter) ?? "", customers: one.customers, conversations: one.conversations })),
      quotes,
    };
  };

  return {
    async unresolved({ limit, ...filter }) {
      const nowMs = clock.now();
      const sums = await sumsOf(reads, filter);
      const isOther = (row: IssueGroupRow): boolean => row.reason === null && row.themeId === null;
      const ranked = sums.groups.filter((row) => !isOther(row)).sort((a, b) => pointsOf(b, nowMs) - pointsOf(a, nowMs) || b.customers - a.customers || (keyOf(a) < keyOf(b) ? -1 : 1));
      const { name, version, formula } = UNRESOLVED_ISSUES;
      const other = sums.groups.find(isOther);
      return {
        at: toRfc3339(nowMs), definition: { name, version, formula }, total: sums.total,
        items: ranked.slice(0, limit).map((row) => viewOf(row, sums, filter, nowMs)),
        other: { customers: other?.customers ?? 0, conversations: other?.conversations ?? 0 },
      };
    },
  };
}

const keyOf = ({ reason, themeId }: IssueGroupRow): string => `${reason ?? ""} ${themeId ?? ""}`;

function meanAgeMs({ openedMinutes, conversations }: IssueGroupRow, nowMs: number): number {
  return Math.max(0, Math.round(nowMs - (openedMinutes / Math.max(1, conversations)) * 60_000));
}

function moodOf({ mood, moods }: IssueGroupRow): number | null {
  return moods === 0 ? null : Math.round(mood / moods) / 1000;
}

function pointsOf(row: IssueGroupRow, nowMs: number): number {
  return Math.round(100 * priorityOf({ customers: row.customers, meanAgeMs: meanAgeMs(row, nowMs), mood: moodOf(row) })) / 100;
}

function directionOf(last: number, previous: number): IssueView["trend"]["direction"] {
  const change = last - previous;
  return Math.abs(change) < Math.max(TREND.least, TREND.share * previous) ? "steady" : change > 0 ? "rising" : "falling";
}

/** `billing.refund` → "Billing: Refund"; a code that the taxonomy does not know (any more) stands for itself. */
function reasonLabel(code: string, { topics }: Taxonomy): string {
  const [topicId = "", ...rest] = code.split(".");
  const topic = topics.get(topicId);
  const reason = topic?.reasons.get(rest.join("."));
  return topic === undefined || reason === undefined ? code : `${topic.label}: ${reason.label}`;
}
