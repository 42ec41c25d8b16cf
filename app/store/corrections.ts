// What people said is true of a call. Rows are added and withdrawn, never changed; the newest of a turn and field that is not withdrawn counts.
import { CALL_FIELDS, toRfc3339, type CallField, type CorrectionField, type CorrectionView, type Speaker, type TurnField, type TurnPlace } from "../domain/index.ts";
import type { Db } from "../platform/index.ts";

export interface NewCorrection {
  sessionId: string;
  field: CorrectionField;
  /** null for the call */
  messageId: string | null;
  place: TurnPlace | null;
  /** what the machine has, what counted until now, and what counts from now on */
  machine: string | null;
  replaced: string | null;
  value: string | null;
  /** that heard the words */
  model: string | null;
  actor: string;
  atMs: number;
}

/** All that people said of one turn: what counts now, and the rows that must move with it. */
export interface TurnTruth {
  seqs: number[];
  place: TurnPlace;
  text?: string;
  speaker?: Speaker;
}

/** One text that a person wrote or confirmed, for whoever measures how well calls are heard. */
export interface TruthLine {
  seq: number;
  sessionId: string;
  callId: string;
  source: string;
  place: TurnPlace;
  /** as it was heard when the person looked, and as it is heard now; the same until the call is heard again, null where the turn is gone */
  machine: string;
  machineNow: string | null;
  truth: string;
  model: string | null;
  atMs: number;
}

export interface Corrections {
  add(correction: NewCorrection): void;
  /** what counts for one field of one turn, or of the call (`messageId` null); undefined where nobody said anything */
  standing(sessionId: string, messageId: string | null, field: CorrectionField): { value: string | null } | undefined;
  /** Withdraws the newest that counts. @returns false when there is none */
  withdraw(sessionId: string, messageId: string | null, field: CorrectionField, by: { actor: string; atMs: number }): boolean;
  /** the field of a turn that a person spoke about last */
  newestField(sessionId: string, messageId: string): TurnField | undefined;
  ofCall(sessionId: string): Partial<Record<CallField, string | null>>;
  /** turn by turn, those that were lost before included */
  ofTurns(sessionId: string): TurnTruth[];
  /** differs after every word of a person, and after every word that was taken back */
  stamp(sessionId: string): string;
  /** whether a person spoke of a turn, or took such a word back, at `sinceMs` or later */
  spokenOfTurns(sessionId: string, sinceMs: number): boolean;
  /** they belong to this turn now; null: it was not found */
  attach(seqs: readonly number[], messageId: string | null): void;
  /** what must not be kept any more */
  erase(sessionId: string): void;
  /** newest first */
  list(sessionId: string, limit: number): CorrectionView[];
  /** in the order in which they were said, after `seq` */
  truthLines(afterSeq: number, limit: number): TruthLine[];
}

interface Row {
  seq: number; field: CorrectionField; message_id: string | null; party: string | null; start_ms: number | null; end_ms: number | null; machine: string | null; replaced: string | null; value: string | null;
  actor: string; at_ms: number; withdrawn_at_ms: number | null; withdrawn_by: string | null;
}

/** @param db an open, migrated database · @param nameOf words for an actor */
export function createCorrections(db: Db, nameOf: (actor: string) => string): Corrections {
  const insert = db.prepare(`INSERT INTO corrections (session_id, field, message_id, party, start_ms, end_ms, machine, replaced, value, model, actor, at_ms)
    VALUES (@sessionId, @field, @messageId, @party, @startMs, @endMs, @machine, @replaced, @value, @model, @actor, @atMs)`);
  const newest = "session_id = @sessionId AND message_id IS @messageId AND field = @field AND withdrawn_at_ms IS NULL";
  const standing = db.prepare<Record<string, unknown>, { value: string | null }>(`SELECT value FROM corrections WHERE ${newest} ORDER BY seq DESC LIMIT 1`);
  const withdraw = db.prepare(`UPDATE corrections SET withdrawn_at_ms = @atMs, withdrawn_by = @actor WHERE seq = (SELECT max(seq) FROM corrections WHERE ${newest})`);
  const newestField = db.prepare<[string, string]>("SELECT field FROM corrections WHERE session_id = ? AND message_id = ? AND withdrawn_at_ms IS NULL ORDER BY seq DESC LIMIT 1").pluck();
  const counting = db.prepare<[string], Row>("SELECT * FROM corrections WHERE session_id = ? AND withdrawn_at_ms IS NULL ORDER BY seq");
  const stamp = db.prepare<[string]>("SELECT coalesce(max(seq), 0) || ' ' || count(withdrawn_at_ms) FROM corrections WHERE session_id = ?").pluck();
  const spokenOfTurns = db.prepare<[string, number]>("SELECT EXISTS (SELECT 1 FROM corrections WHERE session_id = ? AND start_ms IS NOT NULL AND max(at_ms, coalesce(withdrawn_at_ms, 0)) >= ?)").pluck();
  const attach = db.prepare("UPDATE corrections SET message_id = ? WHERE seq IN (SELECT value FROM json_each(?))");
  const erase = db.prepare("DELETE FROM corrections WHERE session_id = ?");
  const list = db.prepare<[string, number], Row>("SELECT * FROM corrections WHERE session_id = ? ORDER BY seq DESC LIMIT ?");
  const lines = db.prepare<[number, number], Omit<TruthLine, "place"> & TurnPlace>(`SELECT c.seq, c.session_id AS sessionId, s.call_id AS callId, s.source, c.party, c.start_ms AS startMs, c.end_ms AS endMs, c.machine, m.machine ->> '$.text' AS machineNow, c.value AS truth, c.model, c.at_ms AS atMs
    FROM corrections c JOIN sessions s ON s.id = c.session_id LEFT JOIN messages m ON m.id = c.message_id
    WHERE c.seq > ? AND c.field = 'text' AND c.withdrawn_at_ms IS NULL
      AND NOT EXISTS (SELECT 1 FROM corrections n WHERE n.session_id = c.session_id AND n.seq > c.seq AND n.field = 'text' AND n.withdrawn_at_ms IS NULL AND (n.message_id = c.message_id OR (n.start_ms = c.start_ms AND n.end_ms = c.end_ms AND n.party = c.party)))
    ORDER BY c.seq LIMIT ?`);
  const ofTurn = (row: Row): boolean => row.start_ms !== null;
  return {
    add: ({ place, ...row }) => void insert.run({ ...row, party: place?.party ?? null, startMs: place?.startMs ?? null, endMs: place?.endMs ?? null }),
    standing: (sessionId, messageId, field) => standing.get({ sessionId, messageId, field }),
    withdraw: (sessionId, messageId, field, by) => withdraw.run({ sessionId, messageId, field, ...by }).changes === 1,
    newestField: (sessionId, messageId) => newestField.get(sessionId, messageId) as TurnField | undefined,
    ofCall(sessionId) {
      const rows = counting.all(sessionId).filter((row) => (CALL_FIELDS as readonly string[]).includes(row.field));
      return Object.fromEntries(rows.map((row) => [row.field, row.value])); // the newest comes last and wins
    },
    ofTurns(sessionId) {
      const turns = new Map<string, TurnTruth>();
      for (const row of counting.all(sessionId).filter(ofTurn)) {
        const place = { party: row.party ?? "", startMs: row.start_ms ?? 0, endMs: row.end_ms ?? 0 };
        const key = row.message_id ?? `${place.party} ${place.startMs} ${place.endMs}`;
        const truth = turns.get(key) ?? { seqs: [], place };
        turns.set(key, { ...truth, seqs: [...truth.seqs, row.seq], place, [row.field]: row.value });
      }
      return [...turns.values()];
    },
    stamp: (sessionId) => stamp.get(sessionId) as string,
    spokenOfTurns: (sessionId, sinceMs) => spokenOfTurns.get(sessionId, sinceMs) === 1,
    attach: (seqs, messageId) => void attach.run(messageId, JSON.stringify(seqs)),
    erase: (sessionId) => void erase.run(sessionId),
    list: (sessionId, limit) =>
      list.all(sessionId, limit).map((row) => ({
        field: row.field, turn_id: row.message_id, start_ms: row.start_ms, end_ms: row.end_ms, machine: row.machine, replaced: row.replaced, value: row.value, by: row.actor, by_name: nameOf(row.actor), at: toRfc3339(row.at_ms),
        withdrawn_at: row.withdrawn_at_ms === null ? null : toRfc3339(row.withdrawn_at_ms), withdrawn_by: row.withdrawn_by, withdrawn_by_name: row.withdrawn_by === null ? null : nameOf(row.withdrawn_by), is_lost: ofTurn(row) && row.message_id === null && row.withdrawn_at_ms === null,
      })),
    truthLines: (afterSeq, limit) => lines.all(afterSeq, limit).map(({ party, startMs, endMs, ...line }) => ({ ...line, place: { party, startMs, endMs } })),
  };
}
