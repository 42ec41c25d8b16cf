// Numbers over channels: each formula on cases worked by hand, the intervals against published values, and what must hold for any journey.
import assert from "node:assert/strict";
import fc from "fast-check";
import { codeOf, FEWEST, journeyDefinitions, journeyMetric, measureJourney, reasonOf, slicesOf, summarise, weekOf, wilson, type CountedRow } from "../../app/analysis/index.ts";
import { JOURNEY_METRIC_NAMES, NOT_COUNTED, type Journey, type JourneyContact, type NotCounted } from "../../app/domain/index.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const T0 = Date.UTC(2026, 10, 3, 9);

const contact = (id: string, startMs: number, rest: Partial<JourneyContact> = {}): JourneyContact => ({
  sessionId: id, channel: "web_chat", startMs: T0 + startMs, endMs: T0 + startMs + 10 * MINUTE, durationMs: null, isByCustomer: true, hasBot: false, agentFromMs: T0 + startMs, agent: "a1", queue: "billing", isHandedOff: false, isAnalysed: true, said: [], filled: [], ...rest,
});
const bot = (id: string, startMs: number, rest: Partial<JourneyContact> = {}): JourneyContact => contact(id, startMs, { hasBot: true, agentFromMs: null, agent: null, ...rest });
const call = (id: string, startMs: number, rest: Partial<JourneyContact> = {}): JourneyContact => contact(id, startMs, { channel: "phone", durationMs: 4 * MINUTE, endMs: T0 + startMs + 4 * MINUTE, ...rest });
const journey = (contacts: JourneyContact[], rest: Partial<Journey> = {}): Journey => ({ conversationId: "c", hasCustomer: true, reason: "billing.refund", topic: "Billing", openedAtMs: T0, resolvedAtMs: null, contacts, ...rest });
const valuesOf = (metric: string, ...args: Parameters<typeof journey>): (number | string | undefined)[] => measureJourney(journey(...args)).map((one) => one.values[metric as keyof typeof one.values]);
const said = (value: string, atMs: number) => ({ value, atMs: T0 + atMs });

describe("numbers over channels: what a contact says", () => {
  it("handle time: the recording of a call, first to last message of a chat; mail has no work that begins and ends; a bot alone is nobody's work", () => {
    assert.deepEqual(valuesOf("handle_time_ms", [call("1", 0), contact("2", HOUR), contact("3", 2 * HOUR, { channel: "email" }), bot("4", 3 * HOUR), call("5", 4 * HOUR, { durationMs: null })]), [240_000, 600_000, "asynchronous", undefined, "duration_unknown"]);
  });

  it("solved at the first contact: resolved with one contact; two on any channels are not; what is open is counted out; only the first contact counts", () => {
    assert.deepEqual(valuesOf("first_contact_resolution", [contact("1", 0)], { resolvedAtMs: T0 + HOUR }), [1]);
    assert.deepEqual(valuesOf("first_contact_resolution", [contact("1", 0), call("2", DAY)], { resolvedAtMs: T0 + 2 * DAY }), [0, undefined]);
    assert.deepEqual(valuesOf("first_contact_resolution", [contact("1", 0)]), ["still_open"]);
  });

  it("came again: the customer, later than a hand-over, within a week; the house ringing back or a chat that goes on by telephone is no repeat", () => {
    assert.deepEqual(valuesOf("repeat_contact", [contact("1", 0), call("2", 2 * DAY)]), [1, 0]);
    assert.deepEqual(valuesOf("repeat_contact", [contact("1", 0), call("2", 30 * MINUTE)]), [0, 0], "20 minutes after the chat ended: it goes on");
    assert.deepEqual(valuesOf("repeat_contact", [contact("1", 0), call("2", DAY, { isByCustomer: false })]), [0, 0]);
    assert.deepEqual(valuesOf("repeat_contact", [contact("1", 0), contact("2", 7 * DAY + 10 * MINUTE), contact("3", 15 * DAY)]), [1, 0, 0], "exactly a week after the end counts, more does not");
    assert.deepEqual(valuesOf("repeat_contact", [contact("1", 0), call("2", DAY)], { hasCustomer: false }), ["customer_unknown", "customer_unknown"]);
  });

  it("containment and drop-off: a person in the chat, or within half an hour, ends the one; promised and never come is the other", () => {
    const both = (...contacts: JourneyContact[]): unknown => measureJourney(journey(contacts)).map((one) => [one.values.containment, one.values.escalation_drop_off]);
    assert.deepEqual(both(bot("1", 0)), [[1, undefined]]);
    assert.deepEqual(both(bot("1", 0, { agentFromMs: T0 + 5 * MINUTE })), [[0, 0]]);
    assert.deepEqual(both(bot("1", 0), call("2", 30 * MINUTE)), [[0, 0], [undefined, undefined]]);
    assert.deepEqual(both(bot("1", 0, { isHandedOff: true })), [[1, 1]], "contained, and lost");
    assert.deepEqual(both(bot("1", 0, { isHandedOff: true }), call("2", 5 * HOUR)), [[1, 0], [undefined, undefined]], "a day is enough to keep a promise");
    assert.deepEqual(both(bot("1", 0, { isHandedOff: true }), call("2", 25 * HOUR)), [[1, 1], [undefined, undefined]]);
  });

  it("transferred without saying it again: bot to person within a chat, to another agent, to another channel; a value given before and said after is a repetition", () => {
    const inside = (again: ReturnType<typeof said>[], filled: ReturnType<typeof said>[] = []): unknown => valuesOf("transfer_without_repetition", [bot("1", 0, { agentFromMs: T0 + 5 * MINUTE, said: again, filled })]);
    assert.deepEqual(inside([said("4711", MINUTE)]), [1]);
    assert.deepEqual(inside([said("4711", MINUTE), said("4711", 6 * MINUTE)]), [0]);
    assert.deepEqual(inside([said("4711", 6 * MINUTE)], [said("4711", MINUTE)]), [0], "the bot had it in a slot, the person asked again");
    assert.deepEqual(inside([said("4711", 6 * MINUTE)]), ["nothing_to_repeat"]);
    const across = (rest: Partial<JourneyContact>, before: Partial<JourneyContact> = {}): unknown => valuesOf("transfer_without_repetition", [contact("1", 0, { said: [said("4711", 0)], ...before }), contact("2", HOUR, rest)])[1];
    assert.deepEqual(across({}), undefined, "the same agent on the same channel: nobody took over");
    assert.deepEqual(across({ agent: "a2", said: [said("4711", HOUR)] }), 0);
    assert.deepEqual(across({ channel: "phone", said: [said("0815", HOUR)] }), 1);
    assert.deepEqual(across({ agent: "a2", isAnalysed: false }), "not_analysed");
    assert.deepEqual(across({ agent: "a2", startMs: T0 + 3 * DAY }), undefined, "three days later it is another contact, no transfer");
  });

  it("from opened to resolved is said once a conversation; routing needs a person, a reason and a queue", () => {
    assert.deepEqual(valuesOf("journey_time_ms", [contact("1", 0), contact("2", DAY)], { resolvedAtMs: T0 + 2 * DAY }), [2 * DAY, undefined]);
    assert.deepEqual(valuesOf("routing_consistency", [contact("1", 0), contact("2", DAY, { queue: null }), bot("3", 2 * DAY)]), [1, "queue_unknown", undefined]);
    assert.deepEqual(valuesOf("routing_consistency", [contact("1", 0)], { reason: null }), ["reason_unknown"]);
  });

  it("is the same whatever order contacts are given in, and says only what its definition lists", () => {
    const random = fc.record({ id: fc.nat(99), at: fc.nat(20 * 24), channel: fc.constantFrom("phone", "web_chat", "email"), hasBot: fc.boolean(), person: fc.boolean(), agent: fc.constantFrom("a1", "a2", null), value: fc.constantFrom("4711", "0815") });
    fc.assert(
      fc.property(fc.uniqueArray(random, { maxLength: 8, selector: (one) => one.id }), fc.boolean(), fc.boolean(), (list, isResolved, hasCustomer) => {
        const contacts = list.map((one) => contact(String(one.id), one.at * HOUR, { channel: one.channel, hasBot: one.hasBot, agentFromMs: one.person ? T0 + one.at * HOUR : null, agent: one.agent, said: [said(one.value, one.at * HOUR)] }));
        const rest = { resolvedAtMs: isResolved ? T0 + 30 * DAY : null, hasCustomer };
        const measured = measureJourney(journey(contacts, rest));
        assert.deepEqual(measureJourney(journey([...contacts].reverse(), rest)), measured);
        for (const { values } of measured) {
          for (const [name, value] of Object.entries(values)) {
            const metric = journeyMetric(name);
            assert.ok(typeof value === "number" ? Number.isInteger(value) && value >= 0 && (metric?.unit === "ms" || value <= 1) : metric?.not_measurable.includes(value), `${name} ${value}`);
          }
        }
        assert.equal(measured.filter((one) => one.values.first_contact_resolution !== undefined).length, Math.min(1, contacts.length));
      }),
    );
  });
});

describe("numbers over channels: from counts to numbers", () => {
  const row = (key: string | null, n: number, total: number, rest: Partial<CountedRow> = {}): CountedRow => ({ key, split: "", why: null, n, total, ...rest });
  const ratio = { kind: "mean", unit: "ratio" } as const;

  it("a share with its interval, and beside it who was counted out and why", () => {
    assert.deepEqual(summarise([row("a", 40, 10), row("a", 10, 0), row("a", 7, 0, { why: "window_open" }), row("a", 1, 0, { why: "still_open" })], ratio, false), [{ key: "a", value: 0.2, reason: null, n: 50, excluded: { window_open: 7, still_open: 1 }, interval: [0.112, 0.33] }]);
  });

  it("few say nothing, with the reason; times have no interval", () => {
    assert.deepEqual(summarise([row(null, FEWEST - 1, 3)], ratio, false), [{ key: null, value: null, reason: "too_few", n: 9, excluded: {}, interval: null }]);
    assert.deepEqual(summarise([row("a", 10, 12_345)], { kind: "mean", unit: "ms" }, false)[0], { key: "a", value: 1235, reason: null, n: 10, excluded: {}, interval: null });
  });

  it("Wilson's interval is that of the published example (Newcombe 1998: 81 of 263 is 0.2553 … 0.3662; 0 of 20 is 0 … 0.1611; 29 of 29 is 0.8830 … 1)", () => {
    assert.deepEqual([wilson(81, 263), wilson(0, 20), wilson(29, 29)], [[0.255, 0.366], [0, 0.161], [0.883, 1]]);
  });

  it("same reason, same queue: of each reason the contacts in its most used queue", () => {
    const rows = [row("w", 6, 6, { split: "refund\nbilling" }), row("w", 2, 2, { split: "refund\nsales" }), row("w", 3, 3, { split: "late\nsales" }), row("w", 1, 1, { split: "late\nbilling" })];
    assert.equal(summarise(rows, { kind: "agreement", unit: "ratio" }, false)[0]?.value, 0.75);
  });

  it("the mix: by channel each one's share of all contacts, otherwise the shares within each group", () => {
    const mix = { kind: "mix", unit: "ratio" } as const;
    assert.deepEqual(summarise([row("phone", 15, 15, { split: "phone" }), row("sms", 5, 5, { split: "sms" })], mix, true).map((one) => [one.key, one.value]), [["phone", 0.75], ["sms", 0.25]]);
    assert.deepEqual(summarise([row("sales", 15, 15, { split: "phone" }), row("sales", 5, 5, { split: "sms" })], mix, false).map((one) => [one.key, one.value, one.shares]), [["sales", null, { phone: 0.75, sms: 0.25 }]]);
  });

  it("counts add up: any partition into slices, in any order, gives the same numbers", () => {
    const some = fc.record({ key: fc.constantFrom("a", "b", null), split: fc.constantFrom("r\nq", "r\np", "s\nq"), why: fc.constantFrom(null, null, "window_open" as NotCounted), n: fc.integer({ min: 1, max: 40 }) });
    fc.assert(
      fc.property(fc.array(some, { maxLength: 20 }), fc.constantFrom("mean", "agreement", "mix" as const), (list, kind) => {
        const rows = list.map((one) => row(one.key, one.n, Math.floor(one.n / 3), { split: one.split, why: one.why }));
        const halves = rows.flatMap((one) => (one.n < 2 ? [one] : [{ ...one, n: 1, total: 0 }, { ...one, n: one.n - 1 }]));
        const sorted = (of: CountedRow[]): unknown => summarise(of, { kind, unit: "ratio" }, false).map((one) => ({ ...one, shares: one.shares && Object.fromEntries(Object.entries(one.shares).sort()) })).sort((a, b) => ((a.key ?? "") < (b.key ?? "") ? -1 : 1));
        assert.deepEqual(sorted([...halves].reverse()), sorted(rows));
      }),
    );
  });

  it("reasons are stored as numbers that never change their meaning", () => {
    assert.deepEqual(Object.keys(NOT_COUNTED).map((why) => codeOf(why as NotCounted)), [-1, -2, -3, -4, -5, -6, -7, -8, -9, -10]);
    assert.deepEqual([reasonOf(-1), reasonOf(-4), reasonOf(-9)], ["window_open", "still_open", "reason_unknown"]);
  });

  it("the registry lists every name once, each with all that a reader needs", () => {
    const all = journeyDefinitions();
    assert.deepEqual(all.map((one) => one.name), [...JOURNEY_METRIC_NAMES]);
    for (const one of all) assert.ok(one.formula !== "" && one.denominator !== "" && one.source !== "" && one.groupings.length > 0 && one.not_measurable.includes("too_few") && one.thresholds["fewest"] === FEWEST, one.name);
  });
});

describe("slices of a period", () => {
  it("cover it without gaps, belong to one day of the site each and are short, over changes of the clock and at odd offsets", () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) }), fc.integer({ min: 1, max: 12 * DAY }), fc.constantFrom("Europe/Berlin", "Asia/Kathmandu", "America/New_York", "Australia/Lord_Howe"), (fromMs, length, timeZone) => {
        const slices = slicesOf(fromMs, fromMs + length, timeZone);
        const day = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
        assert.deepEqual([slices[0]?.fromMs, slices.at(-1)?.toMs], [fromMs, fromMs + length]);
        for (const [i, slice] of slices.entries()) {
          assert.ok(slice.toMs > slice.fromMs && slice.toMs - slice.fromMs <= 6 * HOUR);
          assert.equal(slice.fromMs, i === 0 ? fromMs : slices[i - 1]?.toMs);
          assert.deepEqual([day.format(slice.fromMs), day.format(slice.toMs - 1)], [slice.day, slice.day]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("weeks are those of ISO 8601", () => {
    assert.deepEqual(["2026-11-02", "2026-11-08", "2027-01-03", "2027-01-04", "2024-12-30", "2021-01-01"].map(weekOf), ["2026-W45", "2026-W45", "2026-W53", "2027-W01", "2025-W01", "2020-W53"]);
  });
});
