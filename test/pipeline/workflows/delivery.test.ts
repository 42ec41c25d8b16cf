// From a posted message to the receiver of a workflow: the real server, a real receiver, signatures as everybody else's.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import type { ContextView, FormView } from "../../../app/domain/index.ts";
import { until } from "../../support/appliance-process.ts";
import { startTestAppliance, type TestAppliance } from "../../support/in-process.ts";
import { startCrm } from "../../support/receivers.ts";

const SECRET = `whsec_${Buffer.from("a secret of thirty-two bytes, ok?").toString("base64")}`;

const definition = (name: string, url: string): string => `
name: ${name}
version: 3
title: Callback
purpose: The customer wants to be called.
begins: { phrases: [call me back], intents: [callback] }
slots:
  phone: { type: phone, ask: On which number?, required: true, anywhere: true }
  topic: { type: enum, ask: What is it about?, required: true, keywords: [about], values: { bill: [bill, invoice], order: [order] } }
endpoint: { url: "${url}", secret: "${SECRET}", headers: { x-team: care } }
retention_days: 30
`;

describe("workflows: through the server to the receiver", () => {
  let folder: string;
  let house: TestAppliance;
  let crm: Awaited<ReturnType<typeof startCrm>>;
  let silent: Awaited<ReturnType<typeof startCrm>>;
  let n = 0;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "earshot-workflows-"));
    mkdirSync(join(folder, "workflows"));
    let refusals = 1;
    crm = await startCrm((_received, response) => void response.writeHead(refusals-- > 0 ? 503 : 200, { "retry-after": "1" }).end());
    silent = await startCrm(() => undefined); // never answers
    writeFileSync(join(folder, "workflows", "callback.yaml"), definition("callback", crm.url));
    writeFileSync(join(folder, "workflows", "stuck.yaml"), definition("stuck", silent.url));
    house = await startTestAppliance({ site: { country: "GB", timezone: "Europe/London" }, workflows: { folder: join(folder, "workflows") }, queue: { drain_seconds: 0 } });
  });
  after(async () => {
    await house.end();
    await crm.close();
    await silent.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const say = async (customer: string, text: string, rest: Record<string, unknown> = {}): Promise<void> => {
    const answer = await house.post("/v1/messages", { channel: "web_chat", external_id: `d${++n}`, customer: { email: customer }, sender: "customer", text, sent_at: new Date().toISOString(), session_external_id: customer, ...rest });
    assert.equal(answer.status, 202);
  };
  const json = async <T>(path: string): Promise<T> => (await (await house.get(path)).json()) as T;

  it("the payload arrives once in effect, signed, after a refusal with the same key; a receiver that hangs holds up nobody", async () => {
    await say("ana@example.org", "please call me back on 020 7946 0018");
    const open = await json<ContextView>("/v1/context?email=ana@example.org");
    assert.deepEqual(open.workflows.map((form) => [form.workflow, form.missing, form.ask]).sort(), [["callback", ["topic"], "What is it about?"], ["stuck", ["topic"], "What is it about?"]]);
    await say("ana@example.org", "it is about my bill");
    await until("the payload is delivered", 20_000, async () => (crm.received.length >= 2 ? true : undefined));
    const [first, second] = crm.received;
    assert.ok(first && second);
    assert.deepEqual([first.key, first.rawBody], [second.key, second.rawBody]);
    assert.equal(second.headers["x-team"], "care");
    new Webhook(SECRET).verify(second.rawBody, { "webhook-id": String(second.headers["webhook-id"]), "webhook-timestamp": String(second.headers["webhook-timestamp"]), "webhook-signature": String(second.headers["webhook-signature"]) });
    const { slots, details, type, workflow, version, revision, customer } = second.body as { slots: unknown; details: Record<string, { evidence: string[]; quote: string }>; type: string; workflow: string; version: number; revision: number; customer: { email: string } };
    assert.deepEqual([type, workflow, version, revision, slots, customer.email], ["workflow.completed", "callback", 3, 1, { phone: "+442079460018", topic: "bill" }, "ana@example.org"]);
    assert.deepEqual([details["phone"]?.quote, details["phone"]?.evidence.length], ["020 7946 0018", 1]);
    assert.equal(silent.received.length, 1, "the other receiver still has its request");
  });

  it("workflows, payloads with what became of them, and the conversation's forms can be read; unknown ones cannot", async () => {
    const list = await json<{ items: { id: string; forms: { complete: number }; endpoint: string }[] }>("/v1/workflows");
    assert.deepEqual(list.items.map((one) => [one.id, one.forms.complete]), [["callback", 1], ["stuck", 1]]);
    await say("ben@example.org", "call me back on 020 7946 0958 about my order");
    const page = await until("both are delivered", 10_000, async () => {
      const found = await json<{ items: { id: string; conversation_id: string; delivery: { state: string } }[]; next: string | null }>("/v1/workflows/callback/payloads");
      return found.items.length === 2 && found.items.every((one) => one.delivery.state === "delivered") ? found : undefined;
    });
    const half = await json<{ items: { id: string }[]; next: string }>("/v1/workflows/callback/payloads?limit=1");
    const rest = await json<{ items: { id: string }[]; next: null }>(`/v1/workflows/callback/payloads?limit=1&cursor=${half.next}`);
    assert.deepEqual([...half.items, ...rest.items].map((one) => one.id), page.items.map((one) => one.id));
    const conversation = await json<{ forms: FormView[] }>(`/v1/conversations/${page.items[0]?.conversation_id}`);
    assert.deepEqual(conversation.forms.map((form) => [form.workflow, form.state, form.slots["topic"]?.value]).sort(), [["callback", "complete", "order"], ["stuck", "complete", "order"]]);
    assert.equal((await house.get("/v1/workflows/nothing/payloads")).status, 404);
  });

  it("progress and completion are told live", async () => {
    const stop = new AbortController();
    const seen: { type: string; data: Record<string, unknown> }[] = [];
    const watching = (async () => {
      for await (const event of house.appliance.events(undefined, stop.signal)) if (event.type.startsWith("workflow.")) seen.push(event);
    })();
    await say("cy@example.org", "please call me back about the invoice");
    await say("cy@example.org", "on 020 7946 0111");
    await until("both events are there", 10_000, async () => (seen.some((one) => one.type === "workflow.completed" && one.data["workflow"] === "callback") ? true : undefined));
    stop.abort();
    await watching;
    assert.deepEqual(seen.filter((one) => one.data["workflow"] === "callback").map((one) => [one.type, one.data["missing"] ?? one.data["revision"]]), [["workflow.progress", ["phone"]], ["workflow.completed", 1]]);
    assert.ok(!JSON.stringify(seen).includes("7946"), "events hold no values");
  });
});
