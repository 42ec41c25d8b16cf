// Words and signs of channels, messages, addresses and consent, as people say them. Pure.
import { groupedPhone, type ConsentPurpose, type ConsentState } from "../../domain/index.ts";
import { channelName } from "../frame/channel-words.ts";
import { html, type Html } from "../frame/html.ts";
import { chip } from "../frame/words.ts";

const KIND_WORDS: Readonly<Record<string, string>> = {
  voice_note: "voice note", audio: "sound", image: "picture", video: "video", sticker: "sticker", document: "document", location: "place", contacts: "contact card", interactive: "chosen answer", button: "chosen answer",
  reaction: "reaction", order: "order", form: "form", event: "what happened", unsupported: "cannot be shown here", picture: "what the picture shows", page: "page",
};

/** What a message is, where it is more than text. */
export function kindWords(kind: string): string | null {
  return kind === "text" || kind === "turn" ? null : (KIND_WORDS[kind] ?? kind.replaceAll("_", " "));
}

const ADDRESS_WORDS: Readonly<Record<string, string>> = { e164: "Telephone", wa_id: "WhatsApp", wa_bsuid: "WhatsApp account", email: "Mail", chat_id: "Chat account", crm_id: "CRM record", extension: "Extension" };

/** @param kind of an identity */
export function addressWords(kind: string): string {
  return ADDRESS_WORDS[kind] ?? kind;
}

/** An address as people read it: telephone numbers in groups, a chat account without the name of the system that gave it, which stands before the first colon. */
export function shownAddress({ kind, value }: { kind: string; value: string }): string {
  if (kind === "e164" || kind === "wa_id") return groupedPhone(value.startsWith("+") ? value : `+${value}`);
  return kind === "chat_id" ? value.slice(value.indexOf(":") + 1) : value;
}

/** Kinds of addresses that a person may link, with what to write. */
export const LINKABLE: readonly { kind: string; words: string }[] = [{ kind: "e164", words: "Telephone number" }, { kind: "email", words: "Mail address" }, { kind: "wa_id", words: "WhatsApp number" }, { kind: "crm_id", words: "CRM record" }];

export const PURPOSE_WORDS: Readonly<Record<ConsentPurpose, string>> = { recording: "Recording", analysis: "Analysis", outbound_messaging: "Messages to them", marketing: "Marketing" };
export const CONSENT_WORDS: Readonly<Record<ConsentState, string>> = { granted: "given", withdrawn: "withdrawn", unknown: "not asked" };

const SOURCE_WORDS: Readonly<Record<string, string>> = { stop_word: "said in the conversation", policy: "the site's rule", api: "another system", ivr: "IVR", crm: "CRM", agent: "an agent", dashboard: "written down here" };

/** Who says so. */
export function sourceWords(source: string): string {
  return SOURCE_WORDS[source] ?? source.replaceAll("_", " ");
}

/** Of a conversation. */
export function matterChip(status: string, when?: Html): Html {
  const tone = status === "resolved" ? "good" : status === "open" || status === "reopened" ? "warn" : "";
  return when === undefined ? chip(tone, MATTER_WORDS[status] ?? status) : html`<span class="chip ${tone}">${MATTER_WORDS[status] ?? status}&nbsp;${when}</span>`;
}

export const MATTER_WORDS: Readonly<Record<string, string>> = { open: "open", reopened: "open again", waiting: "waiting for the customer", resolved: "resolved" };

const STATUS_WORDS: Readonly<Record<string, string>> = { sent: "sent", delivered: "delivered", read: "read by them", failed: "not delivered" };

/** What became of a message that went out. */
export function deliveryWords(status: string): Html | string {
  return status === "failed" ? chip("bad", "not delivered") : (STATUS_WORDS[status] ?? status);
}

/** `120 kB` */
export function sizeWords(bytes: number): string {
  return bytes < 1000 ? `${bytes} B` : bytes < 999_500 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

const GLYPHS = {
  chat: html`<path d="M2 3h12v8H7l-3 3v-3H2Z"/>`,
  call: html`<path d="M3 2.5 5.5 2 7 5.5 5.2 6.8c.8 1.7 2.3 3.2 4 4L10.5 9 14 10.5 13.5 13c-.1.6-.6 1-1.2 1C7 14 2 9 2 3.7c0-.6.4-1.1 1-1.2Z"/>`,
  mail: html`<path d="M2 4h12v9H2Zm0 0 6 5 6-5"/>`,
  doc: html`<path d="M4 2h5l3 3v9H4Zm5 0v3h3"/>`,
};

/** A sign beside an entry, which says the channel to readers too. */
export function glyph(channel: string, kind: string): Html {
  const sign = channel === "phone" ? "call" : channel === "email" ? "mail" : channel === "document" || kind === "document" || kind === "image" ? "doc" : "chat";
  return html`<svg class="glyph" width="16" height="16" viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.3" role="img" aria-label="${channelName(channel)}">${GLYPHS[sign]}</svg>`;
}
