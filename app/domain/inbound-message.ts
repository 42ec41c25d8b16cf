// What arrives on a channel other than the telephone, in the one shape that every adapter produces.
import { z } from "zod";
import type { Speaker } from "./glossary.ts";
import type { CustomerClaim, Identity } from "./identity.ts";
import type { Reference } from "./reference.ts";

/** Channels that Earshot has rules for; every other name in the same style is taken too and follows the rules of a chat. */
export const CHANNELS = ["phone", "whatsapp", "web_chat", "email", "sms", "bot", "social", "document"] as const;
export type Channel = string;

/** Lower-case letters, digits and _, at most 32. `phone` is for calls, which come with a recording. */
export const channelSchema = z.string().regex(/^[a-z][a-z0-9_]{0,31}$/, "expected a channel such as web_chat, email, sms or bot");

/**
 * What a message is, whatever its channel. `turn` has times in a recording; `page` and `picture` were read out of an attachment of the
 * message before them; `event` says what happened ("the customer changed the number"); `unsupported` keeps the place of what cannot be read.
 */
export const MESSAGE_KINDS = ["turn", "text", "voice_note", "audio", "image", "video", "sticker", "document", "page", "picture", "location", "contacts", "interactive", "button", "reaction", "order", "form", "event", "unsupported"] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

/** What can be done with an attachment: voice notes and audio are heard, pictures and documents are read, the rest is only kept. */
export const ATTACHMENT_ROLES = ["voice_note", "audio", "image", "document", "video", "sticker"] as const;
export type AttachmentRole = (typeof ATTACHMENT_ROLES)[number];

/** A file that came with a message, or that can be fetched. */
export interface InboundAttachment {
  role: AttachmentRole;
  /** as the sender named it: shown, never a path */
  name?: string;
  /** as the sender claims; what it is shows its content */
  mediaType?: string;
  /** digest that the sender announced, lower-case hex; checked when it is fetched */
  sha256?: string;
  sizeBytes?: number;
  /** already in the vault, behind an address, or behind an id that the front exchanges for an address (WhatsApp) */
  from: { staged: { file: string; sizeBytes: number; sha256: string } } | { url: string } | { mediaId: string };
}

export interface InboundMessage {
  /** the front that delivered it, as configured, e.g. `whatsapp`, `api`, `support-mail` */
  source: string;
  /** its id there; (source, channel, id) is taken once and for ever */
  externalId: string;
  channel: Channel;
  kind: MessageKind;
  speaker: Speaker;
  /** "" when all is in the attachment */
  text: string;
  atMs: number;
  customer: CustomerClaim;
  /** what the front calls the contact this belongs to; the counterpart's surest identity when absent */
  sessionKey?: string;
  /** ids, on the same channel, of messages that this one answers or follows (mail `References`, WhatsApp `context.id`) */
  follows?: readonly string[];
  /** what the matter is called elsewhere: equal references are one conversation */
  references?: readonly Reference[];
  attachments?: readonly InboundAttachment[];
  agent?: { id?: string; name?: string };
  queue?: string;
  language?: string;
  /** what the bot believes the customer wants, and what it has collected so far: kept for whoever answers next */
  intent?: string;
  slots?: Readonly<Record<string, string | number | boolean | null>>;
  /** what the kind holds besides text: coordinates, the id of the button, the emoji; small and flat */
  payload?: Readonly<Record<string, string | number | boolean | null>>;
}

/** What the adapter of a channel made of one request or mail, in the order of the request. */
export type ChannelEvent =
  | { kind: "message"; message: InboundMessage }
  /** what became of a message that went out */
  | { kind: "status"; source: string; channel: Channel; externalId: string; status: "sent" | "delivered" | "read" | "failed"; atMs: number; code?: string }
  /** the front closed the contact */
  | { kind: "closed"; source: string; channel: Channel; sessionKey: string; atMs: number }
  /** one person, new address: said by the channel itself, so both are joined */
  | { kind: "renamed"; source: string; channel: Channel; externalId: string; previous: Identity; current: readonly Identity[]; atMs: number }
  /** understood and of no interest: acknowledged, audited, not stored */
  | { kind: "ignored"; reason: string };

/** Answer to messages; a repeat gets the same answer. */
export interface Received {
  /** ids of the messages in the order of the request */
  message_ids: string[];
  status: "received";
}
