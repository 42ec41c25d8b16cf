// Consent: every statement for ever, and the calls that wait for one.

export const version = 100;

export const sql = `
-- customer_id is the root through merges, origin_id whom it was first filed under; both null while the caller is nobody we know.
-- session_id: said in and about this call.
CREATE TABLE consents (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  customer_id TEXT REFERENCES customers(id),
  origin_id TEXT REFERENCES customers(id),
  session_id TEXT REFERENCES sessions(id),
  channel TEXT NOT NULL,
  purpose TEXT NOT NULL,
  state TEXT NOT NULL,
  source TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  proof TEXT NOT NULL,
  policy_id TEXT NOT NULL,
  expires_at_ms INTEGER,
  recorded_at_ms INTEGER NOT NULL,
  recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX consents_newest ON consents(customer_id, purpose, channel, state, (session_id IS NULL), at_ms);
CREATE INDEX consents_listed ON consents(customer_id, at_ms, seq);
CREATE INDEX consents_origin ON consents(origin_id);
CREATE INDEX consents_session ON consents(session_id) WHERE session_id IS NOT NULL;
-- Whom a statement belongs to follows merges; what was said does not change.
CREATE TRIGGER consents_no_change BEFORE UPDATE OF id, channel, purpose, state, source, at_ms, proof, policy_id, expires_at_ms, recorded_at_ms, recorded_by ON consents
BEGIN SELECT raise(ABORT, 'what was said about consent is never changed'); END;

-- A held call waits for consent until then; its sound is removed after that.
ALTER TABLE sessions ADD COLUMN held_until_ms INTEGER;
CREATE INDEX sessions_held ON sessions(held_until_ms) WHERE held_until_ms IS NOT NULL;
CREATE INDEX sessions_held_customer ON sessions(customer_id, received_at_ms) WHERE status = 'held';
ALTER TABLE recordings ADD COLUMN purged_at_ms INTEGER;
ALTER TABLE recordings ADD COLUMN purge_reason TEXT;
`;
