// What people say is true of a call, beside what the machine heard, and how loud the recording is.
// messages.text, messages.speaker and analyses.body hold what counts, so that every reader and the search index see the truth; messages.machine and
// `machine` in the body hold the machine's version of what a person replaced. corrections: a row for each thing that a person said, never changed; the
// newest of a turn and field that is not withdrawn counts. message_id is the turn that it belongs to now: null when the call was heard again and no turn
// was found in its place. party, start_ms, end_ms, machine and model: where, as what and by which model it was heard when the person looked.
// peaks: of the redacted sound in the file that is named; made when somebody looks at the call, and again when the file is another.
export const version = 230;

export const sql = `
CREATE TABLE corrections (
  seq INTEGER PRIMARY KEY,
  session_id TEXT NOT NULL REFERENCES sessions(id),
  field TEXT NOT NULL,
  message_id TEXT,
  party TEXT,
  start_ms INTEGER,
  end_ms INTEGER,
  machine TEXT,
  replaced TEXT,
  value TEXT,
  model TEXT,
  actor TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  withdrawn_at_ms INTEGER,
  withdrawn_by TEXT
) STRICT;
CREATE INDEX corrections_session ON corrections(session_id, seq);
CREATE TRIGGER corrections_no_change BEFORE UPDATE OF session_id, field, party, start_ms, end_ms, machine, replaced, value, model, actor, at_ms ON corrections
  BEGIN SELECT raise(ABORT, 'what a person said is withdrawn, never changed'); END;

ALTER TABLE messages ADD COLUMN machine TEXT;

CREATE TABLE peaks (
  recording_id TEXT PRIMARY KEY REFERENCES recordings(id) ON DELETE CASCADE,
  file TEXT NOT NULL,
  channels TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;
