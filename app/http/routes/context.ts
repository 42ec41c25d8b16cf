// Who is this, and what were they trying to do? For whoever answers next, and look-up by any name that anybody has for it.
import { z } from "zod";
import { AppError, contextViewSchema, IDENTITY_KINDS, isId, normaliseEmail, normalisePhone, type ContextView, type Identity, type IdentityKind } from "../../domain/index.ts";
import type { Appliance } from "../../pipeline/index.ts";
import { checkedQuery, pathPart, present } from "../checked.ts";
import { actorOf } from "../principal.ts";
import { sendJson } from "../problem.ts";
import { NARROWED_READERS, type Exchange, type Route } from "../route.ts";
import { pageSchema } from "../schemas.ts";
import { referenceSchema } from "../thread-schemas.ts";

const question = z.object({
  query: z.string().trim().min(1).max(500).optional().describe("adds the passages of the thread that answer this"),
  messages: z.coerce.number().int().min(0).max(100).default(20).describe("how many of the last messages, over all channels"),
});
const who = question.extend({
  phone: z.string().max(60).optional().describe("as dialled or in E.164"),
  email: z.string().max(254).optional(),
  wa_id: z.string().max(160).optional().describe("WhatsApp number or account"),
  chat_id: z.string().max(260).optional(),
  crm_id: z.string().max(200).optional(),
  ref: z.string().min(1).max(500).optional().describe("any id: of a call or leg, of a message or mail, of a ticket, a conversation or a session"),
});
/** Passages of the business's own documents that are handed over. */
const KNOWLEDGE = 3;
/** Agents too: whoever answers a customer must know who it is. Every reading is audited. */
/** For whoever answers next: an agent needs it of every customer who calls. */
const access = NARROWED_READERS;

export const contextRoutes: Route[] = [
  {
    method: "get", path: "/v1/customers/:id/context", access,
    docs: { id: "readContext", summary: "What whoever answers next should know of a customer", query: question, answers: { 200: { description: "The context", schema: contextViewSchema } }, problems: ["REQUEST_INVALID", "NOT_FOUND"] },
    async handle(exchange) {
      const id = pathPart(exchange.req, "id");
      await answer(exchange, isId("cus", id) ? id : undefined, checkedQuery(question, exchange.req));
    },
  },
  {
    method: "get", path: "/v1/context", access,
    docs: { id: "findContext", summary: "The same by an address or any reference; exactly one of them", query: who, answers: { 200: { description: "The context", schema: contextViewSchema } }, problems: ["REQUEST_INVALID", "NOT_FOUND"] },
    async handle(exchange) {
      const { query, messages, ref, ...addresses } = checkedQuery(who, exchange.req);
      const named: [string, string][] = Object.entries(present(addresses));
      const [only] = named;
      if (named.length + (ref === undefined ? 0 : 1) !== 1) throw new AppError("REQUEST_INVALID", "Name the customer by exactly one of phone, email, wa_id, chat_id, crm_id or ref", { details: { problems: [{ path: "query", message: "expected exactly one of phone, email, wa_id, chat_id, crm_id, ref" }] } });
      const { context } = exchange.parts.appliance;
      const found = only === undefined ? context.references(ref ?? "").find((one) => one.customer_id !== null)?.customer_id : addressesOf(only, exchange).map((one) => context.byAddress(one)).find((one) => one !== undefined);
      await answer(exchange, found ?? undefined, { query, messages });
    },
  },
  {
    method: "get", path: "/v1/references/:value", access,
    docs: {
      id: "findReference", summary: "What any id leads to: of a call or leg, of a message or mail, of a ticket or CRM record. `conversation_id` is the one token of the matter",
      query: z.object({ kind: z.string().min(1).max(40).optional().describe("only ids of this kind, e.g. uniqueid, whatsapp_message, ticket") }),
      answers: { 200: { description: "Everything that carries this name", schema: pageSchema(referenceSchema) } }, problems: ["REQUEST_INVALID"],
    },
    handle({ req, res, parts }) {
      const { kind } = checkedQuery(z.object({ kind: z.string().min(1).max(40).optional() }), req);
      sendJson(res, { items: parts.appliance.context.references(pathPart(req, "value"), kind), next: null });
    },
  },
];

async function answer({ res, parts, context }: Exchange, customerId: string | undefined, { query, messages }: z.output<typeof question>): Promise<void> {
  const view: ContextView | undefined = customerId === undefined ? undefined : parts.appliance.context.of(customerId, { messages, ...present({ query }) });
  if (view === undefined) throw new AppError("NOT_FOUND", "No customer is known by this; the first contact creates the customer");
  parts.appliance.audit({ actor: actorOf(context.principal, context.remoteIp), action: "context.read", object: { kind: "customer", id: view.customer.id }, outcome: "ok", requestId: context.id });
  sendJson(res, query === undefined ? view : await withKnowledge(view, query, parts.appliance));
}

/** What the business's own documents say about the question stands beside what the customer said. */
async function withKnowledge(view: ContextView, query: string, { knowledge }: Appliance): Promise<ContextView> {
  const { passages, by } = await knowledge.find(query, KNOWLEDGE);
  return { ...view, knowledge: passages, knowledge_by: by };
}

/** A WhatsApp id is a number or an account; a chat id may be written without the front's name when it holds it already. */
function addressesOf([kind, value]: [string, string], { parts }: Exchange): Identity[] {
  const { country } = parts.appliance.config.site;
  if (kind === "phone") return identities("e164", normalisePhone(value, country));
  if (kind === "email") return identities("email", normaliseEmail(value));
  if (kind === "wa_id") return [...identities("wa_id", value.replace(/^\+/, "")), ...identities("wa_bsuid", value)];
  return identities((IDENTITY_KINDS as readonly string[]).includes(kind) ? (kind as IdentityKind) : "crm_id", value);
}

function identities(kind: IdentityKind, value: string | undefined): Identity[] {
  return value === undefined ? [] : [{ kind, value }];
}
