// Forms in the house: folded with every arrival, frozen in the same transaction, once for each content, whatever moves where.
import assert from "node:assert/strict";
import { newId, type ChannelEvent, type InboundMessage } from "../../../app/domain/index.ts";
import { inTransaction } from "../../../app/platform/index.ts";
import { recordConsents } from "../../../app/pipeline/consent-record.ts";
import { createContextDesk } from "../../../app/pipeline/threads/context.ts";
import { fileCall } from "../../../app/pipeline/threads/file-call.ts";
import { gatherWaiting } from "../../../app/pipeline/threads/gather.ts";
import { formsOf } from "../../../app/pipeline/workflows/desk.ts";
import { FOLDED } from "../../../app/pipeline/workflows/fold-forms.ts";
import { purgePayloads } from "../../../app/pipeline/workflows/purge-payloads.ts";
import { prepareWorkflow } from "../../../app/analysis/index.ts";
import { openThreadHouse, type ThreadHouse } from "../../support/thread-house.ts";

const MINUTE = 60_000;
const PHONE = { kind: "e164", value: "+442079460018" } as const;
const by = { actor: { kind: "key", id: "key_test", ip: null } } as const;

describe("workflows: forms in conversations", () => {
  let house: ThreadHouse;
  let begin: number;
  beforeEach(() => {
    house = openThreadHouse();
    begin = house.clock.now();
    // receivers for all of them, at an address that nobody asks here
    house.parts.workflows = { ...house.parts.workflows, prepared: house.parts.workflows.prepared.map(({ workflow }) => prepareWorkflow({ ...workflow, endpoint: { url: "https://crm.example/forms", headers: {}, timeout_seconds: 5 } })) };
  });
  afterEach(() => house.close());

  let names = 0;
  const say = (minutes: number, text: string, rest: Partial<InboundMessage> = {}): ChannelEvent => ({
    kind: "message",
    message: { source: "web", channel: "web_chat", externalId: `x${++names}`, kind: "text", speaker: "customer", text, atMs: begin + minutes * MINUTE, customer: { identities: [PHONE] }, sessionKey: "7", ...rest },
  });
  const agent = (minutes: number, text: string, rest: Partial<InboundMessage> = {}) => say(minutes, text, { speaker: "agent", ...rest });
  const rows = <T>(sql: string): T[] => house.db.prepare<[], T>(sql).all();
  const payloads = () => rows<{ revision: number; state: string; body: string }>("SELECT p.revision, o.state, o.body FROM payloads p JOIN outbox o ON o.id = p.outbox_id ORDER BY p.seq");
  const slotsOf = (body: string) => (JSON.parse(body) as { slots: Record<string, string> }).slots;
  const conversations = () => rows<{ id: string }>("SELECT id FROM conversations WHERE is_empty = 0 ORDER BY opened_at_ms").map((row) => row.id);
  const forms = () => conversations().flatMap((id) => formsOf(id, house.parts));
  const complete = () => house.receive(say(0, "I want to return order 48213, it arrived broken"), agent(1, "Would you like a refund or a replacement?"), say(2, "a refund please"));

  it("a form grows with every message; agent and bot see what to ask next; the last slot freezes and posts it", () => {
    house.receive(say(0, "I want to return order 48213"));
    const desk = createContextDesk(house.parts);
    const context = () => desk.of(desk.byAddress(PHONE) ?? "", { messages: 5 })?.workflows ?? [];
    assert.deepEqual(context().map((form) => [form.workflow, Object.keys(form.slots), form.missing, form.ask]), [["returns", ["order_number"], ["reason", "resolution"], "What is the reason for the return?"]]);
    house.receive(agent(1, "What is the reason for the return?"), say(2, "it does not work"));
    assert.deepEqual(context()[0]?.missing, ["resolution"]);
    assert.equal(payloads().length, 0);
    house.receive(say(3, "I'd like my money back"));
    assert.deepEqual([forms()[0]?.state, forms()[0]?.ask, forms()[0]?.payload?.revision], ["complete", null, 1]);
    const [only, ...more] = payloads();
    assert.deepEqual([more.length, only?.revision, only?.state, slotsOf(only?.body ?? "{}")], [0, 1, "waiting", { order_number: "48213", reason: "faulty", resolution: "refund" }]);
    house.receive(say(4, "Thank you"), say(5, "order 48213, as I said"));
    assert.equal(payloads().length, 1, "the same content is no new revision");
  });

  it("a change after completion is revision 2; the one that has not left is superseded, a delivered one stays", () => {
    complete();
    house.receive(say(3, "sorry, the order number is 48214"));
    assert.deepEqual(payloads().map((one) => [one.revision, one.state, slotsOf(one.body)["order_number"]]), [[1, "superseded", "48213"], [2, "waiting", "48214"]]);
    house.db.prepare("UPDATE outbox SET state = 'delivered' WHERE state = 'waiting'").run();
    house.receive(say(4, "Actually an exchange please"));
    assert.deepEqual(payloads().map((one) => [one.revision, one.state]), [[1, "superseded"], [2, "delivered"], [3, "waiting"]]);
  });

  it("payload and outbox row are one transaction: when it fails there is neither, and the repeat makes one of each", () => {
    house.receive(say(0, "I want to return order 48213, it arrived broken"));
    const last = say(1, "a refund please");
    const { findings } = house.parts.store.writes;
    const post = findings.postBeside.bind(findings);
    findings.postBeside = (item) => {
      post(item);
      throw new Error("the power fails right here");
    };
    assert.throws(() => house.receive(last));
    assert.deepEqual([payloads().length, rows("SELECT 1 FROM outbox").length, rows("SELECT 1 FROM payloads").length, forms()[0]?.state], [0, 0, 0, "open"]);
    findings.postBeside = post;
    house.receive(last);
    house.receive(last);
    assert.deepEqual([payloads().length, rows("SELECT 1 FROM outbox").length, forms()[0]?.state], [1, 1, "complete"]);
  });

  it("messages that come late and out of order end with the same values", () => {
    const lines = [say(0, "I want to return my order, it arrived broken"), agent(1, "What is your order number?"), say(2, "48213"), say(3, "sorry, 48214"), agent(4, "Refund or exchange?"), say(5, "a refund please")];
    for (const at of [3, 5, 0, 4, 2, 1]) house.receive(lines[at] as ChannelEvent);
    const last = payloads().at(-1);
    assert.deepEqual(slotsOf(last?.body ?? "{}"), { order_number: "48214", reason: "damaged", resolution: "refund" });
    assert.equal(payloads().filter((one) => one.state === "waiting").length, 1);
  });

  it("a conversation that ends before its form is complete leaves it, and nothing is sent; when it goes on, so does the form", async () => {
    house.receive(say(0, "I want to return order 48213"));
    const [id = ""] = conversations();
    await house.desk.change(id, { status: "resolved" }, by);
    assert.deepEqual([forms()[0]?.state, payloads().length], ["abandoned", 0]);
    await house.desk.change(id, { status: "open" }, by);
    assert.equal(forms()[0]?.state, "open");
  });

  it("what a bot believes counts, validated; the intent begins the workflow", () => {
    house.receive(say(0, "hello"), say(1, "I see.", { speaker: "bot", intent: "return_item", slots: { order_number: "nonsense", reason: "faulty", resolution: "refund" } }));
    assert.deepEqual([Object.keys(forms()[0]?.slots ?? {}), forms()[0]?.missing], [["reason", "resolution"], ["order_number"]]);
  });

  it("a session that moves takes its payload with it: what was sent once is not sent again, there and back", async () => {
    complete();
    house.receive(say(60 * 24 * 40, "Where is my parcel?", { sessionKey: "9" }));
    const [first = "", second = ""] = conversations();
    const [session = ""] = rows<{ id: string }>(`SELECT id FROM sessions WHERE conversation_id = '${first}'`).map((row) => row.id);
    await house.desk.move(session, second, by);
    const moved = forms().find((form) => form.workflow === "returns");
    assert.deepEqual([moved?.conversation_id, moved?.state, moved?.payload?.revision, payloads().length], [second, "complete", 1, 1]);
    await house.desk.move(session, null, by);
    assert.equal(payloads().length, 1);
    assert.deepEqual(forms().map((form) => [form.state, form.payload?.revision]), [["complete", 1]]);
  });

  it("customers who become one, and are taken apart again, send nothing twice", async () => {
    complete();
    house.receive(say(5, "I have a complaint about the driver", { customer: { identities: [{ kind: "email", value: "maria@example.org" }] }, sessionKey: "8", channel: "email" }));
    const [one = "", other = ""] = rows<{ id: string }>("SELECT id FROM customers ORDER BY created_at_ms, id").map((row) => row.id);
    const { merge_id } = await house.desk.merge(one, other, "same person", by);
    assert.equal(payloads().length, 1);
    await house.desk.unmerge(one, merge_id, by);
    assert.equal(payloads().length, 1);
    assert.deepEqual(forms().map((form) => [form.workflow, form.state]).sort(), [["complaint", "open"], ["returns", "complete"]]);
  });

  it("without consent to the analysis nothing is filled; when it comes, everything is; when it is withdrawn, nothing more", () => {
    const customerId = () => rows<{ id: string }>("SELECT id FROM customers")[0]?.id ?? "";
    const agree = (state: "granted" | "withdrawn") =>
      inTransaction(house.db, () => {
        recordConsents({ customerId: customerId(), sessionId: null, actor: by.actor }, [{ channel: "any", purpose: "analysis", state, source: "test", atMs: house.clock.now() }], house.parts);
        gatherWaiting(house.parts);
      });
    house.receive(say(0, "hello"));
    house.clock.advance(1000);
    agree("withdrawn");
    house.receive(say(1, "I want to return order 48213, it arrived broken, refund please"));
    assert.deepEqual([forms().length, payloads().length], [0, 0]);
    house.clock.advance(1000);
    agree("granted");
    assert.deepEqual([forms()[0]?.state, payloads().length], ["complete", 1]);
    house.clock.advance(1000);
    agree("withdrawn");
    house.receive(say(3, "sorry, the order number is 48214"));
    assert.deepEqual([forms().length, payloads().length], [0, 1]);
  });

  it("of a very long conversation only the newest messages are read, and what was filled before stands", () => {
    house.receive(say(0, "I want to return order 48213"));
    const chatter = house.db.prepare("INSERT INTO messages (id, session_id, conversation_id, customer_id, source, channel, speaker, kind, text, at_ms) SELECT @id, session_id, conversation_id, customer_id, source, channel, speaker, kind, 'well then', @at FROM messages WHERE seq = 1");
    let at = begin;
    const chat = (count: number): void => inTransaction(house.db, () => {
      for (let i = 0; i < count; i++) chatter.run({ id: `c${at}`, at: ++at });
    });
    chat(FOLDED + 400);
    house.receive(say(10, "it arrived broken, refund please"));
    assert.deepEqual(slotsOf(payloads()[0]?.body ?? "{}"), { order_number: "48213", reason: "damaged", resolution: "refund" });
    house.receive(say(11, "sorry, the order number is 48214"), agent(12, "Thank you"));
    assert.deepEqual(slotsOf(payloads().at(-1)?.body ?? "{}"), { order_number: "48214", reason: "damaged", resolution: "refund" });
    at = begin + 20 * MINUTE;
    chat(FOLDED);
    house.receive(say(40, "an exchange, I mean"));
    assert.deepEqual([slotsOf(payloads().at(-1)?.body ?? "{}"), payloads().length], [{ order_number: "48214", reason: "damaged", resolution: "exchange" }, 3]);
  });

  it("a call goes on with the form that a chat began; hearing it again changes nothing", () => {
    house.receive(say(0, "I want to return my order, it arrived broken"));
    house.notify("pbx", { kind: "call.ended", facts: { callId: "c1", direction: "inbound", from: PHONE.value, startedAtMs: begin + 10 * MINUTE } });
    const hear = () =>
      inTransaction(house.db, () => {
        const { sessions, messages } = house.parts.store.writes;
        const session = fileCall(sessions.byCallId("pbx", "c1")?.id ?? "", house.parts) ?? assert.fail("no call");
        const turns = (["agent What is your order number?", "customer it is four eight two one three", "agent Would you like a refund or a replacement?", "customer a refund please"] as const).map((line, at) => {
          const [speaker, ...text] = line.split(" ");
          return { id: newId("msg", house.clock.now()), speaker: speaker as "agent" | "customer", startMs: at * 4000, endMs: at * 4000 + 3000, text: text.join(" "), confidence: 0.8 };
        });
        messages.replaceTurns(session, turns, { engine: "test", model: "test", modelSha256: undefined, speakerSource: "channel", dropped: [], redactions: [] }, house.clock.now());
        gatherWaiting(house.parts);
      });
    hear();
    assert.deepEqual([conversations().length, slotsOf(payloads()[0]?.body ?? "{}")], [1, { order_number: "48213", reason: "damaged", resolution: "refund" }]);
    assert.ok((forms()[0]?.slots["resolution"]?.confidence ?? 1) < 0.9, "heard words are less sure than written ones");
    hear();
    assert.equal(payloads().length, 1);
  });

  it("payloads are forgotten when their time is over, and stay known as sent", () => {
    complete();
    house.db.prepare("UPDATE outbox SET state = 'delivered'").run();
    house.clock.advance(729 * 86_400_000);
    assert.equal(purgePayloads(house.parts), 0);
    house.clock.advance(2 * 86_400_000);
    assert.equal(purgePayloads(house.parts), 1);
    assert.deepEqual(rows("SELECT body FROM payloads"), [{ body: null }]);
    assert.deepEqual(rows("SELECT body FROM outbox"), [{ body: "{}" }]);
    house.receive(say(6, "order 48213, as I said"));
    assert.equal(payloads().length, 1);
  });
});
