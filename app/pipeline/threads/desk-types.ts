// What the web server and the command line may ask and decide about threads.
import type { ContextView, Identity } from "../../domain/index.ts";
import type { Duplicate } from "../../threads/index.ts";
import type { AuditEvent, ContextReads } from "../../store/index.ts";

export interface ContextQuestion {
  /** what the answer should be about; passages are added then */
  query?: string;
  /** how many of the last messages */
  messages: number;
}

export interface ContextDesk {
  /** @returns undefined when there is no such customer; merged ones lead to their root */
  of(customerId: string, question: ContextQuestion): ContextView | undefined;
  /** @returns the customer that an address leads to */
  byAddress(identity: Identity): string | undefined;
  references(value: string, kind?: string): ReturnType<ContextReads["references"]>;
}

/** Who decides: for the audit trail and the activity log. */
export type By = Pick<AuditEvent, "actor" | "requestId">;

export interface ConversationChange {
  status?: "open" | "waiting" | "resolved";
  owner?: string | null;
  queue?: string | null;
  reason?: string | null;
  crm_link?: string | null;
}

export interface MergeView {
  merge_id: string;
  kind: "merge" | "split";
  /** who was taken into whom, or out of whom */
  customer_id: string;
  other: string;
  automatic: boolean;
  by: string | null;
  reason: string;
  at: string;
  undone_at: string | null;
  undone_by: string | null;
}

export interface ThreadDesk {
  /** Both are one person. The one that was known first stays. @throws AppError NOT_FOUND, CONFLICT when they are one already */
  merge(one: string, other: string, reason: string, by: By): Promise<MergeView>;
  /** @throws AppError NOT_FOUND, CONFLICT */
  unmerge(customerId: string, mergeId: string, by: By): Promise<MergeView>;
  /** Takes some addresses, and what came by them, out into a customer of their own. @throws AppError NOT_FOUND, REQUEST_INVALID */
  split(customerId: string, addresses: readonly { kind: string; value: string }[], sessionIds: readonly string[], reason: string, by: By): Promise<MergeView>;
  /** merges and splits of a customer, oldest first */
  merges(customerId: string): MergeView[];
  /** customers that may be the same person, surest first, each with the reason */
  duplicates(customerId: string): Duplicate[];
  /** An explicit link: these addresses are this customer's. @throws AppError NOT_FOUND */
  link(customerId: string, identities: readonly Identity[], by: By): Promise<void>;
  /** What the CRM knows: name, verification, anything flat. Replaces what it said before. @throws AppError NOT_FOUND */
  setProfile(customerId: string, profile: Record<string, unknown>, name: string | undefined, by: By): Promise<void>;
  /** @throws AppError NOT_FOUND */
  change(conversationId: string, change: ConversationChange, by: By): Promise<void>;
  /** Puts a session into another conversation of the same customer, or into one of its own. @throws AppError NOT_FOUND, REQUEST_INVALID */
  move(sessionId: string, conversationId: string | null, by: By): Promise<void>;
  /** "We will ring you on this number": the next call from or to it goes on with this session. @throws AppError NOT_FOUND, REQUEST_INVALID */
  expectCall(sessionId: string, phone: string, minutes: number, by: By): Promise<void>;
}
