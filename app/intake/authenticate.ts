// Who sent this? Proof over the raw bytes, in constant time, before anything in them is believed. Pure.
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { AppError } from "../domain/index.ts";
import { isInNetworks, parseNetwork, type AuthConfig } from "../platform/index.ts";

export interface VerifyInput {
  auth: AuthConfig;
  /** addresses and networks that may send; empty: any */
  allowIps: readonly string[];
  /** names in lower case, as node gives them */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  rawBody: Buffer;
  /** address of the peer; IPv4 may be written as IPv6 (`::ffff:10.0.0.1`) */
  remoteIp: string;
  nowMs: number;
}

export interface Verified {
  ok: true;
  /** `webhook-id`: seen before with the same digest is a repeat, with another one SIGNATURE_REPLAYED; the pipeline remembers */
  replayKey?: string;
  /** SHA-256 of the raw body, hex */
  contentDigest: string;
}

/** A signature counts 5 minutes, into the past as into the future; the reference implementations agree on it. */
const WINDOW_MS = 5 * 60_000;

/**
 * @throws AppError UNAUTHENTICATED (address, user or token), SIGNATURE_INVALID (missing or wrong), SIGNATURE_EXPIRED (right, and outside the window),
 *   CONFIG_INVALID when a configured secret is not one
 */
export function verifyRequest(input: VerifyInput): Verified {
  const { auth, rawBody } = input;
  checkAddress(input);
  const contentDigest = createHash("sha256").update(rawBody).digest("hex");
  switch (auth.type) {
    case "standard_webhooks":
      return { ok: true, replayKey: checkStandardWebhook(input, auth.secrets), contentDigest };
    case "hmac_sha256":
      checkHmac(input, auth);
      return { ok: true, contentDigest };
    case "basic":
      checkBasic(input, auth.user, auth.password);
      return { ok: true, contentDigest };
    case "bearer":
      checkBearer(input, auth.tokens);
      return { ok: true, contentDigest };
    case "none":
      // The address was the proof; without a list there is none.
      if (input.allowIps.length === 0) throw new AppError("UNAUTHENTICATED", "This source has no proof of identity; give it auth or allow_ips");
      return { ok: true, contentDigest };
  }
}

function checkAddress({ allowIps, remoteIp }: VerifyInput): void {
  if (allowIps.length === 0) return;
  const networks = allowIps.map((entry) => parseNetwork(entry.trim())).filter((network) => network !== undefined);
  if (!isInNetworks(remoteIp, networks)) throw new AppError("UNAUTHENTICATED", "This address may not send for this source; add it to allow_ips when it is yours");
}

/**
 * Standard Webhooks 1.0. Not by the package of that name: it reads the machine's clock and turns the body into text before it signs, so two bodies
 * that are not UTF-8 would share a signature. Tests hold both against each other.
 */
function checkStandardWebhook({ headers, rawBody, nowMs }: VerifyInput, secrets: readonly string[]): string {
  const id = header(headers, "webhook-id");
  const timestamp = header(headers, "webhook-timestamp");
  const signatures = header(headers, "webhook-signature");
  if (id === undefined || timestamp === undefined || signatures === undefined) {
    throw new AppError("SIGNATURE_INVALID", "The headers webhook-id, webhook-timestamp and webhook-signature are needed; sign as Standard Webhooks describes");
  }
  // A dot in the id would let `a.1.b` be read in two ways. Seconds as digits only: nothing else is what was signed.
  if (!/^[^.\s]{1,256}$/.test(id) || !/^[1-9]\d{0,11}$/.test(timestamp)) throw wrongSignature();
  const given = signatures.split(" ").slice(0, 32).flatMap((text) => (text.startsWith("v1,") ? [Buffer.from(text.slice(3), "base64")] : []));
  const expected = secrets.map((secret) => hmac(decodeSecret(secret), `${id}.${timestamp}.`, rawBody));
  if (!matchesAny(given, expected)) throw wrongSignature();
  checkWindow(Number(timestamp) * 1000, nowMs);
  return id;
}

function checkHmac({ headers, rawBody, nowMs }: VerifyInput, auth: Extract<AuthConfig, { type: "hmac_sha256" }>): void {
  const text = header(headers, auth.header)?.trim();
  if (text === undefined) throw new AppError("SIGNATURE_INVALID", `The header ${auth.header} is missing; sign the body with HMAC-SHA256 and send it there`);
  const timestamp = auth.timestamp_header === undefined ? undefined : header(headers, auth.timestamp_header);
  if (auth.timestamp_header !== undefined && !/^[1-9]\d{0,15}$/.test(timestamp ?? "")) {
    throw new AppError("SIGNATURE_INVALID", `The header ${auth.timestamp_header} is missing; send the time in unix seconds there and sign <time>.<body>`);
  }
  const given = decodeDigest(text.replace(/^sha256=/i, ""), auth.encoding);
  const expected = auth.secrets.map((secret) => hmac(Buffer.from(secret, "utf8"), timestamp === undefined ? "" : `${timestamp}.`, rawBody));
  if (!matchesAny([given], expected)) throw wrongSignature();
  if (timestamp !== undefined) checkWindow(Number(timestamp) * (timestamp.length >= 12 ? 1 : 1000), nowMs);
}

function checkBasic({ headers }: VerifyInput, user: string, password: string): void {
  const encoded = /^basic +([A-Za-z0-9+/=_-]+)$/i.exec(header(headers, "authorization") ?? "")?.[1] ?? "";
  const [, givenUser = "", givenPassword = ""] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, "base64").toString("utf8")) ?? [];
  const isUser = equalTexts(givenUser, user);
  const isPassword = equalTexts(givenPassword, password); // both are compared, so that time does not tell which was wrong
  if (!isUser || !isPassword) throw new AppError("UNAUTHENTICATED", "User or password is missing or wrong; correct them in the telephone system");
}

function checkBearer({ headers }: VerifyInput, tokens: readonly string[]): void {
  const given = /^bearer +(\S+)$/i.exec(header(headers, "authorization") ?? "")?.[1] ?? "";
  const matches = tokens.map((token) => equalTexts(given, token));
  if (!matches.includes(true)) throw new AppError("UNAUTHENTICATED", "The token is missing or wrong; correct it in the telephone system");
}

/** Said only to those who know the secret: an expired message with a wrong signature is just wrong. */
function checkWindow(signedAtMs: number, nowMs: number): void {
  if (Math.abs(nowMs - signedAtMs) > WINDOW_MS) {
    throw new AppError("SIGNATURE_EXPIRED", "The message was signed more than 5 minutes ago or in the future; set the clocks of both machines by NTP", {
      details: { ageMs: nowMs - signedAtMs },
    });
  }
}

function hmac(key: Buffer, prefix: string, body: Buffer): Buffer {
  return createHmac("sha256", key).update(prefix).update(body).digest();
}

/** `whsec_` and base64. */
function decodeSecret(secret: string): Buffer {
  const text = secret.replace(/^whsec_/, "");
  const key = Buffer.from(text, "base64");
  if (key.length < 16 || !/^[A-Za-z0-9+/_-]+=*$/.test(text)) {
    throw new AppError("CONFIG_INVALID", "The secret of this source is not whsec_ with at least 16 bytes in base64; make one with: echo whsec_$(openssl rand -base64 32)");
  }
  return key;
}

function decodeDigest(text: string, encoding: "hex" | "base64"): Buffer {
  if (encoding === "hex") return /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, "hex") : Buffer.alloc(0);
  return Buffer.from(text, "base64");
}

/** Every pair is compared, whatever came before; digests of another length cannot match and say nothing by that. */
function matchesAny(given: readonly Buffer[], expected: readonly Buffer[]): boolean {
  let isMatch = false;
  for (const one of given) for (const other of expected) if (one.length === other.length && timingSafeEqual(one, other)) isMatch = true;
  return isMatch;
}

/** Texts of any length in constant time: their digests are compared. */
function equalTexts(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

function header(headers: VerifyInput["headers"], name: string): string | undefined {
  const value = headers[name.toLowerCase()];
  return Array.isArray(value) ? (value.length === 1 ? value[0] : undefined) : value; // sent twice is not sent
}

function wrongSignature(): AppError {
  return new AppError("SIGNATURE_INVALID", "The signature does not fit the body; check that both sides hold the same secret and that nothing in between changes the body");
}
