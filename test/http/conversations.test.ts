// The list of conversations over the web, with a real store behind it: what each asker sees, finds, keeps and takes away.
import { strict as assert } from "node:assert";
import { manualClock, openDatabase, type Db } from "../../app/platform/index.ts";
import { createStore, migrate, type SearchFilter } from "../../app/store/index.ts";
import type { MessageHit } from "../../app/pipeline/index.ts";
import { contact } from "../ui/sample-contact.ts";
import { as, start, type Harness } from "./harness.ts";

/** Reads RFC 4180 by its grammar, one character after the other: nothing that the writer uses. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let [row, cell, isQuoted]: [string[], string, boolean] = [[], "", false];
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? "";
    if (isQuoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') cell += text[++i] ?? "";
      else isQuoted = false;
    } else if (c === '"') isQuoted = true;
    else if (c === ",") [row, cell] = [[...row, cell], ""];
    else if (c === "\r" && text[i + 1] === "\n") {
      rows.push([...row, cell]);
      [row, cell] = [[], ""];
      i++;
    } else cell += c;
  }
  assert.deepEqual([row, cell, isQuoted], [[], "", false], "the last line ends, and no quote is open");
  return rows;
}

describe("http: conversations", () => {
  let house: Harness;
  let db: Db;
  beforeEach(() => {
    house = start();
    migrate((db = openDatabase(":memory:")));
    const store = createStore(db, manualClock());
    house.fake.store.reads.contacts = store.reads.contacts;
    house.fake.store.savedViews = store.savedViews;
  });
  afterEach(async () => {
    await house.end();
    db.close();
  });

  function add(id: string, { channel = "phone", agent = "204", topic = "Billing", customer = null as string | null, at = Date.UTC(2026, 9, 5, 10), mood = null as number | null, summary = "" } = {}): void {
    if (customer !== null) db.prepare("INSERT INTO customers (id, root_id, name, created_at_ms) VALUES (?, ?, ?, 1)").run(`cus_${id}`, `cus_${id}`, customer);
    db.prepare("INSERT INTO sessions (id, channel, source, call_id, customer_id, status, started_at_ms, agent_id, agent_name, received_at_ms, updated_at_ms) VALUES (?, ?, 'pbx', ?, ?, 'done', ?, ?, ?, 1, 1)").run(id, channel, id, customer === null ? null : `cus_${id}`, at, agent, `Agent ${agent}`);
    db.prepare("INSERT INTO analyses (id, session_id, revision, body, metrics, created_at_ms) VALUES (?, ?, 1, ?, '{}', 1)").run(`ana_${id}`, id, JSON.stringify({ topic, summary, sentiment: { customer_start: null, customer_end: mood } }));
  }
  const shown = (page: string): string[] => [...page.matchAll(/ href="\/calls\/(\w+)\?source=pbx" data-row/g)].map(([, id]) => id ?? "");
  const bindTo = (agentIds: readonly string[], role: "agent" | "supervisor" = "agent"): void => {
    const findKey = house.fake.store.access.findKey.bind(house.fake.store.access);
    house.fake.store.access.findKey = (presented) => {
      const key = findKey(presented);
      return key?.role === role ? { ...key, agentIds } : key;
    };
  };
  const login = async (role: "supervisor" | "agent" = "supervisor"): Promise<Record<string, string>> => {
    const { headers } = await house.agent.post("/login").type("form").send({ code: house.fake.store.access.createLoginCode(role), next: "/" });
    return { Cookie: (headers["set-cookie"] as unknown as string[])[0]?.split(";")[0] ?? "", "Sec-Fetch-Site": "same-origin" };
  };
  const get = (path: string, role: "admin" | "agent" | "supervisor" = "admin") => house.agent.get(path).set(as(role));

  it("shows each asker only its own contacts: rows, values to choose from, and the export", async () => {
    add("mine", { agent: "204", topic: "Mine to see" });
    add("theirs", { agent: "205", topic: "Somebody else's" });
    bindTo(["204"]);
    assert.deepEqual(shown((await get("/conversations")).text).sort(), ["mine", "theirs"]);
    const own = (await get("/conversations", "agent")).text;
    assert.deepEqual(shown(own), ["mine"]);
    assert.doesNotMatch(own, /Somebody else|Agent 205/);
    assert.match(own, /<option value="204">Agent 204 · 204<\/option>/);
    assert.deepEqual(shown((await get("/conversations?agent=205", "agent")).text), []);
    bindTo(["205"], "supervisor");
    const rows = readCsv((await get("/conversations.csv", "supervisor")).text);
    assert.deepEqual(rows.slice(1).map((row) => row[0]), ["theirs"]);
    bindTo([], "supervisor");
    assert.equal(readCsv((await get("/conversations.csv", "supervisor")).text).length, 1);
    assert.doesNotMatch((await get("/conversations", "supervisor")).text, /Billing|Mine to see|Agent 20/);
  });

  it("days are those of the site: the first and the last one belong to the period", async () => {
    house.fake.config.site.timezone = "Europe/Berlin";
    add("before", { at: Date.UTC(2026, 9, 4, 21, 59) });
    add("first", { at: Date.UTC(2026, 9, 4, 22, 0) });
    add("last", { at: Date.UTC(2026, 9, 5, 21, 59) });
    add("after", { at: Date.UTC(2026, 9, 5, 22, 0) });
    assert.deepEqual(shown((await get("/conversations?from=2026-10-05&to=2026-10-05&channel=&q=")).text), ["last", "first"]);
    assert.equal((await get("/conversations?from=yesterday")).status, 422);
  });

  it("pages follow each other until everything was shown once, in each order", async () => {
    for (let i = 0; i < 120; i++) add(`c${i}`, { at: Date.UTC(2026, 9, 1) + (i % 7) * 1000, mood: i % 3 === 0 ? null : (i % 5) / 5 - 0.5 });
    for (const sort of ["newest", "longest", "worst"]) {
      const seen: string[] = [];
      let address: string | undefined = `/conversations?sort=${sort}`;
      for (let pages = 0; address !== undefined; pages++) {
        assert.ok(pages < 10);
        const { text }: { text: string } = await get(address);
        seen.push(...shown(text));
        address = /<a class="button" href="(\/conversations\?[^"]*)" rel="next">/.exec(text)?.[1]?.replaceAll("&amp;", "&");
      }
      assert.deepEqual([seen.length, new Set(seen).size], [120, 120], sort);
    }
  });

  it("a search goes on within the filters and the scope, marks the words, and leads to the line", async () => {
    add("call1", { topic: "Refund" });
    add("chat1", { channel: "web_chat", customer: "Maria" });
    const [asked, orders]: [SearchFilter[], unknown[]] = [[], []];
    const hit = (id: string, session: string, channel: string, text: string, start_ms?: number): MessageHit => ({ message: { id, session_id: session, channel, conversation_id: null, speaker: "customer", kind: "text", text, at: "2026-10-05T10:00:00.000Z", ...(start_ms === undefined ? {} : { start_ms, end_ms: start_ms + 1 }) }, call_id: null, customer_id: null, snippet: { text, marks: [[2, 8]] } });
    house.fake.search.messages = async (_text, filter, { order }) => {
      asked.push(filter);
      orders.push(order);
      return { items: [hit("msg_1", "chat1", "web_chat", "a refund <b>"), hit("msg_2", "call1", "phone", "a refund", 61_000), hit("msg_3", "chat1", "web_chat", "a refund?")], next: "more", by: "words+meaning", coverage: { all: false, back_to: "2026-01-02T10:00:00.000Z" } };
    };
    bindTo(["204"]);
    const { text } = await get("/conversations?q=refund&topic=Refund&sentiment=neg&rule=*", "agent");
    assert.deepEqual(asked, [{ contact: { topic: "Refund", sentiment: "neg", rule: "*", agentIds: ["204"] } }]);
    assert.match(text, /href="\/customers\/cus_chat1\?session=chat1#msg_1"><span class="label">Customer<\/span> a <mark>refund<\/mark> &lt;b&gt;/);
    assert.match(text, /href="\/calls\/call1\?source=pbx#msg_2"><span class="label">Customer ▸ 1:01<\/span> a <mark>refund<\/mark>/);
    assert.equal((text.match(/<li class="call-row contact">/g) ?? []).length, 2, "grouped by contact");
    assert.match(text, /by words and by meaning[\s\S]*Looked back to[\s\S]*2 Jan[\s\S]*rel="next"/);
    await get("/conversations?q=refund&order=newest");
    assert.deepEqual(orders, [undefined, "newest"]);
    assert.match((await get("/conversations?q=-refund")).text, /Type at least one word/);
  });

  it("the export holds every row once, in the site's time and UTC, with nothing in it that a spreadsheet would run", async () => {
    house.fake.config.site.timezone = "Europe/Berlin";
    const hostile = ["=1+1", "+44 20 7946", "-cmd", "@sum", "\t=1", "\r=1", '"quoted", and\r\nbroken', "'=1", "plain ü 😀", "=HYPERLINK(\"http://x\")"];
    hostile.forEach((topic, i) => add(`h${i}`, { topic, summary: topic, customer: topic, at: Date.UTC(2026, 9, 5, 10, i), mood: -0.25 }));
    for (let i = 0; i < 250; i++) add(`n${i}`, { at: Date.UTC(2026, 8, 1) });
    const answer = await get("/conversations.csv?sort=newest");
    assert.equal(answer.headers["content-type"], "text/csv; charset=utf-8; header=present");
    assert.match(answer.headers["content-disposition"] ?? "", /^attachment; filename="conversations-\d{4}-\d\d-\d\d\.csv"/);
    assert.equal(answer.text.charCodeAt(0), 0xfeff);
    const [head = [], ...rows] = readCsv(answer.text.slice(1));
    assert.ok(rows.every((row) => row.length === head.length));
    assert.deepEqual([rows.length, new Set(rows.map((row) => row[0])).size], [260, 260]);
    const column = (name: string): string[] => rows.slice(0, hostile.length).reverse().map((row) => row[head.indexOf(name)] ?? "");
    const safe = ["'=1+1", "'+44 20 7946", "'-cmd", "'@sum", "'\t=1", "'\r=1", '"quoted", and\r\nbroken', "'=1", "plain ü 😀", "'=HYPERLINK(\"http://x\")"];
    for (const name of ["Topic", "Summary", "Customer"]) assert.deepEqual(column(name), safe, name);
    assert.deepEqual(column("Mood at the end")[0], "-0.25", "a number of our own stays one");
    assert.deepEqual([column("Began")[0], column("Began (UTC)")[0]], ["2026-10-05 12:00:00", "2026-10-05T10:00:00.000Z"]);
  });

  it("an export is cut at 100,000 rows and says so in its last line", async () => {
    const rows = Array.from({ length: 100 }, () => contact({ summary: null, topic: null, reason: null, customer: null, agent: null, queue: null }));
    house.fake.store.reads.contacts = { ...house.fake.store.reads.contacts, rows: () => rows, step: ({ count }) => ({ found: Array.from({ length: count }, (_, i) => ({ at: 1, id: `${i}` })), next: { at: 1, id: "x" } }) };
    const { text } = await get("/conversations.csv");
    const lines = text.split("\r\n");
    assert.equal(lines.length, 1 + 100_000 + 1 + 1);
    assert.match(lines[100_001] ?? "", /^Cut off after 100000 rows: narrow the filters/);
    assert.match(house.fake.audited.at(-1)?.reason ?? "", /^100000 rows/);
  });

  it("an export is in the audit trail with its filter and its rows, and without the words that were looked for", async () => {
    add("one");
    await get("/conversations.csv?channel=phone&from=&q=");
    assert.deepEqual(house.fake.audited.map((event) => [event.action, event.outcome, event.reason]), [["conversations.export_begun", "ok", "channel=phone"], ["conversations.exported", "ok", "1 rows; channel=phone"]]);
    await get("/conversations.csv?q=Maria");
    assert.ok(!JSON.stringify(house.fake.audited).includes("Maria"));
  });

  it("views are kept, renamed and deleted by forms, seen by nobody else, and not for keys", async () => {
    const me = await login();
    const post = (path: string, body: Record<string, string>, headers: Record<string, string> = me) => house.agent.post(path).type("form").set(headers).send(body).redirects(0);
    const kept = await post("/conversations/views", { name: " Angry <b> ", query: "sort=newest&sentiment=neg&cursor=x&nonsense=1" });
    assert.deepEqual([kept.status, kept.headers["location"]], [303, "/conversations?sentiment=neg"]);
    const mine = (await house.agent.get("/conversations?sentiment=neg").set(me)).text;
    assert.match(mine, /You came by a one-time code: views that you keep go when you log out/);
    assert.match(mine, /href="\/conversations\?sentiment=neg" aria-current="true">Angry &lt;b&gt;<\/a>/);
    const id = /\/conversations\/views\/(\w+)\/rename/.exec(mine)?.[1] ?? "";
    const other = await login("agent");
    assert.doesNotMatch((await house.agent.get("/conversations").set(other)).text, /Angry/);
    assert.equal((await post(`/conversations/views/${id}/rename`, { name: "Theirs" }, other)).status, 404);
    assert.equal((await post(`/conversations/views/${id}/delete`, {}, other)).status, 404);
    assert.equal((await post(`/conversations/views/${id}/delete`, {}, { Cookie: me["Cookie"] ?? "", "Sec-Fetch-Site": "cross-site" })).status, 403);
    assert.equal((await post(`/conversations/views/${id}/rename`, { name: "Calm" })).headers["location"], "/conversations?sentiment=neg");
    assert.match((await house.agent.get("/conversations").set(me)).text, />Calm<\/a>/);
    assert.equal((await post("/conversations/views", { name: "", query: "" })).status, 422);
    assert.equal((await post(`/conversations/views/${id}/delete`, {})).status, 303);
    assert.doesNotMatch((await house.agent.get("/conversations").set(me)).text, />Calm<\/a>/);
    assert.equal((await post("/conversations/views", { name: "x", query: "" }, as("admin"))).status, 409);
    assert.deepEqual(house.fake.audited.map((event) => event.action).filter((action) => action.startsWith("view.")), ["view.kept", "view.renamed", "view.deleted"]);
  });
});
