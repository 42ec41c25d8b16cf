// The list of conversations as a file: written in slices while it is read, so that a large one holds neither memory nor anybody else up.
import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import type { ContactSort, ContactView } from "../../domain/index.ts";
import type { SearchOrder } from "../../pipeline/index.ts";
import { parseSearch, type ContactFilter, type Cursor } from "../../store/index.ts";
import { CSV_HEAD, csvLine, exportCells, queryText, without, type Chosen } from "../../ui/index.ts";
import { present } from "../checked.ts";
import { closing } from "../closing.ts";
import { contentDisposition } from "../file-name.ts";
import { actorOf, narrowed, scopeOf } from "../principal.ts";
import { OVERSEERS, type Exchange, type Route } from "../route.ts";
import { chosenIn, conversationsQuery, dayAt, filterOf } from "./conversation-query.ts";
import { walkContacts } from "./walk-contacts.ts";

/** What one file holds at most; the last line says so when there were more. */
export const EXPORT_MAX_ROWS = 100_000;
/** Rows that are read and written between two turns of the others: some 10 ms. */
const SLICE = 100;

export const exportRoutes: Route[] = [
  {
    method: "get", path: "/conversations.csv", access: { roles: OVERSEERS, narrowed: true }, isPage: true,
    docs: { id: "conversationsCsv", summary: `Dashboard: the filtered list as CSV in UTF-8, ${EXPORT_MAX_ROWS} rows at most, the last line says when there were more; audited`, query: conversationsQuery.omit({ cursor: true }), answers: { 200: { description: "The rows", media: "text/csv" } }, problems: ["REQUEST_INVALID"] },
    async handle(exchange) {
      const { req, res, context, parts: { appliance: { config: { site }, clock } } } = exchange;
      const chosen = without(chosenIn(exchange));
      const today = dayAt(clock.now(), site.timezone);
      const filter = narrowed(scopeOf(context.principal), filterOf(chosen, site.timezone, today));
      res.status(200).set({ "Content-Type": "text/csv; charset=utf-8; header=present", "Content-Disposition": contentDisposition("attachment", `conversations-${today}.csv`), "Cache-Control": "no-store" });
      if (req.method === "HEAD") return void res.end();
      audited(exchange, chosen, "conversations.export_begun", "ok");
      const gone = closing(res);
      await write(exchange, chosen, filter === undefined ? none() : contactsOf(exchange, chosen, filter, gone), gone);
    },
  },
];

async function write(exchange: Exchange, chosen: Chosen, slices: AsyncIterable<readonly ContactView[]>, gone: AbortSignal): Promise<void> {
  const { res, parts: { appliance } } = exchange;
  const localTime = localTimeIn(appliance.config.site.timezone);
  let rows = 0;
  let isCut = false;
  let isSent = false;
  try {
    res.write(`\ufeff${csvLine(CSV_HEAD)}`);
    for await (const slice of slices) {
      const taken = slice.slice(0, EXPORT_MAX_ROWS - rows);
      isCut = taken.length < slice.length;
      const isFull = taken.length > 0 && !res.write(taken.map((contact) => csvLine(exportCells(contact, localTime))).join(""));
      rows += taken.length;
      if (isFull) await once(res, "drain", { signal: gone });
      if (isCut) break;
    }
    if (isCut) res.write(csvLine([`Cut off after ${EXPORT_MAX_ROWS} rows: narrow the filters and export the rest on its own`, ...CSV_HEAD.slice(1).map(() => null)]));
    isSent = !gone.aborted;
  } catch (thrown) {
    if (!gone.aborted) throw thrown; // else nobody waits for it any more
  } finally {
    audited(exchange, chosen, "conversations.exported", isSent ? "ok" : "failed", rows);
    res.end();
  }
}

/** In the chosen order; for a search what was found, each contact once. */
async function* contactsOf({ parts: { appliance } }: Exchange, chosen: Chosen, filter: ContactFilter, gone: AbortSignal): AsyncGenerator<readonly ContactView[]> {
  const reads = appliance.store.reads.contacts;
  if (chosen.q === undefined) {
    for (let after: Cursor | undefined, isEnd = false; !isEnd; ) {
      const { ids, next } = await walkContacts(reads, { filter, sort: (chosen.sort ?? "newest") as ContactSort, after, count: SLICE }, gone);
      yield reads.rows(ids);
      [after, isEnd] = [next, next === undefined];
      await setImmediate();
    }
    return;
  }
  if (parseSearch(chosen.q) === undefined) return;
  const seen = new Set<string>();
  for (let cursor: string | undefined, isEnd = false; !isEnd; ) {
    const { items, next } = await appliance.search.messages(chosen.q, { contact: filter }, { limit: SLICE, ...present({ cursor, order: chosen.order as SearchOrder }) }, gone);
    const fresh = [...new Set(items.map((hit) => hit.message.session_id))].filter((id) => !seen.has(id));
    for (const id of fresh) seen.add(id);
    yield reads.rows(fresh);
    [cursor, isEnd] = [next ?? undefined, next === null];
    await setImmediate();
  }
}

async function* none(): AsyncGenerator<readonly ContactView[]> {
  // nothing is in the asker's scope
}

/** `2026-11-03 14:12:02` */
function localTimeIn(timeZone: string): (ms: number) => string {
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" });
  return (ms) => format.format(ms);
}

/** The trail holds no words of customers: that something was searched for, not what. */
function audited({ context, parts }: Exchange, chosen: Chosen, action: string, outcome: "ok" | "failed", rows?: number): void {
  const filter = queryText({ ...chosen, ...(chosen.q === undefined ? {} : { q: "(words)" }) });
  parts.appliance.audit({ actor: actorOf(context.principal, context.remoteIp), action, object: { kind: "conversations", id: null }, outcome, reason: `${rows === undefined ? "" : `${rows} rows; `}${filter === "" ? "all" : filter}`, requestId: context.id });
}
