// Rules and scorecards over the API: who may, what is refused, what is asked of the house.
import { strict as assert } from "node:assert";
import { as, start, type Harness } from "./harness.ts";
import { finishedCall } from "./sample-call.ts";

const SESSION = finishedCall().session_id;
const ANSWER = `/v1/sessions/${SESSION}/scorecards/standard/answers/greeting`;

describe("http: rules and scorecards", () => {
  let house: Harness;
  beforeEach(() => (house = start()));
  afterEach(() => house.end());

  it("a call names its categories, alerts and scores; calls are listed by rule", async () => {
    const call = (await house.agent.get("/v1/calls/abc123").set(as("analyst"))).body;
    assert.deepEqual([call.categories[0].label, call.alerts[0].severity, call.scorecards[0].score, call.rules_not_measurable[0].because], ["Supervisor asked for", "warning", 0.667, ["hold_unknown"]]);
    const listed = async (rule: string): Promise<unknown> => (await house.agent.get(`/v1/calls?rule=${rule}`).set(as("analyst"))).body.items?.length;
    assert.deepEqual([await listed("supervisor_asked_for"), await listed("long_hold")], [1, 0]);
    assert.equal((await house.agent.get("/v1/calls?rule=Not%20a%20rule").set(as("analyst"))).status, 422);
  });
  it("a supervisor answers and takes back; 1 to 5 may be numbers; the person is named", async () => {
    assert.equal((await house.agent.put(ANSWER).set(as("supervisor")).send({ answer: "no", comment: "  Mumbled " })).body.session_id, SESSION);
    assert.equal((await house.agent.put(ANSWER).set(as("admin")).send({ answer: 4 })).status, 200);
    assert.equal((await house.agent.delete(ANSWER).set(as("supervisor"))).status, 200);
    assert.deepEqual(house.fake.answered, ["key_supervisor standard.greeting=no Mumbled", "key_admin standard.greeting=4", "key_supervisor standard.greeting back"]);
  });
  it("what is no answer is refused, and nothing is asked of the house", async () => {
    for (const body of [{}, { answer: "maybe" }, { answer: 6 }, { answer: "yes", comment: "" }, { answer: "yes", comment: "x".repeat(2001) }]) assert.equal((await house.agent.put(ANSWER).set(as("supervisor")).send(body)).status, 422, JSON.stringify(body).slice(0, 60));
    assert.equal((await house.agent.put(ANSWER.replace(SESSION, "abc123")).set(as("supervisor")).send({ answer: "yes" })).status, 404);
    assert.deepEqual(house.fake.answered, []);
  });
  it("an agent sees only sessions of own calls: without a name that is none", async () => {
    assert.equal((await house.agent.get(`/v1/sessions/${SESSION}/quality`).set(as("analyst"))).status, 200);
    assert.equal((await house.agent.get(`/v1/sessions/${SESSION}/quality`).set(as("agent"))).status, 404);
  });
  it("agreement is asked of one version", async () => {
    assert.equal((await house.agent.get("/v1/scorecards/standard/agreement?version=3").set(as("analyst"))).body.version, 3);
    assert.equal((await house.agent.get("/v1/scorecards/standard/agreement?version=x").set(as("analyst"))).status, 422);
  });
  it("the page of a call shows categories in the tone of their alert, scores, quoted lines and who answered", async () => {
    const { text } = await house.agent.get("/calls/abc123").set(as("analyst"));
    assert.match(text, /<span class="chip warn">Supervisor asked for<\/span>/);
    assert.match(text, /Conversation quality <span class="tiny quiet">67 %/);
    assert.match(text, /Does the agent greet the customer\?<\/dt><dd>yes/);
    assert.match(text, /by <bdi>Paula Lang<\/bdi>: Too short/);
  });
});
