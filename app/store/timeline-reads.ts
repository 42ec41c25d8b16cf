// The thread of a customer as its page shows it: stretches of entries in both directions from any place, without reading the turns of calls.
import { toRfc3339, type ProvenAt, type TimelineEntry, type TurnStretch } from "../domain/index.ts";
import type { Db } from "../platform/index.ts";
import { readCursor, writeCursor, type Cursor } from "./rows.ts";
import { createTimelineEntries, type CallEntryRow, type MessageEntryRow } from "./timeline-entries.ts";

export interface TimelineFilter {
  channel?: string;
  conversationId?: string;
  /** only contacts that these agents led */
  agentIds?: readonly string[];
}

/** Where a stretch lies: the newest one, or before, after or around a place. */
export type TimelinePlace = { at: "end" } | { at: "before"; cursor: string } | { at: "after"; cursor: string } | { at: "from"; ms: number } | { at: "around"; place: Cursor };

export interface TimelineStretch {
  /** oldest first */
  entries: TimelineEntry[];
  /** cursors of what lies on either side; null where nothing does */
  earlier: string | null;
  later: string | null;
}

/** Where something stands in a thread. */
export interface EntryPlace {
  place: Cursor;
  entryId: string;
  sessionId: string;
}

export interface TimelineReads {
  /** @param open ids of entries whose texts are wanted whole */
  stretch(customerId: string, filter: TimelineFilter, where: TimelinePlace, limit: number, open?: readonly string[]): TimelineStretch;
  /** @param id of a message, turn or session; undefined when it is not in what the filter lets through */
  placeOf(customerId: string, id: string, filter: Pick<TimelineFilter, "agentIds">): EntryPlace | undefined;
  /** lines of a call: the first ones, or those around one */
  turns(sessionId: string, limit: number, aroundId?: string): TurnStretch;
  /** those of these messages that are in the thread, and that the filter lets through */
  proofs(customerId: string, messageIds: readonly string[], filter: Pick<TimelineFilter, "agentIds">): ProvenAt[];
  /** channels that the customer has used, in the order of the alphabet */
  channels(customerId: string, filter: Pick<TimelineFilter, "agentIds">): string[];
}

/** Lines of a call that are shown above the one that is looked for. */
const LINES_ABOVE = 40;

const BEGIN = "coalesce(started_at_ms, received_at_ms)"; // exactly as in the index
const LED = "SELECT value FROM json_each(@agentIds)";

/** @param db an open, migrated database */
export function createTimelineReads(db: Db): TimelineReads {
  const entries = createTimelineEntries(db);
  const placeOfMessage = db.prepare<Record<string, unknown>, { id: string; seq: number; at_ms: number; channel: string; kind: string; session_id: string; parent_id: string | null; begin_ms: number }>(`SELECT m.id, m.seq, m.at_ms, m.channel, m.kind, m.session_id, m.parent_id, coalesce(s.started_at_ms, s.received_at_ms) AS begin_ms
    FROM messages m JOIN sessions s ON s.id = m.session_id WHERE m.id = @id AND m.customer_id = @customerId AND (@agentIds IS NULL OR s.agent_id IN (${LED}))`);
  const placeOfSession = db.prepare<Record<string, unknown>, { id: string; channel: string; begin_ms: number; first: string | null }>(`SELECT id, channel, ${BEGIN} AS begin_ms, (SELECT m.id FROM messages m WHERE m.session_id = sessions.id AND m.parent_id IS NULL ORDER BY m.at_ms, m.seq LIMIT 1) AS first
    FROM sessions WHERE id = @id AND customer_id = @customerId AND (@agentIds IS NULL OR agent_id IN (${LED}))`);
  const proofs = db.prepare<Record<string, unknown>, { id: string; entryId: string; at_ms: number; startMs: number | null; channel: string }>(`SELECT m.id, CASE WHEN m.kind = 'turn' THEN m.session_id ELSE coalesce(m.parent_id, m.id) END AS entryId, m.at_ms, CASE WHEN m.kind = 'turn' THEN m.start_ms END AS startMs, m.channel
    FROM json_each(@ids) j CROSS JOIN messages m ON m.id = j.value JOIN sessions s ON s.id = m.session_id WHERE m.customer_id = @customerId AND (@agentIds IS NULL OR s.agent_id IN (${LED}))`);
  const channels = (filter: Pick<TimelineFilter, "agentIds">) => db.prepare<Record<string, unknown>, { channel: string }>(`SELECT DISTINCT channel FROM sessions WHERE customer_id = @customerId ${filter.agentIds === undefined ? "" : `AND agent_id IN (${LED})`} ORDER BY channel`);

  const read = (customerId: string, filter: TimelineFilter, dir: "earlier" | "later", edge: Cursor | undefined, limit: number): Row[] => {
    const values = { ...filter, customerId, agentIds: agentsOf(filter), at: edge?.at, id: edge?.id, limit };
    const found: Row[] = [];
    if (filter.channel === undefined || filter.channel === "phone") found.push(...db.prepare<Record<string, unknown>, CallEntryRow>(callsSql(filter, dir, edge)).all(values).map(ofCall));
    if (filter.channel !== "phone") found.push(...db.prepare<Record<string, unknown>, MessageEntryRow>(messagesSql(filter, dir, edge)).all(values).map(ofMessage));
    return found.sort(dir === "earlier" ? (a, b) => order(b, a) : order).slice(0, limit);
  };
  const placeOf = (customerId: string, id: string, filter: Pick<TimelineFilter, "agentIds">): EntryPlace | undefined => {
    const values = { customerId, agentIds: agentsOf(filter) };
    if (id.startsWith("ses_")) {
      const row = placeOfSession.get({ ...values, id });
      if (row === undefined) return undefined;
      if (row.channel === "phone") return { place: { at: row.begin_ms, id: row.id }, entryId: row.id, sessionId: row.id };
      return row.first === null ? undefined : placeOf(customerId, row.first, filter);
    }
    const row = placeOfMessage.get({ ...values, id });
    if (row === undefined) return undefined;
    if (row.kind === "turn") return { place: { at: row.begin_ms, id: row.session_id }, entryId: row.session_id, sessionId: row.session_id };
    if (row.parent_id !== null) return placeOf(customerId, row.parent_id, filter);
    return { place: { at: row.at_ms, id: String(row.seq) }, entryId: row.id, sessionId: row.session_id };
  };

  return {
    placeOf,
    stretch(customerId, filter, where, limit, open = []) {
      const { rows, hasEarlier, hasLater } = pick(where, limit, (dir, edge, count) => read(customerId, filter, dir, edge, count));
      const [first, last] = [rows[0], rows.at(-1)];
      return { entries: entries.whole(rows.map((row) => row.row), open), earlier: hasEarlier && first !== undefined ? writeCursor(first) : null, later: hasLater && last !== undefined ? writeCursor(last) : null };
    },
    turns: (sessionId, limit, aroundId) => entries.turns(sessionId, limit, aroundId === undefined ? undefined : { id: aroundId, above: LINES_ABOVE }),
    proofs: (customerId, ids, filter) => proofs.all({ customerId, agentIds: agentsOf(filter), ids: JSON.stringify(ids) }).map(({ at_ms, ...one }) => ({ ...one, at: toRfc3339(at_ms) })),
    channels: (customerId, filter) => channels(filter).all({ customerId, agentIds: agentsOf(filter) }).map((row) => row.channel),
  };
}

type Row = Cursor & { row: CallEntryRow | MessageEntryRow };
type ReadRows = (dir: "earlier" | "later", edge: Cursor | undefined, count: number) => Row[];

/** One row more than is shown tells whether there are more. */
function pick(where: TimelinePlace, limit: number, read: ReadRows): { rows: Row[]; hasEarlier: boolean; hasLater: boolean } {
  if (where.at === "after") {
    const rows = read("later", readCursor({ limit, cursor: where.cursor }), limit + 1);
    return { rows: rows.slice(0, limit), hasEarlier: true, hasLater: rows.length > limit };
  }
  if (where.at === "before" || where.at === "end") {
    const rows = read("earlier", where.at === "before" ? readCursor({ limit, cursor: where.cursor }) : undefined, limit + 1);
    return { rows: rows.slice(0, limit).reverse(), hasEarlier: rows.length > limit, hasLater: where.at === "before" };
  }
  // A place between two entries: a third of the stretch above what is looked for, so that it is read in its context. The empty id sorts before all.
  const edge = where.at === "from" ? { at: where.ms, id: "" } : before(where.place);
  const above = where.at === "from" ? 0 : Math.floor(limit / 3);
  const earlier = read("earlier", edge, above + 1);
  const later = read("later", edge, limit - above + 1);
  return { rows: [...earlier.slice(0, above).reverse(), ...later.slice(0, limit - above)], hasEarlier: earlier.length > above, hasLater: later.length > limit - above };
}

/** Just before an entry: no entry has this place, so each is on one side of it. */
function before({ at, id }: Cursor): Cursor {
  return id.startsWith("ses_") ? { at, id: id.slice(0, -1) } : { at, id: String(Number(id) - 0.5) };
}

/** By time; of one moment calls first, then messages as they came. */
function order(a: Cursor, b: Cursor): number {
  const isCall = (one: Cursor): number => Number(one.id.startsWith("ses_"));
  return a.at - b.at || isCall(b) - isCall(a) || (isCall(a) === 1 ? (a.id < b.id ? -1 : 1) : Number(a.id) - Number(b.id));
}

function ofCall(row: CallEntryRow): Row {
  return { at: row.begin_ms, id: row.id, row };
}

function ofMessage(row: MessageEntryRow): Row {
  return { at: row.at_ms, id: String(row.seq), row };
}

function agentsOf({ agentIds }: Pick<TimelineFilter, "agentIds">): string | null {
  return agentIds === undefined ? null : JSON.stringify(agentIds);
}

/** Columns beside the range in both: SQLite reads one index from one end and stops. */
function callsSql(filter: TimelineFilter, dir: "earlier" | "later", edge: Cursor | undefined): string {
  const [sign, way] = dir === "earlier" ? ["<", "DESC"] : [">", "ASC"];
  const isAfterCalls = edge !== undefined && /^\d/.test(edge.id); // a message: the calls of its moment stand before it
  const range = edge === undefined ? "" : isAfterCalls ? `AND ${BEGIN} ${dir === "earlier" ? "<=" : ">"} @at` : `AND ${BEGIN} ${sign}= @at AND (${BEGIN} ${sign} @at OR id ${sign} @id)`;
  return `SELECT *, ${BEGIN} AS begin_ms FROM sessions WHERE customer_id = @customerId AND channel = 'phone' AND is_empty = 0 ${range}
    ${filter.conversationId === undefined ? "" : "AND conversation_id = @conversationId"} ${filter.agentIds === undefined ? "" : `AND agent_id IN (${LED})`} ORDER BY ${BEGIN} ${way}, id ${way} LIMIT @limit`;
}

function messagesSql(filter: TimelineFilter, dir: "earlier" | "later", edge: Cursor | undefined): string {
  const [sign, way] = dir === "earlier" ? ["<", "DESC"] : [">", "ASC"];
  const isMessage = edge !== undefined && /^\d/.test(edge.id);
  const range = edge === undefined ? "" : isMessage ? `AND at_ms ${sign}= @at AND (at_ms ${sign} @at OR seq ${sign} CAST(@id AS REAL))` : `AND at_ms ${dir === "earlier" ? "<" : ">="} @at`;
  // A matter has an index of its own; the sign keeps the thread's from being taken.
  const whose = filter.conversationId === undefined ? "customer_id = @customerId" : "+customer_id = @customerId AND conversation_id = @conversationId";
  return `SELECT * FROM messages WHERE ${whose} AND kind <> 'turn' AND parent_id IS NULL ${range} ${filter.channel === undefined ? "" : "AND channel = @channel"}
    ${filter.agentIds === undefined ? "" : `AND session_id IN (SELECT id FROM sessions WHERE customer_id = @customerId AND agent_id IN (${LED}))`} ORDER BY at_ms ${way}, seq ${way} LIMIT @limit`;
}
