// Teams: which agents' contacts the members of a team see.
import { AppError } from "../domain/index.ts";
import { inTransaction, type Clock, type Db } from "../platform/index.ts";

export interface Team {
  name: string;
  /** ids at the telephone system, sorted */
  agentIds: readonly string[];
  /** how many people and keys see what this team sees */
  members: number;
}

export interface Teams {
  /** by name */
  list(): Team[];
  find(name: string): Team | undefined;
  agentsOf(team: string): string[];
  /** Makes it, or replaces its agents. */
  save(name: string, agentIds: readonly string[]): Team;
  /** @throws AppError NOT_FOUND, or CONFLICT while somebody sees what it sees */
  remove(name: string): void;
}

/** @param db an open, migrated database */
export function createTeams(db: Db, clock: Clock): Teams {
  const list = db.prepare<[], { name: string; members: number }>(`${SELECT} ORDER BY name`);
  const find = db.prepare<[string], { name: string; members: number }>(`${SELECT} WHERE name = ?`);
  const agents = db.prepare<[string], string>("SELECT agent_id FROM team_agents WHERE team = ? ORDER BY length(agent_id), agent_id").pluck();
  const insert = db.prepare("INSERT INTO teams (name, created_at_ms) VALUES (?, ?) ON CONFLICT (name) DO NOTHING");
  const clear = db.prepare("DELETE FROM team_agents WHERE team = ?");
  const join = db.prepare("INSERT OR IGNORE INTO team_agents (team, agent_id) SELECT name, ? FROM teams WHERE name = ?");
  const drop = db.prepare("DELETE FROM teams WHERE name = ?");
  const whole = (row: { name: string; members: number }): Team => ({ ...row, agentIds: agents.all(row.name) });
  const found = (name: string): Team => {
    const row = find.get(name);
    if (row === undefined) throw new AppError("NOT_FOUND", `There is no team ${name}; make it under Settings, People, or with: earshot team set`);
    return whole(row);
  };
  return {
    list: () => list.all().map(whole),
    find(name) {
      const row = find.get(name);
      return row && whole(row);
    },
    agentsOf: (team) => agents.all(team),
    save: (name, agentIds) =>
      inTransaction(db, () => {
        insert.run(name, clock.now());
        clear.run(name);
        for (const id of agentIds) join.run(id, name);
        return found(name);
      }),
    remove: (name) =>
      inTransaction(db, () => {
        const { members } = found(name);
        if (members > 0) throw new AppError("CONFLICT", `${members === 1 ? "One person or key sees" : `${members} people and keys see`} what the team ${name} sees; give them another team first`);
        drop.run(name);
      }),
  };
}

const SELECT = "SELECT name, (SELECT count(*) FROM people WHERE team = teams.name) + (SELECT count(*) FROM api_keys WHERE team = teams.name) AS members FROM teams";
