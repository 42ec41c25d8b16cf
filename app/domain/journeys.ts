// The numbers over channels: their names, what a definition says, and why a contact may say nothing. The formulas are in analysis/journeys.

/** Every number over contacts and conversations. An id is API: it is never renamed, and never gets another meaning without a new version of the definitions. */
export const JOURNEY_METRIC_NAMES = [
  "handle_time_ms", "first_contact_resolution", "repeat_contact", "containment", "escalation_drop_off", "transfer_without_repetition", "journey_time_ms",
  "duplicates", "routing_consistency", "channel_mix",
] as const;
export type JourneyMetricName = (typeof JOURNEY_METRIC_NAMES)[number];
/** Those that a contact has a value of; duplicates are counted among customers. */
export type ContactMetricName = Exclude<JourneyMetricName, "duplicates">;

/**
 * Why a contact, conversation or customer is counted as excluded: the code is API, the words are for people and follow "not measurable: ".
 * The order is stored (place + 1, below 0): new ones come last.
 */
export const NOT_COUNTED = {
  window_open: "what may still come of it is not over yet",
  asynchronous: "the channel has no beginning and end of work, only messages",
  duration_unknown: "nobody knows how long it was",
  still_open: "the conversation is not resolved",
  customer_unknown: "it is not known who the customer is",
  not_analysed: "nobody has looked for what was said yet",
  nothing_to_repeat: "the customer had given nothing before that could be asked again",
  queue_unknown: "it is not known which queue it came to",
  reason_unknown: "no reason was found",
  too_few: "there are fewer than the minimum, so one more or less would change it too much",
} as const;
export type NotCounted = keyof typeof NOT_COUNTED;

export const JOURNEY_GROUPINGS = ["day", "week", "channel", "queue", "agent", "topic", "reason"] as const;
export type JourneyGrouping = (typeof JOURNEY_GROUPINGS)[number];

/** What one number over channels means, as people and programs may read it. */
export interface JourneyDefinition {
  name: JourneyMetricName;
  label: string;
  version: string;
  /** `ratio` 0…1 · `ms` milliseconds, the mean */
  unit: "ratio" | "ms";
  formula: string;
  thresholds: Readonly<Record<string, number>>;
  /** what it is divided by: whose mean it is */
  denominator: string;
  not_measurable: readonly NotCounted[];
  groupings: readonly JourneyGrouping[];
  /** from which stored rows it is made, and how it compares with what other systems call so */
  source: string;
}

/** One contact of a conversation as the formulas need it; all times UTC ms. */
export interface JourneyContact {
  sessionId: string;
  channel: string;
  startMs: number;
  endMs: number;
  /** of a call; null while its recording is not known, and for messages */
  durationMs: number | null;
  /** the customer began it */
  isByCustomer: boolean;
  hasBot: boolean;
  /** when a person of the house first said something; null when none did. Calls whose speakers are not known count as talks with a person from their start */
  agentFromMs: number | null;
  agent: string | null;
  queue: string | null;
  /** a person was announced: a call is expected, or the analysis says that it was escalated */
  isHandedOff: boolean;
  isAnalysed: boolean;
  /** numbers, addresses and references that the customer said, normalised, and when; empty where no formula needs them */
  said: { value: string; atMs: number }[];
  /** the same of slots that a bot had filled, said or not */
  filled: { value: string; atMs: number }[];
}

/** A conversation as the formulas need it. */
export interface Journey {
  conversationId: string;
  hasCustomer: boolean;
  reason: string | null;
  topic: string | null;
  openedAtMs: number;
  /** null unless it is resolved */
  resolvedAtMs: number | null;
  /** in the order in which they began */
  contacts: JourneyContact[];
}

/** What one contact says about each number: a whole number, why it says nothing, or absent where it is not among those that are counted. */
export interface ContactValues {
  sessionId: string;
  values: Partial<Record<ContactMetricName, number | NotCounted>>;
}
