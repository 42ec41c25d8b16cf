import { strict as assert } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { measureCall, metricDefinitions } from "../../app/analysis/index.ts";
import { AUDIO_WARNINGS, CALL_STATUSES, type CallView } from "../../app/domain/index.ts";
import { installationRoot } from "../../app/platform/index.ts";
import { renderCall, renderConversations, renderLogin, renderProblem, type ConversationsView, type Frame } from "../../app/ui/index.ts";
import { matterTitle } from "../../app/ui/frame/words.ts";
import { createTimes, position, took } from "../../app/ui/frame/times.ts";
import { NOTHING_MORE } from "./call-view.ts";
import { silences } from "../../app/ui/call/turn-strip.ts";
import { failedCall, finishedCall } from "../http/sample-call.ts";
import { contact, evilContact, NO_OFFERS } from "./sample-contact.ts";

const frame: Frame = { siteName: "Earshot", timeZone: "Europe/Berlin", nowMs: Date.UTC(2026, 10, 3, 14), here: "conversations", role: "supervisor", person: "Sam Supervisor", seesAll: true, staysOn: "this machine", speechModel: "starter-en", unfinished: 2, asset: (name) => `/assets/${name}?v=1`, canMend: true };
const callPage = (changes: Partial<CallView> = {}, audio: string | null = "/v1/calls/abc123/audio?source=pbx"): string => renderCall({ frame, call: finishedCall(changes), customer: "Maria Keller", arrivedAt: "2026-11-03T13:13:30.000Z", audio, definitions: metricDefinitions(changes.metrics?.definitions), ...NOTHING_MORE });
const listPage = (changes: Partial<ConversationsView> = {}): string =>
  renderConversations({ frame, chosen: {}, offers: NO_OFFERS, list: { kind: "contacts", items: [contact()] }, next: null, kept: [], canExport: true, today: "2026-11-03", problem: null, ...changes });
const ids = (page: string): string[] => [...page.matchAll(/ id="(msg_\w+)"/g)].map(([, id]) => id ?? "");

describe("ui: the page of a call", () => {
  it("every proof leads to a line that is on the page", () => {
    const page = callPage();
    const proofs = [...page.matchAll(/class="proof" href="#(msg_\w+)"/g)].map(([, id]) => id ?? "");
    assert.ok(proofs.length >= 8);
    assert.deepEqual(proofs.filter((id) => !ids(page).includes(id)), []);
  });

  it("shows every turn in time order, named and in the hue of its party, and the line that is unsure as such", () => {
    const page = callPage();
    assert.deepEqual(ids(page), finishedCall().turns.map((turn) => turn.id));
    assert.equal((page.match(/class="turn agent /g) ?? []).length, 7);
    assert.equal((page.match(/class="turn customer /g) ?? []).length, 5);
    assert.match(page, /Not sure: confidence 0\.58/);
    assert.match(page, /<span class="token">account ••••5503<\/span>/);
  });

  it("says plainly when the starter model listened, and not when another one did", () => {
    assert.match(callPage(), /Heard with the starter model, which knows synthetic voices: expect wrong words where people speak/);
    const { engines } = finishedCall();
    assert.ok(engines);
    assert.doesNotMatch(callPage({ engines: { ...engines, speech: { ...engines.speech, model: "base.en" } } }), /starter model/);
  });

  it("says what made the findings: the model with its prompts, or what stood in for it and why", () => {
    const { engines } = finishedCall();
    assert.ok(engines);
    const analysed = (analysis: NonNullable<CallView["engines"]>["analysis"]): string => />Analysis<\/dt><dd class="wide">(.*?)<\/dd>/.exec(callPage({ engines: { ...engines, analysis } }))?.[1]?.replace(/<[^>]*>/g, "") ?? "";
    assert.equal(analysed({ engine: "extractive", model: null }), "extractive");
    assert.equal(analysed({ engine: "extractive", model: null, instead_of: { engine: "llama", code: "ANALYSIS_TIMEOUT" } }), "extractive instead of llama: ANALYSIS_TIMEOUT");
    assert.equal(analysed({ engine: "llama", model: "qwen3-4b", prompt: "facts-1, verdicts-1", seed: 7, at: "2026-11-03T13:13:38.600Z", ms: 3200, chunks: 3 }), "qwen3-4b llama in 3 parts, prompts facts-1, verdicts-1, seed 7, 3.2 s");
  });

  it("says in words why each channel is whose", () => {
    assert.match(callPage(), /Because<\/dt>.*?incoming call, recorded on the outside line</);
    const { audio } = finishedCall();
    assert.ok(audio);
    assert.match(callPage({ audio: { ...audio, channel_map_reason: "named in the notification" } }), /Because<\/dt>.*?named in the notification</);
  });

  it("shows each number with its unit, both parties beside each other, and its definition on hover", () => {
    const page = callPage();
    const row = (label: string): string => new RegExp(`<tr><th scope="row" title="([^"]*)">${label}</th>(.*?)</tr>`, "s").exec(page)?.slice(1).join(" | ").replace(/<\/?td[^>]*>/g, " ").replace(/ +/g, " ") ?? "no such row";
    assert.match(row("Share of the talking"), /^\|P\| \/ \(\|A\| \+ \|C\|\) \(speech of both parties.* \| +58 % +42 % $/s);
    assert.match(row("Pauses over 3 s"), /stretches of S longer than 3000 ms.* \| +12 s · 1× · 14 % $/s);
    assert.match(row("Interruptions"), /\| +0× $/);
    assert.match(row("First word after"), /\| +1\.0 s $/);
    assert.match(page, /Numbers <span class="tiny quiet">definitions 2026-2</);
  });

  it("shows what cannot be measured as that and why, never as zero: in one sentence when it is everything", () => {
    const mono = callPage({ metrics: measureCall({ durationMs: 9000, layout: "mono" }) });
    assert.equal((mono.match(/not measurable/g) ?? []).length, 1);
    assert.match(mono, /not measurable<\/span>: both parties are on one channel<\/p>/);
    assert.doesNotMatch(mono, /<table class="numbers"/);
    const noHold = callPage({ metrics: measureCall({ durationMs: 9000, speech: { agent: [{ startMs: 0, endMs: 6000 }], customer: [{ startMs: 6000, endMs: 6500 }] }, turns: finishedCall().turns.map(({ id, speaker, text }) => ({ id, speaker, text, startMs: 0, endMs: 1, confidence: 1 })) }) });
    assert.match(noHold, /nobody has looked for hold in this recording \(hold, longest hold\)/);
    assert.match(noHold, /this party says too little \(customer: words per minute\)/);
    assert.match(callPage({ metrics: measureCall({ durationMs: 9000, separatedSpeech: { agent: [{ startMs: 0, endMs: 6000 }], customer: [{ startMs: 6000, endMs: 6500 }] } }) }), /estimates, definitions 2026-2/);
  });

  it("shows numbers of earlier definitions as what they are", () => {
    const old = { definitions: "2026-1", agent_talk_ratio: 0, silence_ms: 0, overtalk_ms: 0, interruptions: 0 };
    assert.match(callPage({ metrics: old }), /definitions 2026-1[\s\S]*agent 0 %|Agent 0 %, customer 100 %/);
    assert.match(callPage({ metrics: { ...old, agent_talk_ratio: null, silence_ms: null, overtalk_ms: null, interruptions: null } }), /not measurable<\/span>: the recording does not keep the parties apart<\/p>/);
  });

  it("shows what was not said as not mentioned", () => {
    assert.match(callPage({ reason: null }), /<dt>Reason<\/dt><dd class="wide"><span class="missing">not mentioned/);
    assert.match(callPage({ action_items: [] }), /Nothing was promised or asked for/);
    assert.match(callPage({ sentiment: { overall: null, customer_start: null, customer_end: null, trend: "unknown" } }), /Nothing was said that carries a mood/);
  });

  it("a failed call says why, what to do and offers to try again to those who may", () => {
    const call = failedCall();
    const page = renderCall({ frame, call, customer: null, arrivedAt: null, audio: null, definitions: [], ...NOTHING_MORE });
    assert.match(page, /The recording has a header and no sound; check the disk/);
    assert.match(page, /action="\/calls\/failed-1\/reprocess\?source=pbx"/);
    assert.doesNotMatch(renderCall({ frame: { ...frame, canMend: false }, call, customer: null, arrivedAt: null, audio: null, definitions: [], ...NOTHING_MORE }), /reprocess/);
  });

  it("says what is wrong with the recording, in words", () => {
    const { audio } = finishedCall();
    assert.ok(audio);
    for (const code of AUDIO_WARNINGS) {
      const page = callPage({ audio: { ...audio, warnings: [{ code, message: "Check the <trunk>." }] } });
      assert.match(page, /<section class="notice warn"><p><b>[A-Z][a-z ,]+\.<\/b> Check the &lt;trunk&gt;\.<\/p><\/section>/, code);
    }
  });

  it("is complete for every status, with nothing known", () => {
    for (const status of CALL_STATUSES) {
      const page = renderCall({ frame, call: failedCall({ status, error: null, started_at: null, agent: null, queue: null, direction: "unknown", ledger: [] }), customer: null, arrivedAt: null, audio: null, definitions: [], ...NOTHING_MORE });
      assert.match(page, /not known/);
      assert.doesNotMatch(page, />(?:null|undefined|NaN|\[object Object\])</);
    }
  });

  it("plays without scripts, and nowhere when there is no sound", () => {
    assert.match(callPage(), /<audio controls preload="metadata" src="\/v1\/calls\/abc123\/audio\?source=pbx">/);
    assert.doesNotMatch(callPage({}, null), /<audio/);
  });
});

describe("ui: every page", () => {
  const evil = `"><script>alert(1)</script><img src=x onerror='alert(2)'>`;
  const pages = (): Record<string, string> => ({
    call: renderCall({ frame: { ...frame, siteName: evil, speechModel: evil }, call: poisoned(finishedCall(), evil), customer: evil, arrivedAt: null, audio: `/v1/calls/${encodeURIComponent(evil)}/audio?source=x`, definitions: metricDefinitions().map((one) => ({ ...one, label: evil, formula: evil })), ...NOTHING_MORE }),
    failed: renderCall({ frame, call: poisoned(failedCall(), evil), customer: evil, arrivedAt: null, audio: null, definitions: [], ...NOTHING_MORE }),
    conversations: listPage({
      list: { kind: "contacts", items: [evilContact(evil)] }, kept: [{ id: evil, name: evil, query: evil }], chosen: { q: evil, topic: evil, agent: evil, cursor: evil }, next: evil, problem: null,
      offers: { channel: [{ value: evil, label: null }], agent: [{ value: evil, label: evil }], queue: [{ value: evil, label: null }], topic: [{ value: evil, label: null }], reason: [{ value: evil, label: null }], rule: [{ value: evil, label: null }] },
    }),
    found: listPage({ chosen: { q: evil }, list: { kind: "found", byMeaning: true, items: [{ contact: evilContact(evil), hits: [{ id: evil, speaker: evil, snippet: { text: evil, marks: [[0, 5], [3, 9], [8, 400]] } }] }] } }),
    wrong: listPage({ problem: evil }),
    login: renderLogin({ frame, login: "", isFirst: false, code: evil, next: evil, problem: evil, isPossible: true }),
    problem: renderProblem({ frame, title: evil, detail: evil, code: evil, instance: evil }),
  });

  it("holds no markup that came from data", () => {
    for (const [name, page] of Object.entries(pages())) {
      assert.ok(page.includes("&lt;script&gt;"), `${name} shows the text`);
      assert.equal((page.match(/<script/g) ?? []).length, (page.match(/<script type="module" src="\/assets\/\w+\.js\?v=1"><\/script>/g) ?? []).length, name);
      assert.doesNotMatch(page, /<img/, name);
    }
  });

  it("has no inline script, style or handler, and one title, language and heading: what the content policy and readers need", () => {
    for (const [name, page] of Object.entries({ ...pages(), plain: callPage() })) {
      const tags = page.replace(/="[^"]*"/g, (value) => value.replace(/[<>]/g, "")).match(/<[a-z][^>]*>/g) ?? [];
      for (const tag of tags) assert.doesNotMatch(tag.replace(/="[^"]*"/g, "="), /\s(?:style|on\w+)=/, `${name}: ${tag}`);
      assert.doesNotMatch(page, /<script(?![^>]* src="\/assets\/)/, name);
      assert.match(page, /^<!doctype html>\n<html lang="en">/);
      assert.equal((page.match(/<title>/g) ?? []).length, 1);
      assert.equal((page.match(/<h1[ >]/g) ?? []).length, 1, name);
      assert.doesNotMatch(page, /href="(?:https?:)?\/\//, `${name} loads nothing from elsewhere`);
    }
  });

  it("uses only classes that the style sheet knows", () => {
    const folder = join(installationRoot(), "app/ui/assets");
    const [css, script] = [".css", ".js"].map((kind) => readdirSync(folder).filter((name) => name.endsWith(kind)).map((name) => readFileSync(join(folder, name), "utf8")).join("\n")) as [string, string];
    /** names without a look of their own: hooks of the script, and kinds that look like their neighbours */
    const plain = new Set(["live", "scripted", "unknown", "cited", "full", "received", "bot", "system", "turns", "track", "lane", "call-list", "what"]);
    const used = new Set(Object.values({ ...pages(), plain: callPage(), list: listPage() }).flatMap((page) => [...page.matchAll(/ class="([^"&]*)"/g)].flatMap(([, names]) => (names ?? "").split(/\s+/).filter(Boolean))));
    assert.ok(used.size > 40);
    assert.deepEqual([...used].filter((name) => !plain.has(name) && !css.includes(`.${name}`) && !script.includes(`.${name}`)), []);
  });
});

describe("ui: words", () => {
  it("a contact is called by its topic and what about it, unless the reason belongs to another topic", () => {
    assert.equal(matterTitle("Billing", "billing.double_charge"), "Billing: double charge");
    assert.equal(matterTitle("Account and security", "account.stolen_card"), "Account and security: stolen card");
    assert.equal(matterTitle("Gas meter", "billing.double_charge"), "Gas meter");
    assert.equal(matterTitle("Billing", "billing"), "Billing");
    assert.deepEqual([matterTitle("Billing", null), matterTitle(null, "billing.refund"), matterTitle(null, null)], ["Billing", "Billing · refund", undefined]);
  });
  it("a held call says why once, what ends it, and leads there; it promises no words", () => {
    const page = callPage({ status: "held", turns: [], ledger: [{ stage: "prepare", status: "held", at: "2026-11-03T13:13:30.000Z", ms: null, code: "CONSENT_MISSING", detail: "Held: nobody has agreed to the recording" }] });
    assert.match(page, /<b>Held:<\/b> nobody has agreed to the recording\.<\/p>[\s\S]*href="\/customers\/cus_\w+#consent">The customer’s consent/);
    assert.doesNotMatch(page, /The words appear here/);
  });
  it("a problem speaks to people: no keys, shapes or lists of addresses", () => {
    const page = renderProblem({ frame, title: "There is no such thing", detail: "There is nothing at this address; /openapi.json lists every address", code: "NOT_FOUND", instance: "urn:uuid:1" });
    assert.match(page, /<h1>Nothing is here<\/h1><p>The address may be mistyped/);
    assert.doesNotMatch(page, /openapi/);
  });
});

describe("ui: times", () => {
  it("shows the zone of the site and the exact UTC on hover, over a change of the clocks too", () => {
    const times = createTimes("Europe/Berlin");
    assert.equal(times.clock("2026-11-03T13:12:02.000Z").text, '<time datetime="2026-11-03T13:12:02.000Z" title="2026-11-03 13:12:02 UTC">14:12</time>');
    assert.match(times.moment("2026-07-03T13:12:02.000Z").text, />3 Jul, 15:12</);
    assert.equal(times.day("2026-11-03T23:30:00.000Z", Date.UTC(2026, 10, 4, 10)), "Today");
  });

  it("writes places and lengths as people say them", () => {
    assert.deepEqual([0, 41_900, 3_723_000].map(position), ["0:00", "0:41", "1:02:03"]);
    assert.deepEqual([0, 340, 3120, 9999, 21_000, 59_900, 245_000].map(took), ["0 ms", "340 ms", "3.1 s", "10.0 s", "21 s", "1 min 00 s", "4 min 05 s"]);
  });

  it("finds the silences of a call, at its beginning and end too", () => {
    const turn = (start_ms: number, end_ms: number) => ({ ...finishedCall().turns[0], start_ms, end_ms }) as CallView["turns"][number];
    assert.deepEqual(silences([turn(4000, 9000), turn(5000, 6000), turn(11_000, 12_000)], 16_000), [[0, 4000], [12_000, 16_000]]);
    assert.deepEqual(silences([], 5000), [[0, 5000]]);
  });
});

/** The call with this text in every place that holds text from outside. Fixed words and times stay. */
function poisoned(call: CallView, text: string): CallView {
  return {
    ...call, call_id: text, source: text, queue: text, agent: { id: text, name: text }, topic: text, summary: text, reason: text, language: text,
    error: call.error && { ...call.error, message: text },
    audio: call.audio && { ...call.audio, channel_map: { "0": text, "1": text }, channel_map_reason: text },
    turns: call.turns.map((turn) => ({ ...turn, text: `${text} [${text}]` })),
    summary_points: call.summary_points.map((point) => ({ ...point, text })),
    action_items: call.action_items.map((item) => ({ ...item, text, due: text })),
    entities: call.entities.map((entity) => ({ ...entity, kind: text, text, value: `v${text}` })),
    engines: call.engines && { speech: { engine: text, model: text, sha256: text }, analysis: { engine: text, model: text, prompt: text, seed: 7, at: "2026-11-03T13:13:38.600Z", ms: 61, chunks: 2, instead_of: { engine: text, code: text } } },
    metrics: call.metrics && { ...call.metrics, definitions: text },
    ledger: call.ledger.map((entry) => ({ ...entry, stage: entry.stage === "deliver" ? text : entry.stage, status: entry.stage === "fetch" ? text : entry.status, detail: text })),
  };
}
