import { strict as assert } from "node:assert";
import { createHmac } from "node:crypto";
import { AppError } from "../../app/domain/index.ts";
import { createWebhookDoor } from "../../app/intake/index.ts";
import { config } from "./fake-appliance.ts";
import { start, type Harness } from "./harness.ts";

const TOKEN = { Authorization: "Bearer 0123456789abcdef" };

describe("http: POST /v1/webhooks/calls/{source}", () => {
  let house: Harness;
  beforeEach(() => (house = start()));
  afterEach(() => house.end());

  const post = (body: string | Buffer, headers: Record<string, string> = TOKEN, source = "pbx") =>
    house.agent.post(`/v1/webhooks/calls/${source}`).set({ "Content-Type": "application/json", ...headers }).serialize((raw: unknown) => raw as string).send(body as string);

  it("202 with call id and status once the appliance has taken it", async () => {
    const { status, body } = await post('{"call_id":"c1","recording_url":"https://pbx.example/c1.wav"}');
    assert.deepEqual([status, body], [202, { call_id: "c1", status: "received" }]);
    assert.deepEqual(house.fake.notified.map(({ source, notification }) => [source, notification.kind]), [["pbx", "recording.ready"]]);
  });

  it("a repeat gets the same answer", async () => {
    const first = await post('{"call_id":"c1"}');
    const second = await post('{"call_id":"c1"}');
    assert.deepEqual([second.status, second.body], [first.status, first.body]);
  });

  it("several notifications in one body are all taken; the answer is that of the last", async () => {
    house.door.parse = () => [{ kind: "call.ended", facts: { callId: "a" } }, { kind: "call.ended", facts: { callId: "b" } }];
    const { body } = await post("{}");
    assert.equal(body.call_id, "b");
    assert.equal(house.fake.notified.length, 2);
  });

  it("a notification of no interest is acknowledged with its reason and audited", async () => {
    house.door.parse = () => [{ kind: "ignored", reason: "b leg", callId: "c9" }];
    const { status, body } = await post("{}");
    assert.deepEqual([status, body], [202, { call_id: "c9", status: "received", ignored: "b leg" }]);
    assert.equal(house.fake.audited.at(-1)?.action, "webhook.ignored");
  });

  it("a call that rings is acknowledged with its id, and handed to the appliance", async () => {
    house.door.parse = () => [{ kind: "call.started", facts: { callId: "c7", from: "+31612345678" } }];
    const { status, body } = await post("{}");
    assert.deepEqual([status, body, house.fake.notified.map((one) => one.notification.kind), house.fake.audited.length], [202, { call_id: "c7", status: "received" }, ["call.started"], 0]);
  });

  it("404 for an unknown source, audited, without a word of what the name was", async () => {
    const { status, body } = await post("{}", TOKEN, "nobody-knows-me");
    assert.deepEqual([status, body.code], [404, "SOURCE_UNKNOWN"]);
    assert.ok(!JSON.stringify(house.fake.audited).includes("nobody-knows-me"));
    assert.equal(house.fake.audited.at(-1)?.reason, "SOURCE_UNKNOWN");
  });

  it("401 with WWW-Authenticate when the proof fails; audited; nothing is parsed or stored", async () => {
    let wasParsed = false;
    house.door.parse = () => {
      wasParsed = true;
      return [];
    };
    const { status, body, headers } = await post('{"call_id":"c1"}', { Authorization: "Bearer wrong" });
    assert.deepEqual([status, body.code, headers["www-authenticate"], wasParsed, house.fake.notified.length], [401, "UNAUTHENTICATED", 'Bearer realm="pbx"', false, 0]);
    assert.deepEqual(house.fake.audited.map((event) => [event.action, event.reason, event.actor.id]), [["webhook.refused", "UNAUTHENTICATED", "pbx"]]);
  });

  it("400 for broken JSON and 422 with path and expectation for a wrong shape, both audited", async () => {
    const broken = await post("{");
    assert.deepEqual([broken.status, broken.body.code], [400, "REQUEST_MALFORMED"]);
    const wrong = await post('{"call_id":7}');
    assert.deepEqual([wrong.status, wrong.body.code, wrong.body.problems], [422, "REQUEST_INVALID", [{ path: "call_id", message: "expected text" }]]);
    assert.deepEqual(house.fake.audited.map((event) => event.reason), ["REQUEST_MALFORMED", "REQUEST_INVALID"]);
  });

  it("413 for a body over the limit, declared or not; 415 for a compressed one", async () => {
    const big = Buffer.alloc(1024 * 1024 + 1, 32);
    assert.deepEqual((({ status, body }) => [status, body.code])(await post(big)), [413, "TOO_LARGE"]);
    const streamed = house.agent.post("/v1/webhooks/calls/pbx").set({ ...TOKEN, "Transfer-Encoding": "chunked" });
    streamed.write(big.toString());
    assert.deepEqual((({ status, body }) => [status, body.code])(await streamed), [413, "TOO_LARGE"]);
    assert.equal((await post("{}", { ...TOKEN, "Content-Encoding": "gzip" })).status, 415);
    assert.equal(house.fake.notified.length, 0);
  });

  it("a body of exactly the limit is taken", async () => {
    const padding = " ".repeat(1024 * 1024 - '{"call_id":"c1"}'.length);
    assert.equal((await post(`{"call_id":"c1"}${padding}`)).status, 202);
  });

  it("503 with Retry-After when the disk is at its reserve, and that is no refusal of the sender", async () => {
    house.fake.trouble = new AppError("DISK_RESERVE", "The disk is almost full; free space");
    const { status, body, headers } = await post('{"call_id":"c1"}');
    assert.deepEqual([status, body.code, body.retry, headers["retry-after"], house.fake.audited.length], [503, "DISK_RESERVE", "later", "10", 0]);
  });

  it("60 failed proofs in a minute from one address end in 429, silently for the audit trail, until the minute is over", async () => {
    for (let i = 0; i < 60; i++) assert.equal((await post("{}", { Authorization: "Bearer wrong" })).status, 401);
    const { status, body, headers } = await post("{}", { Authorization: "Bearer wrong" });
    assert.deepEqual([status, body.code, headers["retry-after"], house.fake.audited.length], [429, "TOO_MANY_REQUESTS", "60", 60]);
    assert.equal((await post("{}", TOKEN, "signed")).status, 422, "another source is not blocked");
    house.fake.clock.advance(60_001);
    assert.equal((await post('{"call_id":"c1"}')).status, 202);
  });

  it("the id and the content of a signed message reach the appliance, which refuses other content under the same id", async () => {
    const real = start(config(), createWebhookDoor({ timeZone: "UTC", templates: {} as never }));
    const raw = '{"call_id":"c1"}';
    const send = (body: string, seconds = Math.floor(real.fake.clock.now() / 1000)) =>
      real.agent.post("/v1/webhooks/calls/signed").set({ "Content-Type": "application/json", "webhook-id": "msg_7", "webhook-timestamp": String(seconds), "webhook-signature": `v1,${createHmac("sha256", "0123456789abcdef").update(`msg_7.${seconds}.${body}`).digest("base64")}` }).send(body);
    assert.equal((await send(raw)).status, 202);
    assert.equal(real.fake.notified[0]?.proof?.replayKey, "msg_7");
    assert.match(real.fake.notified[0]?.proof?.contentDigest ?? "", /^[0-9a-f]{64}$/);
    assert.equal((await send(raw, Math.floor(real.fake.clock.now() / 1000) - 301)).body.code, "SIGNATURE_EXPIRED");
    real.fake.trouble = new AppError("SIGNATURE_REPLAYED", "This webhook id was used before with other content");
    const replayed = await send('{"call_id":"c2"}');
    assert.deepEqual([replayed.status, replayed.body.code, replayed.headers["www-authenticate"]], [401, "SIGNATURE_REPLAYED", 'Bearer realm="earshot"']);
    assert.deepEqual(real.fake.audited.map((event) => event.reason), ["SIGNATURE_EXPIRED", "SIGNATURE_REPLAYED"]);
    await real.end();
  });
});
