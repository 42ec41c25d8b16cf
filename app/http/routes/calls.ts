// Calls: bring one in, list them, read one, run one again.
import { z } from "zod";
import { AppError, CALL_STATUSES, callSummarySchema, callViewSchema, genericCallSchema, timeSchema, type CallView } from "../../domain/index.ts";
import { checked, checkedQuery, pageOfQuery, pageQuery, present, sourceQuery } from "../checked.ts";
import { readUpload } from "../multipart.ts";
import { narrowed, scopeOf } from "../principal.ts";
import { sendJson } from "../problem.ts";
import { FEEDERS, NARROWED_MENDERS, NARROWED_READERS, type Exchange, type Route } from "../route.ts";
import { acceptedSchema, pageSchema, uploadSchema } from "../schemas.ts";
import { visibleCall } from "../visible-call.ts";
import { by } from "../by.ts";
import type { Accepted, Appliance, StagedFile } from "../../pipeline/index.ts";

/** A moment in a query: RFC 3339 or milliseconds. */
export const when = z.union([z.string().regex(/^\d{1,13}$/, "expected milliseconds since 1970").transform(Number), z.iso.datetime({ offset: true })]).pipe(timeSchema);

const listQuery = pageQuery.extend({
  status: z.enum(CALL_STATUSES).optional(),
  source: z.string().min(1).max(63).optional(),
  customer_id: z.string().min(1).max(64).optional(),
  agent_id: z.string().min(1).max(200).optional(),
  rule: z.string().regex(/^[a-z][a-z0-9_]{0,49}$/, "expected the name of a rule, see /v1/rules").optional().describe("only calls that this rule matched"),
  from: when.optional().describe("only calls that arrived at this time or later: RFC 3339 or milliseconds"),
  to: when.optional().describe("only calls that arrived before this time"),
});

export const callRoutes: Route[] = [
  {
    method: "post",
    path: "/v1/calls",
    access: { roles: FEEDERS },
    docs: {
      id: "uploadCall",
      summary: "Upload a recording; answered only when it is on the disk. The same recording or call id again changes nothing",
      body: { media: "multipart/form-data", schema: uploadSchema },
      answers: { 202: { description: "Taken in", schema: acceptedSchema } },
      problems: ["REQUEST_MALFORMED", "REQUEST_INVALID", "TOO_LARGE", "UNSUPPORTED_TYPE", "DISK_RESERVE", "SHUTTING_DOWN"],
    },
    async handle({ req, res, parts: { appliance } }) {
      const { file, fields } = await readUpload(req, { file: "recording", fields: ["metadata"], maxFileBytes: appliance.config.http.max_upload_mb * 1_048_576, limitSetting: "http.max_upload_mb" }, appliance);
      const facts = await orDiscard(appliance, file, () => checked(genericCallSchema.partial(), readJson("metadata", fields.metadata ?? "{}"), "metadata"));
      sendJson(res, await appliance.acceptFile("upload", file, present(facts)), 202);
    },
  },
  {
    method: "get",
    path: "/v1/calls",
    access: NARROWED_READERS,
    docs: { id: "listCalls", summary: "Calls, newest first", query: listQuery, answers: { 200: { description: "A page of calls", schema: pageSchema(callSummarySchema) } }, problems: ["REQUEST_INVALID"] },
    handle({ req, res, context, parts }) {
      const query = checkedQuery(listQuery, req);
      const filter = narrowed(scopeOf(context.principal), present({ status: query.status, source: query.source, customerId: query.customer_id, agentId: query.agent_id, rule: query.rule, fromMs: query.from, toMs: query.to }));
      sendJson(res, filter === undefined ? { items: [], next: null } : parts.appliance.store.reads.listCalls(filter, pageOfQuery(query)));
    },
  },
  {
    method: "get",
    path: "/v1/calls/:call_id",
    access: NARROWED_READERS,
    docs: { id: "readCall", summary: "One call with everything that is known of it", query: sourceQuery, answers: { 200: { description: "The call", schema: callViewSchema } }, problems: ["REQUEST_INVALID", "NOT_FOUND"] },
    handle: (exchange) => sendJson(exchange.res, visibleCall(exchange)),
  },
  {
    method: "post",
    path: "/v1/calls/:call_id/reprocess",
    access: NARROWED_MENDERS,
    docs: { id: "reprocessCall", summary: "Run a finished or failed call through the pipeline again; its revision grows", query: sourceQuery, answers: { 202: { description: "Begun", schema: acceptedSchema } }, problems: ["REQUEST_INVALID", "NOT_FOUND", "CONFLICT", "CONSENT_MISSING"] },
    async handle(exchange) {
      sendJson(exchange.res, await reprocess(exchange, visibleCall(exchange)), 202);
    },
  },
];

/** Runs a call again; that somebody asked for it is written down. */
export async function reprocess(exchange: Exchange, { call_id, source, session_id }: Pick<CallView, "call_id" | "source" | "session_id">): Promise<Accepted> {
  const accepted = await exchange.parts.appliance.reprocess(call_id, source);
  exchange.parts.appliance.audit({ ...by(exchange), action: "call.reprocessed", object: { kind: "session", id: session_id }, outcome: "ok" });
  return accepted;
}

/** Only before `acceptFile`: after it the file may belong to a call, whatever it threw; what belongs to none is swept from the vault at the next start. */
export async function orDiscard<T>(appliance: Appliance, file: StagedFile, check: () => T): Promise<T> {
  try {
    return check();
  } catch (thrown) {
    await appliance.discard(file);
    throw thrown;
  }
}

export function readJson(part: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError("REQUEST_MALFORMED", `The part ${part} is not JSON; correct it and send the request again`, { cause, details: { problems: [{ path: part, message: "expected JSON" }] } });
  }
}
