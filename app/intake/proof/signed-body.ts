// HMAC-SHA256 over the body, in the ways that senders write it down: GitHub, Meta, Yeastar, Chatwoot, Stripe, EspoCRM. Pure.
import type { AuthConfig } from "../../platform/index.ts";
import { checkWindow, digestOf, header, hmac, matchesAny, missingSignature, wrongSignature, type Headers } from "./digests.ts";

type Auth<T extends AuthConfig["type"]> = Omit<Extract<AuthConfig, { type: T }>, "type">;

/** One header with the digest of the body, or of `<time>.<body>` where a second header names the time (seconds or milliseconds). */
export function checkHmac(headers: Headers, rawBody: Buffer, nowMs: number, auth: Auth<"hmac_sha256">): void {
  const text = header(headers, auth.header)?.trim();
  if (text === undefined) throw missingSignature(`The header ${auth.header} is missing; sign the body with HMAC-SHA256 and send it there`);
  const timestamp = auth.timestamp_header === undefined ? undefined : header(headers, auth.timestamp_header);
  if (auth.timestamp_header !== undefined && !/^[1-9]\d{0,15}$/.test(timestamp ?? "")) {
    throw missingSignature(`The header ${auth.timestamp_header} is missing; send the time in unix seconds there and sign <time>.<body>`);
  }
  const given = digestOf(text.replace(/^sha256=/i, ""), auth.encoding);
  const expected = auth.secrets.map((secret) => hmac("sha256", secret, timestamp === undefined ? "" : `${timestamp}.`, rawBody));
  if (!matchesAny([given], expected)) throw wrongSignature();
  if (timestamp !== undefined) checkWindow(Number(timestamp) * (timestamp.length >= 12 ? 1 : 1000), nowMs);
}

/** Chatwoot since it signs: `X-Chatwoot-Signature: sha256=…` over `<X-Chatwoot-Timestamp>.<body>`. */
export function checkChatwoot(headers: Headers, rawBody: Buffer, nowMs: number, { secrets }: Auth<"chatwoot">): void {
  checkHmac(headers, rawBody, nowMs, { secrets, header: "X-Chatwoot-Signature", encoding: "hex", timestamp_header: "X-Chatwoot-Timestamp" });
}

/**
 * `t=<unix seconds>,v1=<hex>[,v1=<hex>]` in one header, over `<t>.<body>`, with the secret as it is written. Other keys and versions are passed
 * over; a header with two different times is none.
 */
export function checkStripe(headers: Headers, rawBody: Buffer, nowMs: number, auth: Auth<"stripe">): void {
  const parts = (header(headers, auth.header) ?? "").split(",").slice(0, 32).map((part) => part.trim());
  const valuesOf = (key: string): string[] => parts.flatMap((part) => (part.startsWith(`${key}=`) ? [part.slice(key.length + 1)] : []));
  const [time, ...moreTimes] = new Set(valuesOf("t"));
  if (time === undefined) throw missingSignature(`The header ${auth.header} is missing or names no time; send t=<unix seconds>,v1=<hex of HMAC-SHA256 over time.body>`);
  if (moreTimes.length > 0 || !/^[1-9]\d{0,11}$/.test(time)) throw wrongSignature();
  const expected = auth.secrets.map((secret) => hmac("sha256", secret, `${time}.`, rawBody));
  if (!matchesAny(valuesOf("v1").map((hex) => digestOf(hex, "hex")), expected)) throw wrongSignature();
  checkWindow(Number(time) * 1000, nowMs);
}

/**
 * EspoCRM's outgoing webhooks: `Signature` is the base64 of `<webhook id>:<hex>`; the older `X-Signature` carries the 32 bytes themselves after the
 * colon. Nothing in them is a time, so a repeat is known by what it says.
 */
export function checkEspoCrm(headers: Headers, rawBody: Buffer, { secrets }: Auth<"espocrm">): void {
  const texts = ["Signature", "X-Signature"].flatMap((name) => header(headers, name)?.trim() ?? []);
  if (texts.length === 0) throw missingSignature("The header Signature is missing; set a secret key for the webhook in EspoCRM");
  const given = texts.map((text) => {
    const bytes = Buffer.from(text, "base64");
    const digest = bytes.subarray(bytes.indexOf(":") + 1);
    return digest.length === 64 ? digestOf(digest.toString("latin1"), "hex") : digest;
  });
  if (!matchesAny(given, secrets.map((secret) => hmac("sha256", secret, "", rawBody)))) throw wrongSignature();
}
