// Mail that no person wrote: newsletters, absence notes, reports about other mail. Pure.
import { idsIn } from "./mail-ids.ts";
import { headerOf, type Mail, type MailPart } from "./mail-shape.ts";

/** What became of a mail that went out. */
export interface MailReport {
  outcome: "bounced" | "delayed" | "delivered" | "read";
  /** whom it went to */
  recipient?: string;
  /** Message-ID of the mail that this is about */
  about?: string;
  /** enhanced status such as 5.1.1 */
  code?: string;
}

/** RFC 5321 asks servers to let at least a hundred pass; a mail that went round more often runs in a circle. */
const MAX_HOPS = 100;

/** Reports about delivery (RFC 3464), receipts (RFC 8098), and what old servers write in their place. */
export function reportOf(mail: Mail): MailReport | undefined {
  const type = headerOf(mail, "content-type")?.toLowerCase() ?? "";
  const status = mail.parts.find((part) => part.mediaType === "message/delivery-status" || part.mediaType === "message/disposition-notification");
  const isBounce = headerOf(mail, "return-path")?.replace(/\s/g, "") === "<>"; // a person may be called postmaster, but a person can be answered
  const isDaemon = mail.from.some(({ address }) => address.startsWith("mailer-daemon@") || (isBounce && address.startsWith("postmaster@")));
  const failed = headerOf(mail, "x-failed-recipients");
  if (!(type.startsWith("multipart/report") && status !== undefined) && !isDaemon && failed === undefined) return undefined;

  const fields = status === undefined ? "" : textOf(status);
  const field = (name: string): string | undefined => new RegExp(String.raw`^${name}:[ \t]*(.{1,500})$`, "im").exec(fields)?.[1]?.trim();
  const recipient = (field("original-recipient") ?? field("final-recipient"))?.replace(/^[^;]*;\s*/, "") ?? failed?.split(",")[0]?.trim();
  const about = idsIn(field("original-message-id") ?? "")[0] ?? returnedId(mail.parts);
  const code = field("status")?.match(/^\d\.\d{1,3}\.\d{1,3}/)?.[0];
  const outcome = status?.mediaType === "message/disposition-notification" ? "read" : outcomeOf(field("action"));
  return { outcome, ...(recipient === undefined ? {} : { recipient: recipient.replace(/^<|>$/g, "").toLowerCase() }), ...(about === undefined ? {} : { about }), ...(code === undefined ? {} : { code }) };
}

function outcomeOf(action: string | undefined): MailReport["outcome"] {
  if (action === undefined || /^failed/i.test(action)) return "bounced";
  return /^delayed/i.test(action) ? "delayed" : "delivered";
}

/** True for an absence note and everything else that answers by itself (RFC 3834, and what came before it). */
export function isAutomatic(mail: Mail): boolean {
  const submitted = headerOf(mail, "auto-submitted")?.toLowerCase();
  if (submitted !== undefined && !submitted.startsWith("no")) return true;
  return /^auto_?reply/i.test(headerOf(mail, "precedence") ?? "") || headerOf(mail, "x-autoreply") !== undefined || headerOf(mail, "x-autorespond") !== undefined;
}

/**
 * Why a mail is none of ours; undefined when it is.
 * Mail of a list of the site's own (its support address may be one) is a customer's.
 */
export function reasonToIgnore(mail: Mail, isOwn: (address: string) => boolean): string | undefined {
  if (mail.headers.filter(([name]) => name === "received").length > MAX_HOPS) return "the mail runs in a circle";
  const list = headerOf(mail, "list-id");
  const listDomain = /([^\s<>@]+)>?\s*$/.exec(list ?? "")?.[1]?.replace(/>$/, "");
  if (listDomain !== undefined && isOwn(`list@${listDomain}`)) return undefined;
  const precedence = headerOf(mail, "precedence") ?? "";
  if (list !== undefined || /^(list|bulk|junk)\b/i.test(precedence)) return "mail of a list or newsletter";
  return undefined;
}

/** The Message-ID of the mail that a server sends back, whole or only its header lines. */
function returnedId(parts: readonly MailPart[]): string | undefined {
  const returned = parts.find((part) => part.mediaType === "message/rfc822" || part.mediaType === "text/rfc822-headers" || part.mediaType === "message/rfc822-headers");
  const head = returned === undefined ? "" : (textOf(returned).split(/\r?\n\r?\n/)[0] ?? "").replace(/\r?\n[ \t]+/g, " ");
  return idsIn(/^message-id:(.{1,1000})$/im.exec(head)?.[1] ?? "")[0];
}

function textOf(part: MailPart): string {
  return part.content.toString("latin1", 0, 64 * 1024).replace(/\r\n/g, "\n");
}
