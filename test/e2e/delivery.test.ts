// The CRM in all its moods: down, slow, failing after it took the result, full, refusing. Every result arrives once in effect.
import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { callWav, SHORTEST_CALL } from "../support/call-audio.ts";
import { until } from "../support/appliance-process.ts";
import { startTestAppliance, type TestAppliance } from "../support/in-process.ts";
import { startCrm } from "../support/receivers.ts";

describe("delivery", function () {
  this.timeout(90_000);
  let crm: Awaited<ReturnType<typeof startCrm>>;
  let earshot: TestAppliance;
  /** what the CRM does with the next posts; when empty, it takes them */
  const moods: ((response: ServerResponse) => void)[] = [];
  before(async () => {
    crm = await startCrm((_received, response) => (moods.shift() ?? ((one: ServerResponse) => void one.writeHead(200).end()))(response));
    earshot = await startTestAppliance({ crm: { url: crm.url, secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", timeout_seconds: 1 } });
  });
  after(async () => {
    await earshot.end();
    await crm.close();
  });
  const postsOf = (callId: string): typeof crm.received => crm.received.filter((one) => one.body["call_id"] === callId);
  const outbox = (callId: string): { state: string; attempts: number } =>
    earshot.appliance.parts.db.prepare("SELECT o.state, o.attempts FROM outbox o JOIN sessions s ON s.id = o.session_id WHERE s.call_id = ? ORDER BY o.revision DESC").get(callId) as { state: string; attempts: number };
  const hear = async (callId: string, seed: number): Promise<void> => {
    assert.equal((await earshot.upload(callWav(SHORTEST_CALL, 2000, seed), "a.wav", { call_id: callId })).status, 202);
    assert.equal((await earshot.finished(callId)).status, "done");
  };

  it("takes the result and drops the connection: the repeat has the same key and body, so the effect is one", async () => {
    moods.push((response) => void response.destroy());
    await hear("dropped", 501);
    await until("the second attempt", 20_000, () => postsOf("dropped").length === 2 || undefined);
    const [first, second] = postsOf("dropped");
    assert.deepEqual([first?.key, first?.bodyHash], [second?.key, second?.bodyHash]);
    assert.notEqual(first?.headers["webhook-timestamp"], undefined);
    await until("delivered", 5000, () => outbox("dropped").state === "delivered" || undefined);
    const ledger = ((await (await earshot.get("/v1/calls/dropped")).json()) as { ledger: { stage: string; status: string }[] }).ledger.filter((line) => line.stage === "deliver");
    assert.deepEqual(ledger.map((line) => line.status), ["retrying", "done"]);
  });

  it("answers 500 and 429, or nothing at all in time: it is tried again, later results do not wait for it", async () => {
    moods.push((response) => void response.writeHead(500).end(), (response) => void response.writeHead(429, { "retry-after": "2" }).end());
    await hear("failing", 502);
    await hear("full", 503);
    await hear("fine", 504);
    for (const callId of ["failing", "full", "fine"]) await until(`${callId} is delivered`, 30_000, () => outbox(callId).state === "delivered" || undefined);
    assert.equal(new Set(crm.received.filter((one) => ["failing", "full", "fine"].includes(String(one.body["call_id"]))).map((one) => one.key)).size, 3);
  });

  it("refuses the result as wrong: it is parked with the reason and not repeated for days; a new analysis sends a new revision", async () => {
    moods.push((response) => void response.writeHead(422).end());
    await hear("refused", 505);
    await until("parked", 10_000, () => outbox("refused").state === "parked" || undefined);
    assert.equal(postsOf("refused").length, 1);
    await earshot.post("/v1/calls/refused/reprocess");
    await until("revision 2 arrives", 20_000, () => postsOf("refused").find((one) => one.body["revision"] === 2));
  });

  it("says 410: nothing more is sent there until somebody restarts Earshot, and nothing is lost", async () => {
    moods.push((response) => void response.writeHead(410).end());
    await hear("gone", 506);
    await until("parked", 10_000, () => outbox("gone").state === "parked" || undefined);
    const before = crm.received.length;
    await hear("after-gone", 507);
    await earshot.appliance.clock.sleep(1500);
    assert.equal(crm.received.length, before);
    assert.equal(outbox("after-gone").state, "waiting");
  });
});
