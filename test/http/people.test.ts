import { strict as assert } from "node:assert";
import { openAccounts, type AccountsHouse } from "../support/accounts-house.ts";

describe("http: people and teams", () => {
  let house: AccountsHouse;
  let admin: string;
  let adminId: string;
  beforeEach(async () => {
    house = openAccounts();
    adminId = await house.settle("root", "admin");
    admin = await house.cookie("root");
  });
  afterEach(() => house.end());

  const person = { name: "Bo Lind", login: "Bo", role: "agent", sees: "own", agent: "204", team: "" };
  const idOf = (login: string): string => house.store.people.byLogin(login)?.id ?? assert.fail(`nobody is ${login}`);

  it("adding shows a set-up link that works, on that page and nowhere else", async () => {
    const { status, text, headers } = await house.post("/settings/people", admin, person);
    assert.deepEqual([status, headers["cache-control"]], [200, "no-store"]);
    const [, code] = /http:\/\/[^/]+\/set-up\?code=([\w-]{43})</.exec(text) ?? assert.fail("no link");
    assert.equal(house.store.access.invited(code ?? ""), idOf("bo"));
    for (const path of ["/settings/people", `/settings/people/${idOf("bo")}`]) assert.ok(!(await house.get(path, admin)).text.includes(code ?? ""), path);
    const event = house.audited().at(-1);
    assert.deepEqual([event?.actor.id, event?.action, event?.object.id, event?.reason], [adminId, "person.added", idOf("bo"), "agent, sees own, agent 204"]);
    assert.ok(!JSON.stringify(house.audited()).includes(code ?? "") && !JSON.stringify(house.audited()).includes("Lind"));
  });

  it("what cannot be is shown in the form again with the reason, and nothing is stored", async () => {
    const wrong: [Partial<typeof person>, number, RegExp][] = [
      [{ login: "a b" }, 422, /Login: expected 2 to 64/],
      [{ login: "ROOT" }, 409, /root is taken/],
      [{ name: "" }, 422, /Name: expected a name/],
      [{ agent: "" }, 422, /Agent: whoever sees own contacts needs the agent id/],
      [{ sees: "all" }, 422, /the role agent sees own or team/],
      [{ role: "supervisor", sees: "team" }, 422, /Team: whoever sees a team/],
      [{ role: "supervisor", sees: "team", team: "nowhere" }, 422, /there is no team nowhere/],
      [{ role: "intake" }, 422, /Role:/],
    ];
    for (const [changes, status, reason] of wrong) {
      const answer = await house.post("/settings/people", admin, { ...person, ...changes });
      assert.equal(answer.status, status, JSON.stringify(changes));
      assert.match(answer.text, reason);
      assert.match(answer.text, new RegExp(`id="login" name="login" value="${changes.login ?? "Bo"}"`));
    }
    assert.equal(house.store.people.count(), 1);
  });

  it("a change counts at the next request of whoever is logged in, and the page shows its effect", async () => {
    const id = await house.settle("bo", "analyst");
    const bo = await house.cookie("bo");
    assert.equal((await house.get("/ledger", bo)).status, 200);
    const saved = await house.post(`/settings/people/${id}`, admin, person);
    assert.deepEqual([saved.status, saved.headers["location"]], [303, `/settings/people/${id}?done=saved`]);
    assert.equal((await house.get("/ledger", bo)).status, 403);
    assert.match((await house.get(`/settings/people/${id}?done=saved`, admin)).text, /Saved\.[\s\S]*Sees now: The contacts of agent 204|Sees now: The contacts of agent 204[\s\S]*Saved\./);
    await house.post(`/settings/people/${id}`, admin, { ...person, role: "admin" });
    assert.equal((await house.get("/settings/people", bo)).status, 200, "an administrator sees everything, whatever was chosen beside it");
  });

  it("disabling ends every session at once, enabling lets in again; a reset takes the password", async () => {
    const id = await house.settle("bo", "analyst");
    const bo = await house.cookie("bo");
    assert.match((await house.get(`/settings/people/${id}`, admin)).text, /logged out everywhere at once \(1 login\)/);
    assert.equal((await house.post(`/settings/people/${id}/disable`, admin)).status, 303);
    assert.deepEqual([(await house.get("/account", bo)).status, (await house.logIn("bo")).status], [303, 401]);
    assert.equal((await house.post(`/settings/people/${id}/enable`, admin)).status, 303);
    const again = await house.cookie("bo");
    const reset = await house.post(`/settings/people/${id}/reset`, admin);
    assert.match(reset.text, /\/set-up\?code=/);
    assert.deepEqual([(await house.get("/account", again)).status, (await house.logIn("bo")).status], [303, 401]);
    assert.deepEqual(house.audited().filter((event) => event.action.startsWith("person.")).map((event) => event.action), ["person.disabled", "person.enabled", "person.reset"]);
  });

  it("the last administrator cannot be taken away, not even by itself, and resets itself under its own account only", async () => {
    const invited = house.store.people.add({ login: "second", name: "Second", role: "admin" });
    for (const [path, fields] of [["/disable", {}], ["", { ...person, role: "analyst", sees: "all" }], ["/reset", {}]] as const) {
      const answer = await house.post(`/settings/people/${adminId}${path}`, admin, fields);
      assert.equal(answer.status, 409, path);
    }
    assert.equal(house.store.people.find(adminId)?.role, "admin");
    assert.equal((await house.post(`/settings/people/${invited.id}/disable`, admin)).status, 303);
  });

  it("a team is made, changed and removed, not while somebody sees it; names come out as text", async () => {
    assert.equal((await house.post("/settings/teams", admin, { name: "Billing & Co", agents: "201, 202;203 204 201" })).status, 303);
    assert.deepEqual(house.store.teams.find("billing & co")?.agentIds, ["201", "202", "203", "204"]);
    await house.post("/settings/people", admin, { ...person, role: "supervisor", sees: "team", agent: "", team: "Billing & Co", name: "<b>Bo</b>" });
    const { text } = await house.get("/settings/people", admin);
    assert.match(text, /&lt;b&gt;Bo&lt;\/b&gt;/);
    assert.match(text, /The contacts of the team Billing &amp; Co: agents 201, 202, 203 and 204/);
    assert.equal((await house.post("/settings/teams/remove", admin, { name: "Billing & Co" })).status, 409);
    assert.equal((await house.post("/settings/teams", admin, { name: "<i>", agents: "1" })).status, 422);
    await house.post("/settings/teams", admin, { name: "Empty", agents: "" });
    assert.equal((await house.post("/settings/teams/remove", admin, { name: "Empty" })).status, 303);
    assert.deepEqual(house.store.teams.list().map((team) => team.name), ["Billing & Co"]);
  });

  it("only administrators come here: every other role is refused, and a form on another site changes nothing", async () => {
    for (const [login, role] of [["s", "supervisor"], ["y", "analyst"], ["g", "agent"]] as const) {
      await house.settle(`${login}1`, role, { agentId: "204" });
      const cookie = await house.cookie(`${login}1`);
      for (const path of ["/settings/people", `/settings/people/${adminId}`]) assert.equal((await house.get(path, cookie)).status, 403);
      for (const path of ["/settings/people", `/settings/people/${adminId}`, `/settings/people/${adminId}/disable`, `/settings/people/${adminId}/reset`, "/settings/teams", "/settings/teams/remove"]) assert.equal((await house.post(path, cookie, person)).status, 403);
    }
    assert.equal((await house.agent.post("/settings/people").type("form").set({ Cookie: admin, Origin: "https://evil.example" }).send(person)).status, 403);
    assert.equal(house.store.people.count(), 4);
  });
});
