// What one WhatsApp message says, whatever its type: kind, text, files, facts. What we do not know is kept as "unsupported". Pure.
import type { AttachmentRole, InboundAttachment, MessageKind } from "../../domain/index.ts";
import { cleanId, cleanLine, cleanText, digestHex, factsOf, mediaTypeOf, type Facts } from "./words.ts";

/** A JSON object of somebody else. */
export type Part = Readonly<Record<string, unknown>>;

export interface Content {
  kind: MessageKind;
  text: string;
  attachments?: InboundAttachment[];
  payload?: Facts | undefined;
  /** message that it answers by what it is: the one that a reaction is on */
  follows?: string;
}

/** `undefined`: the part is not what its type promises. */
type Read = (part: Part) => Content | undefined;

/** type → reader of the object under the same name. A map: `constructor` is no type. */
const READERS = new Map<string, Read>([
  ["text", (part) => written("text", cleanText(part["body"]))],
  ["image", (part) => file("image", part)],
  ["video", (part) => file("video", part)],
  ["sticker", (part) => file("sticker", part, { animated: part["animated"] === true ? true : undefined })],
  ["document", (part) => file("document", part)],
  ["audio", (part) => file(part["voice"] === true ? "voice_note" : "audio", part)],
  ["location", location],
  ["interactive", interactive],
  ["button", (part) => written("button", cleanText(part["text"]), { id: part["payload"] })],
  ["reaction", reaction],
  ["order", order],
]);

/** @param message one entry of `messages[]`; never throws */
export function contentOf(type: string, message: Part): Content {
  const part = message[type];
  const content = type === "contacts" ? contacts(part) : READERS.get(type)?.(partOf(part));
  return content ?? { kind: "unsupported", text: "", payload: factsOf({ type, subtype: partOf(part)["type"], ...firstError(message["errors"]) }) };
}

/** The first of WhatsApp's error objects: a number, and a title for people. */
export function firstError(errors: unknown): { code?: string; title?: string } {
  const first = partOf(Array.isArray(errors) ? errors[0] : undefined);
  const [code, title] = [cleanLine(first["code"], 32), cleanLine(first["title"] ?? first["message"])];
  return { ...(code === undefined ? {} : { code }), ...(title === undefined ? {} : { title }) };
}

/** An object, or an empty one for everything else. */
export function partOf(value: unknown): Part {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Part) : {};
}

/** The objects of a list; whatever else is in it is passed over. */
export function partsOf(value: unknown): Part[] {
  const list: unknown[] = Array.isArray(value) ? value : [];
  return list.filter((one): one is Part => typeof one === "object" && one !== null && !Array.isArray(one));
}

function written(kind: MessageKind, text: string, facts: Part = {}): Content | undefined {
  return text === "" ? undefined : { kind, text, payload: factsOf(facts) };
}

/** Fetched by its id: the address in the message, where there is one, lives five minutes. */
function file(role: AttachmentRole, part: Part, facts: Part = {}): Content | undefined {
  const mediaId = cleanId(part["id"]);
  if (mediaId === undefined) return undefined;
  const [name, mediaType, sha256] = [cleanLine(part["filename"], 255), mediaTypeOf(part["mime_type"]), digestHex(part["sha256"])];
  const attachment: InboundAttachment = { role, from: { mediaId }, ...(name === undefined ? {} : { name }), ...(mediaType === undefined ? {} : { mediaType }), ...(sha256 === undefined ? {} : { sha256 }) };
  return { kind: role, text: cleanText(part["caption"]), attachments: [attachment], payload: factsOf(facts) };
}

function location(part: Part): Content | undefined {
  const { latitude, longitude, name, address, url } = part;
  if (!isWithin(latitude, 90) || !isWithin(longitude, 180)) return undefined;
  const text = [cleanLine(name), cleanLine(address)].filter((line) => line !== undefined).join(", ");
  return { kind: "location", text, payload: factsOf({ latitude, longitude, name, address, url }) };
}

function isWithin(degrees: unknown, most: number): degrees is number {
  return typeof degrees === "number" && Math.abs(degrees) <= most;
}

/** One line a person: name and telephone numbers, as the customer sent them; they are said, and identify nobody. */
function contacts(value: unknown): Content | undefined {
  const people = partsOf(value).slice(0, 50);
  const lines = people.map((person) => {
    const name = partOf(person["name"]);
    const phones = partsOf(person["phones"]).slice(0, 10).flatMap((phone) => cleanLine(phone["phone"] ?? phone["wa_id"], 40) ?? []);
    return [cleanLine(name["formatted_name"] ?? name["first_name"]), phones.join(", ")].filter((text) => text !== undefined && text !== "").join(": ");
  });
  return written("contacts", cleanText(lines.filter((line) => line !== "").join("\n")), { count: people.length });
}

/** The customer chose a button or a line of a list, or filled in a form. */
function interactive(part: Part): Content | undefined {
  const type = cleanLine(part["type"], 64) ?? "";
  const reply = partOf(part[type]);
  const { id, title, description } = reply;
  if (type === "button_reply" || type === "list_reply") return written("interactive", cleanText([cleanLine(title), cleanLine(description, 500)].filter((line) => line !== undefined).join("\n")), { type, id, title, description });
  if (type === "nfm_reply") return form(reply);
  if (type === "call_permission_reply") return { kind: "interactive", text: "", payload: factsOf({ type, response: reply["response"] }) };
  return undefined;
}

/** A form ("flow"): the answers are JSON in a text. Its token is no answer. */
function form(reply: Part): Content | undefined {
  let answers: Part;
  try {
    answers = partOf(JSON.parse(typeof reply["response_json"] === "string" ? reply["response_json"] : ""));
  } catch {
    return undefined;
  }
  const facts = factsOf(Object.fromEntries(Object.entries(answers).flatMap(([name, value]) => (name === "flow_token" ? [] : [[name, Array.isArray(value) ? value.filter((one) => typeof one === "string").slice(0, 50).join(", ") : value]]))));
  if (facts === undefined) return undefined;
  return { kind: "form", text: cleanText(Object.entries(facts).map(([name, value]) => `${name}: ${value}`).join("\n")), payload: facts };
}

/** No emoji: the reaction was taken back. */
function reaction(part: Part): Content | undefined {
  const on = cleanId(part["message_id"]);
  if (on === undefined) return undefined;
  const emoji = cleanLine(part["emoji"], 16);
  return { kind: "reaction", text: emoji ?? "", follows: on, payload: { message_id: on, emoji: emoji ?? null } };
}

function order(part: Part): Content | undefined {
  const items = partsOf(part["product_items"]).slice(0, 100);
  const lines = items.map((item) => {
    const price = [cleanLine(item["item_price"], 20), cleanLine(item["currency"], 8)].filter((text) => text !== undefined).join(" ");
    return `${cleanLine(item["quantity"], 12) ?? "1"} × ${cleanLine(item["product_retailer_id"], 100) ?? "?"}${price === "" ? "" : ` (${price})`}`;
  });
  const text = cleanText([cleanText(part["text"]), ...lines].filter((line) => line !== "").join("\n"));
  return written("order", text, { catalog_id: part["catalog_id"], items: items.length });
}
