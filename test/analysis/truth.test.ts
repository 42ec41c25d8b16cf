// Corrected turns are found again, and words are counted right: properties and examples.
import assert from "node:assert/strict";
import fc from "fast-check";
import { checkedWords, matchTurns, SAME } from "../../app/analysis/index.ts";
import { partyOf, type Turn, type TurnPlace } from "../../app/domain/index.ts";

const turn = (n: number, speaker: Turn["speaker"], startMs: number, endMs: number): Turn => ({ id: `msg_${n}`, speaker, startMs, endMs, text: "", confidence: undefined });

/** Turns of both parties as a call has them: each party's follow each other, the parties may overlap. */
const calls = fc.array(fc.record({ speaker: fc.constantFrom("agent" as const, "customer" as const), gap: fc.nat(2000), length: fc.integer({ min: 200, max: 20_000 }) }), { maxLength: 40 }).map((pieces) => {
  const until = { agent: 0, customer: 0 };
  return pieces.map(({ speaker, gap, length }, n) => {
    const startMs = until[speaker] + gap;
    until[speaker] = startMs + length;
    return turn(n, speaker, startMs, startMs + length);
  });
});
const placeOf = (one: Turn): TurnPlace => ({ party: partyOf(one), startMs: one.startMs, endMs: one.endMs });

describe("matchTurns", () => {
  it("heard alike, every corrected turn is found, whatever the order of either list", () => {
    fc.assert(fc.property(calls, fc.infiniteStream(fc.nat()), (turns, chance) => {
      const places = [...turns].sort(() => (chance.next().value as number) % 3 - 1);
      assert.deepEqual(matchTurns(places.map(placeOf), [...turns].reverse()), places);
    }));
  });
  it("ends that move by less than a seventh of the turn do not lose it", () => {
    fc.assert(fc.property(calls, fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true }), (turns, a, b) => {
      const moved = turns.map((one) => {
        const by = (one.endMs - one.startMs) / 7;
        return { ...one, startMs: one.startMs + a * by, endMs: one.endMs + b * by };
      });
      assert.deepEqual(matchTurns(turns.map(placeOf), moved).map((one) => one?.id), turns.map((one) => one.id));
    }));
  });
  it("between any two calls: nobody gets a turn twice, nor one that shares too little time, nor one of another party that is there", () => {
    fc.assert(fc.property(calls, calls, (before, after) => {
      const found = matchTurns(before.map(placeOf), after);
      const given = found.filter((one) => one !== undefined);
      assert.equal(new Set(given.map((one) => one.id)).size, given.length);
      for (const [i, one] of found.entries()) {
        const was = before[i];
        if (one === undefined || was === undefined) continue;
        const shared = Math.min(was.endMs, one.endMs) - Math.max(was.startMs, one.startMs);
        assert.ok(shared / (Math.max(was.endMs, one.endMs) - Math.min(was.startMs, one.startMs)) >= SAME);
        assert.ok(one.speaker === was.speaker || after.every((other) => other.speaker !== was.speaker));
      }
    }));
  });
  it("two turns that became one are lost, and legs that were swapped are not", () => {
    assert.deepEqual(matchTurns([{ party: "agent", startMs: 0, endMs: 3000 }, { party: "agent", startMs: 3200, endMs: 6000 }], [turn(1, "agent", 0, 6000)]), [undefined, undefined]);
    assert.equal(matchTurns([{ party: "unknown", startMs: 0, endMs: 3000 }], [turn(1, "agent", 100, 3000)])[0]?.id, "msg_1");
    assert.deepEqual(matchTurns([{ party: "customer", startMs: 0, endMs: 3000 }], [turn(1, "agent", 0, 3000), turn(2, "customer", 9000, 9900)]), [undefined]);
  });
});

describe("checkedWords", () => {
  const rate = (truth: string, heard: string) => checkedWords([{ truth, heard }]);
  it("counts what must be changed, over what was said; case, punctuation and redacted places do not count", () => {
    assert.deepEqual(rate("I was charged twice.", "i was judged twice"), { lines: 1, words: 4, errors: 1, rate: 0.25 });
    assert.deepEqual(rate("Yes", "yes it is"), { lines: 1, words: 1, errors: 2, rate: 2 });
    assert.deepEqual(rate("It’s [CARD], thanks", "it's [CARD] thanks"), { lines: 1, words: 2, errors: 0, rate: 0 });
    assert.deepEqual(rate("", "invented words"), { lines: 1, words: 0, errors: 2, rate: null });
    assert.deepEqual(rate("Grüße an Łódź", "grüsse an łódź"), { lines: 1, words: 3, errors: 1, rate: 0.333 });
  });
  it("is a distance: none from a line to itself, at most the longer line, and never less than the difference of lengths", () => {
    const lines = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 12 });
    fc.assert(fc.property(lines, lines, (said, heard) => {
      const { errors } = rate(said.join(" "), heard.join(" "));
      assert.ok(errors >= Math.abs(said.length - heard.length) && errors <= Math.max(said.length, heard.length));
      assert.equal(errors, rate(heard.join(" "), said.join(" ")).errors);
      assert.equal(rate(said.join(" "), said.join(" ")).errors, 0);
    }));
  });
});
