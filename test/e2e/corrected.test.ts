// A supervisor corrects a demo call, has it heard again, and every reader goes on with the truth: page, evidence, search, CRM. Real sound, engines and HTTP.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { callViewSchema, type CallView, type CorrectionReport } from "../../app/domain/index.ts";
import { installationRoot, systemClock, type Clock } from "../../app/platform/index.ts";
import { until } from "../support/appliance-process.ts";
import { startTestAppliance, type TestAppliance } from "../support/in-process.ts";
import { startCrm } from "../support/receivers.ts";

const DEMO = join(installationRoot(), "scripts", "demo", "calls");
const { call_id: CALL, file, ...FACTS } = JSON.parse(readFileSync(join(DEMO, "double-charge.json"), "utf8")) as { call_id: string; file: string } & Record<string, unknown>;

const CARDS = `version: 1
scorecards:
  quality: {label: Quality, version: 1, questions: {thanks: {text: Thanked?, weight: 1, yes_when: {said: {words: thank you, by: agent}}}, twice: {text: Is it about a charge?, weight: 1, yes_when: {said: {words: charged twice, by: customer}}}}}`;

describe("corrected and heard again", function () {
  this.timeout(180_000);
  const folder = mkdtempSync(join(tmpdir(), "earshot-cards-"));
  let earshot: TestAppliance;
  let crm: Awaited<ReturnType<typeof startCrm>>;
  let cookie: string;
  /** Real time, which a test can make go by. */
  let later = 0;
  const clock: Clock = { now: () => systemClock.now() + later, sleep: (ms, signal) => systemClock.sleep(ms, signal) };

  const ask = async <T = CallView>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(`${earshot.url}${path}`, { method, headers: { cookie, "sec-fetch-site": "same-origin", "content-type": "application/json" }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${answer.ok ? "" : await answer.text()}`);
    return (await answer.json()) as T;
  };
  const call = (): Promise<CallView> => ask("GET", `/v1/calls/${CALL}`);
  const inCrm = (revision: number): Promise<Record<string, unknown>> => until(`the CRM has revision ${revision}`, 30_000, () => crm.received.find((one) => Number(one.body["revision"]) >= revision)?.body);
  /** Every claim rests on a line of the call as it is now, and every quote stands there. */
  function proved(view: CallView): void {
    const lines = new Map(view.turns.map((turn) => [turn.id, turn.text]));
    const cited = [...view.summary_points, ...view.action_items, ...view.categories].flatMap((one) => one.evidence);
    for (const id of [...cited, ...view.topic_evidence, ...view.outcome_evidence]) assert.ok(lines.has(id), `${id} is a line of the call`);
    const quotes = view.scorecards.flatMap((card) => card.answers.flatMap(({ machine }) => machine?.quote ?? []));
    assert.ok(cited.length > 0 && quotes.length > 0);
    for (const quote of quotes) assert.equal(lines.get(quote.message_id)?.slice(quote.from, quote.to), quote.text);
  }

  before(async () => {
    crm = await startCrm();
    writeFileSync(join(folder, "cards.yaml"), CARDS);
    earshot = await startTestAppliance({ crm: { url: `${crm.url}/calls`, secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" }, rules: { scorecards: join(folder, "cards.yaml") } }, { clock });
    const { direction, from, to, agent, queue, started_at, channel_map } = FACTS;
    assert.equal((await earshot.upload(readFileSync(join(DEMO, file)), file, { call_id: CALL, direction, from, to, agent, queue, started_at, channel_map })).status, 202);
    const { people, access } = earshot.appliance.store;
    const password = "four plain words of paula";
    const code = access.invite(people.add({ login: "paula", name: "Paula Lang", role: "supervisor" }).id);
    const set = await fetch(`${earshot.url}/set-up`, { method: "POST", redirect: "manual", headers: { "content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin" }, body: new URLSearchParams({ code, password, again: password }) });
    cookie = set.headers.get("set-cookie")?.split(";")[0] ?? assert.fail(String(set.status));
    await earshot.finished(CALL);
  });
  after(async () => {
    await earshot.end();
    await crm.close();
    rmSync(folder, { recursive: true });
  });

  let first: CallView;
  const said = "I was charged twice for my mobile plan, and I want to make a complaint.";

  it("what was corrected is judged anew without hearing the call again, and the CRM gets both in one message", async () => {
    first = await call();
    proved(first);
    await inCrm(1);
    const wrong = first.turns.find((turn) => turn.speaker === "customer" && /twice|charge/i.test(turn.text)) ?? first.turns.find((turn) => turn.speaker === "customer") ?? assert.fail("the customer says something");
    const other = first.turns.findLast((turn) => turn.id !== wrong.id && turn.speaker === "agent") ?? assert.fail("the agent says something");
    await ask("PUT", `/v1/calls/${CALL}/turns/${wrong.id}`, { text: said });
    await ask("PUT", `/v1/calls/${CALL}/turns/${other.id}`, { speaker: "customer" });
    const outcome = first.outcome === "escalated" ? "unresolved" : "escalated";
    const { revision } = await ask("PATCH", `/v1/calls/${CALL}`, { outcome });
    later += 10_000;
    const judged = await until("it is judged anew", 30_000, async () => { const now = await call(); return now.ledger.some((line) => line.stage === "judge") ? now : undefined; });
    assert.deepEqual([judged.status, judged.categories.some((one) => one.rule === "complaint"), judged.outcome, judged.ledger.filter((line) => line.stage === "transcribe").length], ["done", true, outcome, 1]);
    proved(judged);
    later += 30_000;
    const body = await inCrm(revision + 1);
    assert.deepEqual([String(body["transcript"]).includes(said), body["outcome"], (body["categories"] as { rule: string }[]).some((one) => one.rule === "complaint"), crm.received.length], [true, outcome, true, 2]);
  });

  it("heard again: the corrections stand, the machine's new words and findings beside them, and the CRM gets a new revision with the truth", async () => {
    const before = await call();
    await ask("POST", `/v1/calls/${CALL}/reprocess`);
    const again = callViewSchema.parse(await until("it was heard again", 90_000, async () => { const now = await call(); return now.status === "done" && now.ledger.filter((line) => line.stage === "analyse").length > 1 ? now : undefined; }));
    const [text, speaker] = [again.turns.find((turn) => turn.text === said), again.turns.find((turn) => turn.machine?.speaker === "agent")];
    assert.ok(before.turns.every((turn) => again.turns.every((one) => one.id !== turn.id)), "the lines are new ones");
    assert.deepEqual([text?.corrected, typeof text?.machine?.text, speaker?.speaker, again.outcome, again.machine?.outcome !== undefined], [true, "string", "customer", before.outcome, true]);
    assert.match(again.ledger.find((line) => /corrected lines? kept/.test(line.detail ?? ""))?.detail ?? "", /^.*2 corrected lines kept/);
    proved(again);
    const report = await ask<CorrectionReport>("GET", `/v1/calls/${CALL}/corrections`);
    assert.deepEqual(report.items.map((one) => [one.field, one.by_name, one.is_lost]), [["outcome", "Paula Lang", false], ["speaker", "Paula Lang", false], ["text", "Paula Lang", false]]);
    const found = await ask<{ items: { message: { id: string } }[] }>("GET", "/v1/search?q=%22make+a+complaint%22");
    assert.deepEqual(found.items.map((one) => one.message.id), [text?.id]);
    const body = await inCrm(again.revision);
    assert.ok(Number(body["revision"]) > before.revision);
    assert.deepEqual([String(body["transcript"]).includes(`Customer: ${said}`), body["outcome"]], [true, before.outcome]);
    const page = await (await fetch(`${earshot.url}/calls/${CALL}`, { headers: { cookie } })).text();
    assert.match(page, /Corrected by people[\s\S]*Paula Lang/);
  });
});
