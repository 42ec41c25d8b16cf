// The store as its users see it. Reads for the API; the writes of the pipeline are in pipeline-writes.
import type { CallSummary, CallView, QualityView, Role } from "../domain/index.ts";
import type { AuditEvent } from "./audit-types.ts";
import type { ContextReads } from "./context-reads.ts";
import type { RuleCount } from "./rule-hits.ts";
import type { FormReads } from "./form-reads.ts";
import type { LedgerReads } from "./ledger-reads.ts";
import type { QueueReads } from "./queue-reads.ts";
import type { KnowledgeReads } from "./knowledge.ts";
import type { SearchReads } from "./search-reads.ts";
import type { IssueReads } from "./issue-reads.ts";
import type { JourneyReads } from "./journey-reads.ts";
import type {
  ApiKeyRecord, CallFilter, ConversationDetail, ConversationView, CustomerView, JobView, LedgerLine, MessageView, MetricGroup, MetricQuestion, PageOf, PageRequest, StoredRecording,
} from "./views.ts";

/** Reads. All are synchronous (SQLite) and bounded by `limit`. */
export interface StoreReads {
  /** small reads for whoever answers next */
  context: ContextReads;
  /** what conversations have filled in, and what was sent of it */
  forms: FormReads;
  /** newest session with this call id when the source is not given */
  callView(callId: string, source?: string): CallView | undefined;
  listCalls(filter: CallFilter, page: PageRequest): PageOf<CallSummary>;
  recordingOf(callId: string, source?: string): StoredRecording | undefined;
  /** where every contact stands */
  ledger: LedgerReads;
  /** the queue and the outbox */
  queue: QueueReads;
  listLedger(filter: { unfinishedOnly: boolean }, page: PageRequest): PageOf<LedgerLine>;
  listJobs(filter: { state?: string }, page: PageRequest): PageOf<JobView>;
  listCustomers(query: string | undefined, page: PageRequest): PageOf<CustomerView>;
  customer(id: string): CustomerView | undefined;
  thread(customerId: string, page: PageRequest): PageOf<MessageView>;
  listConversations(filter: { status?: string; customerId?: string }, page: PageRequest): PageOf<ConversationView>;
  /** an id whose sessions have moved leads to where they are now */
  conversation(id: string): ConversationDetail | undefined;
  /** over every message, in small steps */
  search: SearchReads;
  /** the business's own documents */
  knowledge: KnowledgeReads;
  /** statistics of one metric; up to 1000 groups */
  metricGroups(question: MetricQuestion): MetricGroup[];
  /** categories, alerts and scores of one session; empty when there are none */
  quality(sessionId: string): QualityView;
  /** how often each rule matched, in sessions that arrived from `fromMs` on and before `toMs` */
  ruleCounts(rules: readonly string[], fromMs: number, toMs: number): RuleCount[];
  /** what is open now, grouped */
  issues: IssueReads;
  /** what contacts say about the numbers over channels */
  journeys: JourneyReads;
}

/** Keys of machines and one-time logins of people; only hashes are stored. */
export interface StoreAccess {
  createKey(name: string, role: Role): string;
  /** constant-time look-up of a presented key */
  findKey(presented: string): ApiKeyRecord | undefined;
  /** a code that opens one dashboard session, valid for 15 minutes, once */
  createLoginCode(role: Role): string;
  /** @returns token of a new dashboard session (12 h), or undefined when the code is used, old or wrong */
  redeemLoginCode(code: string): string | undefined;
  findLogin(token: string): { id: string; role: Role; agentIds?: readonly string[] } | undefined;
  endLogin(token: string): void;
}

export interface StoreAudit {
  append(event: AuditEvent): void;
  /** recomputes the hash chain: undefined when whole, else the first bad sequence number */
  verify(): number | undefined;
}

export interface Store {
  reads: StoreReads;
  access: StoreAccess;
  audit: StoreAudit;
}
