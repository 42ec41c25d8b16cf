// Customers: finding one, comparing two, and the thread of one over all channels.
import { z } from "zod";
import { AppError, CONSENT_PURPOSES, CONSENT_STATES, channelSchema, isId } from "../../domain/index.ts";
import type { PersonView } from "../../store/index.ts";
import { channelName, customerName, renderCompare, renderConsentPreview, renderCustomers, type ComparedCustomer, type CustomerRow } from "../../ui/index.ts";
import { checkedQuery, pageQuery, present } from "../checked.ts";
import { frameOf } from "../frame.ts";
import { scopeOf } from "../principal.ts";
import { MENDERS, NARROWED_READERS, type Exchange, type Route } from "../route.ts";
import { nextAddress, PAGE_ANSWERS, PAGE_SIZE, sendPage } from "./send-page.ts";
import { threadChanges } from "./thread-changes.ts";
import { threadScope } from "./thread-scope.ts";
import { threadPages } from "./thread.ts";

const listQuery = pageQuery.pick({ cursor: true }).extend({ q: z.string().trim().max(200).optional().describe("part of a name, number or address, or an id of anything") });
const compareQuery = z.object({ other: z.string().trim().min(1).max(200).describe("id, name, number or address of the other customer") });
const previewQuery = z.object({ purpose: z.enum(CONSENT_PURPOSES), channel: channelSchema, state: z.enum(CONSENT_STATES), proof: z.string().trim().max(500).default("") });
const mend = { roles: MENDERS };

export const customerPages: Route[] = [
  {
    method: "get", path: "/customers", access: NARROWED_READERS, isPage: true,
    docs: { id: "customersPage", summary: "Dashboard: customers, newest contact first; people bound to some agents find those whom these have met", query: listQuery, answers: PAGE_ANSWERS, problems: ["REQUEST_INVALID"] },
    handle(exchange) {
      const { cursor, q } = checkedQuery(listQuery, exchange.req);
      const scope = scopeOf(exchange.context.principal);
      const { people } = exchange.parts.appliance.store.reads;
      const who = scope.sees === "agents" ? { agentIds: scope.agentIds } : {};
      const isSearch = q !== undefined && q !== "";
      const none = { items: [], next: null, isWhole: true };
      const found = scope.sees === "nothing" ? none : isSearch ? { ...none, ...people.fitting(q, who) } : { ...none, ...people.newest(who, { limit: PAGE_SIZE, ...present({ cursor }) }) };
      const next = nextAddress("/customers", found.next, {});
      sendPage(exchange, renderCustomers({ frame: frameOf(exchange, "customers"), q: isSearch ? q : null, rows: marked(found.items, exchange), isWhole: found.isWhole, next, isFirstPage: cursor === undefined }));
    },
  },
  {
    method: "get", path: "/customers/:id/merge", access: mend, isPage: true,
    docs: { id: "comparePage", summary: "Dashboard: two customers beside each other, and what a merge would do", query: compareQuery, answers: PAGE_ANSWERS, problems: ["REQUEST_INVALID", "NOT_FOUND"] },
    handle(exchange) {
      const { customerId } = threadScope(exchange);
      const { other: asked } = checkedQuery(compareQuery, exchange.req);
      const { reads } = exchange.parts.appliance.store;
      const named = isId("cus", asked) ? reads.customer(asked)?.id : undefined;
      const choices = named === undefined ? reads.people.fitting(asked, {}).items.filter((one) => one.id !== customerId) : [];
      const otherId = named ?? (choices.length === 1 ? choices[0]?.id : undefined);
      if (otherId === customerId) throw new AppError("CONFLICT", "These two are one customer already");
      const reason = exchange.parts.appliance.threads.duplicates(customerId).find((one) => one.customer_id === otherId)?.reason ?? null;
      sendPage(exchange, renderCompare({ frame: frameOf(exchange, "customers"), one: compared(customerId, exchange), other: otherId === undefined ? null : compared(otherId, exchange), choices: marked(choices, exchange), asked, reason }));
    },
  },
  {
    method: "get", path: "/customers/:id/consent", access: mend, isPage: true,
    docs: { id: "consentPreview", summary: "Dashboard: what a statement about consent would do", query: previewQuery, answers: PAGE_ANSWERS, problems: ["REQUEST_INVALID", "NOT_FOUND"] },
    handle(exchange) {
      const { customerId } = threadScope(exchange);
      const { config, store } = exchange.parts.appliance;
      const said = checkedQuery(previewQuery, exchange.req);
      const name = customerName({ customer: { name: store.reads.customer(customerId)?.name ?? null }, addresses: store.reads.people.addresses(customerId) });
      const touched = store.reads.people.unfinished(customerId).filter(({ channel }) => (said.channel === "any" || channel === said.channel) && (said.purpose !== "recording" || channel === "phone"));
      const count = (isHeld: boolean): number => touched.filter((one) => one.isHeld === isHeld).reduce((sum, one) => sum + one.count, 0);
      sendPage(exchange, renderConsentPreview({ frame: frameOf(exchange, "customers"), customer: { id: customerId, name }, ...said, pending: count(false), held: count(true), holdDays: config.consent.hold_days }));
    },
  },
  ...threadPages,
  ...threadChanges,
];

/** Looking for duplicates of a whole page may take this long; where names are common, the rest stays unmarked. */
const MARKING_MS = 25;

/** Customers who may be there twice carry a mark, for whoever may look at the other one. */
function marked(people: readonly PersonView[], { context, parts }: Exchange): CustomerRow[] {
  const until = performance.now() + MARKING_MS;
  const seesAll = scopeOf(context.principal).sees === "all";
  return people.map((one) => ({ ...one, hasDuplicate: seesAll && performance.now() < until && parts.appliance.threads.duplicates(one.id).length > 0 }));
}

function compared(id: string, { parts }: Exchange): ComparedCustomer {
  const { reads } = parts.appliance.store;
  const { people, timeline } = reads;
  const known = reads.customer(id);
  if (known === undefined) throw new AppError("NOT_FOUND", "There is no customer with this id");
  const [person] = people.fitting(known.id, {}).items;
  const since = people.addresses(known.id).filter((one) => !one.isClaim).map((one) => one.firstSeenAt).sort()[0] ?? known.created_at;
  return { id: known.id, name: known.name, addresses: known.identities, firstContactAt: since, lastContactAt: person?.lastContactAt ?? null, conversations: person?.openConversations ?? 0, channels: timeline.channels(known.id, {}).map(channelName) };
}
