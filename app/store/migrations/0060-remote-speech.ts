// Calls may be heard by a remote endpoint: then the content of its model is not known, and its address is.
// SQLite cannot take NOT NULL from a column, so the table is made anew; nothing refers to it.
export const version = 60;

export const sql = `
CREATE TABLE transcripts_new (
  session_id TEXT PRIMARY KEY REFERENCES sessions(id),
  engine TEXT NOT NULL,
  model TEXT NOT NULL,
  model_sha256 TEXT,
  endpoint TEXT,
  speaker_source TEXT NOT NULL,
  dropped TEXT NOT NULL DEFAULT '[]',
  redactions TEXT NOT NULL DEFAULT '[]',
  created_at_ms INTEGER NOT NULL
) STRICT;
INSERT INTO transcripts_new (session_id, engine, model, model_sha256, speaker_source, dropped, redactions, created_at_ms)
  SELECT session_id, engine, model, model_sha256, speaker_source, dropped, redactions, created_at_ms FROM transcripts;
DROP TABLE transcripts;
ALTER TABLE transcripts_new RENAME TO transcripts;
`;
