// What people type never becomes query language; steps over the index find exactly what is there; filters hold.
import assert from "node:assert/strict";
import fc from "fast-check";
import { newId } from "../../app/domain/index.ts";
import { manualClock, openDatabase, type Db } from "../../app/platform/index.ts";
import { createStore, migrate, parseSearch, type SearchFilter, type SearchReads } from "../../app/store/index.ts";

let db: Db;
let reads: SearchReads;
before(() => {
  migrate((db = openDatabase(":memory:")));
  reads = createStore(db, manualClock()).reads.search;
});
after(() => db.close());
beforeEach(() => db.exec("DELETE FROM messages; DELETE FROM analyses; DELETE FROM sessions; DELETE FROM customers"));

interface Row { text: string; channel?: string; speaker?: string; sentiment?: number; at?: number; customer?: string; agent?: string; queue?: string; reason?: string; outcome?: string; topic?: string }

function add({ text, channel = "sms", speaker = "customer", sentiment, at = 1000, customer, agent, queue, reason, outcome, topic }: Row): string {
  const [session, id] = [newId("ses", at), newId("msg", at)];
  if (customer !== undefined) db.prepare("INSERT OR IGNORE INTO customers (id, root_id, created_at_ms) VALUES (?, ?, 1)").run(customer, customer);
  db.prepare("INSERT INTO sessions (id, channel, source, call_id, customer_id, status, agent_id, queue, reason, outcome, received_at_ms, updated_at_ms) VALUES (?, ?, 's', ?, ?, 'done', ?, ?, ?, ?, 1, 1)").run(session, channel, session, customer ?? null, agent ?? null, queue ?? null, reason ?? null, outcome ?? null);
  if (topic !== undefined) db.prepare("INSERT INTO analyses (id, session_id, revision, body, metrics, created_at_ms) VALUES (?, ?, 1, ?, '{}', 1)").run(newId("ana", at), session, JSON.stringify({ topic }));
  db.prepare("INSERT INTO messages (id, session_id, customer_id, channel, speaker, kind, text, at_ms, sentiment) VALUES (?, ?, ?, ?, ?, 'text', ?, ?, ?)").run(id, session, customer ?? null, channel, speaker, text, at, sentiment ?? null);
  return id;
}

function find(text: string, filter: SearchFilter = {}, width = 1000, count = 3): string[] {
  const match = parseSearch(text)?.match;
  assert.ok(match !== undefined, text);
  const found: string[] = [];
  for (let below = reads.endSeq(); below > 0; ) {
    const step = reads.step({ match, filter, below, lowest: 0, width, count });
    assert.ok(step.nextBelow < below, "every step comes further");
    found.push(...step.found.map((one) => one.text));
    below = step.nextBelow;
  }
  return found;
}

describe("search: what people type", () => {
  it("never throws, and never becomes a mistake in the index's language, whatever is typed", () => {
    add({ text: "hello can't 4471-x" });
    const odd = fc.oneof(fc.string({ unit: "grapheme", maxLength: 60 }), fc.string({ unit: "binary", maxLength: 40 }), fc.array(fc.constantFrom('"', "-", "*", "(", ")", " ", "AND", "OR", "NOT", "NEAR(", "text:", "^", "+", "{", "a", "refund", "\u0000", "\ud800", "é", "'", ":"), { maxLength: 12 }).map((list) => list.join("")));
    fc.assert(
      fc.property(odd, (text) => {
        const query = parseSearch(text);
        if (query !== undefined) reads.step({ match: query.match, filter: {}, below: 10, lowest: 0, width: 10, count: 1 });
      }),
      { numRuns: 400 },
    );
    for (const hostile of [`can't "`, "4471-x", "a OR b", "NEAR(", "text:foo", 'x" OR "y']) assert.doesNotThrow(() => parseSearch(hostile), hostile);
    for (const nothing of ["", "*", "-refund", '""', "\u0000", '-"a b"']) assert.equal(parseSearch(nothing), undefined, nothing);
  });
  it("words, phrases, minus and beginnings mean what they say; accents and case do not matter", () => {
    for (const text of ["Mein Café hat keine Rechnung", "the late order", "order the late one", "refunds are late", "can't you see 4471-x"]) add({ text });
    assert.deepEqual(find("CAFE rechnung"), ["Mein Café hat keine Rechnung"]);
    assert.deepEqual(find("late order"), ["order the late one", "the late order"]);
    assert.deepEqual(find('"late order"'), ["the late order"]);
    assert.deepEqual(find("late -order"), ["refunds are late"]);
    assert.deepEqual(find('late -"late one" -refunds'), ["the late order"]);
    assert.deepEqual(find("refu*"), ["refunds are late"]);
    assert.deepEqual(find("re* "), [], "two letters stand for too many words: a word like any other");
    assert.deepEqual(find("4471-x can't"), ["can't you see 4471-x"]);
    assert.deepEqual(find("late OR or* "), [], "OR is a word that must be there");
  });
});

const numberOf = (text: string): string => text.split(" ")[0] ?? "";

describe("search: steps over the index", () => {
  it("together find every message that has the words once, newest first, for any width of a step", () => {
    fc.assert(
      fc.property(fc.array(fc.subarray(["late", "order", "refund"]), { minLength: 1, maxLength: 30 }), fc.integer({ min: 1, max: 40 }), fc.boolean(), (texts, width, isOneCustomer) => {
        db.exec("DELETE FROM messages; DELETE FROM analyses; DELETE FROM sessions; DELETE FROM customers");
        texts.forEach((list, i) => add({ text: `${i} ${list.join(" ")}`, customer: "cus_a" }));
        const expected = texts.map((list, i) => `${i} ${list.join(" ")}`).filter((text) => text.includes("late") && text.includes("order")).reverse();
        assert.deepEqual(find("late order", isOneCustomer ? { customerId: "cus_a" } : {}, width), expected);
      }),
      { numRuns: 40 },
    );
  });
  it("each filter lets through what it names and nothing else; a merged customer is found under its root", () => {
    const first: Row = { text: "refund one", channel: "whatsapp", speaker: "agent", sentiment: -0.5, at: 5000, customer: "cus_a", agent: "201", queue: "billing", reason: "billing.refund", outcome: "resolved", topic: "Billing" };
    add(first);
    add({ text: "refund two", customer: "cus_b", sentiment: 0 });
    db.prepare("INSERT INTO customers (id, root_id, created_at_ms) VALUES ('cus_old', 'cus_a', 1)").run();
    const filters: SearchFilter[] = [{ channel: "whatsapp" }, { speaker: "agent" }, { sentiment: "neg" }, { fromMs: 4000 }, { customerId: "cus_a" }, { customerId: "cus_old" }, { agentId: "201" }, { queue: "billing" }, { reason: "billing.refund" }, { outcome: "resolved" }, { topic: "billing" }, { channel: "whatsapp", agentId: "201", topic: "Billing", fromMs: 5000, toMs: 5001 }];
    for (const filter of filters) assert.deepEqual(find("refund", filter), ["refund one"], JSON.stringify(filter));
    for (const filter of [{ kind: "turn" }, { channel: "email" }, { toMs: 1000 }, { customerId: "cus_x" }, { sentiment: "pos" }] as SearchFilter[]) assert.deepEqual(find("refund", filter), [], JSON.stringify(filter));
    assert.deepEqual(find("refund", { sentiment: "neutral" }), ["refund two"]);
    assert.deepEqual(find("refund", { toMs: 5000 }), ["refund two"]);
  });
  it("finds what one customer said among many, whether hardly anybody says it, some do or everybody does", () => {
    add({ text: "first", customer: "cus_b" });
    add({ text: "first", customer: "cus_a" });
    const insert = db.prepare("INSERT INTO messages (id, session_id, customer_id, channel, speaker, kind, text, at_ms) SELECT @id, id, customer_id, channel, 'customer', 'text', @text, @at FROM sessions WHERE customer_id = @customer");
    const said: string[] = [];
    db.exec("BEGIN");
    for (let i = 0; i < 6000; i++) {
      const customer = i % 8 === 0 ? "cus_a" : "cus_b";
      const text = `${i} always${i % 3 === 0 ? " often" : ""}${i % 50 === 0 ? " some" : ""}${i % 2000 === 0 ? ` rare ${"long ".repeat(30_000)}` : ""}`;
      insert.run({ id: newId("msg", 2000 + i), text, at: 2000 + i, customer });
      if (customer === "cus_a") said.unshift(text);
    }
    db.exec("COMMIT");
    for (const words of ["always", "often", "some", "rare", "often -some", "alw* often", "nothing"]) {
      const [wanted = "", unwanted] = words.split(" -");
      const expected = said.filter((text) => wanted.split(" ").every((word) => text.includes(word.replace("*", ""))) && (unwanted === undefined || !text.includes(unwanted)));
      assert.deepEqual(find(words, { customerId: "cus_a" }, 1000, 400).map(numberOf), expected.map(numberOf), words);
    }
  });
  it("a range of the index ends where it says: a rare word does not cost the whole index", () => {
    for (let i = 0; i < 50; i++) add({ text: "late" });
    const [from, end] = [reads.endSeq() - 10, reads.endSeq()];
    assert.equal(reads.step({ match: '"late"', filter: {}, below: end, lowest: 0, width: 10, count: 100 }).found.length, 10);
    assert.equal(reads.step({ match: '"late"', filter: {}, below: end, lowest: 0, width: 10, count: 100 }).nextBelow, from);
    assert.ok(reads.share('"late"') > 0.9 && reads.share('"zebra"') < 0.1);
  });
});
