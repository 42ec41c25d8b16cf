// What a customer agreed to: read it with its proof, and write down what was said.
import { z } from "zod";
import { AppError, consentStatementSchema, isId, type ConsentStatement } from "../../domain/index.ts";
import { readJsonBody } from "../body.ts";
import { checked, pathPart, present } from "../checked.ts";
import { actorOf } from "../principal.ts";
import { sendJson } from "../problem.ts";
import { FEEDERS, OVERSEERS, type Exchange, type Route } from "../route.ts";
import { consentBodySchema, consentReportSchema } from "../schemas.ts";

/** Clocks of telephone systems and CRMs may be ahead of ours by this much; what is said to be later is a mistake. */
const AHEAD_MS = 5 * 60_000;

/** One is taken as a list of one, so that mistakes are named by their path and not as "none of the shapes". */
const severalSchema = z.array(consentStatementSchema).min(1).max(100);

export const consentRoutes: Route[] = [
  {
    method: "get",
    path: "/v1/customers/:id/consents",
    access: { roles: OVERSEERS },
    docs: { id: "readConsents", summary: "What a customer agreed to, per channel and purpose: every statement with who, when and proof, and what follows from them", answers: { 200: { description: "Statements and decisions", schema: consentReportSchema } }, problems: ["NOT_FOUND"] },
    handle: (exchange) => sendJson(exchange.res, exchange.parts.appliance.consents(customerIdOf(exchange))),
  },
  {
    method: "put",
    path: "/v1/customers/:id/consents",
    access: { roles: FEEDERS },
    docs: {
      id: "recordConsents",
      summary: "Write down what a customer said. A withdrawal has stopped pending work, a grant has set held calls going, when it is answered; a repeat changes nothing",
      body: { media: "application/json", schema: consentBodySchema },
      answers: { 200: { description: "Statements and decisions as they are now", schema: consentReportSchema } },
      problems: ["REQUEST_MALFORMED", "REQUEST_INVALID", "NOT_FOUND", "TOO_LARGE", "UNSUPPORTED_TYPE", "SHUTTING_DOWN"],
    },
    async handle(exchange) {
      const { req, res, context, parts } = exchange;
      const id = customerIdOf(exchange);
      const body = await readJsonBody(req, parts.appliance.config.http.max_body_kb * 1024);
      const said = checked(severalSchema, Array.isArray(body) ? body : [body], "body");
      const statements = said.map((one) => statementOf(one, parts.appliance.clock.now()));
      sendJson(res, await parts.appliance.setConsents(id, statements, { actor: actorOf(context.principal, context.remoteIp), requestId: context.id }));
    },
  },
];

function statementOf(one: z.output<typeof consentStatementSchema>, nowMs: number): ConsentStatement {
  if ((one.at ?? 0) > nowMs + AHEAD_MS) throw wrong("at", "expected a time that is not in the future");
  if (one.expires_at !== undefined && one.expires_at <= (one.at ?? nowMs)) throw wrong("expires_at", "expected a time after `at`");
  const { channel, purpose, state, source } = one;
  return { channel, purpose, state, source, ...present({ atMs: one.at, proof: one.proof, policyId: one.policy_id, expiresAtMs: one.expires_at }) };
}

function wrong(path: string, message: string): AppError {
  return new AppError("REQUEST_INVALID", `${path}: ${message}; correct it and send the request again`, { details: { problems: [{ path, message }] } });
}

function customerIdOf({ req, parts }: Exchange): string {
  const id = pathPart(req, "id");
  if (!isId("cus", id) || parts.appliance.store.reads.customer(id) === undefined) throw new AppError("NOT_FOUND", "There is no customer with this id; /v1/customers lists the customers");
  return id;
}
