// The pure parts of delivery: the body, the signature, the schedule, and what answers mean.
import assert from "node:assert/strict";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { buildCrmBody, crmBodySchema, MAX_ATTEMPTS, nextAttempt, signStandardWebhook } from "../../app/delivery/index.ts";
import { readRetryAfter } from "../../app/platform/index.ts";
import { callView } from "./helpers.ts";

const NOW = Date.UTC(2026, 10, 3, 13, 15);
const HOUR = 3_600_000;
const customer = { id: "cus_1", name: "Ann Lee", phone: "+31612345678", email: null, crm_id: "42" };

describe("buildCrmBody", () => {
  it("writes the contract's names in the contract's order, the five of the blueprint first", () => {
    const body = buildCrmBody({ call: callView(), customer, revision: 2, linkBase: "https://calls.example/" });
    assert.deepEqual(Object.keys(body), [
      "call_id", "transcript", "summary", "topic", "duration", "type", "revision", "customer", "conversation_id", "direction", "agent",
      "outcome", "reason", "sentiment", "action_items", "link", "categories",
    ]);
    assert.deepEqual(body, {
      call_id: "abc123", transcript: "Customer: I was charged twice.", summary: "Charged twice.", topic: "Billing", duration: "8m12s",
      type: "call.analysed", revision: 2, customer, conversation_id: "cnv_1", direction: "inbound", agent: { id: "201", name: "Ana" },
      outcome: "resolved", reason: "billing.double_charge", sentiment: { overall: -0.2, customer_start: -0.6, customer_end: 0.3, trend: "improving" },
      action_items: [{ text: "Refund 20 euros", owner: "agent", due: "2026-11-05", evidence: ["msg_1"] }], link: "https://calls.example/calls/abc123", categories: [],
    });
  });
  it("keeps what is unknown as null, and nothing said as an empty text", () => {
    const call = callView({ transcript: null, summary: null, topic: null, agent: null, outcome: null, sentiment: null, duration: null });
    const body = buildCrmBody({ call, customer: null, revision: 1, linkBase: "http://localhost:8090" });
    assert.deepEqual([body.transcript, body.summary, body.topic, body.agent, body.customer, body.duration], ["", "", null, null, null, null]);
  });
  it("makes a link that stays one path segment, whatever the call id holds", () => {
    const call = callView({ call_id: "a b?c#d%e" });
    assert.equal(buildCrmBody({ call, customer: null, revision: 1, linkBase: "https://x/" }).link, "https://x/calls/a%20b%3Fc%23d%25e");
  });
  it("gives a body that its own schema accepts after a trip through JSON", () => {
    const body = buildCrmBody({ call: callView(), customer, revision: 1, linkBase: "https://x" });
    assert.deepEqual(crmBodySchema.parse(JSON.parse(JSON.stringify(body))), body);
  });
});

describe("signStandardWebhook", () => {
  it("gives the signature of the reference vector", () => {
    const signature = signStandardWebhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, '{"test": 2432232314}');
    assert.equal(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  });
  it("is accepted by the package's own verifier for any body, and refused when one character changes", () => {
    const secret = `whsec_${Buffer.from("0123456789abcdef0123456789abcdef").toString("base64")}`;
    const seconds = Math.floor(Date.now() / 1000);
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (text) => {
        const body = JSON.stringify({ text });
        const headers = { "webhook-id": "m1", "webhook-timestamp": String(seconds), "webhook-signature": signStandardWebhook(secret, "m1", seconds, body) };
        assert.deepEqual(new Webhook(secret).verify(body, headers), { text });
        assert.throws(() => new Webhook(secret).verify(`${body} `, headers));
      }),
      { numRuns: 30 },
    );
  });
  it("uses the bytes of a secret without whsec_ as the key, other scripts included", () => {
    const seconds = Math.floor(Date.now() / 1000);
    const headers = { "webhook-id": "m1", "webhook-timestamp": String(seconds), "webhook-signature": signStandardWebhook("a plain пароль", "m1", seconds, "{}") };
    assert.deepEqual(new Webhook(Buffer.from("a plain пароль", "utf8"), { format: "raw" }).verify("{}", headers), {});
  });
  it("says what is wrong when the secret cannot be a key", () => {
    for (const secret of ["whsec_***", "whsec_", ""]) {
      assert.throws(() => signStandardWebhook(secret, "m1", 1, "{}"), (error: { code?: string; message?: string }) => error.code === "CONFIG_INVALID" && /crm\.secret/.test(error.message ?? ""));
    }
  });
});

describe("nextAttempt", () => {
  const total = (random: number): number => {
    let at = NOW;
    for (let made = 1; made < MAX_ATTEMPTS; made++) at = nextAttempt(made, at, random) ?? Number.NaN;
    return at - NOW;
  };
  it("spreads at most 12 attempts over 75 hours or more, even when the jitter always takes away", () => {
    assert.ok(MAX_ATTEMPTS <= 12);
    assert.ok(total(0) >= 75.6 * HOUR, `${total(0) / HOUR} h`);
    assert.ok(total(0.9999999) <= 121 * HOUR, `${total(0.9999999) / HOUR} h`);
  });
  it("waits five seconds first, give or take a fifth", () => {
    assert.deepEqual([nextAttempt(1, 0, 0), nextAttempt(1, 0, 0.5), nextAttempt(1, 0, 0.99999)], [4000, 5000, 6000]);
  });
  it("ends after the last attempt", () => {
    assert.equal(nextAttempt(MAX_ATTEMPTS, NOW, 0.5), undefined);
    assert.equal(nextAttempt(MAX_ATTEMPTS, NOW, 0.5, 60_000), undefined);
    assert.notEqual(nextAttempt(MAX_ATTEMPTS - 1, NOW, 0.5), undefined);
  });
  it("never comes earlier than Retry-After, nor later than a day and a bit for its sake", () => {
    assert.equal(nextAttempt(1, 0, 0, 120_000), 120_000);
    assert.equal(nextAttempt(4, 0, 0.5, 1000), 2 * HOUR);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: MAX_ATTEMPTS - 1 }), fc.double({ min: 0, max: 0.999, noNaN: true }), fc.integer({ min: 0, max: 1e12 }), (made, random, asked) => {
        const wait = (nextAttempt(made, NOW, random, asked) ?? Number.NaN) - NOW;
        assert.ok(wait >= Math.min(asked, 24 * HOUR) && wait <= 29 * HOUR);
      }),
    );
  });
});

describe("readRetryAfter", () => {
  it("reads seconds and HTTP dates, and ignores everything else", () => {
    assert.equal(readRetryAfter("120", NOW), 120_000);
    assert.equal(readRetryAfter(" 0 ", NOW), 0);
    assert.equal(readRetryAfter(new Date(NOW + 90_000).toUTCString(), NOW), 90_000);
    assert.equal(readRetryAfter("Sunday, 06-Nov-94 08:49:37 GMT", NOW), 0);
    assert.equal(readRetryAfter("9999999999", NOW), 24 * HOUR);
    assert.equal(readRetryAfter("Fri, 31 Dec 9999 23:59:59 GMT", NOW), 24 * HOUR);
    for (const text of [undefined, "", "-5", "1.5", "soon", "1e3", "2026-11-03", "Mon, x", "9".repeat(5000)]) assert.equal(readRetryAfter(text, NOW), undefined, text);
  });
});
