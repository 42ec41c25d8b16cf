// What people say is true of a call, beside what the machine heard and found.
import { z } from "zod";
import { CALL_FIELDS, callViewSchema, correctionReportSchema, isId, OUTCOMES, SPEAKERS, TURN_FIELDS, AppError, type CallField } from "../../domain/index.ts";
import { readJsonBody } from "../body.ts";
import { checked, checkedQuery, pathPart, sourceQuery } from "../checked.ts";
import { sendJson } from "../problem.ts";
import { NARROWED_MENDERS, NARROWED_READERS, type Exchange, type Route } from "../route.ts";
import { visibleCall } from "../visible-call.ts";
import { by } from "../by.ts";

/** Who corrects: never the agent whose call it is, since the numbers of that call are about the agent. */
export const CORRECTORS = NARROWED_MENDERS;

export const turnChangeSchema = z
  .object({ text: z.string().trim().max(5000).describe("what was said; redacted before it is stored; empty: nothing was said"), speaker: z.enum(SPEAKERS) })
  .partial()
  .refine((change) => Object.keys(change).length > 0, "expected text or speaker");
export const callChangeSchema = z
  .object({
    topic: z.string().trim().min(1).max(200).nullable(), outcome: z.enum(OUTCOMES),
    reason: z.string().regex(/^[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*$/, "expected a reason of the site's taxonomy, e.g. billing.double_charge").max(100).nullable(),
  })
  .partial()
  .refine((change) => Object.keys(change).length > 0, "expected topic, reason or outcome");
const takeBackQuery = sourceQuery.extend({ field: z.enum(TURN_FIELDS).optional().describe("the one that was spoken about last when absent") });

const MAX_BODY_BYTES = 32 * 1024;
const problems = ["REQUEST_MALFORMED", "REQUEST_INVALID", "NOT_FOUND", "CONFLICT", "TOO_LARGE", "UNSUPPORTED_TYPE", "REDACTION_FAILED", "DISK_RESERVE", "SHUTTING_DOWN"] as const;
const answers = { 200: { description: "The call as it stands now", schema: callViewSchema } };
const TURN = "/v1/calls/:call_id/turns/:turn";

export const correctionRoutes: Route[] = [
  {
    method: "get", path: "/v1/calls/:call_id/corrections", access: NARROWED_READERS,
    docs: { id: "listCorrections", summary: "What people corrected, by whom and when, and how wrong the words were that they checked", query: sourceQuery, answers: { 200: { description: "Newest first", schema: correctionReportSchema } }, problems: ["REQUEST_INVALID", "NOT_FOUND"] },
    handle(exchange) {
      const call = visibleCall(exchange);
      exchange.parts.appliance.audit({ ...by(exchange), action: "corrections.read", object: { kind: "session", id: call.session_id }, outcome: "ok" });
      sendJson(exchange.res, exchange.parts.appliance.corrections.of(call.session_id));
    },
  },
  {
    method: "put", path: TURN, access: CORRECTORS,
    docs: { id: "correctTurn", summary: "What was really said in a turn, and by whom: counts from now on for every reader, the search and the CRM, and stays when the call is heard again. The same text again confirms it", query: sourceQuery, body: { media: "application/json", schema: turnChangeSchema }, answers, problems },
    async handle(exchange) {
      const { session_id } = visibleCall(exchange);
      const change = checked(turnChangeSchema, await readJsonBody(exchange.req, MAX_BODY_BYTES), "(body)");
      await exchange.parts.appliance.corrections.turn(session_id, turnId(exchange), change, by(exchange));
      sendJson(exchange.res, visibleCall(exchange));
    },
  },
  {
    method: "delete", path: TURN, access: CORRECTORS,
    docs: { id: "takeTurnBack", summary: "Takes the newest correction of a turn back; the one before, or what the machine heard, counts again", query: takeBackQuery, answers, problems: ["REQUEST_INVALID", "NOT_FOUND", "CONFLICT", "DISK_RESERVE", "SHUTTING_DOWN"] },
    async handle(exchange) {
      const { session_id } = visibleCall(exchange);
      await exchange.parts.appliance.corrections.takeTurnBack(session_id, turnId(exchange), checkedQuery(takeBackQuery, exchange.req).field, by(exchange));
      sendJson(exchange.res, visibleCall(exchange));
    },
  },
  {
    method: "patch", path: "/v1/calls/:call_id", access: CORRECTORS,
    docs: { id: "correctCall", summary: "Topic, reason or outcome as a person knows them: no analysis overwrites them", query: sourceQuery, body: { media: "application/json", schema: callChangeSchema }, answers, problems },
    async handle(exchange) {
      const { session_id } = visibleCall(exchange);
      const change = checked(callChangeSchema, await readJsonBody(exchange.req, MAX_BODY_BYTES), "(body)");
      await exchange.parts.appliance.corrections.call(session_id, change, by(exchange));
      sendJson(exchange.res, visibleCall(exchange));
    },
  },
  {
    method: "delete", path: "/v1/calls/:call_id/corrections/:field", access: CORRECTORS,
    docs: { id: "takeCallBack", summary: "Takes the newest correction of topic, reason or outcome back; the one before, or what the machine found, counts again", query: sourceQuery, answers, problems: ["REQUEST_INVALID", "NOT_FOUND", "CONFLICT", "DISK_RESERVE", "SHUTTING_DOWN"] },
    async handle(exchange) {
      const { session_id } = visibleCall(exchange);
      const field = CALL_FIELDS.find((one): one is CallField => one === pathPart(exchange.req, "field"));
      if (field === undefined) throw new AppError("NOT_FOUND", `There is no such finding to take back; expected one of ${CALL_FIELDS.join(", ")}`);
      await exchange.parts.appliance.corrections.takeCallBack(session_id, field, by(exchange));
      sendJson(exchange.res, visibleCall(exchange));
    },
  },
];

/** An id of another shape is an id that no turn has. @throws AppError NOT_FOUND */
export function turnId({ req }: Exchange): string {
  const id = pathPart(req, "turn");
  if (!isId("msg", id)) throw new AppError("NOT_FOUND", "This call has no such turn; read the call for its turns as they are now");
  return id;
}
