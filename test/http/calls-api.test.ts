import { strict as assert } from "node:assert";
import { readFileSync, rmSync } from "node:fs";
import { CUSTOMER_ID, JOB_ID } from "./fake-appliance.ts";
import { as, start, type Harness } from "./harness.ts";
import { CALL_ID, failedCall, finishedCall } from "./sample-call.ts";

describe("http: reading calls", () => {
  let house: Harness;
  beforeEach(() => (house = start()));
  afterEach(() => house.end());

  const get = (path: string) => house.agent.get(path).set(as("analyst"));
  const code = async (path: string): Promise<unknown[]> => {
    const { status, body } = await get(path);
    return [status, body.code];
  };

  it("the list is filtered and paged; a wrong filter is 422 with its path", async () => {
    house.fake.calls.push(failedCall(), finishedCall({ call_id: "third" }));
    assert.deepEqual((await get("/v1/calls?status=failed")).body.items.map((call: { call_id: string }) => call.call_id), ["failed-1"]);
    const first = await get("/v1/calls?limit=2");
    assert.equal(first.body.items.length, 2);
    const second = await get(`/v1/calls?limit=2&cursor=${first.body.next}`);
    assert.deepEqual([second.body.items[0].call_id, second.body.next], ["third", null]);
    for (const [query, path] of [["status=lost", "status"], ["limit=0", "limit"], ["limit=201", "limit"], ["from=yesterday", "from"], ["cursor=x", "cursor"], ["status=done&status=failed", "status"]]) {
      const { status, body } = await get(`/v1/calls?${query}`);
      assert.deepEqual([status, body.code, body.problems[0].path], [422, "REQUEST_INVALID", path], query);
    }
    assert.equal((await get("/v1/calls?from=2026-11-03T14:15:00%2B01:00&to=1793711702000")).status, 200);
  });

  it("a call id is decoded once; `source` says which when two sources use the same", async () => {
    house.fake.calls.push(finishedCall({ call_id: "in 50% of 'cases' ☎", summary: "odd" }), finishedCall({ source: "other", summary: "other" }));
    assert.equal((await get(`/v1/calls/${encodeURIComponent("in 50% of 'cases' ☎")}`)).body.summary, "odd");
    assert.equal((await get(`/v1/calls/${CALL_ID}?source=other`)).body.summary, "other");
    assert.deepEqual(await code(`/v1/calls/${CALL_ID}?source=third`), [404, "NOT_FOUND"]);
  });

  it("hostile call ids are refused before anything is looked up", async () => {
    house.fake.store.reads.callView = () => assert.fail("looked up");
    for (const id of ["a%2Fb", "..%2F..%2Fetc%2Fpasswd", "%00", "a%0Ab", "a%5Cb", "%20a", "x".repeat(201), "%2E%2E%2F"]) assert.deepEqual(await code(`/v1/calls/${id}`), [422, "REQUEST_INVALID"], id);
    assert.deepEqual(await code("/v1/calls/%zz"), [400, "REQUEST_MALFORMED"]);
    assert.deepEqual(await code("/v1/calls/%ff"), [400, "REQUEST_MALFORMED"]);
  });

  it("the transcript comes as JSON, text, WebVTT and SubRip, and reading it is audited", async () => {
    const json = await get(`/v1/calls/${CALL_ID}/transcript`);
    assert.equal(json.body.turns.length, 12);
    const types = { txt: "text/plain; charset=utf-8", vtt: "text/vtt; charset=utf-8", srt: "application/x-subrip; charset=utf-8" };
    for (const [format, type] of Object.entries(types)) {
      const answer = await get(`/v1/calls/${CALL_ID}/transcript?format=${format}`).buffer(true).parse((res, done) => {
        let text = "";
        res.on("data", (chunk: Buffer) => (text += chunk.toString()));
        res.on("end", () => done(null, text));
      });
      assert.deepEqual([answer.status, answer.headers["content-type"], answer.headers["content-disposition"]], [200, type, `attachment; filename="abc123.${format}"`]);
      assert.match(answer.body as string, /Good morning/);
    }
    assert.deepEqual(house.fake.audited.map((event) => [event.action, event.actor.id]), Array.from({ length: 4 }, () => ["transcript.read", "key_analyst"]));
    assert.deepEqual(await code(`/v1/calls/${CALL_ID}/transcript?format=doc`), [422, "REQUEST_INVALID"]);
    house.fake.calls.push(failedCall());
    assert.deepEqual(await code("/v1/calls/failed-1/transcript"), [404, "NOT_FOUND"]);
  });

  describe("audio", () => {
    const address = `/v1/calls/${CALL_ID}/audio`;
    const bytes = (from: number, to: number): Buffer => readFileSync(house.fake.soundPath).subarray(from, to + 1);

    it("whole: 200 with length, type and name, never kept, audited", async () => {
      const { status, headers, body } = await get(address);
      assert.deepEqual([status, headers["content-type"], headers["content-length"], headers["accept-ranges"], headers["cache-control"], headers["content-disposition"]], [200, "audio/wav", "1000", "bytes", "no-store", 'inline; filename="abc123.wav"']);
      assert.deepEqual(body, bytes(0, 999));
      assert.deepEqual(house.fake.audited.map((event) => [event.action, event.object.id, event.outcome]), [["recording.read", finishedCall().session_id, "ok"]]);
    });

    it("a range: 206 with exactly these bytes; every one audited", async () => {
      for (const [range, from, to] of [["bytes=0-0", 0, 0], ["bytes=100-199", 100, 199], ["bytes=900-", 900, 999], ["bytes=-10", 990, 999], ["bytes=990-5000", 990, 999]] as const) {
        const { status, headers, body } = await get(address).set("Range", range);
        assert.deepEqual([status, headers["content-range"], body], [206, `bytes ${from}-${to}/1000`, bytes(from, to)], range);
      }
      assert.equal(house.fake.audited.length, 5);
    });

    it("a range beyond the end: 416 with the length and a problem", async () => {
      const { status, headers, body } = await get(address).set("Range", "bytes=1000-");
      assert.deepEqual([status, headers["content-range"], headers["content-type"], body.code], [416, "bytes */1000", "application/problem+json; charset=utf-8", "RANGE_INVALID"]);
      assert.equal(headers["content-disposition"], undefined);
    });

    it("If-None-Match with the current ETag: 304; If-Range with another one: the whole", async () => {
      const { headers } = await get(address);
      assert.ok(headers["etag"]);
      assert.equal((await get(address).set("If-None-Match", headers["etag"] ?? "")).status, 304);
      assert.equal((await get(address).set({ Range: "bytes=0-9", "If-Range": '"other"' })).status, 200);
    });

    it("?download=1 saves; an odd call id becomes a plain name with the real one beside it", async () => {
      house.fake.calls.push(finishedCall({ call_id: 'ü"; x=1' }));
      const { headers } = await get(`/v1/calls/${encodeURIComponent('ü"; x=1')}/audio?download=1`);
      assert.equal(headers["content-disposition"], `attachment; filename="___ x=1.wav"; filename*=UTF-8''%C3%BC__%20x%3D1.wav`);
    });

    it("404 while there is no redacted rendition: what is not redacted is never handed out", async () => {
      house.fake.store.reads.recordingOf = () => ({ id: "rec_1", sessionId: "s", file: "a.wav", playbackFile: "b.wav", redacted: false, sha256: "", sizeBytes: 1, originalName: null });
      assert.deepEqual(await code(address), [404, "NOT_FOUND"]);
    });

    it("500 without a path when the file is gone from the vault", async () => {
      rmSync(house.fake.soundPath);
      const { status, body, text } = await get(address);
      assert.deepEqual([status, body.code], [500, "INTERNAL"]);
      assert.ok(!JSON.stringify(body ?? text).includes("/tmp"));
    });
  });
});

describe("http: mending", () => {
  let house: Harness;
  beforeEach(() => (house = start()));
  afterEach(() => house.end());

  it("reprocess: 202 when begun, 404 for an unknown call, 409 while it is being worked on", async () => {
    house.fake.calls.push(failedCall({ call_id: "busy", status: "processing" }));
    const again = (id: string) => house.agent.post(`/v1/calls/${id}/reprocess`).set(as("supervisor"));
    assert.deepEqual([(await again(CALL_ID)).status, house.fake.reprocessed], [202, [CALL_ID]]);
    assert.equal((await again("unknown")).status, 404);
    assert.equal((await again("busy")).body.code, "CONFLICT");
  });

  it("retry of a job: 202 queued, 404 for anything that is no job", async () => {
    const retry = (id: string) => house.agent.post(`/v1/jobs/${id}/retry`).set(as("supervisor"));
    assert.deepEqual((await retry(JOB_ID)).body, { id: JOB_ID, state: "queued" });
    for (const id of ["1", "job_1", JOB_ID.replace("job", "cus"), JOB_ID.replace("P", "Q")]) assert.equal((await retry(id)).status, 404, id);
  });
});

describe("http: customers, conversations, search, ledger", () => {
  let house: Harness;
  before(() => (house = start()));
  after(() => house.end());
  const get = (path: string) => house.agent.get(path).set(as("analyst"));

  it("a thread is `customer_id`, `messages`, `next`; an unknown customer is 404", async () => {
    const { body } = await get(`/v1/customers/${CUSTOMER_ID}/thread`);
    assert.deepEqual([body.customer_id, body.messages[0].start_ms, body.next], [CUSTOMER_ID, 7000, null]);
    for (const path of ["/v1/customers/1", "/v1/customers/1/thread", `/v1/customers/${CUSTOMER_ID.replace("P", "Q")}`, "/v1/conversations/1"]) assert.equal((await get(path)).status, 404, path);
    assert.equal((await get("/v1/customers?q=Nobody")).body.items.length, 0);
  });

  it("search gives plain snippets and where the words stand; no words are 422", async () => {
    const { body } = await get("/v1/search?q=charged");
    assert.deepEqual(body.items[0].snippet, { text: "I was charged twice", marks: [[6, 13]] });
    assert.equal((await get("/v1/search")).status, 422);
    assert.equal((await get("/v1/search?q=%20")).status, 422);
  });

  it("the ledger shows everything, or only what is not finished", async () => {
    assert.equal((await get("/v1/ledger")).body.items.length, 1);
    assert.equal((await get("/v1/ledger?unfinished=true")).body.items.length, 0);
    assert.equal((await get("/v1/jobs?state=parked")).body.items[0].error.code, "JOB_POISONED");
    assert.equal((await get("/v1/jobs?state=lost")).status, 422);
  });
});
