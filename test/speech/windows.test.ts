// Window packing and time mapping: nothing is lost, nothing is heard twice, times come back exactly.
import assert from "node:assert/strict";
import fc from "fast-check";
import { packWindows, toSourceSpan, toSourceTime, toWindowTime, WINDOW_LIMITS, type Window } from "../../app/speech/index.ts";
import type { Span } from "../../app/domain/index.ts";

const anySpans = fc.array(
  fc.record({ startMs: fc.integer({ min: 0, max: 400_000 }), lengthMs: fc.oneof(fc.integer({ min: 1, max: 4_000 }), fc.integer({ min: 1, max: 90_000 })) }).map(({ startMs, lengthMs }) => ({ startMs, endMs: startMs + lengthMs })),
  { maxLength: 60 },
);
const anyLimits = fc.record(
  { maxWindowMs: fc.integer({ min: 1_000, max: 30_000 }), marginMs: fc.integer({ min: 0, max: 400 }), gapMs: fc.integer({ min: 0, max: 400 }), enoughMs: fc.integer({ min: 500, max: 30_000 }) },
  { requiredKeys: ["maxWindowMs", "marginMs", "gapMs"] },
);

const sources = (windows: readonly Window[]): Span[] => windows.flatMap((window) => window.pieces.map((piece) => ({ startMs: piece.sourceStartMs, endMs: piece.sourceStartMs + piece.durationMs })));

describe("speech/windows", () => {
  it("packWindows: every millisecond of speech is in a piece, and no millisecond of the recording in two", () => {
    fc.assert(
      fc.property(anySpans, anyLimits, (spans, limits) => {
        const pieces = sources(packWindows(spans, limits));
        for (let i = 1; i < pieces.length; i++) assert.ok((pieces[i - 1]?.endMs ?? 0) <= (pieces[i]?.startMs ?? 0), "pieces are sorted and apart");
        for (const span of spans) {
          let at = span.startMs;
          for (const piece of pieces) if (piece.startMs <= at && piece.endMs > at) at = piece.endMs;
          assert.ok(at >= span.endMs, `speech lost at ${at} of ${span.startMs}–${span.endMs}`);
        }
      }),
    );
  });

  it("packWindows: no window is longer than allowed, and its pieces lie in it in order with exactly the gap between them", () => {
    fc.assert(
      fc.property(anySpans, anyLimits, (spans, limits) => {
        for (const window of packWindows(spans, limits)) {
          assert.ok(window.durationMs <= limits.maxWindowMs);
          let end = -limits.gapMs;
          for (const piece of window.pieces) {
            assert.equal(piece.windowStartMs, end + limits.gapMs);
            assert.ok(piece.durationMs > 0);
            end = piece.windowStartMs + piece.durationMs;
          }
          assert.equal(end, window.durationMs);
        }
      }),
    );
  });

  it("packWindows: a window that holds enough gets no further piece", () => {
    const spans = [{ startMs: 1000, endMs: 1300 }, { startMs: 3000, endMs: 3300 }, { startMs: 6000, endMs: 8000 }, { startMs: 9000, endMs: 9200 }];
    const piecesWith = (enoughMs: number): number[] => packWindows(spans, { ...WINDOW_LIMITS, enoughMs }).map((window) => window.pieces.length);
    assert.deepEqual(piecesWith(30_000), [4]);
    assert.deepEqual(piecesWith(1000), [2, 1, 1]);
  });

  it("packWindows: at most the margin is heard around speech", () => {
    fc.assert(
      fc.property(anySpans, anyLimits, (spans, limits) => {
        for (const piece of sources(packWindows(spans, limits))) {
          for (const edge of [piece.startMs, piece.endMs]) assert.ok(spans.some((span) => edge >= span.startMs - limits.marginMs && edge <= span.endMs + limits.marginMs));
        }
      }),
    );
  });

  it("toSourceTime: never decreases over windows of a channel, is exact inside pieces, and toWindowTime is its inverse", () => {
    fc.assert(
      fc.property(anySpans, anyLimits, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 20 }), (spans, limits, places) => {
        let latest = -1;
        for (const window of packWindows(spans, limits)) {
          for (const place of [...places].sort((a, b) => a - b)) {
            const ms = Math.round(place * window.durationMs);
            const source = toSourceTime(window, ms);
            assert.ok(source >= latest);
            latest = source;
            const piece = window.pieces.find((one) => ms >= one.windowStartMs && ms < one.windowStartMs + one.durationMs);
            if (piece === undefined) continue;
            assert.equal(source, piece.sourceStartMs + ms - piece.windowStartMs);
            assert.equal(toWindowTime(window, source), ms);
          }
        }
      }),
    );
  });

  it("toSourceSpan: a word lies within one piece and lasts at least a millisecond, wherever the engine puts it", () => {
    fc.assert(
      fc.property(anySpans, anyLimits, fc.integer({ min: -100, max: 31_000 }), fc.integer({ min: 0, max: 3_000 }), (spans, limits, startMs, lengthMs) => {
        for (const window of packWindows(spans, limits)) {
          const word = toSourceSpan(window, { startMs, endMs: startMs + lengthMs });
          assert.ok(word.endMs > word.startMs);
          assert.ok(sources([window]).some((piece) => word.startMs >= piece.startMs && word.endMs <= Math.max(piece.endMs, piece.startMs + 1)));
        }
      }),
    );
  });

  it("toSourceSpan: a word that straddles a gap goes where most of it lies", () => {
    const [window] = packWindows([{ startMs: 1000, endMs: 2000 }, { startMs: 60_000, endMs: 61_000 }], { maxWindowMs: 30_000, marginMs: 0, gapMs: 100 });
    assert.ok(window);
    assert.deepEqual(toSourceSpan(window, { startMs: 700, endMs: 1200 }), { startMs: 1700, endMs: 2000 });
    assert.deepEqual(toSourceSpan(window, { startMs: 950, endMs: 1500 }), { startMs: 60_000, endMs: 60_400 });
  });

  it("packWindows: pieces close together keep the sound between them, far ones get a short silence", () => {
    const windows = packWindows([{ startMs: 1000, endMs: 2000 }, { startMs: 2200, endMs: 3000 }, { startMs: 9000, endMs: 9500 }], WINDOW_LIMITS);
    assert.deepEqual(windows, [
      { durationMs: 3200, pieces: [{ windowStartMs: 0, sourceStartMs: 850, durationMs: 2300 }, { windowStartMs: 2400, sourceStartMs: 8850, durationMs: 800 }] },
    ]);
  });

  it("packWindows: no speech gives no windows", () => {
    assert.deepEqual(packWindows([]), []);
    assert.deepEqual(packWindows([{ startMs: 5, endMs: 5 }]), []);
  });
});
