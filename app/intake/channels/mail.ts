// What a mail means: a message of the thread with its files, a report about another mail, or nothing of interest. Pure.
import { normaliseEmail, type AttachmentRole, type ChannelEvent, type InboundAttachment, type InboundMessage } from "../../domain/index.ts";
import { authenticityOf } from "./mail-authentic.ts";
import { isAutomatic, reasonToIgnore, reportOf, type MailReport } from "./mail-automatic.ts";
import { followsOf, messageIdOf, ticketIn } from "./mail-ids.ts";
import { ownership, partiesOf, type OwnAddresses, type Parties } from "./mail-parties.ts";
import { headerOf, type Mail, type MailPart } from "./mail-shape.ts";
import { newestPart } from "./quoted-text.ts";

/** What is known besides the mail itself. */
export interface MailContext {
  source: string;
  own: OwnAddresses;
  folder: "inbox" | "sent";
  /** when the server took it, UTC milliseconds */
  receivedAtMs: number;
  trustFrom: "always" | "authenticated";
  authservId?: string;
  /** see `isTamePattern` */
  referencePattern?: string;
  queue?: string;
}

/** A file of a message, to be staged; `of` is the message's place in `events`. */
export interface ChannelFile {
  of: number;
  attachment: Omit<InboundAttachment, "from">;
  content: Buffer;
}

export interface ChannelDelivery {
  events: ChannelEvent[];
  files: ChannelFile[];
}

const MAX_TEXT = 100_000;
/** Clocks of senders are a little fast now and then. A date from before mail was common, or from the future, is the fault of a clock. */
const CLOCK_SLACK_MS = 5 * 60_000;
const EARLIEST_MS = Date.UTC(1995, 0);
/** Signatures show logos of a few kilobytes; photographs and screenshots are larger. */
const MAX_LOGO_BYTES = 5 * 1024;
/** Our own words: anybody can write a report and name any recipient in it. */
const REPORT_TEXTS = { bounced: "A mail to this address could not be delivered.", delayed: "A mail to this address is still waiting to be delivered." } as const;
const FORWARD = /^\s*(fw|fwd|wg|tr|rv|enc|doorst|i)\s*:/i;
const ENVELOPES = /^application\/(x-)?(pkcs7-signature|pgp-signature|pgp-encrypted)$/;
const ENCRYPTED = /^(multipart\/encrypted|application\/(x-)?pkcs7-mime)/i;

/** Never throws for a mail that was parsed. */
export function mailEvents(mail: Mail, context: MailContext): ChannelDelivery {
  const isOwn = ownership(context.own);
  const report = reportOf(mail);
  if (report !== undefined) return { events: reportEvents(mail, report, context), files: [] };
  const ignored = context.folder === "inbox" ? reasonToIgnore(mail, isOwn) : undefined;
  if (ignored !== undefined) return { events: [{ kind: "ignored", reason: ignored }], files: [] };

  const authenticity = authenticityOf(mail, context.authservId);
  const isBelieved = context.trustFrom === "authenticated" ? authenticity === "pass" : authenticity !== "fail";
  const parties = partiesOf(mail, context.folder, context.own, isBelieved);
  if (parties === undefined) return { events: [{ kind: "ignored", reason: "nobody outside of the site takes part in the mail" }], files: [] };

  const sender = mail.from[0]?.address ?? "";
  const isFromForm = parties.speaker === "customer" && (isOwn(sender) || context.own.relays.includes(sender)); // web forms call themselves automatic, their visitors are not
  if (isAutomatic(mail) && !isFromForm) return { events: [{ kind: "message", message: { ...messageOf(mail, context, parties), kind: "event", speaker: "system", payload: { subject: mail.subject, event: "auto_reply" } } }], files: [] };
  return personal(mail, context, parties, authenticity);
}

/** Puts the staged files, in the order of `files`, into their messages. */
export function withFiles({ events, files }: ChannelDelivery, staged: readonly { file: string; sizeBytes: number; sha256: string }[]): ChannelEvent[] {
  return events.map((event, i) => {
    if (event.kind !== "message") return event;
    const attachments = files.flatMap((one, n): InboundAttachment[] => {
      const found = staged[n];
      return one.of === i && found !== undefined ? [{ ...one.attachment, from: { staged: { file: found.file, sizeBytes: found.sizeBytes, sha256: found.sha256 } } }] : [];
    });
    return attachments.length === 0 ? event : { ...event, message: { ...event.message, attachments: [...(event.message.attachments ?? []), ...attachments] } };
  });
}

/** A mail that keeps its place in the thread although nobody can read it. @param head its header lines, when at least those could be read */
export function unreadableMail(head: Mail | undefined, reason: "too_large" | "damaged", fallbackId: string, context: MailContext): ChannelDelivery {
  const parties = head === undefined ? undefined : partiesOf(head, context.folder, context.own, context.trustFrom === "always");
  if (head !== undefined && parties === undefined) return { events: [{ kind: "ignored", reason: "nobody outside of the site takes part in the mail" }], files: [] };
  const message = messageOf(head ?? NOTHING, context, parties ?? { speaker: "unknown", customer: { identities: [] } });
  const externalId = head === undefined || headerOf(head, "message-id") === undefined ? fallbackId : message.externalId;
  return { events: [{ kind: "message", message: { ...message, externalId, kind: "unsupported", text: "", payload: { subject: head?.subject ?? "", reason } } }], files: [] };
}

const NOTHING: Mail = { headers: [], from: [], replyTo: [], to: [], cc: [], bcc: [], subject: "", text: "", html: "", parts: [], partsDropped: 0 };

function personal(mail: Mail, context: MailContext, parties: Parties, authenticity: "pass" | "fail" | "unknown"): ChannelDelivery {
  const message = messageOf(mail, context, parties);
  const isEncrypted = ENCRYPTED.test(headerOf(mail, "content-type") ?? "");
  const { kept, logos } = filesOf(mail);
  const files = isEncrypted ? [] : kept.map((part): ChannelFile => ({ of: 0, attachment: { role: roleOf(part.mediaType), mediaType: part.mediaType, sizeBytes: part.content.length, ...(part.name === undefined ? {} : { name: part.name }) }, content: part.content }));
  const text = message.text === "" && files.length === 0 && !isEncrypted ? mail.subject : message.text; // some people write all of it into the subject
  const payload: NonNullable<InboundMessage["payload"]> = {
    subject: mail.subject,
    ...(authenticity === "unknown" ? {} : { from_authentic: authenticity === "pass" }),
    ...(logos > 0 ? { logos_left_out: logos } : {}),
    ...(mail.partsDropped > 0 ? { attachments_left_out: mail.partsDropped } : {}),
    ...(message.text.length >= MAX_TEXT ? { text_cut: true } : {}),
    ...(isEncrypted ? { reason: "encrypted" } : {}),
  };
  return { events: [{ kind: "message", message: { ...message, text, payload, ...(isEncrypted ? { kind: "unsupported" as const, text: "" } : {}) } }], files };
}

function messageOf(mail: Mail, context: MailContext, parties: Parties): InboundMessage {
  const externalId = messageIdOf(mail);
  const follows = followsOf(mail, externalId);
  const references = ticketIn(mail.subject, context.referencePattern);
  const text = mail.newText ?? newestPart(mail.text, FORWARD.test(mail.subject));
  return {
    source: context.source,
    externalId,
    channel: "email",
    kind: "text",
    ...parties,
    // eslint-disable-next-line no-control-regex
    text: text.replace(/\r\n?/g, "\n").replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "").trim().slice(0, MAX_TEXT),
    atMs: sentAtMs(mail, context.receivedAtMs),
    ...(follows.length === 0 ? {} : { follows }),
    ...(references.length === 0 ? {} : { references }),
    ...(context.queue === undefined ? {} : { queue: context.queue }),
    payload: { subject: mail.subject },
  };
}

/** What happened to a mail of ours: a status for it, and for trouble an event in the thread of whom it was for. */
function reportEvents(mail: Mail, report: MailReport, context: MailContext): ChannelEvent[] {
  const atMs = sentAtMs(mail, context.receivedAtMs);
  const { outcome, about, code } = report;
  const status = { bounced: "failed", delivered: "delivered", read: "read", delayed: undefined } as const;
  const known = status[outcome];
  const events: ChannelEvent[] = about === undefined || known === undefined ? [] : [{ kind: "status", source: context.source, channel: "email", externalId: about, status: known, atMs, ...(code === undefined ? {} : { code }) }];
  const recipient = normaliseEmail(report.recipient);
  if ((outcome === "bounced" || outcome === "delayed") && recipient !== undefined && !ownership(context.own)(recipient)) {
    const message = messageOf(mail, context, { speaker: "unknown", customer: { identities: [{ kind: "email", value: recipient }] } });
    const follows = [...new Set([...(about === undefined ? [] : [about]), ...(message.follows ?? [])])];
    events.push({ kind: "message", message: { ...message, kind: "event", speaker: "system", text: REPORT_TEXTS[outcome], payload: { subject: mail.subject, event: outcome, ...(code === undefined ? {} : { code }) }, ...(follows.length === 0 ? {} : { follows }) } });
  }
  return events.length === 0 ? [{ kind: "ignored", reason: "a report about a mail that it does not name" }] : events;
}

function sentAtMs(mail: Mail, receivedAtMs: number): number {
  const written = Date.parse((headerOf(mail, "date") ?? "").replace(/\([^()]*\)/g, ""));
  return Number.isFinite(written) && written >= EARLIEST_MS && written <= receivedAtMs + CLOCK_SLACK_MS ? written : receivedAtMs;
}

/** Without tiny pictures that the HTML shows (logos), and without signatures of the mail itself. */
function filesOf(mail: Mail): { kept: readonly MailPart[]; logos: number } {
  const isShown = (part: MailPart): boolean => part.cid !== undefined && (part.isRelated || mail.html.includes(`cid:${part.cid}`));
  const real = mail.parts.filter((part) => !ENVELOPES.test(part.mediaType));
  const kept = real.filter((part) => !(part.mediaType.startsWith("image/") && part.content.length < MAX_LOGO_BYTES && isShown(part)));
  return { kept, logos: real.length - kept.length };
}

function roleOf(mediaType: string): AttachmentRole {
  const family = mediaType.split("/")[0];
  return family === "image" || family === "audio" || family === "video" ? family : "document";
}
