// Who asks: keys of machines and logins of people, and the agents whose contacts each of them sees.
import { randomBytes } from "node:crypto";
import { newId, type Role } from "../domain/index.ts";
import type { Clock, Db } from "../platform/index.ts";
import type { StoreAccess } from "./access-types.ts";
import { createLogins, hashSecret } from "./logins.ts";
import type { Passwords } from "./passwords.ts";
import type { People } from "./people.ts";
import type { Teams } from "./teams.ts";

/** @param db an open, migrated database */
export function createAccess(db: Db, clock: Clock, { people, teams, passwords }: { people: People; teams: Teams; passwords: Passwords }): StoreAccess {
  const insertKey = db.prepare("INSERT INTO api_keys (id, name, role, hash, created_at_ms, agent_id, team) VALUES (?, ?, ?, ?, ?, ?, ?)");
  const findKey = db.prepare<[string], { id: string; name: string; role: Role; created_at_ms: number; agent_id: string | null; team: string | null }>("SELECT * FROM api_keys WHERE hash = ?");
  const logins = createLogins(db, clock, people, passwords);
  const agentsOf = (personId: string): { agentIds?: readonly string[] } => {
    const person = people.find(personId);
    if (person === undefined) return { agentIds: [] };
    if (person.sees === "all") return {};
    return { agentIds: person.sees === "own" ? (person.agentId === null ? [] : [person.agentId]) : teams.agentsOf(person.team ?? "") };
  };
  return {
    ...logins,
    createKey(name, role, { agentId, team } = {}) {
      const secret = `ek_${randomBytes(32).toString("base64url")}`;
      const now = clock.now();
      insertKey.run(newId("key", now), name, role, hashSecret(secret), now, agentId ?? null, team ?? null);
      return secret;
    },
    findKey(presented) {
      const row = findKey.get(hashSecret(presented));
      if (row === undefined) return undefined;
      const agentIds = row.agent_id !== null ? [row.agent_id] : row.team !== null ? teams.agentsOf(row.team) : undefined;
      return { id: row.id, name: row.name, role: row.role, createdAtMs: row.created_at_ms, ...(agentIds === undefined ? {} : { agentIds }) };
    },
    findLogin(token, isUse = true) {
      const login = logins.findRow(token, isUse);
      return login && { ...login, ...(login.person === undefined ? {} : agentsOf(login.person.id)) };
    },
  };
}
