// Indexes for the page of a customer: the newest entries of a thread without the turns of its calls, and whose customers an agent has met.
export const version = 220;

export const sql = `
-- one entry a message; turns stand under their call, pages under their message
CREATE INDEX messages_entries ON messages(customer_id, at_ms, seq, channel) WHERE kind <> 'turn' AND parent_id IS NULL;
-- a customer's calls by time, and the channels that were used, without reading a row
CREATE INDEX sessions_channels ON sessions(customer_id, channel, coalesce(started_at_ms, received_at_ms), id);
-- customers of an agent, by their newest contact
CREATE INDEX sessions_of_agent ON sessions(agent_id, customer_id, received_at_ms) WHERE agent_id IS NOT NULL;
`;
