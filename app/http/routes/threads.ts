// Decisions about threads: who is who, what belongs together, what state a matter is in. Each is audited and can be undone.
import { z } from "zod";
import { AppError, IDENTITY_KINDS, isId, normaliseEmail, normalisePhone, type Identity } from "../../domain/index.ts";
import { checked, pathPart, present } from "../checked.ts";
import { readJsonBody } from "../body.ts";
import { sendJson } from "../problem.ts";
import { reachesMatter, reachesMove } from "../reach.ts";
import { MENDERS, NARROWED_MENDERS, OVERSEERS, type Exchange, type Route } from "../route.ts";
import { pageSchema } from "../schemas.ts";
import { conversationFormsSchema, duplicateSchema, mergeSchema } from "../thread-schemas.ts";
import { by } from "../by.ts";

const reason = z.string().trim().min(1).max(500).default("A person said so").describe("why; kept with the record");
const address = z.object({ kind: z.enum(IDENTITY_KINDS), value: z.string().trim().min(1).max(320) });
const nullable = z.string().trim().min(1).max(200).nullable();

const mergeBody = z.object({ other: z.string().describe("id of the customer who is the same person"), reason });
const unmergeBody = z.object({ merge_id: z.string() });
const splitBody = z.object({ identities: z.array(address).min(1).max(100).describe("addresses to take out into a customer of their own"), session_ids: z.array(z.string()).max(500).default([]), reason });
const linkBody = z.object({ identities: z.array(address).min(1).max(20) });
const profileBody = z.object({
  name: z.string().trim().min(1).max(200).optional(),
  verification: z.object({ state: z.enum(["verified", "unverified", "failed"]), method: z.string().max(100).optional(), at: z.iso.datetime({ offset: true }).optional() }).optional(),
  fields: z.record(z.string().max(60), z.union([z.string().max(500), z.number(), z.boolean(), z.null()])).default({}).describe("anything flat that the CRM wants whoever answers to see"),
});
const conversationBody = z
  .object({ status: z.enum(["open", "waiting", "resolved"]), owner: nullable, queue: nullable, reason: nullable, crm_link: z.url({ protocol: /^https?$/ }).max(500).nullable() })
  .partial()
  .refine((change) => Object.keys(change).length > 0, "expected something to change: status, owner, queue, reason or crm_link");
const moveBody = z.object({ conversation_id: z.string().nullable().describe("where it belongs; null: a conversation of its own") });
const escalateBody = z.object({ phone: z.string().min(3).max(60).describe("number that the customer will call from, or be called on"), minutes: z.int().min(1).max(1440).default(30) });

const write = { roles: MENDERS };
const body = (schema: z.ZodType) => ({ media: "application/json", schema });
const problems = ["REQUEST_MALFORMED", "REQUEST_INVALID", "NOT_FOUND", "CONFLICT", "TOO_LARGE", "UNSUPPORTED_TYPE", "DISK_RESERVE", "SHUTTING_DOWN"] as const;
const merged = { 200: { description: "The record", schema: mergeSchema } };
const nothing = { 204: { description: "Done" } };

export const threadRoutes: Route[] = [
  {
    method: "post", path: "/v1/customers/:id/merge", access: write,
    docs: { id: "mergeCustomers", summary: "These two are one person: one thread from now on; undone with unmerge", body: body(mergeBody), answers: merged, problems },
    async handle(exchange) {
      const { other, reason: why } = await bodyOf(mergeBody, exchange);
      sendJson(exchange.res, await exchange.parts.appliance.threads.merge(idOf("cus", exchange), other, why, by(exchange)));
    },
  },
  {
    method: "post", path: "/v1/customers/:id/unmerge", access: write,
    docs: { id: "undoMerge", summary: "Takes a merge or a split back, exactly, and keeps the two apart from now on", body: body(unmergeBody), answers: merged, problems },
    async handle(exchange) {
      const { merge_id } = await bodyOf(unmergeBody, exchange);
      sendJson(exchange.res, await exchange.parts.appliance.threads.unmerge(idOf("cus", exchange), merge_id, by(exchange)));
    },
  },
  {
    method: "post", path: "/v1/customers/:id/split", access: write,
    docs: { id: "splitCustomer", summary: "Some of the addresses are another person's: they, and what came by them, become a customer of their own", body: body(splitBody), answers: merged, problems },
    async handle(exchange) {
      const { identities, session_ids, reason: why } = await bodyOf(splitBody, exchange);
      sendJson(exchange.res, await exchange.parts.appliance.threads.split(idOf("cus", exchange), identities, session_ids, why, by(exchange)));
    },
  },
  {
    method: "get", path: "/v1/customers/:id/merges", access: { roles: OVERSEERS },
    docs: { id: "listMerges", summary: "Merges and splits of a customer, oldest first", answers: { 200: { description: "All of them", schema: pageSchema(mergeSchema) } }, problems: ["NOT_FOUND"] },
    handle: (exchange) => sendJson(exchange.res, { items: exchange.parts.appliance.threads.merges(idOf("cus", exchange)), next: null }),
  },
  {
    method: "get", path: "/v1/customers/:id/duplicates", access: { roles: OVERSEERS },
    docs: { id: "suggestDuplicates", summary: "Customers that may be the same person, surest first, each with the reason", answers: { 200: { description: "Suggestions", schema: pageSchema(duplicateSchema) } }, problems: ["NOT_FOUND"] },
    handle: (exchange) => sendJson(exchange.res, { items: exchange.parts.appliance.threads.duplicates(idOf("cus", exchange)), next: null }),
  },
  {
    method: "post", path: "/v1/customers/:id/identities", access: write,
    docs: { id: "linkIdentities", summary: "These addresses are this customer's; customers that have them become one with it", body: body(linkBody), answers: nothing, problems },
    async handle(exchange) {
      const { identities } = await bodyOf(linkBody, exchange);
      await exchange.parts.appliance.threads.link(idOf("cus", exchange), identities.map((one) => normalised(one, exchange)), by(exchange));
      exchange.res.status(204).end();
    },
  },
  {
    method: "put", path: "/v1/customers/:id/profile", access: { roles: [...MENDERS, "intake"] },
    docs: { id: "putProfile", summary: "What the CRM knows: name, verification and whatever whoever answers should see; replaces what it said before", body: body(profileBody), answers: nothing, problems },
    async handle(exchange) {
      const { name, ...profile } = await bodyOf(profileBody, exchange);
      await exchange.parts.appliance.threads.setProfile(idOf("cus", exchange), profile, name, by(exchange));
      exchange.res.status(204).end();
    },
  },
  {
    method: "patch", path: "/v1/conversations/:id", access: NARROWED_MENDERS,
    docs: { id: "changeConversation", summary: "Status, owner, queue, reason, link to the CRM; kept whatever comes later, in the activity log", body: body(conversationBody), answers: { 200: { description: "The conversation, as it is read", schema: conversationFormsSchema } }, problems },
    async handle(exchange) {
      const id = idOf("cnv", exchange);
      if (!reachesMatter(exchange, id)) throw nothingThere();
      await exchange.parts.appliance.threads.change(id, present(await bodyOf(conversationBody, exchange)), by(exchange));
      const { store, workflows } = exchange.parts.appliance;
      const conversation = store.reads.conversation(id);
      sendJson(exchange.res, conversation && { ...conversation, forms: workflows.ofConversation(conversation.id) });
    },
  },
  {
    method: "post", path: "/v1/sessions/:id/move", access: NARROWED_MENDERS,
    docs: { id: "moveSession", summary: "Puts a session into another conversation of its customer; nothing is lost by it", body: body(moveBody), answers: nothing, problems },
    async handle(exchange) {
      const { conversation_id } = await bodyOf(moveBody, exchange);
      const id = idOf("ses", exchange);
      if (!reachesMove(exchange, id, conversation_id)) throw nothingThere();
      await exchange.parts.appliance.threads.move(id, conversation_id, by(exchange));
      exchange.res.status(204).end();
    },
  },
  {
    method: "post", path: "/v1/sessions/:id/escalate", access: { roles: [...MENDERS, "intake"] },
    docs: { id: "expectCall", summary: "The chat goes on by telephone: the next call with this number belongs to the same conversation", body: body(escalateBody), answers: nothing, problems },
    async handle(exchange) {
      const { phone, minutes } = await bodyOf(escalateBody, exchange);
      await exchange.parts.appliance.threads.expectCall(idOf("ses", exchange), phone, minutes, by(exchange));
      exchange.res.status(204).end();
    },
  },
];

const MAX_BODY_BYTES = 64 * 1024;

async function bodyOf<S extends z.ZodType>(schema: S, { req }: Exchange): Promise<z.output<S>> {
  return checked(schema, await readJsonBody(req, MAX_BODY_BYTES), "(body)");
}

/** An id of another shape is an id that nobody has. */
function idOf(prefix: "cus" | "cnv" | "ses", { req }: Exchange): string {
  const id = pathPart(req, "id");
  if (!isId(prefix, id)) throw nothingThere();
  return id;
}

function nothingThere(): AppError {
  return new AppError("NOT_FOUND", "There is nothing with this id; copy it from a list");
}

/** @throws AppError REQUEST_INVALID for a number or mail address that is none */
export function normalised({ kind, value }: z.output<typeof address>, { parts }: Exchange): Identity {
  const text = kind === "e164" ? normalisePhone(value, parts.appliance.config.site.country) : kind === "email" ? normaliseEmail(value) : value;
  if (text === undefined) throw new AppError("REQUEST_INVALID", `identities: this is no ${kind}; write it as it is dialled or mailed to`, { details: { problems: [{ path: "identities", message: `expected a valid ${kind}` }] } });
  return { kind, value: text };
}
