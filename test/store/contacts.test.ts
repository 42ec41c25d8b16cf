// The list of contacts: every filter against a plain re-telling of it, every order complete and without doubles, whatever the steps; values to choose from; kept views.
import assert from "node:assert/strict";
import fc from "fast-check";
import { CALL_STATUSES, CONTACT_SORTS, CONTACT_STATUSES, MOODS, newId, type ContactSort } from "../../app/domain/index.ts";
import { inTransaction, manualClock, openDatabase, type Db } from "../../app/platform/index.ts";
import { sql as upgrade } from "../../app/store/migrations/0200-contacts.ts";
import { createStore, migrate, type ContactFilter, type ContactReads, type Cursor, type SavedViews, type SearchReads } from "../../app/store/index.ts";

let db: Db;
let reads: ContactReads;
let views: SavedViews;
let search: SearchReads;
let besides: ReturnType<typeof createStore>["reads"]["besides"];
before(() => {
  migrate((db = openDatabase(":memory:")));
  const store = createStore(db, manualClock());
  [reads, views, search, besides] = [store.reads.contacts, store.savedViews, store.reads.search, (id) => store.reads.besides(id)];
});
after(() => db.close());
beforeEach(() => db.exec("DELETE FROM rule_alerts; DELETE FROM rule_hits; DELETE FROM rule_runs; DELETE FROM messages; DELETE FROM analyses; DELETE FROM sessions; DELETE FROM conversations; DELETE FROM customers"));

const maybe = <T>(...values: T[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
const rowOf = fc.record({
  atMs: fc.integer({ min: 0, max: 40 }), channel: fc.constantFrom("phone", "sms", "email"), state: fc.constantFrom(...CALL_STATUSES), agent: maybe("a", "b", "c"), queue: maybe("q", "r"), topic: maybe("T", "U"), reason: maybe("x.y", "x.z"),
  outcome: maybe("resolved", "unresolved"), mood: maybe(-0.8, -0.1, 0, 0.1, 0.11, 0.8), length: maybe(0, 5, 5000), status: maybe("open", "waiting", "resolved"), due: maybe("2026-01-01", "2026-06-01"), rules: fc.uniqueArray(fc.constantFrom("rule", "rule_two"), { maxLength: 2 }), isAlert: fc.boolean(),
});
type Row = (typeof rowOf extends fc.Arbitrary<infer R> ? R : never) & { id: string };
const filterOf: fc.Arbitrary<ContactFilter> = fc.record(
  {
    channel: fc.constantFrom("phone", "sms"), agentId: fc.constantFrom("a", "b"), agentIds: fc.subarray(["a", "b", "c"]), queue: fc.constant("q"), topic: fc.constantFrom("T", "t"), reason: fc.constant("x.y"), outcome: fc.constantFrom("resolved", "unknown"),
    sentiment: fc.constantFrom(...MOODS), rule: fc.constantFrom("rule", "rule_two", "*", "none"), status: fc.constantFrom(...CONTACT_STATUSES), state: fc.constantFrom(...CALL_STATUSES), fromMs: fc.integer({ min: 0, max: 40 }), toMs: fc.integer({ min: 0, max: 41 }),
  },
  { requiredKeys: [] },
).map((filter) => ({ ...filter, today: "2026-03-01" }));

/** Written as the pipeline does it, in several steps, so that every trigger has its turn. */
function add(row: Omit<Row, "id">): Row {
  const id = newId("ses", row.atMs);
  const conversation = row.status === undefined ? null : newId("cnv", 1);
  if (conversation !== null) db.prepare("INSERT INTO conversations (id, status, opened_at_ms, updated_at_ms) VALUES (?, 'open', 1, 1)").run(conversation);
  db.prepare("INSERT INTO sessions (id, channel, source, call_id, status, received_at_ms, updated_at_ms) VALUES (?, ?, 's', ?, 'received', 99, 1)").run(id, row.channel, id);
  db.prepare("UPDATE sessions SET started_at_ms = ?, status = ?, agent_id = ?, agent_name = ?, queue = ?, reason = ?, outcome = ?, duration_ms = ?, conversation_id = ? WHERE id = ?")
    .run(row.atMs, row.state, row.agent ?? null, row.agent === undefined ? null : `Agent ${row.agent}`, row.queue ?? null, row.reason ?? null, row.outcome ?? null, row.length ?? null, conversation, id);
  for (const [revision, topic] of [[1, "Old"], [2, row.topic ?? null]] as const)
    db.prepare("INSERT INTO analyses (id, session_id, revision, body, metrics, created_at_ms) VALUES (?, ?, ?, ?, '{}', 1)").run(newId("ana", 1), id, revision, JSON.stringify({ topic, sentiment: { customer_start: 0, customer_end: row.mood ?? null }, action_items: [{ owner: "customer", due: "2000-01-01" }, { owner: "agent", due: row.due ?? null }] }));
  for (const rule of row.rules) db.prepare("INSERT INTO rule_hits VALUES (?, ?, 1, 'l', 0, 'matched', '{}', '[]', '', 1)").run(id, rule);
  db.prepare("INSERT INTO rule_hits VALUES (?, 'none', 1, 'l', 0, 'not_measurable', '{}', '[]', '', 1)").run(id);
  db.prepare("INSERT INTO rule_runs VALUES (?, 1, '', '', 1)").run(id);
  if (row.isAlert) db.prepare("INSERT INTO rule_alerts VALUES (?, 'rule', 1, 'Rule', 'critical', 1)").run(id);
  if (conversation !== null) db.prepare("UPDATE conversations SET status = ? WHERE id = ?").run(row.status, conversation);
  return { ...row, id };
}

const PLAIN: Omit<Row, "id"> = { atMs: 0, channel: "phone", state: "done", agent: undefined, queue: undefined, topic: undefined, reason: undefined, outcome: undefined, mood: undefined, length: undefined, status: undefined, due: undefined, rules: [], isAlert: false };

/** The filters told again, one row at a time. */
function passes(row: Row, f: ContactFilter): boolean {
  const mood = row.mood === undefined ? undefined : row.mood < -0.1 ? "neg" : row.mood > 0.1 ? "pos" : "neutral";
  return [
    f.channel === undefined || row.channel === f.channel, f.agentId === undefined || row.agent === f.agentId, f.agentIds === undefined || (row.agent !== undefined && f.agentIds.includes(row.agent)), f.queue === undefined || row.queue === f.queue,
    f.topic === undefined || row.topic?.toLowerCase() === f.topic.toLowerCase(), f.reason === undefined || row.reason === f.reason, f.outcome === undefined || (row.outcome ?? "unknown") === f.outcome, f.sentiment === undefined || mood === f.sentiment,
    f.rule === undefined || (f.rule === "*" ? row.isAlert : (row.rules as string[]).includes(f.rule)), f.status === undefined || (f.status === "due" ? row.due === "2026-01-01" && row.status !== undefined && row.status !== "resolved" : row.status === f.status),
    f.state === undefined || (row.channel === "phone" && row.state === f.state), f.fromMs === undefined || row.atMs >= f.fromMs, f.toMs === undefined || row.atMs < f.toMs,
  ].every(Boolean);
}

const KEY: Record<ContactSort, (row: Row) => number> = { newest: (row) => row.atMs, longest: (row) => row.length ?? -1, worst: (row) => (row.mood === undefined ? -2 : -row.mood) };
const ordered = (rows: Row[], sort: ContactSort): string[] => rows.sort((a, b) => KEY[sort](b) - KEY[sort](a) || (a.id < b.id ? 1 : -1)).map((row) => row.id);

function walk(filter: ContactFilter, sort: ContactSort, width: number, count: number): string[] {
  const found: string[] = [];
  for (let after: Cursor | undefined, steps = 0; ; steps++) {
    assert.ok(steps < 500, "every step comes further");
    const step = reads.step({ filter, sort, after, width, count });
    found.push(...step.found.map((one) => one.id));
    if (step.next === undefined) return found;
    after = step.next;
  }
}

describe("store: the list of contacts", () => {
  it("every filter and every mixture of them finds exactly what a plain look at each row finds, in each order, whatever the width of a step", () => {
    fc.assert(
      fc.property(fc.array(rowOf, { minLength: 20, maxLength: 40 }), fc.array(filterOf, { minLength: 10, maxLength: 10 }), fc.constantFrom(1, 3, 100), fc.constantFrom(1, 2, 50), (list, filters, width, count) => {
        db.exec("DELETE FROM rule_alerts; DELETE FROM rule_hits; DELETE FROM rule_runs; DELETE FROM analyses; DELETE FROM sessions; DELETE FROM conversations");
        const rows = inTransaction(db, () => list.map(add));
        for (const filter of [...filters, {}]) for (const sort of CONTACT_SORTS) assert.deepEqual(walk(filter, sort, width, count), ordered(rows.filter((row) => passes(row, filter)), sort), `${sort} ${JSON.stringify(filter)}`);
      }),
      { numRuns: 8 },
    );
  });

  it("values to choose from are those that contacts have now, of these agents only when asked so, however they changed", () => {
    fc.assert(
      fc.property(fc.array(rowOf, { minLength: 1, maxLength: 12 }), fc.array(fc.tuple(fc.nat(11), rowOf), { maxLength: 8 }), fc.subarray(["a", "b"] as const, { minLength: 1 }), (list, changes, agents) => {
        db.exec("DELETE FROM rule_alerts; DELETE FROM rule_hits; DELETE FROM rule_runs; DELETE FROM analyses; DELETE FROM sessions; DELETE FROM conversations");
        const rows = list.map(add);
        for (const [at, { agent, queue, reason }] of changes) {
          const row = rows[at % rows.length];
          if (row === undefined) continue;
          db.prepare("UPDATE sessions SET agent_id = ?, agent_name = ?, queue = ?, reason = ? WHERE id = ?").run(agent ?? null, agent === undefined ? null : `Agent ${agent}`, queue ?? null, reason ?? null, row.id);
          Object.assign(row, { agent, queue, reason });
        }
        const gone = rows.pop();
        for (const table of ["rule_alerts", "rule_hits", "rule_runs", "analyses"]) db.prepare(`DELETE FROM ${table} WHERE session_id = ?`).run(gone?.id);
        db.prepare("DELETE FROM sessions WHERE id = ?").run(gone?.id);
        const values = (of: Row[], kind: "agent" | "queue" | "topic" | "reason"): string[] => [...new Set(of.map((row) => row[kind]).filter((value) => value !== undefined))].sort();
        for (const kind of ["agent", "queue", "topic", "reason"] as const) {
          assert.deepEqual(reads.offers(kind).map((one) => one.value).sort(), values(rows, kind), kind);
          assert.deepEqual(reads.offers(kind, agents).map((one) => one.value).sort(), values(rows.filter((row) => (agents as readonly (string | undefined)[]).includes(row.agent)), kind), `${kind} of ${agents.join()}`);
        }
        assert.deepEqual(reads.offers("agent").map((one) => one.label), reads.offers("agent").map((one) => `Agent ${one.value}`));
        assert.equal(db.prepare("SELECT count(*) FROM contact_values WHERE n <= 0").pluck().get(), 0);
      }),
      { numRuns: 25 },
    );
  });

  it("what the triggers keep is what the upgrade makes of the same rows", () => {
    inTransaction(db, () => fc.sample(rowOf, { numRuns: 60, seed: 3 }).map(add));
    const all = (from: Db): unknown[] => [from.prepare("SELECT * FROM contacts ORDER BY session_id").all(), from.prepare("SELECT * FROM contact_values ORDER BY kind, value, agent_id").all()];
    const kept = all(db);
    const old = openDatabase(":memory:");
    migrate(old);
    for (const object of ["TABLE contacts", "TABLE contact_values", "TABLE saved_views"]) old.exec(`DROP ${object}`);
    for (const name of old.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name GLOB 'contacts_*'").pluck().all()) old.exec(`DROP TRIGGER ${String(name)}`);
    old.pragma("foreign_keys = OFF");
    for (const table of ["conversations", "sessions", "analyses", "rule_hits", "rule_runs", "rule_alerts"]) {
      const lines = db.prepare(`SELECT * FROM ${table}`).raw().all() as unknown[][];
      for (const line of lines) old.prepare(`INSERT INTO ${table} VALUES (${line.map(() => "?").join(", ")})`).run(...line);
    }
    old.exec(upgrade);
    assert.deepEqual(all(old), kept);
    old.close();
  });

  it("a search within filters finds the lines of exactly the contacts that the list shows", () => {
    const rows = inTransaction(db, () => fc.sample(rowOf, { numRuns: 40, seed: 5 }).map(add));
    for (const { id, channel } of rows) db.prepare("INSERT INTO messages (id, session_id, channel, speaker, kind, text, at_ms) VALUES (?, ?, ?, 'customer', 'text', 'a refund', 1)").run(`msg_${id}`, id, channel);
    for (const contact of fc.sample(filterOf, { numRuns: 60, seed: 6 })) {
      const { found } = search.step({ match: '"refund"', filter: { contact }, below: search.endSeq(), lowest: 0, width: 1e6, count: 100 });
      assert.deepEqual(search.messages(found.map((one) => one.seq)).map((one) => one.message.session_id).sort(), walk(contact, "newest", 100, 100).sort(), JSON.stringify(contact));
    }
  });

  it("a contact whose messages all went elsewhere is not listed, and comes back with them", () => {
    const { id } = add({ ...PLAIN, atMs: 1, channel: "sms", agent: "a" });
    db.prepare("UPDATE sessions SET is_empty = 1 WHERE id = ?").run(id);
    assert.deepEqual([walk({}, "newest", 10, 10), reads.offers("agent")], [[], []]);
    db.prepare("UPDATE sessions SET is_empty = 0 WHERE id = ?").run(id);
    assert.deepEqual(walk({}, "newest", 10, 10), [id]);
  });

  it("a row tells who, how much was said and what came last, in the order that was asked for", () => {
    const [one, two] = [add(fc.sample(rowOf, { numRuns: 1, seed: 1 })[0] as Row), add(fc.sample(rowOf, { numRuns: 1, seed: 2 })[0] as Row)];
    db.prepare("INSERT INTO customers (id, root_id, name, created_at_ms) VALUES ('cus_1', 'cus_1', 'Maria', 1)").run();
    db.prepare("UPDATE sessions SET customer_id = 'cus_1' WHERE id = ?").run(two.id);
    for (const [at, text] of [[1, "Hello"], [2, "Goodbye"]] as const) db.prepare("INSERT INTO messages (id, session_id, channel, speaker, kind, text, at_ms) VALUES (?, ?, 'sms', 'customer', 'text', ?, ?)").run(`msg_${at}`, two.id, text, at);
    const rows = reads.rows([two.id, "ses_unknown", one.id]);
    assert.deepEqual(rows.map((row) => [row.session_id, row.customer, row.messages, row.last]), [[two.id, "Maria", 2, { id: "msg_2", speaker: "customer", text: "Goodbye" }], [one.id, null, 0, null]]);
  });
});

describe("store: the contacts beside one", () => {
  it("stand before and after it by when they were, not by when they were handed in", () => {
    const [late, early, middle] = [add({ ...PLAIN, atMs: 30 }), add({ ...PLAIN, atMs: 10 }), add({ ...PLAIN, atMs: 20 })];
    db.exec("INSERT INTO customers (id, root_id, created_at_ms) VALUES ('cus_1', 'cus_1', 1); UPDATE sessions SET customer_id = 'cus_1', is_empty = 0");
    const { before: earlier, after: later } = besides(middle.id);
    assert.deepEqual([earlier?.session_id, later?.session_id], [early.id, late.id]);
    assert.deepEqual([besides(early.id).before, besides(late.id).after], [null, null]);
  });
});

describe("store: kept views", () => {
  it("belong to one person: nobody else sees, renames or deletes them", () => {
    const { id } = views.keep("me", "Mine", "topic=T");
    assert.deepEqual([views.of("me").map((one) => one.name), views.of("you")], [["Mine"], []]);
    assert.equal(views.rename("you", id, "Yours"), undefined);
    assert.equal(views.drop("you", id), false);
    assert.equal(views.rename("me", id, "Still mine")?.query, "topic=T");
    assert.equal(views.drop("me", id), true);
    assert.deepEqual(views.of("me"), []);
  });

  it("a name stands once: kept again it has the new filters, another view cannot take it; twenty are enough", () => {
    const first = views.keep("her", "A", "queue=q");
    assert.equal(views.keep("her", "A", "queue=r").id, first.id);
    assert.deepEqual(views.of("her").map((one) => one.query), ["queue=r"]);
    const second = views.keep("her", "B", "");
    assert.throws(() => views.rename("her", second.id, "A"), { code: "CONFLICT" });
    for (let i = 0; i < 18; i++) views.keep("her", `view ${i}`, "");
    assert.throws(() => views.keep("her", "one more", ""), { code: "CONFLICT" });
    assert.equal(views.keep("her", "A", "").id, first.id);
  });
});
