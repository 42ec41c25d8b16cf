// Puts the store together over one open database.
import type { QualityView } from "../domain/index.ts";
import type { Clock, Db } from "../platform/index.ts";
import { createActorNames } from "./actor-names.ts";
import { createAccess } from "./access.ts";
import { createAnalytics } from "./analytics.ts";
import { createAttachments, type Attachments } from "./attachments.ts";
import { createArrivals, type Arrivals } from "./arrivals.ts";
import { createBacklog, type Backlog } from "./backlog.ts";
import { createAudit } from "./audit.ts";
import { createBoardReads } from "./board-reads.ts";
import { createCallReads } from "./call-reads.ts";
import { createContactReads } from "./contact-reads.ts";
import { createContextReads } from "./context-reads.ts";
import { createConversations, type Conversations } from "./conversations.ts";
import { createConsents, type Consents } from "./consents.ts";
import { createCorrections, type Corrections } from "./corrections.ts";
import { createCustomers, type Customers } from "./customers.ts";
import { createForms, type Forms } from "./forms.ts";
import { createFormReads } from "./form-reads.ts";
import { createFindings, type Findings } from "./findings.ts";
import { createLedgerReads } from "./ledger-reads.ts";
import { createQueueReads } from "./queue-reads.ts";
import { createKnowledge, type KnowledgeRows } from "./knowledge.ts";
import { createMessageVectors, type MessageVectors } from "./message-vectors.ts";
import { createSearchReads } from "./search-reads.ts";
import { createIssueReads } from "./issue-reads.ts";
import { createIssueRows, type IssueRows } from "./issues.ts";
import { createJourneyReads } from "./journey-reads.ts";
import { createJourneyRows, type JourneyRows } from "./journeys.ts";
import { createSessionJoin, type SessionJoin } from "./names.ts";
import { createMailCursors, type MailCursorRows } from "./mail-cursors.ts";
import { createPasswords, type Passwords } from "./passwords.ts";
import { createPeople } from "./people.ts";
import { createTeams } from "./teams.ts";
import { createMerges, type Merges } from "./merges.ts";
import { createMessages, type Messages } from "./messages.ts";
import { createPeaks, type Peaks } from "./peaks.ts";
import { createPeopleReads } from "./people-reads.ts";
import { createRecordings, type Recordings } from "./recordings.ts";
import { createSavedViews } from "./saved-views.ts";
import { createRuleHits, type RuleHits } from "./rule-hits.ts";
import { createScores, type Scores } from "./scores.ts";
import { createSessions, type Sessions } from "./sessions.ts";
import type { Store } from "./store.ts";
import { createSlotProposals, type SlotProposals } from "./slot-proposals.ts";
import { createSoundReads } from "./sound-reads.ts";
import { createThreadReads } from "./thread-reads.ts";
import { createTimelineReads } from "./timeline-reads.ts";
import type { CallView } from "./views.ts";
import { createWritten, type Written } from "./written.ts";

/** What the pipeline writes. Every function is meant to run inside its transaction. */
export interface StoreWrites {
  sessions: Sessions;
  recordings: Recordings;
  peaks: Peaks;
  messages: Messages;
  written: Written;
  attachments: Attachments;
  customers: Customers;
  merges: Merges;
  conversations: Conversations;
  consents: Consents;
  corrections: Corrections;
  findings: Findings;
  ruleHits: RuleHits;
  scores: Scores;
  forms: Forms;
  slotProposals: SlotProposals;
  arrivals: Arrivals;
  backlog: Backlog;
  mailCursors: MailCursorRows;
  knowledge: KnowledgeRows;
  messageVectors: MessageVectors;
  issues: IssueRows;
  journeys: JourneyRows;
  join: SessionJoin;
  viewOfSession(id: string): CallView | undefined;
}

/**
 * @param db        open and migrated
 * @param passwords replaced in tests that count how often one is compared
 */
export function createStore(db: Db, clock: Clock, passwords: Passwords = createPasswords()): Store & { writes: StoreWrites } {
  const sessions = createSessions(db);
  const recordings = createRecordings(db);
  const messages = createMessages(db);
  const peaks = createPeaks(db);
  const findings = createFindings(db);
  const ruleHits = createRuleHits(db);
  const nameOf = createActorNames(db);
  const scores = createScores(db, nameOf);
  const quality = (sessionId: string): QualityView => ({ ...ruleHits.viewOf(sessionId), scorecards: scores.viewOf(sessionId) });
  const calls = createCallReads(db, { sessions, recordings, messages, findings, quality });
  const conversations = createConversations(db);
  const knowledge = createKnowledge(db);
  const people = createPeople(db, clock, passwords);
  const teams = createTeams(db, clock);
  return {
    reads: { context: createContextReads(db), contacts: createContactReads(db), forms: createFormReads(db), ...calls, ...createThreadReads(db, (id) => conversations.current(id), (id) => ruleHits.viewOf(id)), ...createAnalytics(db), ...createSoundReads(db, { recordings, messages, peaks }), search: createSearchReads(db), knowledge: knowledge.reads, issues: createIssueReads(db), journeys: createJourneyReads(db), board: createBoardReads(db), quality, actorName: nameOf, ruleCounts: (rules, fromMs, toMs) => ruleHits.counts(rules, fromMs, toMs), timeline: createTimelineReads(db), people: createPeopleReads(db), ledger: createLedgerReads(db), queue: createQueueReads(db) },
    access: createAccess(db, clock, { people, teams, passwords }),
    people, teams,
    audit: createAudit(db, clock),
    savedViews: createSavedViews(db, clock),
    writes: { sessions, recordings, peaks, corrections: createCorrections(db, nameOf), messages, findings, ruleHits, scores, forms: createForms(db), slotProposals: createSlotProposals(db), written: createWritten(db), attachments: createAttachments(db), customers: createCustomers(db), merges: createMerges(db), conversations, consents: createConsents(db), arrivals: createArrivals(db), backlog: createBacklog(db), mailCursors: createMailCursors(db), knowledge: knowledge.writes, messageVectors: createMessageVectors(db), issues: createIssueRows(db), journeys: createJourneyRows(db), join: createSessionJoin(db), viewOfSession: (id) => calls.viewOfSession(id) },
  };
}
