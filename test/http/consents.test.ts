// PUT /v1/customers/{id}/consents: what is taken, what is refused with its path, and who is said to have written it down.
import assert from "node:assert/strict";
import { CUSTOMER_ID } from "./fake-appliance.ts";
import { as, start, type Harness } from "./harness.ts";

const path = `/v1/customers/${CUSTOMER_ID}/consents`;

describe("http: consents", () => {
  let house: Harness;
  beforeEach(() => (house = start()));
  afterEach(() => house.end());
  const put = (body: unknown, to = path) => house.agent.put(to).set(as("supervisor")).set("Content-Type", "application/json").send(typeof body === "string" ? body : JSON.stringify(body));

  it("takes one statement or several, with times of both kinds, and says who wrote them down", async () => {
    const one = await put({ purpose: "recording", state: "withdrawn" });
    assert.deepEqual([one.status, one.body.customer_id], [200, CUSTOMER_ID]);
    await put([{ channel: "sms", purpose: "marketing", state: "granted", source: "crm", at: "2026-11-03T10:00:00Z", proof: "form 12", policy_id: "notice-3", expires_at: 4_000_000_000_000 }, { purpose: "analysis", state: "unknown", at: 1000 }]);
    const [first, second] = house.fake.consented;
    assert.deepEqual(first?.statements, [{ channel: "any", purpose: "recording", state: "withdrawn", source: "api" }]);
    assert.deepEqual(second?.statements, [
      { channel: "sms", purpose: "marketing", state: "granted", source: "crm", atMs: Date.UTC(2026, 10, 3, 10), proof: "form 12", policyId: "notice-3", expiresAtMs: 4_000_000_000_000 },
      { channel: "any", purpose: "analysis", state: "unknown", source: "api", atMs: 1000 },
    ]);
    assert.deepEqual([first?.by.actor.kind, first?.by.actor.id, first?.by.requestId], ["key", "key_supervisor", one.headers["x-request-id"]]);
  });

  it("refuses what it does not understand, with the path, and writes nothing down", async () => {
    const now = house.fake.clock.now();
    const refused: [unknown, string][] = [
      [{ purpose: "spying", state: "granted" }, "purpose"], [{ purpose: "recording", state: "yes" }, "state"], [{ purpose: "recording", state: "granted", colour: "red" }, "body"], [[], "body"],
      [{ purpose: "recording", state: "granted", proof: "x".repeat(501) }, "proof"], [{ purpose: "recording", state: "granted", at: now + 10 * 60_000 }, "at"], [{ purpose: "recording", state: "granted", at: 5, expires_at: 5 }, "expires_at"],
    ];
    for (const [body, where] of refused) {
      const answer = await put(body);
      assert.deepEqual([answer.status, answer.body.code], [422, "REQUEST_INVALID"], JSON.stringify(body));
      assert.ok(where === "body" || JSON.stringify(answer.body).includes(where), JSON.stringify(answer.body));
    }
    assert.deepEqual([(await put("{")).status, (await put({ purpose: "recording", state: "granted" }, "/v1/customers/cus_01JCX3M7Q2E8V6T4Z9K1R5N0PB/consents")).status], [400, 404]);
    assert.deepEqual(house.fake.consented, []);
  });
});
