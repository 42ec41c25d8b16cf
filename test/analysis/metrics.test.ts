// Metrics from voice activity: the formulas on drawn cases, and what holds for all calls.
import assert from "node:assert/strict";
import fc from "fast-check";
import { measureCall, metricDefinitions, METRICS_VERSION } from "../../app/analysis/index.ts";
import { bridgeGaps, intersectionOf, lengthOf, unionOf } from "../../app/analysis/metrics/spans.ts";
import type { Span } from "../../app/domain/index.ts";

const at = (...pairs: [number, number][]): Span[] => pairs.map(([startMs, endMs]) => ({ startMs, endMs }));
const measure = (agent: Span[], customer: Span[], durationMs = 60_000): ReturnType<typeof measureCall> => measureCall({ speech: { agent, customer }, durationMs });

describe("metrics of a call", () => {
  it("a call on one channel is not measurable", () => {
    assert.deepEqual(measureCall({ durationMs: 1000 }), { definitions: METRICS_VERSION, agent_talk_ratio: null, silence_ms: null, overtalk_ms: null, interruptions: null });
    assert.equal(measure([], []).agent_talk_ratio, null);
  });
  it("the talk ratio leaves silence out", () => assert.equal(measure(at([0, 3000]), at([10_000, 11_000])).agent_talk_ratio, 0.75));
  it("silence counts between first and last speech only", () => assert.equal(measure(at([5000, 6000]), at([8000, 9000]), 60_000).silence_ms, 2000));
  it("pauses under 300 ms are no silence", () => assert.equal(measure(at([0, 1000], [1299, 2000]), at([2000, 3000])).silence_ms, 0));
  it("overlaps under 500 ms are no overtalk", () => {
    assert.equal(measure(at([0, 2000]), at([1600, 4000])).overtalk_ms, 0);
    assert.equal(measure(at([0, 2000]), at([1400, 4000])).overtalk_ms, 600);
  });
  it("who starts while the other speaks and makes them stop interrupts", () => assert.equal(measure(at([0, 5000]), at([3800, 8000])).interruptions, 1));
  it("a short mm-hm is no interruption", () => assert.equal(measure(at([0, 5000]), at([2000, 2600])).interruptions, 0));
  it("a long word aside is no interruption when the speaker goes on", () => assert.equal(measure(at([0, 9000]), at([2000, 4000])).interruptions, 0));
  it("speaking together for long without yielding is no interruption", () => assert.equal(measure(at([0, 9000]), at([2000, 10_000])).interruptions, 0));

  it("every number has a definition of the same version", () => {
    const { definitions, ...numbers } = measure(at([0, 1000]), at([1000, 2000]));
    assert.deepEqual(Object.keys(numbers).sort(), metricDefinitions.map((definition) => definition.name).sort());
    for (const definition of metricDefinitions) assert.equal(definition.version, definitions);
  });
});

const spans = fc.array(fc.tuple(fc.integer({ min: -500, max: 90_000 }), fc.integer({ min: -100, max: 8000 })).map(([startMs, length]) => ({ startMs, endMs: startMs + length })), { maxLength: 40 });

describe("metrics of any call", () => {
  it("ratio in 0…1, overtalk at most the lesser party's speech, silence plus speech is the conversation", () => {
    fc.assert(
      fc.property(spans, spans, fc.integer({ min: 1, max: 100_000 }), (agent, customer, durationMs) => {
        const metrics = measure(agent, customer, durationMs);
        const a = bridgeGaps(unionOf(agent, durationMs), 300);
        const c = bridgeGaps(unionOf(customer, durationMs), 300);
        const anyone = unionOf([...a, ...c]);
        if (anyone.length === 0) return assert.equal(metrics.silence_ms, null);
        assert.ok(metrics.agent_talk_ratio !== null && metrics.agent_talk_ratio >= 0 && metrics.agent_talk_ratio <= 1);
        assert.ok(metrics.overtalk_ms !== null && metrics.overtalk_ms <= Math.min(lengthOf(a), lengthOf(c)));
        const conversationMs = (anyone.at(-1)?.endMs ?? 0) - (anyone[0]?.startMs ?? 0);
        assert.equal((metrics.silence_ms ?? -1) + lengthOf(anyone), conversationMs);
        assert.ok(conversationMs <= durationMs);
        assert.ok((metrics.interruptions ?? -1) >= 0 && (metrics.interruptions ?? 0) <= a.length + c.length);
      }),
    );
  });
  it("swapping the parties mirrors the ratio and changes nothing else", () => {
    fc.assert(
      fc.property(spans, spans, (agent, customer) => {
        const one = measure(agent, customer, 100_000);
        const other = measure(customer, agent, 100_000);
        if (one.agent_talk_ratio === null) return;
        assert.ok(Math.abs(one.agent_talk_ratio + (other.agent_talk_ratio ?? 0) - 1) < 0.0011);
        assert.deepEqual([one.silence_ms, one.overtalk_ms, one.interruptions], [other.silence_ms, other.overtalk_ms, other.interruptions]);
      }),
    );
  });
  it("|A| + |C| = |A ∪ C| + |A ∩ C|", () => {
    fc.assert(fc.property(spans, spans, (a, c) => assert.equal(lengthOf(unionOf(a)) + lengthOf(unionOf(c)), lengthOf(unionOf([...a, ...c])) + lengthOf(intersectionOf(unionOf(a), unionOf(c))))));
  });
});
