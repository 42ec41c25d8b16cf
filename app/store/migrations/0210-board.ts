// What a contact says about mood, talking and outcome, in a narrow row beside journey_contacts, and for each hour how often anything of it changed.
//
// Both exist for speed: reading the same of 100,000 analyses takes 40 times as long, and the hours tell which sums of past days still hold, so that a
// view of a month reads only what is new. Triggers keep them, so that no way of writing can forget it; all of it can be made again from other tables.
export const version = 210;

const thousandths = (path: string, of: string): string => `CAST(round(1000 * (${of} ->> '${path}')) AS INTEGER)`;
/** columns of findings, from an analysis */
const found = (row: string): string => `mood = ${thousandths("$.sentiment.overall", `${row}.body`)}, mood_start = ${thousandths("$.sentiment.customer_start", `${row}.body`)}, mood_end = ${thousandths("$.sentiment.customer_end", `${row}.body`)},
    definitions = ${row}.metrics ->> '$.definitions', talk = ${thousandths("$.agent_talk_ratio", `${row}.metrics`)}, pauses = ${thousandths("$.silence_over_3s_share", `${row}.metrics`)}, interruptions = ${row}.metrics ->> '$.agent_interruptions'`;
const began = (row: string): string => `coalesce(${row}.started_at_ms, ${row}.received_at_ms)`;
const resolved = (row: string): string => `CASE ${row}.outcome WHEN 'resolved' THEN 1 WHEN 'unresolved' THEN 0 WHEN 'escalated' THEN 0 WHEN 'follow_up' THEN 0 END`;
const count = (at: string): string => `INSERT INTO contact_hours (hour, changes) SELECT ${at} / 3600000, 0 WHERE NOT EXISTS (SELECT 1 FROM contact_hours WHERE hour = ${at} / 3600000); UPDATE contact_hours SET changes = changes + 1 WHERE hour = ${at} / 3600000;`;
const scoreOf = (id: string): string => `(SELECT CAST(round(1000 * avg(score)) AS INTEGER) FROM scores WHERE session_id = ${id})`;

export const sql = `
-- moods, shares and scores in thousandths; is_resolved: null where the outcome is not clear; null: not known or not measurable
CREATE TABLE contact_facts (
  session_id TEXT PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  agent_id TEXT,
  agent_name TEXT,
  is_resolved INTEGER,
  mood INTEGER,
  mood_start INTEGER,
  mood_end INTEGER,
  definitions TEXT,
  talk INTEGER,
  pauses INTEGER,
  interruptions INTEGER,
  score INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE contact_hours (
  hour INTEGER PRIMARY KEY,
  changes INTEGER NOT NULL
) STRICT;
INSERT INTO contact_facts (session_id, at_ms, agent_id, agent_name, is_resolved, score) SELECT s.id, ${began("s")}, s.agent_id, s.agent_name, ${resolved("s")}, ${scoreOf("s.id")} FROM sessions s;
UPDATE contact_facts SET ${found("a")} FROM analyses a WHERE a.session_id = contact_facts.session_id AND a.revision = (SELECT max(revision) FROM analyses WHERE session_id = contact_facts.session_id);
CREATE INDEX contact_facts_agent ON contact_facts(agent_id, at_ms, session_id) WHERE agent_id IS NOT NULL;

CREATE TRIGGER contact_facts_begun AFTER INSERT ON sessions BEGIN
  INSERT INTO contact_facts (session_id, at_ms, agent_id, agent_name, is_resolved) VALUES (new.id, ${began("new")}, new.agent_id, new.agent_name, ${resolved("new")});
END;
CREATE TRIGGER contact_facts_changed AFTER UPDATE OF started_at_ms, received_at_ms, agent_id, agent_name, outcome ON sessions
  WHEN ${began("new")} IS NOT ${began("old")} OR new.agent_id IS NOT old.agent_id OR new.agent_name IS NOT old.agent_name OR new.outcome IS NOT old.outcome BEGIN
  UPDATE contact_facts SET at_ms = ${began("new")}, agent_id = new.agent_id, agent_name = new.agent_name, is_resolved = ${resolved("new")} WHERE session_id = new.id;
END;
CREATE TRIGGER contact_facts_gone AFTER DELETE ON sessions BEGIN DELETE FROM contact_facts WHERE session_id = old.id; END;
CREATE TRIGGER contact_facts_found AFTER INSERT ON analyses BEGIN UPDATE contact_facts SET ${found("new")} WHERE session_id = new.session_id; END;
CREATE TRIGGER contact_facts_found_again AFTER UPDATE OF body, metrics ON analyses
  WHEN new.revision = (SELECT max(revision) FROM analyses WHERE session_id = new.session_id) BEGIN UPDATE contact_facts SET ${found("new")} WHERE session_id = new.session_id; END;
CREATE TRIGGER contact_facts_scored AFTER INSERT ON scores BEGIN UPDATE contact_facts SET score = ${scoreOf("new.session_id")} WHERE session_id = new.session_id; END;
CREATE TRIGGER contact_facts_unscored AFTER DELETE ON scores BEGIN UPDATE contact_facts SET score = ${scoreOf("old.session_id")} WHERE session_id = old.session_id; END;

CREATE TRIGGER contact_hours_facts AFTER UPDATE ON contact_facts BEGIN ${count("new.at_ms")} END;
CREATE TRIGGER contact_hours_begun AFTER INSERT ON journey_contacts BEGIN ${count("new.at_ms")} END;
CREATE TRIGGER contact_hours_longer AFTER UPDATE ON journey_contacts BEGIN ${count("new.at_ms")} END;
CREATE TRIGGER contact_hours_gone AFTER DELETE ON journey_contacts BEGIN ${count("old.at_ms")} END;

-- what is not done: a handful among hundreds of thousands that are
CREATE INDEX sessions_unfinished ON sessions(received_at_ms DESC, id DESC, status) WHERE channel = 'phone' AND status <> 'done';
CREATE INDEX jobs_stopped ON jobs(state) WHERE state = 'parked';
`;
