// Forms that conversations fill, and their frozen payloads. A payload belongs to the message with which its form became complete, so it goes where that
// message goes; the form itself is folded from the messages again whenever one of them moves. outbox.revision of a payload is its seq here.
export const version = 120;

export const sql = `
CREATE TABLE forms (
  conversation_id TEXT NOT NULL REFERENCES conversations(id),
  workflow TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL,
  begun_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  PRIMARY KEY (conversation_id, workflow)
) STRICT, WITHOUT ROWID;
CREATE INDEX forms_state ON forms(workflow, state);

CREATE TABLE payloads (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  workflow TEXT NOT NULL,
  revision INTEGER NOT NULL,
  session_id TEXT NOT NULL REFERENCES sessions(id),
  message_id TEXT,
  body TEXT,
  sha256 TEXT NOT NULL,
  completed_at_ms INTEGER NOT NULL,
  outbox_id TEXT REFERENCES outbox(id)
) STRICT;
CREATE INDEX payloads_session ON payloads(session_id, workflow);
CREATE INDEX payloads_message ON payloads(message_id) WHERE message_id IS NOT NULL;
CREATE INDEX payloads_workflow ON payloads(workflow, completed_at_ms DESC, id DESC);
CREATE INDEX payloads_kept ON payloads(completed_at_ms) WHERE body IS NOT NULL;

CREATE TRIGGER payloads_follow AFTER UPDATE OF session_id ON messages WHEN old.session_id <> new.session_id BEGIN
  UPDATE payloads SET session_id = new.session_id WHERE message_id = new.id;
END;

CREATE INDEX messages_conversation ON messages(conversation_id, at_ms, seq);
CREATE INDEX outbox_destination ON outbox(destination, next_attempt_ms, id) WHERE state = 'waiting';
`;
