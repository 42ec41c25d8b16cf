// Consent as a gate, through the real pipeline: without it no words come into being; a withdrawal stops what runs; a grant sets it going again.
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import type { ServerResponse } from "node:http";
import type { CallView, ConsentReport } from "../../app/domain/index.ts";
import type { LiveEvent } from "../../app/pipeline/index.ts";
import { purgeHeld } from "../../app/pipeline/purge-held.ts";
import { systemClock } from "../../app/platform/index.ts";
import { until } from "../support/appliance-process.ts";
import { callWav, SHORT_CALL, type Utterance } from "../support/call-audio.ts";
import { startTestAppliance, type TestAppliance } from "../support/in-process.ts";
import { startPbx, type Receiver } from "../support/receivers.ts";
import { good, startSpeechEndpoint, type SpeechEndpoint } from "../support/speech-endpoint.ts";

const DAY_MS = 86_400_000;
/** Time enough for a sentence: what would have to be said too fast is taken for invented. */
const LONG_SENTENCE: readonly Utterance[] = [{ channel: 0, startMs: 300, lengthMs: 2600 }, { channel: 1, startMs: 3200, lengthMs: 1400 }];

describe("consent", function () {
  this.timeout(60_000);
  let earshot: TestAppliance;
  let speech: SpeechEndpoint;
  let pbx: Receiver;
  let shiftMs = 0;
  let seed = 7000;
  const fetched: string[] = [];
  const events: LiveEvent[] = [];
  const watching = new AbortController();

  before(async () => {
    speech = await startSpeechEndpoint();
    pbx = await startPbx((path) => (fetched.push(path), path === "/objects.wav" ? callWav(LONG_SENTENCE, 5000, seed++) : callWav(SHORT_CALL, 3200, seed++)));
    earshot = await startTestAppliance(
      { site: { country: "DE" }, consent: { countries: { DE: { recording: "hold" } } }, speech: { engine: "openai", endpoints: [{ url: speech.url }] } },
      { clock: { ...systemClock, now: () => Date.now() + shiftMs } },
    );
    void (async () => {
      for await (const event of earshot.appliance.events(0, watching.signal)) events.push(event);
    })();
  });
  after(async () => {
    watching.abort();
    await earshot.end();
    await Promise.all([speech.close(), pbx.close()]);
  });

  const announce = (callId: string, more: Record<string, unknown>): Promise<Response> => earshot.announce({ call_id: callId, recording_url: `${pbx.url}/${callId}.wav`, direction: "inbound", ...more });
  const read = async (callId: string): Promise<CallView> => (await (await earshot.get(`/v1/calls/${callId}`)).json()) as CallView;
  const inState = (callId: string, status: CallView["status"]): Promise<CallView> => until(`${callId} is ${status}`, 20_000, async () => ((await read(callId)).status === status ? read(callId) : undefined));
  const say = async (customerId: string | null, ...statements: Record<string, unknown>[]): Promise<ConsentReport> => {
    const answer = await fetch(`${earshot.url}/v1/customers/${customerId}/consents`, { method: "PUT", headers: { authorization: `Bearer ${earshot.key}`, "content-type": "application/json" }, body: JSON.stringify(statements) });
    assert.equal(answer.status, 200, await answer.clone().text());
    return (await answer.json()) as ConsentReport;
  };
  const rows = (sql: string, ...values: unknown[]): Record<string, unknown>[] => earshot.appliance.parts.db.prepare<unknown[], Record<string, unknown>>(sql).all(...values);
  /** Everything in the database that could hold what was said in a call. */
  const words = (call: CallView): unknown[] => ["messages", "transcripts", "analyses", "outbox"].flatMap((table) => rows(`SELECT * FROM ${table} WHERE session_id = ?`, call.session_id));
  const codeOf = async (answer: Response): Promise<unknown> => [answer.status, ((await answer.json()) as { code: string }).code];
  const auditOf = (id: string): string[] => rows("SELECT event FROM events ORDER BY seq").map((row) => JSON.parse(row["event"] as string) as { action: string; object: { id: string } }).filter((event) => event.object.id === id).map((event) => event.action);

  it("a call that was refused is held under any policy, and nobody needs to be known for that: not fetched, no words, nothing to listen to", async () => {
    await announce("refused", { consent: false, from: "+14155550132" });
    await announce("refused-anonymous", { consent: false, from: "anonymous" });
    for (const id of ["refused", "refused-anonymous"]) {
      const call = await inState(id, "held");
      assert.deepEqual([words(call), call.error, fetched.includes(`/${id}.wav`)], [[], null, false]);
      assert.match(call.ledger.at(-1)?.detail ?? "", /^Held: the customer does not agree to the recording \(said by pbx\); the recording is removed on \d{4}-\d\d-\d\d unless consent comes$/);
      assert.deepEqual([call.ledger.at(-1)?.status, call.ledger.at(-1)?.code], ["held", "CONSENT_MISSING"]);
      assert.equal((await earshot.get(`/v1/calls/${id}/audio`)).status, 404);
      assert.deepEqual(await codeOf(await earshot.post(`/v1/calls/${id}/reprocess`)), [409, "CONSENT_MISSING"]);
      assert.deepEqual(auditOf(call.session_id).filter((action) => action === "call.held"), ["call.held"]);
    }
  });

  it("an uploaded recording that was refused stays in the vault unheard, undecoded", async () => {
    await earshot.upload(callWav(SHORT_CALL, 3200, seed++), "a.wav", { call_id: "uploaded", consent: false, from: "+14155550134", direction: "inbound" });
    const call = await inState("uploaded", "held");
    assert.deepEqual([words(call), call.audio, call.ledger.map((line) => line.stage)], [[], null, ["notify", "prepare"]]);
  });

  it("where the policy is to wait, the recording is fetched and waits; a grant sets it going at once, and everything is written down", async () => {
    await announce("waits", { from: "+4915112345678" });
    const held = await inState("waits", "held");
    assert.deepEqual([words(held), held.ledger.map((line) => `${line.stage} ${line.status}`)], [[], ["notify done", "fetch done", "prepare held"]]);
    assert.match(held.ledger.at(-1)?.detail ?? "", /nobody has agreed to the recording, and the site's policy \(DE\) is to wait/);
    const asked = speech.asked.length;
    const report = await say(held.customer_id, { channel: "phone", purpose: "recording", state: "granted", source: "agent", proof: "said so on the telephone" });
    assert.deepEqual(report.decisions.filter((one) => one.purpose === "recording").map((one) => [one.channel, one.state, one.source, one.allowed]), [["phone", "granted", "agent", true], ["any", "unknown", "policy", false]]);
    const done = await earshot.finished("waits");
    assert.deepEqual([done.status, speech.asked.length > asked, words(done).length > 0], ["done", true, true]);
    assert.deepEqual(auditOf(done.session_id).filter((action) => action.startsWith("call.")), ["call.held", "call.released"]);
    assert.deepEqual(auditOf(done.customer_id ?? ""), ["consent.changed"]);
    assert.equal(earshot.appliance.store.audit.verify(), undefined);
    const seen = await until("watchers were told", 5000, () => (events.some((one) => one.type === "call.released") ? events : undefined));
    assert.deepEqual(seen.filter((one) => one.type === "consent.changed" && one.data["customer_id"] === done.customer_id).map((one) => [one.type, one.data["purpose"], one.data["state"]]), [["consent.changed", "recording", "granted"]]);
  });

  it("a withdrawal ends the call that is being heard and the one that is queued, at once; both go on after a grant", async () => {
    const from = "+14155550177";
    const hanging: ServerResponse[] = [];
    speech.behave((_asked, response) => hanging.push(response));
    await announce("running", { from });
    await until("it is being heard", 20_000, () => (hanging.length > 0 ? true : undefined));
    await announce("queued", { from });
    await until("the next one is queued", 20_000, async () => ((await read("queued")).ledger.some((line) => line.stage === "prepare" && line.status === "done") ? true : undefined));
    const { customer_id } = await read("running");
    await say(customer_id, { purpose: "recording", state: "withdrawn", source: "agent" });
    const calls = [await read("running"), await read("queued")];
    assert.deepEqual(calls.map((call) => call.status), ["held", "held"], "when the request is answered, it is so");
    await until("the request to the engine was given up", 5000, () => (hanging.every((one) => one.destroyed) ? true : undefined));
    for (const one of hanging) good({} as never, one);
    speech.behave(good);
    await until("nothing runs", 5000, () => (earshot.appliance.isIdle() && earshot.appliance.parts.running.size === 0 ? true : undefined));
    assert.deepEqual(calls.flatMap(words), []);
    await say(customer_id, { purpose: "recording", state: "withdrawn", source: "agent" });
    assert.equal(rows("SELECT * FROM consents WHERE customer_id = ?", customer_id).length, 1, "a repeat is not written down twice");
    await say(customer_id, { purpose: "recording", state: "granted", source: "agent" });
    for (const id of ["running", "queued"]) assert.equal((await earshot.finished(id)).status, "done");
  });

  it("what was stored before a withdrawal stays, and is not processed again; without consent to the analysis a new call waits", async () => {
    const before = await read("running");
    await say(before.customer_id, { purpose: "analysis", state: "withdrawn" });
    assert.deepEqual([(await read("running")).turns, (await read("running")).status], [before.turns, "done"]);
    assert.deepEqual(await codeOf(await earshot.post("/v1/calls/running/reprocess")), [409, "CONSENT_MISSING"]);
    await announce("unanalysed", { from: "+14155550177" });
    assert.deepEqual(words(await inState("unanalysed", "held")), []);
  });

  it("the customer refuses in the middle of the call: only the sentence that says so is kept, as proof, and the call is held", async () => {
    const sentence = ["I", "do", "not", "want", "this", "call", "recorded."];
    const answer = (text: string[]): string => JSON.stringify({ language: "english", duration: 2.6, text: text.join(" "), segments: [{ id: 0, start: 0, end: 2.6, text: ` ${text.join(" ")}`, avg_logprob: -0.2, words: text.map((word, i) => ({ word: ` ${word}`, start: 0.1 + i * 0.3, end: 0.35 + i * 0.3, probability: 0.9 })) }] });
    // both parties are asked for at once, in either order: the customer is the one who speaks for longer than 2 s
    speech.behave((asked, response) => response.writeHead(200, { "content-type": "application/json" }).end(answer(asked.wavBytes > 75_000 ? sentence : ["Good", "morning,", "who", "is", "it?"])));
    await announce("objects", { from: "+14155550199" });
    const call = await inState("objects", "held");
    speech.behave(good);
    assert.deepEqual(call.turns.map((turn) => [turn.speaker, turn.text]), [["customer", "I do not want this call recorded."]]);
    assert.deepEqual([rows("SELECT * FROM analyses WHERE session_id = ?", call.session_id).length, (await earshot.get("/v1/calls/objects/audio")).status], [0, 404]);
    const report = (await (await earshot.get(`/v1/customers/${call.customer_id}/consents`)).json()) as ConsentReport;
    assert.deepEqual(report.records.map((one) => [one.channel, one.purpose, one.state, one.source, one.proof, one.session_id]), [["phone", "recording", "withdrawn", "stop_word", call.turns[0]?.id, call.session_id]]);
  });

  it("a later notification that brings the consent sets an unknown caller's call going", async () => {
    await announce("later", { from: "anonymous" });
    await inState("later", "held");
    await earshot.announce({ call_id: "later", consent: true });
    assert.equal((await earshot.finished("later")).status, "done");
    await earshot.announce({ call_id: "later", consent: false });
    assert.deepEqual(await codeOf(await earshot.post("/v1/calls/later/reprocess")), [409, "CONSENT_MISSING"], "of two notifications of one call the refusal counts");
  });

  it("sound that waited in vain is removed after hold_days, the rows say when and why, and later consent does not bring it back", async () => {
    const { parts } = earshot.appliance;
    await announce("in-vain", { from: "+4915112345699" });
    const call = await inState("in-vain", "held");
    const recording = (): ReturnType<typeof parts.store.writes.recordings.ofSession> => parts.store.writes.recordings.ofSession(call.session_id);
    const path = parts.vault.pathOf(recording()?.file ?? "");
    assert.ok(existsSync(path));
    shiftMs = 29 * DAY_MS;
    assert.equal(await purgeHeld(parts), 0);
    shiftMs = 30 * DAY_MS + 60_000;
    assert.ok((await purgeHeld(parts)) >= 1);
    assert.equal(existsSync(path), false);
    assert.deepEqual([recording()?.file, recording()?.purge_reason, (recording()?.purged_at_ms ?? 0) > Date.now() + 29 * DAY_MS], [null, "No consent came within 30 days", true]);
    assert.match((await read("in-vain")).ledger.at(-1)?.detail ?? "", /No consent came within 30 days; the recording was removed/);
    assert.ok(auditOf(call.session_id).includes("recording.purged"));
    await say(call.customer_id, { purpose: "recording", state: "granted" });
    assert.equal((await read("in-vain")).status, "held");
    assert.deepEqual(await codeOf(await earshot.post("/v1/calls/in-vain/reprocess")), [409, "CONFLICT"]);
    assert.deepEqual([readdirSync(parts.spool), earshot.appliance.store.audit.verify()], [[], undefined]);
  });
});
