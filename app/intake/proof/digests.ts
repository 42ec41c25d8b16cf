// What every proof is made of: digests of raw bytes, compared in constant time, within a window of time. Pure.
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { AppError } from "../../domain/index.ts";

/** Names in lower case, as node gives them. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** A signature counts 5 minutes, into the past as into the future; the reference implementations agree on it. */
const WINDOW_MS = 5 * 60_000;

/** @returns HMAC over the prefix and then the body, both as bytes */
export function hmac(algorithm: "sha256" | "sha1", key: string | Buffer, prefix: string, body: Buffer | string): Buffer {
  return createHmac(algorithm, key).update(prefix, "utf8").update(body).digest();
}

/** @returns the 32 bytes of a SHA-256 in hex or base64; empty for any other text, which matches nothing */
export function digestOf(text: string, encoding: "hex" | "base64"): Buffer {
  if (encoding === "hex") return /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, "hex") : Buffer.alloc(0);
  return Buffer.from(text, "base64");
}

/** Every pair is compared, whatever came before; digests of another length cannot match and say nothing by that. */
export function matchesAny(given: readonly Buffer[], expected: readonly Buffer[]): boolean {
  let isMatch = false;
  for (const one of given) for (const other of expected) if (one.length === other.length && timingSafeEqual(one, other)) isMatch = true;
  return isMatch;
}

/** Texts of any length in constant time: their digests are compared. */
export function equalTexts(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

/** @returns the header; sent twice is not sent */
export function header(headers: Headers, name: string): string | undefined {
  const value = headers[name.toLowerCase()];
  return Array.isArray(value) ? (value.length === 1 ? value[0] : undefined) : value;
}

/** Said only to those who know the secret: an expired message with a wrong signature is just wrong. @throws AppError SIGNATURE_EXPIRED */
export function checkWindow(signedAtMs: number, nowMs: number): void {
  if (Math.abs(nowMs - signedAtMs) > WINDOW_MS) {
    throw new AppError("SIGNATURE_EXPIRED", "The message was signed more than 5 minutes ago or in the future; set the clocks of both machines by NTP", {
      details: { ageMs: nowMs - signedAtMs },
    });
  }
}

export function wrongSignature(): AppError {
  return new AppError("SIGNATURE_INVALID", "The signature does not fit the body; check that both sides hold the same secret and that nothing in between changes the body");
}

export function missingSignature(what: string): AppError {
  return new AppError("SIGNATURE_INVALID", what);
}
