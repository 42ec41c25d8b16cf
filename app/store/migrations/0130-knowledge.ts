// The business's own documents in passages that can be found by words and by meaning, and vectors of messages.
//
// A document is written under a new id while its old version is still found (`writing`), changes places with it in one short transaction
// (`ready`), and what it replaced (`old`) is taken away bit by bit: no reader sees half a document, no transaction is long.
// Numbers of vectors are never used again, so that what is held in memory can be continued by "everything after".
export const version = 130;

export const sql = `
CREATE TABLE knowledge_documents (
  id TEXT PRIMARY KEY,
  path TEXT NOT NULL,
  state TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  mtime_ms INTEGER NOT NULL,
  ino INTEGER NOT NULL,
  sha256 TEXT,
  title TEXT,
  kind TEXT,
  pages INTEGER,
  truncated TEXT,
  error_code TEXT, error_message TEXT, error_retry TEXT,
  indexed_at_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX knowledge_documents_path ON knowledge_documents(path) WHERE state IN ('ready', 'failed');
CREATE INDEX knowledge_documents_leftover ON knowledge_documents(state) WHERE state IN ('writing', 'old');

CREATE TABLE knowledge_chunks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  document_id TEXT NOT NULL REFERENCES knowledge_documents(id),
  page INTEGER NOT NULL,
  title TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX knowledge_chunks_document ON knowledge_chunks(document_id);
CREATE VIRTUAL TABLE knowledge_fts USING fts5(title, text, content='knowledge_chunks', content_rowid='id', tokenize="porter unicode61 remove_diacritics 2");
CREATE TRIGGER knowledge_fts_insert AFTER INSERT ON knowledge_chunks BEGIN
  INSERT INTO knowledge_fts(rowid, title, text) VALUES (new.id, new.title, new.text);
END;
CREATE TRIGGER knowledge_fts_delete AFTER DELETE ON knowledge_chunks BEGIN
  INSERT INTO knowledge_fts(knowledge_fts, rowid, title, text) VALUES ('delete', old.id, old.title, old.text);
END;

CREATE TABLE knowledge_vectors (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  chunk_id INTEGER NOT NULL UNIQUE REFERENCES knowledge_chunks(id) ON DELETE CASCADE,
  model TEXT NOT NULL,
  vector BLOB NOT NULL
) STRICT;
CREATE TABLE message_vectors (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  message_id TEXT NOT NULL UNIQUE REFERENCES messages(id) ON DELETE CASCADE,
  model TEXT NOT NULL,
  vector BLOB NOT NULL
) STRICT;
`;
