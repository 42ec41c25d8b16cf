import { strict as assert } from "node:assert";
import { METRIC_NAMES } from "../../app/domain/index.ts";
import { as, start, type Harness } from "./harness.ts";

describe("http: analytics", () => {
  let house: Harness;
  beforeEach(() => (house = start()));
  afterEach(() => house.end());
  const get = (path: string) => house.agent.get(`/v1/analytics/${path}`).set(as("analyst"));

  it("serves the registry: every number with formula and reasons, earlier versions on demand, no others", async () => {
    const { body } = await get("definitions");
    assert.deepEqual([body.version, body.current, body.versions], ["2026-2", "2026-2", ["2026-1", "2026-2"]]);
    assert.deepEqual(body.items.map((one: { name: string }) => one.name).sort(), [...METRIC_NAMES].sort());
    assert.equal(body.items.find((one: { name: string }) => one.name === "overtalk_ms").thresholds.overlap_min_ms, 500);
    assert.match(body.reasons.mono, /one channel/);
    assert.equal((await get("definitions?version=2026-1")).body.items.length, 4);
    assert.deepEqual([(await get("definitions?version=1")).status, (await get("definitions?version=")).status], [404, 422]);
  });

  it("asks the store for the metric, the period and the day of the site; 30 days up to now when nothing is said", async () => {
    const { status, body } = await get("agent_talk_ratio?from=2026-11-01T00:00:00Z&to=2026-11-04T00:00:00Z&by=agent");
    assert.equal(status, 200);
    assert.deepEqual(house.fake.asked[0], { metric: "agent_talk_ratio", definitions: "2026-2", by: "agent", fromMs: Date.UTC(2026, 10, 1), toMs: Date.UTC(2026, 10, 4), timeZone: house.fake.config.site.timezone });
    assert.deepEqual([body.metric, body.label, body.party, body.unit, body.from, body.items.length], ["agent_talk_ratio", "Share of the talking", "agent", "ratio", "2026-11-01T00:00:00.000Z", 1]);
    await get("silence_ms");
    const { fromMs = 0, toMs = 0, by } = house.fake.asked[1] ?? {};
    assert.deepEqual([toMs, toMs - fromMs, by], [house.fake.clock.now(), 30 * 86_400_000, "day"]);
  });

  it("an unknown number is 404, whatever it tries to be; a wrong question is 422 and names what is wrong", async () => {
    for (const name of ["nothing", "definitions.x", "$.silence_ms", "constructor", "silence_ms%27--"]) {
      const { status, body, headers } = await get(encodeURIComponent(name));
      assert.deepEqual([status, body.code, headers["content-type"]], [404, "NOT_FOUND", "application/problem+json; charset=utf-8"], name);
    }
    for (const [query, path] of [["by=moon", "by"], ["from=yesterday", "from"], ["from=2026-11-04T00:00:00Z&to=2026-11-03T00:00:00Z", "from"], ["from=2024-11-04T00:00:00Z&to=2026-11-03T00:00:00Z", "from"]]) {
      const { status, body } = await get(`silence_ms?${query}`);
      assert.deepEqual([status, body.problems?.[0]?.path], [422, path], query);
    }
    assert.equal(house.fake.asked.length, 0);
  });
});
