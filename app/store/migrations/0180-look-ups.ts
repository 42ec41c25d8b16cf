// Look-ups that every arriving message or question makes, and that read every session of the house, all messages of a long chat, or all vectors (150 MB)
// without an index.
export const version = 180;

export const sql = `
CREATE INDEX sessions_founder ON sessions(founder_id) WHERE founder_id IS NOT NULL;
CREATE INDEX messages_said ON messages(session_id, at_ms, seq);
CREATE INDEX message_vectors_model ON message_vectors(model);
CREATE INDEX knowledge_vectors_model ON knowledge_vectors(model);
-- the contact that made a customer known, without reading its row
DROP INDEX sessions_origin;
CREATE INDEX sessions_origin ON sessions(origin_id, received_at_ms, id, channel);
`;
