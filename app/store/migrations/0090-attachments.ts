// Files that came with messages, the jobs that belong to one, and the messages that were read out of one.
export const version = 90;

export const sql = `
-- url, media_id or file say where it comes from and, once it is stored, where it lies. announced_sha256 is the sender's word, sha256 ours.
CREATE TABLE attachments (
  id TEXT PRIMARY KEY,
  message_id TEXT NOT NULL REFERENCES messages(id),
  session_id TEXT NOT NULL REFERENCES sessions(id),
  position INTEGER NOT NULL,
  role TEXT NOT NULL,
  name TEXT,
  media_type TEXT,
  announced_sha256 TEXT,
  sha256 TEXT,
  size_bytes INTEGER,
  url TEXT,
  media_id TEXT,
  file TEXT,
  state TEXT NOT NULL DEFAULT 'announced',
  error_code TEXT, error_message TEXT, error_retry TEXT,
  facts TEXT,
  created_at_ms INTEGER NOT NULL,
  UNIQUE (message_id, position)
) STRICT;
CREATE INDEX attachments_session ON attachments(session_id);
-- Messages move between sessions when late ones come; what hangs on them goes with them.
CREATE TRIGGER attachments_follow AFTER UPDATE OF session_id ON messages WHEN old.session_id <> new.session_id BEGIN
  UPDATE jobs SET session_id = new.session_id WHERE attachment_id IN (SELECT id FROM attachments WHERE message_id = new.id);
  UPDATE attachments SET session_id = new.session_id WHERE message_id = new.id;
END;

ALTER TABLE messages ADD COLUMN attachment_id TEXT REFERENCES attachments(id);
CREATE INDEX messages_attachment ON messages(attachment_id) WHERE attachment_id IS NOT NULL;

ALTER TABLE jobs ADD COLUMN attachment_id TEXT REFERENCES attachments(id);
CREATE INDEX jobs_attachment ON jobs(attachment_id) WHERE attachment_id IS NOT NULL;
DROP INDEX jobs_one_active;
CREATE UNIQUE INDEX jobs_one_active ON jobs(session_id, stage, coalesce(attachment_id, '')) WHERE state IN ('queued', 'running');
`;
