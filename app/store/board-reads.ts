// What contacts say on the board: rows of a stretch of time, a bounded number at once, and which hours have changed.
import type { BoardContact, BoardQuote, WorkState } from "../domain/index.ts";
import type { Db } from "../platform/index.ts";

export interface BoardReads {
  /**
   * Contacts that began in [fromMs, toMs), in order, after the one named; at most `limit`.
   * @param agentIds only contacts of these; null: of the whole house
   * @param definitions numbers of speech count when they were made by these
   * @param settledMs contacts that ended later say nothing yet about what may still come
   */
  contacts(question: { fromMs: number; toMs: number; agentIds: readonly string[] | null; definitions: string; settledMs: number }, after: Pick<BoardContact, "atMs" | "sessionId"> | null, limit: number): BoardContact[];
  /** how many contacts began in [fromMs, toMs) */
  count(fromMs: number, toMs: number, agentIds: readonly string[] | null): number;
  /** when the first contact began; null while there is none */
  firstMs(): number | null;
  /** by UTC hour (ms / 3,600,000), how often anything about its contacts changed; hours without contacts are absent */
  changes(fromHour: number, toHour: number): ReadonlyMap<number, number>;
  /** what the customer wanted in these contacts, in the customer's own words; those without such words are absent */
  quotes(sessionIds: readonly string[]): ReadonlyMap<string, BoardQuote>;
  work(failedSinceMs: number): WorkState;
}

type Bound = Record<string, string | number | null>;
type Row = [session: string, at: number, ended: number, channel: string, agent: string | null, name: string | null, topic: string | null, reason: string | null, ...values: (number | null)[]];

/** In the order of MEASURES. Below 0 stands a reason for which a contact is not counted. */
const VALUES = `f.is_resolved, CASE WHEN j.first_contact_resolution >= 0 AND j.ended_at_ms <= @settledMs THEN j.first_contact_resolution END, CASE WHEN j.repeat_contact >= 0 AND j.ended_at_ms <= @settledMs THEN j.repeat_contact END,
  CASE WHEN j.handle_time_ms >= 0 THEN j.handle_time_ms END, f.mood / 1000.0, f.mood_start / 1000.0, f.mood_end / 1000.0,
  CASE WHEN f.definitions = @definitions THEN f.talk / 1000.0 END, CASE WHEN f.definitions = @definitions THEN f.pauses / 1000.0 END, CASE WHEN f.definitions = @definitions THEN f.interruptions END, f.score / 1000.0`;
const COLUMNS = `j.session_id, j.at_ms, j.ended_at_ms, j.channel, coalesce(f.agent_id, f.agent_name), f.agent_name, j.topic, j.reason, ${VALUES}`;
const OURS = "f.agent_id IN (SELECT value FROM json_each(@agentIds))";

/** @param db an open, migrated database */
export function createBoardReads(db: Db): BoardReads {
  const of = (isNarrow: boolean) => {
    // whichever side is the smaller one leads: the contacts of an hour, or those of an agent
    const [from, where] = isNarrow ? ["contact_facts f INDEXED BY contact_facts_agent CROSS JOIN journey_contacts j ON j.at_ms = f.at_ms AND j.session_id = f.session_id", `${OURS} AND f.at_ms >= @fromMs AND f.at_ms < @toMs AND (f.at_ms, f.session_id) > (@atMs, @sessionId) ORDER BY f.at_ms, f.session_id`]
      : ["journey_contacts j CROSS JOIN contact_facts f ON f.session_id = j.session_id", "(j.at_ms, j.session_id) > (@atMs, @sessionId) AND j.at_ms < @toMs ORDER BY j.at_ms, j.session_id"];
    return db.prepare<Bound, Row>(`SELECT ${COLUMNS} FROM ${from} WHERE ${where} LIMIT @limit`).raw();
  };
  const [house, ours] = [of(false), of(true)];
  const countAll = db.prepare<Bound, { n: number }>("SELECT count(*) AS n FROM journey_contacts WHERE at_ms >= @fromMs AND at_ms < @toMs");
  const countOurs = db.prepare<Bound, { n: number }>(`SELECT count(*) AS n FROM contact_facts f INDEXED BY contact_facts_agent CROSS JOIN journey_contacts j ON j.at_ms = f.at_ms AND j.session_id = f.session_id WHERE ${OURS} AND f.at_ms >= @fromMs AND f.at_ms < @toMs`);
  const first = db.prepare<[], { at: number | null }>("SELECT min(at_ms) AS at FROM journey_contacts");
  const hours = db.prepare<[number, number], { hour: number; changes: number }>("SELECT hour, changes FROM contact_hours WHERE hour >= ? AND hour < ?");
  const quote = db.prepare<[string], { text: string; messageId: string; customerId: string | null; channel: string; callId: string; source: string; atMs: number }>(`SELECT m.text, m.id AS messageId, s.customer_id AS customerId, s.channel, s.call_id AS callId, s.source, m.at_ms AS atMs FROM sessions s
    JOIN messages m ON m.id = (SELECT a.body ->> '$.intent.evidence[0]' FROM analyses a WHERE a.session_id = s.id ORDER BY a.revision DESC LIMIT 1) AND m.speaker = 'customer' WHERE s.id = ?`);
  const unfinished = db.prepare<[number], { inWork: number; held: number; failed: number }>(`SELECT count(*) FILTER (WHERE status IN ('received', 'processing')) AS inWork, count(*) FILTER (WHERE status = 'held') AS held, count(*) FILTER (WHERE status = 'failed' AND received_at_ms >= ?) AS failed
    FROM sessions INDEXED BY sessions_unfinished WHERE channel = 'phone' AND status <> 'done'`);
  // each state in its own words: partial indexes serve no parameter
  const jobs = db.prepare<[], { waiting: number; running: number; parked: number }>("SELECT (SELECT count(*) FROM jobs WHERE state = 'queued') AS waiting, (SELECT count(*) FROM jobs WHERE state = 'running') AS running, (SELECT count(*) FROM jobs WHERE state = 'parked') AS parked");
  const outbox = db.prepare<[], { waiting: number; oldestMs: number | null }>("SELECT count(*) AS waiting, min(created_at_ms) AS oldestMs FROM outbox WHERE state = 'waiting'");

  return {
    contacts({ agentIds, ...question }, after, limit) {
      const bound: Bound = { ...question, atMs: after?.atMs ?? question.fromMs, sessionId: after?.sessionId ?? "", limit };
      const rows = agentIds === null ? house.all(bound) : ours.all({ ...bound, agentIds: JSON.stringify(agentIds) });
      return rows.map(([sessionId, atMs, endedAtMs, channel, agent, agentName, topic, reason, ...values]) => ({ sessionId, atMs, endedAtMs, channel, agent, agentName, topic, reason, values }));
    },
    count: (fromMs, toMs, agentIds) => (agentIds === null ? countAll.get({ fromMs, toMs }) : countOurs.get({ fromMs, toMs, agentIds: JSON.stringify(agentIds) }))?.n ?? 0,
    firstMs: () => first.get()?.at ?? null,
    changes: (fromHour, toHour) => new Map(hours.all(fromHour, toHour).map((row) => [row.hour, row.changes])),
    quotes: (sessionIds) => new Map(sessionIds.flatMap((id) => {
      const said = quote.get(id);
      return said === undefined ? [] : [[id, said] as const];
    })),
    work: (failedSinceMs) => ({
      ...(unfinished.get(failedSinceMs) ?? { inWork: 0, held: 0, failed: 0 }),
      jobs: jobs.get() ?? { waiting: 0, running: 0, parked: 0 }, outbox: outbox.get() ?? { waiting: 0, oldestMs: null },
    }),
  };
}
