// Search: over what was said and written on every channel, and over the business's own documents.
import { z } from "zod";
import { AppError, channelSchema, FOUND_BY, knowledgePassageSchema, OUTCOMES, snippetSchema, SPEAKERS, toRfc3339 } from "../../domain/index.ts";
import { SEARCH_ORDERS } from "../../pipeline/index.ts";
import { parseSearch } from "../../store/index.ts";
import { checkedQuery, pageOfQuery, pageQuery, present } from "../checked.ts";
import { closing } from "../closing.ts";
import { narrowed, scopeOf } from "../principal.ts";
import { sendJson } from "../problem.ts";
import { MENDERS, NARROWED_READERS, type Exchange, type Route } from "../route.ts";
import { knowledgeDocumentSchema, librarianSchema, pageSchema, searchHitSchema } from "../schemas.ts";
import { when } from "./calls.ts";

const name = z.string().trim().min(1).max(200).optional();
const searchQuery = pageQuery.extend({
  q: z.string().trim().min(1).max(500).describe('every word must be there; "in this order", -not, begin* (three letters at least)'),
  in: z.enum(["messages", "knowledge"]).default("messages").describe("knowledge: the business's own documents; they have no filters and one page"),
  channel: channelSchema.optional(),
  customer: z.string().min(1).max(64).optional().describe("id of the customer"),
  agent: name.describe("id of the agent who led the contact"),
  queue: name, topic: name, reason: name,
  outcome: z.enum(OUTCOMES).optional(),
  sentiment: z.enum(["neg", "neutral", "pos"]).optional().describe("mood of the message itself: below −0.05, between, above 0.05"),
  speaker: z.enum(SPEAKERS).optional(),
  kind: z.string().min(1).max(40).optional().describe("text, turn, page, …"),
  from: when.optional().describe("only messages of this time or later: RFC 3339 or milliseconds"),
  to: when.optional().describe("only messages before this time"),
  order: z.enum(SEARCH_ORDERS).default("fit").describe("fit: by relevance and recency; newest: what was said last"),
});
const by = z.enum(FOUND_BY);
export const messagePageSchema = pageSchema(searchHitSchema).extend({ by, coverage: z.object({ all: z.boolean(), back_to: z.iso.datetime().nullable() }).describe("how far back was looked before the answer was due; `next` goes on from there") });
export const knowledgePageSchema = pageSchema(z.object({ passage: knowledgePassageSchema, snippet: snippetSchema })).extend({ by });
export const documentsSchema = pageSchema(knowledgeDocumentSchema).extend({ folder: librarianSchema });

export const searchRoutes: Route[] = [
  {
    method: "get", path: "/v1/search", access: NARROWED_READERS,
    docs: {
      id: "search", summary: "Full text over every channel, by meaning too where that is set up, or over the business's own documents. Ranked by relevance and recency; an agent finds own contacts only",
      query: searchQuery, answers: { 200: { description: "A page of found messages, or passages", schema: z.union([messagePageSchema, knowledgePageSchema]) } }, problems: ["REQUEST_INVALID"],
    },
    async handle(exchange) {
      const query = checkedQuery(searchQuery, exchange.req);
      sendJson(exchange.res, await (query.in === "knowledge" ? searchKnowledge(query, exchange) : searchMessages(query, exchange)));
    },
  },
  {
    method: "get", path: "/v1/knowledge", access: { roles: MENDERS },
    docs: { id: "listKnowledge", summary: "The business's own documents as they are indexed, and those that could not be read with the reason", query: pageQuery, answers: { 200: { description: "A page of documents, by path", schema: documentsSchema } }, problems: ["REQUEST_INVALID"] },
    handle({ req, res, parts: { appliance } }) {
      const { items, next } = appliance.store.reads.knowledge.list(pageOfQuery(checkedQuery(pageQuery, req)));
      sendJson(res, { items: items.map(({ indexedAtMs, ...one }) => ({ ...one, indexed_at: toRfc3339(indexedAtMs) })), next, folder: appliance.knowledge.status() });
    },
  },
];

type Query = z.output<typeof searchQuery>;

async function searchMessages(query: Query, { res, context, parts }: Exchange): Promise<unknown> {
  const { channel, customer, agent, queue, topic, reason, outcome, sentiment, speaker, kind, from, to, order } = query;
  const filter = narrowed(scopeOf(context.principal), present({ channel, customerId: customer, agentId: agent, queue, topic, reason, outcome, sentiment, speaker, kind, fromMs: from, toMs: to }));
  if (filter === undefined) return { items: [], next: null, by: "words", coverage: { all: true, back_to: null } };
  return parts.appliance.search.messages(query.q, filter, { ...pageOfQuery(query), order }, closing(res));
}

async function searchKnowledge({ q, limit }: Query, { res, parts }: Exchange): Promise<unknown> {
  const parsed = parseSearch(q);
  if (parsed === undefined) throw new AppError("REQUEST_INVALID", "q: expected at least one word that must be there", { details: { problems: [{ path: "q", message: "expected at least one word that must be there" }] } });
  const { by, hits } = await parts.appliance.knowledge.search(parsed, q, limit, closing(res));
  return { items: hits, next: null, by };
}
