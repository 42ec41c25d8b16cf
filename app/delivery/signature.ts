// Proof that a result comes from this Earshot: the Standard Webhooks signature.
import { Webhook } from "standardwebhooks";
import { AppError } from "../domain/index.ts";

/**
 * HMAC-SHA256 over `id.timestamp.body` as https://www.standardwebhooks.com fixes it.
 * @param secret     `whsec_` and base64: the decoded bytes are the key. Anything else: its UTF-8 bytes are the key, so that a CRM which
 *   only knows a plain password can check the signature too
 * @param id         the webhook-id; constant over all attempts, without dots
 * @param timestampS seconds since 1970 UTC, of this attempt
 * @param body       exactly the text that is sent
 * @returns the value of `webhook-signature`, e.g. `v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=`
 * @throws AppError CONFIG_INVALID when the secret cannot be a key
 */
export function signStandardWebhook(secret: string, id: string, timestampS: number, body: string): string {
  return keyOf(secret).sign(id, new Date(timestampS * 1000), body);
}

function keyOf(secret: string): Webhook {
  try {
    return secret.startsWith("whsec_") ? new Webhook(secret) : new Webhook(Buffer.from(secret, "utf8"), { format: "raw" });
  } catch (cause) {
    throw new AppError("CONFIG_INVALID", "crm.secret cannot be used as a key; expected whsec_ followed by base64, e.g. from: echo whsec_$(openssl rand -base64 32)", { cause });
  }
}
