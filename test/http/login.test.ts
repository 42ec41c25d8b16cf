import { strict as assert } from "node:assert";
import { config } from "./fake-appliance.ts";
import { as, start, type Harness } from "./harness.ts";
import { CALL_ID, failedCall } from "./sample-call.ts";

describe("http: logging in", () => {
  let house: Harness;
  beforeEach(() => (house = start()));
  afterEach(() => house.end());

  const logIn = (code: string, next = "/", headers: Record<string, string> = {}) => house.agent.post("/login").type("form").set(headers).send({ code, next });
  const cookieOf = async (role: "admin" | "analyst" | "intake" = "admin"): Promise<string> => {
    const { headers } = await logIn(house.fake.store.access.createLoginCode(role));
    return (headers["set-cookie"] as unknown as string[])[0]?.split(";")[0] ?? "";
  };
  const SAME = { "Sec-Fetch-Site": "same-origin" };

  it("without a login a page leads to the login and back; an address for machines is 401", async () => {
    const page = await house.agent.get(`/calls/${CALL_ID}?source=pbx`);
    assert.deepEqual([page.status, page.headers["location"]], [303, `/login?next=${encodeURIComponent(`/calls/${CALL_ID}?source=pbx`)}`]);
    assert.equal((await house.agent.get("/v1/calls")).headers["www-authenticate"], 'Bearer realm="earshot"');
  });

  it("looking at the login page uses the code up not; posting it does, once", async () => {
    const code = house.fake.store.access.createLoginCode("admin");
    const page = await house.agent.get(`/login?code=${code}`);
    assert.match(page.text, new RegExp(`value="${code}"`));
    const first = await logIn(code, "/ledger");
    assert.deepEqual([first.status, first.headers["location"]], [303, "/ledger"]);
    const second = await logIn(code);
    assert.equal(second.status, 401);
    assert.match(second.text, /wrong, was used before/);
    assert.deepEqual(house.fake.audited.map((event) => [event.action, event.outcome]), [["login.attempted", "ok"], ["login.attempted", "refused"]]);
    assert.ok(!JSON.stringify(house.fake.audited).includes(code));
  });

  it("the cookie is HttpOnly and SameSite=Strict; over https it also has Secure and the __Host- prefix", async () => {
    const plain = await logIn(house.fake.store.access.createLoginCode("admin"));
    assert.match(String(plain.headers["set-cookie"]), /^earshot=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/);
    const behind = start(config({ http: { trusted_proxies: ["127.0.0.1/32", "::1/128"] } }));
    const secure = await behind.agent.post("/login").type("form").set({ "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9", Host: "calls.example" }).send({ code: behind.fake.store.access.createLoginCode("admin") });
    assert.match(String(secure.headers["set-cookie"]), /^__Host-earshot=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict; Secure$/);
    await behind.end();
  });

  it("over plain http from elsewhere a login is refused before the code is used, and the page says what to do", async () => {
    const behind = start(config({ http: { trusted_proxies: ["127.0.0.1/32", "::1/128"] } }));
    const elsewhere = { "X-Forwarded-For": "203.0.113.9", Host: "10.0.0.5:8090" };
    const code = behind.fake.store.access.createLoginCode("admin");
    assert.equal((await behind.agent.post("/login").type("form").set(elsewhere).send({ code })).status, 403);
    assert.ok(behind.fake.codes.has(code));
    assert.match((await behind.agent.get("/login").set(elsewhere)).text, /Logins need https/);
    await behind.end();
  });

  it("a login sees pages and API by its role", async () => {
    const cookie = await cookieOf("analyst");
    for (const path of ["/conversations", "/ledger", `/calls/${CALL_ID}`, "/v1/calls"]) assert.equal((await house.agent.get(path).set("Cookie", cookie)).status, 200, path);
    assert.equal((await house.agent.get("/").set("Cookie", await cookieOf("intake"))).status, 403);
    const refused = await house.agent.post(`/v1/calls/${CALL_ID}/reprocess`).set({ Cookie: cookie, ...SAME });
    assert.equal(refused.status, 403);
    assert.deepEqual((({ action, reason, actor }) => [action, reason, actor.kind])(house.fake.audited.at(-1) ?? assert.fail()), ["access.refused", "FORBIDDEN", "user"]);
  });

  it("a cookie alone changes nothing: the browser must say that our own page sends the request", async () => {
    house.fake.calls.push(failedCall());
    const Cookie = await cookieOf();
    const post = (headers: Record<string, string>) => house.agent.post("/v1/calls/failed-1/reprocess").set({ Cookie, Host: "localhost:8090", ...headers });
    for (const headers of [{}, { "Sec-Fetch-Site": "cross-site" }, { "Sec-Fetch-Site": "same-site" }, { "Sec-Fetch-Site": "none" }, { Origin: "https://evil.example" }, { Origin: "null" }, { "Sec-Fetch-Site": "cross-site", Origin: "http://localhost:8090" }] as Record<string, string>[]) {
      assert.equal((await post(headers)).status, 403, JSON.stringify(headers));
    }
    assert.deepEqual(house.fake.reprocessed, []);
    for (const headers of [SAME, { Origin: "http://localhost:8090" }]) assert.equal((await post(headers)).status, 202);
    assert.equal((await house.agent.post("/v1/calls/failed-1/reprocess").set(as("admin"))).status, 202, "a key needs no origin");
  });

  it("the form on a page sets the call going again and leads back to it", async () => {
    house.fake.calls.push(failedCall());
    const { status, headers } = await house.agent.post("/calls/failed-1/reprocess?source=pbx").set({ Cookie: await cookieOf(), ...SAME });
    assert.deepEqual([status, headers["location"], house.fake.reprocessed], [303, "/calls/failed-1?source=pbx", ["failed-1"]]);
  });

  it("after the login nobody is led to another site", async () => {
    for (const next of ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/a\r\nSet-Cookie: x=1", "evil", ""]) {
      const { headers } = await logIn(house.fake.store.access.createLoginCode("admin"), next);
      assert.equal(headers["location"], "/", JSON.stringify(next));
    }
  });

  it("a login form on another site is refused before its code is used", async () => {
    const code = house.fake.store.access.createLoginCode("admin");
    assert.equal((await logIn(code, "/", { Origin: "https://evil.example" })).status, 403);
    assert.ok(house.fake.codes.has(code));
  });

  it("ten wrong codes in a quarter of an hour end in 429, even for a right one, until it is over", async () => {
    for (let i = 0; i < 10; i++) assert.equal((await logIn("wrong")).status, 401);
    const { status, headers } = await logIn(house.fake.store.access.createLoginCode("admin"));
    assert.deepEqual([status, headers["retry-after"]], [429, "900"]);
    house.fake.clock.advance(15 * 60_000 + 1);
    assert.equal((await logIn(house.fake.store.access.createLoginCode("admin"))).status, 303);
  });

  it("60 wrong keys in a minute end in 429 for keys from there; a login is not touched", async () => {
    const cookie = await cookieOf();
    for (let i = 0; i < 60; i++) await house.agent.get("/v1/calls").set("Authorization", "Bearer wrong");
    assert.equal((await house.agent.get("/v1/calls").set(as("admin"))).status, 429);
    assert.equal((await house.agent.get("/v1/calls").set("Cookie", cookie)).status, 200);
  });

  it("logging out ends the login on the server; another site cannot do it", async () => {
    const Cookie = await cookieOf();
    assert.equal((await house.agent.post("/logout").set({ Cookie, Origin: "https://evil.example" })).status, 403);
    assert.equal(house.fake.logins.size, 1);
    const { status, headers } = await house.agent.post("/logout").set({ Cookie, ...SAME });
    assert.deepEqual([status, headers["location"], house.fake.logins.size], [303, "/login", 0]);
    assert.match(String(headers["set-cookie"]), /^earshot=; Max-Age=0/);
    assert.equal((await house.agent.get("/v1/calls").set("Cookie", Cookie)).status, 401);
  });

  it("problems of pages are pages for a browser and JSON for everybody else", async () => {
    const Cookie = await cookieOf();
    const html = await house.agent.get("/calls/unknown").set({ Cookie, Accept: "text/html" });
    assert.deepEqual([html.status, html.headers["content-type"]], [404, "text/html; charset=utf-8"]);
    assert.match(html.text, /NOT_FOUND/);
    assert.equal((await house.agent.get("/v1/calls/unknown").set({ Cookie, Accept: "text/html" })).body.code, "NOT_FOUND");
    assert.equal((await house.agent.get("/calls/unknown").set({ Cookie, Accept: "*/*" })).body.code, "NOT_FOUND");
  });

  it("style and script come with an ETag, for a year under the address that the pages use, and nothing else comes", async () => {
    const { text } = await house.agent.get("/login");
    const [, address] = /href="(\/assets\/app\.css\?v=[\w-]+)"/.exec(text) ?? assert.fail("no style");
    const style = await house.agent.get(address ?? "");
    assert.deepEqual([style.status, style.headers["content-type"], style.headers["cache-control"]], [200, "text/css; charset=utf-8", "public, max-age=31536000, immutable"]);
    assert.equal((await house.agent.get("/assets/app.css").set("If-None-Match", style.headers["etag"] ?? "")).status, 304);
    assert.equal((await house.agent.get("/assets/app.css")).headers["cache-control"], "public, no-cache");
    for (const name of ["..%2Findex.ts", "app.ts", "__proto__", "%00"]) assert.equal((await house.agent.get(`/assets/${name}`)).status, 404, name);
  });
});
