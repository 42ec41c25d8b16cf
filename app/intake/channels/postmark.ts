// Mail as Postmark's inbound webhook posts it (and others who speak the same JSON) → the same events as from a mailbox. Pure.
import { z } from "zod";
import { AppError } from "../../domain/index.ts";
import { htmlText } from "./html-text.ts";
import { mailEvents, type ChannelDelivery, type MailContext } from "./mail.ts";
import { oneLine, type Mail, type MailAddress, type MailPart } from "./mail-shape.ts";

const MAX_HEADERS = 1000;
const MAX_FILES = 50;
const MAX_TEXT = 1_000_000;

const text = z.string().nullish();
const mailbox = z.object({ Email: z.string(), Name: text });
const mailboxes = z.array(mailbox).nullish();
/** Every field but the sender may be missing; unknown ones are of no interest. */
const postmarkSchema = z.object({
  From: text,
  FromFull: mailbox.nullish(),
  ToFull: mailboxes,
  CcFull: mailboxes,
  BccFull: mailboxes,
  ReplyTo: text,
  OriginalRecipient: text,
  Subject: text,
  Date: text,
  MessageID: text,
  TextBody: text,
  HtmlBody: text,
  StrippedTextReply: text,
  Headers: z.array(z.object({ Name: z.string(), Value: text })).nullish(),
  Attachments: z.array(z.object({ Name: text, Content: z.string(), ContentType: text, ContentID: text })).nullish(),
});

/**
 * @param body    JSON, already proven to come from the front
 * @param context what a mailbox knows of itself; the address that the front took the mail for (`OriginalRecipient`) counts as one of ours too
 * @throws AppError REQUEST_INVALID with `details.problems`
 */
export function parsePostmark(body: unknown, context: MailContext): ChannelDelivery {
  const parsed = postmarkSchema.safeParse(body);
  if (!parsed.success) {
    const problems = parsed.error.issues.slice(0, 20).map((issue) => ({ path: issue.path.join(".") || "(body)", message: issue.message }));
    throw new AppError("REQUEST_INVALID", `The request must be mended: ${problems.map(({ path, message }) => `${path}: ${message}`).join("; ")}`, { details: { problems } });
  }
  const { data } = parsed;
  const own = { ...context.own, addresses: [...context.own.addresses, ...(data.OriginalRecipient ? [data.OriginalRecipient.toLowerCase().replace(/\+[^@]*@/, "@"), data.OriginalRecipient.toLowerCase()] : [])] };
  return mailEvents(mailOf(data), { ...context, own });
}

function mailOf(data: z.output<typeof postmarkSchema>): Mail {
  const headers = (data.Headers ?? []).slice(0, MAX_HEADERS).map(({ Name, Value }) => [Name.toLowerCase(), oneLine(Value ?? "", 100_000)] as const);
  const has = (name: string): boolean => headers.some(([key]) => key === name);
  const id = oneLine(data.MessageID ?? "", 200);
  const html = (data.HtmlBody ?? "").slice(0, MAX_TEXT);
  const plain = (data.TextBody ?? "").slice(0, MAX_TEXT);
  const reply = (data.StrippedTextReply ?? "").slice(0, MAX_TEXT).trim();
  const attachments = data.Attachments ?? [];
  return {
    headers: [
      ...headers,
      // The mail's own id is among the header lines, `MessageID` is Postmark's: it serves where the sender gave none.
      ...(has("message-id") || id === "" ? [] : [["message-id", `<${id}@inbound.postmark>`] as const]),
      ...(has("date") || !data.Date ? [] : [["date", oneLine(data.Date, 100)] as const]),
    ],
    from: addresses(data.FromFull ? [data.FromFull] : [{ Email: data.From ?? "" }]),
    replyTo: addresses([{ Email: data.ReplyTo ?? "" }]),
    to: addresses(data.ToFull),
    cc: addresses(data.CcFull),
    bcc: addresses(data.BccFull),
    subject: oneLine(data.Subject ?? "", 500),
    text: /\S/.test(plain) ? plain : htmlText(html),
    ...(reply === "" ? {} : { newText: reply }),
    html,
    parts: attachments.slice(0, MAX_FILES).map((one): MailPart => {
      const name = oneLine(one.Name ?? "", 200);
      const cid = oneLine(one.ContentID ?? "", 200).replace(/^(cid:)?<?|>$/g, "");
      return { ...(name === "" ? {} : { name }), mediaType: oneLine((one.ContentType ?? "").split(";")[0] ?? "", 100).toLowerCase() || "application/octet-stream", ...(cid === "" ? {} : { cid }), isRelated: false, content: Buffer.from(one.Content, "base64") };
    }),
    partsDropped: Math.max(0, attachments.length - MAX_FILES),
  };
}

/** `Ana <ana@example.com>` and bare addresses. */
function addresses(list: readonly { Email: string; Name?: string | null | undefined }[] | null | undefined): MailAddress[] {
  return (list ?? []).slice(0, 100).flatMap(({ Email, Name }) => {
    const written = oneLine(Email, 400);
    const address = (/<([^<>]+)>/.exec(written)?.[1] ?? written).trim().toLowerCase();
    return address.includes("@") ? [{ address, name: oneLine(Name ?? "", 200) }] : [];
  });
}
