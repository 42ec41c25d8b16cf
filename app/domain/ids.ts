// Ids of everything that is stored: a prefix that says what it is, then 26 characters that sort by time.
import { randomBytes } from "node:crypto";

/** What an id belongs to. The prefix is part of the public API (`cus_…`, `cnv_…`, `ses_…`, `msg_…`). */
export type IdPrefix = "cus" | "idn" | "cnv" | "ses" | "msg" | "rec" | "ana" | "job" | "out" | "evt" | "key" | "lgn" | "att" | "mrg" | "cns" | "exp" | "pay" | "doc" | "per" | "vue";

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * @param prefix what the id belongs to
 * @param nowMs  UTC milliseconds; ids made later sort after ids made earlier (10 characters of time, 16 of chance)
 * @returns e.g. `msg_01JCX3M7Q2E8V6T4Z9K1R5N0PA`; 80 random bits, so collisions are not expected in the life of a site
 */
export function newId(prefix: IdPrefix, nowMs: number): string {
  let time = "";
  for (let rest = Math.floor(nowMs), i = 0; i < 10; i++, rest = Math.floor(rest / 32)) time = CROCKFORD[rest % 32] + time;
  let chance = "";
  for (const byte of randomChunk(16)) chance += CROCKFORD[byte & 31];
  return `${prefix}_${time}${chance}`;
}

/** When an id was made, UTC milliseconds; undefined for text that is no id. */
export function timeOfId(id: string): number | undefined {
  const time = /^[a-z]{3}_([0-9A-HJKMNP-TV-Z]{10})[0-9A-HJKMNP-TV-Z]{16}$/.exec(id)?.[1];
  return time === undefined ? undefined : [...time].reduce((ms, digit) => ms * 32 + CROCKFORD.indexOf(digit), 0);
}

const POOL_BYTES = 4096;
let pool = randomBytes(0);

/** Asking the kernel once for many ids: a burst makes five for each call. */
function randomChunk(length: number): Uint8Array {
  if (pool.length < length) pool = randomBytes(POOL_BYTES);
  const chunk = pool.subarray(0, length);
  pool = pool.subarray(length);
  return chunk;
}

/** True for text that has the shape of an id of this kind. Says nothing about whether it exists. */
export function isId(prefix: IdPrefix, text: string): boolean {
  return text.length === prefix.length + 27 && text.startsWith(`${prefix}_`) && /^[0-9A-HJKMNP-TV-Z]{26}$/.test(text.slice(prefix.length + 1));
}
