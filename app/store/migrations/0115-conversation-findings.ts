// What was found over all sessions of a conversation, kept beside its running summary.
export const version = 115;

export const sql = `
ALTER TABLE conversations ADD COLUMN findings TEXT;
`;
