// Notifications of a burst, as they came: on the disk and acknowledged, not yet taken in.
export const version = 270;

export const sql = `
CREATE TABLE backlog (
  seq INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  -- as read and checked, JSON
  notification TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  -- why it could not be taken in; tried again at the next start
  error_code TEXT
) STRICT;
`;
