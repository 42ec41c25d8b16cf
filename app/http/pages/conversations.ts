// The list of conversations: reads the store in small steps, makes a view-model, lets ui/ draw it.
import { timeOfId, toRfc3339, type CallSummary } from "../../domain/index.ts";
import type { SearchDesk } from "../../pipeline/index.ts";
import { OFFER_KINDS, parseSearch, readCursor, writeCursor, type ContactFilter } from "../../store/index.ts";
import { renderConversations, type Chosen, type ConversationsView, type Offers } from "../../ui/index.ts";
import { closing } from "../closing.ts";
import { present } from "../checked.ts";
import { frameOf } from "../frame.ts";
import { narrowed, scopeOf } from "../principal.ts";
import { NARROWED_READERS, OVERSEERS, type Exchange, type Route } from "../route.ts";
import { chosenIn, conversationsQuery, dayAt, filterOf } from "./conversation-query.ts";
import { exportRoutes } from "./conversations-csv.ts";
import { groupHits } from "./group-hits.ts";
import { isPassing, keptViews, viewRoutes } from "./saved-views.ts";
import { PAGE_ANSWERS, PAGE_SIZE, sendPage } from "./send-page.ts";
import { walkContacts } from "./walk-contacts.ts";

export const conversationPages: Route[] = [
  {
    method: "get", path: "/conversations", access: NARROWED_READERS, isPage: true,
    docs: { id: "conversationsPage", summary: "Dashboard: contacts on every channel, filtered, in an order, or searched", query: conversationsQuery, answers: PAGE_ANSWERS, problems: ["REQUEST_INVALID"] },
    async handle(exchange) {
      const { context, parts: { appliance: { config: { site }, clock } } } = exchange;
      const chosen = chosenIn(exchange);
      const today = dayAt(clock.now(), site.timezone);
      const filter = narrowed(scopeOf(context.principal), filterOf(chosen, site.timezone, today));
      const canExport = context.principal.kind !== "anonymous" && OVERSEERS.includes(context.principal.role);
      sendPage(exchange, renderConversations({ frame: frameOf(exchange, "conversations"), chosen, offers: offersTo(exchange), kept: keptViews(exchange), isPassing: isPassing(exchange), canExport, today, ...(await listed(exchange, chosen, filter)) }));
    },
  },
  ...exportRoutes,
  ...viewRoutes,
];

type Listed = Pick<ConversationsView, "list" | "next" | "lookedTo" | "problem">;
const NONE: Listed = { list: { kind: "contacts", items: [] }, next: null, problem: null };

async function listed(exchange: Exchange, chosen: ReturnType<typeof chosenIn>, filter: ContactFilter | undefined): Promise<Listed> {
  if (filter === undefined) return NONE;
  return chosen.q === undefined ? inOrder(exchange, chosen, filter) : found(exchange, chosen.q, chosen, filter);
}

async function inOrder({ res, parts: { appliance } }: Exchange, { sort = "newest", cursor }: Chosen, filter: ContactFilter): Promise<Listed> {
  const reads = appliance.store.reads.contacts;
  const { ids, next, isWhole } = await walkContacts(reads, { filter, sort: sort as "newest", after: readCursor({ limit: PAGE_SIZE, ...present({ cursor }) }), count: PAGE_SIZE }, closing(res));
  return { list: { kind: "contacts", items: reads.rows(ids) }, next: next === undefined ? null : writeCursor(next), ...(isWhole ? {} : { lookedTo: sort === "newest" ? (next?.at ?? null) : null }), problem: null };
}

async function found({ res, parts: { appliance } }: Exchange, q: string, { cursor, order }: ReturnType<typeof chosenIn>, contact: ContactFilter): Promise<Listed> {
  if (parseSearch(q) === undefined) return { ...NONE, problem: 'Type at least one word that must be there, for example: refund -"gift card" deliv*' };
  const page: Awaited<ReturnType<SearchDesk["messages"]>> = await appliance.search.messages(q, { contact }, { limit: PAGE_SIZE, ...present({ cursor, order }) }, closing(res));
  const { back_to } = page.coverage;
  return { list: { kind: "found", items: groupHits(page.items, appliance.store.reads.contacts), byMeaning: page.by !== "words" }, next: page.next, ...(back_to === null ? {} : { lookedTo: Date.parse(back_to) }), problem: null };
}

/** What there is to choose from, for this asker. */
function offersTo({ context, parts: { appliance } }: Exchange): Offers {
  const scope = scopeOf(context.principal);
  const agentIds = scope.sees === "all" ? undefined : scope.sees === "agents" ? scope.agentIds : [];
  return Object.fromEntries(OFFER_KINDS.map((kind) => [kind, appliance.store.reads.contacts.offers(kind, agentIds)])) as unknown as Offers;
}

/** A session gets its id when its call arrives. */
export function arrivedAt({ session_id }: Pick<CallSummary, "session_id">): string | null {
  const ms = timeOfId(session_id);
  return ms === undefined ? null : toRfc3339(ms);
}
