// Twilio: SMS, MMS and WhatsApp by Twilio as the form of an incoming message, and the states of outgoing ones; events of its streams as JSON. Pure.
import { chatIdentity, normalisePhone, normaliseWaId, phoneOfWaId, surestFirst, type Channel, type ChannelEvent, type CustomerClaim, type InboundAttachment, type InboundMessage } from "../../domain/index.ts";
import { defined } from "../defined.ts";
import { bodyText, fieldsOf, invalid, malformed, readFields, shortOf, textOf, type Fields, type SourceRequest } from "../sources/request.ts";
import { identityOf, type ChannelContext } from "./channel.ts";
import { attached, cleanId, cleanLine, cleanText, factsOf, kindOf, mediaTypeOf, momentOf, roleOf, webAddress } from "./words.ts";

const STATES: Readonly<Record<string, "sent" | "delivered" | "read" | "failed">> = { sent: "sent", delivered: "delivered", read: "read", failed: "failed", undelivered: "failed" };
const MAX_MEDIA = 10;

/** @throws AppError REQUEST_MALFORMED (neither form nor JSON), REQUEST_INVALID (no MessageSid) */
export function parseTwilio(request: SourceRequest, context: ChannelContext): ChannelEvent[] {
  return groupsOf(request).map((fields) => eventOf(fields, context));
}

/** A form is one message; a stream posts a list of CloudEvents with the same fields below `data`. */
function groupsOf(request: SourceRequest): Fields[] {
  const text = bodyText(request).trim();
  if (!text.startsWith("[")) return [readFields(request)];
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (cause) {
    throw malformed("(body)", "expected a form, a JSON object or a list of events", cause);
  }
  const data = (list as unknown[]).flatMap((one) => (typeof one === "object" && one !== null && "data" in one && typeof one.data === "object" && one.data !== null && !Array.isArray(one.data) ? [one.data as Record<string, unknown>] : []));
  if (data.length === 0) throw invalid([{ path: "0.data", message: "expected the fields of a message" }]);
  return data.map(fieldsOf);
}

function eventOf(fields: Fields, context: ChannelContext): ChannelEvent {
  const externalId = cleanId(shortOf(fields, "MessageSid", "SmsSid", "SmsMessageSid"));
  if (externalId === undefined) throw invalid([{ path: "MessageSid", message: "expected the id of the message" }]);
  const state = shortOf(fields, "MessageStatus", "SmsStatus")?.toLowerCase();
  const isIncoming = state === undefined || state === "received" || state === "receiving";
  return isIncoming ? { kind: "message", message: messageOf(fields, externalId, context) } : statusEvent(fields, externalId, state, context);
}

function statusEvent(fields: Fields, externalId: string, state: string, context: ChannelContext): ChannelEvent {
  const status = Object.hasOwn(STATES, state) ? STATES[state] : undefined;
  if (status === undefined) return { kind: "ignored", reason: "a state on the way to being sent" };
  const code = cleanLine(shortOf(fields, "ErrorCode"), 32);
  const channel = channelOf(textOf(fields, "To") ?? textOf(fields, "From"), context);
  return { kind: "status", source: context.source, channel, externalId, status, atMs: momentOf(textOf(fields, "Timestamp"), context.nowMs), ...(code === undefined ? {} : { code }) };
}

/** An SMS says no time: it counts as sent when it came, and a repeat is known by its id. */
function messageOf(fields: Fields, externalId: string, context: ChannelContext): InboundMessage {
  const attachments = mediaOf(fields);
  const place = factsOf({ latitude: degrees(fields, "Latitude", 90), longitude: degrees(fields, "Longitude", 180), address: textOf(fields, "Address"), label: textOf(fields, "Label") });
  const isPlace = typeof place?.["latitude"] === "number" && typeof place["longitude"] === "number";
  const body = cleanText(fields.get("body"));
  const text = body === "" && isPlace ? [place["label"], place["address"]].filter((one) => one !== undefined).join(", ") : body;
  const button = cleanLine(textOf(fields, "ButtonPayload"));
  const follows = cleanId(shortOf(fields, "OriginalRepliedMessageSid"));
  return {
    source: context.source,
    externalId,
    channel: channelOf(textOf(fields, "From"), context),
    kind: button !== undefined && text !== "" ? "button" : body === "" && isPlace ? "location" : kindOf(text, attachments),
    speaker: "customer",
    text,
    atMs: momentOf(textOf(fields, "Timestamp"), context.nowMs),
    customer: customerOf(fields, context),
    ...attached(attachments),
    ...defined({
      follows: follows === undefined ? undefined : [follows],
      payload: factsOf({ ...place, id: button, opt_out: textOf(fields, "OptOutType"), forwarded: textOf(fields, "Forwarded") === "true" ? true : undefined, referral_id: textOf(fields, "ReferralSourceId"), referral_url: textOf(fields, "ReferralSourceUrl"), referral_headline: textOf(fields, "ReferralHeadline") }),
    }),
  };
}

/** The network has delivered from this number: it is proven. Names in the place of numbers are visitors of this front. */
function customerOf(fields: Fields, { source, country }: ChannelContext): CustomerClaim {
  const from = textOf(fields, "From");
  const address = from?.replace(/^[a-z]{2,20}:/i, "");
  const waId = normaliseWaId(textOf(fields, "WaId") ?? (/^whatsapp:/i.test(from ?? "") ? address : undefined));
  const phone = (waId === undefined ? undefined : phoneOfWaId(waId)) ?? normalisePhone(address, country);
  const known = surestFirst([identityOf("e164", phone), identityOf("wa_id", waId)]);
  const visitor = known.length === 0 ? chatIdentity(source, cleanId(from)) : undefined;
  const name = cleanLine(textOf(fields, "ProfileName"));
  return { identities: visitor === undefined ? known : [visitor], ...(name === undefined ? {} : { name }) };
}

/** `whatsapp:+31…`, `messenger:…`; a bare number is an SMS. */
function channelOf(address: string | undefined, { channel }: ChannelContext): Channel {
  const scheme = /^([a-z]{2,20}):/i.exec(address ?? "")?.[1]?.toLowerCase();
  return channel ?? (scheme === "whatsapp" ? "whatsapp" : scheme === undefined || scheme === "rcs" || scheme === "sms" ? "sms" : "social");
}

function mediaOf(fields: Fields): InboundAttachment[] {
  return Array.from({ length: MAX_MEDIA }, (_, i) => i).flatMap((i): InboundAttachment[] => {
    const url = webAddress(fields.get(`mediaurl${i}`));
    if (url === undefined) return [];
    const mediaType = mediaTypeOf(fields.get(`mediacontenttype${i}`));
    return [{ role: roleOf(mediaType), ...(mediaType === undefined ? {} : { mediaType }), from: { url } }];
  });
}

function degrees(fields: Fields, name: string, most: number): number | undefined {
  const value = Number(textOf(fields, name) ?? Number.NaN);
  return Math.abs(value) <= most ? value : undefined;
}
