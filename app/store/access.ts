// Keys of machines and logins of people. Only SHA-256 hashes of random 256-bit secrets are stored.
import { createHash, randomBytes } from "node:crypto";
import { newId, type Role } from "../domain/index.ts";
import type { Clock, Db } from "../platform/index.ts";
import type { StoreAccess } from "./store.ts";

const CODE_LIFE_MS = 15 * 60_000;
const SESSION_LIFE_MS = 12 * 3_600_000;

/** The secrets have 256 random bits, so one fast hash is enough, and looking the hash up by index tells a stopwatch nothing about the secret. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** @param db an open, migrated database */
export function createAccess(db: Db, clock: Clock): StoreAccess {
  const insertKey = db.prepare("INSERT INTO api_keys (id, name, role, hash, created_at_ms) VALUES (?, ?, ?, ?, ?)");
  const findKey = db.prepare<[string], { id: string; name: string; role: Role; created_at_ms: number }>("SELECT * FROM api_keys WHERE hash = ?");
  const insertLogin = db.prepare("INSERT INTO logins (id, kind, role, hash, expires_at_ms) VALUES (?, ?, ?, ?, ?)");
  const redeem = db.prepare<[string, number], { role: Role }>("UPDATE logins SET used = 1 WHERE kind = 'code' AND hash = ? AND used = 0 AND expires_at_ms > ? RETURNING role");
  const find = db.prepare<[string, number], { id: string; role: Role }>("SELECT id, role FROM logins WHERE kind = 'session' AND hash = ? AND used = 0 AND expires_at_ms > ?");
  const end = db.prepare("UPDATE logins SET used = 1 WHERE kind = 'session' AND hash = ?");
  const prune = db.prepare("DELETE FROM logins WHERE expires_at_ms < ?");
  const makeLogin = (kind: "code" | "session", role: Role, lifeMs: number): string => {
    const secret = randomBytes(32).toString("base64url");
    const now = clock.now();
    prune.run(now);
    insertLogin.run(newId("lgn", now), kind, role, hashSecret(secret), now + lifeMs);
    return secret;
  };
  return {
    createKey(name, role) {
      const secret = `ek_${randomBytes(32).toString("base64url")}`;
      const now = clock.now();
      insertKey.run(newId("key", now), name, role, hashSecret(secret), now);
      return secret;
    },
    findKey(presented) {
      const row = findKey.get(hashSecret(presented));
      return row && { id: row.id, name: row.name, role: row.role, createdAtMs: row.created_at_ms };
    },
    createLoginCode: (role) => makeLogin("code", role, CODE_LIFE_MS),
    redeemLoginCode(code) {
      const row = redeem.get(hashSecret(code), clock.now());
      return row && makeLogin("session", row.role, SESSION_LIFE_MS);
    },
    findLogin: (token) => find.get(hashSecret(token), clock.now()),
    endLogin: (token) => void end.run(hashSecret(token)),
  };
}
