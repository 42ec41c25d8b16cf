// What happens to calls: the ledger and the queue.
import { z } from "zod";
import { AppError, isId, JOB_STATES } from "../../domain/index.ts";
import { checkedQuery, pageOfQuery, pageQuery, pathPart, present } from "../checked.ts";
import { sendJson } from "../problem.ts";
import { MENDERS, OVERSEERS, type Route } from "../route.ts";
import { jobRetriedSchema, jobSchema, ledgerLineSchema, pageSchema } from "../schemas.ts";

const ledgerQuery = pageQuery.extend({ unfinished: z.enum(["true", "false"]).default("false").describe("only calls that are not done, with what they wait for") });
const jobsQuery = pageQuery.extend({ state: z.enum(JOB_STATES).optional() });

export const workRoutes: Route[] = [
  {
    method: "get",
    path: "/v1/ledger",
    access: { roles: OVERSEERS },
    docs: { id: "readLedger", summary: "Per call: each stage, when, how, why not", query: ledgerQuery, answers: { 200: { description: "A page of the ledger", schema: pageSchema(ledgerLineSchema) } }, problems: ["REQUEST_INVALID"] },
    handle({ req, res, parts }) {
      const query = checkedQuery(ledgerQuery, req);
      sendJson(res, parts.appliance.store.reads.listLedger({ unfinishedOnly: query.unfinished === "true" }, pageOfQuery(query)));
    },
  },
  {
    method: "get",
    path: "/v1/jobs",
    access: { roles: OVERSEERS },
    docs: { id: "listJobs", summary: "The queue", query: jobsQuery, answers: { 200: { description: "A page of jobs", schema: pageSchema(jobSchema) } }, problems: ["REQUEST_INVALID"] },
    handle({ req, res, parts }) {
      const query = checkedQuery(jobsQuery, req);
      sendJson(res, parts.appliance.store.reads.listJobs(present({ state: query.state }), pageOfQuery(query)));
    },
  },
  {
    method: "post",
    path: "/v1/jobs/:id/retry",
    access: { roles: MENDERS },
    docs: { id: "retryJob", summary: "Put a parked or failed job back into the queue", answers: { 202: { description: "Queued", schema: jobRetriedSchema } }, problems: ["NOT_FOUND", "CONFLICT", "CONSENT_MISSING"] },
    async handle({ req, res, parts }) {
      const id = pathPart(req, "id");
      if (!isId("job", id)) throw new AppError("NOT_FOUND", "There is no job with this id; /v1/jobs lists the jobs");
      await parts.appliance.retryJob(id);
      sendJson(res, { id, state: "queued" }, 202);
    },
  },
];
