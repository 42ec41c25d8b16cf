// A whole appliance with a language model: chats are read by it, the ledger says who did it, and a model that hangs keeps nobody from being heard.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Analysis } from "../../app/domain/index.ts";
import type { ConversationDetail } from "../../app/store/index.ts";
import { until } from "../support/appliance-process.ts";
import { callWav, SHORTEST_CALL } from "../support/call-audio.ts";
import { startTestAppliance, type TestAppliance } from "../support/in-process.ts";
import { writeTinyLlama } from "../support/tiny-gguf.ts";

/** A session that settled long ago is summed up at once. */
const chat = (number: number): Record<string, unknown> => ({ channel: "web_chat", external_id: `m${number}`, session_external_id: `chat-${number}`, sender: "customer", customer: { chat_id: `visitor-${number}` }, text: "I was charged twice for my broadband and I want my money back.", sent_at: "2026-01-05T10:00:00Z" });

describe("pipeline: a language model", () => {
  const folder = mkdtempSync(join(tmpdir(), "earshot-model-"));
  let appliance: TestAppliance | undefined;
  afterEach(async () => {
    await appliance?.end();
    appliance = undefined;
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const found = (house: TestAppliance): Promise<Analysis> =>
    until("the chat is summed up", 60_000, () => {
      const row = house.appliance.parts.db.prepare<unknown[], { body: string }>("SELECT body FROM analyses ORDER BY created_at_ms DESC LIMIT 1").get();
      return row === undefined ? undefined : (JSON.parse(row.body) as Analysis);
    });
  const lastDetail = (house: TestAppliance): string | undefined => house.appliance.parts.db.prepare<unknown[], { detail: string }>("SELECT detail FROM ledger WHERE stage = 'summarise' AND status = 'done' ORDER BY rowid DESC LIMIT 1").get()?.detail;
  const conversation = async (house: TestAppliance): Promise<ConversationDetail> => {
    const { items } = (await (await house.get("/v1/conversations")).json()) as { items: { id: string }[] };
    return (await (await house.get(`/v1/conversations/${items[0]?.id}`)).json()) as ConversationDetail;
  };
  const readiness = async (house: TestAppliance): Promise<string | undefined> => (await house.appliance.readiness()).checks.find(({ name }) => name === "analysis")?.detail;

  it("a chat is read by the model of the settings, and how it came about is stored and shown", async () => {
    const model = join(folder, "tiny.gguf");
    writeTinyLlama(model, { context: 8192 });
    appliance = await startTestAppliance({ analysis: { model, threads: 1 } });
    assert.equal(await readiness(appliance), "The analysis engine (llama, tiny) is idle");
    assert.equal((await appliance.post("/v1/messages", chat(1))).status, 202);
    const analysis = await found(appliance);
    assert.deepEqual([analysis.engine, analysis.model, analysis.instead_of, analysis.coverage], ["llama", "tiny", undefined, { turns_read: 1, turns_total: 1 }]);
    assert.deepEqual([analysis.made?.chunks, analysis.made?.seed, analysis.made?.prompt], [1, 7, "facts-1, verdicts-1"]);
    assert.match(lastDetail(appliance) ?? "", /^llama tiny: 1 messages/);
    const [session] = (await conversation(appliance)).sessions;
    assert.deepEqual(session?.analysis, { engine: "llama", model: "tiny", prompt: "facts-1, verdicts-1", seed: 7, at: new Date(analysis.made?.atMs ?? 0).toISOString(), ms: analysis.made?.ms, chunks: 1 });
    assert.deepEqual([session?.summary, session?.topic], [analysis.summary, analysis.topic]);
    assert.match((await readiness(appliance)) ?? "", /is (?:ready|working)$/);
  });

  it("terms of the business's own documents are shown to it, and the record says which", async () => {
    const model = join(folder, "tiny.gguf");
    writeTinyLlama(model, { context: 8192 });
    const documents = join(folder, "documents");
    mkdirSync(documents);
    writeFileSync(join(documents, "refunds.md"), "# Refunds\n\nWhoever was charged twice has the money back within a week.\n");
    appliance = await startTestAppliance({ analysis: { model, threads: 1 }, knowledge: { folder: documents, scan_seconds: 0.2 } });
    const { store } = appliance.appliance.parts;
    await until("the document is read", 20_000, () => (store.reads.knowledge.isEmpty() ? undefined : true));
    await appliance.post("/v1/messages", chat(1));
    const analysis = await found(appliance);
    assert.deepEqual([analysis.instead_of, analysis.made?.prompt, analysis.made?.terms], [undefined, "facts-1, verdicts-1, terms-1", ["refunds.md, page 1"]]);
    assert.deepEqual((await conversation(appliance)).sessions[0]?.analysis?.terms, ["refunds.md, page 1"]);
  });

  it("a file that only looks like a model: the extractive engine does it, and the ledger says why", async () => {
    const model = join(folder, "broken.gguf");
    writeFileSync(model, Buffer.concat([Buffer.from("GGUF"), Buffer.alloc(400, 7)]));
    appliance = await startTestAppliance({ analysis: { model, threads: 1 } });
    await appliance.post("/v1/messages", chat(1));
    const analysis = await found(appliance);
    assert.deepEqual([analysis.engine, analysis.topic, analysis.instead_of], ["extractive", "Billing", { engine: "llama", code: "ANALYSIS_FAILED" }]);
    assert.match(lastDetail(appliance) ?? "", /^extractive instead of llama: ANALYSIS_FAILED: 1 messages/);
    assert.deepEqual((await conversation(appliance)).sessions[0]?.analysis, { engine: "extractive", model: null, instead_of: { engine: "llama", code: "ANALYSIS_FAILED" } });
    assert.match((await readiness(appliance)) ?? "", /is failed: ANALYSIS_FAILED; the extractive engine does its work meanwhile/);
  });

  it("while a model hangs over a chat, a call is prepared and heard", async () => {
    let asked = 0;
    const server = createServer((request) => void (request.resume(), asked++)).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    try {
      appliance = await startTestAppliance({ queue: { drain_seconds: 0 }, analysis: { endpoints: [{ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, model: "large", parallel: 1 }] } });
      const house = appliance;
      await house.post("/v1/messages", chat(1));
      await until("the model is asked", 10_000, () => (asked > 0 ? true : undefined));
      const { call_id } = (await (await house.upload(callWav(SHORTEST_CALL, 2000 + Math.max(...SHORTEST_CALL.map((one) => one.startMs)), 5), "call.wav")).json()) as { call_id: string };
      await until("the call is heard", 60_000, async () => {
        const call = (await (await house.get(`/v1/calls/${call_id}`)).json()) as { ledger: { stage: string; status: string }[] };
        return call.ledger.some(({ stage, status }) => stage === "transcribe" && status === "done") ? true : undefined;
      });
      assert.equal(house.appliance.parts.db.prepare<unknown[], { n: number }>("SELECT count(*) AS n FROM analyses").get()?.n, 0, "the model still hangs");
    } finally {
      await appliance?.end();
      appliance = undefined;
      server.closeAllConnections();
      server.close();
    }
  });
});
