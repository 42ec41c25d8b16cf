// GET /v1/search and /v1/knowledge: filters arrive as meant, and each role sees what it may.
import assert from "node:assert/strict";
import { CUSTOMER_ID } from "./fake-appliance.ts";
import { as, start, type Harness } from "./harness.ts";

describe("http: search", () => {
  let house: Harness;
  beforeEach(() => (house = start()));
  afterEach(() => house.end());

  it("filters arrive as they were meant; wrong ones are refused with their path", async () => {
    const { status } = await house.agent.get(`/v1/search?q=charged&channel=sms&customer=${CUSTOMER_ID}&agent=201&queue=billing&topic=Billing&reason=billing.refund&outcome=resolved&sentiment=neg&speaker=customer&kind=turn&from=2026-01-01T00:00:00Z&to=1800000000000`).set(as("analyst"));
    assert.equal(status, 200);
    assert.deepEqual(house.fake.searched, [{ channel: "sms", customerId: CUSTOMER_ID, agentId: "201", queue: "billing", topic: "Billing", reason: "billing.refund", outcome: "resolved", sentiment: "neg", speaker: "customer", kind: "turn", fromMs: Date.UTC(2026, 0, 1), toMs: 1_800_000_000_000 }]);
    for (const [wrong, path] of [["outcome=perhaps", "outcome"], ["sentiment=sad", "sentiment"], ["from=yesterday", "from"], ["speaker=dog", "speaker"], ["in=mail", "in"], ["limit=0", "limit"]]) {
      const answer = await house.agent.get(`/v1/search?q=a&${wrong}`).set(as("admin"));
      assert.deepEqual([answer.status, answer.body.problems?.[0].path], [422, path], wrong);
    }
  });

  it("who sees the whole house finds everything; an agent finds own contacts, so without a name nothing; whoever only brings things in may not ask", async () => {
    for (const role of ["admin", "supervisor", "analyst"] as const) assert.equal((await house.agent.get("/v1/search?q=charged").set(as(role))).body.items.length, 1, role);
    house.fake.searched.length = 0;
    for (const path of ["/v1/search?q=charged", "/v1/search?q=charged&agent=201"]) assert.deepEqual((await house.agent.get(path).set(as("agent"))).body, { items: [], next: null, by: "words", coverage: { all: true, back_to: null } });
    assert.deepEqual(house.fake.searched, [], "not even asked");
    assert.equal((await house.agent.get("/v1/search?q=charged").set(as("intake"))).status, 403);
    assert.equal((await house.agent.get("/v1/search?q=charged")).status, 401);
  });

  it("the business's documents are for everybody who answers customers; how they are indexed is for those who mend it", async () => {
    for (const role of ["admin", "supervisor", "analyst", "agent"] as const) {
      const { body } = await house.agent.get("/v1/search?q=refunds&in=knowledge").set(as(role));
      assert.deepEqual([body.items[0].passage.document, body.items[0].snippet.marks], ["terms.pdf", [[0, 7]]], role);
    }
    assert.equal((await house.agent.get("/v1/search?q=-refunds&in=knowledge").set(as("agent"))).status, 422);
    assert.equal((await house.agent.get("/v1/knowledge").set(as("supervisor"))).body.items[0].indexed_at, "1970-01-01T00:00:00.000Z");
    for (const role of ["analyst", "agent", "intake"] as const) assert.equal((await house.agent.get("/v1/knowledge").set(as(role))).status, 403, role);
  });
});
