// One customer over the whole appliance: real HTTP, SQLite, document reader and speech engine. What comes on one channel is known on all others.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { startTestAppliance, type TestAppliance } from "../support/in-process.ts";
import { until } from "../support/appliance-process.ts";

const PHONE = "+442079460018";
const SECRET = "the-secret-of-the-meta-app";

describe("e2e: threads", () => {
  let house: TestAppliance;
  before(async function () {
    this.timeout(60_000);
    house = await startTestAppliance({ site: { country: "GB" }, channels: { whatsapp: { verify_token: "a-word-of-our-choice", app_secrets: [SECRET], access_token: "t" } } });
  });
  after(() => house.end());

  const write = async (body: object): Promise<string> => {
    const response = await house.post("/v1/messages", body);
    assert.equal(response.status, 202, await response.clone().text());
    return ((await response.json()) as { message_ids: string[] }).message_ids[0] ?? "";
  };
  const read = async <T>(path: string): Promise<T> => {
    const response = await house.get(path);
    assert.equal(response.status, 200, `${path}: ${await response.clone().text()}`);
    return (await response.json()) as T;
  };
  interface Context { customer: { id: string; name: string | null }; messages: { text: string; channel: string }[]; ephemeral: { intent: string; unfinished: string[] } | null; open_conversations: { id: string; status: string }[]; consent: { channel: string; purpose: string; state: string }[]; passages?: { message: { text: string } }[] }
  const context = (query: string): Promise<Context> => read(`/v1/context?${query}`);

  it("a chat, a WhatsApp message, a mail and a document of one customer are one thread; the bot's slots survive the hand-off", async () => {
    await write({ channel: "web_chat", external_id: "1", session_external_id: "v7", customer: { chat_id: "v7", phone: PHONE }, text: "my refund has not come" });
    await write({ channel: "web_chat", external_id: "2", session_external_id: "v7", sender: "bot", customer: { chat_id: "v7" }, intent: "refund", slots: { order: "4711", amount: null }, text: "how much was it?" });
    const body = JSON.stringify({ object: "whatsapp_business_account", entry: [{ id: "1", changes: [{ field: "messages", value: { messaging_product: "whatsapp", metadata: { phone_number_id: "1" }, contacts: [{ profile: { name: "Maria" }, wa_id: "442079460018" }], messages: [{ from: "442079460018", id: "wamid.1", timestamp: String(Math.floor(Date.now() / 1000)), type: "text", text: { body: "any news?" } }] } }] }] });
    const signed = await fetch(`${house.url}/v1/webhooks/whatsapp`, { method: "POST", headers: { "content-type": "application/json", "x-hub-signature-256": `sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}` }, body });
    assert.equal(signed.status, 200, await signed.text());
    await write({ channel: "email", external_id: "<m1@x>", customer: { email: "maria@example.org", phone: PHONE }, text: "I attach my statement." });

    const form = new FormData();
    form.set("file", new Blob(["The statement shows two payments of forty pounds."], { type: "text/plain" }), "statement.txt");
    form.set("customer", JSON.stringify({ phone: PHONE }));
    const upload = await house.post("/v1/documents", form);
    assert.equal(upload.status, 202, await upload.clone().text());
    await until("the document is read", 30_000, async () => ((await context(`phone=${encodeURIComponent(PHONE)}`)).messages.some((one) => one.text.includes("two payments")) ? true : undefined));

    const thread = await read<{ messages: { channel: string; kind: string; parent_id?: string; attachments?: { id: string; name: string; state: string }[] }[] }>(`/v1/customers/${(await context(`phone=${encodeURIComponent(PHONE)}`)).customer.id}/thread`);
    const [file] = thread.messages.flatMap((one) => one.attachments ?? []);
    assert.deepEqual([file?.name, file?.state], ["statement.txt", "read"]);
    assert.match(await (await house.get(`/v1/attachments/${file?.id}`)).text(), /two payments of forty pounds/);

    const found = await context("chat_id=api:v7&query=payments+on+the+statement");
    assert.deepEqual(new Set(found.messages.map((one) => one.channel)), new Set(["web_chat", "whatsapp", "email", "document"]));
    assert.deepEqual([found.ephemeral?.intent, found.ephemeral?.unfinished], ["refund", ["amount"]]);
    assert.match(found.passages?.[0]?.message.text ?? "", /two payments/);
    for (const query of ["email=maria@example.org", "wa_id=442079460018", "ref=wamid.1", `phone=${encodeURIComponent("020 7946 0018")}`]) assert.equal((await context(query)).customer.id, found.customer.id, query);
  }).timeout(60_000);

  it("a ringing call pushes the context to whoever watches, before anything is stored of it", async () => {
    const stream = await house.get("/v1/events");
    const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
    const rung = await house.announce({ event: "call.started", call_id: "ring-1", direction: "inbound", from: PHONE, to: "600", agent: { id: "201" } });
    assert.equal(rung.status, 202);
    let seen = "";
    while (!/event: call\.started\ndata: .*\n/.test(seen)) seen += new TextDecoder().decode((await reader.read()).value);
    await reader.cancel();
    const event = JSON.parse(/event: call\.started\ndata: (.*)\n/.exec(seen)?.[1] ?? "{}") as { agent_id: string; continues_session: string; context: Context };
    assert.deepEqual([event.agent_id, event.context.customer.name, typeof event.continues_session], ["201", "Maria", "string"]);
    assert.equal((await house.get("/v1/calls/ring-1")).status, 404);
  }).timeout(20_000);

  it("people decide: merge and take back, resolve, move, and every step is in the activity log and the audit trail", async () => {
    await write({ channel: "sms", external_id: "s1", customer: { phone: "+442079460999" }, text: "it is me from another number" });
    const [maria, other] = [await context(`phone=${encodeURIComponent(PHONE)}`), await context(`phone=${encodeURIComponent("+442079460999")}`)];
    const merged = await house.post(`/v1/customers/${maria.customer.id}/merge`, { other: other.customer.id, reason: "she said so" });
    const record = (await merged.json()) as { merge_id: string; customer_id: string };
    assert.equal(merged.status, 200);
    assert.ok((await context(`phone=${encodeURIComponent("+442079460999")}`)).messages.some((one) => one.channel === "whatsapp"));
    assert.equal((await house.post(`/v1/customers/${maria.customer.id}/merge`, { other: other.customer.id })).status, 409);
    assert.equal((await house.post(`/v1/customers/${record.customer_id}/unmerge`, { merge_id: record.merge_id })).status, 200);
    assert.deepEqual((await context(`phone=${encodeURIComponent("+442079460999")}`)).messages.map((one) => one.channel), ["sms"]);

    const id = other.open_conversations[0]?.id ?? "";
    const change = await fetch(`${house.url}/v1/conversations/${id}`, { method: "PATCH", headers: { authorization: `Bearer ${house.key}`, "content-type": "application/json" }, body: JSON.stringify({ status: "resolved", owner: "ana" }) });
    const changed = (await change.json()) as { status: string; owner: string; activities: { field: string; by: string }[]; participants: { role: string }[] };
    assert.deepEqual([changed.status, changed.owner, changed.activities.filter((one) => one.by !== "earshot").map((one) => one.field), changed.participants.map((one) => one.role)], ["resolved", "ana", ["status", "owner"], ["customer"]]);
    assert.equal((await house.post(`/v1/customers/${maria.customer.id}/split`, { identities: [] })).status, 422);
    const actions = (house.appliance.parts.db.prepare("SELECT event ->> '$.action' AS action FROM events").all() as { action: string }[]).map((row) => row.action);
    for (const action of ["context.read", "context.pushed", "customer.merged", "customer.unmerged", "conversation.changed"]) assert.ok(actions.includes(action), action);
  }).timeout(20_000);

  it("STOP on one channel withdraws there, and the context says so at once", async () => {
    await write({ channel: "sms", external_id: "s2", customer: { phone: "+442079460999" }, text: "STOP" });
    const { consent } = await context(`phone=${encodeURIComponent("+442079460999")}`);
    assert.deepEqual(consent.filter((one) => one.channel === "sms" && one.state === "withdrawn").map((one) => one.purpose), ["outbound_messaging", "marketing"]);
  });
});
