// Passwords are kept as scrypt hashes with their parameters and salt beside them; nothing waits in the event loop while one is made.
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { AppError, normalisePassword } from "../domain/index.ts";

/** What a hash was made with. `n`: power of two. */
export interface ScryptCost {
  n: number;
  r: number;
  p: number;
}

export interface PasswordHash extends ScryptCost {
  salt: Buffer;
  key: Buffer;
}

/** 32 MB three times over: as much work as OWASP's first choice (n 2^17, p 1) with a quarter of its memory. About 0.25 s of one core. */
export const PRESENT_COST: ScryptCost = { n: 2 ** 15, r: 8, p: 3 };
const SALT_BYTES = 16;
const KEY_BYTES = 32;
/** Two of Node's four threads for files and names may hash, so that sound is still read from the disk meanwhile. */
const AT_ONCE = 2;
/** Who comes then waits longer than a person does: about 8 s on one core. */
const MAX_WAITING = 64;

/** Does the expensive part: replaced in tests that count how often it ran. */
export type Derive = (password: string, salt: Buffer, keyBytes: number, cost: ScryptCost) => Promise<Buffer>;

export interface Passwords {
  /** @returns what is stored @throws AppError TOO_MANY_REQUESTS when too many wait */
  hash(password: string): Promise<string>;
  /**
   * Costs the same whether there is such a person or not: without a stored hash a decoy is compared.
   * @throws AppError TOO_MANY_REQUESTS when too many wait
   */
  matches(password: string, stored: string | null | undefined): Promise<boolean>;
}

export function createPasswords(derive: Derive = deriveKey): Passwords {
  const decoy = formatPasswordHash({ ...PRESENT_COST, salt: randomBytes(SALT_BYTES), key: randomBytes(KEY_BYTES) });
  const inTurn = takeFew(AT_ONCE);
  return {
    hash: (password) =>
      inTurn(async () => {
        const salt = randomBytes(SALT_BYTES);
        return formatPasswordHash({ ...PRESENT_COST, salt, key: await derive(normalisePassword(password), salt, KEY_BYTES, PRESENT_COST) });
      }),
    matches: (password, stored) =>
      inTurn(async () => {
        const known = parsePasswordHash(stored ?? decoy) ?? parsePasswordHash(decoy);
        if (known === undefined) return false;
        const key = await derive(normalisePassword(password), known.salt, known.key.length, known);
        return timingSafeEqual(key, known.key) && typeof stored === "string";
      }),
  };
}

/** The PHC string format: `$scrypt$ln=15,r=8,p=3$<salt>$<key>`, base64 without padding. */
export function formatPasswordHash({ n, r, p, salt, key }: PasswordHash): string {
  return `$scrypt$ln=${Math.log2(n)},r=${r},p=${p}$${bare(salt)}$${bare(key)}`;
}

/** @returns undefined for anything that `formatPasswordHash` does not write, and for parameters outside of what this machine would bear (1 GB) */
export function parsePasswordHash(text: string): PasswordHash | undefined {
  const [, ln, r, p, salt, key] = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w+/]{11,86})\$([\w+/]{22,86})$/.exec(text) ?? [];
  if (ln === undefined || r === undefined || p === undefined || salt === undefined || key === undefined) return undefined;
  const parsed = { n: 2 ** Number(ln), r: Number(r), p: Number(p), salt: Buffer.from(salt, "base64"), key: Buffer.from(key, "base64") };
  const isBearable = parsed.n >= 2 && parsed.r >= 1 && parsed.p >= 1 && 128 * parsed.n * parsed.r <= 2 ** 30;
  return isBearable && formatPasswordHash(parsed) === text ? parsed : undefined;
}

/** In a thread of Node's pool, never in the event loop. */
function deriveKey(password: string, salt: Buffer, keyBytes: number, { n, r, p }: ScryptCost): Promise<Buffer> {
  return new Promise((resolve, reject) => scrypt(password, salt, keyBytes, { N: n, r, p, maxmem: 256 * n * r }, (error, key) => (error === null ? resolve(key) : reject(error))));
}

function bare(bytes: Buffer): string {
  return bytes.toString("base64").replace(/=+$/, "");
}

/** So many at once, the others in the order in which they came. */
function takeFew(atOnce: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= atOnce) {
      if (waiting.length >= MAX_WAITING) throw new AppError("TOO_MANY_REQUESTS", "Too many people log in at this moment; try again in a few seconds", { details: { retryAfterSeconds: 10 } });
      await new Promise<void>((resolve) => waiting.push(resolve)); // whoever leaves hands its place over
    } else running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}
