// Cuts what was written on one channel into sessions. Pure: the same messages give the same sessions, whatever order they came in.

/** A message as the rules see it. */
export interface Said {
  id: string;
  /** UTC ms */
  atMs: number;
  isFromCustomer: boolean;
}

/**
 * silence: a pause longer than this begins a new session (web chat, SMS).
 * customer_window: a session lasts this long after the customer's last message, or after its first where the customer said nothing: WhatsApp's
 *   window in which a business may answer freely.
 * letters: time does not matter, the letters name each other (mail `References`).
 */
export type SessionRule = { kind: "silence"; afterMs: number } | { kind: "customer_window"; afterMs: number } | { kind: "letters" };

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const RULES: Readonly<Record<string, SessionRule>> = {
  whatsapp: { kind: "customer_window", afterMs: DAY_MS },
  email: { kind: "letters" },
  sms: { kind: "silence", afterMs: DAY_MS },
  social: { kind: "silence", afterMs: DAY_MS },
};

/** @returns how a channel is cut; a channel without a rule of its own is a chat, and 30 minutes of silence end it */
export function sessionRule(channel: string): SessionRule {
  return RULES[channel] ?? { kind: "silence", afterMs: 30 * MINUTE_MS };
}

/** @returns whether a session whose last message was at `lastMs` goes on when something is said now; letters never end, and are no live contact */
export function continuesDigitally(rule: SessionRule, lastMs: number, nowMs: number): boolean {
  return rule.kind !== "letters" && nowMs - lastMs <= Math.min(rule.afterMs, 30 * MINUTE_MS);
}

/** How long after the last message a session of the channel may still grow, ms: it is summed up after that. Letters: two minutes after each. */
export function settlesAfterMs(rule: SessionRule): number {
  return rule.kind === "letters" ? 2 * MINUTE_MS : Math.min(rule.afterMs, 30 * MINUTE_MS);
}

/**
 * @param messages of one series (one counterpart, one front), in any order
 * @param closings when the front closed the contact, UTC ms: what was said at that moment or before and what was said later are never one session
 * @returns sessions in time order, each with its messages in time order (equal times by id)
 */
export function gatherSessions(messages: readonly Said[], closings: readonly number[], rule: Exclude<SessionRule, { kind: "letters" }>): Said[][] {
  const sessions: Said[][] = [];
  for (const message of [...messages].sort(byTime)) {
    const open = sessions.at(-1);
    if (open !== undefined && continues(open, message.atMs, closings, rule)) open.push(message);
    else sessions.push([message]);
  }
  return sessions;
}

/** @param session in time order, not empty · @returns whether something said at `atMs` (not before its last message) belongs to it */
export function continues(session: readonly Said[], atMs: number, closings: readonly number[], rule: Exclude<SessionRule, { kind: "letters" }>): boolean {
  const last = session.at(-1)?.atMs ?? atMs;
  if (closings.some((closedMs) => last <= closedMs && closedMs < atMs)) return false;
  const from = rule.kind === "silence" ? last : (session.findLast((one) => one.isFromCustomer) ?? session[0])?.atMs;
  return atMs - (from ?? atMs) <= rule.afterMs;
}

function byTime(a: Said, b: Said): number {
  return a.atMs - b.atMs || (a.id < b.id ? -1 : 1);
}
