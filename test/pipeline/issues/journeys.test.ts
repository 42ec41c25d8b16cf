// Numbers over channels from real arrivals: what is stored of contacts, counted by group, and asked over HTTP-shaped questions.
import assert from "node:assert/strict";
import { journeyMetric, type JourneyGroup } from "../../../app/analysis/index.ts";
import type { JourneyMetricName } from "../../../app/domain/index.ts";
import { createJourneyDesk } from "../../../app/pipeline/issues/journeys.ts";
import type { JourneyPeriod } from "../../../app/pipeline/issues/desk-types.ts";
import { BEGIN, BY, HOUR, openIssueHouse, type IssueHouse } from "../../support/issue-house.ts";

const DAY = 24 * HOUR;

describe("numbers over channels, from what arrived", () => {
  let house: IssueHouse;
  beforeEach(() => (house = openIssueHouse()));
  afterEach(() => house.close());
  const measure = (name: JourneyMetricName, more: Partial<JourneyPeriod> = {}): Promise<JourneyGroup[]> => {
    const metric = journeyMetric(name);
    assert.ok(metric);
    return createJourneyDesk(house.parts).measure(metric, { by: "channel", fromMs: BEGIN, toMs: BEGIN + 30 * DAY, ...more });
  };

  it("solved at the first contact, and came again: known a week after the contact, counted out before; a later contact turns the number", async () => {
    for (let i = 0; i < 12; i++) {
      const first = house.says(`p${i}`, "where is my parcel", i * HOUR, { channel: "sms" });
      house.analyse(house.sessionOf(first), { reason: "delivery.late", outcome: "resolved" });
    }
    assert.deepEqual(await measure("first_contact_resolution"), [{ key: "sms", value: null, reason: "too_few", n: 0, excluded: { window_open: 12 }, interval: null }]);
    for (let i = 0; i < 3; i++) {
      const again = house.says(`p${i}`, "still no parcel", 3 * DAY + i * HOUR, { channel: "email" });
      house.analyse(house.sessionOf(again), { reason: "delivery.late", outcome: "resolved" });
    }
    house.clock.advance(8 * DAY);
    const first = await measure("first_contact_resolution");
    assert.deepEqual(first.map((one) => [one.key, one.value, one.n, one.interval]), [["sms", 0.75, 12, [0.468, 0.911]]]);
    assert.deepEqual((await measure("repeat_contact")).map((one) => [one.key, one.value, one.n]), [["sms", 0.25, 12], ["email", null, 3]]);
    assert.deepEqual((await measure("journey_time_ms", { by: "reason" })).map((one) => [one.key, one.value, one.n]), [["delivery.late", Math.round((2 * (3 * DAY) + 3 * DAY) / 12), 12]]);
  });

  it("contained by the bot and lost on the way to a person; what the customer had to say again", async () => {
    const chat = (i: number, speaker: "customer" | "bot" | "agent", text: string, minutes: number, facts: object = {}): string => house.says(`p${i}`, text, i * DAY + minutes * 60_000, { speaker, sessionKey: `k${i}`, ...facts });
    for (let i = 0; i < 20; i++) {
      const first = chat(i, "customer", `my order is ORD-${1000 + i}`, 0);
      const bot = chat(i, "bot", "thank you", 1, { slots: { order: `ORD-${1000 + i}` } });
      assert.equal(house.sessionOf(bot), house.sessionOf(first));
      const again: string[] = [];
      if (i < 12) {
        chat(i, "agent", "hello, which order is it?", 5, { agent: { id: "201" } });
        if (i < 3) again.push(house.messageOf(chat(i, "customer", `ORD-${1000 + i}, as I said`, 6)));
      }
      house.analyse(house.sessionOf(first), { outcome: i >= 18 ? "escalated" : "unresolved", entities: [{ kind: "reference", text: `ORD-${1000 + i}`, value: `ORD-${1000 + i}`, evidence: [house.messageOf(first), ...again] }] });
    }
    house.clock.advance(3 * DAY);
    const one = async (name: JourneyMetricName): Promise<unknown> => (await measure(name)).map(({ value, n }) => [value, n]);
    assert.deepEqual([await one("containment"), await one("escalation_drop_off"), await one("transfer_without_repetition")], [[[0.4, 20]], [[0.143, 14]], [[0.75, 12]]]);
    assert.deepEqual((await measure("handle_time_ms", { by: "agent" })).map((row) => [row.key, row.n, row.value]), [["201", 12, Math.round((3 * 6 + 9 * 5) / 12) * 60_000 + 15_000]]);
  });

  it("groups by day and week of the site, adds up over them, and finds customers who were known already", async () => {
    for (let i = 0; i < 40; i++) house.says(`p${i}`, "hello there", i * 6 * HOUR, { channel: i % 4 === 0 ? "sms" : "whatsapp", queue: i % 2 === 0 ? "a" : "b" });
    const days = await measure("channel_mix", { by: "day" });
    const weeks = await measure("channel_mix", { by: "week" });
    const sum = (list: readonly JourneyGroup[]): number => list.reduce((n, group) => n + group.n, 0);
    assert.deepEqual([sum(days), sum(weeks), days.length, weeks.map((one) => one.key)], [40, 40, 11, ["2026-W45", "2026-W46"]]);
    assert.deepEqual((await measure("channel_mix")).map((one) => [one.key, one.value]), [["whatsapp", 0.75], ["sms", 0.25]]);
    assert.deepEqual((await measure("channel_mix", { toMs: BEGIN })).length, 0);
    const root = (name: string): string => house.parts.store.writes.customers.known([{ kind: "email", value: `${name}@example.org` }])[0]?.customer_id ?? "";
    const merged = [];
    for (let i = 0; i < 4; i++) merged.push(await house.desk.merge(root(`p${2 * i + 1}`), root(`p${2 * i + 2}`), "the same", BY));
    const share = async (): Promise<unknown> => (await measure("duplicates", { by: "channel", fromMs: BEGIN - DAY, toMs: house.clock.now() + 1 })).reduce((list, group) => list + group.n, 0);
    assert.equal(await share(), 40);
    const all = (await measure("duplicates", { by: "week", fromMs: BEGIN - DAY, toMs: house.clock.now() + 1 })).map((group) => [group.n, group.value]);
    await house.desk.unmerge(root("p1"), merged[0]?.merge_id ?? "", BY);
    const undone = (await measure("duplicates", { by: "week", fromMs: BEGIN - DAY, toMs: house.clock.now() + 1 })).map((group) => [group.n, group.value]);
    assert.notDeepEqual(undone, all, "an undone merge is none");
  });
});
