// What ties mails together: Message-ID, References, In-Reply-To, ticket numbers in subjects. Pure.
import { createHash } from "node:crypto";
import type { Reference } from "../../domain/index.ts";
import { headerOf, type Mail } from "./mail-shape.ts";

/** The first id is the root of the chain, the last ones are the nearest: more are not needed to find a neighbour. */
const MAX_FOLLOWS = 100;
const MAX_ID = 400;
/** Subjects are looked at this far, so that no pattern takes long. */
const MAX_SUBJECT = 256;

/**
 * The Message-ID without its brackets. A mail without one gets the digest of what makes it this mail, the same at every fetch (servers add header lines on
 * the way, so those do not count). So does one whose id is longer than an id can be (RFC 5322 lines end at 998).
 */
export function messageIdOf(mail: Mail): string {
  const written = headerOf(mail, "message-id") ?? "";
  const [bracketed] = idsIn(written);
  const bare = bracketed ?? written.replace(/[<>\s]/g, "");
  if (bare !== "" && bare.length <= MAX_ID) return bare;
  const from = mail.from.map((one) => one.address).join(",");
  const digest = createHash("sha256").update([bare, headerOf(mail, "date") ?? "", from, mail.subject, mail.text].join("\n"));
  return `digest:${digest.digest("hex").slice(0, 32)}`;
}

/** The mails that this one answers, eldest first, each once, without itself. */
export function followsOf(mail: Mail, messageId: string): string[] {
  const lines = mail.headers.filter(([name]) => name === "references").map(([, value]) => value);
  const answered = headerOf(mail, "in-reply-to") ?? "";
  const chain = [...lines, /^[^\s<>]+@[^\s<>]+$/.test(answered) ? `<${answered}>` : answered].flatMap((value) => idsIn(value));
  const distinct = [...new Set(chain)].filter((id) => id !== messageId && id.length <= MAX_ID);
  return distinct.length <= MAX_FOLLOWS ? distinct : [...distinct.slice(0, 1), ...distinct.slice(1 - MAX_FOLLOWS)];
}

/** The number that the site's own pattern finds in a subject. @param pattern has one group; `isTamePattern` has found it harmless */
export function ticketIn(subject: string, pattern: string | undefined): Reference[] {
  const value = pattern === undefined ? undefined : new RegExp(pattern, "iu").exec(subject.slice(0, MAX_SUBJECT))?.[1]?.trim();
  return value === undefined || value === "" ? [] : [{ kind: "ticket", value: value.slice(0, 100) }];
}

/** Every `<id>` of a text; blanks inside one, where programs broke the line, are taken out. */
export function idsIn(text: string): string[] {
  return [...text.matchAll(/<([^<>]{1,998})>/g)].map((match) => (match[1] ?? "").replace(/\s+/g, "")).filter((id) => id !== "");
}
