import { strict as assert } from "node:assert";
import { JOURNEY_METRIC_NAMES } from "../../app/domain/index.ts";
import { acrossChannelsSchema, journeyStatisticsSchema, unresolvedIssuesSchema } from "../../app/http/issue-schemas.ts";
import { as, start, type Harness } from "./harness.ts";

describe("http: open problems", () => {
  let house: Harness;
  beforeEach(() => (house = start()));
  afterEach(() => house.end());
  const get = (path: string) => house.agent.get(path).set(as("analyst"));

  it("answers the live question: three when nothing is said, with every filter; and every reading is audited", async () => {
    const { status, body } = await get("/v1/issues/unresolved");
    assert.equal(status, 200);
    unresolvedIssuesSchema.parse(body);
    assert.equal(body.items[0].quotes[0].message_id, "msg_1");
    await get("/v1/issues/unresolved?limit=5&channel=phone&queue=billing&reason=billing.refund&since=2026-11-01T00:00:00Z");
    assert.deepEqual(house.fake.askedIssues, [{ limit: 3 }, { limit: 5, channel: "phone", queue: "billing", reason: "billing.refund", sinceMs: Date.UTC(2026, 10, 1) }]);
    assert.deepEqual(house.fake.audited.map((one) => [one.action, one.object.id]), [["issues.read", null], ["issues.read", "billing.refund"]]);
  });

  it("a wrong question is 422 and names what is wrong", async () => {
    for (const [query, path] of [["limit=0", "limit"], ["limit=21", "limit"], ["since=lately", "since"], ["channel=", "channel"]]) {
      const { status, body } = await get(`/v1/issues/unresolved?${query}`);
      assert.deepEqual([status, body.problems?.[0]?.path], [422, path], query);
    }
    assert.equal(house.fake.audited.length, 0);
  });
});

describe("http: numbers over channels", () => {
  let house: Harness;
  beforeEach(() => (house = start()));
  afterEach(() => house.end());
  const get = (path: string) => house.agent.get(`/v1/analytics/${path}`).set(as("analyst"));

  it("are in the registry beside the numbers of calls, each with formula, denominator and groupings", async () => {
    const { body } = await get("definitions");
    const { items, reasons } = acrossChannelsSchema.parse(body.across_channels);
    assert.deepEqual(items.map((one) => one.name), [...JOURNEY_METRIC_NAMES]);
    assert.match(reasons["window_open"] ?? "", /not over/);
  });

  it("are measured for a period in a grouping that the number has", async () => {
    const { status, body } = await get("containment?from=2026-11-01T00:00:00Z&to=2026-11-04T00:00:00Z&by=channel");
    assert.equal(status, 200);
    journeyStatisticsSchema.parse(body);
    assert.deepEqual([body.unit, body.definitions, body.items[0].interval], ["ratio", "journeys-2026-1", [0.35, 0.65]]);
    assert.deepEqual(house.fake.askedJourneys, [{ metric: "containment", by: "channel", fromMs: Date.UTC(2026, 10, 1), toMs: Date.UTC(2026, 10, 4) }]);
    for (const [query, says] of [["duplicates?by=queue", /day, week, channel/], ["containment?by=direction", /topic/], ["silence_ms?by=reason", /direction/]] as const) {
      const wrong = await get(query);
      assert.deepEqual([wrong.status, wrong.body.problems?.[0]?.path], [422, "by"], query);
      assert.match(wrong.body.problems[0].message, says);
    }
  });
});
