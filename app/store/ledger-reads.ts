// The ledger as people look through it: by place, lateness, source and day; and how complete a period is. All from `standings`, which triggers keep.
import { WAITED_STAGES, type ErrorView, type LateRule, type StagePace, type StandingPlace } from "../domain/index.ts";
import type { Db } from "../platform/index.ts";
import { pageOf, readCursor } from "./rows.ts";
import type { PageOf, PageRequest } from "./views.ts";

/** What is narrowed; dates are those of the arrival. */
export interface LedgerFilter {
  source?: string;
  fromMs?: number;
  toMs?: number;
}

/** One contact with where it stands. */
export interface Standing {
  sessionId: string;
  channel: string;
  source: string;
  callId: string;
  customerId: string | null;
  receivedAtMs: number;
  place: StandingPlace;
  /** what it waits at, or stopped at */
  stage: string | null;
  code: string | null;
  sinceMs: number;
  reached: number;
  /** what is wrong with the session itself */
  error: ErrorView | null;
  /** until when a held call keeps its sound */
  heldUntilMs: number | null;
  /** newest entry of each stage, in the order of the work */
  stages: { stage: string; status: string; atMs: number; ms: number | null; code: string | null; detail: string | null }[];
}

/** Calls of a period: how many were announced, and of those recorded, heard, and sent to the CRM; and what became of the rest. */
export interface Completeness {
  announced: number;
  recorded: number;
  heard: number;
  sent: number;
  /** calls that are not done, by place; of those that failed, by error, the 20 most frequent */
  gaps: { place: StandingPlace; code: string | null; count: number }[];
}

export type ListedPlace = StandingPlace | "all" | "late";

export interface LedgerReads {
  /** Newest first; `late` longest waiting first. @param rules say what late is @param code only with this error */
  list(place: ListedPlace, filter: LedgerFilter & { code?: string }, rules: readonly LateRule[], nowMs: number, page: PageRequest): PageOf<Standing>;
  counts(filter: LedgerFilter, rules: readonly LateRule[], nowMs: number): Record<ListedPlace, number>;
  /** errors of what failed, the most frequent first */
  reasons(filter: LedgerFilter): { code: string | null; count: number }[];
  /** sources that anything ever came from, in order, with when it did last */
  sources(): { source: string; lastMs: number }[];
  completeness(filter: LedgerFilter): Completeness;
  /** phone calls that arrived before */
  callsBefore(beforeMs: number): number;
  /** of the last 200 that went through each stage */
  paces(): StagePace[];
}

interface Row { session_id: string; channel: string; source: string; received_at_ms: number; place: StandingPlace; stage: string | null; code: string | null; since_ms: number; reached: number }
interface SessionPart { call_id: string; customer_id: string | null; error_code: string | null; error_message: string | null; error_retry: ErrorView["retry"] | null; held_until_ms: number | null }

const PACE_SAMPLE = 200;
const UNDONE = ["announced", "work", "held", "failed"] as const;
const PENDING = "place IN ('work', 'announced')";

/** @param db an open, migrated database */
export function createLedgerReads(db: Db): LedgerReads {
  const session = db.prepare<[string], SessionPart>("SELECT call_id, customer_id, error_code, error_message, error_retry, held_until_ms FROM sessions WHERE id = ?");
  const entries = db.prepare<[string], Standing["stages"][number]>("SELECT stage, status, at_ms AS atMs, ms, code, detail FROM ledger WHERE session_id = ? ORDER BY seq DESC LIMIT 200");
  const source = db.prepare<[string], { source: string | null }>("SELECT min(source) AS source FROM sessions WHERE source > ?");
  const last = db.prepare<[string], { at: number }>("SELECT max(received_at_ms) AS at FROM sessions WHERE source = ?");
  const before = db.prepare<[number], { n: number }>("SELECT count(*) AS n FROM standings WHERE channel = 'phone' AND received_at_ms < ?");
  const jobTimes = db.prepare<[string, number], { ms: number }>("SELECT finished_at_ms - created_at_ms AS ms FROM jobs WHERE state = 'done' AND stage = ? ORDER BY finished_at_ms DESC LIMIT ?");
  const sendTimes = db.prepare<[number], { ms: number }>("SELECT finished_at_ms - created_at_ms AS ms FROM outbox WHERE state = 'delivered' AND destination = 'crm' ORDER BY finished_at_ms DESC LIMIT ?");

  const standing = (row: Row): Standing => {
    const of = session.get(row.session_id);
    return {
      sessionId: row.session_id, channel: row.channel, source: row.source, callId: of?.call_id ?? "", customerId: of?.customer_id ?? null, receivedAtMs: row.received_at_ms, place: row.place, stage: row.stage, code: row.code,
      sinceMs: row.since_ms, reached: row.reached, heldUntilMs: of?.held_until_ms ?? null, error: of === undefined || of.error_code === null ? null : { code: of.error_code, message: of.error_message ?? "", retry: of.error_retry ?? "never" },
      stages: newestOfEach(entries.all(row.session_id)),
    };
  };

  return {
    list(place, filter, rules, nowMs, page) {
      const after = readCursor(page);
      const given = { ...filter, ...after, limit: page.limit + 1 };
      if (place === "late") {
        const { sql, values } = lateRows("session_id, since_ms", filter, rules, nowMs, after === undefined ? "" : "AND (since_ms, session_id) > (@at, @id)", "ORDER BY since_ms, session_id LIMIT @limit");
        const rows = db.prepare<Record<string, unknown>, Row>(`SELECT s.* FROM (${sql} ORDER BY since_ms, session_id LIMIT @limit) l JOIN standings s USING (session_id) ORDER BY s.since_ms, s.session_id`).all({ ...given, ...values });
        return pageOf(rows, page.limit, (row) => ({ at: row.since_ms, id: row.session_id }), standing);
      }
      const rows = db.prepare<Record<string, unknown>, Row>(`SELECT * FROM standings WHERE true ${placed(place)} ${narrowedTo(filter)} ${filter.code === undefined ? "" : "AND code = @code"}
        ${after === undefined ? "" : "AND (received_at_ms, session_id) < (@at, @id)"} ORDER BY received_at_ms DESC, session_id DESC LIMIT @limit`).all(given);
      return pageOf(rows, page.limit, (row) => ({ at: row.received_at_ms, id: row.session_id }), standing);
    },
    counts(filter, rules, nowMs) {
      const count = (sql: string, values: object = {}): number => db.prepare<Record<string, unknown>, { n: number }>(sql).get({ ...filter, ...values })?.n ?? 0;
      const of = (place: ListedPlace): number => count(`SELECT count(*) AS n FROM standings WHERE true ${placed(place)} ${narrowedTo(filter)}`);
      const late = lateRows("1", filter, rules, nowMs);
      const [all, work, announced, failed, held] = [of("all"), of("work"), of("announced"), of("failed"), of("held")];
      return { all, work, announced, failed, held, done: all - work - announced - failed - held, late: count(`SELECT count(*) AS n FROM (${late.sql})`, late.values) };
    },
    reasons: (filter) => db.prepare<LedgerFilter, { code: string | null; count: number }>(`SELECT code, count(*) AS count FROM standings WHERE true ${placed("failed")} ${narrowedTo(filter)} GROUP BY code ORDER BY count DESC, code LIMIT 20`).all(filter),
    sources() {
      const found: { source: string; lastMs: number }[] = [];
      for (let name = source.get("")?.source; name !== undefined && name !== null && found.length < 500; name = source.get(name)?.source) found.push({ source: name, lastMs: last.get(name)?.at ?? 0 });
      return found;
    },
    completeness(filter) {
      const sums = db.prepare<LedgerFilter, Record<"announced" | "recorded" | "heard" | "sent", number>>(`SELECT count(*) AS announced, total(reached >= 1) AS recorded, total(reached >= 2) AS heard, total(reached >= 3) AS sent FROM standings WHERE channel = 'phone' ${narrowedTo(filter)}`).get(filter);
      const gaps = UNDONE.flatMap((place) => db.prepare<LedgerFilter, Completeness["gaps"][number]>(`SELECT '${place}' AS place, ${place === "failed" ? "code" : "NULL AS code"}, count(*) AS count FROM standings WHERE channel = 'phone' ${placed(place)} ${narrowedTo(filter)} ${place === "failed" ? "GROUP BY code ORDER BY count DESC LIMIT 20" : ""}`).all(filter));
      return { ...(sums ?? { announced: 0, recorded: 0, heard: 0, sent: 0 }), gaps: gaps.filter((gap) => gap.count > 0) };
    },
    callsBefore: (beforeMs) => before.get(beforeMs)?.n ?? 0,
    paces: () => WAITED_STAGES.flatMap((stage): StagePace[] => {
      const times = (stage === "deliver" ? sendTimes.all(PACE_SAMPLE) : jobTimes.all(stage, PACE_SAMPLE)).map((one) => one.ms).sort((a, b) => a - b);
      return times.length === 0 ? [] : [{ stage, count: times.length, medianMs: times[Math.floor((times.length - 1) / 2)] ?? 0 }];
    }),
  };
}

/** The second condition is that of the index. */
const placed = (place: ListedPlace): string => (place === "all" ? "" : place === "done" ? "AND place = 'done'" : `AND place = '${place}' AND place <> 'done'`);

const narrowedTo = ({ source, fromMs, toMs }: LedgerFilter): string => `${source === undefined ? "" : "AND source = @source"} ${fromMs === undefined ? "" : "AND received_at_ms >= @fromMs"} ${toMs === undefined ? "" : "AND received_at_ms < @toMs"}`;

/** One look into the index for each stage, since each has a moment of its own before which waiting is late. */
function lateRows(columns: string, filter: LedgerFilter, rules: readonly LateRule[], nowMs: number, also = "", order = ""): { sql: string; values: Record<string, number> } {
  const one = ({ stage }: LateRule): string => `SELECT * FROM (SELECT ${columns} FROM standings WHERE ${PENDING} AND stage = '${stage}' AND since_ms < @late_${stage} ${narrowedTo(filter)} ${also} ${order})`;
  return { sql: rules.map(one).join(" UNION ALL "), values: Object.fromEntries(rules.map(({ stage, lateAfterMs }) => [`late_${stage}`, nowMs - lateAfterMs])) };
}

/** @param entries newest first */
function newestOfEach(entries: readonly Standing["stages"][number][]): Standing["stages"] {
  const seen = new Set<string>();
  return entries.filter(({ stage }) => !seen.has(stage) && seen.add(stage)).reverse();
}
