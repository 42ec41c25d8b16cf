// Twilio: HMAC-SHA1 over the address as Twilio knows it and the form's fields; for JSON over the address, which carries the body's digest. Pure.
import { createHash } from "node:crypto";
import { parse, stringify } from "node:querystring";
import type { AuthConfig } from "../../platform/index.ts";
import { digestOf, header, hmac, matchesAny, missingSignature, wrongSignature, type Headers } from "./digests.ts";

/** What Twilio signed, as far as we can know it. */
export interface TwilioRequest {
  headers: Headers;
  rawBody: Buffer;
  /** our public address with the path and query of the request */
  address: string;
}

/** There is no time in it: a repeat is known by its MessageSid. @throws AppError SIGNATURE_INVALID */
export function checkTwilio({ headers, rawBody, address }: TwilioRequest, auth: Extract<AuthConfig, { type: "twilio" }>): void {
  const text = header(headers, "X-Twilio-Signature");
  if (text === undefined) throw missingSignature("The header X-Twilio-Signature is missing; only Twilio may send here");
  const query = address.includes("?") ? address.slice(address.indexOf("?")) : "";
  const signedAddress = auth.public_url === undefined ? address : auth.public_url.replace(/[?#].*$/s, "") + query;
  const bodyDigest = new URLSearchParams(query).get("bodySHA256");
  const isWhole = bodyDigest === null || matchesAny([digestOf(bodyDigest, "hex")], [createHash("sha256").update(rawBody).digest()]);
  const fields = bodyDigest === null ? signedFields(rawBody) : "";
  const expected = addressesOf(signedAddress).flatMap((one) => auth.auth_tokens.map((token) => hmac("sha1", token, one, fields)));
  const isSigned = matchesAny([Buffer.from(text, "base64")], expected);
  if (!isWhole || !isSigned) throw wrongSignature();
}

/** Each name in the order of its code units, followed by its values: each value once, sorted too. */
function signedFields(rawBody: Buffer): string {
  const values = new Map<string, Set<string>>();
  for (const [name, value] of new URLSearchParams(rawBody.toString("utf8"))) values.set(name, (values.get(name) ?? new Set()).add(value));
  return [...values.keys()].sort().map((name) => [...(values.get(name) ?? [])].sort().map((value) => name + value).join("")).join("");
}

/**
 * Twilio's parts disagree on whether the port and the older spelling of the query are signed, so its own libraries try all four: without port and
 * with it, each with the query as it came and as `querystring` writes it.
 */
function addressesOf(address: string): string[] {
  const [, scheme, host, port, rest = ""] = /^(https?):\/\/(\[[^\]]*\]|[^/?#:]*)(?::(\d+))?(.*)$/is.exec(address) ?? [];
  if (scheme === undefined || host === undefined) return [address];
  const bare = `${scheme}://${host}${rest}`;
  const ported = `${scheme}://${host}:${port ?? (scheme.toLowerCase() === "https" ? "443" : "80")}${rest}`;
  return [bare, ported].flatMap((one) => [one, withOlderQuery(one)]);
}

function withOlderQuery(address: string): string {
  const start = address.indexOf("?");
  return start < 0 ? address : `${address.slice(0, start)}?${stringify(parse(address.slice(start + 1)))}`;
}
