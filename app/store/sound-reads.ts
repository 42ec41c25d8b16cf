// What the page of a call draws of its sound: who speaks when, hold, how loud; and the contacts beside it.
import { toRfc3339, type Span } from "../domain/index.ts";
import type { Db } from "../platform/index.ts";
import type { Messages } from "./messages.ts";
import type { Peaks, PeaksByChannel } from "./peaks.ts";
import type { Recordings } from "./recordings.ts";
import { audioOf, channelMapOf, separationOf, speechOf } from "./rows.ts";

/** The sound of a call as far as it was measured. */
export interface SoundView {
  /** stretches of speech of each party; null where the recording does not tell them apart */
  speech: { agent: readonly Span[]; customer: readonly Span[] } | null;
  hold: readonly Span[];
  /** party of channel 0 and 1; null where the parties have no channels of their own */
  channels: readonly ["agent" | "customer", "agent" | "customer"] | null;
  /** null until somebody has looked at the call */
  peaks: PeaksByChannel | null;
}

/** The contact before or after another one of the same customer. */
export interface ContactBeside {
  session_id: string;
  channel: string;
  /** null for messages */
  call_id: string | null;
  source: string;
  at: string;
}

export interface SoundReads {
  /** undefined when there is no recording, or nothing may be told of it yet */
  soundOf(sessionId: string): SoundView | undefined;
  /** @param agentIds only contacts of these agents; all when absent */
  besides(sessionId: string, agentIds?: readonly string[]): { before: ContactBeside | null; after: ContactBeside | null };
}

interface BesideRow { session_id: string; channel: string; call_id: string; source: string; at_ms: number }

/** @param db an open, migrated database */
export function createSoundReads(db: Db, { recordings, messages, peaks }: { recordings: Recordings; messages: Messages; peaks: Peaks }): SoundReads {
  // by when it was, as it is shown: recordings that are handed in later arrive in any order. A customer's sessions are few
  const beside = (than: "<" | ">", order: "ASC" | "DESC") => db.prepare<Record<string, unknown>, BesideRow>(`SELECT o.id AS session_id, o.channel, o.call_id, o.source, coalesce(o.started_at_ms, o.received_at_ms) AS at_ms
    FROM sessions s JOIN sessions o ON o.customer_id = s.customer_id AND (coalesce(o.started_at_ms, o.received_at_ms), o.id) ${than} (coalesce(s.started_at_ms, s.received_at_ms), s.id)
    WHERE s.id = @id AND o.is_empty = 0 AND (@agentIds IS NULL OR o.agent_id IN (SELECT value FROM json_each(@agentIds))) ORDER BY at_ms ${order}, o.id ${order} LIMIT 1`);
  const [before, after] = [beside("<", "DESC"), beside(">", "ASC")];
  const view = (row: BesideRow | undefined): ContactBeside | null => (row === undefined ? null : { session_id: row.session_id, channel: row.channel, call_id: row.channel === "phone" ? row.call_id : null, source: row.source, at: toRfc3339(row.at_ms) });
  return {
    soundOf(sessionId) {
      const row = recordings.ofSession(sessionId);
      if (row === undefined || row.file === null || row.redacted !== 1) return undefined;
      const map = channelMapOf(row);
      const spans = speechOf(row);
      const voices = separationOf(row)?.voices;
      const roles = messages.transcriptOf(sessionId)?.roles?.map;
      const agent = map?.["0"] === "agent" ? ("0" as const) : ("1" as const);
      const told = voices === undefined || !roles ? null : roles["0"] === "agent" ? { agent: voices[0], customer: voices[1] } : { agent: voices[1], customer: voices[0] };
      return {
        speech: map === undefined ? told : { agent: spans[agent] ?? [], customer: spans[agent === "0" ? "1" : "0"] ?? [] },
        hold: audioOf(row)?.hold ?? [],
        channels: map === undefined ? null : [map["0"], map["1"]],
        peaks: peaks.of(row.id, row.file) ?? null,
      };
    },
    besides(sessionId, agentIds) {
      const question = { id: sessionId, agentIds: agentIds === undefined ? null : JSON.stringify(agentIds) };
      return { before: view(before.get(question)), after: view(after.get(question)) };
    },
  };
}
