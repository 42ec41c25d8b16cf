// Settings about who may send: names, secrets and the ways in which a sender proves itself.
import { z } from "zod";

export const name = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, "expected lower-case letters, digits, - and _");
export const secret = z.string().min(16, "expected at least 16 characters").max(512);
export const bearerKey = z.string().regex(/^[\x21-\x7e]{1,512}$/, "expected the key as one word of plain characters");

export const authSchema = z
  .discriminatedUnion("type", [
    z.object({ type: z.literal("standard_webhooks"), secrets: z.array(secret.regex(/^(whsec_)?[A-Za-z0-9+/]+={0,2}$/, "expected whsec_ and base64; make one with: openssl rand -base64 32")).min(1).describe("whsec_… ; several while you change it") }).strict(),
    z
      .object({
        type: z.literal("hmac_sha256"),
        secrets: z.array(secret).min(1),
        header: z.string().default("X-Hub-Signature-256").describe("header that carries the signature of the raw body"),
        encoding: z.enum(["hex", "base64"]).default("hex"),
        timestamp_header: z.string().optional().describe("when set, `<timestamp>.<body>` is signed and the 5-minute window applies"),
      })
      .strict(),
    z.object({ type: z.literal("stripe"), secrets: z.array(secret).min(1), header: z.string().default("Stripe-Signature").describe("header with `t=<unix seconds>,v1=<hex>`; the 5-minute window applies") }).strict().describe("Stripe, DIDWW and others that sign like it"),
    z.object({ type: z.literal("chatwoot"), secrets: z.array(secret).min(1).describe("secret of the webhook or of the API channel in Chatwoot") }).strict(),
    z
      .object({
        type: z.literal("twilio"),
        auth_tokens: z.array(secret).min(1).describe("auth token of the account; several while you change it"),
        public_url: z.url({ protocol: /^https?$/ }).optional().describe("address of this webhook as it stands in Twilio's settings; `http.public_url` with the path when absent"),
      })
      .strict(),
    z.object({ type: z.literal("espocrm"), secrets: z.array(secret).min(1).describe("secret key of the webhook in EspoCRM") }).strict(),
    z.object({ type: z.literal("basic"), user: z.string().min(1), password: secret }).strict(),
    z.object({ type: z.literal("bearer"), tokens: z.array(secret).min(1) }).strict(),
    z.object({ type: z.literal("none") }).strict().describe("only together with allow_ips"),
  ])
  .describe("how this source proves who it is");
export type AuthConfig = z.output<typeof authSchema>;

/** Without any proof the sender's address must be one. */
export const hasProof = (sender: { auth: AuthConfig; allow_ips: readonly string[] }): boolean => sender.auth.type !== "none" || sender.allow_ips.length > 0;
export const NO_PROOF = { message: "auth type none needs allow_ips", path: ["auth"] };
