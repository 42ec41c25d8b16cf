// When to connect again, and what to do with a mail that did not go in before. Pure.

const MAX_TRIES = 3;
/** Connections break for many reasons, one that breaks eight times in a row over the same mail breaks because of it. */
const MAX_BREAKS = 8;
const SECOND = 1000;

/**
 * @param failures  in a row, 1 or more
 * @param isRefused the server does not want us: asking often locks accounts
 * @param random    0 to 1: many mailboxes on one server do not all come back at once
 * @returns milliseconds, half a second to five minutes (half a minute to fifteen when refused)
 */
export function reconnectDelayMs(failures: number, isRefused: boolean, random: number): number {
  const [first, longest] = isRefused ? [60 * SECOND, 900 * SECOND] : [SECOND, 300 * SECOND];
  return Math.round(Math.min(longest, first * 2 ** Math.min(20, failures - 1)) * (0.5 + random / 2));
}

/**
 * `whole` · `too_large` and `damaged`: it is stored as unreadable, with its header lines · `skip`: not even that worked, so that the mails behind it go on.
 * @param tries  times that this mail was begun, this one included; deaths of the process count, broken connections do not
 * @param breaks connections that broke over it
 */
export function mailFate({ tries, breaks, sizeBytes, maxBytes }: { tries: number; breaks: number; sizeBytes: number; maxBytes: number }): "whole" | "too_large" | "damaged" | "skip" {
  if (tries > 2 * MAX_TRIES || breaks >= 2 * MAX_BREAKS) return "skip";
  if (sizeBytes > maxBytes) return "too_large";
  return tries > MAX_TRIES || breaks >= MAX_BREAKS ? "damaged" : "whole";
}
