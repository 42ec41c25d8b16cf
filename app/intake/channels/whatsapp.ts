// WhatsApp Cloud API: batches of messages, states and changes of numbers, as Meta posts them. Pure.
import { z } from "zod";
import { chatIdentity, normaliseBsuid, normaliseWaId, phoneOfWaId, surestFirst, type ChannelEvent, type CustomerClaim, type Identity, type InboundMessage } from "../../domain/index.ts";
import { bodyText, parseJsonObject, type SourceRequest } from "../sources/request.ts";
import { identityOf } from "./channel.ts";
import { attached, cleanId, cleanLine, factsOf, momentOf } from "./words.ts";
import { contentOf, firstError, partOf, partsOf, type Part } from "./whatsapp-content.ts";

/** Source of everything that comes from Meta, and its channel. */
export const WHATSAPP = "whatsapp";

const STATES = ["sent", "delivered", "read", "failed"] as const;
const headSchema = z.object({ id: z.unknown().transform((id) => cleanId(id)).pipe(z.string()), type: z.string().max(64).catch("unknown") });

export interface WhatsAppContext {
  /** ids of the firm's own numbers; empty: all */
  phoneNumberIds: readonly string[];
  nowMs: number;
}

/**
 * Whatever is in a body that Meta signed: what can be read becomes events, the rest `ignored` with its reason, for a refusal would bring the
 * same body again for seven days.
 * @throws AppError REQUEST_MALFORMED when the body is no JSON object
 */
export function parseWhatsApp(request: Pick<SourceRequest, "body">, context: WhatsAppContext): ChannelEvent[] {
  const body = parseJsonObject(bodyText({ body: request.body, contentType: undefined, query: {} }));
  if (body["object"] !== "whatsapp_business_account") return [ignored("the body is not about a WhatsApp business account")];
  const events = partsOf(body["entry"]).flatMap((entry) => partsOf(entry["changes"]).flatMap((change) => changeEvents(change, context)));
  return events.length === 0 ? [ignored("the body holds no change")] : events;
}

function changeEvents(change: Part, { phoneNumberIds, nowMs }: WhatsAppContext): ChannelEvent[] {
  const value = partOf(change["value"]);
  const line = cleanId(partOf(value["metadata"])["phone_number_id"]);
  if (phoneNumberIds.length > 0 && line !== undefined && !phoneNumberIds.includes(line)) return [ignored("a message to another number than those of channels.whatsapp.phone_number_ids")];
  const contacts = partsOf(value["contacts"]);
  const events = [
    ...partsOf(value["messages"]).flatMap((one) => messageEvents(one, contacts, "customer", nowMs)),
    // Written on the firm's own telephone, beside the API.
    ...partsOf(value["message_echoes"]).flatMap((one) => messageEvents(one, contacts, "agent", nowMs)),
    ...partsOf(value["statuses"]).map((one) => statusEvent(one, nowMs)),
    ...partsOf(value["user_id_update"]).flatMap((one) => userIdUpdate(one, nowMs)),
    ...(value["errors"] === undefined ? [] : [ignored(`WhatsApp reports the error ${firstError(value["errors"]).code ?? "without a number"}`)]),
  ];
  return events.length === 0 ? [ignored(`a change of ${/^[a-z_]{1,40}$/.exec(String(change["field"]))?.[0] ?? "an unknown kind"} that brings no message`)] : events;
}

function messageEvents(raw: Part, contacts: readonly Part[], speaker: "customer" | "agent", nowMs: number): ChannelEvent[] {
  const head = headSchema.safeParse(raw);
  if (!head.success) return [ignored("a message without an id")];
  const { id, type } = head.data;
  const renames = type === "system" ? renamesOf(id, raw, nowMs) : [];
  if (renames.length > 0) return renames;
  const { follows, attachments = [], payload, ...content } = type === "system" ? { kind: "event" as const, text: cleanLine(partOf(raw["system"])["body"], 1000) ?? "", payload: factsOf({ type: partOf(raw["system"])["type"] }) } : contentOf(type, raw);
  const contextPart = partOf(raw["context"]);
  const followed = [cleanId(contextPart["id"]), follows].filter((one) => one !== undefined);
  const facts = factsOf({ ...payload, ...referralOf(partOf(raw["referral"])), forwarded: contextPart["forwarded"] === true || contextPart["frequently_forwarded"] === true || undefined });
  const message: InboundMessage = {
    source: WHATSAPP,
    externalId: id,
    channel: WHATSAPP,
    speaker: type === "system" ? "system" : speaker,
    ...content,
    atMs: momentOf(raw["timestamp"], nowMs),
    ...counterpartOf(raw, contacts, speaker),
    ...(followed.length === 0 ? {} : { follows: [...new Set(followed)] }),
    ...attached(attachments),
    ...(facts === undefined ? {} : { payload: facts }),
  };
  return [{ kind: "message", message }];
}

/** Who is on the other end: the number, and the user id that stays when the number is hidden. */
function counterpartOf(raw: Part, contacts: readonly Part[], speaker: "customer" | "agent"): { customer: CustomerClaim; sessionKey?: string } {
  const [party, partyId] = speaker === "customer" ? [raw["from"], raw["from_user_id"] ?? raw["user_id"]] : [raw["to"], raw["to_user_id"]];
  const said = namesOf(party, partyId);
  const others = contacts.map((contact) => ({ contact, ...namesOf(contact["wa_id"], contact["user_id"]) }));
  const isSame = (other: (typeof others)[number]): boolean => (said.waId !== undefined && other.waId === said.waId) || (said.bsuid !== undefined && other.bsuid === said.bsuid);
  const isOther = (other: (typeof others)[number]): boolean => (said.waId !== undefined && other.waId !== undefined) || (said.bsuid !== undefined && other.bsuid !== undefined);
  // The only contact of a change belongs to its messages, as long as it does not say otherwise.
  const found = others.find(isSame) ?? (others.length === 1 ? others.find((other) => !isOther(other)) : undefined);
  const profile = partOf(found?.contact["profile"]);
  const identities = surestFirst([...identitiesOf(said), ...(found === undefined ? [] : identitiesOf(found)), identityOf("wa_bsuid", normaliseBsuid(text(found?.contact["parent_user_id"])))]);
  const name = cleanLine(profile["name"]);
  const sessionKey = said.waId ?? found?.waId ?? said.bsuid ?? found?.bsuid;
  // A sender without number and user id is still one and the same visitor.
  const visitor = identities.length === 0 ? chatIdentity(WHATSAPP, cleanId(party)) : undefined;
  return { customer: { identities: visitor === undefined ? identities : [visitor], ...(name === undefined ? {} : { name }) }, ...(sessionKey === undefined ? {} : { sessionKey }) };
}

interface Names {
  waId: string | undefined;
  bsuid: string | undefined;
}

/** Some relays put the user id where the number was. */
function namesOf(party: unknown, userId: unknown): Names {
  return { waId: normaliseWaId(text(party)), bsuid: normaliseBsuid(text(userId)) ?? normaliseBsuid(text(party)) };
}

function identitiesOf({ waId, bsuid }: Names): Identity[] {
  return surestFirst([identityOf("e164", waId === undefined ? undefined : phoneOfWaId(waId)), identityOf("wa_bsuid", bsuid), identityOf("wa_id", waId)]);
}

/** `system`: the customer has another number, or another user id because of it. One event for each old name, since we may know only one of them. */
function renamesOf(id: string, raw: Part, nowMs: number): ChannelEvent[] {
  const system = partOf(raw["system"]);
  const current = identitiesOf(namesOf(system["wa_id"] ?? system["new_wa_id"], system["user_id"]));
  const before = namesOf(raw["from"] ?? system["customer"], system["previous_user_id"] ?? raw["previous_user_id"]);
  return renames(id, before, current, momentOf(raw["timestamp"], nowMs));
}

/** Field `user_id_update`: the same without a message. Its id is made of what a repeat of it repeats. */
function userIdUpdate(raw: Part, nowMs: number): ChannelEvent[] {
  const change = partOf(raw["user_id"]);
  const previous = normaliseBsuid(text(raw["previous_user_id"] ?? change["previous"]));
  const present = namesOf(raw["wa_id"], change["current"] ?? raw["user_id"]);
  const id = `user_id_update:${previous}:${present.bsuid ?? ""}`;
  const found = previous === undefined ? [] : renames(id, { waId: undefined, bsuid: previous }, identitiesOf(present), momentOf(raw["timestamp"], nowMs));
  return found.length > 0 ? found : [ignored("a change of a user id that names no old or no new one")];
}

function renames(id: string, before: Names, current: readonly Identity[], atMs: number): ChannelEvent[] {
  const old = [identityOf("wa_id", before.waId), identityOf("wa_bsuid", before.bsuid)];
  const previous = old.filter((one) => one !== undefined).filter((one) => !current.some((now) => now.kind === one.kind && now.value === one.value));
  if (current.length === 0) return [];
  return previous.map((one, i) => ({ kind: "renamed", source: WHATSAPP, channel: WHATSAPP, externalId: i === 0 ? id : `${id}:${one.kind}`, previous: one, current, atMs }));
}

function statusEvent(raw: Part, nowMs: number): ChannelEvent {
  const externalId = cleanId(raw["id"]);
  const status = STATES.find((one) => one === raw["status"]);
  if (externalId === undefined || status === undefined) return ignored("a state of a message that is not sent, delivered, read or failed");
  const { code } = firstError(raw["errors"]);
  return { kind: "status", source: WHATSAPP, channel: WHATSAPP, externalId, status, atMs: momentOf(raw["timestamp"], nowMs), ...(code === undefined ? {} : { code }) };
}

/** The advertisement that the customer came by. */
function referralOf(referral: Part): Part {
  return { referral_type: referral["source_type"], referral_id: referral["source_id"], referral_url: referral["source_url"], referral_headline: referral["headline"] };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value.length <= 256 ? value : typeof value === "number" ? String(value) : undefined;
}

function ignored(reason: string): ChannelEvent {
  return { kind: "ignored", reason };
}
