import { strict as assert } from "node:assert";
import type { Express } from "express";
import { callViewSchema } from "../../app/domain/index.ts";
import { agreementSchema, rulesViewSchema, scorecardsViewSchema, sessionQualitySchema } from "../../app/http/quality-schemas.ts";
import { ROUTES } from "../../app/http/routes/table.ts";
import { documentsSchema, knowledgePageSchema, messagePageSchema } from "../../app/http/routes/search.ts";
import { consentReportSchema, conversationSchema, customerSchema, jobSchema, ledgerLineSchema, metricDefinitionsSchema, metricStatisticsSchema, pageSchema, problemSchema, readinessSchema, speechViewSchema, threadSchema, transcriptSchema } from "../../app/http/schemas.ts";
import { CONVERSATION_ID, CUSTOMER_ID } from "./fake-appliance.ts";
import { as, start, type Harness } from "./harness.ts";
import { finishedCall } from "./sample-call.ts";

interface Operation {
  operationId: string;
  security: unknown;
  responses: Record<string, unknown>;
  parameters?: { name: string; in: string }[];
}

interface Document {
  paths: Record<string, Record<string, Operation>>;
  webhooks: Record<string, { post: { requestBody: { content: Record<string, { schema: { $ref: string } }> } } }>;
  components: { schemas: Record<string, { properties: object }> };
}

describe("http: /openapi.json", () => {
  let house: Harness;
  let doc: Document;
  before(async () => {
    house = start();
    doc = (await house.agent.get("/openapi.json")).body as Document;
  });
  after(() => house.end());

  it("describes every route that the application answers, and no other", () => {
    const documented = Object.entries(doc.paths).flatMap(([path, operations]) => Object.keys(operations).map((method) => `${method} ${path}`));
    assert.deepEqual(documented.sort(), answeredBy(house.server.app).sort());
  });

  it("gives every operation an id of its own, a security, a success and the problems", () => {
    const operations = Object.values(doc.paths).flatMap((path) => Object.values(path));
    assert.equal(new Set(operations.map((operation) => operation.operationId)).size, ROUTES.length);
    for (const operation of operations) {
      assert.ok(Array.isArray(operation.security), operation.operationId);
      assert.ok(Object.keys(operation.responses).some((status) => status < "400"), operation.operationId);
      assert.ok(operation.responses["429"] !== undefined, operation.operationId);
    }
  });

  it("every reference leads to a component, and every path parameter is declared", () => {
    const references = [...JSON.stringify(doc).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name ?? "");
    assert.ok(references.length > 10);
    for (const name of references) assert.ok(doc.components.schemas[name] !== undefined, name);
    for (const [path, operations] of Object.entries(doc.paths)) {
      const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const operation of Object.values(operations)) assert.deepEqual((operation.parameters ?? []).filter((one) => one.in === "path").map((one) => one.name), names);
    }
  });

  it("describes what the CRM receives, with the five names of the blueprint", () => {
    const properties = doc.components.schemas["AnalysedCall"]?.properties ?? {};
    assert.deepEqual(["call_id", "transcript", "summary", "topic", "duration"].filter((name) => !(name in properties)), []);
    assert.equal(doc.webhooks["call.analysed"]?.post.requestBody.content["application/json"]?.schema.$ref, "#/components/schemas/AnalysedCall");
  });

  it("is what the routes answer: every JSON answer fits its schema", async () => {
    const cases: [string, { parse(value: unknown): unknown }][] = [
      ["/v1/calls", pageSchema(callViewSchema)],
      ["/v1/calls/abc123", callViewSchema],
      ["/v1/calls/abc123/transcript", transcriptSchema],
      ["/v1/ledger", pageSchema(ledgerLineSchema)],
      ["/v1/jobs", pageSchema(jobSchema)],
      ["/v1/customers", pageSchema(customerSchema)],
      [`/v1/customers/${CUSTOMER_ID}`, customerSchema],
      [`/v1/customers/${CUSTOMER_ID}/thread`, threadSchema],
      [`/v1/customers/${CUSTOMER_ID}/consents`, consentReportSchema],
      ["/v1/conversations", pageSchema(conversationSchema)],
      [`/v1/conversations/${CONVERSATION_ID}`, conversationSchema],
      ["/v1/search?q=charged", messagePageSchema],
      ["/v1/search?q=refunds&in=knowledge", knowledgePageSchema],
      ["/v1/knowledge", documentsSchema],
      ["/v1/analytics/definitions", metricDefinitionsSchema],
      ["/v1/analytics/silence_ms", metricStatisticsSchema],
      ["/v1/models/speech", speechViewSchema],
      ["/v1/rules", rulesViewSchema],
      ["/v1/scorecards", scorecardsViewSchema],
      ["/v1/scorecards/standard/agreement", agreementSchema],
      [`/v1/sessions/${finishedCall().session_id}/quality`, sessionQualitySchema],
      ["/readyz?verbose", readinessSchema],
      ["/v1/nothing", problemSchema],
    ];
    for (const [path, schema] of cases) {
      const { body } = await house.agent.get(path).set(as("admin"));
      assert.doesNotThrow(() => schema.parse(body), path);
    }
  });
});

/** What is really mounted, read from Express itself; the catch-all that answers 405 is on every path and no operation. */
function answeredBy(app: Express): string[] {
  const { stack } = (app as unknown as { router: { stack: { route?: { path: string; methods: Record<string, boolean> } }[] } }).router;
  return stack.flatMap(({ route }) => (route === undefined || Object.keys(route.methods).length > 5 ? [] : Object.keys(route.methods).filter((method) => method !== "_all").map((method) => `${method} ${route.path.replace(/:(\w+)/g, "{$1}")}`)));
}
