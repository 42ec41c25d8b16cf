// Workflows: which forms there are, and what conversations made of them.
import { AppError } from "../../domain/index.ts";
import { checkedQuery, pageOfQuery, pageQuery, pathPart } from "../checked.ts";
import { actorOf } from "../principal.ts";
import { sendJson } from "../problem.ts";
import { OVERSEERS, type Route } from "../route.ts";
import { pageSchema } from "../schemas.ts";
import { payloadSchema, workflowSchema } from "../workflow-schemas.ts";

const access = { roles: OVERSEERS };

export const workflowRoutes: Route[] = [
  {
    method: "get", path: "/v1/workflows", access,
    docs: { id: "listWorkflows", summary: "The site's workflows, with how many conversations fill them", answers: { 200: { description: "All of them", schema: pageSchema(workflowSchema) } } },
    handle: ({ res, parts }) => sendJson(res, { items: parts.appliance.workflows.list(), next: null }),
  },
  {
    method: "get", path: "/v1/workflows/:id/payloads", access,
    docs: { id: "listPayloads", summary: "Completed forms of a workflow, newest first, each revision with what became of it", query: pageQuery, answers: { 200: { description: "A page of payloads", schema: pageSchema(payloadSchema) } }, problems: ["REQUEST_INVALID", "NOT_FOUND"] },
    handle({ req, res, parts, context }) {
      const id = pathPart(req, "id");
      const page = pageOfQuery(checkedQuery(pageQuery, req));
      if (!parts.appliance.workflows.knows(id)) throw new AppError("NOT_FOUND", "There is no workflow with this name; /v1/workflows lists them");
      const payloads = parts.appliance.store.reads.forms.listPayloads(id, page);
      parts.appliance.audit({ actor: actorOf(context.principal, context.remoteIp), action: "payloads.read", object: { kind: "workflow", id }, outcome: "ok", requestId: context.id });
      sendJson(res, payloads);
    },
  },
];
