// The ledger: reads the store, makes a view-model, lets ui/ draw it.
import { z } from "zod";
import { renderLedger } from "../../ui/index.ts";
import { checkedQuery, pageQuery, present } from "../checked.ts";
import { frameOf } from "../frame.ts";
import { OVERSEERS, type Route } from "../route.ts";
import { nextAddress, PAGE_ANSWERS, PAGE_SIZE, sendPage } from "./send-page.ts";

const ledgerQuery = pageQuery.pick({ cursor: true }).extend({ unfinished: z.enum(["true", "false"]).default("false") });

export const ledgerPages: Route[] = [
  {
    method: "get", path: "/ledger", access: { roles: OVERSEERS }, isPage: true,
    docs: { id: "ledgerPage", summary: "Dashboard: ledger", query: ledgerQuery, answers: PAGE_ANSWERS, problems: ["REQUEST_INVALID"] },
    handle(exchange) {
      const { cursor, unfinished } = checkedQuery(ledgerQuery, exchange.req);
      const unfinishedOnly = unfinished === "true";
      const { items, next } = exchange.parts.appliance.store.reads.listLedger({ unfinishedOnly }, { limit: PAGE_SIZE, ...present({ cursor }) });
      sendPage(exchange, renderLedger({ frame: frameOf(exchange, "ledger"), rows: items, unfinishedOnly, next: nextAddress("/ledger", next, { unfinished: unfinishedOnly ? "true" : undefined }) }));
    },
  },
];
