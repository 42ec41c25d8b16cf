// What is open now, as plain data: one row a conversation that is not resolved, themes of conversations that say alike, and sums over them.
import type { SummaryPoint } from "./analysis.ts";

/** What is stored of a conversation, as far as it says what the customer's problem is. */
export interface IssueFacts {
  conversationId: string;
  customerId: string | null;
  reason: string | null;
  queue: string | null;
  /** channels of its contacts, sorted */
  channels: string[];
  openedAtMs: number;
  lastAtMs: number;
  /** findings of the first contact that has any: what the matter began with stays what it is about */
  found: { intent: SummaryPoint | null; points: SummaryPoint[] } | null;
  /** mood of the newest contact that has one, −1…1 */
  mood: number | null;
  /** the customer's own messages: those that prove the findings, then the first ones */
  said: { id: string; text: string }[];
}

export interface IssueMember {
  conversationId: string;
  /** who is affected: the customer, or the conversation itself while nobody is known */
  unit: string;
  /** "" when none was told */
  reason: string;
  /** null: it is like no theme, or says too little */
  themeId: number | null;
  /** "" when not known */
  queue: string;
  channels: string[];
  openedAtMs: number;
  lastAtMs: number;
  /** thousandths of −1…1: whole numbers add up without rounding; null when no mood was shown */
  mood: number | null;
  /** hashes of the words that say what it is about, sorted */
  words: number[];
  /** what it is about, in a sentence */
  label: string | null;
  /** the customer's message that says it */
  quoteId: string | null;
}

/** Conversations of one reason that say alike. `words` are its founder's and never change. */
export interface IssueTheme {
  /** grows in the order of foundation */
  id: number;
  reason: string;
  words: number[];
}

/** Sums over the members of one scope on one channel in one queue; "" is any. */
export interface IssueTally {
  scope: string;
  channel: string;
  queue: string;
  /** different units */
  customers: number;
  conversations: number;
  /** sum of the minutes (UTC, whole) at which they were opened */
  openedMinutes: number;
  /** sum of the moods, and how many have one */
  mood: number;
  moods: number;
}
