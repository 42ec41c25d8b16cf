// The guard: invented text goes, with its reason; what was said stays, numbers above all.
import assert from "node:assert/strict";
import fc from "fast-check";
import { guardRepeats, guardWindow, measureLevels, packWindows, type HeardSegment, type Window } from "../../app/speech/index.ts";
import { voice } from "./support.ts";

const LEVELS = measureLevels(voice(20_000));
const WINDOW: Window = packWindows([{ startMs: 0, endMs: 20_000 }], { maxWindowMs: 30_000, marginMs: 0, gapMs: 0 })[0] ?? assert.fail();

/** Words spread evenly over the segment. */
function segment(text: string, startMs = 0, endMs = text.length * 80, confidence = 0.9): HeardSegment {
  const parts = text.split(" ");
  const each = (endMs - startMs) / parts.length;
  return { startMs, endMs, words: parts.map((part, i) => ({ text: part, startMs: startMs + i * each, endMs: startMs + (i + 1) * each, confidence })) };
}
const textOf = (segments: readonly HeardSegment[]): string => segments.flatMap((one) => one.words.map((word) => word.text)).join(" ");
const judge = (...segments: HeardSegment[]) => guardWindow(segments, WINDOW, LEVELS);

describe("speech/invented-text", () => {
  it("guardWindow: ordinary speech stays as it is", () => {
    const said = [segment("Good morning, how can I help you today?"), segment("I was charged twice for the same order.", 4000, 7000, 0.3)];
    assert.deepEqual(judge(...said), { kept: said, dropped: [] });
  });

  it("guardWindow: words on silence and after the end of the sound go as silence, their neighbours stay", () => {
    const levels = measureLevels(Buffer.concat([voice(3000), Buffer.alloc(4000 * 32), voice(3000)]));
    const result = guardWindow([segment("we spoke here but never said that", 1000, 8000)], WINDOW, levels);
    assert.equal(textOf(result.kept), "we spoke here said that"); // a second each, silence from 3 to 7 s; times may be off by 0.2 s
    assert.deepEqual(result.dropped, [{ reason: "silence", count: 2 }]);
    assert.deepEqual(judge(segment("far behind the end", 21_000, 22_000)).dropped, [{ reason: "silence", count: 4 }]);
  });

  it("guardWindow: words in a long gap between pieces go as silence even where the sound is loud", () => {
    const window: Window = { durationMs: 10_000, pieces: [{ windowStartMs: 0, sourceStartMs: 0, durationMs: 2000 }, { windowStartMs: 8000, sourceStartMs: 50_000, durationMs: 2000 }] };
    assert.deepEqual(guardWindow([segment("invented words", 4000, 6000)], window, LEVELS), { kept: [], dropped: [{ reason: "silence", count: 2 }] });
  });

  it("guardWindow: quiet speech at −45 dB stays", () => {
    const quiet = measureLevels(voice(10_000, 0.03));
    assert.equal(guardWindow([segment("can you hear me")], WINDOW, quiet).dropped.length, 0);
  });

  it("guardWindow: video phrases go unless they were heard very well, courtesies only when heard badly", () => {
    assert.deepEqual(judge(segment("Thanks for watching!", 0, 2000, 0.7)).dropped, [{ reason: "stock_phrase", count: 3 }]);
    assert.deepEqual(judge(segment("Untertitel der Amara.org-Community", 0, 3000, 0.5)).dropped.map((one) => one.reason), ["stock_phrase"]);
    assert.deepEqual(judge(segment("Thank you.", 0, 900, 0.2)).dropped, [{ reason: "stock_phrase", count: 2 }]);
    assert.deepEqual(judge(segment("Thank you.", 0, 900, 0.6)).dropped, []);
    assert.deepEqual(judge(segment("Thanks for watching my house while I was away.", 0, 4000, 0.7)).dropped, []);
  });

  it("guardWindow: more than 25 characters a second is impossible speed, no time at all is zero duration", () => {
    assert.deepEqual(judge(segment("Thank you for calling, my name is James.", 0, 1000)).dropped, [{ reason: "impossible_speed", count: 8 }]);
    assert.deepEqual(judge(segment("hello there", 500, 500)).dropped, [{ reason: "zero_duration", count: 2 }]);
    assert.deepEqual(judge(segment("Yes, of course.", 0, 500)).dropped, [], "times are too coarse to judge short text");
  });

  it("guardWindow: labels of sounds are no speech", () => {
    for (const label of ["[BLANK_AUDIO]", "(upbeat music)", "*coughs*", "♪ la la la ♪"]) assert.deepEqual(judge(segment(label, 0, 2000)).dropped.map((one) => one.reason), ["sound_label"], label);
    assert.deepEqual(judge(segment("(Well) I think so (maybe) yes", 0, 2500)).dropped, []);
  });

  it("guardWindow: a decoder's loop is kept once, also when other words go round it", () => {
    const loop = "I'm going to go to the store and ";
    const result = judge(segment(`Right. ${loop.repeat(8)}then home.`, 0, 20_000, 0.8));
    assert.equal(textOf(result.kept), `Right. ${loop}then home.`.replace(/ {2}/g, " "));
    assert.deepEqual(result.dropped, [{ reason: "repetition", count: 7 * 8 }]);
  });

  it("guardWindow: a loop without exact rounds goes as a whole", () => {
    const words = Array.from({ length: 60 }, (_, i) => (i % 7 === 3 ? "the" : i % 5 === 0 ? "that" : "that's"));
    const result = judge({ startMs: 0, endMs: 20_000, words: words.map((text, i) => ({ text, startMs: i * 330, endMs: i * 330 + 300, confidence: 0.6 })) });
    assert.equal(result.dropped[0]?.reason, "repetition");
    assert.ok(textOf(result.kept).split(" ").length < 20);
  });

  it("guardWindow: the read-out of a card number is never taken for a loop, a stock phrase or impossible", () => {
    const card = `four ${"one ".repeat(15).trim()}`;
    assert.equal(textOf(judge(segment(card, 0, 8000)).kept), card);
    assert.equal(textOf(judge(segment(card, 0, 1500, 0.1)).kept), card, "spoken too fast");
    assert.equal(textOf(judge(segment("4111 1111 1111 1111", 0, 400, 0.1)).kept), "4111 1111 1111 1111");
    assert.equal(textOf(judge(segment("(4111 1111 1111 1111)", 0, 3000)).kept), "(4111 1111 1111 1111)");
    const digits = [segment("one", 0, 1000, 0.2), segment("one", 1000, 2000, 0.2), segment("one", 2000, 3000, 0.2)];
    assert.deepEqual(guardRepeats(digits).dropped, []);
  });

  it("guardRepeats: the same sentence three times in a row is kept once, over windows too; short answers only fall when heard badly", () => {
    const again = [0, 1, 2, 3].map((i) => segment("I will send you an email.", i * 40_000, i * 40_000 + 2000));
    assert.deepEqual(guardRepeats(again), { kept: [again[0]], dropped: [{ reason: "repetition", count: 18 }] });
    const yes = [0, 1, 2].map((i) => segment("Yes.", i * 9000, i * 9000 + 400));
    assert.deepEqual(guardRepeats(yes).kept, yes);
    assert.equal(guardRepeats(yes.map((one) => ({ ...one, words: one.words.map((word) => ({ ...word, confidence: 0.2 })) }))).kept.length, 1);
    const twice = again.slice(0, 2);
    assert.deepEqual(guardRepeats(twice).kept, twice);
  });

  it("guardWindow: what is kept and what is counted as dropped add up, and kept words keep their order", () => {
    const anySegment = fc.record({ text: fc.array(fc.constantFrom("yes", "no", "one", "thank", "you", "account", "[noise]", "the"), { minLength: 1, maxLength: 30 }), startMs: fc.integer({ min: 0, max: 12_000 }), lengthMs: fc.integer({ min: 0, max: 5000 }), confidence: fc.double({ min: 0, max: 1, noNaN: true }) });
    fc.assert(
      fc.property(fc.array(anySegment, { maxLength: 12 }), (drafts) => {
        const segments = drafts.map((draft) => segment(draft.text.join(" "), draft.startMs, draft.startMs + draft.lengthMs, draft.confidence));
        for (const guarded of [judge(...segments), guardRepeats(segments)]) {
          const all = segments.flatMap((one) => one.words);
          const kept = guarded.kept.flatMap((one) => one.words);
          assert.equal(kept.length + guarded.dropped.reduce((sum, one) => sum + one.count, 0), all.length);
          let at = -1;
          for (const word of kept) {
            const place = all.indexOf(word, at + 1);
            assert.ok(place > at);
            at = place;
          }
        }
      }),
    );
  });
});
