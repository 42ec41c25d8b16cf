// The picture of a call's sound, and what people corrected, as the page shows them.
import { strict as assert } from "node:assert";
import fc from "fast-check";
import type { CallView, CorrectionView } from "../../app/domain/index.ts";
import { renderCall, turnStrip, type CallPageView, type CallSound } from "../../app/ui/index.ts";
import { overtalk } from "../../app/ui/call/turn-strip.ts";
import { lanesOf } from "../../app/ui/call/wave.ts";
import { finishedCall } from "../http/sample-call.ts";
import { NOTHING_MORE } from "./call-view.ts";

const frame: CallPageView["frame"] = { siteName: "Earshot", timeZone: "Europe/Berlin", nowMs: Date.UTC(2026, 10, 3, 14), here: "conversations", role: "supervisor", person: "Sam Supervisor", seesAll: true, staysOn: "this machine", speechModel: "base.en", unfinished: 0, asset: (name) => `/assets/${name}`, canMend: true };
const page = (call: Partial<CallView> = {}, more: Partial<CallPageView> = {}): string => renderCall({ frame, call: finishedCall(call), customer: "Maria <Keller>", arrivedAt: null, audio: "/v1/calls/abc123/audio?source=pbx", definitions: [], ...NOTHING_MORE, ...more });
const at = (...pairs: [number, number][]) => pairs.map(([startMs, endMs]) => ({ startMs, endMs }));
const SOUND: CallSound = { speech: { agent: at([0, 4000]), customer: at([3500, 6000]) }, hold: at([12_000, 19_000]), channels: ["customer", "agent"], peaks: [[0, 0, 90, 90], [255, 120, 0, 0]] };

describe("ui: the wave", () => {
  it("draws the agent's channel upwards and the customer's downwards, whichever is left, each as loud as its own loudest", () => {
    const svg = turnStrip([], 20_000, SOUND).text;
    assert.match(svg, /<path class="agent-fill" d="M0 47V11h1V35h1V47h2V47z"\/>/);
    assert.match(svg, /<path class="customer-fill" d="M0 53h2V89h2V53z"\/>/);
    assert.match(svg, /aria-label="Who speaks when and how loud: agent above, customer below"/);
  });
  it("marks measured silence, hold and overtalk where they are", () => {
    const svg = turnStrip([], 20_000, SOUND).text;
    assert.match(svg, /<rect class="overtalk" x="17\.500%" width="2\.500%"/);
    assert.match(svg, /<rect class="silence" x="60\.000%" width="35\.000%"[^>]*><text[^>]*>on hold 7 s/);
    assert.match(svg, />silence 6 s</);
    assert.match(turnStrip([], 20_000, { ...SOUND, hold: [] }).text, />silence 14 s</);
  });
  it("falls back to the turns while nothing is measured, and to one lane in the middle where the parties are not told apart", () => {
    assert.doesNotMatch(turnStrip(finishedCall().turns, 60_000, { ...SOUND, peaks: null }).text, /<path/);
    const mono = turnStrip([], 20_000, { speech: null, hold: [], channels: null, peaks: [[255, 0]] }).text;
    assert.deepEqual([...mono.matchAll(/<path class="([\w-]+)"/g)].map(([, kind]) => kind), ["data-fill", "data-fill"]);
    assert.match(page({}, { sound: { ...SOUND, peaks: null } }), /data-wave="\/calls\/abc123\/wave\?source=pbx"/);
    assert.match(page({}, { sound: SOUND }), /data-wave=""/);
  });
  it("one sound with voices told apart: every step belongs to somebody, and nothing is lost or made up", () => {
    const spans = fc.array(fc.tuple(fc.nat(9000), fc.nat(3000)), { maxLength: 5 }).map((all) => all.map(([startMs, length]) => ({ startMs, endMs: startMs + length })));
    fc.assert(fc.property(fc.array(fc.nat(255), { minLength: 1, maxLength: 50 }), spans, spans, (peaks, agent, customer) => {
      const lanes = lanesOf([peaks], null, { agent, customer }, 12_000);
      for (const [i, loud] of peaks.entries()) assert.equal(Math.max(lanes.agent[i] ?? 0, lanes.customer[i] ?? 0, lanes.rest[i] ?? 0), loud);
    }));
  });
  it("overtalk is what both say at once, from a quarter of a second on", () => {
    assert.deepEqual(overtalk({ agent: at([0, 1000], [2000, 3000]), customer: at([800, 2100], [2500, 2800]) }), [[2500, 2800]]);
    assert.deepEqual(overtalk({ agent: at([0, 9000]), customer: at([1000, 2000], [3000, 4000]) }), [[1000, 2000], [3000, 4000]]);
  });
});

describe("ui: corrections on the page of a call", () => {
  const corrected = (): CallView["turns"] => finishedCall().turns.map((turn, i) => (i === 0 ? { ...turn, text: "Truly <said>", corrected: true, machine: { text: "Machine <heard>", speaker: "customer" as const } } : i === 1 ? { ...turn, confidence: 0.1, corrected: false, machine: { text: turn.text } } : turn));

  it("a corrected line shows the truth, and beside it what the machine had; a confirmed one is not unsure any more", () => {
    const text = page({ turns: corrected() });
    assert.match(text, /<p>Truly &lt;said&gt;/);
    assert.match(text, /<summary title="The machine heard: Machine &lt;heard&gt;">corrected<\/summary><p>The machine heard <q>Machine &lt;heard&gt;<\/q> and took the speaker for the customer\./);
    assert.match(text, />checked<\/summary>/);
    assert.doesNotMatch(text, /Not sure: confidence 0\.10/);
    assert.match(text, /action="\/calls\/abc123\/turns\/msg_\w+\/undo\?source=pbx"/);
  });
  it("whoever may not correct sees what was corrected, without a way to take it back", () => {
    const text = page({ turns: corrected(), machine: { outcome: "escalated" } }, { mending: { ...NOTHING_MORE.mending, canCorrect: false } });
    assert.match(text, /The machine heard/);
    assert.doesNotMatch(text, /undo\?source|class="mend"/);
  });
  it("a finding that a person corrected names the machine's, and rests on no line", () => {
    const text = page({ topic: "Gas", machine: { topic: null, outcome: "escalated" } });
    assert.match(text, /<dt>Topic<\/dt><dd>Gas<details class="machine"><summary title="The machine found: nothing">/);
    assert.match(text, /The machine found <q>escalated<\/q>/);
    assert.match(text, /<dt>Topic<\/dt>.*?<\/details><\/dd><dd class="proofs"><\/dd>/);
  });
  it("says how many words were heard wrong, of what, and what was not found again", () => {
    const item = (more: Partial<CorrectionView>): CorrectionView => ({ field: "text", turn_id: "msg_1", start_ms: 41_000, end_ms: 42_000, machine: "a", replaced: "a", value: "b", by: "user:per_1", by_name: "Paula Lang", at: "2026-11-03T13:20:00.000Z", withdrawn_at: null, withdrawn_by: null, withdrawn_by_name: null, is_lost: false, ...more });
    const report = { items: [item({ is_lost: true, turn_id: null }), item({ field: "outcome", replaced: "resolved", value: "follow_up", start_ms: null, withdrawn_at: "2026-11-03T13:21:00.000Z", withdrawn_by: "key:key_1", withdrawn_by_name: "an API key named desk" })], next: null, word_errors: { lines: 2, words: 40, errors: 5, rate: 0.125 }, judged_anew_at: null, judging_stopped: null };
    const text = page({ alerts: [{ rule: "a", label: "Asked for the manager", severity: "critical", revision: 1, at: "2026-11-03T13:14:00.000Z", holds: false }] }, { mending: { ...NOTHING_MORE.mending, report } });
    assert.match(text, /Asked for the manager <span class="chip ">no longer holds<\/span>/);
    assert.doesNotMatch(text, /data-again/);
    assert.match(page({}, { mending: { ...NOTHING_MORE.mending, report: { ...report, judged_anew_at: new Date(frame.nowMs + 4000).toISOString() } } }), /data-again="6000">Findings, rules and scorecards are made anew/);
    assert.match(page({}, { mending: { ...NOTHING_MORE.mending, report: { ...report, judging_stopped: { code: "JOB_POISONED", message: "<It> died three times" } } } }), /still those of the words before[^]*&lt;It&gt; died three times \(<code>JOB_POISONED/);
    assert.match(text, /13 % of the words heard wrong<\/b> <span class="quiet">\(5 of 40 words, measured on 2 checked lines; not the whole call\)/);
    assert.match(text, /Words at 0:41: <del>a<\/del> <ins>b<\/ins> <span class="tiny quiet">by <bdi>Paula Lang<\/bdi><\/span> <b>not found again/);
    assert.match(text, /Outcome: <del>resolved<\/del> <ins>to be followed up<\/ins> <span class="tiny quiet">by <bdi>Paula Lang<\/bdi> · <b class="quiet">taken back by <bdi>an API key named desk<\/bdi>/);
  });
  it("leads to the customer's thread and the contacts beside it", () => {
    const beside = { before: { session_id: "ses_1", channel: "phone", call_id: "c 1", source: "pbx", at: "2026-11-01T10:00:00.000Z" }, after: { session_id: "ses_2", channel: "email", call_id: null, source: "mail", at: "2026-11-04T10:00:00.000Z" } };
    const call = finishedCall();
    const all = page({}, { beside });
    assert.match(all, new RegExp(`href="/customers/${call.customer_id}\\?session=${call.session_id}">Maria &lt;Keller&gt;`));
    assert.match(all, /href="\/calls\/c%201\?source=pbx" rel="prev"/);
    assert.match(all, /\?session=ses_2" rel="next"/);
    assert.match(page({}, { beside, frame: { ...frame, seesAll: false } }), /href="\/customers\/[^"]+">Maria/, "the thread shows what its reader may see");
  });
});
