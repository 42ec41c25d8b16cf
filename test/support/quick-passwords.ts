// Passwords whose expensive part is replaced by a cheap one that counts: for tests that log in often, or ask how often a password was compared.
import { createHash } from "node:crypto";
import { createPasswords, type Passwords, type ScryptCost } from "../../app/store/index.ts";

export interface QuickPasswords extends Passwords {
  /** what each derivation was asked to cost */
  costs: ScryptCost[];
}

/** @param before runs in the middle of each derivation, where another request may come in between */
export function quickPasswords(before: () => Promise<void> | void = () => undefined): QuickPasswords {
  const costs: ScryptCost[] = [];
  const passwords = createPasswords(async (password, salt, keyBytes, { n, r, p }) => {
    costs.push({ n, r, p });
    await before();
    return createHash("sha256").update(salt).update(password).digest().subarray(0, keyBytes);
  });
  return { ...passwords, costs };
}
