// Text and small facts of strangers, made harmless: bounded, without control characters, flat. Pure.
import type { AttachmentRole, InboundAttachment, InboundMessage, MessageKind } from "../../domain/index.ts";
import { parseStamp, type Zone } from "../local-time.ts";

/** Of one message; WhatsApp allows 4,096 characters, a pasted log is longer, and no agent reads more. */
export const MAX_TEXT_BYTES = 64 * 1024;
const MAX_FACT_LENGTH = 1000;
const MAX_FACTS = 40;
/** A message may be said to come from the future by as much as clocks are wrong. */
const FUTURE_MS = 86_400_000;

/** What may stand in a payload or a slot. */
export type Fact = string | number | boolean | null;
export type Facts = Readonly<Record<string, Fact>>;

/** Text as it is stored: line breaks are \n, no other control characters but tabs, no half characters, at most 64 KB of UTF-8. */
export function cleanText(value: unknown): string {
  if (typeof value !== "string") return "";
  // No text within the limit is longer than this: a giant one is cut before it is looked through.
  const text = plain(value.slice(0, MAX_TEXT_BYTES)).replace(/\r\n?/g, "\n").trim();
  if (Buffer.byteLength(text) <= MAX_TEXT_BYTES) return text;
  const bytes = Buffer.from(text);
  let end = MAX_TEXT_BYTES;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--; // not within a character
  return bytes.subarray(0, end).toString("utf8").trimEnd();
}

/** One line of at most `maxLength` characters, e.g. a name; undefined when it says nothing. Numbers are written as text. */
export function cleanLine(value: unknown, maxLength = 200): string | undefined {
  const text = typeof value === "number" && Number.isFinite(value) ? String(value) : typeof value === "string" ? value : "";
  const line = plain(plain(text.slice(0, maxLength * 4)).replace(/\s+/g, " ").trim().slice(0, maxLength)).trim();
  return line === "" ? undefined : line;
}

/** An id of another system: printable, whole; undefined when it is none. A part of an id could be somebody else's, so long ones are none either. */
export function cleanId(value: unknown, maxLength = 256): string | undefined {
  const text = typeof value === "number" && Number.isSafeInteger(value) ? String(value) : typeof value === "string" ? value.trim() : "";
  // eslint-disable-next-line no-control-regex
  return text === "" || text.length > maxLength || /[\u0000-\u001f\u007f-\u009f]|\p{Surrogate}/u.test(text) ? undefined : text;
}

/** Facts of a message: known ones only, names in lower case with _, texts bounded, at most 40. Undefined when none is left. */
export function factsOf(values: Readonly<Record<string, unknown>>): Facts | undefined {
  const known = Object.entries(values).flatMap(([name, value]): [string, Fact][] => {
    const key = name.toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "").slice(0, 64);
    const fact = factOf(value);
    return key === "" || fact === undefined ? [] : [[key, fact]];
  });
  return known.length === 0 ? undefined : Object.fromEntries(known.slice(0, MAX_FACTS));
}

function factOf(value: unknown): Fact | undefined {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  return cleanLine(value, MAX_FACT_LENGTH);
}

/** When a front says that something happened: seconds, milliseconds or a date; `nowMs` when it does not say so, or names a time that cannot be. */
export function momentOf(value: unknown, nowMs: number, zone: Zone = 0): number {
  const text = typeof value === "number" || typeof value === "string" ? String(value).slice(0, 64) : "";
  const atMs = parseStamp(text, zone);
  return atMs === undefined || atMs < 0 || atMs > nowMs + FUTURE_MS ? nowMs : Math.round(atMs);
}

/** @returns lower-case hex of a SHA-256 in hex or base64; undefined for anything else */
export function digestHex(value: unknown): string | undefined {
  const text = typeof value === "string" ? value.trim() : "";
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase();
  const bytes = /^[A-Za-z0-9+/_-]{43}=?$/.test(text) ? Buffer.from(text, "base64") : undefined;
  return bytes?.length === 32 ? bytes.toString("hex") : undefined;
}

/** `audio/ogg; codecs=opus` → `audio/ogg`; undefined for what is no media type. */
export function mediaTypeOf(value: unknown): string | undefined {
  const bare = typeof value === "string" ? (value.slice(0, 200).split(";")[0] ?? "").trim().toLowerCase() : "";
  return /^[a-z0-9][a-z0-9.+-]{0,60}\/[a-z0-9][a-z0-9.+-]{0,80}$/.test(bare) ? bare : undefined;
}

/** What can be done with a file of this media type. */
export function roleOf(mediaType: string | undefined): AttachmentRole {
  const family = mediaType?.split("/")[0];
  return family === "audio" || family === "image" || family === "video" ? family : "document";
}

/** An address that can be fetched; what it leads to is checked when it is. */
export function webAddress(value: unknown): string | undefined {
  const text = typeof value === "string" && value.length <= 2048 ? value.trim() : "";
  return /^https?:\/\//i.test(text) && URL.canParse(text) ? text : undefined;
}

/** Written words make it a text, whatever came with them; a file alone is what it is. */
export function kindOf(text: string, attachments: readonly InboundAttachment[]): MessageKind {
  return text !== "" || attachments[0] === undefined ? "text" : attachments[0].role;
}

/** Lists that say nothing are left out, as everything unknown is. */
export function attached(attachments: readonly InboundAttachment[]): Pick<InboundMessage, "attachments"> {
  return attachments.length === 0 ? {} : { attachments };
}

/** Control characters become spaces (line breaks and tabs stay), half characters �. */
function plain(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, " ").replace(/\p{Surrogate}/gu, "\ufffd");
}
