// What was found over all sessions of a conversation: what is still wanted, promised and at risk, and how the mood went. Pure.
import { RISK_LEVELS, type Analysis, type ConversationFindings, type Risk } from "../domain/index.ts";

/** What one session of the conversation came to. */
export type SessionFindings = Pick<Analysis, "intent" | "outcome" | "action_items" | "promises" | "risks" | "sentiment" | "coverage" | "dropped">;

/** A person reads this many; older ones are in their sessions. */
const ITEMS_SHOWN = 20;
/** As for one session: start and end of the mood must differ by this much (analysis/facts/sentiment.ts). */
const TREND_MIN = 0.3;

/**
 * @param sessions in time order, each with its findings
 * @returns undefined when nothing was analysed. What a session settled is settled for the sessions before it: tasks, promises and risks count since
 *   the last session with the outcome `resolved`, that one included. Nothing new is claimed: every line keeps the evidence of its session.
 */
export function rollUp(sessions: readonly SessionFindings[]): ConversationFindings | undefined {
  if (sessions.length === 0) return undefined;
  const settled = sessions.findLastIndex((one) => one.outcome === "resolved");
  const present = sessions.slice(Math.max(0, settled));
  const moods = sessions.map((one) => one.sentiment);
  const start = moods.find((one) => one.customer_start !== null)?.customer_start ?? null;
  const end = moods.findLast((one) => one.customer_end !== null)?.customer_end ?? null;
  const overall = moods.flatMap((one) => one.overall ?? []);
  return {
    intent: sessions.findLast((one) => one.intent !== null)?.intent ?? null,
    outcome: sessions.findLast((one) => one.outcome !== "unknown")?.outcome ?? "unknown",
    action_items: lastSaid(present.flatMap((one) => one.action_items), (item) => `${item.owner} ${item.text}`),
    promises: lastSaid(present.flatMap((one) => one.promises), (one) => `${one.by} ${one.text}`),
    risks: { escalation: highest(present.map((one) => one.risks.escalation)), churn: highest(present.map((one) => one.risks.churn)) },
    sentiment: {
      overall: overall.length === 0 ? null : round(overall.reduce((sum, one) => sum + one, 0) / overall.length),
      customer_start: start,
      customer_end: end,
      trend: start === null || end === null ? "unknown" : end - start >= TREND_MIN ? "improving" : start - end >= TREND_MIN ? "worsening" : "steady",
    },
    coverage: { turns_read: total(sessions, (one) => one.coverage.turns_read), turns_total: total(sessions, (one) => one.coverage.turns_total), sessions: sessions.length },
    dropped: total(sessions, (one) => one.dropped),
  };
}

/** The same words again replace what was said before, with its newer date; the newest are kept. */
function lastSaid<Item extends { evidence: string[] }>(items: readonly Item[], nameOf: (item: Item) => string): Item[] {
  const byName = new Map<string, Item>();
  for (const item of items) {
    const name = nameOf(item).toLowerCase();
    const before = byName.get(name);
    byName.delete(name);
    byName.set(name, before === undefined ? item : { ...item, evidence: [...new Set([...before.evidence, ...item.evidence])] });
  }
  return [...byName.values()].slice(-ITEMS_SHOWN);
}

/** The highest level, with everything that proves it. */
function highest(risks: readonly Risk[]): Risk {
  const level = RISK_LEVELS.findLast((one) => risks.some((risk) => risk.level === one)) ?? "none";
  return { level, evidence: level === "none" ? [] : [...new Set(risks.filter((risk) => risk.level === level).flatMap((risk) => risk.evidence))] };
}

function total<T>(list: readonly T[], of: (one: T) => number): number {
  return list.reduce((sum, one) => sum + of(one), 0);
}

function round(value: number): number {
  return Math.round(value * 100) / 100 + 0;
}
