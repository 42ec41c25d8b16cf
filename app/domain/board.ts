// The numbers that people compare on the board (overview, agents, topics, trends): their names, and what one contact says about each.

/** Measures of contacts. An id is API: it is never renamed. Shares and scores are 0…1, moods −1…1, `handle_ms` milliseconds, `interruptions` a count. */
export const MEASURES = ["resolved", "first_contact", "came_again", "handle_ms", "mood", "mood_start", "mood_end", "talk", "pauses", "interruptions", "score"] as const;
export type Measure = (typeof MEASURES)[number];

/** What one contact says: a number, or null where it is not among those that are counted. */
export interface BoardContact {
  sessionId: string;
  atMs: number;
  endedAtMs: number;
  channel: string;
  /** id, or the name of an agent without id; null when not known */
  agent: string | null;
  agentName: string | null;
  topic: string | null;
  reason: string | null;
  values: readonly (number | null)[];
}

/** A measure over some contacts. */
export interface Measured {
  value: number;
  /** contacts that it is the mean of */
  n: number;
  /** 95 %: Wilson's for yes and no, normal for all else; null below two contacts */
  interval: [number, number] | null;
}

/** What a number on the board means. */
export interface BoardDefinition {
  name: string;
  label: string;
  version: string;
  /** `count` · `ratio` 0…1 · `mood` −1…1 · `ms` · `per_contact` a mean count */
  unit: "count" | "ratio" | "mood" | "ms" | "per_contact";
  formula: string;
  denominator: string;
  source: string;
}

/** A customer's own words, as an example of a topic. */
export interface BoardQuote {
  text: string;
  messageId: string;
  customerId: string | null;
  channel: string;
  callId: string;
  source: string;
  atMs: number;
}

/** What waits, runs and failed. */
export interface WorkState {
  /** calls: being heard or next in line, held, failed in the last 30 days */
  inWork: number;
  held: number;
  failed: number;
  /** jobs of any kind */
  jobs: { waiting: number; running: number; parked: number };
  /** results that wait for the CRM, and since when the oldest does */
  outbox: { waiting: number; oldestMs: number | null };
}
