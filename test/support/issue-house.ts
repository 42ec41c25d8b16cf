// The thread house with findings: customers who write about problems, analyses of what they wrote, and everything that may happen to both.
import { inTransaction } from "../../app/platform/index.ts";
import { NOT_LOOKED_FOR, type Analysis, type ChannelEvent, type Outcome } from "../../app/domain/index.ts";
import { keepFindings } from "../../app/pipeline/threads/keep-findings.ts";
import { gatherWaiting } from "../../app/pipeline/threads/gather.ts";
import type { IssueDesk } from "../../app/pipeline/issues/desk-types.ts";
import { createIssueDesk } from "../../app/pipeline/issues/unresolved.ts";
import { openThreadHouse, type ThreadHouse } from "./thread-house.ts";

export const BEGIN = Date.UTC(2026, 10, 2, 9);
export const HOUR = 3_600_000;
export const BY = { actor: { kind: "key", id: "key_test", ip: null } } as const;

/** What an analysis says, as far as tests care. */
export interface Found { reason?: string | null; outcome?: Outcome; intent?: string; mood?: number | null; evidence?: string[]; entities?: Analysis["entities"] }

export interface IssueHouse extends ThreadHouse {
  issues: IssueDesk;
  /** a message of a customer known by a mail address */
  says(customer: string, text: string, atMs: number, rest?: Partial<Extract<ChannelEvent, { kind: "message" }>["message"]>): string;
  /** the session that holds a message */
  sessionOf(externalId: string): string;
  conversationOf(externalId: string): string;
  messageOf(externalId: string): string;
  /** keeps findings as the stages do */
  analyse(sessionId: string, found: Found): void;
}

export function openIssueHouse(): IssueHouse {
  const house = openThreadHouse();
  const { db, parts } = house;
  let n = 0;
  const one = <T>(sql: string, value: string): T => db.prepare<[string], T>(sql).get(value) as T;
  return {
    ...house,
    issues: createIssueDesk(parts),
    says(customer, text, atMs, rest = {}) {
      const externalId = `m${++n}`;
      house.clock.advance(Math.max(0, BEGIN + atMs - house.clock.now()));
      house.receive({ kind: "message", message: { source: "desk", channel: "web_chat", externalId, kind: "text", speaker: "customer", text, atMs: BEGIN + atMs, customer: { identities: customer === "" ? [] : [{ kind: "email", value: `${customer}@example.org` }] }, ...rest } });
      return externalId;
    },
    sessionOf: (externalId) => one<{ id: string }>("SELECT session_id AS id FROM messages WHERE external_id = ?", externalId).id,
    conversationOf: (externalId) => one<{ id: string }>("SELECT conversation_id AS id FROM messages WHERE external_id = ?", externalId).id,
    messageOf: (externalId) => one<{ id: string }>("SELECT id FROM messages WHERE external_id = ?", externalId).id,
    analyse(sessionId, { reason = null, outcome = "unresolved", intent, mood = null, evidence = [], entities = [] }) {
      inTransaction(db, () => {
        const analysis: Analysis = {
          engine: "extractive", model: null, summary: intent ?? "", summary_points: [], topic: null, reason, topic_evidence: evidence, outcome, outcome_evidence: [], action_items: [], entities, ...NOT_LOOKED_FOR,
          intent: intent === undefined ? null : { text: intent, evidence }, sentiment: { overall: mood, customer_start: null, customer_end: null, trend: "unknown" }, turn_sentiment: {}, coverage: { turns_read: 1, turns_total: 1 }, dropped: 0,
        };
        parts.store.writes.findings.saveAnalysis(sessionId, parts.store.writes.sessions.nextRevision(sessionId), analysis, null, house.clock.now());
        keepFindings(sessionId, analysis, parts);
        gatherWaiting(parts);
      });
    },
  };
}
