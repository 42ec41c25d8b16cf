// Rules: what conditions mean, at the edges of windows, without knowledge, and against an oracle that looks for words by hand.
import assert from "node:assert/strict";
import fc from "fast-check";
import { evaluateRules, parseRules, type SessionFacts } from "../../app/analysis/index.ts";
import { AppError, NOT_LOOKED_FOR, type CallMetrics, type RuleResult, type Speaker, type Turn } from "../../app/domain/index.ts";

/** speaker, from and to in seconds, text, confidence */
type Said = [Speaker, number, number, string, number?];

const turnsOf = (said: readonly Said[]): Turn[] => said.map(([speaker, from, to, text, confidence = 0.9], i) => ({ id: `t${i + 1}`, speaker, startMs: from * 1000, endMs: to * 1000, text, confidence }));

function facts(said: readonly Said[], more: Partial<SessionFacts> = {}): SessionFacts {
  return {
    turns: turnsOf(said), language: "en", channel: "phone", direction: "inbound", queue: "billing", agent: { id: "201", name: "Ana" }, durationMs: 120_000, truncated: false, metrics: null, ...more,
    analysis: { ...NOT_LOOKED_FOR, sentiment: { overall: null, customer_start: null, customer_end: null, trend: "unknown" }, turn_sentiment: {}, outcome: "unknown", outcome_evidence: [], reason: null, topic_evidence: [], coverage: { turns_read: said.length, turns_total: said.length }, ...more.analysis },
  };
}

/** The result of one rule; `when` is YAML in one line. */
async function judged(when: string, session: SessionFacts): Promise<RuleResult> {
  const [result] = await evaluateRules(parseRules(`version: 1\nrules:\n  r: {label: R, when: ${when}}`, "test.yaml"), session);
  assert.ok(result);
  return result;
}
const stateOf = async (when: string, said: readonly Said[], more?: Partial<SessionFacts>): Promise<string> => (await judged(when, facts(said, more))).state;

function problemsOf(text: string): string[] {
  try {
    parseRules(`version: 1\nrules:\n${text}`, "test.yaml");
  } catch (error) {
    assert.ok(error instanceof AppError && error.code === "CONFIG_INVALID");
    return (error.details["problems"] as { path: string; message: string }[]).map(({ path, message }) => `${path}: ${message}`);
  }
  return [];
}

describe("rules: the file", () => {
  it("every mistake is named at once, with its path", () => {
    const problems = problemsOf(`  Bad: {label: x, when: {channel: phone}}
  a: {label: "", when: {said: {words: ["!?", good], by: boss}}}
  b: {label: B, when: {metric: {name: hold, above: 3}}, alert: {severity: loud}}
  c: {label: C, when: {}}
  d: {label: D, when: {any: [{said: hello}, {sayed: {words: x}}]}}
  e: {label: E, when: {said: {words: hello, first_seconds: 3, last_seconds: 3}}}
  f: {label: F, when: {sentiment: {of: overall, by: agent, below: 0}}}`);
    for (const path of ["rules.Bad:", "rules.a.label:", "rules.a.when.said.words.0: expected at least one word", "rules.a.when.said.by.0:", "rules.b.when.metric.name: expected the name of a metric", "rules.b.alert.severity:", "rules.c.when: expected at least one condition", "rules.d.when.any.0.said:", "rules.d.when.any.1:", "rules.e.when.said: expected one of first_seconds", "rules.f.when.sentiment: expected by only"]) {
      assert.ok(problems.some((one) => one.startsWith(path)), `${path} in\n${problems.join("\n")}`);
    }
  });
  it("the same name twice, what is not YAML and conditions nested beyond six levels are refused", () => {
    assert.match(problemsOf("  a: {label: A, when: {channel: phone}}\n  a: {label: A, when: {channel: phone}}")[0] ?? "", /twice/);
    assert.match(problemsOf("  a: {label: [")[0] ?? "", /is not YAML/);
    const nested = (levels: number): string => (levels === 0 ? "{channel: phone}" : `{all: [${nested(levels - 1)}]}`);
    assert.deepEqual([problemsOf(`  a: {label: A, when: ${nested(6)}}`), problemsOf(`  a: {label: A, when: ${nested(7)}}`).length > 0], [[], true]);
  });
  it("rules that are switched off are not asked; the hash follows what is asked and shown", () => {
    const hash = (rule: string): string => parseRules(`version: 1\nrules: {a: ${rule}}`, "t").hash;
    assert.equal(parseRules("version: 1\nrules: {a: {label: A, enabled: false, when: {channel: phone}}}", "t").rules.length, 0);
    assert.equal(hash("{label: A, when: {channel: phone}}"), hash("{when: {channel: [phone]}, label: A}"));
    assert.notEqual(hash("{label: A, when: {channel: phone}}"), hash("{label: B, when: {channel: phone}}"));
  });
});

describe("rules: words", () => {
  const call: Said[] = [["agent", 2, 6, "Good morning. How can I help?"], ["customer", 7, 12, "I was charged twice. I'd like to speak to your supervisor."], ["agent", 14, 18, "I'm afraid he isn't here."]];

  it("forms of a word are one, short forms are written out, ~ spans a few words, and the turn is named", async () => {
    for (const words of ["charge twice", "speak ~ supervisors", "he is not here", "[nonsense, would like]"]) assert.equal(await stateOf(`{said: {words: ${words}}}`, call), "matched", words);
    assert.deepEqual((await judged("{said: {words: speak ~ supervisor, by: customer}}", facts(call))).evidence, ["t2"]);
  });
  it("a phrase does not reach over the end of a sentence, into another party, or over more than six words", async () => {
    for (const words of ["twice would like", "help charged", "morning ~ help"]) assert.equal(await stateOf(`{said: {words: "${words}"}}`, [["agent", 0, 1, "Good morning. How can I help"], ["customer", 1, 2, "I was charged twice. I would like that"]]), "not_matched", words);
    assert.equal(await stateOf("{said: {words: one ~ eight}}", [["agent", 0, 1, "one b c d e f g eight"]]), "matched");
    assert.equal(await stateOf("{said: {words: one ~ nine}}", [["agent", 0, 1, "one b c d e f g h nine"]]), "not_matched");
  });
  it("a breath between two turns of one speaker does not tear a phrase; a longer pause does", async () => {
    const torn = (pause: number): Said[] => [["customer", 0, 2, "I want to speak to"], ["customer", 2 + pause, 5 + pause, "a manager"]];
    assert.deepEqual((await judged("{said: {words: speak ~ manager}}", facts(torn(1)))).evidence, ["t1", "t2"]);
    assert.equal(await stateOf("{said: {words: speak ~ manager}}", torn(4)), "not_matched");
  });
  it("the other party's words do not count; times counts places", async () => {
    assert.equal(await stateOf("{said: {words: supervisor, by: agent}}", call), "not_matched");
    assert.equal(await stateOf("{said: {words: sorry, times: 2}}", [["agent", 0, 1, "Sorry."], ["agent", 5, 6, "So sorry."]]), "matched");
    assert.equal(await stateOf("{said: {words: sorry, times: 3}}", [["agent", 0, 1, "Sorry."], ["agent", 5, 6, "So sorry."]]), "not_matched");
  });
  it("words are never patterns: what looks like one is only words, and a phrase full of gaps takes no time", async () => {
    assert.equal(await stateOf('{said: {words: "(c.*)+$ twice"}}', [["customer", 0, 1, "charged twice"]]), "not_matched");
    const started = performance.now();
    assert.equal(await stateOf(`{said: {words: "${"a ~ ".repeat(28)}zebra"}}`, [["customer", 0, 600, "a ".repeat(5000)]]), "not_matched");
    assert.ok(performance.now() - started < 3000);
  });
  it("text of other languages is compared as it is", async () => {
    assert.equal(await stateOf("{said: {words: je veux ~ responsable}}", [["customer", 0, 1, "Je veux parler au responsable !"]], { language: "fr" }), "matched");
  });
});

describe("rules: windows", () => {
  const disclosure = "{not_said: {words: call ~ recorded, by: agent, first_seconds: 30}}";
  const said = (from: number, to: number): Said[] => [["agent", 10, 12, "Good morning."], ["agent", from, to, "This call is recorded."], ["customer", 90, 100, "Fine, bye."]];

  it("time runs from the first word, not from the ringing before it", async () => {
    assert.equal(await stateOf(disclosure, said(36, 38)), "not_matched");
    assert.equal(await stateOf(disclosure, said(45, 47)), "matched");
  });
  it("a turn that lies across the edge counts as inside: nobody is accused for the place of a word that is not kept", async () => {
    assert.equal(await stateOf(disclosure, said(39.999, 60)), "not_matched");
    assert.equal(await stateOf(disclosure, said(40, 60)), "matched"); // begins when the window has ended
    const last = "{said: {words: call ~ recorded, last_seconds: 30}}";
    assert.equal(await stateOf(last, said(60, 70.001)), "matched"); // ends after it has begun
    assert.equal(await stateOf(last, said(60, 70)), "not_matched");
  });
  it("words that were not said name the window that was searched and how well it was heard", async () => {
    const result = await judged(disclosure, facts([...said(45, 47), ["agent", 13, 15, "Mumble mumble.", 0.2], ["agent", 16, 20, "Parcel service, Anna Keller."]]));
    assert.deepEqual([result.state, result.evidence], ["matched", []]);
    assert.deepEqual(result.searched, [{ by: ["agent"], from_ms: 0, to_ms: 30_000, turns: 3, heard_share: 0.75 }]);
  });
  it("most of the window heard badly: absence says nothing", async () => {
    const result = await judged(disclosure, facts([["agent", 0, 2, "Good morning."], ["agent", 3, 20, "mumble mumble mumble mumble mumble", 0.2], ["customer", 60, 61, "Yes"]]));
    assert.deepEqual([result.state, result.because], ["not_measurable", ["heard_badly"]]);
  });
  it("a call in which nobody speaks accuses nobody", async () => assert.deepEqual((await judged(disclosure, facts([]))).because, ["nobody_speaks"]));
  it("the last seconds of a recording that breaks off are not those of the call", async () => {
    assert.equal(await stateOf("{not_said: {words: bye, last_seconds: 10}}", said(20, 21), { truncated: true }), "not_measurable");
    assert.equal(await stateOf(disclosure, said(45, 47), { truncated: true }), "matched");
  });
  it("after other words: in a later turn or later in the same one, within the time; not before them", async () => {
    const after = "{said: {words: sorry, by: agent, after: {words: complaint, by: customer, seconds: 10}}}";
    const complaint: Said = ["customer", 20, 25, "I have a complaint."];
    assert.deepEqual((await judged(after, facts([complaint, ["agent", 30, 32, "I am sorry."]]))).evidence, ["t2"]);
    assert.equal(await stateOf(after, [["agent", 10, 12, "I am sorry."], complaint]), "not_matched");
    assert.equal(await stateOf(after, [complaint, ["agent", 35, 36, "I am sorry."]]), "not_matched");
    assert.equal(await stateOf("{said: {words: now, after: {words: refund, seconds: 1}}}", [["customer", 0, 5, "I want a refund and I want it now"]]), "matched");
    assert.equal(await stateOf("{said: {words: refund, after: {words: now, seconds: 1}}}", [["customer", 0, 5, "I want a refund and I want it now"]]), "not_matched");
  });
  it("not said after other words: only where those were said, and none of them was answered", async () => {
    const unanswered = "{not_said: {words: sorry, by: agent, after: {words: complaint, by: customer, seconds: 10}}}";
    const complaint: Said = ["customer", 20, 25, "I have a complaint."];
    assert.deepEqual((await judged(unanswered, facts([complaint, ["agent", 26, 28, "Okay."]]))).evidence, ["t1"]);
    assert.equal(await stateOf(unanswered, [["customer", 20, 25, "All is well."], ["agent", 26, 28, "Okay."]]), "not_matched");
    assert.equal(await stateOf(unanswered, [complaint, ["agent", 26, 28, "I am sorry."]]), "not_matched");
  });
  it("messages count by their own time", async () => {
    const chat: Said[] = [["customer", 0, 0, "Hello?"], ["agent", 45, 45, "Hello"]];
    assert.equal(await stateOf("{not_said: {words: hello, by: agent, first_seconds: 45}}", chat, { channel: "web_chat" }), "matched");
    assert.equal(await stateOf("{not_said: {words: hello, by: agent, first_seconds: 46}}", chat, { channel: "web_chat" }), "not_matched");
  });
});

describe("rules: what is not known", () => {
  const mono: Said[] = [["unknown", 0, 4, "Hello, this call is recorded."], ["unknown", 5, 9, "I want to speak to your manager."]];
  const numbers = (more: Partial<CallMetrics>): CallMetrics => ({ definitions: "2026-2", agent_talk_ratio: null, silence_ms: null, overtalk_ms: null, interruptions: null, ...more });

  it("mono: said, but nobody knows by whom, is not measurable, in both directions; said by nobody at all is known", async () => {
    assert.deepEqual((await judged("{said: {words: manager, by: customer}}", facts(mono))).because, ["parties_unknown"]);
    assert.deepEqual((await judged("{not_said: {words: call ~ recorded, by: agent}}", facts(mono))).because, ["parties_unknown"]);
    assert.equal(await stateOf("{said: {words: manager}}", mono), "matched");
    assert.equal(await stateOf("{said: {words: lawyer, by: customer}}", mono), "not_matched");
    assert.equal(await stateOf("{not_said: {words: lawyer, by: agent}}", mono), "matched");
  });
  it("a number that the recording does not allow never matches, above or below, and gives the metric's own reason", async () => {
    const metrics = numbers({ not_measurable: { silence_ms: "mono" }, hold_ms: 1000 });
    for (const bound of ["above: 0", "below: 100000000"]) assert.deepEqual([(await judged(`{metric: {name: silence_ms, ${bound}}}`, facts(mono, { metrics }))).because, await stateOf(`{none: [{metric: {name: silence_ms, ${bound}}}]}`, mono, { metrics })], [["mono"], "not_measurable"]);
    const held = await judged("{metric: {name: hold_ms, above: 999}}", facts(mono, { metrics }));
    assert.deepEqual([held.state, held.numbers], ["matched", [{ name: "hold_ms", value: 1000 }]]);
    assert.equal(await stateOf("{metric: {name: hold_ms, above: 1000}}", mono, { metrics }), "not_matched");
    assert.deepEqual((await judged("{metric: {name: hold_ms, above: 1}}", facts(mono))).because, ["no_numbers"]);
  });
  it("direction, queue, agent, length, outcome and mood that nobody knows decide nothing; what decides without them does", async () => {
    const unknown: Partial<SessionFacts> = { direction: "unknown", queue: null, agent: { id: null, name: null }, durationMs: null };
    const cases = { "direction: outbound": "direction_unknown", "queue: sales": "queue_unknown", "agent: Ana": "agent_unknown", "duration_seconds: {above: 3}": "duration_unknown", "outcome: resolved": "outcome_unknown", "reason: billing": "reason_unknown", "trend: worsening": "no_mood", "sentiment: {of: customer_end, below: 0}": "no_mood" };
    for (const [condition, because] of Object.entries(cases)) {
      assert.deepEqual((await judged(`{${condition}}`, facts(mono, unknown))).because, [because], condition);
      assert.equal(await stateOf(`{channel: email, ${condition}}`, mono, unknown), "not_matched", condition);
      assert.equal(await stateOf(`{any: [{channel: phone}, {${condition}}]}`, mono, unknown), "matched", condition);
    }
  });
  it("what is known is compared: names without regard to capitals, reasons with their topic, risks from their level on", async () => {
    const analysis = { ...facts(mono).analysis, reason: "billing.double_charge", outcome: "escalated" as const, outcome_evidence: ["t2"], risks: { escalation: { level: "low" as const, evidence: ["t2"] }, churn: { level: "none" as const, evidence: [] } }, sentiment: { overall: -0.3, customer_start: 0.1, customer_end: -0.5, trend: "worsening" as const }, turn_sentiment: { t2: -0.7 }, coverage: { turns_read: 1, turns_total: 2 } };
    for (const condition of ["agent: ana", "agent: [Bob, '201']", "queue: Billing", "reason: billing", "reason: billing.double_charge", "outcome: [escalated, unresolved]", "risk: {of: escalation, at_least: low}", "trend: worsening", "sentiment: {of: turn, below: -0.6}", "sentiment: {below: 0, above: -0.4}", "coverage: {below: 0.9}", "duration_seconds: {above: 119, below: 121}"]) assert.equal(await stateOf(`{${condition}}`, mono, { analysis }), "matched", condition);
    for (const condition of ["agent: An", "reason: bill", "risk: {of: escalation}", "risk: {of: churn, at_least: low}", "sentiment: {of: turn, below: -0.7}"]) assert.equal(await stateOf(`{${condition}}`, mono, { analysis }), "not_matched", condition);
    assert.deepEqual((await judged("{sentiment: {of: turn, by: customer, below: -0.6}}", facts(mono, { analysis }))).because, ["parties_unknown"]);
  });
});

describe("rules: properties", () => {
  const WORDS = ["manager", "refund", "parcel", "contract", "invoice", "router", "lawyer"]; // no function words: said twice in a row those are a stutter
  const word = fc.constantFrom(...WORDS);
  const turns = fc.array(fc.tuple(fc.constantFrom<Speaker>("agent", "customer", "unknown"), fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 20 }), fc.array(word, { minLength: 1, maxLength: 6 })), { maxLength: 12 })
    .map((list): Said[] => list.map(([speaker, from, length, words]) => [speaker, from, from + length, `${words.join(" ")}.`]));
  const phrase = fc.array(word, { minLength: 1, maxLength: 3 });
  const by = fc.constantFrom<Speaker[] | undefined>(undefined, ["agent"], ["customer"]);
  const byYaml = (parties: readonly string[] | undefined): string => (parties === undefined ? "" : `, by: [${parties.join(", ")}]`);

  it("whatever matches was said: every piece of evidence holds the words, by that party, and touches the window", async () => {
    await fc.assert(fc.asyncProperty(turns, phrase, by, fc.integer({ min: 1, max: 200 }), async (said, words, parties, seconds) => {
      const session = facts(said);
      const result = await judged(`{said: {words: ${words.join(" ")}${byYaml(parties)}, first_seconds: ${seconds}}}`, session);
      const start = Math.min(...session.turns.map((turn) => turn.startMs));
      const holds = session.turns.filter((turn) => `${turn.text.slice(0, -1)} `.includes(`${words.join(" ")} `) && ` ${turn.text}`.includes(` ${words[0]}`) && turn.startMs < start + seconds * 1000 && (parties === undefined || parties.includes(turn.speaker)));
      if (result.state === "matched") assert.ok(result.evidence.length > 0 && result.evidence.every((id) => holds.some((turn) => turn.id === id)), JSON.stringify([result, said]));
      else assert.equal(holds.length, 0);
    }), { numRuns: 150 });
  });
  it("words that nobody said never match, however the rule is put together", async () => {
    await fc.assert(fc.asyncProperty(turns, by, async (said, parties) => {
      for (const when of [`{said: {words: zebra${byYaml(parties)}}}`, `{any: [{said: {words: zebra${byYaml(parties)}}}, {none: [{not_said: {words: zebra${byYaml(parties)}}}]}]}`, `{said: {words: refund, after: {words: zebra, seconds: 99}}}`]) assert.notEqual(await stateOf(when, said), "matched", when);
    }), { numRuns: 100 });
  });
  it("said and not said never both match, and where parties are known exactly one does", async () => {
    await fc.assert(fc.asyncProperty(turns, phrase, by, async (said, words, parties) => {
      const where = `{words: ${words.join(" ")}${byYaml(parties)}}`;
      const states = [await stateOf(`{said: ${where}}`, said), await stateOf(`{not_said: ${where}}`, said)];
      assert.ok(!states.every((state) => state === "matched"));
      if (said.length > 0 && said.every(([speaker]) => speaker !== "unknown")) assert.deepEqual([...states].sort(), ["matched", "not_matched"]);
    }), { numRuns: 100 });
  });
  it("the order in which turns are given changes nothing, and the same session always gets the same answer", async () => {
    await fc.assert(fc.asyncProperty(turns, phrase, async (said, words) => {
      const session = facts(said.filter(([, from], i) => said.findIndex((one) => one[1] === from) === i));
      const when = `{any: [{said: {words: ${words.join(" ")}, last_seconds: 40}}, {not_said: {words: ${words.join(" ")}, by: agent}}]}`;
      assert.deepEqual(await judged(when, { ...session, turns: [...session.turns].reverse() }), await judged(when, session));
    }), { numRuns: 100 });
  });
});
