// Units in words: how durations are written for people and for the CRM.

/**
 * Writes a duration as the contract fixes it: `0m42s`, `8m12s`, `1h05m09s`.
 * @param ms duration in milliseconds, ≥ 0; rounded to the nearest second
 */
export function formatDuration(ms: number): string {
  const total = Math.max(0, Math.round(ms / 1000));
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const seconds = String(total % 60).padStart(2, "0");
  return hours > 0 ? `${hours}h${String(minutes).padStart(2, "0")}m${seconds}s` : `${minutes}m${seconds}s`;
}

/** UTC milliseconds as RFC 3339 text with milliseconds, e.g. `2026-11-03T13:15:02.000Z`. */
export function toRfc3339(ms: number): string {
  return new Date(ms).toISOString();
}
