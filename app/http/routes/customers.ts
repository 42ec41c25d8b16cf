// Customers, their threads and their conversations.
import { z } from "zod";
import { AppError, isId } from "../../domain/index.ts";
import { checkedQuery, pageOfQuery, pageQuery, pathPart, present } from "../checked.ts";
import { sendJson } from "../problem.ts";
import { OVERSEERS, type Exchange, type Route } from "../route.ts";
import { conversationSchema, customerSchema, pageSchema, threadSchema } from "../schemas.ts";
import { conversationFormsSchema } from "../thread-schemas.ts";
import type { CustomerView } from "../../store/index.ts";

const listQuery = pageQuery.extend({ q: z.string().trim().max(200).optional().describe("part of a name or of an address") });
const conversationsQuery = pageQuery.extend({ status: z.string().min(1).max(20).optional(), customer_id: z.string().min(1).max(64).optional() });

const access = { roles: OVERSEERS };

export const customerRoutes: Route[] = [
  {
    method: "get", path: "/v1/customers", access,
    docs: { id: "listCustomers", summary: "Customers", query: listQuery, answers: { 200: { description: "A page of customers", schema: pageSchema(customerSchema) } }, problems: ["REQUEST_INVALID"] },
    handle({ req, res, parts }) {
      const query = checkedQuery(listQuery, req);
      sendJson(res, parts.appliance.store.reads.listCustomers(query.q === "" ? undefined : query.q, pageOfQuery(query)));
    },
  },
  {
    method: "get", path: "/v1/customers/:id", access,
    docs: { id: "readCustomer", summary: "One customer", answers: { 200: { description: "The customer", schema: customerSchema } }, problems: ["NOT_FOUND"] },
    handle: (exchange) => sendJson(exchange.res, customerOf(exchange)),
  },
  {
    method: "get", path: "/v1/customers/:id/thread", access,
    docs: { id: "readThread", summary: "Everything said and written with a customer, on every channel, in time order", query: pageQuery, answers: { 200: { description: "A page of the thread", schema: threadSchema } }, problems: ["REQUEST_INVALID", "NOT_FOUND"] },
    handle(exchange) {
      const page = pageOfQuery(checkedQuery(pageQuery, exchange.req));
      const { id } = customerOf(exchange);
      const { items, next } = exchange.parts.appliance.store.reads.thread(id, page);
      sendJson(exchange.res, { customer_id: id, messages: items, next });
    },
  },
  {
    method: "get", path: "/v1/conversations", access,
    docs: { id: "listConversations", summary: "Conversations, last touched first", query: conversationsQuery, answers: { 200: { description: "A page of conversations", schema: pageSchema(conversationSchema) } }, problems: ["REQUEST_INVALID"] },
    handle({ req, res, parts }) {
      const query = checkedQuery(conversationsQuery, req);
      sendJson(res, parts.appliance.store.reads.listConversations(present({ status: query.status, customerId: query.customer_id }), pageOfQuery(query)));
    },
  },
  {
    method: "get", path: "/v1/conversations/:id", access,
    docs: { id: "readConversation", summary: "One conversation", answers: { 200: { description: "The conversation, with its sessions, participants, activities, forms and names elsewhere", schema: conversationFormsSchema } }, problems: ["NOT_FOUND"] },
    handle({ req, res, parts }) {
      const id = pathPart(req, "id");
      const conversation = isId("cnv", id) ? parts.appliance.store.reads.conversation(id) : undefined;
      if (conversation === undefined) throw new AppError("NOT_FOUND", "There is no conversation with this id; /v1/conversations lists them");
      sendJson(res, { ...conversation, forms: parts.appliance.workflows.ofConversation(conversation.id) });
    },
  },
];

function customerOf({ req, parts }: Exchange): CustomerView {
  const id = pathPart(req, "id");
  const customer = isId("cus", id) ? parts.appliance.store.reads.customer(id) : undefined;
  if (customer === undefined) throw new AppError("NOT_FOUND", "There is no customer with this id; /v1/customers lists the customers");
  return customer;
}
