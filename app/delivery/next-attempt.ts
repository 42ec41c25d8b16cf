// When to knock again: ten more times over at least three days and three hours. Pure.
import { LONGEST_RETRY_AFTER_MS } from "../platform/index.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * Waits after the first, second, … failed attempt: the schedule of Standard Webhooks with one more day. The jitter may take a fifth away,
 * and even then the last attempt lies 79 hours after the first: a CRM that breaks on Friday evening is up again on Monday.
 */
const WAITS_MS = [5 * SECOND_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS, 5 * HOUR_MS, 10 * HOUR_MS, 14 * HOUR_MS, 20 * HOUR_MS, 24 * HOUR_MS, 24 * HOUR_MS] as const;
const JITTER = 0.2;

/** Attempts after which a result is parked (DELIVERY_EXHAUSTED) and waits for a person. */
export const MAX_ATTEMPTS = WAITS_MS.length + 1;

/**
 * @param attempts     attempts made so far, ≥ 1
 * @param nowMs        time of the last failure, UTC
 * @param random       0 ≤ random < 1; spreads the wait over ±20 %
 * @param retryAfterMs what the receiver asked for; never earlier than that, at most a day
 * @returns UTC milliseconds of the next attempt; undefined when there is none left
 */
export function nextAttempt(attempts: number, nowMs: number, random: number, retryAfterMs?: number): number | undefined {
  const wait = WAITS_MS[Math.max(1, attempts) - 1];
  if (wait === undefined) return undefined;
  const jittered = wait * (1 - JITTER + 2 * JITTER * random);
  const asked = Math.min(Math.max(0, retryAfterMs ?? 0), LONGEST_RETRY_AFTER_MS) * (1 + (JITTER / 2) * random); // all at once again would help nobody
  return nowMs + Math.round(Math.max(jittered, asked));
}
