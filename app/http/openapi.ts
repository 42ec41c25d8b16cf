// OpenAPI 3.1 from the route table and the schemas that the routes really use: it cannot say anything else than what is done.
import { z } from "zod";
import { callSummarySchema, callViewSchema, ERROR_CATALOGUE, genericCallSchema, type ErrorCode } from "../domain/index.ts";
import { alertBodySchema } from "../delivery/index.ts";
import { messageInputSchema } from "../intake/index.ts";
import type { Access } from "./auth.ts";
import type { Answer, Route } from "./route.ts";
import { completedFormSchema } from "./workflow-schemas.ts";
import { acceptedSchema, consentRecordSchema, conversationSchema, crmCallSchema, customerSchema, jobSchema, ledgerLineSchema, messageSchema, problemSchema, receivedSchema, searchHitSchema } from "./schemas.ts";

type Json = Record<string, unknown>;

/** Schemas with a name of their own in `components`. */
const NAMES = z.registry<{ id: string }>();
const NAMED: [z.ZodType, string][] = [
  [callViewSchema, "Call"], [callSummarySchema, "CallSummary"], [genericCallSchema, "CallNotification"], [acceptedSchema, "Accepted"], [messageInputSchema, "InboundMessage"], [receivedSchema, "Received"], [problemSchema, "Problem"], [ledgerLineSchema, "LedgerLine"],
  [jobSchema, "Job"], [customerSchema, "Customer"], [messageSchema, "Message"], [conversationSchema, "Conversation"], [searchHitSchema, "SearchHit"], [consentRecordSchema, "ConsentRecord"], [crmCallSchema, "AnalysedCall"], [alertBodySchema, "RuleAlert"], [completedFormSchema, "CompletedForm"],
];
for (const [schema, id] of NAMED) NAMES.add(schema, { id });

/** Every route may answer these. */
const ALWAYS: ErrorCode[] = ["TOO_MANY_REQUESTS", "INTERNAL"];

/** @param version of the program */
export function openApiDocument(routes: readonly Route[], version: string, serverUrl: string): Json {
  const components: Json = {};
  const schemaOf = schemaWriter(components);
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, "{$1}");
    (paths[path] ??= {})[route.method] = operationOf(route, schemaOf);
  }
  const problem = schemaOf(problemSchema, "output");
  return {
    openapi: "3.1.0",
    jsonSchemaDialect: "https://json-schema.org/draft/2020-12/schema",
    info: { title: "Earshot", version, description: "On-premise call analytics. Errors are RFC 9457 problems with a stable `code`; times are RFC 3339 UTC or integer milliseconds.", license: { name: "MIT", identifier: "MIT" } },
    servers: [{ url: serverUrl }],
    paths,
    webhooks: {
      "call.analysed": { post: sendingOperation("sendAnalysedCall", "Sent to crm.url once per call and revision, repeated for three days until it is answered with 2xx", crmCallSchema, schemaOf) },
      "rule.matched": { post: sendingOperation("sendRuleAlert", "Sent to the rule's webhook once per session, rule and revision, in the same way", alertBodySchema, schemaOf) },
      "workflow.completed": { post: sendingOperation("sendCompletedForm", "Sent to the endpoint of the workflow once per content of a form, in the same way", completedFormSchema, schemaOf) },
    },
    components: {
      schemas: components,
      responses: { Problem: { description: "A problem; `code` says which", content: { "application/problem+json": { schema: problem } } } },
      securitySchemes: {
        key: { type: "http", scheme: "bearer", description: "made with: earshot key create" },
        login: { type: "apiKey", in: "cookie", name: "__Host-earshot", description: "a person's login (over plain http on this machine the cookie is called earshot); requests that change something must come from the same origin" },
        source: { type: "apiKey", in: "header", name: "webhook-signature", description: "as configured for the source: Standard Webhooks, HMAC of the body (also as Stripe, Chatwoot, Twilio and EspoCRM write it), Basic or Bearer, with an optional list of addresses" },
      },
    },
  };
}

type SchemaOf = (schema: z.ZodType, io: "input" | "output") => Json;

function operationOf(route: Route, schemaOf: SchemaOf): Json {
  const { docs } = route;
  const codes = [...new Set([...(docs.problems ?? []), ...(isGuarded(route.access) ? (["UNAUTHENTICATED", "FORBIDDEN"] as const) : []), ...ALWAYS])];
  const responses: Json = {};
  for (const [status, answer] of Object.entries(docs.answers)) responses[status] = answerOf(answer, schemaOf);
  for (const status of new Set(codes.map((code) => ERROR_CATALOGUE[code].status))) {
    if (responses[status] !== undefined) continue;
    const here = codes.filter((code) => ERROR_CATALOGUE[code].status === status);
    responses[status] = { description: here.map((code) => `${code}: ${ERROR_CATALOGUE[code].title}`).join(". "), content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } } };
  }
  const parameters = [...pathParameters(route.path), ...queryParameters(docs.query, schemaOf)];
  return {
    operationId: docs.id,
    summary: docs.summary,
    tags: [route.isPage ? "Dashboard" : (route.path.split("/")[2] ?? "Appliance")],
    security: securityOf(route.access),
    ...(typeof route.access === "object" ? { "x-roles": "roles" in route.access ? route.access.roles : route.access.local_or } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(docs.body === undefined ? {} : { requestBody: { required: true, content: { [docs.body.media]: { schema: schemaOf(docs.body.schema, "input") } } } }),
    responses,
  };
}

function answerOf(answer: Answer, schemaOf: SchemaOf): Json {
  const content = answer.schema !== undefined ? { "application/json": { schema: schemaOf(answer.schema, "output") } } : answer.media !== undefined ? { [answer.media]: {} } : undefined;
  return { description: answer.description, ...(content === undefined ? {} : { content }) };
}

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({ name, in: "path", required: true, schema: { type: "string" }, ...(name === "call_id" ? { description: "percent-encoded; 1 to 200 printable characters without slashes" } : {}) }));
}

function queryParameters(query: z.ZodObject | undefined, schemaOf: SchemaOf): Json[] {
  if (query === undefined) return [];
  return Object.entries(query.shape as Record<string, z.ZodType>).map(([name, schema]) => {
    const { description, ...rest } = schemaOf(schema, "input");
    return { name, in: "query", required: !schema.safeParse(undefined).success, ...(description === undefined ? {} : { description }), schema: rest };
  });
}

function securityOf(access: Access): Json[] {
  if (access === "public") return [];
  if (access === "source") return [{ source: [] }];
  return [{ key: [] }, { login: [] }];
}

function isGuarded(access: Access): boolean {
  return typeof access === "object";
}

/** What receivers get; signed by Standard Webhooks. */
function sendingOperation(operationId: string, summary: string, schema: z.ZodType, schemaOf: SchemaOf): Json {
  const header = (name: string, description: string): Json => ({ name, in: "header", required: true, description, schema: { type: "string" } });
  return {
    operationId, summary,
    parameters: [
      header("webhook-id", "the same over all attempts"), header("webhook-timestamp", "seconds since 1970 of this attempt"),
      header("webhook-signature", "v1,<base64 of HMAC-SHA256 over id.timestamp.body>"), header("Idempotency-Key", "the same as webhook-id"),
    ],
    requestBody: { required: true, content: { "application/json": { schema: schemaOf(schema, "output") } } },
    responses: { "2XX": { description: "Taken" }, 410: { description: "Send no more results: the destination is switched off" }, "4XX": { description: "Refused: waits for a person" }, 429: { description: "Later; Retry-After is honoured" } },
  };
}

/** Named schemas go to `components` and are referred to; others are written in place. */
function schemaWriter(components: Json): SchemaOf {
  return (schema, io) => {
    const written = z.toJSONSchema(schema, {
      metadata: NAMES, io, unrepresentable: "any", target: "draft-2020-12",
      override: ({ jsonSchema }) => {
        if (io === "output") delete jsonSchema.additionalProperties; // answers may grow; callers must not refuse what they do not know
      },
    });
    const { $schema: _schema, $defs, id, ...body } = JSON.parse(JSON.stringify(written).replaceAll('"#/$defs/', '"#/components/schemas/')) as Json & { $defs?: Record<string, Json> };
    for (const [name, { id: _id, ...definition }] of Object.entries($defs ?? {})) components[name] ??= definition;
    if (typeof id !== "string") return body;
    components[id] ??= body;
    return { $ref: `#/components/schemas/${id}` };
  };
}
