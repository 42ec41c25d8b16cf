// The context of whoever answers next: complete, from any channel, by any name, with what proves it.
import assert from "node:assert/strict";
import type { ChannelEvent, InboundMessage } from "../../../app/domain/index.ts";
import { createContextDesk } from "../../../app/pipeline/threads/context.ts";
import { openThreadHouse, type ThreadHouse } from "../../support/thread-house.ts";

const MINUTE = 60_000;
const by = { actor: { kind: "key", id: "key_test", ip: null } } as const;
const PHONE = { kind: "e164", value: "+442079460018" } as const;
const EMAIL = { kind: "email", value: "maria@example.org" } as const;

describe("the context of a customer", () => {
  let house: ThreadHouse;
  let begin: number;
  beforeEach(() => {
    house = openThreadHouse();
    begin = house.clock.now();
  });
  afterEach(() => house.close());

  const say = (channel: string, id: string, minutes: number, rest: Partial<InboundMessage> = {}): ChannelEvent => ({
    kind: "message",
    message: { source: channel, channel, externalId: id, kind: "text", speaker: "customer", text: id, atMs: begin + minutes * MINUTE, customer: { identities: [PHONE] }, ...rest },
  });
  const contextOf = (query?: string) => {
    const desk = createContextDesk(house.parts);
    const id = desk.byAddress(PHONE);
    const view = id === undefined ? undefined : desk.of(id, { messages: 20, ...(query === undefined ? {} : { query }) });
    assert.ok(view);
    return view;
  };

  it("a hand-off keeps what the bot knew: intent, slots, and what it had asked for and not heard", () => {
    house.receive(
      say("web_chat", "I want my money back", 0, { customer: { identities: [{ kind: "chat_id", value: "web:7" }, PHONE] }, sessionKey: "7" }),
      say("web_chat", "Which order is it?", 1, { speaker: "bot", intent: "refund", slots: { order: null, amount: null }, customer: { identities: [{ kind: "chat_id", value: "web:7" }] }, sessionKey: "7" }),
      say("web_chat", "4711, the blue one", 2, { customer: { identities: [{ kind: "chat_id", value: "web:7" }] }, sessionKey: "7" }),
      say("web_chat", "And how much was it?", 3, { speaker: "bot", slots: { order: "4711" }, customer: { identities: [{ kind: "chat_id", value: "web:7" }] }, sessionKey: "7" }),
    );
    house.clock.advance(4 * MINUTE);
    const { ephemeral, trying_to, active_session, messages } = contextOf();
    assert.deepEqual([ephemeral?.intent, ephemeral?.slots, ephemeral?.unfinished], ["refund", { order: "4711" }, ["amount"]]);
    assert.deepEqual([trying_to?.text, trying_to?.source, trying_to?.evidence.length], ["refund", "bot", 2]);
    assert.equal(active_session?.channel, "web_chat");
    assert.deepEqual(messages.map((one) => one.text), ["I want my money back", "Which order is it?", "4711, the blue one", "And how much was it?"]);
    house.clock.advance(25 * 60 * MINUTE);
    assert.equal(contextOf().ephemeral, null, "a day later it is not being filled in any more");
    assert.equal(contextOf().trying_to?.text, "I want my money back", "and what the customer wrote first stands for it");
  });

  it("a call within half an hour of a chat goes on with its conversation; an announced call does so from an unknown number", async () => {
    house.receive(say("web_chat", "my parcel is lost", 0, { sessionKey: "7" }));
    house.notify("pbx", { kind: "call.ended", facts: { callId: "c1", direction: "inbound", from: PHONE.value, startedAtMs: begin + 20 * MINUTE } });
    const rows = () => house.db.prepare("SELECT s.channel, s.conversation_id AS id FROM sessions s ORDER BY started_at_ms").all() as { channel: string; id: string }[];
    assert.equal(new Set(rows().map((one) => one.id)).size, 1);

    const chat = house.receive(say("web_chat", "another matter entirely", 60 * 24 * 30, { sessionKey: "8", customer: { identities: [EMAIL] } }))[0];
    house.clock.advance(60 * 24 * 30 * MINUTE);
    await house.desk.expectCall(chat?.sessionId ?? "", "+44 20 7946 0999", 30, by);
    house.notify("pbx", { kind: "call.ended", facts: { callId: "c2", direction: "inbound", from: "+442079460999", startedAtMs: begin + (60 * 24 * 30 + 10) * MINUTE } });
    const call = house.parts.store.reads.context.references("c2", undefined)[0];
    assert.equal(call?.call_id, "c2");
    assert.equal(call.conversation_id, house.parts.store.writes.sessions.byId(chat?.sessionId ?? "")?.conversation_id);
    assert.equal(call.customer_id, createContextDesk(house.parts).byAddress(EMAIL), "the number is known to be hers from now on");
  });

  it("everything is found by the name that any other system has for it", () => {
    house.notify("pbx", { kind: "call.ended", facts: { callId: "abc-1", linkedId: "1730.7", direction: "inbound", from: PHONE.value, references: [{ kind: "sip_call_id", value: "f00@pbx" }, { kind: "ticket", value: "4711" }] } });
    house.receive(say("whatsapp", "wamid.X", 1), say("email", "<m@x>", 2, { customer: { identities: [EMAIL] }, references: [{ kind: "ticket", value: "4711" }], follows: ["<gone@x>"] }));
    const find = (value: string, kind?: string) => house.parts.store.reads.context.references(value, kind).map((one) => one.channel).sort();
    for (const [value, channels] of [["abc-1", ["phone"]], ["1730.7", ["phone"]], ["f00@pbx", ["phone"]], ["wamid.X", ["whatsapp"]], ["<gone@x>", ["email"]], ["4711", ["email", "phone"]], ["nobody", []]] as const) {
      assert.deepEqual(find(value), channels, value);
    }
    house.notify("other-pbx", { kind: "call.ended", facts: { callId: "o1", linkedId: "1730.7", direction: "inbound", from: PHONE.value, startedAtMs: begin - 90 * 24 * 60 * MINUTE } });
    assert.deepEqual(find("1730.7", "linkedid"), ["phone", "phone"], "two systems count alike: both are found");
    assert.equal(new Set(house.parts.store.reads.context.references("1730.7", undefined).map((one) => one.conversation_id)).size, 2, "and are not one matter for that");
    const conversation = house.parts.store.reads.context.references("abc-1", undefined)[0]?.conversation_id ?? "";
    assert.ok(find(conversation, "conversation").includes("phone"), "the conversation's id is the one token of all of them");
  });

  it("a question adds the passages that answer it, best first, and says how much was searched", () => {
    house.receive(
      say("email", "Our new router stands in the kitchen and blinks red since Monday", 0, { customer: { identities: [PHONE] } }),
      ...Array.from({ length: 60 }, (_, i) => say("sms", `Thank you, message number ${i} about the weather`, 10 + i)),
      say("whatsapp", "The router is fixed, but now the invoice is wrong", 5000),
    );
    const { passages, coverage, messages } = contextOf("what was wrong with the router?");
    assert.deepEqual(passages?.slice(0, 2).map((one) => one.message.channel).sort(), ["email", "whatsapp"]);
    assert.deepEqual(coverage, { messages_searched: 62, all: true });
    assert.equal(messages.length, 20);
  });

  it("the layers: what was resolved, why they came before, the channel they like, the CRM's word, the mood", async () => {
    for (let i = 0; i < 4; i++) house.receive(say("whatsapp", `w${i}`, i * 60 * 48));
    house.receive(say("sms", "s", 60 * 24 * 20));
    house.clock.advance(60 * 24 * 21 * MINUTE);
    const desk = createContextDesk(house.parts);
    const id = desk.byAddress(PHONE) ?? "";
    await house.desk.setProfile(id, { verification: { state: "verified" }, fields: { tier: "gold" } }, "Maria Keller", by);
    const [open] = contextOf().open_conversations;
    await house.desk.change(open?.id ?? "", { status: "resolved", reason: "billing.refund" }, by);
    house.db.prepare("UPDATE messages SET sentiment = CASE WHEN at_ms < ? THEN -0.6 ELSE 0.4 END").run(begin + 60 * 70 * MINUTE);
    const view = contextOf();
    assert.equal(view.customer.name, "Maria Keller");
    assert.deepEqual(view.persistent.channel_preference?.channel, "whatsapp");
    assert.deepEqual(view.persistent.resolutions.map((one) => one.reason), ["billing.refund"]);
    assert.deepEqual((view.system.profile as { fields: unknown }).fields, { tier: "gold" });
    assert.equal(view.sentiment?.trend, "improving");
    assert.equal(view.last_interaction?.channel, "sms");
  });

  it("card numbers never reach the thread, also not one that is spread over two messages or typed into a bot's form", () => {
    house.receive(
      say("web_chat", "what is your card number?", 0, { speaker: "agent" }), say("web_chat", "4111 1111", 1), say("web_chat", "1111 1111", 2),
      say("web_chat", "form", 3, { slots: { card: "5555555555554444" }, payload: { note: "4111111111111111" } }),
    );
    const stored = JSON.stringify(house.db.prepare("SELECT text, facts FROM messages").all());
    assert.doesNotMatch(stored, /1111 1111|5555555555554444|4111111111111111/);
  });
});
