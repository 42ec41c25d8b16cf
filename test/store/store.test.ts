// The store: names, identities, threads, search, audit chain, keys.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { installationRoot, manualClock, openDatabase, type Db, type ManualClock } from "../../app/platform/index.ts";
import { createStore, describeSchema, migrate, SCHEMA_VERSION, type Store, type StoreWrites } from "../../app/store/index.ts";

let db: Db;
let clock: ManualClock;
let store: Store & { writes: StoreWrites };
beforeEach(() => {
  db = openDatabase(":memory:");
  migrate(db);
  clock = manualClock();
  store = createStore(db, clock);
});
afterEach(() => db.close());

const heard = { engine: "whisper.cpp", model: "m", modelSha256: "x", speakerSource: "channel", dropped: [], redactions: [] } as const;

/** A call of a customer with these lines, one second each. */
function call(id: string, lines: [speaker: "agent" | "customer", text: string][], from = "+14155550132"): void {
  const { sessions, customers, conversations, messages } = store.writes;
  sessions.create({ id: `ses_${id}`, source: "pbx", facts: { callId: id, from, direction: "inbound" }, priority: 50, nowMs: clock.now() });
  const customerId = customers.known([{ kind: "e164", value: from }])[0]?.customer_id ?? customers.create(clock.now());
  customers.see(customerId, { kind: "e164", value: from }, clock.now());
  sessions.file(`ses_${id}`, customerId, customerId);
  conversations.keep({ sessionIds: [`ses_${id}`], status: "open", reason: null, owner: null, queue: null, crmLink: null, openedAtMs: clock.now(), lastAtMs: clock.now(), resolvedAtMs: null }, customerId, clock.now());
  const row = sessions.byId(`ses_${id}`);
  assert.ok(row);
  messages.replaceTurns(row, lines.map(([speaker, text], i) => ({ id: `msg_${id}_${i}`, speaker, startMs: i * 1000, endMs: i * 1000 + 900, text, confidence: 0.9 })), { ...heard, dropped: [], redactions: [] }, clock.now());
  clock.advance(60_000);
}
const page = { limit: 10 };

describe("migrations", () => {
  it("the schema is the golden one", () => {
    const golden = readFileSync(join(installationRoot(), "test/fixtures/store/schema.sql"), "utf8");
    assert.equal(describeSchema(db), golden, "the schema changed: add a migration, never edit one that shipped, and renew the golden file with it");
  });
  it("a database of a newer program is refused", () => {
    db.pragma(`user_version = ${SCHEMA_VERSION + 10}`);
    assert.throws(() => migrate(db), { code: "STORE_FROM_FUTURE" });
  });
  it("migrate: a second time changes nothing", () => {
    const before = describeSchema(db);
    migrate(db);
    assert.equal(describeSchema(db), before);
  });
});

describe("sessions", () => {
  it("addFacts: known values stay, gaps are filled, direction unknown is a gap", () => {
    const { sessions } = store.writes;
    sessions.create({ id: "s", source: "pbx", facts: { callId: "c", queue: "billing", direction: "unknown" }, priority: 50, nowMs: 1 });
    const row = sessions.byId("s");
    assert.ok(row);
    assert.equal(sessions.addFacts(row, { callId: "c", queue: "sales", direction: "inbound", agentId: "201" }, 2), true);
    const after = sessions.byId("s");
    assert.deepEqual([after?.queue, after?.direction, after?.agent_id], ["billing", "inbound", "201"]);
    assert.equal(after && sessions.addFacts(after, { callId: "c", queue: "x" }, 3), false);
  });
  it("call ids are unique per source for ever", () => {
    const { sessions } = store.writes;
    sessions.create({ id: "s", source: "pbx", facts: { callId: "c" }, priority: 50, nowMs: 1 });
    assert.throws(() => sessions.create({ id: "t", source: "pbx", facts: { callId: "c" }, priority: 50, nowMs: 1 }));
    sessions.create({ id: "u", source: "other", facts: { callId: "c" }, priority: 50, nowMs: 2 });
    assert.equal(sessions.byCallId("pbx", "c")?.id, "s");
    assert.equal(sessions.newestByCallId("c")?.id, "u");
  });
  it("absorb: every name of the one leads to the other, nothing dangles", () => {
    const { sessions, join: joining } = store.writes;
    sessions.create({ id: "s", source: "pbx", facts: { callId: "a" }, priority: 50, nowMs: 1 });
    sessions.create({ id: "t", source: "folder", facts: { callId: "b" }, priority: 50, nowMs: 1 });
    joining.absorb("t", "s");
    assert.equal(sessions.byCallId("folder", "b")?.id, "s");
    assert.equal(sessions.byId("t"), undefined);
    assert.deepEqual(db.pragma("foreign_key_check"), []);
  });
});

describe("customers", () => {
  it("an address leads to the customer who was seen with it first, and remembers its first and last sighting", () => {
    const { customers } = store.writes;
    const ana = customers.create(1);
    customers.see(ana, { kind: "e164", value: "+1" }, 5);
    const bob = customers.create(2);
    customers.see(bob, { kind: "e164", value: "+1" }, 3);
    assert.deepEqual(customers.known([{ kind: "e164", value: "+1" }, { kind: "e164", value: "+2" }]).map((one) => one.customer_id), [ana]);
    assert.deepEqual(db.prepare("SELECT first_seen_ms, last_seen_ms FROM identities").all(), [{ first_seen_ms: 3, last_seen_ms: 5 }]);
  });
  it("the CRM's name beats what people call themselves, a later name an earlier one, whatever came first", () => {
    const { customers } = store.writes;
    const names: [string, 0 | 1, number][] = [["Ana", 0, 5], ["Ana Keller", 1, 2], ["Anna K", 0, 9], ["A. Keller", 1, 1]];
    for (const order of [names, [...names].reverse()]) {
      const id = customers.create(1);
      for (const [name, rank, atMs] of order) customers.name(id, name, rank, atMs);
      assert.equal(customers.card(id)?.name, "Ana Keller");
    }
  });
});

describe("threads and search", () => {
  const found = (word: string): number => store.reads.search.step({ match: `"${word}"`, filter: {}, below: store.reads.search.endSeq(), lowest: 0, width: 1000, count: 10 }).found.length;
  it("calls of one number are one thread in time order, paged without gap or repeat", () => {
    call("one", [["customer", "my invoice is wrong"], ["agent", "let me look"]]);
    call("two", [["customer", "the invoice again"]]);
    const customer = store.reads.listCustomers(undefined, page).items[0];
    assert.ok(customer);
    const first = store.reads.thread(customer.id, { limit: 2 });
    const rest = store.reads.thread(customer.id, { limit: 2, ...(first.next === null ? {} : { cursor: first.next }) });
    assert.deepEqual([...first.items, ...rest.items].map((message) => message.text), ["my invoice is wrong", "let me look", "the invoice again"]);
    assert.equal(rest.next, null);
    assert.equal(first.items[0]?.start_ms, 0);
  });
  it("replaceTurns: running it twice leaves one transcript and an intact index", () => {
    call("one", [["customer", "hello there"]]);
    const row = store.writes.sessions.byCallId("pbx", "one");
    assert.ok(row);
    store.writes.messages.replaceTurns(row, [{ id: "msg_new", speaker: "agent", startMs: 0, endMs: 5, text: "other words", confidence: 1 }], { ...heard, dropped: [], redactions: [] }, 5);
    assert.equal(found("hello"), 0);
    assert.equal(found("other"), 1);
    db.exec("INSERT INTO messages_fts(messages_fts, rank) VALUES ('integrity-check', 1)");
  });
  it("a cursor that is not ours is refused with its path", () => {
    assert.throws(() => store.reads.listCalls({}, { limit: 5, cursor: "zzz" }), { code: "REQUEST_INVALID" });
  });
  it("listCalls: pages are complete while nothing arrives", () => {
    for (let i = 0; i < 7; i++) call(`c${i}`, [["customer", "x"]]);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const part = store.reads.listCalls({}, { limit: 3, ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...part.items.map((item) => item.call_id));
      cursor = part.next ?? undefined;
    } while (cursor !== undefined);
    assert.deepEqual(seen, ["c6", "c5", "c4", "c3", "c2", "c1", "c0"]);
  });
});

describe("outbox", () => {
  it("a newer result supersedes an older one that still waits", () => {
    call("one", [["customer", "x"]]);
    const { findings } = store.writes;
    findings.post({ sessionId: "ses_one", destination: "crm", revision: 1, body: "{}", nowMs: clock.now() });
    clock.advance(1);
    findings.post({ sessionId: "ses_one", destination: "crm", revision: 2, body: "{}", nowMs: clock.now() });
    assert.deepEqual(findings.due(clock.now(), 9).map((item) => item.revision), [2]);
    findings.disable("crm", "410", 1);
    assert.equal(findings.due(clock.now(), 9).length, 0);
    findings.enable("crm", clock.now());
    assert.equal(findings.due(clock.now(), 9).length, 1);
  });
});

describe("arrivals", () => {
  it("a webhook id with the same content is a repeat, with other content a replay", () => {
    const { arrivals } = store.writes;
    assert.deepEqual([arrivals.noteWebhook("pbx", "1", "a", 1), arrivals.noteWebhook("pbx", "1", "a", 2), arrivals.noteWebhook("pbx", "1", "b", 3), arrivals.noteWebhook("b", "1", "b", 3)], ["new", "same", "different", "new"]);
  });
});

describe("audit", () => {
  const event = { actor: { kind: "key", id: "k", ip: "::1" }, action: "recording.read", object: { kind: "call", id: "c" }, outcome: "ok" } as const;
  it("rows cannot be changed or removed by the program", () => {
    store.audit.append(event);
    assert.throws(() => db.exec("UPDATE events SET event = '{}'"), /append-only/);
    assert.throws(() => db.exec("DELETE FROM events"), /append-only/);
  });
  it("verify: any change behind the program's back is found and named", () => {
    for (let i = 0; i < 20; i++) store.audit.append(event);
    assert.equal(store.audit.verify(), undefined);
    db.exec("DROP TRIGGER events_no_update; DROP TRIGGER events_no_delete");
    for (const harm of ["UPDATE events SET event = replace(event, 'read', 'read') || ' ' WHERE seq = 7", "DELETE FROM events WHERE seq = 7", "UPDATE events SET at_ms = 1 WHERE seq = 7"]) {
      db.exec("SAVEPOINT harm");
      db.exec(harm);
      assert.equal(store.audit.verify(), 7, harm);
      db.exec("ROLLBACK TO harm; RELEASE harm");
    }
    assert.equal(store.audit.verify(), undefined);
  });
  it("control characters never reach a row (CWE-117)", () => {
    store.audit.append({ ...event, reason: "a\nforged line\u001b[31m" });
    const row = db.prepare("SELECT event FROM events").get() as { event: string };
    // eslint-disable-next-line no-control-regex
    assert.doesNotMatch(row.event, /[\u0000-\u001f]|\\n|\\u001b/);
  });
});

describe("access", () => {
  it("a key is found by its secret only, and the secret is not in the database", () => {
    const secret = store.access.createKey("crm", "analyst");
    assert.equal(store.access.findKey(secret)?.role, "analyst");
    assert.equal(store.access.findKey(`${secret}x`), undefined);
    assert.ok(!JSON.stringify(db.prepare("SELECT * FROM api_keys").all()).includes(secret));
  });
  it("a login code opens one session, once, for fifteen minutes", () => {
    const code = store.access.createLoginCode("admin");
    const token = store.access.redeemLoginCode(code);
    assert.ok(token !== undefined && store.access.redeemLoginCode(code) === undefined);
    assert.equal(store.access.findLogin(token)?.role, "admin");
    assert.equal(store.access.findLogin(code), undefined);
    store.access.endLogin(token);
    assert.equal(store.access.findLogin(token), undefined);
    const late = store.access.createLoginCode("admin");
    clock.advance(16 * 60_000);
    assert.equal(store.access.redeemLoginCode(late), undefined);
  });
});
