// The thread of a customer: reads the store, makes a view-model, lets ui/ draw it.
import { AppError, isId } from "../../domain/index.ts";
import { callLines, customerAddress, renderThread } from "../../ui/index.ts";
import { checkedQuery, pathPart, present } from "../checked.ts";
import { NARROWED_READERS, type Exchange, type Route } from "../route.ts";
import { PAGE_ANSWERS, sendPage } from "./send-page.ts";
import { readThread } from "./thread-data.ts";
import { threadQuery } from "./thread-query.ts";
import { auditThreadRead, threadScope } from "./thread-scope.ts";

/** Lines of a call that are sent in one piece. */
const LINES = 200;

export const threadPages: Route[] = [
  {
    method: "get", path: "/customers/:id", access: NARROWED_READERS, isPage: true,
    docs: { id: "threadPage", summary: "Dashboard: the thread of a customer. A team's people see it when one of the team's agents has met the customer, an agent the contacts that the agent led; every view is audited", query: threadQuery, answers: { ...PAGE_ANSWERS, 303: { description: "The customer was merged into another one" } }, problems: ["REQUEST_INVALID", "NOT_FOUND"] },
    async handle(exchange) {
      const scope = threadScope(exchange);
      const query = checkedQuery(threadQuery, exchange.req);
      if (scope.customerId !== pathPart(exchange.req, "id")) return exchange.res.set("Cache-Control", "no-store").redirect(303, customerAddress(scope.customerId, query));
      const view = await readThread(exchange, scope, query);
      auditThreadRead(exchange, scope);
      sendPage(exchange, renderThread(view));
    },
  },
  {
    method: "get", path: "/customers/:id/lines/:session", access: NARROWED_READERS, isPage: true,
    docs: { id: "callLines", summary: "Dashboard: lines of a long call, as a piece of the thread's page", query: threadQuery.pick({ around: true }), answers: { 200: { description: "A piece of a page", media: "text/html" } }, problems: ["REQUEST_INVALID", "NOT_FOUND"] },
    handle(exchange) {
      const scope = threadScope(exchange);
      const { around } = checkedQuery(threadQuery.pick({ around: true }), exchange.req);
      const call = callOf(exchange, scope.customerId, scope.filter);
      const stretch = exchange.parts.appliance.store.reads.timeline.turns(call.id, LINES, around);
      auditThreadRead(exchange, scope, `lines of ${call.id}`);
      sendPage(exchange, callLines(scope.customerId, call, stretch).text);
    },
  },
];

/** @throws AppError NOT_FOUND when it is not a call of this thread that the asker sees */
function callOf({ req, parts }: Exchange, customerId: string, filter: { agentIds?: readonly string[] }) {
  const session = pathPart(req, "session");
  const { timeline } = parts.appliance.store.reads;
  const place = isId("ses", session) ? timeline.placeOf(customerId, session, filter) : undefined;
  const [call] = place === undefined ? [] : timeline.stretch(customerId, present(filter), { at: "around", place: place.place }, 1).entries.filter((one) => one.id === session);
  if (call?.kind !== "call") throw new AppError("NOT_FOUND", "There is no such call in this thread");
  return call;
}
