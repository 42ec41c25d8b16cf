// Words that a model gave a segment each become phrases again.
import assert from "node:assert/strict";
import fc from "fast-check";
import { joinPhrases, type HeardSegment } from "../../app/speech/index.ts";

describe("joinPhrases", () => {
  it("joins single words that follow each other, up to a full stop", () => {
    const heard = ["I", "see.", "Thank", "you."].map((text, i) => segment(i * 300, i * 300 + 250, text));
    assert.deepEqual(joinPhrases(heard).map(textOf), ["I see.", "Thank you."]);
  });

  it("keeps words apart that a pause of more than 400 ms separates", () => {
    assert.deepEqual(joinPhrases([segment(0, 200, "yes"), segment(601, 900, "no"), segment(1300, 1500, "maybe")]).map(textOf), ["yes", "no maybe"]);
  });

  it("leaves segments of several words as they are, when a single word stands beside them", () => {
    const heard = [segment(0, 500, "all", "right"), segment(500, 700, "then"), segment(700, 1500, "thank", "you")];
    assert.deepEqual(joinPhrases(heard), heard);
  });

  it("keeps three equal answers apart, so that repeats can still be judged", () => {
    assert.equal(joinPhrases([0, 300, 600].map((at) => segment(at, at + 250, "Yes."))).length, 3);
  });

  it("loses, doubles and reorders no word, whatever the segments are", () => {
    const some = fc.array(fc.tuple(fc.integer({ min: 0, max: 900 }), fc.array(fc.constantFrom("a", "b.", "c?", "d"), { maxLength: 3 })));
    fc.assert(
      fc.property(some, (parts) => {
        let at = 0;
        const heard = parts.map(([gap, texts]) => segment((at += gap), (at += 100), ...texts));
        assert.deepEqual(joinPhrases(heard).flatMap((one) => one.words), heard.flatMap((one) => one.words));
        for (const phrase of joinPhrases(heard)) assert.ok(phrase.words.length > 0 && phrase.endMs >= phrase.startMs);
      }),
    );
  });
});

function segment(startMs: number, endMs: number, ...texts: string[]): HeardSegment {
  return { startMs, endMs, words: texts.map((text) => ({ text, startMs, endMs, confidence: 0.9 })) };
}

function textOf(one: HeardSegment): string {
  return one.words.map((word) => word.text).join(" ");
}
