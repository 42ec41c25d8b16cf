// Messages through the real appliance: signed as Meta signs, stored before they are answered, once however often they come.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { startTestAppliance, type TestAppliance } from "../support/in-process.ts";

const SECRET = "0123456789abcdef0123456789abcdef";

describe("end to end: channels", function () {
  this.timeout(60_000);
  let house: TestAppliance;
  before(async () => (house = await startTestAppliance({ channels: { whatsapp: { verify_token: "a-word-of-our-choice", app_secrets: [SECRET], access_token: "EAAG" } } })));
  after(() => house.end());

  const whatsapp = async (messages: object[]): Promise<{ status: number; ids: string[] }> => {
    const body = JSON.stringify({ object: "whatsapp_business_account", entry: [{ changes: [{ field: "messages", value: { contacts: [{ profile: { name: "Maria Keller" }, wa_id: "31612345678" }], messages } }] }] });
    const answer = await fetch(`${house.url}/v1/webhooks/whatsapp`, { method: "POST", headers: { "content-type": "application/json", "x-hub-signature-256": `sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}` }, body });
    return { status: answer.status, ids: ((await answer.json()) as { message_ids: string[] }).message_ids };
  };
  const text = (id: string, body: string): object => ({ from: "31612345678", id, timestamp: "1793711702", type: "text", text: { body } });

  it("WhatsApp and a web chat of one number are one thread; repeats get the same answer and change nothing", async () => {
    const first = await whatsapp([text("wamid.1", "I was charged twice"), { from: "31612345678", id: "wamid.2", timestamp: "1793711703", type: "telepathy" }]);
    assert.deepEqual([first.status, first.ids.length], [200, 2]);
    assert.deepEqual(await whatsapp([text("wamid.1", "I was charged twice"), { from: "31612345678", id: "wamid.2", timestamp: "1793711703", type: "telepathy" }]), first);
    const chat = { channel: "web_chat", external_id: "m-1", customer: { phone: "+31 6 12345678", chat_id: "v-7" }, text: "It is me again", sent_at: 1793711800000 };
    const [one, two] = [await house.post("/v1/messages", chat), await house.post("/v1/messages", chat)];
    assert.deepEqual([one.status, await two.json()], [202, await one.json()]);
    const { items } = (await (await house.get("/v1/customers")).json()) as { items: { id: string; name: string }[] };
    assert.deepEqual(items.map((customer) => customer.name), ["Maria Keller"]);
    const { messages } = (await (await house.get(`/v1/customers/${items[0]?.id}/thread`)).json()) as { messages: { channel: string; kind: string; text: string }[] };
    assert.deepEqual(messages.map((message) => [message.channel, message.kind, message.text]).sort(), [["web_chat", "text", "It is me again"], ["whatsapp", "text", "I was charged twice"], ["whatsapp", "unsupported", ""]]);
  });

  it("a number that changes keeps its thread", async () => {
    assert.equal((await whatsapp([{ from: "31612345678", id: "wamid.3", timestamp: "1793711900", type: "system", system: { body: "changed", type: "user_changed_number", wa_id: "31687654321" } }])).status, 200);
    await whatsapp([{ from: "31687654321", id: "wamid.4", timestamp: "1793711901", type: "text", text: { body: "From my new number" } }]);
    const { items } = (await (await house.get("/v1/customers")).json()) as { items: { identities: { value: string }[] }[] };
    assert.equal(items.length, 1);
    assert.ok(items[0]?.identities.some((one) => one.value === "+31687654321"));
  });

  it("a call that rings is acknowledged and makes no call", async () => {
    assert.equal((await house.announce({ call_id: "ringing-1", event: "call.started", from: "+31612345678" })).status, 202);
    assert.equal((await house.get("/v1/calls/ringing-1")).status, 404);
  });
});
