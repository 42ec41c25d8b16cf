// Logins of people: one-time codes, set-up codes, sessions that end by themselves. Only SHA-256 hashes of random 256-bit secrets are stored.
import { createHash, randomBytes } from "node:crypto";
import { newId, type Role } from "../domain/index.ts";
import { inTransaction, type Clock, type Db } from "../platform/index.ts";
import type { LoginRow, SessionView, StoreAccess, Whence } from "./access-types.ts";
import type { Passwords } from "./passwords.ts";
import type { People } from "./people.ts";

export const CODE_LIFE_MS = 15 * 60_000;
/** A day: the link travels by mail or on paper. */
export const SET_UP_LIFE_MS = 24 * 3_600_000;
/** A working day; NIST SP 800-63B asks for a new proof after at most 12 h. */
export const SESSION_LIFE_MS = 12 * 3_600_000;
/** Without a request of a person for this long a session ends: long enough to listen to a call or to take one. */
export const SESSION_IDLE_MS = 60 * 60_000;
/** Being used is written down once a minute at most: each time is a write to the disk. */
const SEEN_EVERY_MS = 60_000;

/** What is said of these is in `StoreAccess`. */
export interface Logins extends Omit<StoreAccess, "createKey" | "findKey" | "findLogin"> {
  findRow(token: string, isUse: boolean): LoginRow | undefined;
}

/** The secrets have 256 random bits, so one fast hash is enough, and looking the hash up by index tells a stopwatch nothing about the secret. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** @param db an open, migrated database */
export function createLogins(db: Db, clock: Clock, people: People, passwords: Passwords): Logins {
  const insert = db.prepare("INSERT INTO logins (id, kind, role, hash, expires_at_ms, person_id, started_at_ms, seen_at_ms, address, browser) VALUES (@id, @kind, @role, @hash, @expiresAt, @personId, @now, @now, @address, @browser)");
  const redeemCode = db.prepare<[string, number], { role: Role }>("UPDATE logins SET used = 1 WHERE kind = 'code' AND hash = ? AND used = 0 AND expires_at_ms > ? RETURNING role");
  const findSetUp = db.prepare<[string, number], string>("SELECT person_id FROM logins l JOIN people p ON p.id = l.person_id WHERE kind = 'setup' AND hash = ? AND used = 0 AND expires_at_ms > ? AND p.disabled = 0").pluck();
  const find = db.prepare<{ hash: string; now: number; idle: number }, FoundRow>(
    "SELECT l.id, coalesce(p.role, l.role) AS role, p.id AS person_id, p.name, l.seen_at_ms FROM logins l LEFT JOIN people p ON p.id = l.person_id WHERE l.kind = 'session' AND l.hash = @hash AND l.used = 0 AND l.expires_at_ms > @now AND l.seen_at_ms > @idle AND coalesce(p.disabled, 0) = 0",
  );
  const sessions = db.prepare<{ personId: string; now: number; idle: number }, SessionView>(
    "SELECT id, started_at_ms AS startedAtMs, seen_at_ms AS seenAtMs, expires_at_ms AS expiresAtMs, address, browser FROM logins WHERE person_id = @personId AND kind = 'session' AND used = 0 AND expires_at_ms > @now AND seen_at_ms > @idle ORDER BY started_at_ms DESC, id DESC",
  );
  const seen = db.prepare("UPDATE logins SET seen_at_ms = ? WHERE id = ?");
  const end = db.prepare("UPDATE logins SET used = 1 WHERE kind = 'session' AND hash = ?");
  const endOne = db.prepare("DELETE FROM logins WHERE kind = 'session' AND person_id = ? AND id = ?");
  const endAll = db.prepare("DELETE FROM logins WHERE kind = 'session' AND person_id = ?");
  const forget = db.prepare("DELETE FROM logins WHERE person_id = ?");
  const prune = db.prepare("DELETE FROM logins WHERE expires_at_ms < ?");

  const make = (kind: "code" | "session" | "setup", role: Role, lifeMs: number, personId: string | null, from?: Whence): { token: string; id: string } => {
    const token = randomBytes(32).toString("base64url");
    const now = clock.now();
    const id = newId("lgn", now);
    prune.run(now);
    insert.run({ id, kind, role, hash: hashSecret(token), expiresAt: now + lifeMs, personId, now, address: from?.address ?? null, browser: from?.browser ?? null });
    return { token, id };
  };
  const startLogin = (personId: string, from: Whence): { token: string; id: string } => make("session", people.find(personId)?.role ?? "agent", SESSION_LIFE_MS, personId, from);
  const invited = (code: string): string | undefined => findSetUp.get(hashSecret(code), clock.now());
  /** Whoever knew the old password, or held an old session, is out. */
  const takeOn = (personId: string, hash: string, from: Whence): string => {
    people.setPassword(personId, hash);
    forget.run(personId);
    return startLogin(personId, from).token;
  };

  return {
    createLoginCode: (role) => make("code", role, CODE_LIFE_MS, null).token,
    redeemLoginCode(code, from) {
      const row = redeemCode.get(hashSecret(code), clock.now());
      return row && make("session", row.role, SESSION_LIFE_MS, null, from).token;
    },
    startLogin,
    findRow(token, isUse) {
      const now = clock.now();
      const row = find.get({ hash: hashSecret(token), now, idle: now - SESSION_IDLE_MS });
      if (row === undefined) return undefined;
      if (isUse && row.seen_at_ms < now - SEEN_EVERY_MS) seen.run(now, row.id);
      return { id: row.id, role: row.role, ...(row.person_id === null ? {} : { person: { id: row.person_id, name: row.name ?? "" } }) };
    },
    endLogin: (token) => void end.run(hashSecret(token)),
    sessionsOf: (personId) => sessions.all({ personId, now: clock.now(), idle: clock.now() - SESSION_IDLE_MS }),
    endSession: (personId, id) => endOne.run(personId, id).changes > 0,
    endSessionsOf: (personId) => endAll.run(personId).changes,
    invite: (personId) =>
      inTransaction(db, () => {
        people.forgetPassword(personId);
        forget.run(personId);
        return make("setup", "agent", SET_UP_LIFE_MS, personId).token;
      }),
    invited,
    async setUp(code, password, from) {
      if (invited(code) === undefined) return undefined;
      const hash = await passwords.hash(password);
      return inTransaction(db, () => {
        const personId = invited(code); // somebody else may have used it meanwhile
        return personId === undefined ? undefined : { personId, token: takeOn(personId, hash, from) };
      });
    },
    async changePassword(personId, current, password, from) {
      const person = people.find(personId);
      if (person === undefined || (await people.proven(person.login, current)) === undefined) return undefined;
      const hash = await passwords.hash(password);
      return inTransaction(db, () => (people.find(personId)?.state === "active" ? takeOn(personId, hash, from) : undefined));
    },
  };
}

interface FoundRow {
  id: string;
  role: Role;
  person_id: string | null;
  name: string | null;
  seen_at_ms: number;
}
