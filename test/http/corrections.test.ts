// Corrections over the API and over the forms of the page: who may, what is refused, what is asked of the house.
import { strict as assert } from "node:assert";
import { as, start, type Harness } from "./harness.ts";
import { finishedCall } from "./sample-call.ts";

const TURN = finishedCall().turns[0]?.id ?? "";
const AT = `/v1/calls/abc123/turns/${TURN}`;

describe("http: corrections", () => {
  let house: Harness;
  beforeEach(() => (house = start()));
  afterEach(() => house.end());
  const form = (path: string, body: string) => house.agent.post(path).set(as("supervisor")).set("Content-Type", "application/x-www-form-urlencoded").send(body).redirects(0);

  it("a supervisor corrects and takes back; the person is named and the call answered", async () => {
    assert.equal((await house.agent.put(AT).set(as("supervisor")).send({ text: " I was charged twice ", speaker: "customer" })).body.call_id, "abc123");
    assert.equal((await house.agent.delete(`${AT}?field=text`).set(as("admin"))).status, 200);
    assert.equal((await house.agent.patch("/v1/calls/abc123").set(as("supervisor")).send({ topic: null, outcome: "escalated", reason: "billing.double_charge" })).status, 200);
    assert.equal((await house.agent.delete("/v1/calls/abc123/corrections/topic").set(as("supervisor"))).status, 200);
    assert.deepEqual(house.fake.corrected, [
      `key_supervisor ${TURN} {"text":"I was charged twice","speaker":"customer"}`, `key_admin ${TURN} text back`, 'key_supervisor call {"topic":null,"outcome":"escalated","reason":"billing.double_charge"}', "key_supervisor call topic back",
    ]);
  });

  it("what is no correction is refused, and nothing is asked of the house", async () => {
    for (const body of [{}, { text: 5 }, { speaker: "boss" }, { text: "x".repeat(5001) }]) assert.equal((await house.agent.put(AT).set(as("supervisor")).send(body)).status, 422, JSON.stringify(body).slice(0, 40));
    for (const body of [{}, { outcome: null }, { outcome: "fine" }, { topic: "" }, { reason: "Not a reason" }]) assert.equal((await house.agent.patch("/v1/calls/abc123").set(as("supervisor")).send(body)).status, 422, JSON.stringify(body));
    for (const path of ["/v1/calls/abc123/turns/abc", `/v1/calls/none/turns/${TURN}`]) assert.equal((await house.agent.put(path).set(as("supervisor")).send({ text: "x" })).status, 404, path);
    assert.equal((await house.agent.delete("/v1/calls/abc123/corrections/summary").set(as("supervisor"))).status, 404);
    assert.deepEqual(house.fake.corrected, []);
  });

  it("forms do the same without scripts, and lead back to the line", async () => {
    const saved = await form(`/calls/abc123/turns/${TURN}?source=pbx`, "text=Two%0D%0Alines&speaker=agent");
    assert.deepEqual([saved.status, saved.headers["location"]], [303, `/calls/abc123?source=pbx#${TURN}`]);
    assert.equal((await form("/calls/abc123/correct", "topic=&reason=billing.refund&outcome=resolved")).status, 303);
    assert.equal((await form(`/calls/abc123/turns/${TURN}/undo`, "")).status, 303);
    assert.equal((await form("/calls/abc123/undo", "field=topic")).headers["location"], "/calls/abc123?source=pbx#about");
    assert.equal((await form("/calls/abc123/answers", "card=standard&question=greeting&answer=no&comment=")).headers["location"], "/calls/abc123?source=pbx#card-standard");
    assert.equal((await form("/calls/abc123/answers", "card=standard&question=greeting&answer=no&undo=1")).status, 303);
    assert.deepEqual(house.fake.corrected, [`key_supervisor ${TURN} {"text":"Two\\nlines","speaker":"agent"}`, 'key_supervisor call {"topic":null,"outcome":"resolved","reason":"billing.refund"}', `key_supervisor ${TURN} newest back`, "key_supervisor call topic back"]);
    assert.deepEqual(house.fake.answered, ["key_supervisor standard.greeting=no", "key_supervisor standard.greeting back"]);
  });

  it("the page offers to correct only to those who may, and opens the one form that is asked for", async () => {
    const page = async (query: string, role: "supervisor" | "analyst"): Promise<string> => (await house.agent.get(`/calls/abc123${query}`).set(as(role))).text;
    assert.doesNotMatch(await page("", "analyst"), /class="mend"|<textarea/);
    assert.doesNotMatch(await page(`?edit=${TURN}`, "analyst"), /<textarea/);
    assert.match(await page("", "supervisor"), new RegExp(`href="/calls/abc123\\?source=pbx&amp;edit=${TURN}#${TURN}"`));
    const edited = await page(`?edit=${TURN}`, "supervisor");
    assert.equal((edited.match(/<textarea/g) ?? []).length, 1);
    assert.match(edited, new RegExp(`action="/calls/abc123/turns/${TURN}\\?source=pbx"`));
    const about = await page("?edit=call", "supervisor");
    assert.match(about, /<option value="billing\.double_charge">/);
    assert.match(await page("?edit=standard.greeting", "supervisor"), /action="\/calls\/abc123\/answers\?source=pbx"/);
  });

  it("reading the words and the corrections is written down; the picture is one SVG without anything around it", async () => {
    await house.agent.get("/calls/abc123").set(as("analyst"));
    await house.agent.get("/v1/calls/abc123/corrections").set(as("analyst"));
    assert.deepEqual(house.fake.audited.map((one) => one.action), ["transcript.read", "corrections.read"]);
    house.fake.store.reads.soundOf = () => ({ speech: null, hold: [], channels: ["customer", "agent"], peaks: null });
    const wave = await house.agent.get("/calls/abc123/wave").set(as("analyst"));
    assert.deepEqual([wave.status, wave.text.startsWith("<svg"), wave.text.trimEnd().endsWith("</svg>")], [200, true, true]);
    assert.match(wave.text, /viewBox="0 0 3 100"/);
  });
});
