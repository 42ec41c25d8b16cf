// Counting word errors and their interval, against known cases and laws that hold for any words.
import assert from "node:assert/strict";
import fc from "fast-check";
import { rateOf } from "./interval.ts";
import { align, countErrors, errorsOf, shareOut } from "./word-errors.ts";

const words = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 10 });

describe("word error", () => {
  it("counts each kind of error", () => {
    const said = "the cat sat on the mat".split(" ");
    assert.deepEqual(countErrors(said, "the cat sit on mat please".split(" ")), { substitutions: 1, deletions: 1, insertions: 1, said: 6 });
    assert.deepEqual(countErrors([], ["thank", "you"]), { substitutions: 0, deletions: 0, insertions: 2, said: 0 });
  });

  it("aligns every word once, in order, as cheaply as a plain recursion finds", () => {
    const cheapest = (a: readonly string[], b: readonly string[]): number =>
      a.length === 0 || b.length === 0 ? a.length + b.length : Math.min(cheapest(a.slice(1), b.slice(1)) + Number(a[0] !== b[0]), cheapest(a.slice(1), b) + 1, cheapest(a, b.slice(1)) + 1);
    const short = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 5 });
    fc.assert(
      fc.property(short, short, (said, heard) => {
        const steps = align(said, heard);
        assert.deepEqual(steps.flatMap((step) => step.said ?? []), said.map((_, i) => i));
        assert.deepEqual(steps.flatMap((step) => step.heard ?? []), heard.map((_, i) => i));
        assert.equal(errorsOf(countErrors(said, heard)), cheapest(said, heard));
      }),
      { numRuns: 150 },
    );
  });

  it("shares a call out among its utterances without making it worse", () => {
    assert.deepEqual(shareOut([["a", "b"], ["c"], ["d", "e"]], ["a", "b", "d", "e", "y"]), [{ from: 0, to: 2 }, { from: 2, to: 2 }, { from: 2, to: 5 }]);
    fc.assert(
      fc.property(fc.array(words, { minLength: 1, maxLength: 5 }), words, (said, heard) => {
        const shares = shareOut(said, heard);
        assert.deepEqual(shares.flatMap((share) => heard.slice(share.from, share.to)), heard);
        const apart = shares.map((share, i) => errorsOf(countErrors(said[i] ?? [], heard.slice(share.from, share.to)))).reduce((a, b) => a + b, 0);
        assert.equal(apart, errorsOf(countErrors(said.flat(), heard)));
      }),
    );
  });

  it("gives a rate, the same interval each time, narrower with more calls", () => {
    const units = (count: number) => Array.from({ length: count }, (_, i) => ({ errors: i % 4, said: 20 }));
    const few = rateOf(units(8));
    const many = rateOf(units(200));
    assert.ok(few !== undefined && many !== undefined);
    assert.deepEqual(rateOf(units(8)), few);
    assert.equal(few.rate, 12 / 160);
    assert.ok(few.low < few.rate && few.rate < few.high);
    assert.ok(many.high - many.low < (few.high - few.low) / 2);
    assert.equal(rateOf([{ errors: 3, said: 0 }]), undefined);
  });
});
