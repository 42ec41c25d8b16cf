// The main job, end to end with the real parts: a finished call becomes an analysed conversation and reaches the CRM.
import assert from "node:assert/strict";
import { copyFileSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { callViewSchema } from "../../app/domain/index.ts";
import { callWav, SHORT_CALL } from "../support/call-audio.ts";
import { until } from "../support/appliance-process.ts";
import { startTestAppliance, type TestAppliance } from "../support/in-process.ts";
import { startCrm, startPbx, type Receiver } from "../support/receivers.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

describe("main job", function () {
  this.timeout(120_000);
  let crm: Awaited<ReturnType<typeof startCrm>>;
  let pbx: Receiver;
  let earshot: TestAppliance;
  const recordings = new Map<string, Buffer>();
  let seed = 1000;
  const sound = (): Buffer => callWav(SHORT_CALL, 3200, seed++);
  const place = (name: string, bytes: Buffer): string => {
    recordings.set(`/${name}`, bytes);
    return `${pbx.url}/${name}`;
  };

  before(async () => {
    crm = await startCrm();
    pbx = await startPbx((path) => recordings.get(path));
    earshot = await startTestAppliance({ crm: { url: `${crm.url}/calls`, secret: SECRET } });
  });
  after(async () => {
    await earshot.end();
    await crm.close();
    await pbx.close();
  });

  it("a webhook with a recording becomes a finished call, with every field of the contract", async () => {
    const response = await earshot.announce({ call_id: "c1", recording_url: place("c1.wav", sound()), direction: "inbound", from: "+14155550132", to: "+14155550100", started_at: "2026-11-03T13:15:02Z", agent: { id: "201", name: "Ana" }, queue: "billing" });
    assert.equal(response.status, 202);
    assert.deepEqual(await response.json(), { call_id: "c1", status: "received" });
    const call = await earshot.finished("c1");
    callViewSchema.parse(call);
    assert.equal(call.status, "done", JSON.stringify(call.error));
    assert.deepEqual(call.audio?.channel_map, { "0": "customer", "1": "agent" });
    assert.match(call.audio?.channel_map_reason ?? "", /inbound/);
    assert.equal(call.audio?.layout, "stereo");
    assert.equal(call.speaker_source, "channel");
    assert.deepEqual([call.duration, call.agent?.name, call.queue, call.started_at], ["0m03s", "Ana", "billing", "2026-11-03T13:15:02.000Z"]);
    assert.match(call.customer_id ?? "", /^cus_/);
    assert.match(call.conversation_id ?? "", /^cnv_/);
    assert.equal(call.engines?.speech.model, "starter-en");
    assert.match(call.engines?.speech.sha256 ?? "", /^[0-9a-f]{64}$/);
    assert.ok((call.metrics?.agent_talk_ratio ?? -1) > 0.2);
    assert.deepEqual([...new Set(call.ledger.map((line) => line.stage))].slice(0, 6), ["notify", "fetch", "prepare", "transcribe", "redact", "analyse"]);
    for (const turn of call.turns) assert.ok(turn.end_ms > turn.start_ms && turn.end_ms <= 3300);
  });

  it("the CRM received it once, signed, with the names of the contract", async () => {
    const received = await until("the CRM has c1", 10_000, () => crm.received.find((one) => one.body["call_id"] === "c1"));
    const body = new Webhook(SECRET).verify(received.rawBody, received.headers as Record<string, string>) as Record<string, unknown>;
    for (const name of ["call_id", "transcript", "summary", "topic", "duration", "type", "revision", "customer", "conversation_id", "direction", "agent", "outcome", "reason", "sentiment", "action_items", "link", "categories"]) assert.ok(name in body, name);
    assert.deepEqual([body["type"], body["revision"], body["duration"]], ["call.analysed", 1, "0m03s"]);
    assert.equal(crm.received.filter((one) => one.body["call_id"] === "c1").length, 1);
  });

  it("a repeat of the notification gets the same answer and changes nothing", async () => {
    const before = await (await earshot.get("/v1/calls/c1")).json();
    const again = await earshot.announce({ call_id: "c1", recording_url: `${pbx.url}/other.wav`, direction: "inbound" });
    assert.deepEqual([again.status, await again.json()], [202, { call_id: "c1", status: "received" }]);
    assert.deepEqual(await (await earshot.get("/v1/calls/c1")).json(), before);
  });

  it("the recording may be announced before or after the end of the call: both become one call", async () => {
    await earshot.announce({ call_id: "late", direction: "outbound", to: "+14155550132", from: "201", agent: { id: "7" } });
    const waiting = (await (await earshot.get("/v1/calls/late")).json()) as { status: string };
    assert.equal(waiting.status, "received");
    await earshot.announce({ call_id: "late", recording_url: place("late.wav", sound()) });
    const late = await earshot.finished("late");
    assert.deepEqual([late.status, late.direction, late.agent?.id], ["done", "outbound", "7"]);
    assert.deepEqual(late.audio?.channel_map, { "0": "agent", "1": "customer" });

    await earshot.announce({ call_id: "early", recording_url: place("early.wav", sound()) });
    await earshot.announce({ call_id: "early", queue: "sales", direction: "inbound", from: "+14155550132" });
    assert.equal((await earshot.finished("early")).queue, "sales");
    const first = (await (await earshot.get("/v1/calls/c1")).json()) as { customer_id: string };
    assert.equal(late.customer_id, first.customer_id, "the same number is the same customer");
  });

  it("a file in a watched folder settles, is named by its template, and is not touched", async () => {
    const name = "in-8005550100-4155550177-20261103-141502-1793711702.417.wav";
    const path = join(earshot.folder, "watched", name);
    const bytes = sound();
    writeFileSync(`${path}.part`, bytes);
    renameSync(`${path}.part`, path);
    const call = await earshot.finished("1793711702.417");
    assert.deepEqual([call.status, call.direction, call.source, call.started_at], ["done", "inbound", "folder", "2026-11-03T13:15:02.000Z"]);
    assert.ok(readFileSync(path).equals(bytes));
  });

  it("the same recording by another way is the same call", async () => {
    const bytes = sound();
    await earshot.announce({ call_id: "twin", recording_url: place("twin.wav", bytes), direction: "inbound" });
    const call = await earshot.finished("twin");
    const uploaded = await earshot.upload(bytes, "copy.wav", { call_id: "twin-by-hand" });
    assert.equal(uploaded.status, 202);
    const same = (await (await earshot.get("/v1/calls/twin-by-hand")).json()) as { session_id: string };
    assert.equal(same.session_id, call.session_id);
    await earshot.announce({ call_id: "twin-announced", recording_url: place("twin2.wav", bytes), queue: "support" });
    const joined = await until("the two are one", 10_000, async () => {
      const view = (await (await earshot.get("/v1/calls/twin-announced")).json()) as { session_id: string; queue: string };
      return view.session_id === call.session_id ? view : undefined;
    });
    assert.equal(joined.queue, "support");
  });

  it("an upload without metadata gets an id, and is heard", async () => {
    const response = await earshot.upload(sound(), "anything.wav");
    assert.equal(response.status, 202);
    const { call_id } = (await response.json()) as { call_id: string };
    const call = await earshot.finished(call_id);
    assert.deepEqual([call.status, call.source], ["done", "upload"]);
  });

  it("reprocess makes a new revision, and the CRM gets it under a new key", async () => {
    assert.equal((await earshot.post("/v1/calls/c1/reprocess")).status, 202);
    await until("revision 2 is delivered", 30_000, () => crm.received.find((one) => one.body["call_id"] === "c1" && one.body["revision"] === 2));
    assert.equal(new Set(crm.received.filter((one) => one.body["call_id"] === "c1").map((one) => one.key)).size, 2);
  });

  it("people may listen to the rendition, in ranges, and every read is in the audit trail", async () => {
    const whole = await earshot.get("/v1/calls/c1/audio");
    assert.equal(whole.status, 200);
    const bytes = Buffer.from(await whole.arrayBuffer());
    assert.equal(bytes.toString("latin1", 0, 4), "fLaC");
    const part = await fetch(`${earshot.url}/v1/calls/c1/audio`, { headers: { authorization: `Bearer ${earshot.key}`, range: "bytes=0-3" } });
    assert.deepEqual([part.status, await part.text()], [206, "fLaC"]);
    const reads = earshot.appliance.parts.db.prepare("SELECT count(*) AS n FROM events WHERE event LIKE '%recording.read%'").get() as { n: number };
    assert.ok(reads.n >= 2);
    assert.equal(earshot.appliance.store.audit.verify(), undefined);
  });

  it("nothing is left in the spool, and the vault holds what the database knows", async () => {
    await until("idle", 20_000, () => earshot.appliance.isIdle() || undefined);
    const { parts } = earshot.appliance;
    for (const file of parts.store.writes.recordings.knownFiles()) assert.ok(existsSync(parts.vault.pathOf(file)), file);
  });

  it("hostile names are inert: they are stored as text and never reach a path, a shell or an option", async () => {
    for (const callId of ["$(touch pwned)", "-i", "`id`", "a b & c", "%2e%2e%2f"]) {
      const response = await earshot.upload(sound(), "$(touch pwned).wav", { call_id: callId, from: "'; DROP TABLE calls; --" });
      assert.equal(response.status, 202, callId);
      assert.equal((await earshot.finished(callId)).call_id, callId);
    }
    for (const callId of ["../x", "a/b", "x\u0000y", "x".repeat(201)]) assert.equal((await earshot.announce({ call_id: callId })).status, 422, JSON.stringify(callId).slice(0, 20));
    const strange = join(earshot.folder, "watched", "-i $(touch pwned)\n.wav");
    copyFileSync(join(earshot.folder, "watched", "in-8005550100-4155550177-20261103-141502-1793711702.417.wav"), strange);
    writeFileSync(strange, sound());
    await until("the strange file is a call", 20_000, () => (earshot.appliance.parts.db.prepare("SELECT 1 AS n FROM seen_files WHERE path = ?").get(strange) as object | undefined) && true);
    assert.ok(!existsSync("pwned"));
  });
});
