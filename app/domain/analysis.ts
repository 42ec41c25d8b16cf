// Findings about a session, each with the messages that prove it.
import type { Turn } from "./turn.ts";
import type { Span } from "./audio.ts";
import type { SpeakerSource } from "./glossary.ts";

export const OUTCOMES = ["resolved", "unresolved", "escalated", "follow_up", "unknown"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** A sentence of the summary and the ids of the messages that prove it (never empty). */
export interface SummaryPoint {
  text: string;
  evidence: string[];
}

export interface ActionItem {
  text: string;
  owner: "agent" | "customer";
  /** date `YYYY-MM-DD` in the site's time zone, or null when none was said */
  due: string | null;
  evidence: string[];
}

/** Something named in the conversation; `value` is normalised (digits, ISO date, amount with currency), `text` as said. */
export interface Entity {
  kind: "person" | "organisation" | "place" | "date" | "amount" | "number" | "product" | "email" | "phone" | "reference";
  text: string;
  value: string | null;
  evidence: string[];
}

export interface Sentiment {
  /** −1 (bad) … 1 (good); null when nothing was said that carries a mood */
  overall: number | null;
  /** mean over the customer's first and last third; null when the customer is not known or said nothing */
  customer_start: number | null;
  customer_end: number | null;
  trend: "improving" | "worsening" | "steady" | "unknown";
}

/** Numbers of one call, from voice activity. null means: not measurable on this recording. */
export interface CallMetrics {
  /** version of the definitions, e.g. `2026-1` */
  definitions: string;
  agent_talk_ratio: number | null;
  silence_ms: number | null;
  overtalk_ms: number | null;
  interruptions: number | null;
}

export interface Analysis {
  engine: "extractive" | "llama" | "openai";
  model: string | null;
  summary: string;
  summary_points: SummaryPoint[];
  topic: string | null;
  /** reason code of the site's taxonomy, e.g. `billing.double_charge` */
  reason: string | null;
  topic_evidence: string[];
  outcome: Outcome;
  outcome_evidence: string[];
  action_items: ActionItem[];
  entities: Entity[];
  sentiment: Sentiment;
  /** per turn, −1…1; turns without mood are absent */
  turn_sentiment: Record<string, number>;
  coverage: { turns_read: number; turns_total: number };
  /** findings that were dropped because nothing proved them */
  dropped: number;
}

/** What an analysis engine may know: the redacted turns and plain facts, nothing else. */
export interface AnalysisInput {
  turns: readonly Turn[];
  /** UTC milliseconds; relative dates ("next Tuesday") are resolved against it */
  startedAtMs: number;
  /** IANA name, e.g. `Europe/Berlin` */
  timeZone: string;
  /** two-letter code of what is spoken */
  language: string;
  /** speech of the two parties for the metrics; absent when the recording has no party per channel */
  speech?: { agent: readonly Span[]; customer: readonly Span[] };
  /** where the speakers of the turns are known from */
  speakerSource?: SpeakerSource;
  /** speech of the two parties as told apart by their voices, where one channel holds both: an estimate */
  separatedSpeech?: { agent: readonly Span[]; customer: readonly Span[] };
  durationMs: number;
}
