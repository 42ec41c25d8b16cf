// One narrow row a contact, with what people filter and sort by, and which values there are to choose from. Kept true by triggers, so that no way of
// writing can forget it; all of it can be made again from the other tables.
//
// A filter that hardly anything passes reads 100,000 of these rows in some 20 ms; through `sessions` and the findings' JSON it would be seconds.
export const version = 200;

/** In the order of the table. */
const COLUMNS: Record<string, string> = {
  session_id: "s.id",
  began_ms: "coalesce(s.started_at_ms, s.received_at_ms)",
  channel: "s.channel",
  state: "s.status",
  agent_id: "s.agent_id",
  agent_name: "s.agent_name",
  queue: "s.queue",
  topic: "coalesce(a.body ->> '$.topic', c.topic)",
  reason: "s.reason",
  outcome: "s.outcome",
  status: "c.status",
  mood_start: "a.body ->> '$.sentiment.customer_start'",
  mood_end: "a.body ->> '$.sentiment.customer_end'",
  mood_rank: "coalesce(-(a.body ->> '$.sentiment.customer_end'), -2)",
  length_rank: "coalesce(s.duration_ms, s.ended_at_ms - s.started_at_ms, -1)",
  due: "(SELECT min(i.value ->> '$.due') FROM json_each(a.body, '$.action_items') i WHERE i.value ->> '$.owner' = 'agent')",
  rules: "(SELECT json_group_array(rule) FROM rule_hits WHERE session_id = s.id AND state = 'matched')",
  alerts: "(SELECT count(*) FROM rule_alerts WHERE session_id = s.id)",
};
const NAMES = Object.keys(COLUMNS).join(", ");
const contactsWhere = (condition: string): string => `INSERT INTO contacts (${NAMES}) SELECT ${Object.values(COLUMNS).join(", ")}
  FROM sessions s LEFT JOIN conversations c ON c.id = s.conversation_id LEFT JOIN analyses a ON a.session_id = s.id AND a.revision = (SELECT max(revision) FROM analyses WHERE session_id = s.id)
  WHERE s.is_empty = 0 AND ${condition}`;
const refresh = (condition: string): string => `${contactsWhere(condition)} ON CONFLICT (session_id) DO UPDATE SET ${Object.keys(COLUMNS).slice(1).map((name) => `${name} = excluded.${name}`).join(", ")};`;
const differ = (names: readonly string[]): string => names.map((name) => `old.${name} IS NOT new.${name}`).join(" OR ");

/** What a session itself says is taken over without looking at the findings, whose JSON costs 200 µs: a call changes some ten times on its way. */
const ITS_OWN = ["began_ms", "channel", "state", "agent_id", "agent_name", "queue", "reason", "outcome", "length_rank"];
const OF_SESSION = ["channel", "status", "started_at_ms", "received_at_ms", "ended_at_ms", "duration_ms", "agent_id", "agent_name", "queue", "reason", "outcome"];
const PLACED = ["conversation_id", "is_empty"];
const follow = `UPDATE contacts SET ${ITS_OWN.map((name) => `${name} = ${(COLUMNS[name] ?? "").replace(/\bs\./g, "new.")}`).join(", ")} WHERE session_id = new.id;`;
const OFFERED = ["channel", "queue", "topic", "reason"];
const valuesOf = (row: string): string => `SELECT 'agent' AS kind, ${row}.agent_id AS value, ${row}.agent_name AS label ${OFFERED.map((name) => `UNION ALL SELECT '${name}', ${row}.${name}, NULL`).join(" ")} UNION ALL SELECT 'rule', j.value, NULL FROM json_each(${row}.rules) j`;
const countIn = `INSERT INTO contact_values (kind, value, agent_id, n, label) SELECT kind, value, coalesce(new.agent_id, ''), 1, label FROM (${valuesOf("new")}) WHERE value IS NOT NULL
  ON CONFLICT DO UPDATE SET n = n + 1, label = coalesce(excluded.label, label);`;
const ofOld = `agent_id = coalesce(old.agent_id, '') AND (kind, value) IN (SELECT kind, value FROM (${valuesOf("old")}))`;
const countOut = `UPDATE contact_values SET n = n - 1 WHERE ${ofOld}; DELETE FROM contact_values WHERE n <= 0 AND ${ofOld};`;

/** What a filter looks at: with these in the index of each order no row is looked up that is not shown. */
const LOOKED_AT = "channel, state, agent_id, queue, topic, reason, outcome, status, due, alerts, rules";

export const sql = `
-- began_ms: when it began, else when it arrived. topic: of the contact, else of its conversation. mood_…: the customer's, −1…1, at the beginning and the end.
-- mood_rank: 1 worst … −1 best, −2 not known. length_rank: milliseconds, −1 not known. due: first day for which the agent's side promised something.
-- rules: names of those that matched, as JSON; alerts: how many were ever raised.
CREATE TABLE contacts (
  session_id TEXT NOT NULL UNIQUE,
  began_ms INTEGER NOT NULL,
  channel TEXT NOT NULL,
  state TEXT NOT NULL,
  agent_id TEXT,
  agent_name TEXT,
  queue TEXT,
  topic TEXT,
  reason TEXT,
  outcome TEXT,
  status TEXT,
  mood_start REAL,
  mood_end REAL,
  mood_rank REAL NOT NULL,
  length_rank INTEGER NOT NULL,
  due TEXT,
  rules TEXT NOT NULL,
  alerts INTEGER NOT NULL,
  PRIMARY KEY (began_ms, session_id)
) STRICT, WITHOUT ROWID;
-- What there is to choose from, per agent ('' for nobody): n contacts have it.
CREATE TABLE contact_values (
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  n INTEGER NOT NULL,
  label TEXT,
  PRIMARY KEY (kind, value, agent_id)
) STRICT, WITHOUT ROWID;
${contactsWhere("true")};
INSERT INTO contact_values (kind, value, agent_id, n, label) SELECT 'agent', agent_id, agent_id, count(*), max(agent_name) FROM contacts WHERE agent_id IS NOT NULL GROUP BY agent_id;
${OFFERED.map((name) => `INSERT INTO contact_values (kind, value, agent_id, n) SELECT '${name}', ${name}, coalesce(agent_id, ''), count(*) FROM contacts WHERE ${name} IS NOT NULL GROUP BY 2, 3;`).join("\n")}
INSERT INTO contact_values (kind, value, agent_id, n) SELECT 'rule', j.value, coalesce(k.agent_id, ''), count(*) FROM contacts k, json_each(k.rules) j GROUP BY 2, 3;
CREATE INDEX contacts_worst ON contacts(mood_rank, session_id, ${LOOKED_AT});
CREATE INDEX contacts_longest ON contacts(length_rank, session_id, mood_rank, ${LOOKED_AT});
CREATE TRIGGER contacts_counted AFTER INSERT ON contacts BEGIN ${countIn} END;
CREATE TRIGGER contacts_uncounted AFTER DELETE ON contacts BEGIN ${countOut} END;
CREATE TRIGGER contacts_recounted AFTER UPDATE ON contacts WHEN ${differ(["agent_id", "agent_name", ...OFFERED, "rules"])} BEGIN ${countOut} ${countIn} END;
CREATE TRIGGER contacts_begun AFTER INSERT ON sessions BEGIN ${refresh("s.id = new.id")} END;
CREATE TRIGGER contacts_changed AFTER UPDATE OF ${OF_SESSION.join(", ")} ON sessions WHEN ${differ(OF_SESSION)} BEGIN ${follow} END;
CREATE TRIGGER contacts_placed AFTER UPDATE OF ${PLACED.join(", ")} ON sessions WHEN ${differ(PLACED)} BEGIN DELETE FROM contacts WHERE session_id = new.id AND new.is_empty = 1; ${refresh("s.id = new.id")} END;
CREATE TRIGGER contacts_gone AFTER DELETE ON sessions BEGIN DELETE FROM contacts WHERE session_id = old.id; END;
CREATE TRIGGER contacts_found AFTER INSERT ON analyses BEGIN ${refresh("s.id = new.session_id")} END;
CREATE TRIGGER contacts_found_again AFTER UPDATE OF body ON analyses BEGIN ${refresh("s.id = new.session_id")} END;
CREATE TRIGGER contacts_unfound AFTER DELETE ON analyses BEGIN ${refresh("s.id = old.session_id")} END;
CREATE TRIGGER contacts_judged AFTER INSERT ON rule_runs BEGIN ${refresh("s.id = new.session_id")} END;
CREATE TRIGGER contacts_judged_again AFTER UPDATE ON rule_runs BEGIN ${refresh("s.id = new.session_id")} END;
CREATE TRIGGER contacts_alerted AFTER INSERT ON rule_alerts BEGIN ${refresh("s.id = new.session_id")} END;
CREATE TRIGGER contacts_of_conversation AFTER UPDATE OF status, topic ON conversations WHEN ${differ(["status", "topic"])} BEGIN ${refresh("s.conversation_id = new.id")} END;

-- Sets of filters that people keep, each for oneself. query: as in the address of the page.
CREATE TABLE saved_views (
  id TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  name TEXT NOT NULL,
  query TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  UNIQUE (owner, name)
) STRICT, WITHOUT ROWID;
`;
