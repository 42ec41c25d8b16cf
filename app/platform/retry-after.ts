// When a server that refused for now wants to be asked again. Pure.

/** Nobody may switch us off for longer than this with `Retry-After`. */
export const LONGEST_RETRY_AFTER_MS = 24 * 3_600_000;

/**
 * Reads `Retry-After` (RFC 9110 §10.2.3): seconds, or an HTTP date.
 * @returns milliseconds from now, ≥ 0 and at most a day; undefined when absent or unreadable
 */
export function readRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d{1,10}$/.test(text)) return Math.min(Number(text) * 1000, LONGEST_RETRY_AFTER_MS);
  if (!/^[A-Za-z]{3,9},? .{10,40}$/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.min(Math.max(0, at - nowMs), LONGEST_RETRY_AFTER_MS);
}
