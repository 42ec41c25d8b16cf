import { strict as assert } from "node:assert";
import { ROLES, type Role } from "../../app/domain/index.ts";
import { ROUTES } from "../../app/http/routes/table.ts";
import type { Route } from "../../app/http/route.ts";
import { ATTACHMENT_ID, CONVERSATION_ID, CUSTOMER_ID, JOB_ID } from "./fake-appliance.ts";
import { as, start, type Harness } from "./harness.ts";
import { CALL_ID } from "./sample-call.ts";

/** Who may do what, written down a second time: a change of the table must be meant. */
const ALLOWED: Record<string, readonly Role[] | "public" | "source"> = {
  "post /v1/webhooks/calls/:source": "source",
  "get /v1/webhooks/whatsapp": "source",
  "post /v1/webhooks/whatsapp": "source",
  "post /v1/webhooks/messages/:source": "source",
  "post /v1/messages": ["admin", "supervisor", "intake"],
  "post /v1/calls": ["admin", "supervisor", "intake"],
  "get /v1/calls": ["admin", "supervisor", "analyst", "agent"],
  "get /v1/calls/:call_id": ["admin", "supervisor", "analyst", "agent"],
  "post /v1/calls/:call_id/reprocess": ["admin", "supervisor"],
  "get /v1/calls/:call_id/corrections": ["admin", "supervisor", "analyst", "agent"],
  "put /v1/calls/:call_id/turns/:turn": ["admin", "supervisor"],
  "delete /v1/calls/:call_id/turns/:turn": ["admin", "supervisor"],
  "patch /v1/calls/:call_id": ["admin", "supervisor"],
  "delete /v1/calls/:call_id/corrections/:field": ["admin", "supervisor"],
  "get /v1/calls/:call_id/transcript": ["admin", "supervisor", "analyst", "agent"],
  "get /v1/calls/:call_id/audio": ["admin", "supervisor", "analyst", "agent"],
  "get /v1/ledger": ["admin", "supervisor", "analyst"],
  "get /v1/jobs": ["admin", "supervisor", "analyst"],
  "post /v1/jobs/:id/retry": ["admin", "supervisor"],
  "post /v1/documents": ["admin", "supervisor", "intake"],
  "get /v1/attachments/:id": ["admin", "supervisor", "analyst", "agent"],
  "get /v1/customers": ["admin", "supervisor", "analyst"],
  "get /v1/customers/:id": ["admin", "supervisor", "analyst"],
  "get /v1/customers/:id/thread": ["admin", "supervisor", "analyst"],
  "get /v1/customers/:id/context": ["admin", "supervisor", "analyst", "agent"],
  "get /v1/context": ["admin", "supervisor", "analyst", "agent"],
  "get /v1/references/:value": ["admin", "supervisor", "analyst", "agent"],
  "post /v1/customers/:id/merge": ["admin", "supervisor"],
  "post /v1/customers/:id/unmerge": ["admin", "supervisor"],
  "post /v1/customers/:id/split": ["admin", "supervisor"],
  "get /v1/customers/:id/merges": ["admin", "supervisor", "analyst"],
  "get /v1/customers/:id/duplicates": ["admin", "supervisor", "analyst"],
  "post /v1/customers/:id/identities": ["admin", "supervisor"],
  "put /v1/customers/:id/profile": ["admin", "supervisor", "intake"],
  "patch /v1/conversations/:id": ["admin", "supervisor"],
  "post /v1/sessions/:id/move": ["admin", "supervisor"],
  "post /v1/sessions/:id/escalate": ["admin", "supervisor", "intake"],
  "get /v1/customers/:id/consents": ["admin", "supervisor", "analyst"],
  "put /v1/customers/:id/consents": ["admin", "supervisor", "intake"],
  "get /v1/conversations": ["admin", "supervisor", "analyst"],
  "get /v1/conversations/:id": ["admin", "supervisor", "analyst"],
  "get /v1/issues/unresolved": ["admin", "supervisor", "analyst"],
  "get /v1/analytics/definitions": ["admin", "supervisor", "analyst"],
  "get /v1/analytics/:metric": ["admin", "supervisor", "analyst"],
  "get /v1/rules": ["admin", "supervisor", "analyst"],
  "get /v1/scorecards": ["admin", "supervisor", "analyst"],
  "get /v1/scorecards/:card/agreement": ["admin", "supervisor", "analyst"],
  "get /v1/sessions/:id/quality": ["admin", "supervisor", "analyst", "agent"],
  "put /v1/sessions/:id/scorecards/:card/answers/:question": ["admin", "supervisor"],
  "delete /v1/sessions/:id/scorecards/:card/answers/:question": ["admin", "supervisor"],
  "get /v1/workflows": ["admin", "supervisor", "analyst"],
  "get /v1/workflows/:id/payloads": ["admin", "supervisor", "analyst"],
  "get /v1/search": ["admin", "supervisor", "analyst", "agent"],
  "get /v1/knowledge": ["admin", "supervisor"],
  "get /v1/models/speech": ["admin", "supervisor", "analyst"],
  "post /v1/models/speech": ["admin"],
  "get /v1/events": ["admin", "supervisor", "analyst", "agent"],
  "get /livez": "public",
  "get /readyz": "public",
  "get /metrics": ["admin"],
  "get /openapi.json": "public",
  "get /": ["admin", "supervisor", "analyst", "agent"],
  "get /conversations": ["admin", "supervisor", "analyst", "agent"],
  "get /conversations.csv": ["admin", "supervisor", "analyst"],
  "post /conversations/views": ["admin", "supervisor", "analyst", "agent"],
  "post /conversations/views/:id/rename": ["admin", "supervisor", "analyst", "agent"],
  "post /conversations/views/:id/delete": ["admin", "supervisor", "analyst", "agent"],
  "get /calls/:call_id": ["admin", "supervisor", "analyst", "agent"],
  "post /calls/:call_id/reprocess": ["admin", "supervisor"],
  "get /calls/:call_id/wave": ["admin", "supervisor", "analyst", "agent"],
  "post /calls/:call_id/turns/:turn": ["admin", "supervisor"],
  "post /calls/:call_id/turns/:turn/undo": ["admin", "supervisor"],
  "post /calls/:call_id/correct": ["admin", "supervisor"],
  "post /calls/:call_id/undo": ["admin", "supervisor"],
  "post /calls/:call_id/answers": ["admin", "supervisor"],
  "get /agents": ["admin", "supervisor", "analyst"],
  "get /agents/:id": ["admin", "supervisor", "analyst"],
  "get /customers": ["admin", "supervisor", "analyst", "agent"],
  "get /customers/:id": ["admin", "supervisor", "analyst", "agent"],
  "get /customers/:id/lines/:session": ["admin", "supervisor", "analyst", "agent"],
  "get /customers/:id/merge": ["admin", "supervisor"],
  "get /customers/:id/consent": ["admin", "supervisor"],
  "post /customers/:id/merge": ["admin", "supervisor"],
  "post /customers/:id/unmerge": ["admin", "supervisor"],
  "post /customers/:id/split": ["admin", "supervisor"],
  "post /customers/:id/identities": ["admin", "supervisor"],
  "post /customers/:id/consents": ["admin", "supervisor"],
  "post /customers/:id/conversations/:conversation": ["admin", "supervisor"],
  "post /customers/:id/sessions/:session/move": ["admin", "supervisor"],
  "get /ledger": ["admin", "supervisor", "analyst"],
  "get /ledger/jobs": ["admin", "supervisor", "analyst"],
  "post /ledger/retry": ["admin", "supervisor"],
  "post /ledger/jobs/:id/retry": ["admin", "supervisor"],
  "get /settings": ["admin", "supervisor", "analyst", "agent"],
  "get /settings/about": ["admin", "supervisor", "analyst"],
  "get /settings/sources": ["admin", "supervisor", "analyst"],
  "post /settings/sources/check": ["admin"],
  "get /settings/models": ["admin", "supervisor", "analyst"],
  "post /settings/models/speech": ["admin"],
  "get /settings/crm": ["admin", "supervisor", "analyst"],
  "post /settings/crm/test": ["admin"],
  "get /settings/workflows": ["admin", "supervisor", "analyst"],
  "get /settings/retention": ["admin", "supervisor", "analyst"],
  "get /settings/change": ["admin"],
  "post /settings/change": ["admin"],
  "get /assets/:name": "public",
  "get /login": "public",
  "post /login": "public",
  "post /logout": "public",
  "get /set-up": "public",
  "post /set-up": "public",
  "get /account": ["admin", "supervisor", "analyst", "agent"],
  "post /account/password": ["admin", "supervisor", "analyst", "agent"],
  "post /account/sessions/:id/end": ["admin", "supervisor", "analyst", "agent"],
  "post /account/sign-out": ["admin", "supervisor", "analyst", "agent"],
  "get /settings/people": ["admin"],
  "post /settings/people": ["admin"],
  "get /settings/people/:id": ["admin"],
  "post /settings/people/:id": ["admin"],
  "post /settings/people/:id/reset": ["admin"],
  "post /settings/people/:id/disable": ["admin"],
  "post /settings/people/:id/enable": ["admin"],
  "post /settings/teams": ["admin"],
  "post /settings/teams/remove": ["admin"],
};

/** What is open to people and keys that are bound to agents, because it shows and touches nothing but these agents' contacts; written down a second time too. */
const BOUND: readonly string[] = [
  "get /v1/calls", "get /v1/calls/:call_id", "get /v1/calls/:call_id/corrections", "get /v1/calls/:call_id/transcript", "get /v1/calls/:call_id/audio", "post /v1/calls/:call_id/reprocess",
  "put /v1/calls/:call_id/turns/:turn", "delete /v1/calls/:call_id/turns/:turn", "patch /v1/calls/:call_id", "delete /v1/calls/:call_id/corrections/:field",
  "get /v1/sessions/:id/quality", "put /v1/sessions/:id/scorecards/:card/answers/:question", "delete /v1/sessions/:id/scorecards/:card/answers/:question", "post /v1/sessions/:id/move", "patch /v1/conversations/:id",
  "get /v1/attachments/:id", "get /v1/customers/:id/context", "get /v1/context", "get /v1/references/:value", "get /v1/search", "get /v1/events",
  "get /", "get /conversations", "get /conversations.csv", "post /conversations/views", "post /conversations/views/:id/rename", "post /conversations/views/:id/delete",
  "get /calls/:call_id", "get /calls/:call_id/wave", "post /calls/:call_id/reprocess", "post /calls/:call_id/turns/:turn", "post /calls/:call_id/turns/:turn/undo", "post /calls/:call_id/correct", "post /calls/:call_id/undo", "post /calls/:call_id/answers",
  "get /agents", "get /agents/:id", "get /customers", "get /customers/:id", "get /customers/:id/lines/:session", "post /customers/:id/conversations/:conversation", "post /customers/:id/sessions/:session/move",
  "get /settings", "get /account", "post /account/password", "post /account/sessions/:id/end", "post /account/sign-out",
];

const filled = (path: string): string =>
  path.replace(":source", "pbx").replace(":call_id", CALL_ID).replace(":name", "app.css").replace("jobs/:id", `jobs/${JOB_ID}`).replace("workflows/:id", "workflows/returns").replace(":metric", "silence_ms").replace("customers/:id", `customers/${CUSTOMER_ID}`).replace("attachments/:id", `attachments/${ATTACHMENT_ID}`).replace("conversations/:id", `conversations/${CONVERSATION_ID}`) + (path === "/v1/search" ? "?q=charged" : "");


describe("http: the route table", () => {
  let house: Harness;
  beforeEach(() => (house = start()));
  afterEach(() => house.end());

  const ask = (method: Route["method"], path: string, headers: Record<string, string>) => house.agent[method](filled(path)).set({ "X-Forwarded-For": "192.0.2.7", ...headers }).redirects(0);

  it("holds exactly the routes that are written down here", () => {
    assert.deepEqual(ROUTES.map((route) => `${route.method} ${route.path}`).sort(), Object.keys(ALLOWED).sort());
  });

  for (const [name, allowed] of Object.entries(ALLOWED)) {
    const [method, path] = name.split(" ") as [Route["method"], string];
    if (path === "/v1/events") continue; // its answers do not end; roles are tested with the stream
    if (allowed === "public" || allowed === "source") continue;

    it(`${name}: answers ${allowed.join(", ")} and nobody else`, async () => {
      for (const role of ROLES) {
        const { status } = await ask(method, path, as(role));
        if (allowed.includes(role)) assert.ok(![401, 403].includes(status), `${role} got ${status}`);
        else assert.equal(status, 403, `${role} got ${status}`);
      }
      const nobody = await ask(method, path, {});
      const isPage = !path.startsWith("/v1/") && path !== "/metrics";
      if (isPage && method === "get") assert.match(nobody.headers["location"] ?? "", /^\/login/);
      else assert.deepEqual([nobody.status, nobody.body.code], [401, "UNAUTHENTICATED"]);
      const wrong = await ask(method, path, { Authorization: "Bearer ek_wrong" });
      assert.equal(wrong.status, 401);
    });
  }

  for (const role of ["supervisor", "analyst", "agent"] as const) {
    it(`bound to agents, the role ${role} may what shows or touches their contacts alone, and nothing else`, async () => {
      house.fake.store.access.findKey = () => ({ id: "key_bound", name: "bound", role, createdAtMs: 0, agentIds: ["none of the house"] });
      for (const [name, allowed] of Object.entries(ALLOWED)) {
        const [method, path] = name.split(" ") as [Route["method"], string];
        if (typeof allowed === "string" || path === "/v1/events") continue;
        const { status } = await ask(method, path, as(role));
        const may = allowed.includes(role) && BOUND.includes(name);
        assert.equal(status === 403, !may, `${name} answered ${status}`);
        if (may && method !== "get" && /:call_id|sessions\/:id\/(?:move|scorecards)|v1\/conversations/.test(path)) assert.ok(status === 404 || status === 400, `${name} answered ${status}: what is not theirs does not exist`);
      }
    });
  }

  it("an agent whose key names no agent sees no call: lists are empty, single calls do not exist", async () => {
    const list = await house.agent.get("/v1/calls").set(as("agent"));
    assert.deepEqual(list.body, { items: [], next: null });
    for (const rest of ["", "/transcript", "/audio"]) assert.equal((await house.agent.get(`/v1/calls/${CALL_ID}${rest}`).set(as("agent"))).status, 404);
  });

  it("every answer carries the security headers, allowed or not", async () => {
    for (const { method, path } of ROUTES.filter((route) => route.path !== "/v1/events")) {
      for (const headers of [as("admin"), {}]) {
        const answer = await ask(method, path, headers);
        const got = Object.fromEntries(Object.keys(HEADERS).map((key) => [key, answer.headers[key]]));
        assert.deepEqual(got, HEADERS, `${method} ${path}`);
        assert.match(answer.headers["x-request-id"] ?? "", /^[0-9a-f-]{36}$/);
        assert.equal(answer.headers["x-powered-by"], undefined);
        assert.equal(answer.headers["strict-transport-security"], undefined);
        if (!path.startsWith("/assets")) assert.equal(answer.headers["cache-control"], "no-store", `${method} ${path}`);
      }
    }
  });

  it("an unknown address is 404, a known one with another method 405 with Allow; OPTIONS names the methods; HEAD answers like GET without a body", async () => {
    const unknown = await house.agent.get("/v1/nothing").set(as("admin"));
    assert.deepEqual([unknown.status, unknown.body.code, unknown.headers["content-type"]], [404, "NOT_FOUND", "application/problem+json; charset=utf-8"]);
    const wrong = await house.agent.delete("/v1/calls").set(as("admin"));
    assert.deepEqual([wrong.status, wrong.body.code, wrong.headers["allow"]], [405, "METHOD_NOT_ALLOWED", "POST, GET, HEAD, OPTIONS"]);
    const options = await house.agent.options(`/v1/calls/${CALL_ID}`);
    assert.deepEqual([options.status, options.headers["allow"], options.text], [204, "GET, HEAD, PATCH, OPTIONS", ""]);
    const head = await house.agent.head(`/v1/calls/${CALL_ID}`).set(as("admin"));
    assert.equal(head.status, 200);
    assert.ok(Number(head.headers["content-length"]) > 1000);
    assert.equal(head.text, undefined);
  });

  it("HSTS is sent when a trusted proxy says that the browser came by https", async () => {
    const { config } = await import("./fake-appliance.ts");
    const behind = start(config({ http: { trusted_proxies: ["127.0.0.1/32", "::1"] } }));
    const answer = await behind.agent.get("/livez").set("X-Forwarded-Proto", "https");
    assert.equal(answer.headers["strict-transport-security"], "max-age=31536000");
    await behind.end();
  });
});

const HEADERS = {
  "content-security-policy": "default-src 'self';script-src-attr 'none';style-src-attr 'none';object-src 'none';base-uri 'none';form-action 'self';frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "origin-agent-cluster": "?1",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-dns-prefetch-control": "off",
  "x-download-options": "noopen",
  "x-frame-options": "DENY",
  "x-permitted-cross-domain-policies": "none",
  "x-xss-protection": "0",
};
