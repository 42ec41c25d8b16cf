// Vectors of messages that say something else now, because a person corrected them: their model is '' until they are made again.
export const version = 250;

export const sql = `
CREATE INDEX message_vectors_outdated ON message_vectors(message_id) WHERE model = '';
`;
