// ChannelEvent once more, as strict as can be: what every adapter may hand on, whatever it was given.
import { z } from "zod";
import { ATTACHMENT_ROLES, channelSchema, IDENTITY_KINDS, MESSAGE_KINDS, SPEAKERS } from "../../app/domain/index.ts";

// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f]|\p{Surrogate}/u;
const line = (max: number) => z.string().min(1).max(max).refine((text) => !CONTROL.test(text) && text === text.trim(), "holds control characters or spaces at its ends");
const id = line(300);
// eslint-disable-next-line no-control-regex
const text = z.string().refine((one) => Buffer.byteLength(one) <= 65_536 && !/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]|\p{Surrogate}/u.test(one), "is not clean");
const atMs = z.int().min(0).max(4_200_000_000_000);
const source = z.string().regex(/^[a-z0-9][a-z0-9_-]*$/);
const hex = z.string().regex(/^[0-9a-f]{64}$/);
const identity = z.strictObject({ kind: z.enum(IDENTITY_KINDS), value: line(300) });
const facts = z.record(z.string().regex(/^[a-z0-9][a-z0-9_]{0,63}$/), z.union([z.string().min(1).max(1000), z.number(), z.boolean(), z.null()])).refine((one) => Object.keys(one).length >= 1 && Object.keys(one).length <= 40);

const attachment = z.strictObject({
  role: z.enum(ATTACHMENT_ROLES), name: line(255).optional(), mediaType: z.string().regex(/^[a-z0-9.+-]+\/[a-z0-9.+-]+$/).optional(), sha256: hex.optional(), sizeBytes: z.int().min(1).optional(),
  from: z.union([z.strictObject({ staged: z.strictObject({ file: z.string().min(1), sizeBytes: z.int().min(0), sha256: hex }) }), z.strictObject({ url: z.url({ protocol: /^https?$/ }).max(2048) }), z.strictObject({ mediaId: id })]),
});

const message = z.strictObject({
  source, externalId: id, channel: channelSchema, kind: z.enum(MESSAGE_KINDS), speaker: z.enum(SPEAKERS), text, atMs,
  customer: z.strictObject({ identities: z.array(identity).max(10), claimed: z.array(identity).min(1).max(10).optional(), name: line(200).optional(), isFromCrm: z.literal(true).optional() }),
  sessionKey: id.optional(), follows: z.array(id).min(1).max(50).optional(), references: z.array(z.strictObject({ kind: z.string().regex(/^[a-z][a-z0-9_]*$/), value: line(200) })).min(1).max(20).optional(),
  attachments: z.array(attachment).min(1).max(20).optional(), agent: z.strictObject({ id: id.optional(), name: line(200).optional() }).optional(), queue: line(200).optional(),
  language: z.string().regex(/^[a-z]{2,3}$/).optional(), intent: line(200).optional(), slots: facts.optional(), payload: facts.optional(),
});

export const channelEventsSchema = z.array(
  z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("message"), message }),
    z.strictObject({ kind: z.literal("status"), source, channel: channelSchema, externalId: id, status: z.enum(["sent", "delivered", "read", "failed"]), atMs, code: line(32).optional() }),
    z.strictObject({ kind: z.literal("closed"), source, channel: channelSchema, sessionKey: id, atMs }),
    z.strictObject({ kind: z.literal("renamed"), source, channel: channelSchema, externalId: id, previous: identity, current: z.array(identity).min(1).max(5), atMs }),
    z.strictObject({ kind: z.literal("ignored"), reason: line(200) }),
  ]),
).max(100_000);
