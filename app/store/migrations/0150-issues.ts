// What is open now, and what journeys over channels were like: derived rows, kept true in the transactions that change conversations.
//
// Triggers write down which conversations changed, so that no way of writing can forget it; app/pipeline/issues brings the derived rows up to date
// before the transaction ends. All of it can be computed again from the other tables.
export const version = 150;

const mark = (id: string): string => `INSERT INTO changed_conversations (conversation_id) SELECT ${id} WHERE ${id} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM changed_conversations WHERE conversation_id = ${id});`;
const ofSession = (id: string): string => mark(`(SELECT conversation_id FROM sessions WHERE id = ${id})`);

export const sql = `
CREATE TABLE changed_conversations (
  conversation_id TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
-- What is made again in the background, a few at a time: after an upgrade, or when somebody asks for it.
CREATE TABLE derive_later (
  seq INTEGER PRIMARY KEY,
  conversation_id TEXT NOT NULL
) STRICT;
CREATE TRIGGER conversations_begun AFTER INSERT ON conversations BEGIN ${mark("new.id")} END;
CREATE TRIGGER conversations_changed AFTER UPDATE ON conversations BEGIN ${mark("new.id")} END;
CREATE TRIGGER conversations_gone AFTER DELETE ON conversations BEGIN ${mark("old.id")} END;
CREATE TRIGGER sessions_changed AFTER UPDATE OF conversation_id, channel, updated_at_ms, agent_id, agent_name, queue, outcome, is_empty, duration_ms ON sessions BEGIN ${mark("new.conversation_id")} ${mark("old.conversation_id")} END;
CREATE TRIGGER sessions_begun AFTER INSERT ON sessions BEGIN ${mark("new.conversation_id")} END;
CREATE TRIGGER sessions_gone AFTER DELETE ON sessions BEGIN ${mark("old.conversation_id")} END;
CREATE TRIGGER analyses_made AFTER INSERT ON analyses BEGIN ${ofSession("new.session_id")} END;
CREATE TRIGGER analyses_changed AFTER UPDATE OF body ON analyses BEGIN ${ofSession("new.session_id")} END;
CREATE TRIGGER calls_expected AFTER INSERT ON expected_calls BEGIN ${ofSession("new.session_id")} END;

-- One row a conversation that is not resolved. unit: the customer, or the conversation itself while nobody is known. reason: '' when none was told.
-- words: hashes of the words that say what it is about, sorted; channels: ' phone web_chat '; mood: thousandths of −1…1.
CREATE TABLE issue_members (
  conversation_id TEXT PRIMARY KEY,
  unit TEXT NOT NULL,
  reason TEXT NOT NULL,
  theme_id INTEGER,
  queue TEXT NOT NULL,
  channels TEXT NOT NULL,
  opened_at_ms INTEGER NOT NULL,
  last_at_ms INTEGER NOT NULL,
  mood INTEGER,
  words TEXT NOT NULL,
  label TEXT,
  quote_id TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX issue_members_unit ON issue_members(unit);
CREATE INDEX issue_members_reason ON issue_members(reason, theme_id, opened_at_ms);
CREATE INDEX issue_members_opened ON issue_members(reason, opened_at_ms);
CREATE INDEX issue_members_last ON issue_members(last_at_ms, conversation_id, unit, reason, theme_id, opened_at_ms, mood, queue, channels);
-- Conversations of one reason that say alike; in the order in which they were founded.
CREATE TABLE issue_themes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  reason TEXT NOT NULL,
  words TEXT NOT NULL
) STRICT;
CREATE INDEX issue_themes_reason ON issue_themes(reason, id);
-- Sums over issue_members, for every scope (all, a reason, a theme), channel and queue ('' for any).
CREATE TABLE issue_tallies (
  channel TEXT NOT NULL,
  queue TEXT NOT NULL,
  scope TEXT NOT NULL,
  customers INTEGER NOT NULL,
  conversations INTEGER NOT NULL,
  opened_minutes INTEGER NOT NULL,
  mood INTEGER NOT NULL,
  moods INTEGER NOT NULL,
  PRIMARY KEY (channel, queue, scope)
) STRICT, WITHOUT ROWID;
CREATE INDEX conversations_opened ON conversations(opened_at_ms, id);
CREATE INDEX conversations_reason ON conversations(reason, opened_at_ms) WHERE is_empty = 0 AND reason IS NOT NULL;

-- One row a contact: what it says about each number over channels. Below 0: why it says nothing; null: it is not among those that are counted.
CREATE TABLE journey_contacts (
  conversation_id TEXT NOT NULL,
  session_id TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  ended_at_ms INTEGER NOT NULL,
  channel TEXT NOT NULL,
  queue TEXT,
  agent TEXT,
  topic TEXT,
  reason TEXT,
  handle_time_ms INTEGER,
  first_contact_resolution INTEGER,
  repeat_contact INTEGER,
  containment INTEGER,
  escalation_drop_off INTEGER,
  transfer_without_repetition INTEGER,
  journey_time_ms INTEGER,
  routing_consistency INTEGER,
  channel_mix INTEGER,
  PRIMARY KEY (at_ms, session_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX journey_contacts_conversation ON journey_contacts(conversation_id);
CREATE INDEX customers_created ON customers(created_at_ms);
-- By which definitions the derived rows were made: other ones mean that all of them are made again.
CREATE TABLE derived_by (
  name TEXT PRIMARY KEY,
  version TEXT NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO derive_later (conversation_id) SELECT id FROM conversations WHERE is_empty = 0 ORDER BY opened_at_ms, id;
`;
