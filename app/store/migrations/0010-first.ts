// The first schema: customers, conversations, sessions, messages, and the machinery that fills them.

export const version = 10;

export const sql = `
-- A person or firm, and the addresses by which they are known. An address belongs to one customer.
CREATE TABLE customers (
  id TEXT PRIMARY KEY,
  name TEXT,
  created_at_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE identities (
  id TEXT PRIMARY KEY,
  customer_id TEXT NOT NULL REFERENCES customers(id),
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  first_seen_ms INTEGER NOT NULL,
  UNIQUE (kind, value)
) STRICT;
CREATE INDEX identities_customer ON identities(customer_id);

-- All sessions about one matter of one customer.
CREATE TABLE conversations (
  id TEXT PRIMARY KEY,
  customer_id TEXT REFERENCES customers(id),
  status TEXT NOT NULL DEFAULT 'open',
  topic TEXT,
  reason TEXT,
  summary TEXT,
  opened_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX conversations_customer ON conversations(customer_id, updated_at_ms);

-- One contact on one channel; a call is a session.
CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  channel TEXT NOT NULL,
  source TEXT NOT NULL,
  call_id TEXT NOT NULL,
  customer_id TEXT REFERENCES customers(id),
  conversation_id TEXT REFERENCES conversations(id),
  status TEXT NOT NULL,
  error_code TEXT, error_message TEXT, error_retry TEXT,
  direction TEXT NOT NULL DEFAULT 'unknown',
  started_at_ms INTEGER,
  duration_ms INTEGER,
  agent_id TEXT, agent_name TEXT, queue TEXT, language TEXT,
  facts TEXT NOT NULL DEFAULT '{}',
  revision INTEGER NOT NULL DEFAULT 0,
  priority INTEGER NOT NULL DEFAULT 50,
  received_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_received ON sessions(received_at_ms DESC, id DESC);
CREATE INDEX sessions_status ON sessions(status, received_at_ms);
CREATE INDEX sessions_customer ON sessions(customer_id, received_at_ms);
CREATE INDEX sessions_conversation ON sessions(conversation_id);

-- Every name under which a source knows a session. For ever: a repeat after years still finds its call.
CREATE TABLE call_ids (
  source TEXT NOT NULL,
  call_id TEXT NOT NULL,
  session_id TEXT NOT NULL REFERENCES sessions(id),
  PRIMARY KEY (source, call_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX call_ids_session ON call_ids(session_id);
CREATE INDEX call_ids_call ON call_ids(call_id);

-- Audio of a session. url or source_path say where it comes from until file says where it lies.
CREATE TABLE recordings (
  id TEXT PRIMARY KEY,
  session_id TEXT NOT NULL UNIQUE REFERENCES sessions(id),
  url TEXT,
  source_path TEXT,
  file TEXT,
  playback_file TEXT,
  redacted INTEGER NOT NULL DEFAULT 0,
  muted_ms INTEGER NOT NULL DEFAULT 0,
  sha256 TEXT UNIQUE,
  size_bytes INTEGER,
  original_name TEXT,
  raw_format TEXT,
  audio TEXT,
  channel_map TEXT,
  channel_map_reason TEXT,
  speech TEXT,
  arrived_at_ms INTEGER
) STRICT;

-- How the words of a session were heard; the words themselves are messages.
CREATE TABLE transcripts (
  session_id TEXT PRIMARY KEY REFERENCES sessions(id),
  engine TEXT NOT NULL,
  model TEXT NOT NULL,
  model_sha256 TEXT NOT NULL,
  speaker_source TEXT NOT NULL,
  dropped TEXT NOT NULL DEFAULT '[]',
  redactions TEXT NOT NULL DEFAULT '[]',
  created_at_ms INTEGER NOT NULL
) STRICT;

-- Everything said or written, whatever the channel. A turn of a call has times and a confidence.
CREATE TABLE messages (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  session_id TEXT NOT NULL REFERENCES sessions(id),
  conversation_id TEXT REFERENCES conversations(id),
  customer_id TEXT REFERENCES customers(id),
  channel TEXT NOT NULL,
  speaker TEXT NOT NULL,
  kind TEXT NOT NULL,
  text TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  start_ms INTEGER,
  end_ms INTEGER,
  confidence REAL,
  sentiment REAL
) STRICT;
CREATE INDEX messages_session ON messages(session_id, start_ms, seq);
CREATE INDEX messages_customer ON messages(customer_id, at_ms, seq);
CREATE VIRTUAL TABLE messages_fts USING fts5(text, content='messages', content_rowid='seq', tokenize="unicode61 remove_diacritics 2");
INSERT INTO messages_fts(messages_fts, rank) VALUES ('secure-delete', 1);
CREATE TRIGGER messages_fts_insert AFTER INSERT ON messages BEGIN
  INSERT INTO messages_fts(rowid, text) VALUES (new.seq, new.text);
END;
CREATE TRIGGER messages_fts_delete AFTER DELETE ON messages BEGIN
  INSERT INTO messages_fts(messages_fts, rowid, text) VALUES ('delete', old.seq, old.text);
END;
CREATE TRIGGER messages_fts_update AFTER UPDATE OF text ON messages BEGIN
  INSERT INTO messages_fts(messages_fts, rowid, text) VALUES ('delete', old.seq, old.text);
  INSERT INTO messages_fts(rowid, text) VALUES (new.seq, new.text);
END;

-- Versioned findings about a session.
CREATE TABLE analyses (
  id TEXT PRIMARY KEY,
  session_id TEXT NOT NULL REFERENCES sessions(id),
  revision INTEGER NOT NULL,
  body TEXT NOT NULL,
  metrics TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  UNIQUE (session_id, revision)
) STRICT;

-- The durable queue. One active job per stage of a session.
CREATE TABLE jobs (
  id TEXT PRIMARY KEY,
  stage TEXT NOT NULL,
  lane TEXT NOT NULL,
  session_id TEXT NOT NULL REFERENCES sessions(id),
  state TEXT NOT NULL,
  priority INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  deaths INTEGER NOT NULL DEFAULT 0,
  suspect INTEGER NOT NULL DEFAULT 0,
  run_after_ms INTEGER NOT NULL,
  boot_id TEXT,
  created_at_ms INTEGER NOT NULL,
  started_at_ms INTEGER,
  finished_at_ms INTEGER,
  error_code TEXT, error_message TEXT, error_retry TEXT
) STRICT;
CREATE INDEX jobs_ready ON jobs(lane, priority, run_after_ms, id) WHERE state = 'queued';
CREATE INDEX jobs_running ON jobs(state) WHERE state = 'running';
CREATE INDEX jobs_suspect ON jobs(run_after_ms) WHERE suspect = 1 AND state = 'queued';
CREATE UNIQUE INDEX jobs_one_active ON jobs(session_id, stage) WHERE state IN ('queued', 'running');
CREATE INDEX jobs_session ON jobs(session_id);
CREATE INDEX jobs_created ON jobs(created_at_ms DESC, id DESC);

-- Results that wait to leave the house, and what became of them.
CREATE TABLE outbox (
  id TEXT PRIMARY KEY,
  session_id TEXT NOT NULL REFERENCES sessions(id),
  destination TEXT NOT NULL,
  message_id TEXT NOT NULL UNIQUE,
  revision INTEGER NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt_ms INTEGER NOT NULL,
  http_status INTEGER,
  error_code TEXT, error_message TEXT, error_retry TEXT,
  created_at_ms INTEGER NOT NULL,
  finished_at_ms INTEGER,
  UNIQUE (session_id, destination, revision)
) STRICT;
CREATE INDEX outbox_due ON outbox(next_attempt_ms, id) WHERE state = 'waiting';
CREATE TABLE destinations (
  name TEXT PRIMARY KEY,
  disabled_at_ms INTEGER,
  reason TEXT
) STRICT;

-- Per session: each stage, when, how, why not.
CREATE TABLE ledger (
  seq INTEGER PRIMARY KEY,
  session_id TEXT NOT NULL REFERENCES sessions(id),
  stage TEXT NOT NULL,
  status TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  ms INTEGER,
  code TEXT,
  detail TEXT
) STRICT;
CREATE INDEX ledger_session ON ledger(session_id, seq);

-- The audit trail: a chain of hashes; rows are added, never changed or removed.
CREATE TABLE events (
  seq INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  event TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE TRIGGER events_no_update BEFORE UPDATE ON events BEGIN SELECT raise(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER events_no_delete BEFORE DELETE ON events BEGIN SELECT raise(ABORT, 'the audit trail is append-only'); END;

CREATE TABLE api_keys (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  created_at_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE logins (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  role TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  expires_at_ms INTEGER NOT NULL,
  used INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Ids of signed webhooks, kept for ever: the same id with other content is a replay.
CREATE TABLE webhook_ids (
  source TEXT NOT NULL,
  webhook_id TEXT NOT NULL,
  digest TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (source, webhook_id)
) STRICT, WITHOUT ROWID;

-- Files of watched folders that have been taken in, in the version that was taken.
CREATE TABLE seen_files (
  path TEXT PRIMARY KEY,
  dev INTEGER NOT NULL,
  ino INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  mtime_ms INTEGER NOT NULL,
  session_id TEXT REFERENCES sessions(id),
  at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;
