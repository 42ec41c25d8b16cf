// The bytes of a mail → its header lines, texts and parts. The only file that knows mailparser; nothing is fetched, everything is bounded.
import { Readable } from "node:stream";
import type { AddressObject, EmailAddress, ParsedMail } from "mailparser";
import { AppError } from "../../domain/index.ts";
import { htmlText } from "./html-text.ts";
import { oneLine, type Mail, type MailAddress, type MailPart } from "./mail-shape.ts";

/** References with 2,000 ids take 120 KB; a mail with more header lines than this is an attack. */
const MAX_HEAD_BYTES = 256 * 1024;
const MAX_PARTS = 300;
const MAX_FILES = 50;
const MAX_ADDRESSES = 100;
const MAX_TEXT = 1_000_000;
const PIECE_BYTES = 64 * 1024;
/** Nothing is waited for, so a parser that is not done by then never will be. */
const LONGEST_PARSE_MS = 60_000;

/**
 * @param raw      RFC 5322, as it lies on the server
 * @param maxBytes the first byte beyond it refuses the mail
 * @throws AppError TOO_LARGE; MAIL_UNREADABLE (too many parts, endless headers, what the parser does not understand)
 */
export async function parseMail(raw: Buffer, maxBytes: number): Promise<Mail> {
  if (raw.length > maxBytes) throw new AppError("TOO_LARGE", `The mail is larger than the ${maxBytes} bytes that are accepted`, { retry: "after_fix", details: { maxBytes, sizeBytes: raw.length } });
  const parsed = await understand(raw);
  const html = typeof parsed.html === "string" ? parsed.html.slice(0, MAX_TEXT) : "";
  const plain = (parsed.text ?? "").slice(0, MAX_TEXT);
  return {
    headers: (parsed.headerLines ?? []).map(({ key, line }) => [key, unfold(line)] as const),
    from: addressesOf(parsed.from),
    replyTo: addressesOf(parsed.replyTo),
    to: addressesOf(parsed.to),
    cc: addressesOf(parsed.cc),
    bcc: addressesOf(parsed.bcc),
    subject: wordsOf(parsed.subject, 500),
    text: /\S/.test(plain) ? plain : htmlText(html),
    html,
    parts: parsed.attachments.slice(0, MAX_FILES).map(partOf),
    partsDropped: Math.max(0, parsed.attachments.length - MAX_FILES),
  };
}

/** Just the header lines of a mail that is not read further: too large, or of no use. Never throws. @param head its first bytes */
export async function parseHead(head: Buffer): Promise<Mail | undefined> {
  const end = head.indexOf("\r\n\r\n");
  const lines = head.subarray(0, end === -1 ? Math.max(0, head.lastIndexOf("\r\n")) : end);
  // Without its own content type: there is no content here for it to describe.
  const bare = lines.toString("latin1").replace(/^(content-|mime-)[^\n]*(\n[ \t][^\n]*)*\n?/gim, "");
  return parseMail(Buffer.from(`${bare.trimEnd()}\r\n\r\n`, "latin1"), MAX_HEAD_BYTES).catch(() => undefined);
}

async function understand(raw: Buffer): Promise<ParsedMail> {
  const { simpleParser } = await import("mailparser"); // 30 MB, for houses that have mail
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_resolve, reject) => (timer = setTimeout(() => reject(new Error("parsing did not end")), LONGEST_PARSE_MS)));
  try {
    const parsing = simpleParser(Readable.from(piecesOf(raw)), {
      skipHtmlToText: true, // its own converter breaks lines at 80 characters, which tears marks of quotations apart
      skipTextToHtml: true,
      skipTextLinks: true,
      skipImageLinks: true,
      keepCidLinks: true,
      keepDeliveryStatus: true,
      ignoreEmbedded: true, // a mail in a mail stays a file: its words are not the sender's
      checksumAlgo: false,
      maxHeadSize: MAX_HEAD_BYTES,
      maxChildNodes: MAX_PARTS,
    });
    return await Promise.race([parsing, tooLong]);
  } catch (cause) {
    throw new AppError("MAIL_UNREADABLE", "The mail cannot be read: it has too many parts or header lines, or is damaged; it keeps its place in the thread", { cause });
  } finally {
    clearTimeout(timer);
  }
}

/** A mail of 25 MB in one piece would hold up everything else for half a second. */
function* piecesOf(raw: Buffer): Generator<Buffer> {
  for (let at = 0; at < raw.length; at += PIECE_BYTES) yield raw.subarray(at, at + PIECE_BYTES);
}

function partOf(attachment: ParsedMail["attachments"][number]): MailPart {
  const name = wordsOf(attachment.filename, 200);
  const cid = wordsOf(attachment.cid, 200);
  return {
    ...(name === "" ? {} : { name }),
    mediaType: wordsOf(attachment.contentType, 100).toLowerCase() || "application/octet-stream",
    ...(cid === "" ? {} : { cid }),
    isRelated: attachment.related === true,
    content: Buffer.isBuffer(attachment.content) ? attachment.content : Buffer.alloc(0),
  };
}

function addressesOf(field: AddressObject | AddressObject[] | undefined): MailAddress[] {
  const flat = (list: readonly EmailAddress[]): EmailAddress[] => list.flatMap((one) => (one.group === undefined ? [one] : flat(one.group)));
  return [field ?? []]
    .flat()
    .flatMap((one) => flat(one.value ?? []))
    .slice(0, MAX_ADDRESSES)
    .map(({ address, name }) => ({ address: wordsOf(address, 320).toLowerCase(), name: wordsOf(name, 200) }))
    .filter((one) => one.address !== "");
}

/** The parser's types promise text; damaged header lines become lists and objects all the same. */
function wordsOf(value: unknown, maxLength: number): string {
  return typeof value === "string" ? oneLine(value, maxLength) : "";
}

/** The value of a raw header line on one line. */
function unfold(line: string): string {
  return oneLine(line.slice(line.indexOf(":") + 1), MAX_HEAD_BYTES);
}
