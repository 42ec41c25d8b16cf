// The dashboard: reads the store, makes a view-model, lets ui/ draw it.
import { z } from "zod";
import type { Request } from "express";
import { CALL_STATUSES, timeOfId, toRfc3339, type CallSummary, type CallView } from "../../domain/index.ts";
import { metricDefinitions } from "../../analysis/index.ts";
import { renderCall, renderCalls, renderLedger, renderProblem, urlPart, type CallRow, type OpenCall } from "../../ui/index.ts";
import { checkedQuery, pageQuery, pathPart, present, sourceQuery } from "../checked.ts";
import { frameOf } from "../frame.ts";
import { scopeOf } from "../principal.ts";
import type { Problem } from "../problem.ts";
import { MENDERS, OVERSEERS, READERS, type Exchange, type Route, type RouteParts } from "../route.ts";
import { visibleCall } from "../visible-call.ts";
import { within } from "./calls.ts";

const PAGE_SIZE = 50;
const callsQuery = pageQuery.pick({ cursor: true }).extend({ status: z.enum(CALL_STATUSES).optional() });
const ledgerQuery = pageQuery.pick({ cursor: true }).extend({ unfinished: z.enum(["true", "false"]).default("false") });
const answers = { 200: { description: "The page", media: "text/html" } };

export const pageRoutes: Route[] = [
  {
    method: "get", path: "/", access: { roles: READERS }, isPage: true,
    docs: { id: "callsPage", summary: "Dashboard: calls", query: callsQuery, answers, problems: ["REQUEST_INVALID"] },
    handle(exchange) {
      const { cursor, status } = checkedQuery(callsQuery, exchange.req);
      const { appliance } = exchange.parts;
      const filter = within(scopeOf(exchange.context.principal), present({ status }));
      const calls = filter === undefined ? { items: [], next: null } : appliance.store.reads.listCalls(filter, { limit: PAGE_SIZE, ...present({ cursor }) });
      const isFirstPage = cursor === undefined;
      sendPage(exchange, renderCalls({
        frame: frameOf(exchange, "calls"), calls: withCustomers(exchange, calls.items), open: isFirstPage && status === undefined ? openCalls(exchange) : [], status: status ?? null, isFirstPage,
        next: nextAddress("/", calls.next, { status }), url: appliance.config.http.public_url ?? `${exchange.req.protocol}://${exchange.req.host}`,
        folders: appliance.config.intake.folders.map((folder) => folder.path), sources: appliance.config.intake.sources.map((source) => source.name),
      }));
    },
  },
  {
    method: "get", path: "/calls/:call_id", access: { roles: READERS }, isPage: true,
    docs: { id: "callPage", summary: "Dashboard: one call", query: sourceQuery, answers, problems: ["REQUEST_INVALID", "NOT_FOUND"] },
    handle(exchange) {
      const call = visibleCall(exchange);
      sendPage(exchange, renderCall({ frame: frameOf(exchange, "calls"), call, customer: customerNames(exchange)(call.customer_id), arrivedAt: arrivedAt(call), audio: audioAddress(exchange, call), definitions: metricDefinitions(call.metrics?.definitions) }));
    },
  },
  {
    method: "post", path: "/calls/:call_id/reprocess", access: { roles: MENDERS }, isPage: true,
    docs: { id: "reprocessForm", summary: "Dashboard: try again", query: sourceQuery, answers: { 303: { description: "Back to the call" } }, problems: ["REQUEST_INVALID", "NOT_FOUND", "CONFLICT"] },
    async handle(exchange) {
      const { call_id, source } = visibleCall(exchange);
      await exchange.parts.appliance.reprocess(call_id, source);
      exchange.res.set("Cache-Control", "no-store").redirect(303, `/calls/${urlPart(call_id)}?source=${urlPart(source)}`);
    },
  },
  {
    method: "get", path: "/ledger", access: { roles: OVERSEERS }, isPage: true,
    docs: { id: "ledgerPage", summary: "Dashboard: ledger", query: ledgerQuery, answers, problems: ["REQUEST_INVALID"] },
    handle(exchange) {
      const { cursor, unfinished } = checkedQuery(ledgerQuery, exchange.req);
      const unfinishedOnly = unfinished === "true";
      const { items, next } = exchange.parts.appliance.store.reads.listLedger({ unfinishedOnly }, { limit: PAGE_SIZE, ...present({ cursor }) });
      sendPage(exchange, renderLedger({ frame: frameOf(exchange, "ledger"), rows: items, unfinishedOnly, next: nextAddress("/ledger", next, { unfinished: unfinishedOnly ? "true" : undefined }) }));
    },
  },
  {
    method: "get", path: "/assets/:name", access: "public", isPage: true,
    docs: { id: "asset", summary: "Dashboard: style, script, icon", query: z.object({ v: z.string().optional() }), answers: { 200: { description: "The file", media: "*/*" }, 304: { description: "Not changed" } }, problems: ["NOT_FOUND"] },
    handle({ req, res, parts }) {
      const asset = parts.assets.find(pathPart(req, "name"));
      if (asset === undefined) return void res.status(404).set("Cache-Control", "no-store").type("text").send("There is no such file\n");
      const isExact = req.query["v"] === asset.etag.replaceAll('"', "");
      res.set({ ETag: asset.etag, "Cache-Control": isExact ? "public, max-age=31536000, immutable" : "public, no-cache", "Content-Type": asset.mediaType });
      if (req.fresh) res.status(304).end();
      else res.send(asset.body);
    },
  },
];

/** Where a browser without login goes, and back to where it wanted. */
export function wayToLogin(req: Request): string {
  return req.originalUrl === "/" ? "/login" : `/login?next=${urlPart(req.originalUrl.slice(0, 500))}`;
}

/** A page for a problem, when the asker is a browser and the address is not one for machines. */
export function problemPage(req: Request, problem: Problem, parts: RouteParts): string | undefined {
  if (req.path.startsWith("/v1/") || req.accepts(["json", "html"]) !== "html") return undefined;
  return renderProblem({ frame: frameOf({ parts }, null), title: problem.title, detail: problem.detail, code: problem.code, instance: problem.instance });
}

export function sendPage({ res }: Pick<Exchange, "res">, text: string, status = 200): void {
  res.status(status).set("Cache-Control", "no-store").type("html").send(text);
}

/** Not done, newest first: for people who see the whole house. */
function openCalls({ context, parts }: Exchange): OpenCall[] {
  if (scopeOf(context.principal).sees !== "all") return [];
  return parts.appliance.store.reads.listLedger({ unfinishedOnly: true }, { limit: 8 }).items;
}

function withCustomers(exchange: Exchange, calls: readonly CallSummary[]): CallRow[] {
  const nameOf = customerNames(exchange);
  return calls.map((call) => ({ ...call, customer: nameOf(call.customer_id), arrived_at: arrivedAt(call) }));
}

/** Name, else the first address; each customer is read once. */
function customerNames({ parts }: Exchange): (id: string | null) => string | null {
  const known = new Map<string, string | null>();
  return (id) => {
    if (id === null) return null;
    if (!known.has(id)) {
      const customer = parts.appliance.store.reads.customer(id);
      known.set(id, customer?.name ?? customer?.identities[0]?.value ?? null);
    }
    return known.get(id) ?? null;
  };
}

/** A session gets its id when its call arrives. */
function arrivedAt({ session_id }: CallSummary): string | null {
  const ms = timeOfId(session_id);
  return ms === undefined ? null : toRfc3339(ms);
}

function audioAddress({ parts }: Exchange, call: CallView): string | null {
  const recording = parts.appliance.store.reads.recordingOf(call.call_id, call.source);
  return recording?.redacted === true ? `/v1/calls/${urlPart(call.call_id)}/audio?source=${urlPart(call.source)}` : null;
}

function nextAddress(path: string, cursor: string | null, rest: Record<string, string | undefined>): string | null {
  return cursor === null ? null : `${path}?${new URLSearchParams({ ...present(rest), cursor } as Record<string, string>).toString()}`;
}
