// Contacts of every channel, filtered and in three orders, in steps of a few milliseconds each: whoever asks puts the steps together and stops when the
// page is full or the time is up. What a step looks at is one narrow index; the shown rows are read whole afterwards.
import { ANY_ALERT, MESSAGES_COUNTED, MOOD_FROM, type CallStatus, type ContactSort, type ContactStatus, type ContactView, type Mood, type Offer } from "../domain/index.ts";
import type { Db } from "../platform/index.ts";
import { BEST_NAME } from "./customers.ts";
import type { Cursor, SessionRow } from "./rows.ts";

export interface ContactFilter {
  channel?: string;
  agentId?: string;
  /** only contacts of these agents: what the asker may see */
  agentIds?: readonly string[];
  queue?: string;
  topic?: string;
  reason?: string;
  outcome?: string;
  /** the customer's mood at the end */
  sentiment?: Mood;
  /** name of a rule that matched, or ANY_ALERT */
  rule?: string;
  status?: ContactStatus;
  /** for `status: due`: today where the site is, `YYYY-MM-DD` */
  today?: string;
  /** of calls only */
  state?: CallStatus;
  fromMs?: number;
  toMs?: number;
}

export const OFFER_KINDS = ["channel", "agent", "queue", "topic", "reason", "rule"] as const;
export type OfferKind = (typeof OFFER_KINDS)[number];

export interface ContactReads {
  /** One step: at most `count` contacts that pass the filter among the next `width` after a place; `next` is the place up to which all were looked at, undefined at the end. */
  step(question: { filter: ContactFilter; sort: ContactSort; after: Cursor | undefined; width: number; count: number }): { found: Cursor[]; next: Cursor | undefined };
  /** whole, in the given order; unknown ids are left out */
  rows(sessionIds: readonly string[]): ContactView[];
  /** values that contacts have, of these agents when given: at most 200, those that most contacts have */
  offers(kind: OfferKind, agentIds?: readonly string[]): Offer[];
}

const OFFERED_AT_MOST = 200;
/** What a list shows of a summary or of the last words. */
const SHOWN_CHARACTERS = 240;
/** Comes before every row in every order. */
const FIRST: Cursor = { at: Number.MAX_SAFE_INTEGER, id: "" };

const KEYS: Record<ContactSort, { key: string; from: string }> = {
  newest: { key: "began_ms", from: "contacts NOT INDEXED" }, // the table itself is in this order
  longest: { key: "length_rank", from: "contacts INDEXED BY contacts_longest" },
  worst: { key: "mood_rank", from: "contacts INDEXED BY contacts_worst" },
};

/** On a row of `contacts`, whose columns no other table of the query may have. */
const CONDITIONS: { [K in keyof ContactFilter]-?: (value: NonNullable<ContactFilter[K]>) => string } = {
  channel: () => "channel = @channel",
  agentId: () => "agent_id = @agentId",
  agentIds: () => "agent_id IN (SELECT value FROM json_each(@agentIds))",
  queue: () => "queue = @queue",
  topic: () => "topic = @topic COLLATE NOCASE",
  reason: () => "reason = @reason",
  outcome: (outcome) => (outcome === "unknown" ? "outcome IS NULL" : "outcome = @outcome"),
  sentiment: (mood) => ({ neg: `mood_rank > ${MOOD_FROM}`, neutral: `mood_rank BETWEEN -${MOOD_FROM} AND ${MOOD_FROM}`, pos: `mood_rank < -${MOOD_FROM} AND mood_rank > -2` })[mood],
  rule: (rule) => (rule === ANY_ALERT ? "alerts > 0" : "instr(rules, '\"' || @rule || '\"') > 0"),
  status: (status) => (status === "due" ? "due <= @today AND status <> 'resolved'" : "status = @status"),
  today: () => "true",
  state: () => "state = @state AND channel = 'phone'",
  fromMs: () => "began_ms >= @fromMs",
  toMs: () => "began_ms < @toMs",
};

/** What rows of `contacts` must satisfy, as SQL that names parameters after the keys of the filter. */
export function contactConditions(filter: ContactFilter): string[] {
  return Object.entries(filter).map(([name, value]) => CONDITIONS[name as keyof ContactFilter](value as never));
}

/** Values for the parameters. */
export const bound = (filter: ContactFilter): Record<string, unknown> => ({ ...filter, agentIds: JSON.stringify(filter.agentIds ?? []) });

interface Row extends SessionRow {
  began_ms: number; topic: string | null; status_of_conversation: string | null; mood_start: number | null; mood_end: number | null; length_rank: number; due: string | null;
  customer: string | null; summary: string | null; messages: number; last: string | null; alerts: string;
}

/** @param db an open, migrated database */
export function createContactReads(db: Db): ContactReads {
  const rows = db.prepare<[string], Row>(`SELECT s.*, k.began_ms, k.topic, k.mood_start, k.mood_end, k.length_rank, k.due, k.status AS status_of_conversation,
      coalesce((SELECT ${BEST_NAME} FROM customers c WHERE c.id = s.customer_id), (SELECT value FROM identities WHERE customer_id = s.customer_id ORDER BY first_seen_ms LIMIT 1)) AS customer,
      (SELECT substr(body ->> '$.summary', 1, ${SHOWN_CHARACTERS}) FROM analyses WHERE session_id = s.id ORDER BY revision DESC LIMIT 1) AS summary,
      (SELECT count(*) FROM (SELECT 1 FROM messages WHERE session_id = s.id LIMIT ${MESSAGES_COUNTED + 1})) AS messages,
      (SELECT json_object('id', id, 'speaker', speaker, 'text', substr(text, 1, ${SHOWN_CHARACTERS})) FROM messages WHERE session_id = s.id AND kind NOT IN ('event', 'reaction') ORDER BY at_ms DESC, seq DESC LIMIT 1) AS last,
      (SELECT json_group_array(json_object('label', label, 'severity', severity, 'holds', json(iif(holds, 'true', 'false')))) FROM (SELECT label, severity, EXISTS (SELECT 1 FROM rule_hits h WHERE h.session_id = s.id AND h.rule = a.rule AND h.state = 'matched') AS holds FROM rule_alerts a WHERE session_id = s.id GROUP BY rule ORDER BY max(at_ms) DESC LIMIT 5)) AS alerts
    FROM json_each(?) j CROSS JOIN contacts k ON k.session_id = j.value CROSS JOIN sessions s ON s.id = k.session_id ORDER BY j.key`);
  const offers = (isNarrowed: boolean): string => `SELECT value, max(label) AS label FROM contact_values WHERE kind = @kind ${isNarrowed ? "AND agent_id IN (SELECT value FROM json_each(@agentIds))" : ""}
    GROUP BY value ORDER BY sum(n) DESC, value LIMIT ${OFFERED_AT_MOST}`;
  const [offersOfAll, offersOfAgents] = [offers(false), offers(true)].map((sql) => db.prepare<Record<string, unknown>, Offer>(sql));

  return {
    step({ filter, sort, after = FIRST, width, count }) {
      const { key, from } = KEYS[sort];
      const { fromMs, toMs, ...rest } = filter;
      const isByTime = sort === "newest"; // then a period is a stretch of the order, and nothing outside of it is looked at
      const start = isByTime && toMs !== undefined && toMs <= after.at ? { at: toMs, id: "" } : after;
      const values = { ...bound(filter), ...start, width: width - 1, count };
      const place = `SELECT ${key} AS at, session_id AS id FROM ${from} WHERE (${key}, session_id) < (@at, @id) ${isByTime && fromMs !== undefined ? "AND began_ms >= @fromMs" : ""}`;
      const order = `ORDER BY ${key} DESC, session_id DESC`;
      const last = db.prepare<Record<string, unknown>, Cursor>(`${place} ${order} LIMIT 1 OFFSET @width`).get(values);
      const conditions = contactConditions(isByTime ? rest : filter).map((one) => `AND ${one}`).join(" ");
      const found = db.prepare<Record<string, unknown>, Cursor>(`${place} ${last === undefined ? "" : `AND (${key}, session_id) >= (@lastAt, @lastId)`} ${conditions} ${order} LIMIT @count`).all({ ...values, lastAt: last?.at, lastId: last?.id });
      return { found, next: found.length === count ? found.at(-1) : last };
    },
    rows: (ids) => rows.all(JSON.stringify(ids)).map(viewOf),
    offers: (kind, agentIds) => (agentIds === undefined ? offersOfAll : offersOfAgents)?.all({ kind, agentIds: JSON.stringify(agentIds ?? []) }) ?? [],
  };
}

function viewOf(row: Row): ContactView {
  return {
    session_id: row.id, channel: row.channel, atMs: row.began_ms, call_id: row.call_id, source: row.source, state: row.status, problem: row.error_message, direction: row.direction,
    customer_id: row.customer_id, customer: row.customer, agent: row.agent_id === null && row.agent_name === null ? null : { id: row.agent_id, name: row.agent_name }, queue: row.queue,
    topic: row.topic, reason: row.reason, outcome: row.outcome, mood_start: row.mood_start, mood_end: row.mood_end, length_ms: row.length_rank < 0 ? null : row.length_rank,
    messages: row.messages, conversation_id: row.conversation_id, status: row.status_of_conversation, due: row.due, summary: row.summary,
    last: row.last === null ? null : (JSON.parse(row.last) as ContactView["last"]), alerts: JSON.parse(row.alerts) as ContactView["alerts"],
  };
}
