// Rows of calls and messages → entries of a timeline, with what hangs on them: findings, sound, files, and what was read out of those.
import { toRfc3339, type Analysis, type CallMetrics, type Speaker, type TimelineCall, type TimelineEntry, type TimelineFile, type TimelineMessage, type TimelineTurn, type TurnStretch, type ReadPart } from "../domain/index.ts";
import type { Db } from "../platform/index.ts";
import type { MessageRow } from "./message-view.ts";
import type { SessionRow } from "./rows.ts";

export type CallEntryRow = SessionRow & { begin_ms: number };
export type MessageEntryRow = MessageRow;

export interface TimelineEntries {
  /** @param open ids of entries whose texts are wanted whole */
  whole(rows: readonly (CallEntryRow | MessageEntryRow)[], open: readonly string[]): TimelineEntry[];
  turns(sessionId: string, limit: number, around: { id: string; above: number } | undefined): TurnStretch;
}

/** Characters of a message, and of a part that was read, that a first view shows; of an opened one. */
const TEXT = 3_000;
const PART = 1_200;
const OPEN_TEXT = 60_000;
const OPEN_PART = 8_000;
/** Parts of a file that a first view shows; of an opened one. */
const PARTS = 3;
const OPEN_PARTS = 100;

interface FileRow { id: string; message_id: string; role: string; name: string | null; media_type: string | null; size_bytes: number | null; state: string; error_message: string | null }
interface PartRow { id: string; parent_id: string; kind: string; text: string; size: number; page: number | null }
interface TurnRow { id: string; seq: number; speaker: Speaker; voice: number | null; start_ms: number; end_ms: number; text: string; confidence: number | null }

/** @param db an open, migrated database */
export function createTimelineEntries(db: Db): TimelineEntries {
  const analysis = db.prepare<[string], { body: string; metrics: string }>("SELECT body, metrics FROM analyses WHERE session_id = ? ORDER BY revision DESC LIMIT 1");
  const turnCount = db.prepare<[string], { n: number }>("SELECT count(*) AS n FROM messages WHERE session_id = ?"); // a call has turns only
  const sound = db.prepare<[string], { n: number }>("SELECT count(*) AS n FROM recordings WHERE session_id = ? AND redacted = 1 AND file IS NOT NULL");
  const files = db.prepare<[string], FileRow>("SELECT id, message_id, role, name, media_type, size_bytes, state, error_message FROM attachments WHERE message_id = ? ORDER BY position LIMIT 50");
  const parts = db.prepare<[number, string, number], PartRow>("SELECT id, parent_id, kind, substr(text, 1, ?) AS text, length(text) AS size, facts ->> '$.page' AS page FROM messages WHERE parent_id = ? ORDER BY seq LIMIT ?");
  const partCount = db.prepare<[string], { n: number }>("SELECT count(*) AS n FROM messages WHERE parent_id = ?");
  const turn = "SELECT id, seq, speaker, voice, start_ms, end_ms, text, confidence FROM messages WHERE session_id = @sessionId";
  const oneTurn = db.prepare<[string, string], TurnRow>("SELECT id, seq, speaker, voice, start_ms, end_ms, text, confidence FROM messages WHERE id = ? AND session_id = ?");
  const turnsFrom = db.prepare<Record<string, unknown>, TurnRow>(`${turn} AND (start_ms, seq) >= (@startMs, @seq) ORDER BY start_ms, seq LIMIT @limit`);
  const turnsBefore = db.prepare<Record<string, unknown>, TurnRow>(`${turn} AND (start_ms, seq) < (@startMs, @seq) ORDER BY start_ms DESC, seq DESC LIMIT @limit`);
  const countBefore = db.prepare<Record<string, unknown>, { n: number }>("SELECT count(*) AS n FROM messages WHERE session_id = @sessionId AND (start_ms, seq) < (@startMs, @seq)");

  const callOf = (row: CallEntryRow): TimelineCall => {
    const found = analysis.get(row.id);
    return {
      kind: "call", id: row.id, conversationId: row.conversation_id, at: toRfc3339(row.begin_ms), callId: row.call_id, source: row.source, status: row.status, problem: row.error_message, direction: row.direction,
      agent: row.agent_id === null && row.agent_name === null ? null : { id: row.agent_id, name: row.agent_name }, queue: row.queue, durationMs: row.duration_ms,
      hasSound: row.status === "done" && (sound.get(row.id)?.n ?? 0) > 0, turnCount: turnCount.get(row.id)?.n ?? 0, found: found === undefined ? null : foundOf(JSON.parse(found.body) as Analysis, JSON.parse(found.metrics) as CallMetrics | null),
    };
  };
  const messageOf = (row: MessageEntryRow, isOpen: boolean): TimelineMessage => {
    const facts = (row.facts === null ? {} : JSON.parse(row.facts)) as { agent?: { id?: string; name?: string }; payload?: Record<string, unknown> };
    const subject = facts.payload?.["subject"];
    const limit = isOpen ? OPEN_TEXT : TEXT;
    const read = parts.all(isOpen ? OPEN_PART : PART, row.id, isOpen ? OPEN_PARTS : PARTS);
    return {
      kind: "message", id: row.id, sessionId: row.session_id, conversationId: row.conversation_id, at: toRfc3339(row.at_ms), channel: row.channel, speaker: row.speaker as Speaker, what: row.kind, text: row.text.slice(0, limit), isCut: row.text.length > limit,
      durationMs: row.start_ms === null || row.end_ms === null ? null : row.end_ms - row.start_ms, status: row.status, agent: facts.agent === undefined ? null : { id: facts.agent.id ?? null, name: facts.agent.name ?? null }, subject: typeof subject === "string" ? subject : null,
      files: files.all(row.id).map(fileOf), read: read.map((part) => partOf(part)), readCount: read.length === 0 ? 0 : (partCount.get(row.id)?.n ?? 0),
    };
  };
  return {
    whole: (rows, open) => rows.map((row) => ("begin_ms" in row ? callOf(row) : messageOf(row, open.includes(row.id)))),
    turns(sessionId, limit, around) {
      const centre = around && oneTurn.get(around.id, sessionId);
      const from = { sessionId, startMs: centre?.start_ms ?? -1, seq: centre?.seq ?? -1 };
      const above = around === undefined || centre === undefined ? [] : turnsBefore.all({ ...from, limit: Math.min(around.above, limit - 1) }).reverse();
      const rows = [...above, ...turnsFrom.all({ ...from, limit: limit - above.length })];
      const before = centre === undefined ? 0 : (countBefore.get(from)?.n ?? 0) - above.length;
      return { turns: rows.map(turnOf), before, after: Math.max(0, (turnCount.get(sessionId)?.n ?? 0) - before - rows.length) };
    },
  };
}

function foundOf({ summary, topic, outcome, summary_points, action_items, sentiment }: Analysis, metrics: CallMetrics | null): TimelineCall["found"] {
  return { summary, topic, outcome, points: summary_points, actionItems: action_items, mood: sentiment, agentShare: metrics?.agent_talk_ratio ?? null };
}

function fileOf(row: FileRow): TimelineFile {
  return { id: row.id, role: row.role, name: row.name, mediaType: row.media_type, sizeBytes: row.size_bytes, state: row.state, problem: row.error_message };
}

function partOf({ id, kind, text, size, page }: PartRow): ReadPart {
  return { id, kind, text, isCut: size > text.length, page };
}

function turnOf({ id, speaker, voice, start_ms, end_ms, text, confidence }: TurnRow): TimelineTurn {
  return { id, speaker, ...(voice === null ? {} : { voice: voice + 1 }), startMs: start_ms, endMs: end_ms, text, confidence };
}
