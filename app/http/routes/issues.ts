// The live question: which problems are open now, over all channels. With customers' own words, so every reading is audited.
import { z } from "zod";
import { checkedQuery, present } from "../checked.ts";
import { unresolvedIssuesSchema } from "../issue-schemas.ts";
import { actorOf } from "../principal.ts";
import { sendJson } from "../problem.ts";
import { OVERSEERS, type Route } from "../route.ts";
import { when } from "./calls.ts";

const name = z.string().trim().min(1).max(100).optional();
const question = z.object({
  limit: z.coerce.number().int().min(1).max(20).default(3).describe("how many groups at most, the most urgent first"),
  channel: name.describe("only conversations with a contact on this channel"),
  queue: name.describe("only conversations that are in this queue, or whose newest contact came to it"),
  reason: name.describe("only this reason code; its themes are told apart"),
  since: when.optional().describe("only conversations in which something was said at this time or later; RFC 3339 or milliseconds"),
});

export const issueRoutes: Route[] = [
  {
    method: "get",
    path: "/v1/issues/unresolved",
    access: { roles: OVERSEERS },
    docs: {
      id: "readUnresolvedIssues",
      summary: "The most urgent open problems across all channels: customers affected × age × mood, each with customers' own words. Changes with every message; `issues.changed` on /v1/events says when to ask again",
      query: question,
      answers: { 200: { description: "Groups, the most urgent first", schema: unresolvedIssuesSchema } },
      problems: ["REQUEST_INVALID"],
    },
    async handle({ req, res, parts: { appliance }, context }) {
      const { limit, since, ...filter } = checkedQuery(question, req);
      const answer = await appliance.issues.unresolved({ limit, ...present({ ...filter, sinceMs: since }) });
      appliance.audit({ actor: actorOf(context.principal, context.remoteIp), action: "issues.read", object: { kind: "issues", id: filter.reason ?? null }, outcome: "ok", requestId: context.id });
      sendJson(res, answer);
    },
  },
];
