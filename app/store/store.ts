// The store as its users see it. Reads for the API; the writes of the pipeline are in pipeline-writes.
import type { CallSummary, CallView, QualityView, Role } from "../domain/index.ts";
import type { AuditEvent } from "./audit-types.ts";
import type { ContextReads } from "./context-reads.ts";
import type { RuleCount } from "./rule-hits.ts";
import type { FormReads } from "./form-reads.ts";
import type { KnowledgeReads } from "./knowledge.ts";
import type { SearchReads } from "./search-reads.ts";
import type { IssueReads } from "./issue-reads.ts";
import type { JourneyReads } from "./journey-reads.ts";
import type { LoginRow, SessionView, Whence } from "./logins.ts";
import type { People } from "./people.ts";
import type { Teams } from "./teams.ts";
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

/** Whose contacts a key sees: those of one agent, or of a team's; neither: as its role says. */
export interface KeyBounds {
  agentId?: string | undefined;
  team?: string | undefined;
}

/** A login as the web server sees it. */
export interface LoginRecord extends LoginRow {
  /** the agents whose contacts it sees; absent: as its role says */
  agentIds?: readonly string[];
}

/** Keys of machines and logins of people; only hashes are stored. */
export interface StoreAccess {
  /** @param bounds its team must exist */
  createKey(name: string, role: Role, bounds?: KeyBounds): string;
  /** constant-time look-up of a presented key */
  findKey(presented: string): ApiKeyRecord | undefined;
  /** a code that opens one dashboard session for nobody in particular, valid for 15 minutes, once: the demo, and a house whose administrators are all locked out */
  createLoginCode(role: Role): string;
  /** @returns token of a new dashboard session (12 h), or undefined when the code is used, old or wrong */
  redeemLoginCode(code: string, from?: Whence): string | undefined;
  /** A session for somebody who has proved who it is. It ends after 12 h, or after an hour in which nobody used it. */
  startLogin(personId: string, from: Whence): { token: string; id: string };
  /** @param isUse false when a page only keeps itself fresh: the session does not last longer for it. True when absent */
  findLogin(token: string, isUse?: boolean): LoginRecord | undefined;
  endLogin(token: string): void;
  /** open ones of a person, newest first */
  sessionsOf(personId: string): SessionView[];
  /** @returns false when it is not this person's, or ended already */
  endSession(personId: string, id: string): boolean;
  /** @returns how many ended */
  endSessionsOf(personId: string): number;
  /** A code with which this person chooses a password, once, within 24 h. Its password, sessions and earlier codes end now. */
  invite(personId: string): string;
  /** Whose code this is; looking uses nothing up. */
  invited(code: string): string | undefined;
  /** The code becomes a password and a session. @returns undefined when the code is used, old or wrong */
  setUp(code: string, password: string, from: Whence): Promise<{ personId: string; token: string } | undefined>;
  /** All sessions end. @returns the token of a new one, undefined when `current` is wrong */
  changePassword(personId: string, current: string, password: string, from: Whence): Promise<string | undefined>;
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
}
