// Who sees what, with real calls in a real database over real HTTP: people and keys bound to an agent, to a team, or to nobody.
import assert from "node:assert/strict";
import { newId, type CallView } from "../../app/domain/index.ts";
import { inTransaction } from "../../app/platform/index.ts";
import type { AuditEvent } from "../../app/store/index.ts";
import { callWav, SHORTEST_CALL } from "../support/call-audio.ts";
import { startTestAppliance, type TestAppliance } from "../support/in-process.ts";

describe("who sees what", function () {
  this.timeout(120_000);
  let earshot: TestAppliance;
  const calls = new Map<string, CallView>();
  const cookies = new Map<string, string>();

  /** Everybody chooses a password with a set-up code, as people do. */
  async function settle(login: string, standing: { role: "agent" | "supervisor" | "analyst" | "admin"; agentId?: string; team?: string }): Promise<void> {
    const { access, people } = earshot.appliance.store;
    const password = `four plain words of ${login.repeat(3)}`;
    const answer = await fetch(`${earshot.url}/set-up`, { method: "POST", redirect: "manual", headers: { "content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin" }, body: new URLSearchParams({ code: access.invite(people.add({ login, name: login, ...standing }).id), password, again: password }) });
    cookies.set(login, answer.headers.get("set-cookie")?.split(";")[0] ?? assert.fail(`${login}: ${answer.status}`));
  }

  const as = (who: string, path: string): Promise<Response> => {
    const key = /^ek_/.test(who) ? { authorization: `Bearer ${who}` } : { cookie: cookies.get(who) ?? assert.fail(who) };
    return fetch(`${earshot.url}${path}`, { redirect: "manual", headers: key });
  };
  const listed = async (who: string): Promise<string[]> => ((await (await as(who, "/v1/calls")).json()) as { items: { call_id: string }[] }).items.map((call) => call.call_id).sort();

  /** Asks for everything that belongs to one call. @returns what came: 200 for all of it, 404 for none */
  async function reach(who: string, callId: string): Promise<number[]> {
    const call = calls.get(callId);
    const paths = ["", "/transcript", "/transcript?format=vtt", "/audio"].map((rest) => `/v1/calls/${callId}${rest}`);
    return Promise.all([...paths, `/calls/${callId}`, `/v1/sessions/${call?.session_id}/quality`].map(async (path) => (await as(who, path)).status));
  }

  /** The starter model hears little in sound without voices, so the words are put where it would have put them. */
  function say(callId: string, text: string): void {
    const { db, store, clock } = earshot.appliance.parts;
    const { sessions, messages } = store.writes;
    const session = sessions.byId(calls.get(callId)?.session_id ?? "") ?? assert.fail(callId);
    inTransaction(db, () => messages.replaceTurns(session, [{ id: newId("msg", clock.now()), speaker: "customer", startMs: 300, endMs: 1500, text, confidence: 0.9 }], { engine: "test", model: "test", modelSha256: undefined, speakerSource: "channel", dropped: [], redactions: [] }, clock.now()));
  }

  async function found(who: string): Promise<string[]> {
    const { items } = (await (await as(who, "/v1/search?q=refund&limit=200")).json()) as { items: { call_id: string | null }[] };
    return [...new Set(items.map((hit) => hit.call_id ?? "none"))].sort();
  }

  const AGENTS: Record<string, string | undefined> = { ana: "201", ben: "202", cleo: "204", none: undefined };

  before(async () => {
    earshot = await startTestAppliance();
    let seed = 7700;
    for (const [callId, agent] of Object.entries(AGENTS)) {
      assert.equal((await earshot.upload(callWav(SHORTEST_CALL, 2000, seed++), `${callId}.wav`, { call_id: callId, direction: "inbound", ...(agent === undefined ? {} : { agent: { id: agent, name: callId } }) })).status, 202);
    }
    earshot.appliance.store.teams.save("Billing", ["201", "202"]);
    await settle("agent", { role: "agent", agentId: "204" });
    await settle("lead", { role: "supervisor", team: "Billing" });
    await settle("reader", { role: "analyst", team: "Billing" });
    await settle("analyst", { role: "analyst" });
    await settle("admin", { role: "admin" });
    for (const callId of Object.keys(AGENTS)) calls.set(callId, await earshot.finished(callId));
    for (const callId of Object.keys(AGENTS)) say(callId, `a refund for ${callId}, please`);
  });
  after(() => earshot.end());

  const SEEN: Record<string, string[]> = { agent: ["cleo"], lead: ["ana", "ben"], reader: ["ana", "ben"], analyst: ["ana", "ben", "cleo", "none"], admin: ["ana", "ben", "cleo", "none"] };

  for (const [who, own] of Object.entries(SEEN)) {
    it(`${who}: lists, transcripts, recordings, quality and search hits of ${own.join(", ")}, and everything else is as if it did not exist`, async () => {
      assert.deepEqual([await listed(who), await found(who)], [own, own]);
      for (const callId of Object.keys(AGENTS)) {
        const isOwn = own.includes(callId);
        assert.deepEqual(await reach(who, callId), Array(6).fill(isOwn ? 200 : 404), callId);
      }
      const page = await (await as(who, "/conversations")).text();
      for (const callId of Object.keys(AGENTS)) assert.equal(page.includes(`/calls/${callId}?`), own.includes(callId), `the page lists ${callId}`);
    });
  }

  it("asking for another agent's calls by a filter finds nothing, and what shows the whole house is refused to whoever sees a part of it", async () => {
    assert.deepEqual(await (await as("agent", "/v1/calls?agent_id=201")).json(), { items: [], next: null });
    for (const path of ["/v1/ledger", "/ledger", "/v1/customers", "/v1/conversations", "/v1/analytics/silence_ms", "/v1/issues/unresolved", "/settings/people"]) {
      for (const who of ["agent", "lead", "reader"]) assert.equal((await as(who, path)).status, 403, `${who} ${path}`);
    }
  });

  it("a key of an agent and a key of a team see the same as these people", async () => {
    const { access } = earshot.appliance.store;
    const own = access.createKey("desk phone", "agent", { agentId: "204" });
    const team = access.createKey("wall board", "analyst", { team: "billing" });
    assert.deepEqual([await listed(own), await listed(team)], [["cleo"], ["ana", "ben"]]);
    assert.deepEqual([await reach(own, "ana"), await reach(team, "ben")], [Array(6).fill(404), Array(6).fill(200)]);
  });

  it("a change of the team is a change of what its people see, at once; every listening names the person in the audit trail", async () => {
    earshot.appliance.store.teams.save("Billing", ["204"]);
    assert.deepEqual([await listed("lead"), (await reach("lead", "ana")).includes(200), (await reach("lead", "cleo")).includes(404)], [["cleo"], false, false]);
    earshot.appliance.store.teams.save("Billing", []);
    assert.deepEqual([await listed("lead"), await found("lead")], [[], []]);
    const id = earshot.appliance.store.people.byLogin("agent")?.id ?? "";
    const heard = earshot.appliance.parts.db.prepare<[], string>("SELECT event FROM events").pluck().all().map((text) => JSON.parse(text) as AuditEvent).filter((event) => event.action === "recording.read" && event.actor.id === id);
    assert.deepEqual(heard.map((event) => event.object.id), [calls.get("cleo")?.session_id]);
  });
});
