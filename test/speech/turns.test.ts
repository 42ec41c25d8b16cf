// Words become turns; two channels become one conversation.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { SpokenTurn, Speaker, Word } from "../../app/domain/index.ts";
import { buildTurns, mergeTurns, TURN_LIMITS, type ChannelWords } from "../../app/speech/index.ts";

/** Words of 300 ms with 50 ms between them. */
function say(startMs: number, text: string): Word[] {
  return text.split(" ").map((part, i) => ({ text: part, startMs: startMs + i * 350, endMs: startMs + i * 350 + 300, confidence: 0.8 }));
}
const agent = (...words: Word[][]): ChannelWords => ({ channel: 1, speaker: "agent", words: words.flat() });
const customer = (...words: Word[][]): ChannelWords => ({ channel: 0, speaker: "customer", words: words.flat() });
const lines = (turns: readonly SpokenTurn[]): string[] => turns.map((turn) => `${turn.speaker}: ${turn.text}`);

describe("speech/turns", () => {
  it("buildTurns: a pause ends a turn, a breath does not", () => {
    const turns = buildTurns([agent(say(0, "hello there"), say(1300, "how are you"), say(4000, "still here"))]);
    assert.deepEqual(lines(turns), ["agent: hello there how are you", "agent: still here"]);
    assert.deepEqual(turns.map((turn) => [turn.startMs, turn.endMs]), [[0, 2300], [4000, 4650]]);
  });

  it("buildTurns: the other party's answer ends a turn at a breath", () => {
    const turns = buildTurns([agent(say(0, "is that right"), say(1600, "and when was it")), customer(say(1100, "yes it was charged twice"))]);
    assert.deepEqual(lines(turns), ["agent: is that right", "customer: yes it was charged twice", "agent: and when was it"]);
  });

  it("buildTurns: a murmur of the other party neither splits a turn nor counts as its pause", () => {
    const turns = buildTurns([agent(say(0, "I looked at your account"), say(2750, "and found the payment")), customer(say(1800, "mhm"))]);
    assert.deepEqual(lines(turns), ["agent: I looked at your account and found the payment", "customer: mhm"]);
    const alone = buildTurns([agent(say(0, "I looked at your account"), say(2750, "and found the payment"))]);
    assert.equal(alone.length, 2, "the same pause without the murmur ends the turn");
  });

  it("buildTurns: somebody who talks over the other does not cut running words apart", () => {
    const turns = buildTurns([agent(say(0, "we will refund the whole amount within five working days")), customer(say(700, "but I need it today please"))]);
    assert.deepEqual(lines(turns), ["agent: we will refund the whole amount within five working days", "customer: but I need it today please"]);
  });

  it("buildTurns: a monologue ends a turn at a full stop after 30 s, and at 60 s anyway", () => {
    const sentences = Array.from({ length: 40 }, (_, i) => say(i * 1750, "this is one more sentence.")).flat();
    const bySentence = buildTurns([agent(sentences)]);
    assert.ok(bySentence.length >= 2 && bySentence.every((turn) => turn.text.endsWith("sentence.") && turn.endMs - turn.startMs <= 32_000));
    const unending = buildTurns([agent(say(0, "and ".repeat(400).trim()))]);
    assert.ok(unending.every((turn) => turn.endMs - turn.startMs <= 2 * TURN_LIMITS.longTurnMs));
  });

  it("buildTurns: confidence is weighted by the length of the words", () => {
    const [turn] = buildTurns([agent([{ text: "a", startMs: 0, endMs: 10, confidence: 0 }, { text: "tremendous", startMs: 10, endMs: 500, confidence: 0.55 }])]);
    assert.ok(Math.abs((turn?.confidence ?? 0) - 0.5) < 1e-9);
  });

  it("mergeTurns: the customer speaks first when both start in the same millisecond", () => {
    const turns = buildTurns([agent(say(500, "hello")), customer(say(500, "hi"))]);
    assert.deepEqual(turns.map((turn) => turn.speaker), ["customer", "agent"]);
  });

  it("buildTurns: every word is in exactly one turn in its order, turns of a channel do not overlap, all are sorted", () => {
    const anyWords = fc.array(fc.record({ gapMs: fc.integer({ min: 0, max: 2500 }), lengthMs: fc.integer({ min: 1, max: 900 }), stop: fc.boolean() }), { maxLength: 60 }).map((steps) => {
      let at = 0;
      return steps.map((step, i): Word => {
        const startMs = at + step.gapMs;
        at = startMs + step.lengthMs;
        return { text: `w${i}${step.stop ? "." : ""}`, startMs, endMs: at, confidence: 0.5 };
      });
    });
    const speakers: Speaker[] = ["customer", "agent"];
    fc.assert(
      fc.property(anyWords, anyWords, (first, second) => {
        const turns = buildTurns([first, second].map((words, i) => ({ channel: i === 0 ? 0 : 1, speaker: speakers[i] ?? "unknown", words })));
        for (const [i, words] of [first, second].entries()) {
          const own = turns.filter((turn) => turn.channel === i);
          assert.deepEqual(own.flatMap((turn) => turn.words), words);
          for (let k = 1; k < own.length; k++) assert.ok((own[k - 1]?.endMs ?? 0) <= (own[k]?.startMs ?? 0));
        }
        for (let k = 1; k < turns.length; k++) assert.ok((turns[k - 1]?.startMs ?? 0) <= (turns[k]?.startMs ?? 0));
        for (const turn of turns) assert.equal(turn.text, turn.words.map((word) => word.text).join(" "));
        assert.equal(mergeTurns([turns, []]).length, turns.length);
      }),
    );
  });
});
