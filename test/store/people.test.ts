import { strict as assert } from "node:assert";
import fc from "fast-check";
import type { PersonRole } from "../../app/domain/index.ts";
import { manualClock, openDatabase, type Db, type ManualClock } from "../../app/platform/index.ts";
import { createPasswords, createStore, formatPasswordHash, migrate, parsePasswordHash, PRESENT_COST, type NewPerson, type Person, type Store } from "../../app/store/index.ts";
import { quickPasswords, type QuickPasswords } from "../support/quick-passwords.ts";

const PASSWORD = "four plain words here";
const HERE = { address: "192.0.2.7", browser: "Firefox on Windows" };

let db: Db;
let clock: ManualClock;
let passwords: QuickPasswords;
let store: Store;

beforeEach(() => {
  db = openDatabase(":memory:");
  migrate(db);
  clock = manualClock();
  passwords = quickPasswords();
  store = createStore(db, clock, passwords);
});
afterEach(() => db.close());

const add = (login: string, role: PersonRole = "admin", more: Partial<NewPerson> = {}): Person => store.people.add({ login, name: login.toUpperCase(), role, ...more });
/** Somebody who has chosen a password. */
async function settled(login: string, role: PersonRole = "admin", more: Partial<NewPerson> = {}): Promise<{ id: string; token: string }> {
  const { id } = add(login, role, more);
  const made = await store.access.setUp(store.access.invite(id), PASSWORD, HERE);
  return { id, token: made?.token ?? assert.fail("the code did not work") };
}

describe("store: passwords", () => {
  it("scrypt runs outside of the event loop with parameters that are stored beside the hash, and proves the right password only", async () => {
    const real = createPasswords();
    const stored = await real.hash(PASSWORD);
    assert.match(stored, /^\$scrypt\$ln=15,r=8,p=3\$[\w+/]{22}\$[\w+/]{43}$/);
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    assert.deepEqual([await real.matches(PASSWORD, stored), await real.matches(`${PASSWORD} `, stored)], [true, false]);
    clearInterval(timer);
    assert.ok(turns >= 20, `the event loop had ${turns} turns meanwhile`);
  });

  it("a hash is read back as it was written, and nothing else is one", () => {
    const bytes = fc.uint8Array({ minLength: 16, maxLength: 32 }).map((list) => Buffer.from(list));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 1, max: 16 }), fc.integer({ min: 1, max: 9 }), bytes, bytes, (ln, r, p, salt, key) => {
        const hash = { n: 2 ** ln, r, p, salt, key };
        const text = formatPasswordHash(hash);
        assert.deepEqual(parsePasswordHash(text), hash);
        for (const broken of [`${text}=`, ` ${text}`, text.replace("scrypt", "bcrypt"), text.replace(/ln=\d+/, "ln=40"), text.replace(/\$[^$]*$/, ""), text.slice(0, -24)]) assert.equal(parsePasswordHash(broken), undefined, broken);
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => assert.equal(parsePasswordHash(text), undefined)));
  });

  it("the same password has another hash each time, and nobody's password is never right", async () => {
    const [one, two] = [await passwords.hash(PASSWORD), await passwords.hash(PASSWORD)];
    assert.notEqual(one, two);
    assert.deepEqual([await passwords.matches(PASSWORD, two), await passwords.matches(PASSWORD, null), await passwords.matches("", undefined), await passwords.matches(PASSWORD, "broken")], [true, false, false, false]);
  });

  it("at most two are compared at once, and who comes when 64 wait is told to come again", async () => {
    let running = 0;
    let most = 0;
    const slow = quickPasswords(async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
    });
    const answers = await Promise.allSettled(Array.from({ length: 70 }, () => slow.matches(PASSWORD, undefined)));
    assert.equal(most, 2);
    assert.deepEqual([answers.filter((one) => one.status === "fulfilled").length, answers.flatMap((one) => (one.status === "rejected" ? [(one.reason as { code: string }).code] : []))], [66, Array(4).fill("TOO_MANY_REQUESTS")]);
  });
});

describe("store: people", () => {
  it("a wrong name costs what a wrong password costs: one comparison at the present price, whoever is asked for", async () => {
    const { id } = await settled("ana");
    add("invited");
    const { id: gone } = await settled("gone", "analyst");
    store.people.disable(gone);
    passwords.costs.length = 0;
    for (const [login, password] of [["nobody", PASSWORD], ["", PASSWORD], ["ana", "another password"], ["invited", PASSWORD], ["gone", PASSWORD]] as const) assert.equal(await store.people.proven(login, password), undefined, login);
    assert.equal((await store.people.proven(" ANA ", PASSWORD))?.id, id);
    assert.deepEqual(passwords.costs, Array(6).fill(PRESENT_COST));
  });

  it("names are one in any letters; impossible ones, taken ones and standings that cannot be are refused", () => {
    add("Ana");
    assert.equal(store.people.byLogin("aNA")?.login, "ana");
    assert.throws(() => add("ANA"), { code: "CONFLICT" });
    assert.throws(() => add("a b"), { code: "REQUEST_INVALID" });
    assert.throws(() => add("b1", "agent"), { code: "REQUEST_INVALID" });
    assert.throws(() => add("b1", "supervisor", { team: "nowhere" }), { code: "REQUEST_INVALID", message: /no team nowhere/ });
    assert.equal(store.people.count(), 1);
  });

  it("a set-up code works once, within a day, until the next one is made; looking uses nothing up", async () => {
    const { id } = add("ana");
    const first = store.access.invite(id);
    const second = store.access.invite(id);
    assert.deepEqual([store.access.invited(first), store.access.invited(second), store.access.invited(second)], [undefined, id, id]);
    assert.equal(store.people.find(id)?.state, "invited");
    const both = await Promise.all([store.access.setUp(second, PASSWORD, HERE), store.access.setUp(second, "another password here", HERE)]);
    assert.equal(both.filter((one) => one !== undefined).length, 1, "two at the same moment: one is taken");
    assert.equal(await store.access.setUp(second, PASSWORD, HERE), undefined);
    assert.equal((await store.people.proven("ana", PASSWORD))?.id, id);
    const late = store.access.invite(id);
    clock.advance(24 * 3_600_000);
    assert.equal(await store.access.setUp(late, PASSWORD, HERE), undefined);
    assert.ok(!JSON.stringify([db.prepare("SELECT * FROM logins").all(), db.prepare("SELECT * FROM people").all()]).includes(PASSWORD));
  });

  it("a reset takes the password and ends every session at once; so does an end of the person, whose set-up code dies with it", async () => {
    const { id, token } = await settled("ana", "analyst");
    const code = store.access.invite(id);
    assert.deepEqual([store.access.findLogin(token), await store.people.proven("ana", PASSWORD)], [undefined, undefined]);
    store.people.disable(id);
    assert.equal(store.access.invited(code), undefined);
    store.people.enable(id);
    assert.equal(store.people.find(id)?.state, "invited");
  });

  it("a person that is ended while its password is compared does not come in", async () => {
    const { id } = await settled("ana", "analyst");
    const racing = createStore(db, clock, quickPasswords(() => void store.people.disable(id)));
    assert.equal(await racing.people.proven("ana", PASSWORD), undefined);
  });

  it("the last administrator who can log in stays one: neither ended nor made something else", async () => {
    const { id } = await settled("ana");
    add("invited-admin");
    assert.throws(() => store.people.disable(id), { code: "CONFLICT", message: /only administrator/ });
    assert.throws(() => store.people.change(id, { role: "analyst" }), { code: "CONFLICT" });
    assert.equal(store.people.change(id, { role: "admin", name: "Ana K." }).name, "Ana K.");
    const other = await settled("ben");
    assert.equal(store.people.change(id, { role: "analyst" }).role, "analyst");
    assert.throws(() => store.people.disable(other.id), { code: "CONFLICT" });
  });
});

describe("store: sessions", () => {
  it("a session lasts while it is used, ends an hour after the last use, and after twelve hours in any case", async () => {
    const { token } = await settled("ana");
    for (let hour = 0; hour < 11; hour++) {
      clock.advance(59 * 60_000);
      assert.ok(store.access.findLogin(token) !== undefined, `use ${hour}`);
    }
    clock.advance(59 * 60_000);
    assert.ok(store.access.findLogin(token, false) !== undefined);
    clock.advance(13 * 60_000);
    assert.equal(store.access.findLogin(token), undefined, "12 h");
    const next = store.access.startLogin(store.people.byLogin("ana")?.id ?? "", HERE).token;
    clock.advance(40 * 60_000);
    assert.ok(store.access.findLogin(next, false) !== undefined, "a page that refreshes itself may");
    clock.advance(21 * 60_000);
    assert.equal(store.access.findLogin(next), undefined, "and does not keep the session alive");
  });

  it("everybody sees own sessions with when and where, ends one or all, and nobody another one's", async () => {
    const { id, token } = await settled("ana");
    clock.advance(1000);
    const second = store.access.startLogin(id, { address: "198.51.100.1", browser: null });
    const other = await settled("ben");
    assert.deepEqual(store.access.sessionsOf(id).map(({ address, browser }) => [address, browser]), [["198.51.100.1", null], ["192.0.2.7", "Firefox on Windows"]]);
    assert.equal(store.access.endSession(other.id, second.id), false);
    assert.equal(store.access.endSession(id, second.id), true);
    assert.deepEqual([store.access.findLogin(second.token), store.access.findLogin(token)?.person], [undefined, { id, name: "ANA" }]);
    store.access.startLogin(id, HERE);
    assert.equal(store.access.endSessionsOf(id), 2);
    assert.deepEqual([store.access.findLogin(token), store.access.sessionsOf(id), store.access.findLogin(other.token)?.person?.id], [undefined, [], other.id]);
  });

  it("a new password needs the old one, ends all sessions and opens one", async () => {
    const { id, token } = await settled("ana");
    assert.equal(await store.access.changePassword(id, "not the password", "five other plain words here", HERE), undefined);
    const next = (await store.access.changePassword(id, PASSWORD, "five other plain words here", HERE)) ?? assert.fail("refused");
    assert.deepEqual([store.access.findLogin(token), store.access.findLogin(next)?.person?.id, store.access.sessionsOf(id).length], [undefined, id, 1]);
    assert.equal(await store.people.proven("ana", PASSWORD), undefined);
  });
});

describe("store: whose contacts a login or key sees", () => {
  const seen = (token: string) => store.access.findLogin(token)?.agentIds;

  it("all, the team's agents as the team is now, or the own ones; changes count at once", async () => {
    store.teams.save("Billing", ["201", "202"]);
    const [admin, team, own, all] = [await settled("a1"), await settled("a2", "supervisor", { team: "billing" }), await settled("a3", "agent", { agentId: "204" }), await settled("a4", "analyst")];
    assert.deepEqual([seen(admin.token), seen(team.token), seen(own.token), seen(all.token)], [undefined, ["201", "202"], ["204"], undefined]);
    store.teams.save("billing", ["9", "10"]);
    store.people.change(own.id, { role: "agent", agentId: "205" });
    store.people.change(all.id, { role: "analyst", team: "Billing" });
    assert.deepEqual([seen(team.token), seen(own.token), seen(all.token)], [["9", "10"], ["205"], ["9", "10"]]);
    store.teams.save("Billing", []);
    assert.deepEqual(seen(team.token), [], "a team without agents sees nothing");
    store.people.change(team.id, { role: "admin" });
    assert.deepEqual([seen(team.token), store.access.findLogin(team.token)?.role], [undefined, "admin"]);
  });

  it("keys of an agent and of a team see theirs; every other key what its role says", () => {
    store.teams.save("billing", ["201"]);
    const of = (bounds?: { agentId?: string; team?: string }) => store.access.findKey(store.access.createKey("k", "agent", bounds))?.agentIds;
    assert.deepEqual([of({ agentId: "204" }), of({ team: "billing" }), of()], [["204"], ["201"], undefined]);
    assert.throws(() => of({ team: "nowhere" }));
  });

  it("a team is one in any letters, and stays while somebody sees what it sees", () => {
    store.teams.save("Billing", ["202", "201", "201"]);
    assert.deepEqual(store.teams.save("BILLING", ["7"]), { name: "Billing", agentIds: ["7"], members: 0 });
    const { id } = add("ana", "supervisor", { team: "billing" });
    assert.throws(() => store.teams.remove("billing"), { code: "CONFLICT" });
    store.people.change(id, { role: "supervisor", sees: "all" });
    store.teams.remove("billing");
    assert.deepEqual([store.teams.list(), store.teams.agentsOf("Billing")], [[], []]);
    assert.throws(() => store.teams.remove("billing"), { code: "NOT_FOUND" });
  });
});
