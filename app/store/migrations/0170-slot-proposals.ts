// What a language model read for forms, as far as it passed the check. A proposal belongs to the message that proves it: it goes where that message goes, and with it.
export const version = 170;

export const sql = `
CREATE TABLE slot_proposals (
  message_id TEXT NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
  workflow TEXT NOT NULL,
  slot TEXT NOT NULL,
  value TEXT NOT NULL,
  quote TEXT NOT NULL,
  proposed_by TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (message_id, workflow, slot)
) STRICT, WITHOUT ROWID;
`;
