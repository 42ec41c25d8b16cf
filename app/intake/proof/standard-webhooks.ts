// Standard Webhooks 1.0: id.time.body, several signatures, several secrets. Pure.
import { AppError } from "../../domain/index.ts";
import { checkWindow, header, hmac, matchesAny, missingSignature, wrongSignature, type Headers } from "./digests.ts";

/**
 * Not by the package of that name: it reads the machine's clock and turns the body into text before it signs, so two bodies that are not UTF-8
 * would share a signature. Tests hold both against each other.
 * @returns the id of the message
 */
export function checkStandardWebhook(headers: Headers, rawBody: Buffer, nowMs: number, secrets: readonly string[]): string {
  const id = header(headers, "webhook-id");
  const timestamp = header(headers, "webhook-timestamp");
  const signatures = header(headers, "webhook-signature");
  if (id === undefined || timestamp === undefined || signatures === undefined) {
    throw missingSignature("The headers webhook-id, webhook-timestamp and webhook-signature are needed; sign as Standard Webhooks describes");
  }
  // A dot in the id would let `a.1.b` be read in two ways. Seconds as digits only: nothing else is what was signed.
  if (!/^[^.\s]{1,256}$/.test(id) || !/^[1-9]\d{0,11}$/.test(timestamp)) throw wrongSignature();
  const given = signatures.split(" ").slice(0, 32).flatMap((text) => (text.startsWith("v1,") ? [Buffer.from(text.slice(3), "base64")] : []));
  const expected = secrets.map((secret) => hmac("sha256", decodeSecret(secret), `${id}.${timestamp}.`, rawBody));
  if (!matchesAny(given, expected)) throw wrongSignature();
  checkWindow(Number(timestamp) * 1000, nowMs);
  return id;
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
