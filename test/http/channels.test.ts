// Webhooks of channels and POST /v1/messages, as Meta, Chatwoot, Twilio and a bot would call them.
import { strict as assert } from "node:assert";
import { createHash, createHmac } from "node:crypto";
import { AppError } from "../../app/domain/index.ts";
import { receivedSchema } from "../../app/http/schemas.ts";
import { config } from "./fake-appliance.ts";
import { as, start, type Harness } from "./harness.ts";

const APP_SECRET = "0123456789abcdef0123456789abcdef";
const CHATWOOT_SECRET = "chatwoot-secret-1";
const SETTINGS = config({
  http: { public_url: "https://earshot.example.com/" },
  site: { country: "NL", timezone: "Europe/Amsterdam" },
  channels: {
    whatsapp: { verify_token: "a-word-of-our-choice", app_secrets: ["an-older-secret-of-it", APP_SECRET], access_token: "EAAG" },
    fronts: [
      { name: "desk", adapter: "chatwoot", auth: { type: "chatwoot", secrets: [CHATWOOT_SECRET] } },
      { name: "sms", adapter: "twilio", auth: { type: "twilio", auth_tokens: ["a-twilio-auth-token"] } },
      { name: "signed", adapter: "chatwoot", auth: { type: "standard_webhooks", secrets: ["whsec_MDEyMzQ1Njc4OWFiY2RlZg=="] } },
      { name: "letters", adapter: "postmark", auth: { type: "basic", user: "postmark", password: "0123456789abcdef" } },
    ],
  },
});
const TEXT = JSON.stringify({ object: "whatsapp_business_account", entry: [{ changes: [{ field: "messages", value: { contacts: [{ profile: { name: "Maria" }, wa_id: "31612345678" }], messages: [{ from: "31612345678", id: "wamid.1", timestamp: "1793711702", type: "text", text: { body: "Hello" } }], statuses: [] } }] }] });

describe("http: channels", () => {
  let house: Harness;
  beforeEach(() => (house = start(SETTINGS)));
  afterEach(() => house.end());

  const post = (path: string, body: string | Buffer, headers: Record<string, string>) => house.agent.post(path).set({ "Content-Type": "application/json", ...headers }).serialize((raw: unknown) => raw as string).send(body as string);
  const hub = (body: string | Buffer, secret = APP_SECRET): Record<string, string> => ({ "X-Hub-Signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}` });
  const reasons = (): (string | undefined)[] => house.fake.audited.map((event) => `${event.action} ${event.reason}`);

  describe("GET /v1/webhooks/whatsapp", () => {
    const ask = (query: Record<string, string>) => house.agent.get("/v1/webhooks/whatsapp").query(query);
    const right = { "hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "a-word-of-our-choice" };

    it("gives the bare challenge back to whoever knows the token", async () => {
      const { status, text, headers } = await ask(right);
      assert.deepEqual([status, text, headers["content-type"], headers["cache-control"]], [200, "1158201444", "text/plain; charset=utf-8", "no-store"]);
    });

    it("403 for anything else, audited, and nothing of the question is sent back", async () => {
      for (const over of [{ "hub.verify_token": "a-word-of-our-choicf" }, { "hub.verify_token": "" }, { "hub.mode": "unsubscribe" }, { "hub.challenge": "<script>alert(1)</script>" }, { "hub.challenge": "" }]) {
        const { status, body, text } = await ask({ ...right, ...over });
        assert.deepEqual([status, body.code], [403, "FORBIDDEN"], JSON.stringify(over));
        assert.ok(!text.includes("script"));
      }
      assert.deepEqual(new Set(reasons()), new Set(["webhook.refused FORBIDDEN"]));
      assert.equal((await house.agent.get("/v1/webhooks/whatsapp?hub.verify_token=a&hub.verify_token=b&hub[mode]=subscribe")).status, 403);
    });

    it("guessing the token ends in 429", async () => {
      for (let i = 0; i < 60; i++) assert.equal((await ask({ ...right, "hub.verify_token": `guess-${i}` })).status, 403);
      assert.equal((await ask(right)).status, 429);
      house.fake.clock.advance(60_001);
      assert.equal((await ask(right)).status, 200);
    });
  });

  describe("POST /v1/webhooks/whatsapp", () => {
    const send = (body: string | Buffer, headers = hub(body)) => post("/v1/webhooks/whatsapp", body, headers);

    it("200 once the appliance has taken the messages", async () => {
      const { status, body } = await send(TEXT);
      assert.equal(status, 200);
      assert.equal(receivedSchema.parse(body).message_ids.length, 1);
      assert.deepEqual(house.fake.received.map(({ source, events, proof }) => [source, events.map((event) => event.kind), proof]), [["whatsapp", ["message"], undefined]]);
    });

    it("401 for a body that Meta did not sign; nothing of it is read", async () => {
      for (const headers of [{}, hub(TEXT, "another-secret-of-this-length"), hub(`${TEXT} `), { "X-Hub-Signature-256": "sha256=" }] as Record<string, string>[]) {
        const { status, body, headers: answered } = await send(TEXT, headers);
        assert.deepEqual([status, body.code, answered["www-authenticate"]], [401, "SIGNATURE_INVALID", 'Signature realm="whatsapp"']);
      }
      assert.deepEqual([house.fake.received.length, new Set(reasons())], [0, new Set(["webhook.refused SIGNATURE_INVALID"])]);
      assert.equal((await send(TEXT, hub(TEXT, "an-older-secret-of-it"))).status, 200, "the secret that is being replaced still counts");
    });

    it("a signed body that nobody can read is acknowledged and audited: Meta would repeat it for seven days", async () => {
      for (const body of ["{", "[]", "null", '{"object":"page"}', '{"object":"whatsapp_business_account","entry":[{"changes":[{"value":{"messages":[{}]}}]}]}', Buffer.from([0xff, 0xfe])]) {
        const { status, body: answer } = await send(body);
        assert.deepEqual([status, answer], [200, { message_ids: [], status: "received" }], String(body));
      }
      assert.equal(house.fake.received.length, 0);
      assert.ok(reasons().every((reason) => reason?.startsWith("webhook.ignored ")) && reasons().length === 6, reasons().join());
    });

    it("what can be stored of a batch is stored, the rest audited once a reason", async () => {
      const value = { messages: [{ id: "wamid.2", from: "31612345678", timestamp: "1793711702", type: "text", text: { body: "x" } }, {}, {}, { type: "text" }], statuses: [{ id: "wamid.0", status: "read", timestamp: "1793711702" }] };
      const { status, body } = await send(JSON.stringify({ object: "whatsapp_business_account", entry: [{ changes: [{ value }] }] }));
      assert.deepEqual([status, (body as { message_ids: string[] }).message_ids.length], [200, 1]);
      assert.deepEqual(house.fake.received[0]?.events.map((event) => event.kind), ["message", "status"]);
      assert.deepEqual(reasons(), ["webhook.ignored a message without an id"]);
    });

    it("takes batches of megabytes, and 503 tells Meta to come again when the disk is full", async () => {
      const many = { messages: Array.from({ length: 9000 }, (_, i) => ({ id: `wamid.${i}`, from: "31612345678", timestamp: "1793711702", type: "text", text: { body: "x".repeat(150) } })) };
      const large = JSON.stringify({ object: "whatsapp_business_account", entry: [{ changes: [{ value: many }] }] });
      assert.ok(large.length > 2_000_000);
      assert.equal((await send(large)).status, 200);
      assert.equal(house.fake.received[0]?.events.length, 9000);
      house.fake.trouble = new AppError("DISK_RESERVE", "The disk is almost full; free space");
      const { status, headers } = await send(TEXT);
      assert.deepEqual([status, headers["retry-after"]], [503, "10"]);
    });

    it("404 while WhatsApp is not configured", async () => {
      const bare = start(config());
      const { status, body } = await bare.agent.post("/v1/webhooks/whatsapp").send("{}");
      assert.deepEqual([status, body.code, (await bare.agent.get("/v1/webhooks/whatsapp")).status], [404, "SOURCE_UNKNOWN", 404]);
      await bare.end();
    });
  });

  describe("POST /v1/webhooks/messages/{source}", () => {
    const EVENT = JSON.stringify({ event: "message_created", id: 7, content: "Hello", message_type: "incoming", created_at: 1793711702, sender: { id: 88 }, conversation: { id: 3, channel: "Channel::WebWidget" } });
    const chatwoot = (body: string, seconds = Math.floor(house.fake.clock.now() / 1000)): Record<string, string> => ({ "X-Chatwoot-Timestamp": String(seconds), "X-Chatwoot-Signature": `sha256=${createHmac("sha256", CHATWOOT_SECRET).update(`${seconds}.${body}`).digest("hex")}` });
    const twilio = (form: Record<string, string>, path: string): Record<string, string> => ({ "Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": createHmac("sha1", "a-twilio-auth-token").update(`https://earshot.example.com${path}${Object.keys(form).sort().map((key) => key + form[key]).join("")}`).digest("base64") });

    it("Chatwoot: 202 with the ids of the messages; private notes are acknowledged and audited", async () => {
      const { status, body } = await post("/v1/webhooks/messages/desk", EVENT, chatwoot(EVENT));
      assert.deepEqual([status, receivedSchema.parse(body).message_ids.length, house.fake.received[0]?.source], [202, 1, "desk"]);
      const note = EVENT.replace('"id":7', '"id":8,"private":true');
      assert.deepEqual((({ status: code, body: answer }) => [code, answer])(await post("/v1/webhooks/messages/desk", note, chatwoot(note))), [202, { message_ids: [], status: "received" }]);
      assert.deepEqual([house.fake.received.length, reasons()], [1, ["webhook.ignored a private note"]]);
    });

    it("Chatwoot: an old signature, a wrong one, a wrong shape and no JSON are refused and audited", async () => {
      assert.equal((await post("/v1/webhooks/messages/desk", EVENT, chatwoot(EVENT, 1793000000))).body.code, "SIGNATURE_EXPIRED");
      assert.equal((await post("/v1/webhooks/messages/desk", EVENT, chatwoot("{}"))).body.code, "SIGNATURE_INVALID");
      const [empty, broken] = [await post("/v1/webhooks/messages/desk", "{}", chatwoot("{}")), await post("/v1/webhooks/messages/desk", "{", chatwoot("{"))];
      assert.deepEqual([empty.status, empty.body.code, empty.body.problems, broken.status, broken.body.code], [422, "REQUEST_INVALID", [{ path: "event", message: "expected the name of an event, such as message_created" }], 400, "REQUEST_MALFORMED"]);
      assert.deepEqual(reasons(), ["SIGNATURE_EXPIRED", "SIGNATURE_INVALID", "REQUEST_INVALID", "REQUEST_MALFORMED"].map((code) => `webhook.refused ${code}`));
    });

    it("Twilio: signed over our public address; answered as it likes it, without a reply to the customer", async () => {
      const form = { MessageSid: "SM1", From: "+31612345678", To: "+31201234567", Body: "Hello there", NumMedia: "0" };
      const { status, text, headers } = await post("/v1/webhooks/messages/sms?line=1", new URLSearchParams(form).toString(), twilio(form, "/v1/webhooks/messages/sms?line=1"));
      assert.deepEqual([status, headers["content-type"], headers["cache-control"]], [200, "text/xml; charset=utf-8", "no-store"]);
      assert.match(text, /<Response\/>$/);
      assert.equal(house.fake.received[0]?.events.length, 1);
      assert.equal((await post("/v1/webhooks/messages/sms", new URLSearchParams(form).toString(), twilio(form, "/v1/webhooks/messages/sms?line=1"))).status, 401);
    });

    it("the id of a signed message reaches the appliance, also when there is nothing to store", async () => {
      const body = '{"event":"contact_updated"}';
      const seconds = Math.floor(house.fake.clock.now() / 1000);
      const signature = createHmac("sha256", "0123456789abcdef").update(`msg_7.${seconds}.${body}`).digest("base64");
      const { status } = await post("/v1/webhooks/messages/signed", body, { "webhook-id": "msg_7", "webhook-timestamp": String(seconds), "webhook-signature": `v1,${signature}` });
      assert.deepEqual([status, house.fake.received.map(({ events, proof }) => [events.length, proof?.replayKey])], [202, [[0, "msg_7"]]]);
    });

    it("404 for a front that is not configured, and 60 failed proofs in a minute end in 429", async () => {
      assert.deepEqual((({ status, body }) => [status, body.code])(await post("/v1/webhooks/messages/nobody", "{}", {})), [404, "SOURCE_UNKNOWN"]);
      for (let i = 0; i < 60; i++) assert.equal((await post("/v1/webhooks/messages/desk", "{}", {})).status, 401);
      assert.equal((await post("/v1/webhooks/messages/desk", EVENT, chatwoot(EVENT))).status, 429);
    });

    it("413 for a body over the limit", async () => assert.equal((await post("/v1/webhooks/messages/desk", "x".repeat(1024 * 1024 + 1), {})).status, 413));
  });

  describe("POST /v1/messages", () => {
    const send = (body: unknown) => house.agent.post("/v1/messages").set(as("intake")).send(typeof body === "string" ? body : JSON.stringify(body));
    const message = { channel: "web_chat", external_id: "m-1", customer: { chat_id: "v-1", phone: "06 12345678" }, text: "Hello" };

    it("202 with the ids; one message or a batch, in order", async () => {
      const { status, body } = await send(message);
      assert.deepEqual([status, receivedSchema.parse(body).message_ids.length], [202, 1]);
      const event = house.fake.received[0]?.events[0];
      assert.deepEqual(event?.kind === "message" && event.message.customer.identities, [{ kind: "e164", value: "+31612345678" }, { kind: "chat_id", value: "api:v-1" }]);
      const batch = await send({ messages: [message, { ...message, external_id: "m-2" }, { channel: "web_chat", event: "closed", session_external_id: "s-1" }] });
      assert.deepEqual([batch.status, (batch.body as { message_ids: string[] }).message_ids.length, house.fake.received[1]?.events.map((one) => one.kind)], [202, 2, ["message", "message", "closed"]]);
    });

    it("files in the request go to the vault before the messages that name them", async () => {
      const bytes = Buffer.from("%PDF-1.7 hello");
      await send({ ...message, attachments: [{ content: bytes.toString("base64"), name: "bill.pdf", media_type: "application/pdf" }, { url: "https://chat.example.com/a.png", media_type: "image/png" }] });
      const event = house.fake.received[0]?.events[0];
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      assert.deepEqual(event?.kind === "message" && event.message.attachments, [
        { role: "document", name: "bill.pdf", mediaType: "application/pdf", sha256, sizeBytes: bytes.length, from: { staged: { file: "staged-0", sizeBytes: bytes.length, sha256 } } },
        { role: "image", mediaType: "image/png", from: { url: "https://chat.example.com/a.png" } },
      ]);
      assert.deepEqual([house.fake.staged.get("staged-0"), house.fake.discarded], [bytes, []]);
    });

    it("files go again when the messages are not taken, and stay when nobody knows whether they were", async () => {
      const withFile = { ...message, attachments: [{ content: "aGVsbG8=" }, { content: "aGVsbG8h" }] };
      const receive = house.fake.receive.bind(house.fake);
      house.fake.receive = () => Promise.reject(new AppError("DISK_RESERVE", "The disk is almost full; free space"));
      assert.deepEqual([(await send(withFile)).status, house.fake.discarded, house.fake.staged.size], [503, ["staged-0", "staged-1"], 0]);
      house.fake.receive = () => Promise.reject(new Error("lost"));
      assert.deepEqual([(await send(withFile)).status, house.fake.staged.size], [500, 2]);
      house.fake.receive = receive;
      let count = 0;
      const stage = house.fake.stage.bind(house.fake);
      house.fake.stage = async (stream, name) => {
        if (count++ === 1) throw new AppError("TOO_LARGE", "The file is too large");
        return stage(stream, name);
      };
      assert.deepEqual([(await send(withFile)).status, house.fake.received.length, house.fake.staged.size], [413, 0, 2]);
    });

    it("every mistake is named with what is expected; nothing is stored, and it is audited", async () => {
      const { status, body } = await send({ messages: [{ channel: "phone", external_id: "1", text: "x" }, { channel: "sms", text: "", attachments: [{ content: "not base64!" }] }] });
      assert.deepEqual([status, body.code, (body.problems as { path: string }[]).map((one) => one.path)], [422, "REQUEST_INVALID", ["messages.0.channel", "messages.1.attachments.0.content", "messages.1.external_id"]]);
      assert.deepEqual([(await send("{")).status, (await send({ messages: Array.from({ length: 101 }, () => message) })).status], [400, 422]);
      assert.deepEqual([house.fake.received.length, house.fake.staged.size, new Set(reasons())], [0, 0, new Set(["message.refused REQUEST_INVALID", "message.refused REQUEST_MALFORMED"])]);
      assert.ok(house.fake.audited.every((event) => event.actor.kind === "key" && event.actor.id === "key_intake"));
    });

    it("a body of many megabytes is read without a stack overflow, a larger one refused", async () => {
      const bytes = Buffer.alloc(4 * 1_048_576, 7);
      assert.equal((await send({ ...message, attachments: [{ content: bytes.toString("base64") }] })).status, 202);
      assert.equal(house.fake.staged.get("staged-0")?.length, bytes.length);
      assert.equal((await send("x".repeat(6 * 1_048_576 + 1))).status, 413);
    });
  });
});
