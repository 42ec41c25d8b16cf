// One attempt against a real receiver on loopback, through the appliance's own outbound client.
import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { pino } from "pino";
import { Webhook } from "standardwebhooks";
import { createDelivery, type Delivery, type DestinationConfig } from "../../app/delivery/index.ts";
import { createNet, silentLog, systemClock, type Log } from "../../app/platform/index.ts";
import { outboxItem, startCrm, type Crm } from "./helpers.ts";

const SECRET = `whsec_${Buffer.from("0123456789abcdef0123456789abcdef").toString("base64")}`;

function deliveryTo(url: string, more: Partial<DestinationConfig> = {}, log: Log = silentLog): Delivery {
  const net = createNet({ log: silentLog, clock: systemClock });
  return createDelivery({ net, clock: systemClock, log, destinations: [{ name: "crm", kind: "generic", url, secret: SECRET, timeoutMs: 2000, ...more }] });
}

describe("delivery attempt", () => {
  let crm: Crm;
  afterEach(() => crm.close());

  it("posts the body as it is, signed, with one key over all attempts and a new time for each", async () => {
    crm = await startCrm((response, attempt, commit) => (attempt === 1 ? response.writeHead(500).end() : (commit(), response.writeHead(204).end())));
    const delivery = deliveryTo(crm.url, { headers: { "X-Api-Key": "k-1", "Content-Type": "text/plain", "Webhook-Id": "other" } });
    const item = outboxItem();
    assert.equal((await delivery.attempt(item)).outcome, "retry");
    await systemClock.sleep(1100);
    assert.deepEqual(await delivery.attempt({ ...item, attempts: 1 }), { outcome: "delivered", httpStatus: 204 });
    const [first, second] = crm.received;
    assert.ok(first !== undefined && second !== undefined);
    for (const one of [first, second]) {
      assert.equal(one.path, "POST /hook");
      assert.equal(one.body, item.body);
      assert.equal(one.headers["content-type"], "application/json");
      assert.equal(one.headers["idempotency-key"], `"${item.messageId}"`);
      assert.equal(one.headers["webhook-id"], item.messageId);
      assert.equal(one.headers["user-agent"], "Earshot");
      assert.equal(one.headers["x-api-key"], "k-1");
      assert.deepEqual(new Webhook(SECRET).verify(one.body, one.headers as Record<string, string>), JSON.parse(item.body));
    }
    assert.notEqual(first.headers["webhook-timestamp"], second.headers["webhook-timestamp"]);
    assert.notEqual(first.headers["webhook-signature"], second.headers["webhook-signature"]);
  });

  it("sends without a signature when no secret is configured, and a login in the address as Basic authentication", async () => {
    crm = await startCrm((response) => response.writeHead(200).end());
    const { secret: _unsigned, ...config } = { name: "crm", kind: "generic", url: crm.url.replace("//", "//ann:p%40ss@"), secret: "", timeoutMs: 2000 };
    const delivery = createDelivery({ net: createNet({ log: silentLog, clock: systemClock }), clock: systemClock, log: silentLog, destinations: [config] });
    assert.equal((await delivery.attempt(outboxItem())).outcome, "delivered");
    assert.equal(crm.received[0]?.headers["webhook-signature"], undefined);
    assert.equal(crm.received[0]?.headers.authorization, `Basic ${Buffer.from("ann:p@ss").toString("base64")}`);
  });

  it("takes effect once when the CRM commits and then drops the connection", async () => {
    crm = await startCrm((response, attempt, commit) => {
      commit();
      if (attempt === 1) response.destroy();
      else response.writeHead(200).end();
    });
    const delivery = deliveryTo(crm.url);
    const first = await delivery.attempt(outboxItem());
    assert.equal(first.outcome, "retry");
    assert.equal(first.httpStatus, null);
    assert.equal((await delivery.attempt(outboxItem({ attempts: 1 }))).outcome, "delivered");
    assert.equal(crm.received.length, 2);
    assert.equal(crm.effects.size, 1);
  });

  for (const [status, attempts, expected, code] of [
    [200, 0, "delivered", undefined], [202, 0, "delivered", undefined], [301, 0, "parked", "DELIVERY_REFUSED"], [308, 0, "parked", "DELIVERY_REFUSED"],
    [400, 0, "parked", "DELIVERY_REFUSED"], [401, 0, "parked", "DELIVERY_REFUSED"], [404, 0, "parked", "DELIVERY_REFUSED"],
    [408, 0, "retry", "DELIVERY_REFUSED"], [409, 0, "retry", "DELIVERY_REFUSED"], [409, 4, "parked", "DELIVERY_REFUSED"], [410, 0, "disabled", "DELIVERY_DISABLED"],
    [413, 0, "parked", "DELIVERY_REFUSED"], [422, 0, "parked", "DELIVERY_REFUSED"], [425, 0, "retry", "DELIVERY_REFUSED"], [429, 0, "retry", "DELIVERY_REFUSED"],
    [500, 0, "retry", "DELIVERY_UNREACHABLE"], [503, 9, "retry", "DELIVERY_UNREACHABLE"],
  ] as const) {
    it(`is ${expected} when the CRM answers ${status} to attempt ${attempts + 1}`, async () => {
      crm = await startCrm((response) => response.writeHead(status, { location: `${crm.url}/elsewhere` }).end("secret detail"));
      const receipt = await deliveryTo(crm.url).attempt(outboxItem({ attempts }));
      assert.equal(receipt.outcome, expected);
      assert.equal(receipt.httpStatus, status);
      assert.equal("error" in receipt ? receipt.error.code : undefined, code);
      assert.equal(crm.received.length, 1, "nothing is followed");
      assert.ok(!JSON.stringify(receipt).includes("secret detail"));
    });
  }

  it("reads Retry-After in both forms", async () => {
    crm = await startCrm((response, attempt) => response.writeHead(429, { "retry-after": attempt === 1 ? "90" : new Date(Date.now() + 60_000).toUTCString() }).end());
    const delivery = deliveryTo(crm.url);
    const [first, second] = [await delivery.attempt(outboxItem()), await delivery.attempt(outboxItem())];
    assert.equal(first.outcome === "retry" ? first.retryAfterMs : undefined, 90_000);
    const ms = second.outcome === "retry" ? (second.retryAfterMs ?? 0) : 0;
    assert.ok(ms > 55_000 && ms <= 60_000, String(ms));
  });

  it("gives up on a CRM that does not answer in time, and says so", async () => {
    crm = await startCrm(() => undefined);
    const startedMs = Date.now();
    const receipt = await deliveryTo(crm.url, { timeoutMs: 300 }).attempt(outboxItem());
    assert.equal(receipt.outcome, "retry");
    assert.ok(Date.now() - startedMs < 2000);
    assert.match("error" in receipt ? receipt.error.message : "", /did not finish within 0\.3 s/);
  });

  it("believes the status of an answer whose body is huge, or breaks off, or never ends", async () => {
    crm = await startCrm((response, attempt) => {
      response.writeHead(200);
      if (attempt === 1) response.end(Buffer.alloc(4 * 1024 * 1024, 97));
      else if (attempt === 2) response.write("begun", () => response.destroy());
      else response.write("begun");
    });
    const delivery = deliveryTo(crm.url, { timeoutMs: 400 });
    for (let i = 0; i < 3; i++) assert.deepEqual(await delivery.attempt(outboxItem()), { outcome: "delivered", httpStatus: 200 });
  });

  it("sends a body of megabytes whole", async () => {
    crm = await startCrm((response) => response.writeHead(200).end());
    const body = JSON.stringify({ transcript: "Ünïcode ".repeat(300_000) });
    assert.equal((await deliveryTo(crm.url, { timeoutMs: 10_000 }).attempt(outboxItem({ body }))).outcome, "delivered");
    assert.equal(crm.received[0]?.body, body);
  });

  it("is to be retried when nobody listens, and when the attempt is given up", async () => {
    crm = await startCrm(() => undefined);
    const giveUp = new AbortController();
    const pending = deliveryTo(crm.url).attempt(outboxItem(), giveUp.signal);
    setTimeout(() => giveUp.abort(new Error("Earshot is stopping")), 50);
    assert.equal((await pending).outcome, "retry");
    await crm.close();
    const receipt = await deliveryTo(crm.url).attempt(outboxItem());
    assert.equal(receipt.outcome, "retry");
    assert.equal("error" in receipt ? receipt.error.code : "", "DELIVERY_UNREACHABLE");
    assert.equal((await deliveryTo(crm.url).attempt(outboxItem({ destination: "gone" }))).outcome, "retry");
  });

  it("logs neither the body, nor the answer, nor the secret", async () => {
    crm = await startCrm((response) => response.writeHead(500).end("answer-of-the-crm"));
    const stream = new PassThrough();
    const lines: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => lines.push(chunk));
    await deliveryTo(crm.url, { headers: { authorization: "Bearer tok-1" } }, pino({ level: "trace" }, stream)).attempt(outboxItem());
    const logged = Buffer.concat(lines).toString("utf8");
    assert.match(logged, /delivery\.answered/);
    for (const secret of ["abc123", "Ünïcode", "answer-of-the-crm", SECRET, "tok-1"]) assert.ok(!logged.includes(secret), secret);
  });
});

describe("createDelivery", () => {
  const refuses = (more: Partial<DestinationConfig>, expected: RegExp): void =>
    assert.throws(() => deliveryTo("http://127.0.0.1:1/", more), (error: { code?: string; message?: string }) => error.code === "CONFIG_INVALID" && expected.test(error.message ?? ""));
  it("refuses a configuration that no attempt could use, before the first call", () => {
    refuses({ kind: "espo" }, /crm\.kind/);
    refuses({ url: "crm.local/hook" }, /crm\.url/);
    refuses({ secret: "whsec_***" }, /crm\.secret/);
    refuses({ headers: { "X-Key": "a\r\nEvil: 1" } }, /crm\.headers/);
    refuses({ headers: { "bad name": "a" } }, /crm\.headers/);
  });
});
