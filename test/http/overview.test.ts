// The overview and the comparisons as pages: what each person sees, where numbers lead, what they say of themselves.
import { strict as assert } from "node:assert";
import { createBoardDesk } from "../../app/pipeline/board/desk.ts";
import type { Appliance } from "../../app/pipeline/index.ts";
import { openDatabase } from "../../app/platform/index.ts";
import { createStore, migrate } from "../../app/store/index.ts";
import { config } from "./fake-appliance.ts";
import { contact as contactRow } from "../ui/sample-contact.ts";
import { contact } from "./fake-board.ts";
import { as, start, type Harness } from "./harness.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const hostile = `"><script>alert(1)</script><img src=x onerror='alert(2)'>`;

describe("http: the overview", () => {
  let house: Harness;
  beforeEach(() => (house = start()));
  afterEach(() => house.end());
  const now = (): number => house.fake.clock.now();
  const get = async (path: string, role: "admin" | "supervisor" | "analyst" | "agent" = "supervisor"): Promise<string> => (await house.agent.get(path).set(as(role))).text;
  /** Contacts with a whole day between each ten. */
  const fill = (n: number, rest: Parameters<typeof contact>[1] = {}): void => void house.fake.board.contacts.push(...Array.from({ length: n }, (_, i) => contact(i, { atMs: now() - 1000 - Math.floor(i / 10) * DAY, ...rest })));
  const bind = (agentIds: readonly string[], role: "supervisor" | "agent" = "supervisor"): void => void (house.fake.store.access.findKey = () => ({ id: "key_team", name: "team", role, createdAtMs: 0, agentIds }));

  it("shows the first steps until something was heard, each done or to do", async () => {
    const page = await get("/");
    assert.match(page, /2 of 5 steps done/);
    assert.match(page, /v1\/webhooks\/calls\/pbx/);
    assert.match(page, /2 calls have arrived and are being heard/);
    assert.match(page, /models recommend/);
    fill(1);
    assert.doesNotMatch(await get("/"), /steps done/);
  });

  it("each number leads to its conversations, says of how many it is, and what it means", async () => {
    fill(30);
    const page = await get("/?period=7d");
    const [, href] = /<a href="([^"]+)" title="The conversations behind this number">30</.exec(page) ?? [];
    const query = new URL(href?.replaceAll("&amp;", "&") ?? "", "http://x").searchParams;
    assert.ok(Number(query.get("from")) <= now() - 2 * DAY && Number(query.get("to")) > now());
    assert.match(page, /30 calls · 0 written contacts/);
    assert.match(page, /href="\/conversations\?outcome=resolved&amp;from=\d+&amp;to=\d+"[^>]*>100 %</);
    assert.match(page, /of 30 contacts with a clear outcome/);
    for (const label of ["Contacts", "Resolved", "Solved at the first contact", "Came again", "Handle time", "Customer mood"]) assert.match(page, new RegExp(`What “${label}” means`));
    assert.match(page, /journeys-2026-1/);
    assert.match(page, /href="\/conversations\?topic=Billing&amp;from=/);
    assert.match(page, /href="\/conversations\?channel=phone&amp;from=/);
    assert.match(page, /“?<q>I was charged twice<\/q>/);
  });

  it("what was just heard stands in the order of the times that are shown, calls of other days with their day", async () => {
    fill(1);
    const asked: unknown[] = [];
    const calls = [contactRow({ session_id: "b", call_id: "new", atMs: now() - HOUR, topic: "Newest", length_ms: 61_000 }), contactRow({ session_id: "a", call_id: "old", atMs: now() - 30 * HOUR, topic: "Older" })];
    house.fake.store.reads.contacts.step = ({ filter, sort }) => (asked.push([filter.channel, filter.fromMs, sort]), { found: calls.map((one) => ({ at: one.atMs, id: one.session_id })), next: undefined });
    house.fake.store.reads.contacts.rows = (ids) => calls.filter((one) => ids.includes(one.session_id));
    const card = /Just heard[\s\S]*?<\/section>/.exec(await get("/"))?.[0] ?? "";
    assert.deepEqual(asked[0], ["phone", now() - 2 * DAY, "newest"]);
    assert.match(card, />\d\d:\d\d<\/time>[\s\S]*>Newest<[\s\S]*1m01s[\s\S]*>\d+ \w+, \d\d:\d\d<\/time>[\s\S]*>Older</);
  });

  it("does not say a number that one contact more or less would change much", async () => {
    fill(9);
    const page = await get("/");
    assert.match(page, /9 of the 10 contacts it takes/);
    assert.doesNotMatch(page, />100 %<\/a>/);
  });

  it("numbers with a window are those of a period whose window is over, and the tile names it", async () => {
    house.fake.board.contacts.push(...Array.from({ length: 12 }, (_, i) => contact(i, { atMs: now() - 9 * DAY })));
    const tile = /Came again<\/span>.*?<\/div>\s*<p class="number">.*?<\/p>\s*<p class="tiny quiet">([^<]*)</s.exec(await get("/"))?.[1] ?? "";
    assert.match(tile, /of 12 contacts of known customers, \d+ \w+ to \d+ \w+/);
  });

  it("whoever is bound to agents gets their numbers alone, and is told what is left out", async () => {
    fill(20);
    fill(15, { agent: "202", agentName: "Ben" });
    for (const role of ["supervisor", "agent"] as const) {
      bind(["202"], role);
      const page = await get("/", role);
      assert.deepEqual(house.fake.board.asked.at(-1)?.agentIds, ["202"]);
      assert.match(page, /title="The conversations behind this number">10</);
      assert.doesNotMatch(page, /I was charged twice|The house at work/);
      assert.match(page, /counted over all agents, so they are not shown here/);
    }
    bind([], "agent");
    const page = await get("/", "agent");
    assert.match(page, /No contact of your agents/);
    assert.doesNotMatch(page, /steps done|behind this number/);
    assert.deepEqual(house.fake.audited, []);
  });

  it("reading customers' words is written down once, not with every refreshing", async () => {
    fill(1);
    await get("/");
    await get("/");
    await get("/", "analyst");
    house.fake.clock.advance(11 * 60_000);
    await get("/");
    assert.deepEqual(house.fake.audited.map((event) => [event.actor.id, event.action]), [["key_supervisor", "issues.read"], ["key_analyst", "issues.read"], ["key_supervisor", "issues.read"]]);
  });

  it("refuses periods and views that do not exist", async () => {
    for (const path of ["/?period=year", "/agents?view=ranking", "/agents?days=31", "/agents?by=agent", "/agents?cursor=-1"]) assert.equal((await house.agent.get(path).set(as("admin"))).status, 422, path);
  });

  it("shows what comes from outside as text only", async () => {
    fill(25, { topic: hostile, reason: hostile, agent: hostile, agentName: hostile, channel: hostile });
    for (const path of ["/", "/?period=30d", "/agents", "/agents?view=topics", "/agents?view=trends&by=reason", "/agents?view=trends&by=channel", `/agents/${encodeURIComponent(hostile)}`]) {
      const page = await get(path);
      assert.match(page, /&lt;script&gt;/, path);
      assert.doesNotMatch(page, /<script>|<img/, path);
    }
  });

  it("agents stand by name with n and interval, and not at all below twenty contacts", async () => {
    fill(30, { agent: "300", agentName: "Zoe" });
    fill(7, { agent: "301", agentName: "Abe" });
    const page = await get("/agents");
    assert.ok(page.indexOf("Abe") < page.indexOf("Zoe"));
    assert.match(page, /not enough contacts yet: 7 of 20/);
    assert.match(page, /95 % between 89 % and 100 %, of 30 contacts/);
    assert.match(page, /<tfoot>.*?50 %/s);
    assert.match(page, /href="\/conversations\?agent=300&amp;from=\d+/);
    const one = await get("/agents/300");
    assert.match(one, /<h1>Zoe<\/h1>/);
    assert.match(await get("/agents/301"), /Not enough contacts yet: 7 of 20/);
  });

  it("a team's supervisor compares the team; whoever is not in it does not exist", async () => {
    fill(30, { agent: "300", agentName: "Zoe" });
    fill(30, { agent: "301", agentName: "Abe" });
    bind(["300"]);
    const page = await get("/agents");
    assert.match(page, /Zoe/);
    assert.doesNotMatch(page, /Abe/);
    assert.match(page, /href="\/agents"/);
    const answers = await Promise.all(["/agents/300", "/agents/301", "/agents/nobody"].map((path) => house.agent.get(path).set(as("supervisor"))));
    assert.deepEqual(answers.map((answer) => answer.status), [200, 404, 404]);
    assert.equal(answers[1]?.text.replaceAll(/[\da-f-]{36}/g, ""), answers[2]?.text.replaceAll(/[\da-f-]{36}/g, ""));
    bind(["300"], "agent");
    assert.equal((await house.agent.get("/agents").set(as("agent"))).status, 403);
  });

  it("topics show volume, change, mood and words, and reading the words is written down", async () => {
    fill(30);
    house.fake.board.contacts.push(...Array.from({ length: 200 }, (_, i) => contact(1000 + i, { atMs: now() - 40 * DAY - (i % 20) * DAY })));
    const page = await get("/agents?view=topics");
    assert.match(page, /Billing/);
    assert.match(page, /% fewer/);
    assert.match(page, /<q>Said in ses_\d+<\/q>/);
    assert.deepEqual(house.fake.audited.map((event) => event.action), ["topics.read"]);
    const trends = await get("/agents?view=trends&by=channel");
    assert.match(trends, /Calls/);
    assert.match(trends, /Week of /);
  });
});

describe("http: the overview over a real, empty store", () => {
  it("every page answers before the first call and without one contact", async () => {
    const settings = config();
    const house = start(settings);
    const db = openDatabase(":memory:");
    migrate(db);
    const store = createStore(db, house.fake.clock);
    const parts = { config: settings, clock: house.fake.clock, store, speech: { identity: { engine: "x", model: "y" }, status: () => ({ state: "down", endpoints: [] }), canHear: () => false }, analysis: { name: "extractive", model: null } };
    (house.fake as Appliance as { board: Appliance["board"] }).board = createBoardDesk(parts as never, { free: async () => 0 });
    for (const path of ["/", "/?period=30d", "/agents", "/agents?view=topics", "/agents?view=trends"]) assert.equal((await house.agent.get(path).set(as("admin"))).status, 200, path);
    assert.equal((await house.agent.get("/agents/201").set(as("admin"))).status, 404);
    db.close();
    await house.end();
  });
});
