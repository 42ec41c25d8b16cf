// Recordings with both parties on one channel: how their voices were told apart, which voice said what, and whose it is.

export const version = 70;

export const sql = `
ALTER TABLE recordings ADD COLUMN separation TEXT;
ALTER TABLE transcripts ADD COLUMN roles TEXT;
ALTER TABLE messages ADD COLUMN voice INTEGER;
`;
