import { strict as assert } from "node:assert";
import { PRESENT_COST } from "../../app/store/index.ts";
import { pauseMs } from "../../app/http/login-limit.ts";
import { browserWords } from "../../app/http/whence.ts";
import { cookieOf, openAccounts, PASSWORD, SAME, type AccountsHouse } from "../support/accounts-house.ts";
import { config } from "./fake-appliance.ts";

const NEW = "five other plain words here";
let house: AccountsHouse;
beforeEach(() => (house = openAccounts()));
afterEach(() => house.end());

describe("http: name and password", () => {
  it("a login opens what its role may, shows who is logged in, and is written down with the person's id", async () => {
    const id = await house.settle("ana", "supervisor");
    const answer = await house.logIn(" ANA ", PASSWORD);
    assert.deepEqual([answer.status, answer.headers["location"]], [303, "/"]);
    assert.match(String(answer.headers["set-cookie"]), /^earshot=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/);
    const page = await house.get("/conversations", cookieOf(answer));
    assert.match(page.text, /<a class="tiny" href="\/account"[^>]*>Name of ana<\/a>/);
    assert.equal((await house.get("/settings/people", cookieOf(answer))).status, 403);
    const [login, refused] = house.audited();
    assert.deepEqual([login?.actor.kind, login?.actor.id, login?.action, login?.outcome, login?.object.kind], ["user", id, "login.attempted", "ok", "login"]);
    assert.deepEqual([refused?.actor.id, refused?.action], [id, "access.refused"]);
  });

  it("over https behind a proxy the cookie has the __Host- prefix; over plain http from elsewhere no password is even compared", async () => {
    await house.end();
    house = openAccounts(config({ http: { trusted_proxies: ["127.0.0.1/32", "::1/128"] } }));
    await house.settle("ana", "analyst");
    const secure = await house.logIn("ana", PASSWORD, { "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9", Host: "calls.example" });
    assert.match(String(secure.headers["set-cookie"]), /^__Host-earshot=.*; Secure$/);
    const compared = house.passwords.costs.length;
    assert.equal((await house.logIn("ana", PASSWORD, { "X-Forwarded-For": "203.0.113.9", Host: "10.0.0.5:8090" })).status, 403);
    assert.equal((await house.logIn("ana", PASSWORD, { "Sec-Fetch-Site": "cross-site" })).status, 403);
    assert.equal(house.passwords.costs.length, compared);
  });

  it("a wrong name, a wrong password, somebody disabled and somebody invited get one answer, each for one comparison of the same price", async () => {
    await house.settle("ana", "analyst");
    house.store.people.disable(await house.settle("gone", "analyst"));
    house.store.people.add({ login: "invited", name: "I", role: "analyst" });
    house.passwords.costs.length = 0;
    const answers = [await house.logIn("ana", "not the password"), await house.logIn("nobody"), await house.logIn("gone"), await house.logIn("invited")];
    const [first] = answers.map(({ status, text, headers }) => [status, text.replace(/value="[^"]*"/g, ""), headers["set-cookie"]]);
    for (const { status, text, headers } of answers) assert.deepEqual([status, text.replace(/value="[^"]*"/g, ""), headers["set-cookie"]], first);
    assert.equal(answers[0]?.status, 401);
    assert.deepEqual(house.passwords.costs, Array(4).fill(PRESENT_COST));
  });

  it("every attempt is in the audit trail, without the password and without a name that nobody has", async () => {
    const id = await house.settle("ana", "analyst");
    await house.logIn("hunter2-typed-into-the-name", "secret-of-somebody");
    await house.logIn("ana", "secret-of-somebody");
    const events = house.audited();
    assert.deepEqual(events.map(({ actor, object, outcome, reason }) => [actor.kind, object.kind, object.id, outcome, reason]), [["anonymous", "person", null, "refused", "password"], ["anonymous", "person", id, "refused", "password"]]);
    assert.doesNotMatch(JSON.stringify(events), /hunter2|secret-of/);
  });

  it("ten failures of one address for one name block that pair for a quarter of an hour; others at that address, and the owner elsewhere, still get in", async () => {
    await house.end();
    house = openAccounts(config({ http: { trusted_proxies: ["127.0.0.1/32", "::1/128"] } }));
    await house.settle("ana", "analyst");
    await house.settle("ben", "analyst");
    const from = (ip: string) => ({ "X-Forwarded-Proto": "https", "X-Forwarded-For": ip, Host: "calls.example" });
    const waited = async <T>(request: PromiseLike<T>): Promise<T> => {
      const timer = setInterval(() => house.fake.clock.advance(1000), 2);
      try {
        return await request;
      } finally {
        clearInterval(timer);
      }
    };
    for (let i = 0; i < 10; i++) assert.equal((await waited(house.logIn("ana", "wrong", from("203.0.113.9")))).status, 401);
    const blocked = await house.logIn("ana", PASSWORD, from("203.0.113.9"));
    assert.equal(blocked.status, 429);
    assert.ok(Number(blocked.headers["retry-after"]) > 600);
    assert.equal((await house.logIn("ben", PASSWORD, from("203.0.113.9"))).status, 303);
    assert.equal((await waited(house.logIn("ana", PASSWORD, from("198.51.100.1")))).status, 303, "strangers do not lock the owner out");
    house.fake.clock.advance(15 * 60_000);
    assert.equal((await house.logIn("ana", PASSWORD, from("203.0.113.9"))).status, 303);
  });

  it("a name that is being guessed at from everywhere answers more and more slowly, up to 8 s, whether somebody has it or not", async () => {
    assert.deepEqual([0, 5, 6, 7, 10, 11, 1000].map(pauseMs), [0, 0, 250, 500, 4000, 8000, 8000]);
    for (let i = 0; i < 6; i++) await house.logIn("nobody");
    house.passwords.costs.length = 0;
    let isAnswered = false;
    const late = house.logIn("nobody").then((answer) => {
      isAnswered = true;
      return answer;
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual([isAnswered, house.passwords.costs.length], [false, 0]);
    house.fake.clock.advance(250);
    assert.equal((await late).status, 401);
  });

  it("the token changes at each login, and the old one is dead", async () => {
    await house.settle("ana", "analyst");
    const first = await house.cookie("ana");
    const second = await house.cookie("ana", { Cookie: first });
    assert.notEqual(first, second);
    assert.deepEqual([(await house.get("/account", first)).status, (await house.get("/account", second)).status], [303, 200]);
  });

  it("an hour without a person ends the session, whatever a page fetches by itself; each use gives another hour, for twelve at most", async () => {
    await house.settle("ana", "analyst");
    const cookie = await house.cookie("ana");
    const refresh = () => house.agent.get("/conversations").set({ Cookie: cookie, "X-Earshot-Refresh": "live" }).redirects(0);
    house.fake.clock.advance(40 * 60_000);
    assert.equal((await refresh()).status, 200);
    house.fake.clock.advance(21 * 60_000);
    assert.equal((await refresh()).status, 303);
    const busy = await house.cookie("ana");
    for (let i = 0; i < 14; i++) {
      house.fake.clock.advance(50 * 60_000);
      assert.equal((await house.get("/conversations", busy)).status, 200, `after ${(i + 1) * 50} minutes`);
    }
    house.fake.clock.advance(50 * 60_000);
    assert.equal((await house.get("/conversations", busy)).status, 303);
  });

  it("the first run says how the first administrator is made; afterwards the page asks for name and password", async () => {
    assert.match((await house.agent.get("/login")).text, /Nobody has an account yet[\s\S]*user add --name/);
    await house.settle("ana", "admin");
    const { text } = await house.agent.get("/login");
    assert.match(text, /autocomplete="username"[\s\S]*autocomplete="current-password"[\s\S]*one-time code/);
  });
});

describe("http: choosing a password", () => {
  const invited = (): string => house.store.access.invite(house.store.people.add({ login: "ana", name: "Ana Keller", role: "analyst" }).id);

  it("the link greets by name and uses nothing up; the password is taken once, and logs in", async () => {
    const code = invited();
    for (let i = 0; i < 2; i++) assert.match((await house.agent.get(`/set-up?code=${code}`)).text, /Welcome, Ana Keller/);
    const post = (password: string, again = password) => house.post("/set-up", "", { code, password, again });
    assert.match((await post("short")).text, /at least 12 characters/);
    assert.match((await post("ana.keller2026")).text, /made of your name/);
    assert.match((await post(NEW, `${NEW}.`)).text, /not the same/);
    const done = await post(NEW);
    assert.deepEqual([done.status, done.headers["location"]], [303, "/"]);
    assert.equal((await house.get("/account", cookieOf(done))).status, 200);
    const again = await post("seven more plain words");
    assert.equal(again.status, 401);
    assert.match(again.text, /This link does not work/);
    assert.match((await house.agent.get(`/set-up?code=${code}`)).text, /This link does not work/);
    assert.equal((await house.logIn("ana", NEW)).status, 303);
    assert.doesNotMatch(JSON.stringify(house.audited()), new RegExp(`${code}|${NEW}|Keller`));
  });

  it("a form on another site is refused, and ten wrong codes are enough", async () => {
    const code = invited();
    assert.equal((await house.agent.post("/set-up").type("form").set("Origin", "https://evil.example").send({ code, password: NEW, again: NEW })).status, 403);
    for (let i = 0; i < 10; i++) assert.equal((await house.post("/set-up", "", { code: "wrong", password: NEW, again: NEW })).status, 401);
    assert.equal((await house.post("/set-up", "", { code, password: NEW, again: NEW })).status, 429);
  });
});

describe("http: one's own account", () => {
  it("shows who I am, what I see and where I am logged in; ends one login, not another person's, or all", async () => {
    house.store.teams.save("Billing", ["201", "202"]);
    await house.settle("ana", "supervisor", { team: "Billing" });
    await house.settle("ben", "agent", { agentId: "204" });
    const here = await house.cookie("ana", { "User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0" });
    const there = await house.cookie("ana");
    const ben = await house.cookie("ben");
    const { text } = await house.get("/account", here);
    assert.match(text, /The contacts of the team Billing: agents 201 and 202\./);
    assert.match(text, /Firefox on Windows, (127\.0\.0\.1|::1)[\s\S]*this one/);
    const [, id] = /\/account\/sessions\/(lgn_\w+)\/end/.exec(text) ?? assert.fail("no other login");
    assert.equal((await house.post(`/account/sessions/${id}/end`, ben)).status, 404);
    assert.equal((await house.get("/account", there)).status, 200);
    assert.equal((await house.post(`/account/sessions/${id}/end`, here)).status, 303);
    assert.equal((await house.get("/account", there)).status, 303);
    const again = await house.cookie("ana");
    const out = await house.post("/account/sign-out", here);
    assert.deepEqual([out.status, out.headers["location"]], [303, "/login"]);
    assert.deepEqual(await Promise.all([here, again, ben].map(async (cookie) => (await house.get("/account", cookie)).status)), [303, 303, 200]);
    assert.match((await house.get("/account", ben)).text, /The contacts of agent 204\./);
  });

  it("a new password needs the present one, ends the other logins and gives this browser a new token", async () => {
    await house.settle("ana", "analyst");
    const here = await house.cookie("ana");
    const there = await house.cookie("ana");
    const change = (current: string, password: string, cookie = here) => house.post("/account/password", cookie, { current, password, again: password });
    assert.match((await change("wrong", NEW)).text, /present password is wrong/);
    assert.match((await change(PASSWORD, "password1234")).text, /tried first/);
    const done = await change(PASSWORD, NEW);
    assert.deepEqual([done.status, done.headers["location"]], [303, "/account?done=password"]);
    assert.deepEqual([(await house.get("/account", here)).status, (await house.get("/account", there)).status, (await house.get("/account?done=password", cookieOf(done))).status], [303, 303, 200]);
    assert.deepEqual([(await house.logIn("ana")).status, (await house.logIn("ana", NEW)).status], [401, 303]);
    const guesses = await Promise.all(Array.from({ length: 12 }, () => change("wrong", "eight more plain words", cookieOf(done)).timeout(300).then(({ status }) => status, () => 0)));
    assert.ok(guesses.includes(429), "guessing the present password is slowed down too");
  });

  it("a login by a one-time code belongs to nobody, and says so", async () => {
    const login = await house.agent.post("/login").type("form").set(SAME).redirects(0).send({ code: house.store.access.createLoginCode("admin") });
    const { status, text } = await house.get("/account", cookieOf(login));
    assert.deepEqual([status, /by a one-time code/.test(text), /One-time login/.test(text)], [200, true, true]);
    assert.equal((await house.post("/account/sign-out", cookieOf(login))).status, 404);
  });

  it("browsers are named as their owners name them, and nothing of an invented header is kept", () => {
    const edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Safari/537.36 Edg/129.0.0.0";
    assert.deepEqual([edge, edge.replace(/ Edg.*/, ""), "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1", "<script>", undefined].map(browserWords), ["Edge on Windows", "Chrome on Windows", "Safari on iOS", null, null]);
  });
});
