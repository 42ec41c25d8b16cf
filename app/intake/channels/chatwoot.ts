// Chatwoot: web chat, mail and social channels behind one front; its account webhooks and API channels post the same shape. Pure.
import { z } from "zod";
import { chatIdentity, normaliseCrmId, normaliseEmail, normalisePhone, type Channel, type ChannelEvent, type CustomerClaim, type InboundAttachment, type InboundMessage, type Speaker } from "../../domain/index.ts";
import { defined } from "../defined.ts";
import { bodyText, invalid, parseJsonObject, type SourceRequest } from "../sources/request.ts";
import { claimOf, identityOf, type ChannelContext } from "./channel.ts";
import { attached, cleanId, cleanLine, cleanText, factsOf, kindOf, momentOf, webAddress } from "./words.ts";

const text = z.union([z.string(), z.number()]).optional().catch(undefined);
const personSchema = z.object({ id: text, name: text, email: text, phone_number: text, identifier: text, type: text }).optional().catch(undefined);
const attachmentSchema = z.object({ file_type: text, data_url: text, file_size: z.number().optional().catch(undefined), extension: text, coordinates_lat: z.number().optional().catch(undefined), coordinates_long: z.number().optional().catch(undefined), fallback_title: text });
const conversationSchema = z.object({
  id: text, channel: text, status: text,
  meta: z.object({ sender: personSchema, team: personSchema }).optional().catch(undefined),
  contact_inbox: z.object({ hmac_verified: z.boolean().optional().catch(undefined) }).optional().catch(undefined),
  additional_attributes: z.object({ browser_language: text }).optional().catch(undefined),
});
const eventSchema = conversationSchema.extend({
  event: z.string({ error: "expected the name of an event, such as message_created" }),
  content: z.string().nullish().catch(undefined), message_type: text, content_type: text, private: z.boolean().optional().catch(undefined),
  created_at: text, updated_at: text, timestamp: text, last_activity_at: text,
  content_attributes: z.object({ in_reply_to: text, email: z.object({ subject: text }).optional().catch(undefined) }).optional().catch(undefined),
  sender: personSchema, contact: personSchema, inbox: personSchema,
  conversation: conversationSchema.optional().catch(undefined),
  attachments: z.array(z.unknown()).optional().catch(undefined),
});
type Person = z.output<typeof personSchema>;
type Event = z.output<typeof eventSchema>;

/** Numbers where older versions write them. Templates are sent by rules, e.g. greetings. */
const MESSAGE_TYPES: Readonly<Record<string, "incoming" | "outgoing" | "template">> = { incoming: "incoming", outgoing: "outgoing", template: "template", 0: "incoming", 1: "outgoing", 3: "template" };
const CHANNELS_OF_CHATWOOT = new Map<string, Channel>([
  ["webwidget", "web_chat"], ["api", "web_chat"], ["email", "email"], ["whatsapp", "whatsapp"], ["sms", "sms"], ["twiliosms", "sms"],
  ["facebookpage", "social"], ["instagram", "social"], ["telegram", "social"], ["line", "social"], ["twitterprofile", "social"], ["tiktok", "social"],
]);

/** @throws AppError REQUEST_MALFORMED (no JSON object), REQUEST_INVALID (no event; a message without an id) */
export function parseChatwoot(request: SourceRequest, context: ChannelContext): ChannelEvent[] {
  const parsed = eventSchema.safeParse(parseJsonObject(bodyText(request)));
  if (!parsed.success) throw invalid(parsed.error.issues.map((issue) => ({ path: issue.path.join(".") || "(body)", message: issue.message })));
  const event = parsed.data;
  if (event.event === "message_created") return [messageEvent(event, context)];
  if (event.event === "conversation_status_changed" || event.event === "conversation_resolved") return [statusEvent(event, context)];
  return [{ kind: "ignored", reason: `${/^[a-z_]{1,40}$/.test(event.event) ? event.event : "this event"} brings no message` }];
}

function messageEvent(event: Event, context: ChannelContext): ChannelEvent {
  const id = cleanId(event.id);
  if (id === undefined) throw invalid([{ path: "id", message: "expected the id of the message" }]);
  if (event.private === true) return { kind: "ignored", reason: "a private note" };
  const type = Object.hasOwn(MESSAGE_TYPES, String(event.message_type)) ? MESSAGE_TYPES[String(event.message_type)] : undefined;
  if (type === undefined) return { kind: "ignored", reason: "a message that neither side wrote" };
  const channel = channelOf(event, context);
  const files = (event.attachments ?? []).slice(0, 20).flatMap((one) => attachmentSchema.safeParse(one).data ?? []);
  const attachments = files.flatMap((file) => attachmentOf(file) ?? []);
  const place = files.find((file) => file.file_type === "location" && file.coordinates_lat !== undefined && file.coordinates_long !== undefined);
  const content = cleanText(event.content);
  const words = content === "" && place !== undefined ? (cleanLine(place.fallback_title) ?? "") : content;
  const conversation = cleanId(event.conversation?.id);
  const replyTo = cleanId(event.content_attributes?.in_reply_to);
  const message: InboundMessage = {
    source: context.source,
    externalId: id,
    channel,
    kind: content === "" && place !== undefined ? "location" : kindOf(words, attachments),
    speaker: speakerOf(type, event.sender),
    text: words,
    atMs: momentOf(event.created_at, context.nowMs),
    customer: customerOf(event, type, context),
    ...attached(attachments),
    ...defined({
      sessionKey: conversation,
      follows: replyTo === undefined ? undefined : [replyTo],
      agent: type === "outgoing" && event.sender !== undefined ? defined({ id: cleanId(event.sender.id), name: cleanLine(event.sender.name) }) : undefined,
      queue: cleanLine(event.conversation?.meta?.team?.name) ?? cleanLine(event.inbox?.name),
      language: /^[a-z]{2,3}/.exec(String(event.conversation?.additional_attributes?.browser_language ?? ""))?.[0],
      payload: factsOf({ subject: event.content_attributes?.email?.subject, latitude: place?.coordinates_lat, longitude: place?.coordinates_long }),
    }),
  };
  return { kind: "message", message };
}

/** Resolved is closed; whatever is written afterwards begins a new contact. */
function statusEvent(event: Event, context: ChannelContext): ChannelEvent {
  const sessionKey = cleanId(event.id) ?? cleanId(event.conversation?.id);
  if (sessionKey === undefined) throw invalid([{ path: "id", message: "expected the id of the conversation" }]);
  if (event.event !== "conversation_resolved" && (event.status ?? event.conversation?.status) !== "resolved") return { kind: "ignored", reason: "the conversation was not resolved" };
  return { kind: "closed", source: context.source, channel: channelOf(event, context), sessionKey, atMs: momentOf(event.updated_at ?? event.timestamp ?? event.last_activity_at, context.nowMs) };
}

function channelOf(event: Event, { channel }: ChannelContext): Channel {
  return channel ?? ownChannelOf(event);
}

/** What Chatwoot itself calls it. Only this says whether an address is proven: the settings may name the channel as they like. */
function ownChannelOf(event: Event): Channel {
  const said = String(event.conversation?.channel ?? event.channel ?? "").slice(0, 64).replace(/^Channel::/, "").toLowerCase();
  return CHANNELS_OF_CHATWOOT.get(said) ?? "web_chat";
}

function speakerOf(type: "incoming" | "outgoing" | "template", sender: Person): Speaker {
  if (type === "incoming") return "customer";
  return type === "template" || sender === undefined || /bot|captain/i.test(String(sender.type ?? "")) ? "bot" : "agent";
}

/**
 * The contact's id at this front is always a proof. What stands in its card was typed by the visitor, unless the channel delivers there, the site
 * has signed the identifier (HMAC identity validation), or the administrator trusts the contacts.
 */
function customerOf(event: Event, type: string, { source, country, trustsContacts }: ChannelContext): CustomerClaim {
  const channel = ownChannelOf(event);
  const contact = (type === "incoming" ? event.sender : undefined) ?? event.conversation?.meta?.sender ?? event.contact;
  const asText = (value: string | number | undefined): string | undefined => (value === undefined ? undefined : String(value).slice(0, 512));
  const said = [
    { identity: identityOf("crm_id", normaliseCrmId(asText(contact?.identifier))), isProven: trustsContacts || event.conversation?.contact_inbox?.hmac_verified === true },
    { identity: identityOf("e164", normalisePhone(asText(contact?.phone_number), country)), isProven: trustsContacts || channel === "whatsapp" || channel === "sms" },
    { identity: identityOf("email", normaliseEmail(asText(contact?.email))), isProven: trustsContacts || channel === "email" },
    { identity: chatIdentity(source, cleanId(contact?.id)), isProven: true },
  ];
  return claimOf(said, cleanLine(contact?.name));
}

function attachmentOf(file: z.output<typeof attachmentSchema>): InboundAttachment | undefined {
  const url = webAddress(file.data_url);
  if (url === undefined) return undefined;
  const role = file.file_type === "image" || file.file_type === "audio" || file.file_type === "video" ? file.file_type : "document";
  const name = cleanLine(decoded(new URL(url).pathname.split("/").at(-1) ?? ""), 255);
  const sizeBytes = file.file_size !== undefined && Number.isSafeInteger(file.file_size) && file.file_size > 0 ? file.file_size : undefined;
  return { role, ...defined({ name, sizeBytes }), from: { url } };
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
