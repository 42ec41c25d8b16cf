import { strict as assert } from "node:assert";
import fc from "fast-check";
import { z } from "zod";
import { AppError, newId, timeOfId, type TurnView } from "../../app/domain/index.ts";
import { manualClock } from "../../app/platform/index.ts";
import { checked } from "../../app/http/checked.ts";
import { streamEvents } from "../../app/http/event-stream.ts";
import { visibleEvents } from "../../app/http/visible-events.ts";
import type { LiveEvent } from "../../app/pipeline/index.ts";
import { createFailureLimit } from "../../app/http/failure-limit.ts";
import { contentDisposition } from "../../app/http/file-name.ts";
import { isInScope, narrowed, scopeOf } from "../../app/http/principal.ts";
import { problemOf } from "../../app/http/problem.ts";
import { asSubRip, asText, asWebVtt } from "../../app/http/transcript-formats.ts";

const turn = (start_ms: number, end_ms: number, text: string, speaker: TurnView["speaker"] = "agent"): TurnView => ({ id: `msg_${start_ms}`, speaker, start_ms, end_ms, text, confidence: 1, sentiment: null });

describe("http: transcript formats", () => {
  const turns = [turn(3_723_004, 3_724_000, "Thanks & <b>bye</b> --> end", "customer"), turn(0, 0, "Hello\nthere")];

  it("WebVTT: cues in time order, at least 1 ms long, with the voice, everything escaped", () => {
    assert.equal(asWebVtt({ turns }), "WEBVTT\n\nmsg_0\n00:00:00.000 --> 00:00:00.001\n<v Agent>Hello there\n\nmsg_3723004\n01:02:03.004 --> 01:02:04.000\n<v Customer>Thanks &amp; &lt;b&gt;bye&lt;/b&gt; --&gt; end\n");
  });

  it("SubRip: numbered, with commas, without arrows in the text", () => {
    assert.equal(asSubRip({ turns: [turns[1] ?? assert.fail()] }), "1\n00:00:00,000 --> 00:00:00,001\nAgent: Hello there\n");
    assert.equal(asSubRip({ turns }).split("-->").length, 3);
  });

  it("text: one line per turn", () => {
    assert.equal(asText({ turns }), "Agent: Hello there\nCustomer: Thanks & <b>bye</b> --> end\n");
  });

  it("whatever was said, a cue stays one cue", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary", maxLength: 20 }), { maxLength: 5 }), (texts) => {
        const said = texts.map((text, i) => turn(i * 1000, i * 1000 + 500, text));
        const spoken = asText({ turns: said }).split("\n").length - 1;
        assert.ok(spoken <= said.length);
        const vtt = asWebVtt({ turns: said });
        assert.equal(vtt.split("-->").length - 1, spoken);
        assert.equal(vtt.split("\n\n").length - 1, spoken);
        assert.equal((vtt.match(/</g) ?? []).length, spoken);
        assert.equal(asSubRip({ turns: said }).split("-->").length - 1, spoken);
      }),
    );
  });
});

describe("http: small pure parts", () => {
  it("a file name is always one plain header value, whatever the name", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), (name) => {
        const value = contentDisposition("attachment", name);
        assert.match(value, /^attachment; filename="[\x20-\x7e]{1,150}"(; filename\*=UTF-8''[A-Za-z0-9%._~!$&+^`|=,@#[\]{}-]+)?$/);
        assert.equal((value.match(/"/g) ?? []).length, 2);
        assert.ok(!/filename="[^"]*[\\/]/.test(value));
      }),
    );
  });

  it("an unknown error becomes INTERNAL without its text; ours keeps code, status, advice and problems", () => {
    const foreign = problemOf(new Error("SELECT secret"), "id");
    assert.deepEqual([foreign.status, foreign.code, foreign.retry, JSON.stringify(foreign).includes("secret")], [500, "INTERNAL", "later", false]);
    assert.deepEqual(problemOf(undefined, "id").code, "INTERNAL");
    const ours = problemOf(new AppError("REQUEST_INVALID", "a: b", { details: { problems: [{ path: "a", message: "b" }], secret: "x" } }), "1");
    assert.deepEqual(ours, { type: "urn:earshot:problem:request_invalid", title: "The request has a value of the wrong shape", status: 422, detail: "a: b", instance: "urn:uuid:1", code: "REQUEST_INVALID", retry: "never", problems: [{ path: "a", message: "b" }] });
  });

  it("a value of the wrong shape is named with its path and what was expected, for unions with each shape", () => {
    const schema = z.object({ a: z.object({ b: z.number() }), at: z.union([z.number(), z.iso.datetime()]) });
    assert.throws(() => checked(schema, { a: { b: "x" }, at: true }, "body"), (error: AppError) => {
      assert.equal(error.code, "REQUEST_INVALID");
      assert.deepEqual(error.details["problems"], [{ path: "a.b", message: "Invalid input: expected number, received string" }, { path: "at", message: "Invalid input: expected number, received boolean, or Invalid input: expected string, received boolean" }]);
      return true;
    });
  });

  it("an agent sees own calls, intake and nobody none, all others all", () => {
    assert.deepEqual(scopeOf({ kind: "anonymous" }), { sees: "nothing" });
    assert.deepEqual(scopeOf({ kind: "key", id: "k", role: "intake" }), { sees: "nothing" });
    assert.deepEqual(scopeOf({ kind: "key", id: "k", role: "agent" }), { sees: "nothing" });
    const own = scopeOf({ kind: "key", id: "k", role: "agent", agentIds: ["204"] });
    assert.equal(isInScope(own, { agent: { id: "204", name: null } }), true);
    assert.equal(isInScope(own, { agent: { id: "205", name: null } }), false);
    assert.equal(isInScope(own, { agent: null }), false);
    assert.equal(isInScope(scopeOf({ kind: "key", id: "k", role: "analyst" }), { agent: null }), true);
    assert.deepEqual(scopeOf({ kind: "key", id: "k", role: "supervisor", agentIds: ["204", "205"] }), { sees: "agents", agentIds: ["204", "205"] });
    assert.deepEqual(scopeOf({ kind: "key", id: "k", role: "supervisor", agentIds: [] }), { sees: "nothing" });
    assert.equal(narrowed(own, { agentId: "205" }), undefined);
    assert.deepEqual(narrowed(own, { agentId: "204" }), { agentId: "204", agentIds: ["204"] });
  });

  it("an id tells when it was made, and only an id does", () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), (ms) => assert.equal(timeOfId(newId("ses", ms)), ms)));
    for (const text of ["", "ses_1", "abc", newId("ses", 0).toLowerCase()]) assert.equal(timeOfId(text), undefined);
  });

  it("failures block address and target until the window ends, and memory stays bounded", () => {
    const clock = manualClock();
    const limit = createFailureLimit(clock, 3, 60_000);
    assert.deepEqual([limit.count("a", "x"), limit.count("a", "x"), limit.count("a", "x"), limit.count("a", "x")], [false, false, true, false]);
    assert.deepEqual([limit.blockedForMs("a", "x"), limit.blockedForMs("a", "y"), limit.blockedForMs("b", "x")], [60_000, 0, 0]);
    clock.advance(60_000);
    assert.equal(limit.blockedForMs("a", "x"), 0);
    for (let i = 0; i < 10_001; i++) limit.count(`flood-${i}`, "x");
    limit.count("flood-0", "x");
    limit.count("flood-0", "x");
    assert.equal(limit.blockedForMs("flood-0", "x"), 0, "the oldest was forgotten and counts anew");
  });

  it("an event stream sends heartbeats and ends with the login", async () => {
    const written: string[] = [];
    let admitted = true;
    const controller = new AbortController();
    const res = { status: () => res, set: () => res, flushHeaders: () => undefined, write: (text: string) => written.push(text) > 0, end: () => written.push("end") };
    const silent = (async function* () {
      await new Promise((resolve) => controller.signal.addEventListener("abort", resolve));
      yield* [];
    })();
    const over = streamEvents(res as never, silent, { signal: controller.signal, close: () => controller.abort() }, () => admitted, 5);
    while (written.length < 3) await new Promise((resolve) => setTimeout(resolve, 1));
    admitted = false;
    await over;
    assert.deepEqual(written.slice(0, 3), ["retry: 2000\n\n", ": still here\n\n", ": still here\n\n"]);
    assert.equal(written.at(-1), "end");
  });

  it("whoever is bound to agents gets the events of their contacts and of who calls them, and nothing about the house", async () => {
    const event = (id: number, type: LiveEvent["type"], data: LiveEvent["data"]): LiveEvent => ({ id, type, at: "2026-11-03T13:00:00.000Z", data });
    async function* happened(): AsyncGenerator<LiveEvent> {
      yield event(1, "call.done", { session_id: "ses_mine" });
      yield event(2, "call.done", { session_id: "ses_other" });
      yield event(3, "call.started", { agent_id: "204", session_id: "ses_other" });
      yield event(4, "call.started", { agent_id: "205", session_id: "ses_mine" });
      yield event(5, "customer.merged", { customer_id: "cus_1" });
      yield event(6, "rule.alert", { session_id: "ses_unknown" });
    }
    const seen = async (scope: Parameters<typeof visibleEvents>[1]): Promise<number[]> => {
      const ids: number[] = [];
      for await (const { id } of visibleEvents(happened(), scope, (id) => ({ ses_mine: "204", ses_other: "205" })[id] ?? null)) ids.push(id);
      return ids;
    };
    assert.deepEqual(await seen({ sees: "agents", agentIds: ["204"] }), [1, 3]);
    assert.deepEqual(await seen({ sees: "nothing" }), []);
    assert.deepEqual(await seen({ sees: "all" }), [1, 2, 3, 4, 5, 6]);
  });
});
