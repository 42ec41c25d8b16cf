// Consent: who agreed to what, on which channel, since when, and what proves it.
import { z } from "zod";
import { channelSchema } from "./inbound-message.ts";
import { timeSchema } from "./notification.ts";

/** What one may agree to. `recording` covers the sound of calls, `analysis` the words of every channel, the other two what we send. */
export const CONSENT_PURPOSES = ["recording", "analysis", "outbound_messaging", "marketing"] as const;
export type ConsentPurpose = (typeof CONSENT_PURPOSES)[number];

/** `unknown` is said on purpose: what was known before counts no longer, and the site's policy decides again. */
export const CONSENT_STATES = ["granted", "withdrawn", "unknown"] as const;
export type ConsentState = (typeof CONSENT_STATES)[number];

/** A record on this channel counts for all of them. */
export const ANY_CHANNEL = "any";

/** One statement, for ever: a change of mind is a new record. */
export interface ConsentRecord {
  id: string;
  /** whom it counts for now, through merges; null for callers who hide: it then counts for the one call only */
  customerId: string | null;
  /** said in and about this call; a grant of this kind does not open another call that was refused */
  sessionId: string | null;
  /** name of a channel, or `any` */
  channel: string;
  purpose: ConsentPurpose;
  state: ConsentState;
  /** who says so: name of the telephone system, `ivr`, `agent`, `api`, `stop_word` … */
  source: string;
  /** when it was said, not when we learnt of it */
  atMs: number;
  /** id of the message or recording that proves it, or free text */
  proof: string;
  /** the policy, or the notice to the customer, under which it was said */
  policyId: string;
  /** from then on it is as if it had never been said; null: for ever */
  expiresAtMs: number | null;
  recordedAtMs: number;
  /** who wrote it down: `kind:id` of the audit trail */
  recordedBy: string;
}

/** What a statement needs to be written down; the rest follows from where it came from. */
export interface ConsentStatement {
  channel: string;
  purpose: ConsentPurpose;
  state: ConsentState;
  source: string;
  /** now when absent */
  atMs?: number;
  proof?: string;
  policyId?: string;
  expiresAtMs?: number;
}

/** One record of the body of `PUT /v1/customers/{id}/consents`. */
export const consentStatementSchema = z
  .object({
    channel: channelSchema.default(ANY_CHANNEL).describe("name of a channel, or any"),
    purpose: z.enum(CONSENT_PURPOSES),
    state: z.enum(CONSENT_STATES).describe("unknown: what was said before counts no longer, the site's policy decides"),
    source: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, "expected lower-case letters, digits, - and _").default("api").describe("who says so: ivr, agent, crm …"),
    at: timeSchema.optional().describe("when it was said; now when absent. The newest statement counts, in whatever order they arrive"),
    proof: z.string().trim().max(500).optional().describe("id of the message or recording that proves it, or a sentence"),
    policy_id: z.string().trim().min(1).max(100).optional().describe("the notice under which it was said; the site's policy when absent"),
    expires_at: timeSchema.optional().describe("from then on it is as if it had never been said"),
  })
  .strict();

/** What holds on a channel for a purpose at this moment. */
export interface ConsentView {
  /** `any`: every channel that is not listed */
  channel: string;
  purpose: ConsentPurpose;
  state: ConsentState;
  /** since when it is so; null where nobody said anything */
  since: string | null;
  /** who said so; `policy` where nobody did */
  source: string;
  /** whether it may be done: the policy decides where the state is unknown */
  allowed: boolean;
  /** id of the statement, or the rule of the policy */
  because: string;
}

/** One statement as the API shows it. */
export interface ConsentRecordView {
  id: string;
  channel: string;
  purpose: ConsentPurpose;
  state: ConsentState;
  source: string;
  at: string;
  proof: string | null;
  policy_id: string;
  expires_at: string | null;
  session_id: string | null;
  recorded_at: string;
  recorded_by: string;
}

export interface ConsentReport {
  customer_id: string;
  /** of the site's policy as it is now */
  policy_id: string;
  decisions: ConsentView[];
  /** newest first */
  records: ConsentRecordView[];
}
