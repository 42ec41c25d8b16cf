// Channels as people name them. Pure.
import { wordTable } from "../../domain/index.ts";
import { capitalised } from "./words.ts";

/** the channel itself · one contact of it · many of them */
const WORDS = wordTable<{ name: string; one: string; many: string }>({
  phone: { name: "Telephone", one: "call", many: "Calls" },
  whatsapp: { name: "WhatsApp", one: "WhatsApp chat", many: "WhatsApp chats" },
  web_chat: { name: "Web chat", one: "web chat", many: "Web chats" },
  email: { name: "Mail", one: "mail", many: "Mails" },
  sms: { name: "Text message", one: "text message", many: "Text messages" },
  bot: { name: "Assistant", one: "chat with the assistant", many: "Chats with the assistant" },
  social: { name: "Social media", one: "social media contact", many: "Social media contacts" },
  document: { name: "Document", one: "document", many: "Documents" },
  any: { name: "Every channel", one: "contact", many: "Contacts" },
});

const plain = (channel: string): string => channel.replaceAll("_", " ");

/** `web_chat` → `Web chat`; a channel of the site's own making as it is called */
export const channelName = (channel: string): string => WORDS[channel]?.name ?? capitalised(plain(channel));

/** of many contacts: `Web chats` */
export const channelWords = (channel: string): string => WORDS[channel]?.many ?? channelName(channel);

/** of one contact: `web chat` */
export const channelWord = (channel: string): string => WORDS[channel]?.one ?? plain(channel);
