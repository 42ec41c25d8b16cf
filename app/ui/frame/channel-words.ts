// Channels as people name them. Pure.

const WORDS: Record<string, { one: string; many: string }> = {
  phone: { one: "call", many: "Calls" }, whatsapp: { one: "WhatsApp", many: "WhatsApp" }, web_chat: { one: "web chat", many: "Web chats" }, email: { one: "mail", many: "Mails" },
  sms: { one: "SMS", many: "SMS" }, bot: { one: "bot", many: "Bot" }, social: { one: "social media", many: "Social media" }, document: { one: "document", many: "Documents" },
};

/** `Web chats`; a channel that the house does not know stands for itself */
export const channelWords = (channel: string): string => WORDS[channel]?.many ?? channel.replaceAll("_", " ");
/** of one contact: `web chat` */
export const channelWord = (channel: string): string => WORDS[channel]?.one ?? channel.replaceAll("_", " ");
