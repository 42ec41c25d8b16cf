// People with names and passwords, teams of agents, logins that belong to a person, keys that see some agents' contacts only.
export const version = 190;

export const sql = `
CREATE TABLE teams (
  name TEXT PRIMARY KEY COLLATE NOCASE,
  created_at_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE team_agents (
  team TEXT NOT NULL COLLATE NOCASE REFERENCES teams(name) ON DELETE CASCADE,
  agent_id TEXT NOT NULL,
  PRIMARY KEY (team, agent_id)
) STRICT, WITHOUT ROWID;

-- Nobody is ever deleted: the audit trail names people by these ids.
CREATE TABLE people (
  id TEXT PRIMARY KEY,
  login TEXT NOT NULL UNIQUE, -- folded: lower case, NFKC
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  sees TEXT NOT NULL,
  agent_id TEXT,
  team TEXT COLLATE NOCASE REFERENCES teams(name),
  password TEXT, -- scrypt with its parameters; NULL until one is chosen
  disabled INTEGER NOT NULL DEFAULT 0,
  created_at_ms INTEGER NOT NULL,
  changed_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX people_team ON people(team) WHERE team IS NOT NULL;

-- Logins from before have no time at which they were last used, so they end with this step.
ALTER TABLE logins ADD COLUMN person_id TEXT REFERENCES people(id);
ALTER TABLE logins ADD COLUMN started_at_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE logins ADD COLUMN seen_at_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE logins ADD COLUMN address TEXT;
ALTER TABLE logins ADD COLUMN browser TEXT;
CREATE INDEX logins_person ON logins(person_id) WHERE person_id IS NOT NULL;

ALTER TABLE api_keys ADD COLUMN agent_id TEXT;
ALTER TABLE api_keys ADD COLUMN team TEXT COLLATE NOCASE REFERENCES teams(name);
`;
