// The queue and the outbox as people look at them: what waits where and since when, what was done, what the other sides said.
import type { ErrorView, JobState, Lane, Stage } from "../domain/index.ts";
import type { Db } from "../platform/index.ts";
import { pageOf, readCursor } from "./rows.ts";
import type { PageOf, PageRequest } from "./views.ts";

/** Jobs that are not done, of one stage and state. */
export interface QueueGroup {
  lane: Lane;
  stage: Stage;
  state: Exclude<JobState, "done">;
  count: number;
  /** when the oldest of them came into being */
  oldestMs: number;
}

export interface QueuedJob {
  id: string;
  stage: Stage;
  lane: Lane;
  state: Exclude<JobState, "done">;
  callId: string;
  source: string;
  channel: string;
  sessionId: string;
  customerId: string | null;
  attempts: number;
  /** not before then is it tried (again) */
  runAfterMs: number;
  createdAtMs: number;
  error: ErrorView | null;
}

/** What waits to leave for one receiver. */
export interface OutboxGroup {
  destination: string;
  waiting: number;
  parked: number;
  oldestMs: number | null;
  /** the next attempt */
  nextMs: number | null;
  /** why it gets nothing at present */
  disabled: string | null;
}

export interface Undelivered {
  id: string;
  destination: string;
  callId: string;
  source: string;
  channel: string;
  sessionId: string;
  customerId: string | null;
  state: "waiting" | "parked";
  attempts: number;
  nextAttemptMs: number;
  createdAtMs: number;
  httpStatus: number | null;
  error: ErrorView | null;
}

export interface QueueReads {
  groups(): QueueGroup[];
  /** how many of each stage were done since then */
  doneSince(atMs: number): { stage: Stage; count: number }[];
  /** newest first */
  jobs(state: QueuedJob["state"], page: PageRequest): PageOf<QueuedJob>;
  outbox(): OutboxGroup[];
  /** parked ones first, the oldest of each first */
  undelivered(limit: number): Undelivered[];
}

interface ErrorPart { error_code: string | null; error_message: string | null; error_retry: ErrorView["retry"] | null }

const CONTACT = "s.call_id AS callId, s.source, s.channel, s.customer_id AS customerId";
const UNSENT = "state IN ('waiting', 'parked')";

/** @param db an open, migrated database */
export function createQueueReads(db: Db): QueueReads {
  const groups = db.prepare<[], QueueGroup>("SELECT lane, stage, state, count(*) AS count, min(created_at_ms) AS oldestMs FROM jobs WHERE state <> 'done' GROUP BY state, lane, stage");
  const done = db.prepare<[number], { stage: Stage; count: number }>(`SELECT stage, count(*) AS count FROM jobs WHERE state = 'done' AND stage IN ('fetch', 'prepare', 'transcribe', 'analyse', 'summarise', 'collect', 'read', 'hear') AND finished_at_ms >= ? GROUP BY stage`);
  const sent = db.prepare<[number], { count: number }>("SELECT count(*) AS count FROM outbox WHERE state = 'delivered' AND destination = 'crm' AND finished_at_ms >= ?");
  const outbox = db.prepare<[], Omit<OutboxGroup, "disabled" | "nextMs">>(`SELECT destination, sum(state = 'waiting') AS waiting, sum(state = 'parked') AS parked, min(created_at_ms) AS oldestMs FROM outbox WHERE ${UNSENT} GROUP BY destination`);
  const next = db.prepare<[string], { at: number | null }>("SELECT min(next_attempt_ms) AS at FROM outbox WHERE state = 'waiting' AND destination = ?");
  const disabled = db.prepare<[], { name: string; reason: string | null }>("SELECT name, reason FROM destinations WHERE disabled_at_ms IS NOT NULL");
  const unsent = db.prepare<{ state: string; limit: number }, Omit<Undelivered, "error"> & ErrorPart>(`SELECT o.id, o.destination, o.session_id AS sessionId, o.state, o.attempts, o.next_attempt_ms AS nextAttemptMs, o.created_at_ms AS createdAtMs, o.http_status AS httpStatus, o.error_code, o.error_message, o.error_retry, ${CONTACT}
    FROM outbox o JOIN sessions s ON s.id = o.session_id WHERE o.state IN ('waiting', 'parked') AND o.state = @state ORDER BY o.created_at_ms, o.id LIMIT @limit`);
  return {
    groups: () => groups.all(),
    doneSince: (atMs) => [...done.all(atMs), { stage: "deliver" as const, count: sent.get(atMs)?.count ?? 0 }],
    jobs(state, page) {
      const after = readCursor(page);
      const rows = db.prepare<Record<string, unknown>, Omit<QueuedJob, "error"> & ErrorPart>(`SELECT j.id, j.stage, j.lane, j.state, j.session_id AS sessionId, j.attempts, j.run_after_ms AS runAfterMs, j.created_at_ms AS createdAtMs, j.error_code, j.error_message, j.error_retry, ${CONTACT}
        FROM jobs j JOIN sessions s ON s.id = j.session_id WHERE j.state = '${state}' AND j.state <> 'done' ${after === undefined ? "" : "AND (j.created_at_ms, j.id) < (@at, @id)"} ORDER BY j.created_at_ms DESC, j.id DESC LIMIT @limit`).all({ ...after, limit: page.limit + 1 });
      return pageOf(rows, page.limit, (row) => ({ at: row.createdAtMs, id: row.id }), withError);
    },
    outbox() {
      const off = new Map(disabled.all().map(({ name, reason }) => [name, reason ?? "switched off"]));
      const listed = outbox.all().map((group) => ({ ...group, nextMs: next.get(group.destination)?.at ?? null, disabled: off.get(group.destination) ?? null }));
      const silent = [...off].filter(([name]) => !listed.some((one) => one.destination === name)).map(([destination, reason]) => ({ destination, waiting: 0, parked: 0, oldestMs: null, nextMs: null, disabled: reason }));
      return [...listed, ...silent];
    },
    undelivered: (limit) => [...unsent.all({ state: "parked", limit }), ...unsent.all({ state: "waiting", limit })].slice(0, limit).map(withError),
  };
}

function withError<T extends ErrorPart>({ error_code: code, error_message: message, error_retry: retry, ...row }: T): Omit<T, keyof ErrorPart> & { error: ErrorView | null } {
  return { ...row, error: code === null ? null : { code, message: message ?? "", retry: retry ?? "never" } };
}
