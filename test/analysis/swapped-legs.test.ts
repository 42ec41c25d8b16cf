// Agent and customer on each other's channel: found by what only one of them says.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { judgeLegs, OVERWHELMING, type LegClues } from "../../app/analysis/index.ts";
import type { Direction, Speaker } from "../../app/domain/index.ts";
import { installationRoot } from "../../app/platform/index.ts";

type Said = readonly [Speaker, string];
const clues = (direction: Direction, said: readonly Said[], more: Partial<LegClues> = {}): LegClues => ({ turns: said.map(([speaker, text], i) => ({ speaker, text, startMs: 1000 + i * 4000 })), direction, companyNames: [], ...more });
const swap = (speaker: Speaker): Speaker => (speaker === "agent" ? "customer" : speaker === "customer" ? "agent" : speaker);

const CALL: readonly Said[] = [
  ["agent", "Thank you for calling, my name is Laura. How can I help you today?"],
  ["customer", "Hi, I'm calling about my bill, I was charged twice."],
  ["agent", "I am sorry. Can I take your account number, please?"],
  ["customer", "My account number is [removed]."],
  ["agent", "Is there anything else I can help you with?"],
];
const SWAPPED = CALL.map(([speaker, text]): Said => [swap(speaker), text]);

describe("analysis: swapped legs", () => {
  it("judgeLegs: a call with greeting and questions on the customer's channel is swapped beyond doubt, and the reasons quote nothing", () => {
    const verdict = judgeLegs(clues("inbound", SWAPPED));
    assert.equal(verdict.isSwapped, true);
    assert.ok(verdict.confidence >= OVERWHELMING, String(verdict.confidence));
    assert.ok(verdict.reasons.includes("the customer's channel offers help") && verdict.reasons.includes("the agent's channel says why it calls"), verdict.reasons.join());
    assert.doesNotMatch(verdict.reasons.join(), /Laura|bill|twice/);
  });

  it("judgeLegs: the same call the right way round is not", () => assert.deepEqual(judgeLegs(clues("inbound", CALL)), { isSwapped: false, confidence: 0, reasons: [] }));

  it("judgeLegs: one strong sign is worth a report and never a correction; who speaks first alone is worth nothing", () => {
    const one = judgeLegs(clues("unknown", [["customer", "Good morning, how may I help you?"], ["agent", "Good morning."]]));
    assert.ok(one.isSwapped && one.confidence < OVERWHELMING, JSON.stringify(one));
    assert.equal(judgeLegs(clues("inbound", [["customer", "Hello?"], ["agent", "Hello."]])).isSwapped, false);
  });

  it("judgeLegs: in outgoing calls the agent says why it calls, and may be thanked for it", () => {
    const said: Said[] = [["customer", "Hello?"], ["agent", "Hello, I'm calling about your order."], ["customer", "Thank you for calling back."]];
    assert.equal(judgeLegs(clues("outbound", said)).isSwapped, false);
  });

  it("judgeLegs: signs of both kinds weigh against each other", () => {
    assert.equal(judgeLegs(clues("inbound", [...CALL.slice(0, 3), ["customer", "How can I help you?"]])).isSwapped, false);
  });

  it("judgeLegs: the company's name in a greeting and the agent's extension are evidence", () => {
    const said: Said[] = [["customer", "Northgate Energy, good morning, this is Sam."], ["agent", "Hello."]];
    assert.equal(judgeLegs(clues("inbound", said)).isSwapped, false);
    const named = judgeLegs(clues("inbound", said, { companyNames: ["Northgate Energy"] }));
    assert.ok(named.isSwapped && named.confidence < OVERWHELMING, JSON.stringify(named));
    assert.ok(judgeLegs(clues("unknown", [["agent", "Hello."]], { agentIsMappedAs: "customer" })).isSwapped);
    assert.equal(judgeLegs(clues("inbound", said, { companyNames: ["Northgate Energy"], agentIsMappedAs: "agent" })).isSwapped, false);
  });

  it("judgeLegs: every sample call is judged right, as it is and with its channels exchanged", () => {
    const folder = join(installationRoot(), "scripts", "demo", "calls");
    for (const file of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
      const call = JSON.parse(readFileSync(join(folder, file), "utf8")) as { direction: Direction; said: { speaker: Speaker; start_ms: number; text: string }[] };
      const turns = call.said.map(({ speaker, start_ms: startMs, text }) => ({ speaker, startMs, text }));
      assert.equal(judgeLegs({ turns, direction: call.direction, companyNames: [] }).isSwapped, false, file);
      const exchanged = turns.map((turn) => ({ ...turn, speaker: swap(turn.speaker) }));
      assert.equal(judgeLegs({ turns: exchanged, direction: call.direction, companyNames: [] }).isSwapped, true, file);
    }
  });

  it("judgeLegs: a call and its exchanged copy are never both called swapped, whatever is said", () => {
    const phrase = fc.constantFrom("how can i help", "thank you for calling", "my account number is", "can I take your account number", "I'm calling about it", "yes", "speak to a manager");
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom<Speaker[]>("agent", "customer", "unknown"), phrase), { maxLength: 8 }), fc.constantFrom<Direction[]>("inbound", "outbound", "unknown"), (said, direction) => {
        const [there, back] = [judgeLegs(clues(direction, said)), judgeLegs(clues(direction, said.map(([speaker, text]): Said => [swap(speaker), text])))];
        assert.ok(!(there.isSwapped && back.isSwapped));
        for (const { confidence } of [there, back]) assert.ok(confidence >= 0 && confidence <= 1);
      }),
    );
  });
});
