// Words of one channel are shared out between its two voices: none is lost, none doubled.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Span, Word } from "../../app/domain/index.ts";
import { buildTurns, wordsByVoice } from "../../app/speech/index.ts";

const word = (text: string, startMs: number, endMs: number): Word => ({ text, startMs, endMs, confidence: 0.9 });
const words = fc.array(fc.tuple(fc.nat({ max: 400 }), fc.integer({ min: 1, max: 900 })), { maxLength: 60 }).map((steps) => {
  let at = 0;
  return steps.map(([step, length], i) => word(`w${i}`, (at += step), at + length));
});
const stretches = fc.uniqueArray(fc.nat({ max: 200 }), { maxLength: 14 }).map((edges): Span[] => {
  const sorted = [...edges].sort((a, b) => a - b);
  return Array.from({ length: Math.floor(sorted.length / 2) }, (_, i) => ({ startMs: (sorted[2 * i] ?? 0) * 100, endMs: (sorted[2 * i + 1] ?? 0) * 100 }));
});

describe("speech: words of two voices on one channel", () => {
  it("wordsByVoice: every word is with exactly one voice, in its order, for any words and stretches", () => {
    fc.assert(
      fc.property(words, stretches, stretches, (all, a, b) => {
        const [first, second] = wordsByVoice(all, [a, b]);
        assert.deepEqual([...first, ...second].sort((x, y) => all.indexOf(x) - all.indexOf(y)), all);
        for (const share of [first, second]) share.forEach((one, i) => assert.ok(i === 0 || all.indexOf(one) > all.indexOf(share[i - 1] as Word)));
      }),
    );
  });

  it("wordsByVoice: a word that lies within one voice's stretches alone is that voice's", () => {
    fc.assert(
      fc.property(words, stretches, stretches, (all, a, b) => {
        const shares = wordsByVoice(all, [a, b]);
        const shared = (one: Word, spans: readonly Span[]): number => spans.reduce((sum, span) => sum + Math.max(0, Math.min(span.endMs, one.endMs, one.startMs + 800) - Math.max(span.startMs, one.startMs)), 0);
        for (const one of all) {
          const [inA, inB] = [shared(one, a), shared(one, b)];
          if (inA > inB) assert.ok(shares[0].includes(one), JSON.stringify({ one, a, b }));
          if (inB > inA) assert.ok(shares[1].includes(one), JSON.stringify({ one, a, b }));
        }
      }),
    );
  });

  it("buildTurns: turns end where the voice changes, also without a pause, and hold every word once", () => {
    fc.assert(
      fc.property(words, stretches, stretches, (all, a, b) => {
        const [first, second] = wordsByVoice(all, [a, b]);
        const turns = buildTurns([{ channel: 0, speaker: "unknown", voice: 0, words: first }, { channel: 0, speaker: "unknown", voice: 1, words: second }]);
        assert.deepEqual(turns.flatMap((turn) => turn.words).map((one) => one.text).sort(), all.map((one) => one.text).sort());
        for (const turn of turns) assert.ok(turn.words.every((one) => (turn.voice === 0 ? first : second).includes(one)));
      }),
    );
  });

  it("wordsByVoice: a question and its answer without a pause between them become two turns", () => {
    const said = [word("your", 1000, 1200), word("name?", 1200, 1600), word("Daniel", 1640, 2000), word("Carter.", 2000, 2400)];
    const [first, second] = wordsByVoice(said, [[{ startMs: 900, endMs: 1620 }], [{ startMs: 1630, endMs: 2500 }]]);
    const turns = buildTurns([{ channel: 0, speaker: "unknown", voice: 0, words: first }, { channel: 0, speaker: "unknown", voice: 1, words: second }]);
    assert.deepEqual(turns.map((turn) => [turn.voice, turn.text]), [[0, "your name?"], [1, "Daniel Carter."]]);
  });
});
