// Who sees what, with real calls in a real database over real HTTP: people and keys bound to an agent, to a team, or to nobody.
import assert from "node:assert/strict";
import { newId, type CallView } from "../../app/domain/index.ts";
import { inTransaction } from "../../app/platform/index.ts";
import type { AuditEvent } from "../../app/store/index.ts";
import { until } from "../support/appliance-process.ts";
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
  /** A change, as a page or a program asks for it. @returns the status */
  const change = async (who: string, method: string, path: string, body?: object): Promise<number> => {
    const form = path.startsWith("/v1/") ? undefined : new URLSearchParams(body as Record<string, string>);
    const headers = { cookie: cookies.get(who) ?? assert.fail(who), "sec-fetch-site": "same-origin", "content-type": form === undefined ? "application/json" : "application/x-www-form-urlencoded" };
    return (await fetch(`${earshot.url}${path}`, { method, redirect: "manual", headers, ...(body === undefined ? {} : { body: form ?? JSON.stringify(body) }) })).status;
  };
  /** The file of a document that somebody handed in for the customer with this number. */
  async function document(phone: string): Promise<string> {
    const form = new FormData();
    form.set("customer", JSON.stringify({ phone }));
    form.set("file", new Blob([`a letter from ${phone}`], { type: "text/plain" }), "letter.txt");
    const { message_ids: [message] } = (await (await fetch(`${earshot.url}/v1/documents`, { method: "POST", headers: { authorization: `Bearer ${earshot.key}` }, body: form })).json()) as { message_ids: string[] };
    const row = earshot.appliance.parts.db.prepare<[string | undefined], { id: string; state: string }>("SELECT id, state FROM attachments WHERE message_id = ?");
    return until("the document was read", 30_000, () => { const found = row.get(message); return found?.state === "read" ? found.id : undefined; });
  }
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

  const PHONES: Record<string, string> = { ana: "+14155550101", ben: "+14155550102", cleo: "+14155550104", none: "+14155550109" };

  before(async () => {
    earshot = await startTestAppliance();
    let seed = 7700;
    for (const [callId, agent] of Object.entries(AGENTS)) {
      assert.equal((await earshot.upload(callWav(SHORTEST_CALL, 2000, seed++), `${callId}.wav`, { call_id: callId, direction: "inbound", from: PHONES[callId], ...(agent === undefined ? {} : { agent: { id: agent, name: callId } }) })).status, 202);
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

  it("a team's supervisor corrects, scores, has heard again and settles what the team alone led; what is not theirs does not exist, and readers and agents change nothing", async () => {
    const changes = async (callId: string): Promise<[string, string, object?][]> => {
      const { session_id, conversation_id, customer_id } = calls.get(callId) ?? assert.fail(callId);
      const [turn] = ((await (await as("admin", `/v1/calls/${callId}`)).json()) as CallView).turns;
      const answer = { question: "greeting", text: "Greeted?", kind: "yes_no" as const, weight: 1, autoFail: false, answer: "yes" as const, because: null, quote: null, confidence: null, by: "rule" };
      inTransaction(earshot.appliance.parts.db, () => earshot.appliance.parts.store.writes.scores.replaceAnswers(session_id, [{ card: "quality", version: 1, label: "Quality", answers: [answer] }]));
      return [
        ["PUT", `/v1/calls/${callId}/turns/${turn?.id}`, { text: `a refund for ${callId}, please, today` }],
        ["PATCH", `/v1/calls/${callId}`, { outcome: "escalated" }],
        ["DELETE", `/v1/calls/${callId}/corrections/outcome`],
        ["POST", `/calls/${callId}/correct`, { outcome: "unresolved" }],
        ["PUT", `/v1/sessions/${session_id}/scorecards/quality/answers/greeting`, { answer: "not_applicable" }],
        ["DELETE", `/v1/sessions/${session_id}/scorecards/quality/answers/greeting`],
        ["PATCH", `/v1/conversations/${conversation_id}`, { owner: "Paula" }],
        ["POST", `/customers/${customer_id}/conversations/${conversation_id}`, { status: "waiting", owner: "", queue: "", reason: "" }],
        ["POST", `/v1/sessions/${session_id}/move`, { conversation_id: null }],
        ["POST", `/v1/calls/${callId}/reprocess`],
      ];
    };
    for (const callId of ["ana", "cleo", "none"]) {
      for (const [method, path, body] of await changes(callId)) {
        const said = `${method} ${path}`;
        for (const who of ["reader", "agent"]) assert.equal(await change(who, method, path, body), 403, `${who} ${said}`);
        const status = await change("lead", method, path, body);
        if (callId === "ana") assert.ok([200, 202, 204, 303].includes(status), `lead ${said}: ${status}`);
        else assert.equal(status, 404, `lead ${said}`);
      }
    }
    await earshot.finished("ana");
    const id = earshot.appliance.store.people.byLogin("lead")?.id ?? "";
    const done = earshot.appliance.parts.db.prepare<[], string>("SELECT event FROM events").pluck().all().map((text) => JSON.parse(text) as AuditEvent).filter((event) => event.actor.id === id && event.outcome === "ok").map((event) => event.action);
    for (const action of ["call.corrected", "call.correction_withdrawn", "score.answered", "score.taken_back", "call.reprocessed"]) assert.ok(done.includes(action), action);
  });

  it("a matter that another agent had a part in is not changed by the team, though the team reads it", async () => {
    const { session_id, conversation_id, customer_id } = calls.get("ben") ?? assert.fail();
    earshot.appliance.parts.db.prepare("UPDATE sessions SET conversation_id = ? WHERE id = ?").run(conversation_id, calls.get("cleo")?.session_id);
    assert.deepEqual([await change("lead", "PATCH", `/v1/conversations/${conversation_id}`, { owner: "Paula" }), await change("lead", "POST", `/v1/sessions/${session_id}/move`, { conversation_id: null })], [404, 404]);
    assert.equal(await change("lead", "POST", `/customers/${customer_id}/conversations/${conversation_id}`, { status: "resolved", owner: "", queue: "", reason: "" }), 403);
    const page = await (await as("lead", `/customers/${customer_id}?conversation=${conversation_id}`)).text();
    assert.doesNotMatch(page, /Change status, owner or reason/);
    earshot.appliance.parts.db.prepare("UPDATE sessions SET conversation_id = ? WHERE id = ?").run(calls.get("cleo")?.conversation_id, calls.get("cleo")?.session_id);
    assert.match(await (await as("lead", `/customers/${customer_id}?conversation=${conversation_id}`)).text(), /Change status, owner or reason/);
  });

  it("files of messages: a team's people get those of customers whom the team has met, an agent those of own contacts, each with a line in the audit trail", async () => {
    const [ofAna, ofNone] = [await document("+14155550101"), await document("+14155550109")];
    const get = async (who: string, id: string): Promise<number> => (await as(who, `/v1/attachments/${id}`)).status;
    assert.deepEqual(await Promise.all(["lead", "reader", "admin", "analyst", "agent"].map((who) => get(who, ofAna))), [200, 200, 200, 200, 404]);
    assert.deepEqual(await Promise.all(["lead", "reader", "admin", "analyst", "agent"].map((who) => get(who, ofNone))), [404, 404, 200, 200, 404]);
    earshot.appliance.parts.db.prepare("UPDATE sessions SET agent_id = '204' WHERE id = (SELECT session_id FROM attachments WHERE id = ?)").run(ofNone);
    assert.deepEqual([await get("agent", ofNone), await get("lead", ofNone)], [200, 404]);
    const people = earshot.appliance.store.people;
    const read = earshot.appliance.parts.db.prepare<[], string>("SELECT event FROM events").pluck().all().map((text) => JSON.parse(text) as AuditEvent).filter((event) => event.action === "attachment.read");
    assert.deepEqual([read.some((one) => one.actor.id === people.byLogin("lead")?.id && one.object.id === ofAna), read.filter((one) => one.object.id === ofNone).length], [true, 3]);
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
