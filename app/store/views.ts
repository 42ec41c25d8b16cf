// What the store answers to readers: plain data, ready for the API.
import type { AlertView, CallStatus, CallSummary, CallView, CategoryView, ConversationFindings, MachineTurn, MadeBy, MetricName, Role } from "../domain/index.ts";

/** A page of a list: `next` is an opaque cursor, null on the last page. */
export interface PageOf<T> {
  items: T[];
  next: string | null;
}

/** Which page: `limit` 1…200, `cursor` from the previous page. An unreadable cursor is REQUEST_INVALID. */
export interface PageRequest {
  limit: number;
  cursor?: string;
}

export interface CallFilter {
  status?: CallStatus;
  source?: string;
  customerId?: string;
  /** only calls of this agent */
  agentId?: string;
  /** only calls of these agents: what the asker may see */
  agentIds?: readonly string[];
  /** only calls that this rule matched */
  rule?: string;
  fromMs?: number;
  toMs?: number;
}

/** A file that came with a message: `GET /v1/attachments/{id}`. */
export interface AttachmentView {
  id: string;
  role: string;
  name: string | null;
  media_type: string | null;
  size_bytes: number | null;
  /** announced, stored, read or failed */
  state: string;
  error: { code: string; message: string; retry: string } | null;
}

/** A message of a thread, whatever its channel; a turn also has times and confidence. */
export interface MessageView {
  id: string;
  channel: string;
  session_id: string;
  conversation_id: string | null;
  speaker: string;
  kind: string;
  text: string;
  at: string;
  start_ms?: number;
  end_ms?: number;
  confidence?: number;
  /** the message whose attachment this was read from */
  parent_id?: string;
  /** its files; what could be read of them are messages of their own */
  attachments?: AttachmentView[];
  /** whether a person changed what the machine heard of a turn; absent where nobody checked */
  corrected?: boolean;
  machine?: MachineTurn;
  /** what became of a message that went out */
  status?: string;
  /** who answered, what a bot believed and collected, and what the kind holds besides text */
  facts?: Record<string, unknown>;
}

export interface CustomerView {
  id: string;
  name: string | null;
  identities: { kind: string; value: string }[];
  created_at: string;
  last_contact_at: string | null;
}

export interface ConversationView {
  id: string;
  customer_id: string | null;
  status: string;
  reason: string | null;
  topic: string | null;
  summary: string | null;
  owner: string | null;
  queue: string | null;
  crm_link: string | null;
  opened_at: string;
  updated_at: string;
  resolved_at: string | null;
  session_ids: string[];
}

/** One contact of a conversation, and what was found in it: summary, topic and analysis are null before it was analysed. */
export interface SessionOfConversation {
  id: string; channel: string; started_at: string; ended_at: string; status: string; agent: string | null; queue: string | null; reason: string | null; outcome: string | null; call_id: string | null;
  summary: string | null; topic: string | null; analysis: MadeBy | null; categories: CategoryView[]; alerts: AlertView[];
}

/** One conversation with everything that is known of it. */
export interface ConversationDetail extends ConversationView {
  summary_points: { text: string; evidence: string[] }[];
  /** what was found over all sessions; null before the first was analysed */
  findings: ConversationFindings | null;
  sessions: SessionOfConversation[];
  /** who took part: the customer, and each agent and bot by name or id */
  participants: { role: string; id: string | null; name: string | null; sessions: number }[];
  /** who changed what and when, oldest first */
  activities: { at: string; by: string; field: string; value: string | null; session_id: string }[];
  /** ids that other systems have for it */
  references: { kind: string; value: string; session_id: string }[];
}

/** A found message, and what it belongs to. */
export interface FoundMessage {
  message: MessageView;
  call_id: string | null;
  customer_id: string | null;
}

export interface LedgerLine {
  call_id: string;
  source: string;
  session_id: string;
  status: CallStatus;
  received_at: string;
  /** newest entry of each stage, in order */
  stages: CallView["ledger"];
  /** why the call is not finished, in a sentence; null when it is */
  waiting_for: string | null;
}

export interface JobView {
  id: string;
  stage: string;
  lane: string;
  state: string;
  call_id: string;
  attempts: number;
  run_after: string;
  created_at: string;
  error: { code: string; message: string; retry: string } | null;
}

export const METRIC_GROUPINGS = ["day", "agent", "queue", "direction"] as const;
export type MetricGrouping = (typeof METRIC_GROUPINGS)[number];

export interface MetricQuestion {
  metric: MetricName;
  /** numbers of other definitions mean something else: they are counted, never mixed in */
  definitions: string;
  by: MetricGrouping;
  /** calls that began then or later (that arrived, where nobody said when they began) … */
  fromMs: number;
  /** … and before this */
  toMs: number;
  /** IANA name; days begin at midnight there */
  timeZone: string;
}

/** Every call weighs the same, however long it was. */
export interface MetricGroup {
  /** `2026-11-03`, id or name of the agent, name of the queue, direction; null where it is not known */
  key: string | null;
  /** calls with a number */
  count: number;
  mean: number | null;
  /** mean of the two middle ones for an even count */
  median: number | null;
  /** nearest rank: the smallest number that nine of ten calls do not exceed */
  p90: number | null;
  /** of `count`, from voices that were told apart on one channel */
  estimated: number;
  not_measurable: number;
  /** calls whose numbers were made by other definitions; `earshot metrics recompute --all` brings them in */
  other_definitions: number;
}

export interface ApiKeyRecord {
  id: string;
  name: string;
  role: Role;
  createdAtMs: number;
  /** the agents whose contacts it sees; absent: as its role says */
  agentIds?: readonly string[];
}

/** Where a stored recording is and what may be done with it. `redacted` false: never hand it out. */
export interface StoredRecording {
  id: string;
  sessionId: string;
  /** file name in the vault */
  file: string;
  /** rendition for listening, in the vault; null until the redact stage made it */
  playbackFile: string | null;
  redacted: boolean;
  sha256: string;
  sizeBytes: number;
  originalName: string | null;
}

export type { CallSummary, CallView };
