// How far each folder of each mailbox has been read; moves on in the transaction that stores the mail.
// trying_uid and tries: the mail that was begun and not finished, so that one that ends the process is not begun for ever.
export const version = 110;

export const sql = `
CREATE TABLE mail_cursors (
  mailbox TEXT NOT NULL,
  folder TEXT NOT NULL,
  uid_validity INTEGER NOT NULL,
  last_uid INTEGER NOT NULL,
  since_ms INTEGER NOT NULL,
  trying_uid INTEGER,
  tries INTEGER NOT NULL DEFAULT 0,
  updated_at_ms INTEGER NOT NULL,
  PRIMARY KEY (mailbox, folder)
) STRICT, WITHOUT ROWID;
`;
