// Merges and splits are records: any number of them, undone in any order that is allowed, leaves everything as it was.
import assert from "node:assert/strict";
import fc from "fast-check";
import { AppError, type ChannelEvent, type Identity } from "../../../app/domain/index.ts";
import { openThreadHouse, type ThreadHouse } from "../../support/thread-house.ts";

const HOUR = 3_600_000;
const BEGIN = Date.UTC(2026, 10, 2, 9);
const by = { actor: { kind: "key", id: "key_test", ip: null } } as const;

const email = (name: string): Identity => ({ kind: "email", value: `${name}@example.org` });
const mail = (id: string, hours: number, identities: Identity[], rest: object = {}): ChannelEvent => ({
  kind: "message",
  message: { source: "box", channel: "web_chat", externalId: id, kind: "text", speaker: "customer", text: id, atMs: BEGIN + hours * HOUR, customer: { identities }, ...rest },
});

/** Everything that merges may touch, as it lies in the tables. */
function tables({ db }: ThreadHouse): unknown {
  const all = (sql: string): unknown[] => db.prepare(sql).all();
  return {
    identities: all("SELECT id, customer_id, origin_id, kind, value FROM identities ORDER BY id"),
    sessions: all("SELECT id, customer_id, origin_id, conversation_id, started_at_ms, ended_at_ms FROM sessions ORDER BY id"),
    messages: all("SELECT id, session_id, customer_id, conversation_id FROM messages ORDER BY id"),
    conversations: all("SELECT id, customer_id, founder_id, status, opened_at_ms, updated_at_ms FROM conversations WHERE is_empty = 0 ORDER BY id"),
    customers: all("SELECT id, root_id, merged_into FROM customers WHERE EXISTS (SELECT 1 FROM identities WHERE origin_id = customers.id) ORDER BY id"),
    apart: all("SELECT one, other FROM apart"),
  };
}

/** Ten people with three addresses each; contacts by one or two of them, days apart or together. */
function populate(house: ThreadHouse): string[] {
  for (let person = 0; person < 10; person++) {
    const own = [0, 1, 2].map((i) => email(`p${person}-${i}`));
    house.receive(mail(`first-${person}`, person * 30, own));
    for (let i = 0; i < 6; i++) house.receive(mail(`m-${person}-${i}`, person * 30 + i * 40, i % 3 === 0 ? own.slice(0, 2) : [own[i % 3] ?? email("x")]));
    house.clock.advance(1_000);
  }
  return (house.db.prepare("SELECT id FROM customers ORDER BY id").all() as { id: string }[]).map((row) => row.id);
}

describe("merge, split and undo", () => {
  it("1,000 random merges and splits, undone in a random order, restore the original exactly", async () => {
    let done = 0;
    for (let run = 0; done < 1_000; run++) {
      const [order] = fc.sample(fc.infiniteStream(fc.nat()), { numRuns: 1, seed: 4_200 + run });
      const dice = (below: number): number => Number(order?.next().value ?? 0) % Math.max(1, below);
      const house = openThreadHouse();
      const people = populate(house);
      const before = tables(house);
      const undo: string[] = [];
      while (undo.length < 50) {
        house.clock.advance(1_000);
        const roots = (house.db.prepare("SELECT id FROM customers c WHERE root_id = id AND EXISTS (SELECT 1 FROM identities WHERE customer_id = c.id) ORDER BY id").all() as { id: string }[]).map((row) => row.id);
        const customer = roots[dice(roots.length)] ?? "";
        if (dice(2) === 0 && roots.length > 1) undo.push((await house.desk.merge(customer, roots[(roots.indexOf(customer) + 1 + dice(roots.length - 1)) % roots.length] ?? "", "same", by)).merge_id);
        else {
          const addresses = house.parts.store.writes.customers.addressesOf(customer);
          if (addresses.length > 1) undo.push((await house.desk.split(customer, [...addresses].sort(() => dice(3) - 1).slice(0, 1 + dice(addresses.length - 1)), [], "not the same", by)).merge_id);
        }
      }
      done += undo.length;
      assert.notDeepEqual(tables(house), before);
      for (let left = undo; left.length > 0; ) {
        const at = dice(left.length);
        const id = left[at] ?? "";
        const row = house.parts.store.writes.merges.byId(id);
        const undone = await house.desk.unmerge(row?.into_id ?? "", id, by).then(() => true, (error: unknown) => {
          assert.ok(error instanceof AppError && error.code === "CONFLICT", String(error));
          return false; // a later split of the same addresses stands: that one first
        });
        left = undone ? left.filter((_, i) => i !== at) : left;
      }
      assert.equal(people.length, 10);
      house.db.exec("DELETE FROM apart"); // undone merges leave "these are two people" behind, which is a decision and not part of the original
      assert.deepEqual(tables(house), before);
      assert.deepEqual(house.db.pragma("foreign_key_check"), []);
      assert.equal(house.parts.store.audit.verify(), undefined, "every one of them is in the audit trail, and the chain holds");
      house.close();
    }
  }).timeout(120_000);

  it("a person's no is remembered: what was taken apart does not join again by itself, and joins again when a person says so", async () => {
    const house = openThreadHouse();
    house.receive(mail("a", 0, [email("ana")]), mail("b", 1, [email("bob")]), mail("both", 2, [email("ana"), email("bob")]));
    const [joined] = house.db.prepare("SELECT id FROM merges").all() as { id: string }[];
    const root = house.parts.store.writes.customers.known([email("ana")])[0]?.customer_id ?? "";
    assert.equal(house.parts.store.writes.customers.known([email("bob")])[0]?.customer_id, root, "an equal address joins by itself, and that is a record");
    await house.desk.unmerge(root, joined?.id ?? "", by);
    const [ana, bob] = [email("ana"), email("bob")].map((one) => house.parts.store.writes.customers.known([one])[0]?.customer_id);
    assert.notEqual(ana, bob);
    house.receive(mail("again", 3, [email("ana"), email("bob")]));
    assert.deepEqual([email("ana"), email("bob")].map((one) => house.parts.store.writes.customers.known([one])[0]?.customer_id), [ana, bob]);
    await house.desk.merge(ana ?? "", bob ?? "", "they are married and share everything", by);
    assert.equal(house.desk.merges(ana ?? "").length, 2, "both merges are in the history");
    house.close();
  });

  it("what came since under an address that returns, returns with it; a split takes along the sessions that came by its addresses only", async () => {
    const house = openThreadHouse();
    house.receive(mail("work", 0, [email("ana"), email("ana.work")]), mail("home", 50, [email("ana")]), mail("office", 100, [email("ana.work")]));
    const ana = house.parts.store.writes.customers.known([email("ana")])[0]?.customer_id ?? "";
    const { other, merge_id } = await house.desk.split(ana, [email("ana.work")], [], "an account of her office", by);
    const threadOf = (id: string): string[] => house.parts.store.reads.thread(id, { limit: 50 }).items.map((one) => one.text);
    assert.deepEqual([threadOf(ana), threadOf(other)], [["work", "home"], ["office"]]);
    house.receive(mail("late", 150, [email("ana.work")]));
    assert.deepEqual(threadOf(other), ["office", "late"]);
    await house.desk.unmerge(ana, merge_id, by);
    assert.deepEqual(threadOf(ana), ["work", "home", "office", "late"]);
    house.close();
  });

  it("suggests who may be one person, with a reason and without joining anybody", async () => {
    const house = openThreadHouse();
    const call = (callId: string, from: string, customerName: string) => house.notify("pbx", { kind: "call.ended", facts: { callId, from, direction: "inbound", customerName } });
    call("1", "+442079460018", "Maria Keller");
    house.receive(mail("typed", 5, [{ kind: "chat_id", value: "web:1" }], { customer: { identities: [{ kind: "chat_id", value: "web:1" }], claimed: [{ kind: "e164", value: "+442079460018" }] } }));
    house.receive(mail("named", 6, [email("maria.keller")], { customer: { identities: [email("maria.keller")], name: "Keller, Maria" } }), mail("other", 7, [email("peter")], { customer: { identities: [email("peter")], name: "Maria Keller" } }));
    const maria = house.parts.store.writes.customers.known([{ kind: "e164", value: "+442079460018" }])[0]?.customer_id ?? "";
    const found = house.desk.duplicates(maria);
    assert.deepEqual(found.map((one) => [one.score, one.reason]), [[0.8, "one gave the telephone number that the other is known by"]], "a name alone is no reason");
    call("2", "+12079460018", "Keller, María");
    assert.equal(house.desk.duplicates(maria).at(-1)?.reason, "their telephone number differs only in form; they have the same name");
    await house.desk.split(maria, [], [], "nothing", by).then(() => assert.fail(), (error: unknown) => assert.equal((error as AppError).code, "REQUEST_INVALID"));
    house.close();
  });
});

describe("decisions about conversations", () => {
  it("status, owner and reason stay when something comes later or earlier; a moved session stays where a person put it", async () => {
    const house = openThreadHouse();
    house.receive(mail("one", 0, [email("ana")]), mail("two", 24 * 9, [email("ana")]));
    const conversations = () => house.db.prepare("SELECT id, status, owner, reason FROM conversations WHERE is_empty = 0 ORDER BY opened_at_ms").all() as { id: string; status: string; owner: string | null; reason: string | null }[];
    const [first, second] = conversations();
    assert.ok(first && second, "nine days apart: two matters");
    house.clock.advance(24 * 10 * HOUR);
    await house.desk.change(first.id, { status: "resolved", owner: "ana@desk", reason: "billing.refund" }, by);
    house.receive(mail("late", 3, [email("ana")]));
    assert.deepEqual(conversations()[0], { id: first.id, status: "resolved", owner: "ana@desk", reason: "billing.refund" });
    const two = house.db.prepare("SELECT session_id FROM messages WHERE external_id = 'two'").get() as { session_id: string };
    await house.desk.move(two.session_id, first.id, by);
    assert.deepEqual(conversations().map((one) => one.id), [first.id], "the conversation keeps its id, and the empty one leads to it");
    assert.equal(house.parts.store.reads.conversation(second.id)?.id, first.id);
    await house.desk.move(two.session_id, null, by);
    assert.deepEqual(conversations().map((one) => one.id), [first.id, second.id], "and back");
    const log = house.parts.store.writes.conversations.activities(first.id).filter((one) => one.isDecision);
    assert.deepEqual(log.map((one) => [one.actor, one.field, one.value]), [["key:key_test", "status", "resolved"], ["key:key_test", "owner", "ana@desk"], ["key:key_test", "reason", "billing.refund"]]);
    house.close();
  });
});
