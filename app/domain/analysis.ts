// Findings about a session, each with the messages that prove it.
import type { Turn } from "./turn.ts";
import type { AudioLayout, Span } from "./audio.ts";
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

/** Something that one party said it would do. Every promise of an agent is an action item too; not every action item was promised. */
export interface Promised {
  text: string;
  by: "agent" | "customer";
  /** date `YYYY-MM-DD` in the site's time zone, or null when none was said */
  due: string | null;
  evidence: string[];
}

export const RISK_LEVELS = ["none", "low", "high"] as const;
/** How likely something is that nobody wants. Words that prove it are cited for `low` and `high`. */
export interface Risk {
  level: (typeof RISK_LEVELS)[number];
  evidence: string[];
}

/** How findings of a language model came about: enough to ask it the same again. */
export interface Provenance {
  /** versions of the prompts, e.g. `findings-1` */
  prompt: string;
  seed: number;
  /** passages of the business's own documents that it was shown, by name and page; absent when there were none */
  terms?: string[];
  /** UTC milliseconds at which the model answered, and how long it took */
  atMs: number;
  ms: number;
  /** parts in which the messages were read: 1 when all of them fitted into the model's context */
  chunks: number;
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

export interface Analysis {
  engine: "extractive" | "llama" | "openai";
  model: string | null;
  summary: string;
  summary_points: SummaryPoint[];
  topic: string | null;
  /** reason code of the site's taxonomy, e.g. `billing.double_charge` */
  reason: string | null;
  topic_evidence: string[];
  /** reasons that it may be, each with its chance 0…1; a fifth of them is no finding, and nobody is told */
  likely_reasons?: Readonly<Record<string, number>>;
  outcome: Outcome;
  outcome_evidence: string[];
  /** what the customer wants to achieve */
  intent: SummaryPoint | null;
  action_items: ActionItem[];
  promises: Promised[];
  risks: { escalation: Risk; churn: Risk };
  entities: Entity[];
  sentiment: Sentiment;
  /** per turn, −1…1; turns without mood are absent */
  turn_sentiment: Record<string, number>;
  coverage: { turns_read: number; turns_total: number };
  /** findings that were dropped because nothing proved them */
  dropped: number;
  /** what the machine had found where a person's word counts now */
  machine?: Partial<Pick<Analysis, "topic" | "reason" | "outcome">>;
  /** absent for engines without a language model */
  made?: Provenance;
  /** code of the error for which the configured engine did not do it */
  instead_of?: { engine: "llama" | "openai"; code: string };
}

/** The same over all sessions of a conversation. */
export interface ConversationFindings extends Pick<Analysis, "intent" | "outcome" | "action_items" | "promises" | "risks" | "sentiment" | "dropped"> {
  coverage: { turns_read: number; turns_total: number; sessions: number };
}

/** What an analysis holds that was stored before these findings existed. */
export const NOT_LOOKED_FOR = { intent: null, promises: [], risks: { escalation: { level: "none", evidence: [] }, churn: { level: "none", evidence: [] } } } satisfies Partial<Analysis>;

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
  /** how the recording keeps the parties; says why `speech` is absent */
  layout?: AudioLayout;
  /** where the speakers of the turns are known from */
  speakerSource?: SpeakerSource;
  /** speech of the two parties as told apart by their voices, where one channel holds both: an estimate */
  separatedSpeech?: { agent: readonly Span[]; customer: readonly Span[] };
  /** music, ringing and the like; absent when nobody has looked for it */
  hold?: readonly Span[];
  durationMs: number;
}
