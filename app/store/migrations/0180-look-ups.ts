// Look-ups that every arriving message makes, and that read every session of the house, or all messages of a long chat, without an index.
export const version = 180;

export const sql = `
CREATE INDEX sessions_founder ON sessions(founder_id) WHERE founder_id IS NOT NULL;
CREATE INDEX messages_said ON messages(session_id, at_ms, seq);
`;
