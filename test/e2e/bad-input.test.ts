// Bad input: a clear answer, nothing lost, and the appliance goes on.
import assert from "node:assert/strict";
import { wavHeader } from "../../app/domain/index.ts";
import { callWav, SHORT_CALL } from "../support/call-audio.ts";
import { until } from "../support/appliance-process.ts";
import { startTestAppliance, type TestAppliance } from "../support/in-process.ts";
import { startPbx, type Receiver } from "../support/receivers.ts";

describe("bad input", function () {
  this.timeout(120_000);
  let earshot: TestAppliance;
  let pbx: Receiver;
  const recordings = new Map<string, Buffer>();
  before(async () => {
    pbx = await startPbx((path) => recordings.get(path));
    earshot = await startTestAppliance();
  });
  after(async () => {
    await earshot.end();
    await pbx.close();
  });
  const problem = async (response: Response): Promise<{ code: string; detail: string; problems?: { path: string; message: string }[] }> => {
    assert.match(response.headers.get("content-type") ?? "", /^application\/problem\+json/);
    return (await response.json()) as { code: string; detail: string };
  };
  const sessions = (): number => (earshot.appliance.parts.db.prepare("SELECT count(*) AS n FROM sessions").get() as { n: number }).n;

  it("broken JSON, wrong types and unknown shapes: the path and the expected value, and nothing is stored", async () => {
    const before = sessions();
    const broken = await fetch(`${earshot.url}/v1/webhooks/calls/pbx`, { method: "POST", headers: { authorization: "Bearer a-token-of-the-telephone-system", "content-type": "application/json" }, body: '{"call_id": ' });
    assert.deepEqual([broken.status, (await problem(broken)).code], [400, "REQUEST_MALFORMED"]);
    const wrong = await earshot.announce({ call_id: 5, direction: "sideways", recording_url: "nowhere" });
    assert.equal(wrong.status, 422);
    assert.deepEqual((await problem(wrong)).problems?.map((one) => one.path).sort(), ["call_id", "direction", "recording_url"]);
    assert.equal(sessions(), before);
  });

  it("unknown source, missing or wrong proof, too much: 404, 401, 413; refusals are audited and nothing is stored", async () => {
    const before = sessions();
    assert.equal((await earshot.post("/v1/webhooks/calls/nobody", { call_id: "x" })).status, 404);
    assert.equal((await fetch(`${earshot.url}/v1/webhooks/calls/pbx`, { method: "POST", body: "{}" })).status, 401);
    assert.equal((await fetch(`${earshot.url}/v1/webhooks/calls/pbx`, { method: "POST", headers: { authorization: "Bearer wrong" }, body: "{}" })).status, 401);
    assert.equal((await earshot.announce({ call_id: "x", queue: "y".repeat(2_000_000) })).status, 413);
    assert.equal(sessions(), before);
    const refusals = earshot.appliance.parts.db.prepare("SELECT count(*) AS n FROM events WHERE event LIKE '%webhook.refused%'").get() as { n: number };
    assert.ok(refusals.n >= 3);
  });

  const good = callWav(SHORT_CALL, 3200, 77);
  const silence = Buffer.concat([wavHeader(8000 * 4 * 20, 8000, 2), Buffer.alloc(8000 * 4 * 20)]);
  const files: [name: string, bytes: Buffer, code: string][] = [
    ["empty", Buffer.alloc(0), "MEDIA_EMPTY"],
    ["header-only", wavHeader(0, 8000, 2), "MEDIA_HEADER_ONLY"],
    ["playlist", Buffer.from("ffconcat version 1.0\nfile 'other.wav'\n"), "MEDIA_FORMAT_REFUSED"],
    ["hls", Buffer.from("#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1/x.ts\n"), "MEDIA_FORMAT_REFUSED"],
    ["text", Buffer.from("this is no sound at all, it is a letter to the operator\n".repeat(40)), "MEDIA_FORMAT_REFUSED"],
    ["silent", silence, "MEDIA_SILENT"],
  ];
  for (const [name, bytes, code] of files) {
    it(`${name}: the call fails with ${code} and a sentence, the original is kept`, async () => {
      assert.equal((await earshot.upload(bytes, `${name}.wav`, { call_id: `bad-${name}` })).status, 202);
      const call = await earshot.finished(`bad-${name}`);
      assert.deepEqual([call.status, call.error?.code], ["failed", code]);
      assert.ok((call.error?.message.length ?? 0) > 20);
      assert.ok(earshot.appliance.store.reads.recordingOf(`bad-${name}`));
      const ledger = (await (await earshot.get("/v1/ledger?limit=200")).json()) as { items: { call_id: string; waiting_for: string }[] };
      assert.ok(ledger.items.find((one) => one.call_id === `bad-${name}`)?.waiting_for);
      assert.equal((await earshot.get(`/v1/calls/bad-${name}/audio`)).status, 404);
    });
  }

  it("a truncated recording is analysed and flagged", async () => {
    const cut = good.subarray(0, Math.floor(good.length * 0.7));
    await earshot.upload(Buffer.from(cut), "cut.wav", { call_id: "cut" });
    const call = await earshot.finished("cut");
    assert.deepEqual([call.status, call.audio?.truncated], ["done", true]);
  });

  it("a recording with the wrong extension is recognised by what it is", async () => {
    await earshot.upload(callWav(SHORT_CALL, 3200, 78), "music.mp3", { call_id: "wrong-extension" });
    assert.equal((await earshot.finished("wrong-extension")).status, "done");
  });

  it("a recording that cannot be fetched is tried again, parked with its reason, and a retry works once it is mended", async () => {
    await earshot.announce({ call_id: "gone", recording_url: `${pbx.url}/gone.wav` });
    const call = await earshot.finished("gone");
    assert.deepEqual([call.status, call.error?.code], ["failed", "FETCH_REFUSED"]);
    recordings.set("/gone.wav", callWav(SHORT_CALL, 3200, 79));
    const jobs = (await (await earshot.get("/v1/jobs?limit=200")).json()) as { items: { id: string; call_id: string; state: string }[] };
    const job = jobs.items.find((one) => one.call_id === "gone" && one.state !== "done");
    assert.ok(job, JSON.stringify(jobs));
    assert.equal((await earshot.post(`/v1/jobs/${job.id}/retry`)).status, 202);
    await until("mended", 30_000, async () => (await earshot.finished("gone")).status === "done" || undefined);
  });

  it("an address that is not allowed is never connected to", async () => {
    for (const [i, url] of ["http://169.254.169.254/latest/meta-data", "http://127.0.0.2:1/x.wav", "http://[::1]/x.wav", "https://10.0.0.8/x.wav"].entries()) {
      await earshot.announce({ call_id: `ssrf-${i}`, recording_url: url });
      const call = await earshot.finished(`ssrf-${i}`);
      assert.equal(call.error?.code, "FETCH_URL_REFUSED", url);
    }
  });

  it("the speech engine is killed in the middle: the call is finished all the same", async () => {
    const before = earshot.appliance.parts.speech.status().pid;
    assert.ok(before, JSON.stringify(earshot.appliance.parts.speech.status()));
    const uploading = earshot.upload(callWav(SHORT_CALL, 3200, 80), "x.wav", { call_id: "killed-engine" });
    process.kill(before, "SIGKILL");
    await uploading;
    assert.equal((await earshot.finished("killed-engine")).status, "done");
    assert.notEqual(earshot.appliance.parts.speech.status().pid, before);
  });
});

describe("disk reserve", function () {
  this.timeout(60_000);
  it("below the reserve: 503 with Retry-After, and nothing is half written", async () => {
    const earshot = await startTestAppliance({ intake: { disk_reserve_mb: 100_000_000, folders: [] } });
    try {
      const response = await earshot.announce({ call_id: "x" });
      assert.equal(response.status, 503);
      assert.ok(Number(response.headers.get("retry-after")) > 0);
      assert.equal((await earshot.upload(callWav(SHORT_CALL, 3200, 81), "x.wav")).status, 503);
      assert.equal((earshot.appliance.parts.db.prepare("SELECT count(*) AS n FROM sessions").get() as { n: number }).n, 0);
      assert.equal((await earshot.get("/readyz")).status, 503);
    } finally {
      await earshot.end();
    }
  });
});
