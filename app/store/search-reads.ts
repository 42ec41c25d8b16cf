// Search over every message in steps of a few milliseconds each, newest first: whoever asks puts the steps together and stops when there is enough.
//
// SQLite's own ranking reads every hit: 1.1 s for a word that 420,000 of 1,000,000 messages have. So hits are taken from the newest backwards, a
// bounded stretch of the index at a time, and ranked by whoever asks. Bounds of rowids must be integers for the index: better-sqlite3 binds
// numbers as REAL, with which FTS5 silently reads on to its end (25 ms instead of 0.3), hence CAST.
import type { Db } from "../platform/index.ts";
import { bound, contactConditions, type ContactFilter } from "./contact-reads.ts";
import { messageView, type MessageRow } from "./message-view.ts";
import type { FoundMessage } from "./views.ts";

export interface SearchFilter {
  channel?: string;
  /** merged ones lead to their root */
  customerId?: string;
  /** who led the session */
  agentId?: string;
  /** only contacts of these agents: what the asker may see */
  agentIds?: readonly string[];
  queue?: string;
  topic?: string;
  reason?: string;
  outcome?: string;
  sentiment?: "neg" | "neutral" | "pos";
  speaker?: string;
  kind?: string;
  fromMs?: number;
  toMs?: number;
  /** what the contact must be like in which it was said */
  contact?: ContactFilter;
}

/** A message that has the words, as ranking needs it; `text` is its beginning. */
export interface Candidate {
  seq: number;
  text: string;
  atMs: number;
}

export interface SearchReads {
  /** one above the number of the newest message */
  endSeq(): number;
  /** One step: hits with numbers in [lowest, below) that pass the filter, newest first, `count` at most; everything in [nextBelow, below) has been looked at. */
  step(question: { match: string; filter: SearchFilter; below: number; lowest: number; width: number; count: number }): { found: Candidate[]; nextBelow: number };
  /** whole, in the given order */
  messages(seqs: readonly number[]): FoundMessage[];
  /** how many of the newest 5,000 messages have it: how rare it is */
  share(match: string): number;
  /** those of these messages that pass the filter, with numbers in [lowest, below), in the given order */
  passing(ids: readonly string[], filter: SearchFilter, lowest: number, below: number): Candidate[];
}

/** Hits that one step looks at: with a filter some 4 µs each. */
const HITS_A_STEP = 2_000;
/** Messages of one customer that one step looks at, and how much text, when the index of everything can't tell: 15 µs a message, 8 ms for the text. */
const CUSTOMER_STEP = 500;
const CUSTOMER_TEXT = 200_000;
const SAMPLE = 5_000;
/** Ranking looks at this much of a message; a page of a document may have more. */
const RANKED_CHARACTERS = 8_000;
/** From here on a message has a mood. */
const MOOD = 0.05;

const CANDIDATE = `m.seq, substr(m.text, 1, ${RANKED_CHARACTERS}) AS text, m.at_ms AS atMs`;
const TOPIC = "coalesce((SELECT json_extract(a.body, '$.topic') FROM analyses a WHERE a.session_id = s.id ORDER BY a.revision DESC LIMIT 1), (SELECT c.topic FROM conversations c WHERE c.id = m.conversation_id))";
const CONDITIONS: Record<Exclude<keyof SearchFilter, "sentiment" | "contact">, string> = {
  channel: "m.channel = @channel", customerId: "m.customer_id = (SELECT root_id FROM customers WHERE id = @customerId)", agentId: "s.agent_id = @agentId", agentIds: "s.agent_id IN (SELECT value FROM json_each(@agentIds))", queue: "s.queue = @queue", topic: `${TOPIC} = @topic COLLATE NOCASE`,
  reason: "s.reason = @reason", outcome: "s.outcome = @outcome", speaker: "m.speaker = @speaker", kind: "m.kind = @kind", fromMs: "m.at_ms >= @fromMs", toMs: "m.at_ms < @toMs",
};
const MOODS: Record<NonNullable<SearchFilter["sentiment"]>, string> = { neg: `m.sentiment < -${MOOD}`, neutral: `m.sentiment BETWEEN -${MOOD} AND ${MOOD}`, pos: `m.sentiment > ${MOOD}` };

/** @param db an open, migrated database */
export function createSearchReads(db: Db): SearchReads {
  const end = db.prepare<[]>("SELECT coalesce(max(seq), 0) + 1 FROM messages").pluck();
  const hits = db.prepare<[Record<string, unknown>]>("SELECT rowid FROM messages_fts WHERE messages_fts MATCH @match AND rowid BETWEEN CAST(@low AS INTEGER) AND CAST(@high AS INTEGER) ORDER BY rowid DESC LIMIT @count").pluck();
  const ofCustomer = db.prepare<[Record<string, unknown>]>("SELECT seq FROM messages WHERE customer_id = (SELECT root_id FROM customers WHERE id = @customerId) AND seq BETWEEN @low AND @high ORDER BY seq DESC LIMIT @count").pluck();
  const among = createAmong(db);
  /** Hits in [low, high], newest first; with `lookedAt` there are more below it. */
  const some = (match: string, low: number, high: number, count: number): { seqs: number[]; lookedAt?: number } => {
    const seqs = hits.all({ match, low, high, count }) as number[];
    const last = seqs.at(-1);
    return seqs.length === count && last !== undefined ? { seqs, lookedAt: last } : { seqs };
  };
  /** Those of a customer. Rare words are asked for everywhere, more frequent ones where the next messages stand, the most frequent ones by reading these. */
  const someOf = (customerId: string, match: string, low: number, high: number): { seqs: number[]; lookedAt?: number } => {
    const all = some(match, low, high, HITS_A_STEP);
    if (all.lookedAt === undefined) return all;
    const own = ofCustomer.all({ customerId, low, high, count: CUSTOMER_STEP }) as number[];
    const [newest, oldest] = [own[0], own.at(-1)];
    if (newest === undefined || oldest === undefined) return { seqs: [] };
    const near = some(match, oldest, newest, HITS_A_STEP);
    const read = near.lookedAt === undefined ? own : among.first(own);
    const last = read.at(-1);
    const isWhole = own.length < CUSTOMER_STEP && read.length === own.length;
    return { seqs: near.lookedAt === undefined ? near.seqs.filter(isOneOf(own)) : among.having(match, read), ...(isWhole || last === undefined ? {} : { lookedAt: last }) };
  };
  const whole = db.prepare<[string], MessageRow & { call_id: string }>("SELECT m.*, s.call_id FROM json_each(?) j CROSS JOIN messages m ON m.seq = j.value JOIN sessions s ON s.id = m.session_id ORDER BY j.key");
  const filtered = (filter: SearchFilter, by: "seq" | "id") => db.prepare<[Record<string, unknown>], Candidate>(`SELECT ${CANDIDATE} FROM json_each(@wanted) j CROSS JOIN messages m ON m.${by} = j.value
    JOIN sessions s ON s.id = m.session_id WHERE m.seq >= @lowest AND m.seq < @below ${conditionsOf(filter)} ORDER BY j.key LIMIT @count`);
  const pass = (wanted: readonly (number | string)[], by: "seq" | "id", filter: SearchFilter, lowest: number, below: number, count: number): Candidate[] =>
    wanted.length === 0 ? [] : filtered(filter, by).all({ ...filter, ...bound(filter.contact ?? {}), agentIds: JSON.stringify(filter.agentIds ?? filter.contact?.agentIds ?? []), wanted: JSON.stringify(wanted), lowest, below, count });
  return {
    endSeq: () => end.get() as number,
    step({ match, filter, below, lowest, width, count }) {
      const isFiltered = Object.keys(filter).length > 0;
      const low = filter.customerId === undefined ? Math.max(lowest, below - width) : lowest;
      const most = isFiltered ? HITS_A_STEP : count;
      const { seqs, lookedAt } = filter.customerId === undefined ? some(match, low, below - 1, most) : someOf(filter.customerId, match, low, below - 1);
      const found = pass(seqs, "seq", filter, lowest, below, count);
      const last = found.at(-1);
      if (found.length === count && last !== undefined) return { found, nextBelow: last.seq };
      return { found, nextBelow: lookedAt ?? low };
    },
    messages: (seqs) => whole.all(JSON.stringify(seqs)).map((row) => ({ message: messageView(row), call_id: row.channel === "phone" ? row.call_id : null, customer_id: row.customer_id })),
    share(match) {
      const last = end.get() as number;
      return (hits.all({ match, low: last - SAMPLE, high: last, count: SAMPLE }).length + 0.5) / (Math.min(SAMPLE, last) + 1);
    },
    passing: (ids, filter, lowest, below) => pass(ids, "id", filter, lowest, below, ids.length),
  };
}

function isOneOf(seqs: readonly number[]): (seq: number) => boolean {
  const set = new Set(seqs);
  return (seq) => set.has(seq);
}

/**
 * Looks for words in a few messages by reading them, with the same rules of what a word is. Asking the index of everything for each of them costs 400 µs
 * when every third of 1,000,000 messages has the word.
 */
function createAmong(db: Db): { first(seqs: readonly number[]): number[]; having(match: string, seqs: readonly number[]): number[] } {
  db.exec(`CREATE VIRTUAL TABLE IF NOT EXISTS temp.few_messages_fts USING fts5(text, content='', tokenize="unicode61 remove_diacritics 2")`);
  const cut = db.prepare<[string, number]>("SELECT seq FROM (SELECT j.key, m.seq, sum(octet_length(m.text)) OVER (ORDER BY j.key) - octet_length(m.text) AS before FROM json_each(?) j CROSS JOIN messages m ON m.seq = j.value) WHERE before < ? ORDER BY key").pluck();
  const read = db.prepare<[string]>("INSERT INTO temp.few_messages_fts (rowid, text) SELECT m.seq, m.text FROM json_each(?) j CROSS JOIN messages m ON m.seq = j.value");
  const find = db.prepare<[string]>("SELECT rowid FROM temp.few_messages_fts WHERE few_messages_fts MATCH ? ORDER BY rowid DESC").pluck();
  const forget = db.prepare("INSERT INTO temp.few_messages_fts (few_messages_fts) VALUES ('delete-all')");
  return {
    first: (seqs) => cut.all(JSON.stringify(seqs), CUSTOMER_TEXT) as number[],
    having(match, seqs) {
      forget.run(); // before and not after: what was left by a reader that failed must not answer for this one
      read.run(JSON.stringify(seqs));
      return find.all(match) as number[];
    },
  };
}

function conditionsOf({ sentiment, contact, ...filter }: SearchFilter): string {
  const set = (Object.keys(filter) as (keyof typeof filter)[]).map((name) => CONDITIONS[name]);
  const inContact = contact === undefined ? [] : [`EXISTS (SELECT 1 FROM contacts WHERE session_id = m.session_id${contactConditions(contact).map((one) => ` AND ${one}`).join("")})`];
  return [...set, ...(sentiment === undefined ? [] : [MOODS[sentiment]]), ...inContact].map((one) => `AND ${one}`).join(" ");
}
