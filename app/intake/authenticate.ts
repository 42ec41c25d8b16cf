// Who sent this? Proof over the raw bytes, in constant time, before anything in them is believed. Pure.
import { createHash } from "node:crypto";
import { AppError } from "../domain/index.ts";
import { isInNetworks, parseNetwork, type AuthConfig } from "../platform/index.ts";
import { equalTexts, header, type Headers } from "./proof/digests.ts";
import { checkChatwoot, checkEspoCrm, checkHmac, checkStripe } from "./proof/signed-body.ts";
import { checkStandardWebhook } from "./proof/standard-webhooks.ts";
import { checkTwilio } from "./proof/twilio.ts";

export interface VerifyInput {
  auth: AuthConfig;
  /** addresses and networks that may send; empty: any */
  allowIps: readonly string[];
  /** names in lower case, as node gives them */
  headers: Headers;
  rawBody: Buffer;
  /** address of the peer; IPv4 may be written as IPv6 (`::ffff:10.0.0.1`) */
  remoteIp: string;
  /** our public address with the path and query of the request: some sign it */
  address?: string;
  nowMs: number;
}

export interface Verified {
  ok: true;
  /** `webhook-id`: seen before with the same digest is a repeat, with another one SIGNATURE_REPLAYED; the pipeline remembers */
  replayKey?: string;
  /** SHA-256 of the raw body, hex */
  contentDigest: string;
}

/**
 * @throws AppError UNAUTHENTICATED (address, user or token), SIGNATURE_INVALID (missing or wrong), SIGNATURE_EXPIRED (right, and outside the window),
 *   CONFIG_INVALID when a configured secret is not one
 */
export function verifyRequest(input: VerifyInput): Verified {
  checkAddress(input);
  const replayKey = checkProof(input);
  return { ok: true, ...(replayKey === undefined ? {} : { replayKey }), contentDigest: createHash("sha256").update(input.rawBody).digest("hex") };
}

/** @returns the id of the message when the proof covers one */
function checkProof(input: VerifyInput): string | undefined {
  const { auth, headers, rawBody, nowMs } = input;
  switch (auth.type) {
    case "standard_webhooks":
      return checkStandardWebhook(headers, rawBody, nowMs, auth.secrets);
    case "hmac_sha256":
      return void checkHmac(headers, rawBody, nowMs, auth);
    case "stripe":
      return void checkStripe(headers, rawBody, nowMs, auth);
    case "chatwoot":
      return void checkChatwoot(headers, rawBody, nowMs, auth);
    case "twilio":
      return void checkTwilio({ headers, rawBody, address: input.address ?? "" }, auth);
    case "espocrm":
      return void checkEspoCrm(headers, rawBody, auth);
    case "basic":
      return void checkBasic(input, auth.user, auth.password);
    case "bearer":
      return void checkBearer(input, auth.tokens);
    case "none":
      // The address was the proof; without a list there is none.
      if (input.allowIps.length === 0) throw new AppError("UNAUTHENTICATED", "This source has no proof of identity; give it auth or allow_ips");
      return undefined;
  }
}

function checkAddress({ allowIps, remoteIp }: VerifyInput): void {
  if (allowIps.length === 0) return;
  const networks = allowIps.map((entry) => parseNetwork(entry.trim())).filter((network) => network !== undefined);
  if (!isInNetworks(remoteIp, networks)) throw new AppError("UNAUTHENTICATED", "This address may not send for this source; add it to allow_ips when it is yours");
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
