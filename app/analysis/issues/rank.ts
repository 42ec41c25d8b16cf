// Which open problem comes first: a published formula. Pure.

const DAY_MS = 86_400_000;

/** The formula as METRICS.md and the API show it; another formula is another version. */
export const UNRESOLVED_ISSUES = {
  name: "unresolved_issues",
  label: "Priority of open problems",
  version: "2026-1",
  unit: "points",
  formula: "customers × (1 + log2(1 + age)) × (1 + max(0, −mood)); age: mean time since the conversations were opened, in days; mood: mean of the last shown moods, −1…1",
  denominator: "conversations that are not resolved; a customer counts once in a group, whoever is not known once a conversation",
  thresholds: { themes_max: 64, alike: 0.4 },
  source: "rows of issue_members: status, reason, queue, customer and times of conversations, channels of their contacts, mood and what was found in their analyses",
  not_measurable: "where nobody showed a mood it counts as 0; good moods count as 0",
} as const;

export interface Ranked {
  customers: number;
  meanAgeMs: number;
  /** −1…1; null when nobody showed a mood */
  mood: number | null;
}

/**
 * Customers count fully; age counts as its logarithm, so that a matter of a year (9.5) does not hide a fire of today (1); the worst mood counts twice.
 * @returns points, 0 and more; grows with customers and age, falls with mood
 */
export function priorityOf({ customers, meanAgeMs, mood }: Ranked): number {
  return customers * (1 + Math.log2(1 + Math.max(0, meanAgeMs) / DAY_MS)) * (1 + Math.max(0, -(mood ?? 0)));
}
