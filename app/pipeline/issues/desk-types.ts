// What the web server may ask about open problems and about numbers over channels.
import type { JourneyGroup, JourneyMetric } from "../../analysis/index.ts";
import type { JourneyGrouping } from "../../domain/index.ts";
import type { IssueFilter } from "../../store/index.ts";

export interface IssueQuestion extends IssueFilter {
  limit: number;
}

export interface IssueQuote {
  text: string;
  message_id: string;
  conversation_id: string;
  customer_id: string | null;
  channel: string;
  at: string;
}

/** Counts are exact; a customer counts once in a group, whoever is not known once a conversation. */
interface Counts {
  customers: number;
  conversations: number;
}

export interface IssueView extends Counts {
  /** `reason:billing.refund`, or `theme:12` for conversations without a reason that say alike */
  id: string;
  label: string;
  reason: string | null;
  priority: number;
  by_channel: (Counts & { channel: string })[];
  oldest: { conversation_id: string; opened_at: string } | null;
  newest: { conversation_id: string; opened_at: string } | null;
  mean_age_ms: number;
  /** mean of the last moods shown, −1…1 */
  sentiment: number | null;
  /** opened in the last seven days, and in the seven before; of a reason all, resolved since or not; of a theme those that are open still */
  trend: { direction: "rising" | "falling" | "steady"; last_7_days: number; previous_7_days: number; counts: "all" | "open" };
  /** what is said most within a reason, the largest first */
  themes: (Counts & { id: number; label: string })[];
  quotes: IssueQuote[];
}

export interface UnresolvedIssues {
  at: string;
  definition: { name: string; version: string; formula: string };
  total: Counts;
  items: IssueView[];
  /** without a reason, and like no others */
  other: Counts;
}

export interface IssueDesk {
  unresolved(question: IssueQuestion): Promise<UnresolvedIssues>;
}

export interface JourneyPeriod {
  by: JourneyGrouping;
  fromMs: number;
  toMs: number;
}

export interface JourneyDesk {
  /** @param metric one of the registry @returns groups: days and weeks in order, others with the most contacts first */
  measure(metric: JourneyMetric, period: JourneyPeriod, signal?: AbortSignal): Promise<JourneyGroup[]>;
}
