// The thread: everything said or written is a row of `messages`, whatever the channel.
import type { MachineTurn, SpeakerSource, Turn, VoiceRoles } from "../domain/index.ts";
import type { Db } from "../platform/index.ts";
import type { SessionRow } from "./rows.ts";

/** How the words of a session were heard. */
export interface TranscriptFacts {
  engine: string;
  model: string;
  /** undefined when a remote endpoint heard the call */
  modelSha256: string | undefined;
  /** host and port of the remote endpoints that heard the call */
  endpoint?: string | undefined;
  speakerSource: SpeakerSource;
  /** whose the voices are; absent where the parties have channels of their own, or were not told apart */
  roles?: VoiceRoles;
  /** invented or unusable text that was left out, by reason */
  dropped: { reason: string; count: number }[];
  /** what redaction replaced, by kind; never the content */
  redactions: { kind: string; count: number }[];
}

/** A turn as it counts: a person's word where there is one, with the machine's beside it. */
export type HeardTurn = Turn & { sentiment: number | null; machine?: MachineTurn };

export interface Messages {
  /** The turns of a call in one go; earlier turns of the session are replaced, so running it twice is harmless. */
  replaceTurns(session: SessionRow, turns: readonly Turn[], heard: TranscriptFacts, nowMs: number): void;
  turnsOf(sessionId: string): HeardTurn[];
  /** Text and speaker as they count from now on, and what the machine had where that is a person's word. The index of words follows; its vector is made again. */
  setTurn(messageId: string, turn: Pick<HeardTurn, "text" | "speaker" | "machine">): void;
  transcriptOf(sessionId: string): TranscriptFacts | undefined;
  setSentiment(messageId: string, sentiment: number | null): void;
}

/** @param db an open, migrated database */
export function createMessages(db: Db): Messages {
  const clear = db.prepare("DELETE FROM messages WHERE session_id = ?");
  const insert = db.prepare(`INSERT INTO messages (id, session_id, conversation_id, customer_id, channel, speaker, kind, text, at_ms, start_ms, end_ms, confidence, voice)
    VALUES (?, ?, ?, ?, ?, ?, 'turn', ?, ?, ?, ?, ?, ?)`);
  const turns = db.prepare<[string], Omit<Turn, "confidence" | "voice"> & { confidence: number | null; voice: 0 | 1 | null; sentiment: number | null; machine: string | null }>(
    `SELECT id, speaker, voice, start_ms AS startMs, end_ms AS endMs, text, confidence, sentiment, machine FROM messages WHERE session_id = ? AND kind = 'turn' ORDER BY start_ms, seq`,
  );
  const heardInsert = db.prepare(`INSERT INTO transcripts (session_id, engine, model, model_sha256, endpoint, speaker_source, roles, dropped, redactions, created_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (session_id) DO UPDATE SET engine = excluded.engine, model = excluded.model, model_sha256 = excluded.model_sha256, endpoint = excluded.endpoint, speaker_source = excluded.speaker_source, roles = excluded.roles,
      dropped = excluded.dropped, redactions = excluded.redactions, created_at_ms = excluded.created_at_ms`);
  const heardGet = db.prepare<[string], { engine: string; model: string; model_sha256: string | null; endpoint: string | null; speaker_source: string; roles: string | null; dropped: string; redactions: string }>("SELECT * FROM transcripts WHERE session_id = ?");
  const setTurn = db.prepare("UPDATE messages SET text = ?, speaker = ?, machine = ? WHERE id = ?");
  const outdateVector = db.prepare("UPDATE message_vectors SET model = '' WHERE message_id = ?"); // however old the message is, it is found among the outdated
  const sentiment = db.prepare("UPDATE messages SET sentiment = ? WHERE id = ?");
  return {
    replaceTurns(session, list, heard, nowMs) {
      clear.run(session.id);
      const begin = session.started_at_ms ?? session.received_at_ms;
      for (const turn of list) {
        insert.run(turn.id, session.id, session.conversation_id, session.customer_id, session.channel, turn.speaker, turn.text, begin + turn.startMs, turn.startMs, turn.endMs, turn.confidence ?? null, turn.voice ?? null);
      }
      heardInsert.run(session.id, heard.engine, heard.model, heard.modelSha256 ?? null, heard.endpoint ?? null, heard.speakerSource, heard.roles === undefined ? null : JSON.stringify(heard.roles), JSON.stringify(heard.dropped), JSON.stringify(heard.redactions), nowMs);
    },
    turnsOf: (sessionId) => turns.all(sessionId).map(({ voice, machine, ...row }) => ({ ...row, confidence: row.confidence ?? undefined, ...(voice === null ? {} : { voice }), ...(machine === null ? {} : { machine: JSON.parse(machine) as MachineTurn }) })),
    setTurn(messageId, { text, speaker, machine }) {
      setTurn.run(text, speaker, machine === undefined || Object.keys(machine).length === 0 ? null : JSON.stringify(machine), messageId);
      outdateVector.run(messageId);
    },
    transcriptOf(sessionId) {
      const row = heardGet.get(sessionId);
      return (
        row && {
          engine: row.engine,
          model: row.model,
          modelSha256: row.model_sha256 ?? undefined,
          endpoint: row.endpoint ?? undefined,
          speakerSource: row.speaker_source as SpeakerSource,
          ...(row.roles === null ? {} : { roles: JSON.parse(row.roles) as VoiceRoles }),
          dropped: JSON.parse(row.dropped) as TranscriptFacts["dropped"],
          redactions: JSON.parse(row.redactions) as TranscriptFacts["redactions"],
        }
      );
    },
    setSentiment: (messageId, value) => void sentiment.run(value, messageId),
  };
}
