// Every channel in one thread: customers that merge and split reversibly, sessions of messages, conversations that remember who changed what.
//
// What came first is kept for ever beside what counts now: `origin_id` is the customer that something was first filed under, `customer_id`
// its root through the merges that stand. Undoing a merge removes one edge and computes the roots again, so it restores exactly.
export const version = 80;

export const sql = `
ALTER TABLE customers ADD COLUMN root_id TEXT REFERENCES customers(id);
ALTER TABLE customers ADD COLUMN merged_into TEXT REFERENCES customers(id);
ALTER TABLE customers ADD COLUMN name_key TEXT;
ALTER TABLE customers ADD COLUMN name_rank INTEGER NOT NULL DEFAULT 0;
ALTER TABLE customers ADD COLUMN name_at_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE customers ADD COLUMN profile TEXT;
UPDATE customers SET root_id = id, name_at_ms = created_at_ms;
CREATE INDEX customers_root ON customers(root_id);
CREATE INDEX customers_merged ON customers(merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX customers_name ON customers(name_key) WHERE name_key IS NOT NULL;

ALTER TABLE identities ADD COLUMN origin_id TEXT REFERENCES customers(id);
ALTER TABLE identities ADD COLUMN last_seen_ms INTEGER NOT NULL DEFAULT 0;
UPDATE identities SET origin_id = customer_id, last_seen_ms = first_seen_ms;
CREATE INDEX identities_origin ON identities(origin_id);

-- What visitors typed about themselves: it joins nobody and suggests duplicates.
CREATE TABLE claims (
  customer_id TEXT NOT NULL REFERENCES customers(id),
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (kind, value, customer_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX claims_customer ON claims(customer_id);

-- One row a merge or split, for ever; undone ones keep who undid them.
CREATE TABLE merges (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  from_id TEXT NOT NULL REFERENCES customers(id),
  into_id TEXT NOT NULL REFERENCES customers(id),
  automatic INTEGER NOT NULL,
  actor TEXT,
  reason TEXT NOT NULL,
  moved TEXT NOT NULL DEFAULT '[]',
  at_ms INTEGER NOT NULL,
  undone_at_ms INTEGER,
  undone_by TEXT
) STRICT;
CREATE INDEX merges_from ON merges(from_id);
CREATE INDEX merges_into ON merges(into_id);
-- A person took these two apart: nothing joins them by itself again. one < other.
CREATE TABLE apart (
  one TEXT NOT NULL REFERENCES customers(id),
  other TEXT NOT NULL REFERENCES customers(id),
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (one, other)
) STRICT, WITHOUT ROWID;
CREATE INDEX apart_other ON apart(other);

-- series: what the messages of a channel are cut into sessions from. is_empty: all of its messages are in another session now.
ALTER TABLE sessions ADD COLUMN origin_id TEXT REFERENCES customers(id);
ALTER TABLE sessions ADD COLUMN series TEXT;
ALTER TABLE sessions ADD COLUMN founder_id TEXT;
ALTER TABLE sessions ADD COLUMN ended_at_ms INTEGER;
ALTER TABLE sessions ADD COLUMN reason TEXT;
ALTER TABLE sessions ADD COLUMN outcome TEXT;
ALTER TABLE sessions ADD COLUMN is_empty INTEGER NOT NULL DEFAULT 0;
UPDATE sessions SET origin_id = customer_id;
CREATE INDEX sessions_origin ON sessions(origin_id);
CREATE INDEX sessions_series ON sessions(series, started_at_ms) WHERE series IS NOT NULL;
CREATE INDEX sessions_thread ON sessions(customer_id, started_at_ms);

ALTER TABLE messages ADD COLUMN source TEXT;
ALTER TABLE messages ADD COLUMN external_id TEXT;
ALTER TABLE messages ADD COLUMN parent_id TEXT;
ALTER TABLE messages ADD COLUMN facts TEXT;
ALTER TABLE messages ADD COLUMN status TEXT;
CREATE UNIQUE INDEX messages_external ON messages(external_id, channel, source) WHERE external_id IS NOT NULL;
CREATE INDEX messages_parent ON messages(parent_id) WHERE parent_id IS NOT NULL;

-- The front closed a contact: a border between two sessions, also for messages that come later and are older.
CREATE TABLE closings (
  series TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (series, at_ms)
) STRICT, WITHOUT ROWID;

-- Other systems' names: ids of calls and legs, of messages and mails, of tickets and CRM records. Equal ones are one matter.
-- message_id says which message brought it ('' for the session itself), so that it moves with the message.
CREATE TABLE refs (
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  session_id TEXT NOT NULL REFERENCES sessions(id),
  message_id TEXT NOT NULL DEFAULT '',
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (value, kind, session_id, message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX refs_session ON refs(session_id);
CREATE INDEX refs_message ON refs(message_id) WHERE message_id <> '';

-- By which addresses a session was filed: a split takes the sessions of the addresses along.
CREATE TABLE session_identities (
  session_id TEXT NOT NULL REFERENCES sessions(id),
  identity_id TEXT NOT NULL REFERENCES identities(id),
  PRIMARY KEY (session_id, identity_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX session_identities_identity ON session_identities(identity_id);

-- A call is expected: from this number, as a continuation of this session.
CREATE TABLE expected_calls (
  id TEXT PRIMARY KEY,
  session_id TEXT NOT NULL REFERENCES sessions(id),
  phone TEXT NOT NULL,
  from_ms INTEGER NOT NULL,
  until_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX expected_calls_phone ON expected_calls(phone, until_ms);

-- A conversation belongs to the session that founded it; is_empty: its sessions are in another one now.
ALTER TABLE conversations ADD COLUMN founder_id TEXT REFERENCES sessions(id);
ALTER TABLE conversations ADD COLUMN is_empty INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN owner TEXT;
ALTER TABLE conversations ADD COLUMN queue TEXT;
ALTER TABLE conversations ADD COLUMN crm_link TEXT;
ALTER TABLE conversations ADD COLUMN resolved_at_ms INTEGER;
ALTER TABLE conversations ADD COLUMN summary_points TEXT;
UPDATE conversations SET founder_id = (SELECT id FROM sessions s WHERE s.conversation_id = conversations.id ORDER BY coalesce(s.started_at_ms, s.received_at_ms), s.id LIMIT 1);
CREATE UNIQUE INDEX conversations_founder ON conversations(founder_id) WHERE founder_id IS NOT NULL;
CREATE INDEX conversations_status ON conversations(status, updated_at_ms);
CREATE INDEX conversations_updated ON conversations(updated_at_ms DESC, id DESC) WHERE is_empty = 0;

-- Every change of a conversation, by whom and when. Set by a person (is_decision), it counts again whenever conversations are gathered anew.
CREATE TABLE activities (
  seq INTEGER PRIMARY KEY,
  session_id TEXT NOT NULL REFERENCES sessions(id),
  at_ms INTEGER NOT NULL,
  actor TEXT NOT NULL,
  is_decision INTEGER NOT NULL,
  field TEXT NOT NULL,
  value TEXT
) STRICT;
CREATE INDEX activities_session ON activities(session_id, seq);
`;
