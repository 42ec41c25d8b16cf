// The list of calls: reads the store, makes a view-model, lets ui/ draw it.
import { z } from "zod";
import { CALL_STATUSES, timeOfId, toRfc3339, type CallSummary } from "../../domain/index.ts";
import type { CallFilter } from "../../store/index.ts";
import { renderCalls, type CallRow, type OpenCall } from "../../ui/index.ts";
import { checkedQuery, pageQuery, present } from "../checked.ts";
import { frameOf } from "../frame.ts";
import { narrowed, scopeOf } from "../principal.ts";
import { NARROWED_READERS, type Exchange, type Route } from "../route.ts";
import { customerNames, nextAddress, PAGE_ANSWERS, PAGE_SIZE, sendPage } from "./send-page.ts";

const callsQuery = pageQuery.pick({ cursor: true }).extend({ status: z.enum(CALL_STATUSES).optional() });

export const conversationPages: Route[] = [
  {
    method: "get", path: "/conversations", access: NARROWED_READERS, isPage: true,
    docs: { id: "callsPage", summary: "Dashboard: calls", query: callsQuery, answers: PAGE_ANSWERS, problems: ["REQUEST_INVALID"] },
    handle(exchange) {
      const { cursor, status } = checkedQuery(callsQuery, exchange.req);
      const { appliance } = exchange.parts;
      const filter = narrowed<CallFilter>(scopeOf(exchange.context.principal), present({ status }));
      const calls = filter === undefined ? { items: [], next: null } : appliance.store.reads.listCalls(filter, { limit: PAGE_SIZE, ...present({ cursor }) });
      const isFirstPage = cursor === undefined;
      sendPage(exchange, renderCalls({
        frame: frameOf(exchange, "conversations"), calls: withCustomers(exchange, calls.items), open: isFirstPage && status === undefined ? openCalls(exchange) : [], status: status ?? null, isFirstPage,
        next: nextAddress("/conversations", calls.next, { status }),
      }));
    },
  },
];

/** Not done, newest first: for people who see the whole house. */
function openCalls({ context, parts }: Exchange): OpenCall[] {
  if (scopeOf(context.principal).sees !== "all") return [];
  return parts.appliance.store.reads.listLedger({ unfinishedOnly: true }, { limit: 8 }).items;
}

function withCustomers(exchange: Exchange, calls: readonly CallSummary[]): CallRow[] {
  const nameOf = customerNames(exchange);
  return calls.map((call) => ({ ...call, customer: nameOf(call.customer_id), arrived_at: arrivedAt(call) }));
}

/** A session gets its id when its call arrives. */
export function arrivedAt({ session_id }: CallSummary): string | null {
  const ms = timeOfId(session_id);
  return ms === undefined ? null : toRfc3339(ms);
}
