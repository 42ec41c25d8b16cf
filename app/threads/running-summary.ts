// What has happened in a conversation so far, over all of its sessions. Pure.
import type { SummaryPoint } from "../domain/index.ts";

/** A session that has been summed up. */
export interface SummedUp {
  channel: string;
  startMs: number;
  topic: string | null;
  summary: string;
  points: readonly SummaryPoint[];
}

export interface RunningSummary {
  topic: string | null;
  summary: string;
  /** what the summary says of earlier sessions, and the points of the latest; each with the messages that prove it */
  points: SummaryPoint[];
}

/** A page of text holds about this many earlier sessions; older ones are counted. */
const EARLIER_SHOWN = 6;

/**
 * @param sessions in time order; those without a summary are left out by the caller
 * @param timeZone IANA name, for the dates
 * @returns undefined when nothing has been summed up yet
 */
export function runningSummary(sessions: readonly SummedUp[], timeZone: string): RunningSummary | undefined {
  const latest = sessions.at(-1);
  if (latest === undefined) return undefined;
  const topic = sessions.findLast((one) => one.topic !== null)?.topic ?? null;
  if (sessions.length === 1) return { topic, summary: latest.summary, points: [...latest.points] };
  const date = new Intl.DateTimeFormat("en-GB", { timeZone, day: "numeric", month: "long", year: "numeric" });
  const earlier = sessions.slice(0, -1);
  const shown = earlier.slice(-EARLIER_SHOWN).map((one) => ({ ...lead(one), when: `${date.format(one.startMs)}, ${channelName(one.channel)}` }));
  const left = earlier.length - shown.length;
  return {
    topic,
    summary: [
      `${sessions.length} contacts since ${date.format(sessions[0]?.startMs ?? latest.startMs)} (${[...new Set(sessions.map((one) => channelName(one.channel)))].join(", ")}).`,
      `Latest, ${date.format(latest.startMs)}, ${channelName(latest.channel)}: ${latest.summary}`,
      `Before: ${shown.map((one) => `${one.when}: ${one.text}`).join("; ")}${left > 0 ? ` And ${left} earlier.` : ""}`,
    ].join("\n"),
    points: [...shown.map(({ when, text, evidence }) => ({ text: `${when}: ${text}`, evidence })).filter((one) => one.evidence.length > 0), ...latest.points],
  };
}

/** The first point of a session stands for it; a summary without points proves nothing and is quoted without evidence. */
function lead(session: SummedUp): SummaryPoint {
  const [first] = session.points;
  return first ?? { text: session.summary, evidence: [] };
}

const NAMES: Readonly<Record<string, string>> = { phone: "telephone", whatsapp: "WhatsApp", web_chat: "web chat", email: "e-mail", sms: "SMS", bot: "bot" };

/** @returns the channel as people call it */
export function channelName(channel: string): string {
  return NAMES[channel] ?? channel.replace(/_/g, " ");
}
