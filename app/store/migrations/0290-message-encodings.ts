// What an encoder made of messages for forms: places and chances, no words. It goes with its message, and does not outlive a change of its text.
export const version = 290;

export const sql = `
CREATE TABLE message_encodings (
  message_id TEXT NOT NULL PRIMARY KEY REFERENCES messages(id) ON DELETE CASCADE,
  -- name of the encoder: what another one read is read again
  encoder TEXT NOT NULL,
  -- JSON, see analysis/workflows/learned/encoded-message.ts
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER message_encodings_stale AFTER UPDATE OF text ON messages WHEN OLD.text IS NOT NEW.text BEGIN
  DELETE FROM message_encodings WHERE message_id = OLD.id;
END;
`;
