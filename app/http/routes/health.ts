// Whether the process lives, whether it takes work, and its numbers.
import { z } from "zod";
import { sendJson } from "../problem.ts";
import type { Route } from "../route.ts";
import { readinessSchema } from "../schemas.ts";

const okSchema = z.object({ alive: z.literal(true) });
const verboseQuery = z.object({ verbose: z.string().optional().describe("when present, every check is listed") });

export const healthRoutes: Route[] = [
  {
    method: "get",
    path: "/livez",
    access: "public",
    docs: { id: "livez", summary: "The process answers; nothing else is asked. Restart it when this fails", answers: { 200: { description: "Alive", schema: okSchema } } },
    handle: ({ res }) => sendJson(res, { alive: true }),
  },
  {
    method: "get",
    path: "/readyz",
    access: "public",
    docs: { id: "readyz", summary: "Whether work is taken; 503 with the reasons when not", query: verboseQuery, answers: { 200: { description: "Ready", schema: readinessSchema }, 503: { description: "Not ready, and why", schema: readinessSchema } } },
    async handle({ req, res, parts }) {
      const { ready, checks } = await parts.appliance.readiness();
      const shown = req.query["verbose"] === undefined ? checks.filter((check) => !check.ok) : checks;
      if (!ready) res.setHeader("Retry-After", "10");
      sendJson(res, { ready, ...(shown.length > 0 ? { checks: shown } : {}) }, ready ? 200 : 503);
    },
  },
  {
    method: "get",
    path: "/metrics",
    access: { local_or: ["admin"] },
    docs: { id: "metrics", summary: "Prometheus text format; without a key from this machine itself (not through a proxy), else with the key of an admin", answers: { 200: { description: "Metrics", media: "text/plain; version=0.0.4" } } },
    async handle({ res, parts }) {
      const text = await parts.appliance.metrics();
      res.set({ "Content-Type": "text/plain; version=0.0.4; charset=utf-8", "Cache-Control": "no-store" }).end(text.endsWith("\n") ? text : `${text}\n`);
    },
  },
  {
    method: "get",
    path: "/openapi.json",
    access: "public",
    docs: { id: "openapi", summary: "This document", answers: { 200: { description: "OpenAPI 3.1", schema: z.looseObject({ openapi: z.string() }) } } },
    handle: ({ res, parts }) => sendJson(res, parts.openapi()),
  },
];
