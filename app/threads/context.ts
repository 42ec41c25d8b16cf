// What whoever answers next should know, out of what is stored: the three layers of a context. Pure.
// ephemeral: what was being filled in just now. persistent: what the customer wanted before, and how. system: what the CRM knows.

interface Session { id: string; channel: string; conversationId: string | null; startMs: number; endMs: number; reason: string | null; outcome: string | null }
interface Message { id: string; channel: string; sessionId: string; speaker: string; kind: string; text: string; atMs: number; sentiment: number | null; facts: { intent?: string; slots?: Record<string, string | number | boolean | null> } | null }
interface Conversation { id: string; status: string; reason: string | null; topic: string | null; summary: string | null; resolvedAtMs: number | null; findings: { intent: { text: string; evidence: string[] } | null } | null }

export interface Ephemeral {
  /** what the bot believed the customer wants */
  intent: string | null;
  slots: Record<string, string | number | boolean>;
  /** asked for and not yet answered */
  unfinished: string[];
  /** the messages that it is from */
  evidence: string[];
  atMs: number;
}

/** What was collected more than this before the last message is not "just now". */
const EPHEMERAL_MS = 24 * 3_600_000;

/** @param messages newest first · @returns the bot's view of the latest session that has one; undefined when nothing was being filled in */
export function ephemeralOf(messages: readonly Message[], nowMs: number): Ephemeral | undefined {
  const held = messages.filter((one) => one.facts?.intent !== undefined || one.facts?.slots !== undefined);
  const [latest] = held;
  if (latest === undefined || nowMs - latest.atMs > EPHEMERAL_MS) return undefined;
  const session = held.filter((one) => one.sessionId === latest.sessionId).reverse(); // oldest first: later values replace earlier ones
  const slots = Object.assign({}, ...session.map((one) => one.facts?.slots ?? {})) as Record<string, string | number | boolean | null>;
  const filled = Object.entries(slots).filter((entry): entry is [string, string | number | boolean] => entry[1] !== null && entry[1] !== "");
  return {
    intent: held.find((one) => one.sessionId === latest.sessionId && one.facts?.intent !== undefined)?.facts?.intent ?? null,
    slots: Object.fromEntries(filled),
    unfinished: Object.keys(slots).filter((name) => slots[name] === null || slots[name] === ""),
    evidence: session.map((one) => one.id),
    atMs: latest.atMs,
  };
}

/** @param sessions newest first · @returns reasons of contact, most often first, equal ones by the latest */
export function pastIntents(sessions: readonly Session[]): { reason: string; times: number; lastAtMs: number }[] {
  const found = new Map<string, { reason: string; times: number; lastAtMs: number }>();
  for (const { reason, startMs } of sessions) {
    if (reason === null) continue;
    const known = found.get(reason) ?? { reason, times: 0, lastAtMs: startMs };
    found.set(reason, { reason, times: known.times + 1, lastAtMs: Math.max(known.lastAtMs, startMs) });
  }
  return [...found.values()].sort((a, b) => b.times - a.times || b.lastAtMs - a.lastAtMs);
}

/** A contact of half a year ago says half as much about which channel somebody likes. */
const PREFERENCE_HALF_LIFE_MS = 182 * 86_400_000;
const LEAST_CONTACTS = 3;

/** @returns the channel that the customer uses most, newer contacts counting more; undefined below three contacts: chance is no preference */
export function channelPreference(sessions: readonly Session[], nowMs: number): { channel: string; share: number; contacts: number } | undefined {
  if (sessions.length < LEAST_CONTACTS) return undefined;
  const weight = new Map<string, number>();
  let all = 0;
  for (const { channel, startMs } of sessions) {
    const counts = 0.5 ** (Math.max(0, nowMs - startMs) / PREFERENCE_HALF_LIFE_MS);
    weight.set(channel, (weight.get(channel) ?? 0) + counts);
    all += counts;
  }
  const [best] = [...weight].sort((a, b) => b[1] - a[1]);
  return best === undefined ? undefined : { channel: best[0], share: Math.round((best[1] / all) * 100) / 100, contacts: sessions.length };
}

const RECENT = 20;

/** @param messages newest first · @returns mean mood of what the customer said last, and whether the newer half is better; undefined when nothing has a mood */
export function recentSentiment(messages: readonly Message[]): { mean: number; trend: "improving" | "worsening" | "steady"; messages: number } | undefined {
  const moods = messages.filter((one) => one.speaker === "customer").flatMap((one) => one.sentiment ?? []).slice(0, RECENT);
  if (moods.length === 0) return undefined;
  const mean = (list: readonly number[]): number => list.reduce((sum, one) => sum + one, 0) / Math.max(1, list.length);
  const half = Math.ceil(moods.length / 2);
  const change = moods.length < 4 ? 0 : mean(moods.slice(0, half)) - mean(moods.slice(half));
  return { mean: Math.round(mean(moods) * 100) / 100, trend: change > 0.2 ? "improving" : change < -0.2 ? "worsening" : "steady", messages: moods.length };
}

/** What the customer was trying to achieve: said by the bot, else what was found in the open conversation, else its reason, else what the customer wrote first in the latest contact. */
export function goalOf(ephemeral: Ephemeral | undefined, open: readonly Conversation[], messages: readonly Message[]): { text: string; source: "bot" | "conversation" | "customer"; evidence: string[] } | undefined {
  if (ephemeral !== undefined && ephemeral.intent !== null) return { text: ephemeral.intent, source: "bot", evidence: ephemeral.evidence };
  const latest = messages[0]?.sessionId;
  const first = messages.filter((one) => one.sessionId === latest && one.speaker === "customer" && one.text.length >= 8).at(-1);
  const [matter] = open;
  const found = matter?.findings?.intent ?? null;
  if (found !== null) return { text: found.text, source: "conversation", evidence: found.evidence };
  const named = matter?.topic ?? matter?.reason;
  if (named !== undefined && named !== null) return { text: named, source: "conversation", evidence: first === undefined ? [] : [first.id] };
  return first === undefined ? undefined : { text: first.text.slice(0, 300), source: "customer", evidence: [first.id] };
}
