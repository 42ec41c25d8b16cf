// People who use the dashboard. Nobody is deleted: whoever leaves is disabled, and the audit trail keeps meaning somebody.
import { AppError, foldLogin, newId, settleStanding, type PersonRole, type PersonState, type Sees, type Standing, type StandingWish } from "../domain/index.ts";
import { inTransaction, type Clock, type Db } from "../platform/index.ts";
import type { Passwords } from "./passwords.ts";

export interface Person extends Standing {
  id: string;
  name: string;
  /** folded */
  login: string;
  state: PersonState;
  createdAtMs: number;
  changedAtMs: number;
}

export interface NewPerson extends StandingWish {
  name: string;
  login: string;
}

export interface People {
  /** by name; a house has hundreds of people at most */
  list(): Person[];
  count(): number;
  find(id: string): Person | undefined;
  /** @param login in any writing */
  byLogin(login: string): Person | undefined;
  /** @throws AppError REQUEST_INVALID for an impossible login or standing, CONFLICT for a login that is taken */
  add(person: NewPerson): Person;
  /** @throws AppError NOT_FOUND, REQUEST_INVALID, CONFLICT for the last administrator */
  change(id: string, wish: StandingWish & { name?: string | undefined }): Person;
  /** Its logins end with it. @throws AppError NOT_FOUND, CONFLICT for the last administrator */
  disable(id: string): Person;
  /** @throws AppError NOT_FOUND */
  enable(id: string): Person;
  /** Takes the password away. @throws AppError NOT_FOUND */
  forgetPassword(id: string): void;
  setPassword(id: string, hash: string): void;
  /** Takes as long for a name that nobody has. @returns who it is; undefined for a wrong name, a wrong password, and for whoever may not log in */
  proven(login: string, password: string): Promise<Person | undefined>;
}

/** @param db an open, migrated database */
export function createPeople(db: Db, clock: Clock, passwords: Passwords): People {
  const all = db.prepare<[], PersonRow>("SELECT * FROM people ORDER BY disabled, name COLLATE NOCASE, id");
  const count = db.prepare<[], number>("SELECT count(*) FROM people").pluck();
  const one = db.prepare<[string], PersonRow>("SELECT * FROM people WHERE id = ?");
  const byLogin = db.prepare<[string], PersonRow>("SELECT * FROM people WHERE login = ?");
  const insert = db.prepare("INSERT INTO people (id, login, name, role, sees, agent_id, team, created_at_ms, changed_at_ms) VALUES (@id, @login, @name, @role, @sees, @agentId, @team, @at, @at)");
  const update = db.prepare("UPDATE people SET name = @name, role = @role, sees = @sees, agent_id = @agentId, team = @team, changed_at_ms = @at WHERE id = @id");
  const setDisabled = db.prepare("UPDATE people SET disabled = ?, changed_at_ms = ? WHERE id = ?");
  const setPassword = db.prepare("UPDATE people SET password = ?, changed_at_ms = ? WHERE id = ?");
  const endLogins = db.prepare("DELETE FROM logins WHERE person_id = ?");
  const otherAdmins = db.prepare<[string], number>("SELECT count(*) FROM people WHERE role = 'admin' AND disabled = 0 AND password IS NOT NULL AND id <> ?").pluck();
  const teamName = db.prepare<[string], string>("SELECT name FROM teams WHERE name = ?").pluck();

  const found = (id: string): Person => {
    const row = one.get(id);
    if (row === undefined) throw new AppError("NOT_FOUND", "There is no such person; Settings, People lists everybody");
    return personOf(row);
  };
  const settled = (wish: StandingWish): Standing => {
    const standing = settleStanding(wish);
    if ("path" in standing) throw invalid(standing.path, standing.message);
    if (standing.team === null) return standing;
    const team = teamName.get(standing.team);
    if (team === undefined) throw invalid("team", `there is no team ${standing.team}; make it first`);
    return { ...standing, team };
  };
  /** Whoever counts as an administrator can log in now. */
  const keepAnAdmin = ({ id, name, role, state }: Person): void => {
    if (role === "admin" && state === "active" && otherAdmins.get(id) === 0) throw new AppError("CONFLICT", `${name} is the only administrator who can log in; make somebody else an administrator first`);
  };

  return {
    list: () => all.all().map(personOf),
    count: () => count.get() ?? 0,
    find(id) {
      const row = one.get(id);
      return row && personOf(row);
    },
    byLogin(login) {
      const row = byLogin.get(foldLogin(login) ?? "");
      return row && personOf(row);
    },
    add: ({ name, login, ...wish }) =>
      inTransaction(db, () => {
        const folded = foldLogin(login);
        if (folded === undefined) throw invalid("login", "expected 2 to 64 letters, digits and . _ @ + -, beginning with a letter or digit");
        if (byLogin.get(folded) !== undefined) throw new AppError("CONFLICT", `The login name ${folded} is taken; choose another one`);
        const at = clock.now();
        const id = newId("per", at);
        insert.run({ id, login: folded, name, ...settled(wish), at });
        return found(id);
      }),
    change: (id, { name, ...wish }) =>
      inTransaction(db, () => {
        const before = found(id);
        const standing = settled(wish);
        if (standing.role !== "admin") keepAnAdmin(before);
        update.run({ id, name: name ?? before.name, ...standing, at: clock.now() });
        return found(id);
      }),
    disable: (id) =>
      inTransaction(db, () => {
        keepAnAdmin(found(id));
        setDisabled.run(1, clock.now(), id);
        endLogins.run(id);
        return found(id);
      }),
    enable: (id) =>
      inTransaction(db, () => {
        setDisabled.run(0, clock.now(), found(id).id);
        return found(id);
      }),
    forgetPassword: (id) => void setPassword.run(null, clock.now(), id),
    setPassword: (id, hash) => void setPassword.run(hash, clock.now(), id),
    async proven(login, password) {
      const row = byLogin.get(foldLogin(login) ?? "");
      const isRight = await passwords.matches(password, row?.password);
      const now = row && one.get(row.id); // a reset or an end that came while the password was compared counts
      return isRight && now !== undefined && now.disabled === 0 && now.password === row?.password ? personOf(now) : undefined;
    },
  };
}

interface PersonRow {
  id: string;
  login: string;
  name: string;
  role: PersonRole;
  sees: Sees;
  agent_id: string | null;
  team: string | null;
  password: string | null;
  disabled: 0 | 1;
  created_at_ms: number;
  changed_at_ms: number;
}

function personOf(row: PersonRow): Person {
  const { id, login, name, role, sees, agent_id, team, password, disabled, created_at_ms, changed_at_ms } = row;
  return { id, login, name, role, sees, agentId: agent_id, team, state: disabled === 1 ? "disabled" : password === null ? "invited" : "active", createdAtMs: created_at_ms, changedAtMs: changed_at_ms };
}

function invalid(path: string, message: string): AppError {
  return new AppError("REQUEST_INVALID", `${path}: ${message}`, { details: { problems: [{ path, message }] } });
}
