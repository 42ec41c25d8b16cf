// Rows as SQLite returns them, and the small conversions between rows and plain data.
import { AppError, type AudioFacts, type CallFacts, type CallStatus, type ChannelMap, type Direction, type Outcome, type Span, type VoiceSeparation } from "../domain/index.ts";
import type { PageRequest } from "./views.ts";

export interface SessionRow {
  id: string;
  channel: string;
  source: string;
  call_id: string;
  customer_id: string | null;
  conversation_id: string | null;
  status: CallStatus;
  error_code: string | null;
  error_message: string | null;
  error_retry: string | null;
  direction: Direction;
  started_at_ms: number | null;
  duration_ms: number | null;
  agent_id: string | null;
  agent_name: string | null;
  queue: string | null;
  language: string | null;
  facts: string;
  revision: number;
  priority: number;
  received_at_ms: number;
  updated_at_ms: number;
  /** the customer it was first filed under; `customer_id` is the root of that one through the merges */
  origin_id: string | null;
  /** what sessions of messages are cut from; null for calls */
  series: string | null;
  /** the message that founded it; null for calls */
  founder_id: string | null;
  ended_at_ms: number | null;
  reason: string | null;
  outcome: Outcome | null;
  is_empty: 0 | 1;
  /** until when a held call waits for consent */
  held_until_ms: number | null;
}

export interface RecordingRow {
  id: string;
  session_id: string;
  url: string | null;
  source_path: string | null;
  file: string | null;
  playback_file: string | null;
  redacted: number;
  muted_ms: number;
  sha256: string | null;
  size_bytes: number | null;
  original_name: string | null;
  raw_format: string | null;
  audio: string | null;
  channel_map: string | null;
  channel_map_reason: string | null;
  speech: string | null;
  separation: string | null;
  arrived_at_ms: number | null;
  /** the sound was removed on purpose */
  purged_at_ms: number | null;
  purge_reason: string | null;
}

export interface LedgerRow {
  session_id: string;
  stage: string;
  status: string;
  at_ms: number;
  ms: number | null;
  code: string | null;
  detail: string | null;
}

/** Speech of each channel, as measured: `{"0":[…],"1":[…]}`. */
export type SpeechByChannel = Partial<Record<"0" | "1", Span[]>>;

/** JSON that this program wrote itself. */
export function fromJson<T>(text: string): T {
  return JSON.parse(text) as T;
}

export const factsOf = (row: SessionRow): CallFacts => fromJson<CallFacts>(row.facts);
/** @returns speech of each channel; empty before the recording was prepared */
export const speechOf = (row: RecordingRow): SpeechByChannel => fromJson<SpeechByChannel>(row.speech ?? "{}");
export const audioOf = (row: RecordingRow): AudioFacts | undefined => (row.audio === null ? undefined : fromJson<AudioFacts>(row.audio));
/** @returns undefined where the parties have channels of their own, and before the recording was prepared */
export const separationOf = (row: RecordingRow): VoiceSeparation | undefined => (row.separation === null ? undefined : fromJson<VoiceSeparation>(row.separation));
export const channelMapOf = (row: RecordingRow): ChannelMap | undefined => (row.channel_map === null ? undefined : fromJson<ChannelMap>(row.channel_map));

/** Where a page begins: the sort key of the last row of the page before. */
export interface Cursor {
  at: number;
  id: string;
}

/** Opaque text of a cursor. */
export function writeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify([cursor.at, cursor.id])).toString("base64url");
}

/** @throws AppError REQUEST_INVALID when the text is not one of our cursors */
export function readCursor(page: PageRequest): Cursor | undefined {
  if (page.cursor === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(Buffer.from(page.cursor, "base64url").toString("utf8"));
    if (Array.isArray(parsed) && typeof parsed[0] === "number" && typeof parsed[1] === "string") return { at: parsed[0], id: parsed[1] };
  } catch {
    // falls through to the one message
  }
  throw new AppError("REQUEST_INVALID", "The cursor is not one of ours; take `next` of the page before, unchanged", {
    details: { problems: [{ path: "cursor", message: "expected the value of `next`" }] },
  });
}

/** One row more than the page tells whether there is a next page. */
export function pageOf<Row, View>(rows: Row[], limit: number, cursor: (row: Row) => Cursor, view: (row: Row) => View): { items: View[]; next: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(view), next: rows.length > limit && last !== undefined ? writeCursor(cursor(last)) : null };
}
