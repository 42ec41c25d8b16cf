// The live question: which problems are open, in the order in which they matter, with customers' own words; true after every message.
import assert from "node:assert/strict";
import { BEGIN, BY, HOUR, openIssueHouse, type IssueHouse } from "../../support/issue-house.ts";
import { DAY_MS } from "../../../app/analysis/journeys/formulas.ts";

describe("open problems over all channels", () => {
  let house: IssueHouse;
  beforeEach(() => (house = openIssueHouse()));
  afterEach(() => house.close());

  const about = (customer: string, text: string, reason: string | null, atMs: number, rest: Parameters<IssueHouse["says"]>[3] = {}, mood = -0.5): string => {
    const id = house.says(customer, text, atMs, rest);
    house.analyse(house.sessionOf(id), { reason, intent: text, mood, evidence: [house.messageOf(id)] });
    return id;
  };

  it("are grouped by reason over channels, ranked by customers × age × mood, each with counts and words of different customers", async () => {
    about("ana", "I was charged twice for my order", "billing.double_charge", 0);
    about("bob", "my card was charged twice this month", "billing.double_charge", HOUR, { channel: "email" });
    about("bob", "you charged my card twice again", "billing.double_charge", 2 * HOUR, { channel: "sms", customer: { identities: [{ kind: "email", value: "bob@example.org" }] } });
    about("cem", "the router has lost the connection", "technical.no_internet", 3 * HOUR, {}, 0.4);
    house.clock.advance(2 * DAY_MS);
    const { items, total, other } = await house.issues.unresolved({ limit: 3 });
    assert.deepEqual(items.map((one) => [one.id, one.customers, one.conversations]), [["reason:billing.double_charge", 2, 2], ["reason:technical.no_internet", 1, 1]], "Bob's two contacts about it are one conversation");
    const [first] = items;
    assert.ok(first);
    assert.match(first.label, /^Billing: /);
    assert.deepEqual(first.by_channel, [{ channel: "email", customers: 1, conversations: 1 }, { channel: "sms", customers: 1, conversations: 1 }, { channel: "web_chat", customers: 1, conversations: 1 }]);
    assert.deepEqual(first.quotes.map((one) => one.text), ["my card was charged twice this month", "I was charged twice for my order"], "of two customers, the newest conversation first");
    assert.ok(first.quotes.every((one) => one.message_id.startsWith("msg_") && one.customer_id !== null));
    assert.equal(first.sentiment, -0.5);
    const ageDays = first.mean_age_ms / DAY_MS;
    assert.ok(Math.abs(first.priority - 2 * (1 + Math.log2(1 + ageDays)) * 1.5) < 0.02, "the published formula");
    assert.deepEqual([total, other], [{ customers: 3, conversations: 3 }, { customers: 0, conversations: 0 }]);
    assert.equal((await house.issues.unresolved({ limit: 1 })).items.length, 1);
  });

  it("without a reason those that say alike are a group of their own; what says nothing or is like nobody is counted as other … or waits as a theme of one", async () => {
    house.says("ana", "the mobile app crashes when I open my invoices", 0);
    house.says("bob", "app crashes, I cannot open invoices", HOUR, { channel: "whatsapp" });
    house.says("cem", "hello", 2 * HOUR);
    const { items, other } = await house.issues.unresolved({ limit: 5 });
    assert.deepEqual([items.length, items[0]?.reason, items[0]?.customers, items[0]?.quotes.length], [1, null, 2, 2]);
    assert.equal(other.conversations, 1);
  });

  it("change with the message that changes them: resolved goes at once, reopened comes back, a reason found later moves, a merge counts one customer", async () => {
    const one = about("ana", "I was charged twice for my order", null, 0);
    const two = about("bob", "charged twice for one order", null, HOUR);
    const counts = async (): Promise<unknown> => (await house.issues.unresolved({ limit: 5 })).items.map((group) => [group.reason, group.customers, group.conversations]);
    assert.deepEqual(await counts(), [[null, 2, 2]]);
    house.analyse(house.sessionOf(two), { reason: "billing.double_charge", intent: "charged twice" });
    assert.deepEqual(await counts(), [[null, 1, 1], ["billing.double_charge", 1, 1]]);
    await house.desk.change(house.conversationOf(one), { reason: "billing.double_charge" }, BY);
    assert.deepEqual(await counts(), [["billing.double_charge", 2, 2]]);
    const [ana, bob] = ["ana", "bob"].map((name) => house.parts.store.writes.customers.known([{ kind: "email", value: `${name}@example.org` }])[0]?.customer_id ?? "");
    const { merge_id } = await house.desk.merge(ana ?? "", bob ?? "", "one person", BY);
    assert.equal((await house.issues.unresolved({ limit: 5 })).items[0]?.customers, 1);
    await house.desk.unmerge(ana ?? "", merge_id, BY);
    assert.deepEqual(await counts(), [["billing.double_charge", 2, 2]]);
    await house.desk.change(house.conversationOf(one), { status: "resolved" }, BY);
    assert.deepEqual(await counts(), [["billing.double_charge", 1, 1]]);
    await house.desk.change(house.conversationOf(one), { status: "open" }, BY);
    assert.deepEqual(await counts(), [["billing.double_charge", 2, 2]]);
    house.analyse(house.sessionOf(two), { reason: "billing.double_charge", outcome: "resolved" });
    assert.deepEqual(await counts(), [["billing.double_charge", 1, 1]]);
  });

  it("can be asked for a channel, a queue, a reason, and for what has moved since; what is filtered and what is summed agree", async () => {
    about("ana", "I was charged twice for my order", "billing.double_charge", 0, { queue: "billing" });
    about("bob", "my card was charged twice this month", "billing.double_charge", HOUR, { channel: "email", queue: "billing" });
    about("cem", "the router has lost the connection", "technical.no_internet", 2 * HOUR, { queue: "support" });
    const ask = async (filter: object): Promise<unknown> => (await house.issues.unresolved({ limit: 5, ...filter })).items.map((one) => [one.reason, one.customers]);
    assert.deepEqual(await ask({ channel: "email" }), [["billing.double_charge", 1]]);
    assert.deepEqual(await ask({ queue: "support" }), [["technical.no_internet", 1]]);
    assert.deepEqual(await ask({ reason: "billing.double_charge" }), [["billing.double_charge", 2]]);
    assert.deepEqual(await ask({ channel: "email", queue: "support" }), []);
    assert.deepEqual(await ask({ sinceMs: BEGIN + 2 * HOUR }), [["technical.no_internet", 1]]);
    assert.deepEqual(await ask({ sinceMs: BEGIN }), await ask({}));
    assert.deepEqual(await ask({ sinceMs: BEGIN, queue: "billing", channel: "web_chat" }), [["billing.double_charge", 1]]);
    assert.equal((await house.issues.unresolved({ limit: 5, channel: "email" })).items[0]?.quotes[0]?.channel, "email");
  });

  it("tell whoever watches, soon and not with every message, with counts and no words", async () => {
    const seen: unknown[] = [];
    const stop = new AbortController();
    const watching = (async () => {
      for await (const event of house.parts.events.watch(undefined, stop.signal)) if (event.type === "issues.changed") seen.push(event.data);
    })();
    for (let i = 0; i < 20; i++) house.says(`c${i}`, "I was charged twice for my order", i * HOUR);
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.deepEqual(seen, [{ customers: 20, conversations: 20 }]);
    stop.abort();
    await watching;
  });

  it("a conversation that is erased leaves no word behind", () => {
    about("ana", "I was charged twice for my order", "billing.double_charge", 0);
    house.db.pragma("foreign_keys = OFF");
    house.db.exec("DELETE FROM conversations");
    house.says("", "hello", HOUR);
    assert.deepEqual(house.db.prepare("SELECT count(*) AS n FROM issue_members WHERE reason <> ''").get(), { n: 0 });
    assert.deepEqual(house.db.prepare("SELECT count(*) AS n FROM issue_themes").get(), { n: 0 });
  });
});
