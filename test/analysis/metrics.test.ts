// Metrics from voice activity: the formulas on calls drawn by hand, and against a plain second program on calls drawn by chance.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { measureCall, metricDefinitions, metricSet, metricsReference, METRIC_VERSIONS, type MetricsInput } from "../../app/analysis/index.ts";
import { intersectionOf, lengthOf, subtractSpans, unionOf } from "../../app/analysis/metrics/spans.ts";
import { callMetricsSchema, METRIC_NAMES, METRIC_UNITS, NOT_MEASURABLE, type CallMetrics, type MetricName, type Span, type Turn } from "../../app/domain/index.ts";
import { installationRoot } from "../../app/platform/index.ts";
import { CELL_MS, measureByCells } from "./metrics-by-cells.ts";

const at = (...pairs: [number, number][]): Span[] => pairs.map(([startMs, endMs]) => ({ startMs, endMs }));
const measure = (agent: Span[], customer: Span[], more: Partial<MetricsInput> = {}): CallMetrics => measureCall({ speech: { agent, customer }, durationMs: 600_000, ...more });
const said = (speaker: Turn["speaker"], text: string): Turn => ({ id: "msg_1", speaker, startMs: 0, endMs: 1, text, confidence: 1 });
/** the other party says something long before, so that both are heard */
const asCustomer = at([0, 1000]);

describe("metrics of a call, by hand", () => {
  // agent   ████████████···········████      ░ hold 20–30 s
  // customer      ·█·     ████              and a pause of 6 s at the end
  const call = (): CallMetrics => measure(at([1000, 9000], [14_000, 18_000], [31_000, 33_000]), at([4000, 4600], [10_000, 13_000], [39_000, 40_000]), { hold: at([0, 500], [20_000, 30_000]), turns: [said("agent", "one two three, isn't it? [CARD] six"), said("agent", "seven eight")] });

  it("one call, every number", () => {
    assert.deepEqual(call(), {
      definitions: "2026-2", estimated: false,
      conversation_ms: 39_000,
      agent_talk_ratio: 0.753, customer_talk_ratio: 0.247, agent_talk_ms: 14_000, customer_talk_ms: 4600,
      agent_longest_monologue_ms: 8000, customer_longest_monologue_ms: 3000,
      agent_words_per_minute: 39, customer_words_per_minute: null,
      agent_first_word_ms: 1000,
      agent_response_median_ms: 1000, customer_response_median_ms: 3500, agent_response_p90_ms: 1000, customer_response_p90_ms: 6000,
      speaker_switches: 3,
      interruptions: 0, agent_interruptions: 0, customer_interruptions: 0,
      backchannels: 1, agent_backchannels: 0, customer_backchannels: 1,
      overtalk_ms: 600, overtalk_share: 0.015,
      silence_ms: 11_000, silence_longest_ms: 6000,
      silence_over_3s_ms: 6000, silence_over_3s_count: 1, silence_over_3s_share: 0.154,
      silence_over_5s_ms: 6000, silence_over_5s_count: 1, silence_over_5s_share: 0.154,
      hold_ms: 10_000, hold_count: 1, hold_longest_ms: 10_000,
      not_measurable: { customer_words_per_minute: "no_words" },
    });
  });

  it("pauses under 300 ms belong to the speech around them, pauses of 300 ms do not", () => {
    assert.equal(measure(at([0, 1000], [1299, 2000]), at([2000, 3000])).silence_ms, 0);
    assert.equal(measure(at([0, 1000], [1300, 2000]), at([2000, 3000])).silence_ms, 300);
  });
  it("silence counts between the first and the last word only", () => assert.equal(measure(at([5000, 6000]), at([8000, 9000])).silence_ms, 2000));
  it("a pause of exactly 3 s or 5 s is not over it", () => {
    const pauses = measure(at([0, 1000], [4000, 5000], [8001, 9000], [14_000, 15_000]), at([20_001, 21_000]));
    assert.deepEqual([pauses.silence_over_3s_count, pauses.silence_over_3s_ms, pauses.silence_over_5s_count, pauses.silence_over_5s_ms], [3, 3001 + 5000 + 5001, 1, 5001]);
  });
  it("overlaps under 500 ms are no overtalk", () => {
    assert.equal(measure(at([0, 2000]), at([1501, 4000])).overtalk_ms, 0);
    assert.equal(measure(at([0, 2000]), at([1500, 4000])).overtalk_ms, 500);
  });
  it("whoever starts while the other speaks and makes them stop within 2 s interrupts, and is named", () => {
    const { interruptions, customer_interruptions, agent_interruptions } = measure(at([0, 5000]), at([3800, 8000]));
    assert.deepEqual([interruptions, customer_interruptions, agent_interruptions], [1, 1, 0]);
    for (const [customer, why] of [[at([4001, 8000]), "999 ms are the edge of a turn"], [at([2999, 8000]), "2001 ms are speaking together"], [at([2000, 4000]), "the speaker goes on"], [at([0, 8000]), "both start together"]] as const) {
      assert.equal(measure(at([0, 5000]), customer).interruptions, 0, why);
    }
  });
  it("a short stretch inside of the other's speech is an acknowledgement, not an interruption; at its end, or in a pause, it is neither", () => {
    const { customer_backchannels, interruptions } = measure(at([0, 5000]), at([2000, 3000]));
    assert.deepEqual([customer_backchannels, interruptions], [1, 0]);
    for (const customer of [at([2000, 3001]), at([4500, 5000]), at([4500, 5200]), at([0, 500]), at([5100, 5200])]) assert.equal(measure(at([0, 5000], [5301, 6000]), customer).customer_backchannels, 0);
  });
  it("a monologue goes on over acknowledgements and pauses up to 3 s; longer pauses, words of the other and hold end it", () => {
    const agent = at([0, 5000], [8000, 10_000]);
    const longest = (customer: Span[], hold: Span[] = []): number | null | undefined => measure(agent, [...customer, ...at([30_000, 31_000])], { hold }).agent_longest_monologue_ms;
    assert.equal(longest([]), 10_000);
    assert.equal(longest(at([2000, 3000])), 10_000);
    assert.equal(longest(at([2000, 3500])), 6500);
    assert.equal(longest(at([6000, 6200])), 5000);
    assert.equal(longest([], at([6000, 6200])), 5000);
    assert.equal(measure(at([0, 5000], [8001, 10_000]), at([30_000, 31_000])).agent_longest_monologue_ms, 5000);
  });
  it("replies: overlapping ones are left out, simultaneous ones are 0, one's own pauses and pauses with hold are none", () => {
    const replies = (agent: Span[], customer: Span[], hold?: Span[]): unknown => {
      const { agent_response_median_ms, agent_response_p90_ms } = measure(agent, customer, hold && { hold });
      return [agent_response_median_ms, agent_response_p90_ms];
    };
    assert.deepEqual(replies(at([1000, 2000]), at([0, 1000])), [0, 0]);
    assert.deepEqual(replies(at([900, 2000]), at([0, 1000])), [null, null]);
    assert.deepEqual(replies(at([0, 10_000], [10_400, 11_000]), at([8000, 9500])), [null, null], "it goes on itself");
    assert.deepEqual(replies(at([5000, 6000]), at([0, 1000]), at([2000, 3000])), [null, null]);
    const delays = [100, 200, 300, 400, 500, 600, 700, 800, 900, 5000];
    assert.deepEqual(replies(delays.map((delay, i) => ({ startMs: i * 20_000 + 1000 + delay, endMs: i * 20_000 + 8000 })), delays.map((_, i) => ({ startMs: i * 20_000, endMs: i * 20_000 + 1000 }))), [550, 900]);
  });
  it("words a minute: words as people count them over the time of one's own speech, from 5 s on", () => {
    const speed = (text: string, ms: number): unknown => measure(at([0, ms]), at([50_000, 51_000]), { turns: [said("agent", text), said("customer", "many other words of the customer")] }).agent_words_per_minute;
    assert.equal(speed("don't count — this, twice", 6000), 40);
    assert.equal(speed("my card is [CARD] thanks", 6000), 50);
    assert.ok(Number(speed("我想退款", 6000)) >= 20, "text without spaces is more than one word");
    assert.equal(speed("a b c", 4999), null);
    assert.equal(measure(at([0, 4999]), asCustomer, { turns: [said("agent", "a")] }).not_measurable?.agent_words_per_minute, "too_little_speech");
  });
  it("hold wins over speech, does not count before the first word, and counts after the last", () => {
    const { hold_ms, hold_count, agent_talk_ms, conversation_ms, silence_ms } = measure(at([10_000, 20_000]), at([21_000, 22_000]), { hold: at([0, 5000], [15_000, 16_000], [25_000, 40_000]) });
    assert.deepEqual([hold_ms, hold_count, agent_talk_ms, conversation_ms, silence_ms], [16_000, 2, 9000, 30_000, 4000]);
  });
});

describe("metrics that cannot be measured", () => {
  const reasonsOf = (metrics: CallMetrics): string[] => [...new Set(Object.values(metrics.not_measurable ?? {}))].sort();
  const measured = (metrics: CallMetrics): MetricName[] => METRIC_NAMES.filter((name) => typeof metrics[name] === "number");

  it("no party per channel: nothing, with the reason that the layout gives", () => {
    for (const [layout, reason] of [["mono", "mono"], ["dual_mono", "dual_mono"], ["stereo", "parties_unknown"], [undefined, "mono"]] as const) {
      const metrics = measureCall({ durationMs: 1000, hold: [], turns: [said("unknown", "hello")], ...(layout && { layout }) });
      assert.deepEqual([measured(metrics), reasonsOf(metrics)], [[], [reason]]);
    }
  });
  it("nobody speaks: nothing", () => assert.deepEqual(reasonsOf(measure([], [], { hold: at([0, 1000]) })), ["nobody_speaks"]));
  it("one party is not heard: only what the other has alone", () => {
    const metrics = measure(at([1000, 9000]), [], { hold: [], turns: [said("agent", "a b c")] });
    assert.deepEqual(measured(metrics), ["agent_talk_ms", "agent_words_per_minute", "agent_first_word_ms", "hold_ms", "hold_count", "hold_longest_ms"]);
    assert.deepEqual(reasonsOf(metrics), ["customer_not_heard"]);
    assert.deepEqual(reasonsOf(measure([], at([0, 9000]), { hold: [], turns: [said("customer", "a")] })), ["agent_not_heard"]);
  });
  it("hold that nobody has looked for is not 0; everything else is measured", () => {
    const { not_measurable, hold_ms, silence_ms } = measure(at([0, 6000]), at([7000, 13_000]), { turns: [said("agent", "a"), said("customer", "b")] });
    assert.deepEqual([hold_ms, silence_ms], [null, 1000]);
    assert.deepEqual(not_measurable, { hold_ms: "hold_unknown", hold_count: "hold_unknown", hold_longest_ms: "hold_unknown", agent_response_median_ms: "no_replies", agent_response_p90_ms: "no_replies" });
  });
  it("voices told apart on one channel: talk ratio, monologue and speed as estimates, hold, nothing else", () => {
    const separatedSpeech = { agent: at([0, 6000]), customer: at([7000, 13_000]) };
    const input: MetricsInput = { durationMs: 60_000, layout: "mono", speakerSource: "diarised", separatedSpeech, hold: [], turns: [said("agent", "a"), said("customer", "b")] };
    const metrics = measureCall(input);
    const allowed = ["agent_talk_ratio", "customer_talk_ratio", "agent_longest_monologue_ms", "customer_longest_monologue_ms", "agent_words_per_minute", "customer_words_per_minute", "hold_ms", "hold_count", "hold_longest_ms"];
    assert.deepEqual([metrics.estimated, measured(metrics), reasonsOf(metrics)], [true, allowed, ["diarised"]]);
    assert.equal(measure(separatedSpeech.agent, separatedSpeech.customer, { separatedSpeech: { agent: [], customer: [] }, speakerSource: "channel" }).estimated, false, "channels before voices");
  });
  it("each reason is one that the definition names, and fits the schema", () => {
    const definitions = new Map(metricDefinitions().map((definition) => [definition.name, definition.not_measurable]));
    const calls = [measureCall({ durationMs: 1 }), measureCall({ durationMs: 1, layout: "stereo" }), measure([], []), measure(at([0, 1]), []), measure([], at([0, 1])), measure(at([0, 1]), at([0, 1])), measureCall({ durationMs: 9, separatedSpeech: { agent: at([0, 9]), customer: at([0, 9]) } })];
    for (const metrics of calls) {
      callMetricsSchema.parse(metrics);
      for (const [name, reason] of Object.entries(metrics.not_measurable ?? {})) assert.ok(definitions.get(name as MetricName)?.includes(reason), `${name}: ${reason}`);
      for (const name of METRIC_NAMES) assert.equal(metrics[name] === null, metrics.not_measurable?.[name] !== undefined, name);
    }
  });
});

describe("the registry of metrics", () => {
  it("every number of a call has a definition of its version, and every definition a number", () => {
    for (const version of METRIC_VERSIONS) {
      const { definitions, estimated: _estimated, not_measurable: _reasons, ...numbers } = measureCall({ durationMs: 1000, speech: { agent: at([0, 400]), customer: at([500, 900]) } }, version);
      assert.equal(definitions, version);
      assert.deepEqual(Object.keys(numbers).sort(), metricDefinitions(version).map((definition) => definition.name).sort());
    }
    assert.deepEqual(metricDefinitions().map((definition) => definition.name).sort(), [...METRIC_NAMES].sort());
  });
  it("every definition says everything, and the thresholds that it shows are those of its formula", () => {
    for (const version of METRIC_VERSIONS) {
      const set = metricSet(version);
      assert.ok(set);
      for (const metric of set.metrics) {
        for (const text of [metric.label, metric.formula, metric.denominator, metric.source]) assert.ok(text.trim().length > 2, metric.name);
        assert.ok(METRIC_UNITS.includes(metric.unit) && metric.version === version && metric.not_measurable.length >= 4, metric.name);
        assert.ok(metric.not_measurable.every((reason) => reason in NOT_MEASURABLE), metric.name);
        assert.equal(metric.thresholds["bridge_ms"], set.bridgeMs, metric.name);
        assert.equal(metric.party, /^(agent|customer)_/.exec(version === "2026-1" ? "" : metric.name)?.[1] ?? null, metric.name);
        const unit = /_(ms|ratio|share|count|per_minute)$/.exec(metric.name)?.[1] ?? "count";
        assert.equal(metric.unit, unit === "share" ? "ratio" : unit, metric.name);
      }
    }
  });
  it("numbers of 2026-1 come out as they were stored, bare", () => {
    const call: MetricsInput = { durationMs: 60_000, hold: at([3000, 4000]), speech: { agent: at([0, 5000], [12_000, 13_000]), customer: at([3800, 8000]) } };
    assert.deepEqual(measureCall(call, "2026-1"), { definitions: "2026-1", agent_talk_ratio: 0.588, silence_ms: 4000, overtalk_ms: 1200, interruptions: 1 });
    assert.equal(measureCall({ durationMs: 9000, speech: { agent: at([0, 1000]), customer: [] } }, "2026-1").agent_talk_ratio, 1);
    assert.deepEqual(measureCall({ durationMs: 1000 }, "2026-1"), { definitions: "2026-1", agent_talk_ratio: null, silence_ms: null, overtalk_ms: null, interruptions: null });
    assert.throws(() => measureCall(call, "2025-9"), { code: "NOT_FOUND" });
  });
  it("METRICS.md is what the registry says (mend: node scripts/metrics-reference.mjs)", () => {
    assert.equal(readFileSync(join(installationRoot(), "METRICS.md"), "utf8"), metricsReference());
  });
});

const span = (unit: number) => fc.tuple(fc.integer({ min: -50, max: 9000 }), fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 30, max: 130 }), fc.integer({ min: 130, max: 900 }))).map(([start, length]) => ({ startMs: start * unit, endMs: (start + length) * unit }));
const spans = fc.array(span(CELL_MS), { maxLength: 14 });
const holds = fc.array(span(CELL_MS), { maxLength: 3 });
const DURATION_MS = 95_000;
const { definitions: _definitions, ...NOTHING } = measure([], []);
const NUMBERS = Object.keys(NOTHING).filter((name): name is MetricName => METRIC_NAMES.includes(name as MetricName));

describe("metrics of any call", () => {
  it("are what a plain count of 10 ms cells gives, to the millisecond", () => {
    let compared = 0;
    fc.assert(
      fc.property(spans, spans, holds, (agent, customer, hold) => {
        const expected = measureByCells({ agent, customer }, hold, DURATION_MS);
        const found = measure(agent, customer, { hold, durationMs: DURATION_MS });
        if (expected === undefined) return assert.equal(found.conversation_ms, null);
        compared++;
        assert.deepEqual(Object.fromEntries(NUMBERS.filter((name) => !name.endsWith("per_minute")).map((name) => [name, found[name]])), Object.fromEntries(NUMBERS.filter((name) => !name.endsWith("per_minute")).map((name) => [name, expected[name]])));
      }),
      { numRuns: 300 },
    );
    assert.ok(compared > 150, `${compared} calls compared`);
  });

  const turns = [said("agent", "some words that were said"), said("customer", "and some others")];
  const any = (agent: Span[], customer: Span[], hold: Span[]): CallMetrics => measure(agent, customer, { hold, turns, durationMs: DURATION_MS });

  it("ratios and shares are 0…1, counts and times integers ≥ 0, and speech, silence and hold make up the conversation", () => {
    fc.assert(
      fc.property(spans, spans, holds, (agent, customer, hold) => {
        const found = any(agent, customer, hold);
        for (const { name, unit } of metricDefinitions()) {
          const value = found[name];
          if (value === null || value === undefined) continue;
          assert.ok(value >= 0 && (unit === "ratio" ? value <= 1 : Number.isInteger(value)), `${name} ${value}`);
        }
        if (typeof found.conversation_ms !== "number") return;
        const heard = (of: Span[]): Span[] => unionOf(of, DURATION_MS);
        const voice = (of: Span[]): Span[] => subtractSpans(heard(of).reduce<Span[]>((all, one) => (one.startMs - (all.at(-1)?.endMs ?? -300) < 300 ? [...all.slice(0, -1), { startMs: all.at(-1)?.startMs ?? 0, endMs: one.endMs }] : [...all, one]), []), heard(hold));
        const overlapMs = lengthOf(intersectionOf(voice(agent), voice(customer)));
        const { agent_talk_ms, customer_talk_ms, silence_ms, hold_ms } = found;
        assert.equal((agent_talk_ms ?? NaN) + (customer_talk_ms ?? NaN) - overlapMs + (silence_ms ?? NaN) + (hold_ms ?? NaN), found.conversation_ms);
        assert.ok((found.overtalk_ms ?? NaN) <= overlapMs && found.conversation_ms <= DURATION_MS);
        assert.ok((found.agent_longest_monologue_ms ?? NaN) <= found.conversation_ms && (found.silence_over_5s_ms ?? NaN) <= (found.silence_over_3s_ms ?? NaN));
      }),
    );
  });
  it("swapping the parties swaps their numbers and changes no other", () => {
    const swapped = (name: string): MetricName => (name.startsWith("agent_") ? name.replace("agent_", "customer_") : name.replace(/^customer_/, "agent_")) as MetricName;
    fc.assert(
      fc.property(spans, spans, holds, (agent, customer, hold) => {
        const one = measure(agent, customer, { hold, durationMs: DURATION_MS });
        const other = measure(customer, agent, { hold, durationMs: DURATION_MS });
        for (const name of NUMBERS) if (name !== "agent_first_word_ms") assert.equal(other[swapped(name)], one[name], name);
      }),
    );
  });
  it("shifting all times changes nothing but the time to the first word; lists in another order change nothing at all", () => {
    fc.assert(
      fc.property(spans, spans, holds, fc.integer({ min: 500, max: 100_000 }), (agent, customer, hold, by) => {
        const inside = (of: Span[]): Span[] => of.map(({ startMs, endMs }) => ({ startMs: Math.max(0, startMs), endMs: Math.max(1, endMs) }));
        const later = (of: Span[]): Span[] => inside(of).map(({ startMs, endMs }) => ({ startMs: startMs + by, endMs: endMs + by })).reverse();
        const { agent_first_word_ms: before, ...one } = measure(inside(agent), inside(customer), { hold: inside(hold), turns });
        const { agent_first_word_ms: after, ...other } = measure(later(agent), later(customer), { hold: later(hold), turns });
        assert.deepEqual(other, one);
        assert.equal(after, typeof before === "number" ? before + by : before);
      }),
    );
  });
  it("cutting a stretch in two anywhere, with a gap under 300 ms or none, changes nothing", () => {
    const cut = (of: Span[], part: number, gapMs: number): Span[] =>
      of.flatMap(({ startMs, endMs }) => {
        const at = Math.round(startMs + (endMs - startMs) * part);
        return at - startMs <= gapMs || at >= endMs ? [{ startMs, endMs }] : [{ startMs: at, endMs }, { startMs, endMs: at - gapMs }];
      });
    fc.assert(
      fc.property(spans, spans, holds, fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 299 }), (agent, customer, hold, part, gapMs) => {
        assert.deepEqual(any(cut(agent, part, gapMs), cut(customer, part, gapMs), cut(hold, part, 0)), any(agent, customer, hold));
      }),
    );
  });
  it("at half the speed times double, and ratios and counts that know no threshold stay", () => {
    const slow = (of: Span[]): Span[] => of.map(({ startMs, endMs }) => ({ startMs: startMs * 2, endMs: endMs * 2 }));
    /** starts and lengths on a grid of 300 ms: no pause is bridged, at either speed */
    const coarse = fc.array(fc.tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 1, max: 20 })).map(([start, length]) => ({ startMs: start * 300, endMs: (start + length) * 300 })), { maxLength: 8 });
    fc.assert(
      fc.property(coarse, coarse, coarse, (agent, customer, hold) => {
        const one = measure(agent, customer, { hold });
        const two = measure(slow(agent), slow(customer), { hold: slow(hold) });
        for (const name of ["agent_talk_ratio", "customer_talk_ratio", "speaker_switches", "hold_count"] as const) assert.equal(two[name], one[name], name);
        for (const name of ["conversation_ms", "agent_talk_ms", "customer_talk_ms", "silence_ms", "silence_longest_ms", "hold_ms", "agent_first_word_ms", "customer_response_median_ms", "agent_response_p90_ms"] as const) {
          assert.equal(two[name], one[name] === null ? null : (one[name] ?? NaN) * 2, name);
        }
      }),
    );
  });
  it("|A| + |C| = |A ∪ C| + |A ∩ C|, and |A| = |A ∖ C| + |A ∩ C|", () => {
    fc.assert(
      fc.property(spans, spans, (a, c) => {
        const [A, C] = [unionOf(a), unionOf(c)];
        const both = lengthOf(intersectionOf(A, C));
        assert.equal(lengthOf(A) + lengthOf(C), lengthOf(unionOf([...a, ...c])) + both);
        assert.equal(lengthOf(subtractSpans(A, C)) + both, lengthOf(A));
      }),
    );
  });
});
