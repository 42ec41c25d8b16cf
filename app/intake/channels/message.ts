// POST /v1/messages: one message of any channel, or up to 100, from a machine with a key. Pure.
import { z } from "zod";
import {
  channelSchema, chatIdentity, normaliseCrmId, normaliseEmail, normalisePhone, referenceSchema, timeSchema,
  type ChannelEvent, type CustomerClaim, type InboundAttachment, type InboundMessage, type Reference,
} from "../../domain/index.ts";
import { defined } from "../defined.ts";
import { invalid, malformed, parseJsonObject } from "../sources/request.ts";
import { problemsOf } from "../sources/generic.ts";
import { claimOf, identityOf } from "./channel.ts";
import { attached, cleanLine, cleanText, digestHex, factsOf, kindOf, mediaTypeOf, roleOf } from "./words.ts";

/** Source of what comes with a key instead of a signature. */
export const API = "api";
export const MAX_MESSAGES = 100;

// eslint-disable-next-line no-control-regex
const idSchema = z.union([z.string().trim().min(1).max(256).regex(/^[^\u0000-\u001f\u007f-\u009f]*$/), z.int().transform(String)], { error: "expected an id of 1 to 256 printable characters" });
const line = z.string().max(2000).transform((text) => cleanLine(text)).optional();
const factSchema = z.union([z.string().max(4000), z.number(), z.boolean(), z.null()], { error: "expected a text, a number, true, false or null" });

const customerSchema = z.object({
  phone: z.string().max(100).optional(),
  email: z.string().max(320).optional(),
  crm_id: idSchema.optional().describe("its number in the CRM"),
  chat_id: idSchema.optional().describe("the visitor's id on your side; when several systems use this address, put the system's name in front"),
  name: line,
  verified: z.boolean().optional().describe("false: a visitor typed this; then it suggests and joins nobody, except chat_id and the address that the channel itself delivers to. true together with crm_id: the CRM says so, and its name counts"),
});

const attachmentSchema = z
  .object({
    url: z.url({ protocol: /^https$/, error: "expected an address with https" }).max(2048).optional().describe("fetched when its host is in intake.recording_hosts"),
    content: z.string().min(1).refine(isBase64, "expected base64").optional().describe("the file itself in base64, instead of url; all of a request together at most 4 MB"),
    name: line,
    media_type: z.string().max(200).optional(),
    role: z.enum(["voice_note", "audio", "image", "document", "video", "sticker"]).optional().describe("by media_type when absent; voice notes and audio are heard, pictures and documents are read"),
    sha256: z.string().regex(/^[0-9a-fA-F]{64}$/, "expected 64 hexadecimal digits").optional(),
  })
  .refine((one) => (one.url === undefined) !== (one.content === undefined), { message: "expected either url or content", path: ["url"] });

export const messageInputSchema = z
  .object({
    channel: channelSchema.refine((text) => text !== "phone", "expected a channel other than phone; calls come with their recording to /v1/calls"),
    external_id: idSchema.optional().describe("your id of the message; the same id on the same channel is taken once. Needed unless event is given"),
    event: z.literal("closed").optional().describe("instead of a message: the contact session_external_id has ended"),
    customer: customerSchema.prefault({}),
    sender: z.enum(["customer", "agent", "bot"]).default("customer"),
    text: z.string().max(1_000_000).default("").describe("kept up to 64 KB"),
    sent_at: timeSchema.optional().describe("RFC 3339 or milliseconds since 1970; the time of arrival when absent"),
    session_external_id: idSchema.optional().describe("your id of the contact that this belongs to"),
    reply_to: z.union([idSchema, z.array(idSchema).max(50)], { error: "expected an id or up to 50 of them" }).optional().describe("ids of earlier messages on this channel that it answers"),
    references: z.array(referenceSchema).max(20).optional().describe("other systems' names for the matter, e.g. a ticket; equal ones are one conversation"),
    attachments: z.array(attachmentSchema).max(20).default([]),
    agent: z.object({ id: line, name: line }).optional(),
    queue: line,
    language: z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9-]{2,20})?$/, "expected a language code such as en").optional(),
    intent: line.describe("what the bot believes the customer wants: kept for whoever answers next"),
    slots: z.record(z.string().max(64), factSchema).refine((slots) => Object.keys(slots).length <= 40, "expected at most 40 slots").optional().describe("what the bot has collected so far"),
    payload: z.record(z.string().max(64), factSchema).refine((facts) => Object.keys(facts).length <= 40, "expected at most 40 facts").optional(),
  })
  .superRefine((message, context) => {
    const problem = (path: string, text: string): void => context.addIssue({ code: "custom", path: [path], message: text });
    if (message.event === "closed") {
      if (message.session_external_id === undefined) problem("session_external_id", "expected the id of the contact that has ended");
      return;
    }
    if (message.external_id === undefined) problem("external_id", "expected your id of the message, so that a repeat changes nothing");
    if (cleanText(message.text) === "" && message.attachments.length === 0) problem("text", "expected text, or an attachment");
  });

export const messagesInputSchema = z.object({ messages: z.array(messageInputSchema).min(1).max(MAX_MESSAGES, `expected at most ${MAX_MESSAGES} messages`) });

export type MessageInput = z.output<typeof messageInputSchema>;
type AttachmentInput = MessageInput["attachments"][number];

/** A file that came inside the request and lies in the vault now. */
export type StagedContent = { file: string; sizeBytes: number; sha256: string };

/** @throws AppError REQUEST_MALFORMED (no JSON object), REQUEST_INVALID with every mistake and the expected value */
export function readMessages(rawBody: Buffer): MessageInput[] {
  const body = parseJsonObject(utf8(rawBody));
  const isBatch = Object.hasOwn(body, "messages");
  const parsed = isBatch ? messagesInputSchema.safeParse(body) : messageInputSchema.safeParse(body);
  if (!parsed.success) throw invalid(problemsOf(parsed.error).slice(0, 50));
  return "messages" in parsed.data ? parsed.data.messages : [parsed.data];
}

/** The attachments that carry their file with them, in order. */
export function inlineAttachments(inputs: readonly MessageInput[]): { attachment: AttachmentInput; bytes: Buffer }[] {
  return inputs.flatMap((input) => input.attachments.flatMap((attachment) => (attachment.content === undefined ? [] : [{ attachment, bytes: Buffer.from(attachment.content, "base64") }])));
}

/** @param staged where each attachment of `inlineAttachments` lies now */
export function messageEvents(inputs: readonly MessageInput[], staged: ReadonlyMap<AttachmentInput, StagedContent>, { country, nowMs }: { country: string; nowMs: number }): ChannelEvent[] {
  return inputs.map((input): ChannelEvent => {
    const { channel, session_external_id: sessionKey } = input;
    const atMs = Math.min(input.sent_at ?? nowMs, nowMs + 86_400_000);
    if (input.event === "closed") return { kind: "closed", source: API, channel, sessionKey: sessionKey ?? "", atMs };
    const text = cleanText(input.text);
    const attachments = input.attachments.flatMap((one) => attachmentOf(one, staged.get(one)) ?? []);
    const message: InboundMessage = {
      source: API,
      externalId: input.external_id ?? "",
      channel,
      kind: kindOf(text, attachments),
      speaker: input.sender,
      text,
      atMs,
      customer: customerOf(input, country),
      ...attached(attachments),
      ...defined({
        sessionKey,
        follows: input.reply_to === undefined ? undefined : [input.reply_to].flat(),
        references: input.references === undefined || input.references.length === 0 ? undefined : (input.references as Reference[]),
        agent: input.agent === undefined ? undefined : defined(input.agent),
        queue: input.queue,
        language: input.language?.split("-")[0],
        intent: input.intent,
        slots: factsOf(input.slots ?? {}),
        payload: factsOf(input.payload ?? {}),
      }),
    };
    return { kind: "message", message };
  });
}

/**
 * The machine that holds the key knows its customers, unless it says that a visitor typed this. Even then the channel has delivered to the
 * address that it is named after.
 */
function customerOf({ channel, customer }: MessageInput, country: string): CustomerClaim {
  const crmId = normaliseCrmId(customer.crm_id);
  const isKnown = customer.verified !== false;
  const said = [
    { identity: identityOf("crm_id", crmId), isProven: isKnown },
    { identity: identityOf("e164", normalisePhone(customer.phone, country)), isProven: isKnown || channel === "sms" || channel === "whatsapp" },
    { identity: identityOf("email", normaliseEmail(customer.email)), isProven: isKnown || channel === "email" },
    { identity: chatIdentity(API, customer.chat_id), isProven: true },
  ];
  return { ...claimOf(said, customer.name), ...(customer.verified === true && crmId !== undefined ? { isFromCrm: true } : {}) };
}

function attachmentOf(input: AttachmentInput, staged: StagedContent | undefined): InboundAttachment | undefined {
  if (input.url === undefined && staged === undefined) return undefined;
  const mediaType = mediaTypeOf(input.media_type);
  const sha256 = staged?.sha256 ?? digestHex(input.sha256);
  return {
    role: input.role ?? roleOf(mediaType),
    ...defined({ name: input.name, mediaType, sha256, sizeBytes: staged?.sizeBytes }),
    from: staged === undefined ? { url: input.url ?? "" } : { staged: { file: staged.file, sizeBytes: staged.sizeBytes, sha256: staged.sha256 } },
  };
}

/** Not by a pattern of groups of four, which costs a stack entry a group: a file has millions. */
function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}

function utf8(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw malformed("(body)", "expected UTF-8 text", cause);
  }
}
