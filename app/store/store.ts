// The store as its users see it. Reads for the API; the writes of the pipeline are in pipeline-writes.
import type { CallSummary, CallView, QualityView } from "../domain/index.ts";
import type { StoreAccess } from "./access-types.ts";
import type { AuditEvent } from "./audit-types.ts";
import type { ContactReads } from "./contact-reads.ts";
import type { BoardReads } from "./board-reads.ts";
import type { ContextReads } from "./context-reads.ts";
import type { SavedViews } from "./saved-views.ts";
import type { RuleCount } from "./rule-hits.ts";
import type { FormReads } from "./form-reads.ts";
import type { SoundReads } from "./sound-reads.ts";
import type { LedgerReads } from "./ledger-reads.ts";
import type { QueueReads } from "./queue-reads.ts";
import type { KnowledgeReads } from "./knowledge.ts";
import type { PeopleReads } from "./people-reads.ts";
import type { SearchReads } from "./search-reads.ts";
import type { TimelineReads } from "./timeline-reads.ts";
import type { IssueReads } from "./issue-reads.ts";
import type { JourneyReads } from "./journey-reads.ts";
import type { People } from "./people.ts";
import type { Teams } from "./teams.ts";
import type {
  CallFilter, ConversationDetail, ConversationView, CustomerView, JobView, LedgerLine, MessageView, MetricGroup, MetricQuestion, PageOf, PageRequest, StoredRecording,
} from "./views.ts";

/** Reads. All are synchronous (SQLite) and bounded by `limit`. */
export interface StoreReads extends SoundReads {
  /** small reads for whoever answers next */
  context: ContextReads;
  /** contacts of every channel, in small steps */
  contacts: ContactReads;
  /** what conversations have filled in, and what was sent of it */
  forms: FormReads;
  /** newest session with this call id when the source is not given */
  callView(callId: string, source?: string): CallView | undefined;
  /** id of the agent who led a session; null when nobody is known to */
  agentOf(sessionId: string): string | null;
  /** whose contact it is, and in which conversation; undefined for an id that nobody has */
  whereabouts(sessionId: string): { customerId: string | null; conversationId: string | null } | undefined;
  /** who did something, as people say it; of an actor as it is stored, `user:per_…` */
  actorName(actor: string): string;
  listCalls(filter: CallFilter, page: PageRequest): PageOf<CallSummary>;
  recordingOf(callId: string, source?: string): StoredRecording | undefined;
  /** where every contact stands */
  ledger: LedgerReads;
  /** the queue and the outbox */
  queue: QueueReads;
  /** calls that are not done, counted up to `most` */
  countUnfinished(most: number): number;
  listLedger(filter: { unfinishedOnly: boolean }, page: PageRequest): PageOf<LedgerLine>;
  listJobs(filter: { state?: string }, page: PageRequest): PageOf<JobView>;
  listCustomers(query: string | undefined, page: PageRequest): PageOf<CustomerView>;
  customer(id: string): CustomerView | undefined;
  thread(customerId: string, page: PageRequest): PageOf<MessageView>;
  listConversations(filter: { status?: string; customerId?: string }, page: PageRequest): PageOf<ConversationView>;
  /** an id whose sessions have moved leads to where they are now */
  conversation(id: string): ConversationDetail | undefined;
  /** the thread as its page shows it */
  timeline: TimelineReads;
  /** customers as people look for them */
  people: PeopleReads;
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
  /** what contacts say on the overview and in comparisons */
  board: BoardReads;
}

export interface StoreAudit {
  append(event: AuditEvent): void;
  /** recomputes the hash chain: undefined when whole, else the first bad sequence number */
  verify(): number | undefined;
}

export interface Store {
  reads: StoreReads;
  access: StoreAccess;
  people: People;
  teams: Teams;
  audit: StoreAudit;
  /** what people keep of filters */
  savedViews: SavedViews;
}
