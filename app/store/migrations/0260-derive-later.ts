// A conversation that waits to be made again in the background waits there once, however often it changes.
export const version = 260;

export const sql = `
CREATE INDEX derive_later_conversation ON derive_later(conversation_id);
`;
