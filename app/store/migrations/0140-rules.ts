// What rules and scorecards found in each session. The machine's part is replaced with every analysis; what people answered never is.
// rule_runs: by which rules and cards a session was judged last, and for which revision. rule_hits holds only what matched or could not be decided;
// received_at_ms is the session's, which never changes: calls are listed by rule and counted from the index alone.
// rule_alerts: raised once for a session, rule and revision, whatever is applied again.
// score_answers: the machine's answer, with everything that the score needs. scores: computed from them and from what people answered.
// score_overrides: a row for each answer of a person; the newest that is not undone counts.
export const version = 140;

export const sql = `
CREATE TABLE rule_runs (
  session_id TEXT PRIMARY KEY REFERENCES sessions(id),
  revision INTEGER NOT NULL,
  rules TEXT NOT NULL,
  cards TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE rule_hits (
  session_id TEXT NOT NULL REFERENCES sessions(id),
  rule TEXT NOT NULL,
  position INTEGER NOT NULL,
  label TEXT NOT NULL,
  is_category INTEGER NOT NULL,
  state TEXT NOT NULL,
  proof TEXT NOT NULL,
  because TEXT NOT NULL,
  rules TEXT NOT NULL,
  received_at_ms INTEGER NOT NULL,
  PRIMARY KEY (session_id, rule)
) STRICT, WITHOUT ROWID;
CREATE INDEX rule_hits_rule ON rule_hits(rule, state, received_at_ms, session_id);

CREATE TABLE rule_alerts (
  session_id TEXT NOT NULL REFERENCES sessions(id),
  rule TEXT NOT NULL,
  revision INTEGER NOT NULL,
  label TEXT NOT NULL,
  severity TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (session_id, rule, revision)
) STRICT, WITHOUT ROWID;
CREATE INDEX rule_alerts_rule ON rule_alerts(rule, at_ms);

CREATE TABLE score_answers (
  session_id TEXT NOT NULL REFERENCES sessions(id),
  card TEXT NOT NULL,
  question TEXT NOT NULL,
  position INTEGER NOT NULL,
  card_version INTEGER NOT NULL,
  text TEXT NOT NULL,
  kind TEXT NOT NULL,
  weight REAL NOT NULL,
  auto_fail INTEGER NOT NULL,
  answer TEXT,
  because TEXT,
  quote TEXT,
  confidence REAL,
  answered_by TEXT NOT NULL,
  PRIMARY KEY (session_id, card, question)
) STRICT, WITHOUT ROWID;
CREATE INDEX score_answers_card ON score_answers(card, card_version, question);

CREATE TABLE scores (
  session_id TEXT NOT NULL REFERENCES sessions(id),
  card TEXT NOT NULL,
  position INTEGER NOT NULL,
  card_version INTEGER NOT NULL,
  label TEXT NOT NULL,
  score REAL,
  coverage REAL NOT NULL,
  auto_failed TEXT NOT NULL,
  PRIMARY KEY (session_id, card)
) STRICT, WITHOUT ROWID;

CREATE TABLE score_overrides (
  seq INTEGER PRIMARY KEY,
  session_id TEXT NOT NULL REFERENCES sessions(id),
  card TEXT NOT NULL,
  card_version INTEGER NOT NULL,
  question TEXT NOT NULL,
  text TEXT NOT NULL,
  kind TEXT NOT NULL,
  weight REAL NOT NULL,
  auto_fail INTEGER NOT NULL,
  answer TEXT NOT NULL,
  comment TEXT,
  actor TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  undone_at_ms INTEGER,
  undone_by TEXT
) STRICT;
CREATE INDEX score_overrides_session ON score_overrides(session_id, card, question, seq) WHERE undone_at_ms IS NULL;
CREATE INDEX score_overrides_card ON score_overrides(card, card_version, question) WHERE undone_at_ms IS NULL;
`;
