// What rules found in sessions: the present hits, and the alerts that were ever raised.
import { toRfc3339, type AlertView, type CategoryView, type Proof, type RuleState, type Severity, type Undecided, type UndecidedView } from "../domain/index.ts";
import type { Db } from "../platform/index.ts";

/** A rule that matched, or could not be decided. */
export interface RuleHit {
  rule: string;
  label: string;
  isCategory: boolean;
  state: Exclude<RuleState, "not_matched">;
  proof: Proof;
  because: Undecided[];
}

/** By what a session was judged. */
export interface RuleRun {
  revision: number;
  /** hash of the rules, and of the scorecards */
  rules: string;
  cards: string;
}

export interface NewAlert {
  sessionId: string;
  rule: string;
  revision: number;
  label: string;
  severity: Severity;
  atMs: number;
}

/** How often a rule matched. */
export interface RuleCount {
  rule: string;
  matched: number;
  not_measurable: number;
  alerts: number;
}

export interface RuleHits {
  /** What is known of a session from now on; what was found before goes. */
  replace(sessionId: string, run: RuleRun, hits: readonly RuleHit[], nowMs: number): void;
  runOf(sessionId: string): RuleRun | undefined;
  of(sessionId: string): RuleHit[];
  /** @returns false when this alert was raised before */
  raise(alert: NewAlert): boolean;
  /** sessions that have an analysis, in order of their ids, after `afterId`; `sinceMs`: that began then or later */
  judged(afterId: string, sinceMs: number, limit: number): string[];
  /** of sessions that arrived from `fromMs` on and before `toMs` */
  counts(rules: readonly string[], fromMs: number, toMs: number): RuleCount[];
  /** categories of a session, alerts and rules that could not be decided, as views show them */
  viewOf(sessionId: string): { categories: CategoryView[]; alerts: AlertView[]; not_measurable: UndecidedView[] };
}

interface Row {
  rule: string; label: string; is_category: 0 | 1; state: RuleHit["state"]; proof: string; because: string; rules: string;
}

/** @param db an open, migrated database */
export function createRuleHits(db: Db): RuleHits {
  const clear = db.prepare("DELETE FROM rule_hits WHERE session_id = ?");
  const insert = db.prepare("INSERT INTO rule_hits (session_id, rule, position, label, is_category, state, proof, because, rules, received_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT received_at_ms FROM sessions WHERE id = ?))");
  const run = db.prepare(`INSERT INTO rule_runs (session_id, revision, rules, cards, at_ms) VALUES (@sessionId, @revision, @rules, @cards, @nowMs)
    ON CONFLICT (session_id) DO UPDATE SET revision = excluded.revision, rules = excluded.rules, cards = excluded.cards, at_ms = excluded.at_ms`);
  const runOf = db.prepare<[string], RuleRun>("SELECT revision, rules, cards FROM rule_runs WHERE session_id = ?");
  const hits = db.prepare<[string], Row>("SELECT rule, label, is_category, state, proof, because, rules FROM rule_hits WHERE session_id = ? ORDER BY position");
  const raise = db.prepare("INSERT INTO rule_alerts (session_id, rule, revision, label, severity, at_ms) VALUES (@sessionId, @rule, @revision, @label, @severity, @atMs) ON CONFLICT DO NOTHING");
  const alerts = db.prepare<[string], { rule: string; label: string; severity: Severity; revision: number; at_ms: number; holds: 0 | 1 }>(`SELECT a.rule, a.label, a.severity, a.revision, a.at_ms, h.rule IS NOT NULL AS holds
    FROM rule_alerts a LEFT JOIN rule_hits h ON h.session_id = a.session_id AND h.rule = a.rule AND h.state = 'matched' WHERE a.session_id = ? ORDER BY a.at_ms, a.rule`);
  const judged = db.prepare<[string, number, number], { id: string }>(`SELECT s.id FROM sessions s WHERE s.id > ? AND coalesce(s.started_at_ms, s.received_at_ms) >= ? AND EXISTS (SELECT 1 FROM analyses WHERE session_id = s.id) ORDER BY s.id LIMIT ?`);
  const period = "rule = @rule AND state = %s AND received_at_ms >= @fromMs AND received_at_ms < @toMs";
  const counts = db.prepare<{ rule: string; fromMs: number; toMs: number }, Omit<RuleCount, "rule">>(`SELECT
    (SELECT count(*) FROM rule_hits WHERE ${period.replace("%s", "'matched'")}) AS matched,
    (SELECT count(*) FROM rule_hits WHERE ${period.replace("%s", "'not_measurable'")}) AS not_measurable,
    (SELECT count(*) FROM rule_alerts WHERE rule = @rule AND at_ms >= @fromMs AND at_ms < @toMs) AS alerts`);
  const parsed = (row: Row): RuleHit => ({ rule: row.rule, label: row.label, isCategory: row.is_category === 1, state: row.state, proof: JSON.parse(row.proof) as Proof, because: JSON.parse(row.because) as Undecided[] });
  return {
    replace(sessionId, { revision, rules, cards }, list, nowMs) {
      clear.run(sessionId);
      for (const [at, hit] of list.entries()) insert.run(sessionId, hit.rule, at, hit.label, hit.isCategory ? 1 : 0, hit.state, JSON.stringify(hit.proof), JSON.stringify(hit.because), rules, sessionId);
      run.run({ sessionId, revision, rules, cards, nowMs });
    },
    runOf: (sessionId) => runOf.get(sessionId),
    of: (sessionId) => hits.all(sessionId).map(parsed),
    raise: (alert) => raise.run(alert).changes === 1,
    judged: (afterId, sinceMs, limit) => judged.all(afterId, sinceMs, limit).map((row) => row.id),
    counts: (rules, fromMs, toMs) => rules.map((rule) => ({ rule, ...(counts.get({ rule, fromMs, toMs }) ?? { matched: 0, not_measurable: 0, alerts: 0 }) })),
    viewOf(sessionId) {
      const rows = hits.all(sessionId);
      return {
        categories: rows.flatMap((row) => (row.state === "matched" && row.is_category === 1 ? [{ rule: row.rule, label: row.label, ...parsed(row).proof, rules: row.rules }] : [])),
        alerts: alerts.all(sessionId).map(({ at_ms, holds, ...alert }) => ({ ...alert, at: toRfc3339(at_ms), holds: holds === 1 })),
        not_measurable: rows.flatMap((row) => (row.state === "not_measurable" ? [{ rule: row.rule, label: row.label, because: parsed(row).because }] : [])),
      };
    },
  };
}
