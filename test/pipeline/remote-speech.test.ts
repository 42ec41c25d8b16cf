// A whole appliance that hears with remote endpoints: what its calls say, and that they wait when nobody hears.
import assert from "node:assert/strict";
import { until } from "../support/appliance-process.ts";
import { callWav, SHORT_CALL } from "../support/call-audio.ts";
import { startTestAppliance, type TestAppliance } from "../support/in-process.ts";
import { good, startSpeechEndpoint, status, type SpeechEndpoint } from "../support/speech-endpoint.ts";

describe("pipeline: calls heard by remote endpoints", () => {
  let one: SpeechEndpoint;
  let two: SpeechEndpoint;
  let appliance: TestAppliance;
  before(async () => {
    [one, two] = [await startSpeechEndpoint(), await startSpeechEndpoint()];
    appliance = await startTestAppliance({ speech: { engine: "openai", key: "secret", endpoints: [{ url: one.url, model: "large" }, { url: two.url, model: "large" }] }, queue: { max_attempts: 2 } });
  });
  after(async () => {
    await appliance.end();
    await Promise.all([one.close(), two.close()]);
  });

  it("a call says which model heard it and where; readiness, metrics and the API know the endpoints", async () => {
    await appliance.upload(callWav(SHORT_CALL, 3500, 1), "a.wav", { call_id: "a" });
    const call = await appliance.finished("a");
    assert.deepEqual(call.engines?.speech, { engine: "openai", model: "large", sha256: null, endpoint: call.engines?.speech.endpoint });
    assert.ok([one.host, two.host, [one.host, two.host].sort().join(", ")].includes(call.engines?.speech.endpoint ?? ""), call.engines?.speech.endpoint);
    assert.ok(call.turns.length > 0 && call.turns.every((turn) => turn.confidence === 0.9));
    const ready = (await (await appliance.get("/readyz?verbose")).json()) as { checks: { name: string; detail: string }[] };
    assert.match(ready.checks.find((check) => check.name === "speech")?.detail ?? "", /openai, large\) is ready, 2 of 2 endpoints hear/);
    const metrics = await (await appliance.get("/metrics")).text();
    assert.match(metrics, new RegExp(`earshot_speech_endpoint_up\\{endpoint="${one.host}"\\} 1`));
    assert.match(metrics, /earshot_speech_model_info\{engine="openai",model="large"\} 1/);
    const view = (await (await appliance.get("/v1/models/speech")).json()) as { endpoints: unknown[] };
    assert.equal(view.endpoints.length, 2);
    assert.equal((await appliance.post("/v1/models/speech", { model: "starter-en" })).status, 409);
  });

  it("a call waits while no endpoint hears, however often it is tried, says why, and is heard when one is back", async function () {
    this.timeout(30_000);
    for (const endpoint of [one, two]) endpoint.behave(status(500));
    const ids = ["b", "c", "d"];
    for (const [i, id] of ids.entries()) await appliance.upload(callWav(SHORT_CALL, 3500, 10 + i), `${id}.wav`, { call_id: id });
    const ledgerOf = async (id: string): Promise<{ stage: string; status: string; code: string | null }[]> => ((await (await appliance.get(`/v1/calls/${id}`)).json()) as { ledger: { stage: string; status: string; code: string | null }[] }).ledger;
    await until("one waits", 15_000, async () => (await Promise.all(ids.map(ledgerOf))).flat().some((line) => line.status === "waiting" && line.code === "SPEECH_ENDPOINTS_DOWN") || undefined);
    const { speech, queue } = appliance.appliance.parts;
    assert.deepEqual([speech.state(), speech.canHear(), appliance.appliance.isProgressing()], ["down", false, true]);
    const askedAt = one.asked.length;
    await new Promise((resolve) => setTimeout(resolve, 2500));
    assert.ok(one.asked.length - askedAt <= 5, "only test windows, and ever fewer");
    assert.equal((await appliance.get("/readyz")).status, 200, "calls are still taken in");
    assert.deepEqual([queue.count("parked"), queue.count("failed")], [0, 0]);
    two.behave(good);
    for (const id of ids) assert.deepEqual([(await appliance.finished(id)).status, (await ledgerOf(id)).filter((line) => line.status === "waiting").length <= 1], ["done", true]);
  });
});
