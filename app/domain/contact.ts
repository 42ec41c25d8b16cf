// One contact as people read lists of them, and what such a list can be filtered and sorted by.
import type { CallStatus, Direction } from "./glossary.ts";
import type { Outcome } from "./analysis.ts";
import type { Severity } from "./quality.ts";

export const CONTACT_SORTS = ["newest", "longest", "worst"] as const;
export type ContactSort = (typeof CONTACT_SORTS)[number];

export const MOODS = ["neg", "neutral", "pos"] as const;
export type Mood = (typeof MOODS)[number];
/** Beyond this a number is a mood, in both directions: where the words for it change from neutral to unhappy and friendly. */
export const MOOD_FROM = 0.1;

/** Of the conversation that a contact belongs to; `due`: not resolved, and a day for which our side promised something has come. */
export const CONTACT_STATUSES = ["open", "waiting", "resolved", "due"] as const;
export type ContactStatus = (typeof CONTACT_STATUSES)[number];

/** In place of the name of a rule: any that raises an alert. */
export const ANY_ALERT = "*";

/** A session, whatever its channel. Unknown is null. */
export interface ContactView {
  session_id: string;
  channel: string;
  /** UTC milliseconds: when it began, else when it arrived */
  atMs: number;
  /** where a call's page is; for other channels the session's own id */
  call_id: string;
  source: string;
  state: CallStatus;
  /** why it failed or waits */
  problem: string | null;
  direction: Direction;
  customer_id: string | null;
  /** name, else first address */
  customer: string | null;
  agent: { id: string | null; name: string | null } | null;
  queue: string | null;
  topic: string | null;
  reason: string | null;
  outcome: Outcome | null;
  /** the customer's, −1…1 */
  mood_start: number | null;
  mood_end: number | null;
  length_ms: number | null;
  /** counted up to MESSAGES_COUNTED */
  messages: number;
  conversation_id: string | null;
  /** of the conversation */
  status: string | null;
  /** first day for which our side promised something, `YYYY-MM-DD` */
  due: string | null;
  summary: string | null;
  /** what was said or written last */
  last: { id: string; speaker: string; text: string } | null;
  /** `holds`: its rule still matches */
  alerts: { label: string; severity: Severity; holds: boolean }[];
}

/** More lines than this are shown as "1000+": counting a list of long threads exactly would cost more than reading it. */
export const MESSAGES_COUNTED = 1000;

/** Something to choose from in a filter. */
export interface Offer {
  value: string;
  /** how people call it, where that is known */
  label: string | null;
}
