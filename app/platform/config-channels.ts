// Settings of the channels other than the telephone: WhatsApp, and fronts that post their messages.
import { z } from "zod";
import { channelSchema } from "../domain/index.ts";
import { mailboxesSchema } from "./config-mailboxes.ts";
import { authSchema, bearerKey, hasProof, name, NO_PROOF, secret } from "./config-auth.ts";

/** Names that other things in the thread come under: ids of two fronts must never meet. */
const RESERVED_FRONTS = ["whatsapp", "api", "upload", "import"];

const frontSchema = z
  .object({
    name: name.refine((text) => !RESERVED_FRONTS.includes(text), `expected a name other than ${RESERVED_FRONTS.join(", ")}`).describe("last part of the webhook address: /v1/webhooks/messages/<name>; never change it, the ids of messages and visitors belong to it"),
    adapter: z.enum(["chatwoot", "twilio", "postmark"]),
    auth: authSchema,
    allow_ips: z.array(z.string()).default([]).describe("addresses or networks (10.0.0.0/8) that may post; empty: any"),
    channel: channelSchema.refine((text) => text !== "phone", "expected a channel other than phone, which is for calls").optional().describe("channel of everything that comes from here; what the front says when absent"),
    own_addresses: z.array(z.string().toLowerCase()).default([]).describe("for postmark: the site's own addresses; mail from them is an agent's"),
    own_domains: z.array(z.string().toLowerCase()).default([]).describe("for postmark: the site's own domains"),
    trust_contacts: z.boolean().default(false).describe("what the front knows of its contacts joins customers; when false, what visitors typed about themselves only suggests"),
  })
  .strict()
  .refine(hasProof, NO_PROOF);

const whatsappSchema = z
  .object({
    verify_token: secret.describe("word of your choice that Meta repeats when the webhook address is set: /v1/webhooks/whatsapp"),
    app_secrets: z.array(secret).min(1).describe("secret of the Meta app, which signs every message; several while you change it"),
    access_token: bearerKey.describe("token of a system user, for fetching pictures and voice notes"),
    graph_url: z.url({ protocol: /^https?$/ }).default("https://graph.facebook.com").describe("Meta's server, or a relay of yours that stands in for it"),
    api_version: z.string().regex(/^v\d{1,3}\.\d{1,2}$/, "expected a version such as v24.0").default("v24.0").describe("version of the Graph API that the Meta app uses"),
    phone_number_ids: z.array(z.string().regex(/^\d{1,32}$/, "expected the id of a number, digits only")).default([]).describe("only messages to these numbers are taken; empty: all of the app"),
  })
  .strict();

export const channelsSchema = z
  .object({
    whatsapp: whatsappSchema.optional().describe("WhatsApp Cloud API; Meta posts to /v1/webhooks/whatsapp"),
    fronts: z.array(frontSchema).default([]),
    mailboxes: mailboxesSchema,
  })
  .strict()
  .prefault({});

export type FrontConfig = z.output<typeof frontSchema>;
export type WhatsAppConfig = z.output<typeof whatsappSchema>;
