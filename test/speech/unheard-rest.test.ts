// What is asked for again when an engine stopped in the middle of a window.
import assert from "node:assert/strict";
import fc from "fast-check";
import { packWindows, unheardRest, WINDOW_LIMITS } from "../../app/speech/index.ts";

const two = { durationMs: 5100, pieces: [{ windowStartMs: 0, sourceStartMs: 10_000, durationMs: 2000 }, { windowStartMs: 2100, sourceStartMs: 20_000, durationMs: 3000 }] };

describe("unheardRest", () => {
  it("is nothing when the last word ends near the end of the sound", () => assert.equal(unheardRest(two, [500, 4600], 100), undefined));

  it("is the second piece when only the first was heard", () =>
    assert.deepEqual(unheardRest(two, [1700], 100), { durationMs: 3000, pieces: [{ windowStartMs: 0, sourceStartMs: 20_000, durationMs: 3000 }] }));

  it("begins after the last word when a piece was heard in part", () =>
    assert.deepEqual(unheardRest(two, [400, 3100], 100), { durationMs: 2000, pieces: [{ windowStartMs: 0, sourceStartMs: 21_000, durationMs: 2000 }] }));

  it("gives up the first piece when nothing was heard, and the last one too", () => {
    assert.equal(unheardRest(two, [], 100)?.durationMs, 3000);
    assert.equal(unheardRest({ durationMs: 3000, pieces: [{ windowStartMs: 0, sourceStartMs: 0, durationMs: 3000 }] }, [], 100), undefined);
  });

  it("always gets shorter, and holds only sound of the window that comes after the last word", () => {
    const spans = fc.array(fc.tuple(fc.integer({ min: 400, max: 4000 }), fc.integer({ min: 200, max: 6000 })), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(spans, fc.array(fc.integer({ min: 0, max: 31_000 }), { maxLength: 5 }), (parts, ends) => {
        let at = 0;
        const windows = packWindows(parts.map(([pause, length]) => ({ startMs: (at += pause), endMs: (at += length) })));
        for (const window of windows) {
          const rest = unheardRest(window, ends, WINDOW_LIMITS.gapMs);
          if (rest === undefined) continue;
          assert.ok(rest.durationMs < window.durationMs && rest.durationMs >= 1000);
          for (const piece of rest.pieces) {
            const home = window.pieces.find((one) => piece.sourceStartMs >= one.sourceStartMs && piece.sourceStartMs + piece.durationMs === one.sourceStartMs + one.durationMs);
            assert.ok(home !== undefined);
            if (ends.length > 0) assert.ok(home.windowStartMs + (piece.sourceStartMs - home.sourceStartMs) >= Math.max(...ends));
          }
        }
      }),
    );
  });
});
