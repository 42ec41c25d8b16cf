// Which sound is blanked: by word times where they can be trusted, else the whole turn.
import assert from "node:assert/strict";
import type { SpokenTurn, Word } from "../../app/domain/index.ts";
import { redactTurns } from "../../app/privacy/index.ts";
import { BOTH } from "./helpers.ts";

const word = (text: string, startMs: number, endMs: number): Word => ({ text, startMs, endMs, confidence: 0.9 });

/** "it is 4111 1111 1111 1111 okay", a word every second from second 10 on. */
function said(more: Partial<SpokenTurn> = {}, change: (words: Word[]) => Word[] = (words) => words): SpokenTurn {
  const texts = ["it", "is", "4111", "1111", "1111", "1111", "okay"];
  const words = change(texts.map((text, i) => word(text, 10_000 + i * 1000, 10_900 + i * 1000)));
  return { speaker: "customer", channel: 0, startMs: 9_800, endMs: 17_000, text: texts.join(" "), words, confidence: 0.9, ...more };
}

const mute = (...turns: SpokenTurn[]) => redactTurns(turns, BOTH).mute;
const whole = [{ channel: 0, startMs: 9_680, endMs: 17_120 }];

describe("mute spans", () => {
  it("cover the words of the card with 120 ms on both sides, and nothing else", () => {
    assert.deepEqual(mute(said()), [{ channel: 0, startMs: 11_880, endMs: 16_020 }]);
  });
  it("never begin before the recording", () => {
    const early = said({ startMs: 0, endMs: 5000, text: "4111 1111 1111 1111" }, () => ["4111", "1111", "1111", "1111"].map((text, i) => word(text, i * 1000, i * 1000 + 900)));
    assert.deepEqual(mute(early), [{ channel: 0, startMs: 0, endMs: 4020 }]);
  });
  it("carry the channel on which the card was said", () => assert.equal(mute(said({ channel: 1 }))[0]?.channel, 1));
  it("find the words when they carry blanks and punctuation", () => {
    const turn = said({ text: " It is: 4111, 1111, 1111, 1111. Okay?" }, (words) => words.map((one, i) => ({ ...one, text: [" It", " is:", " 4111,", " 1111,", " 1111,", " 1111.", " Okay?"][i] ?? "" })));
    assert.deepEqual(mute(turn), [{ channel: 0, startMs: 11_880, endMs: 16_020 }]);
  });
  for (const [why, turn] of [
    ["there are no words", said({}, () => [])],
    ["a word of the card has no length", said({}, (words) => words.map((one, i) => (i === 3 ? { ...one, endMs: one.startMs } : one)))],
    ["a word of the card ends before it begins", said({}, (words) => words.map((one, i) => (i === 3 ? { ...one, endMs: one.startMs - 5 } : one)))],
    ["a word of the card has no time", said({}, (words) => words.map((one, i) => (i === 3 ? { ...one, startMs: Number.NaN } : one)))],
    ["a word of the card lies outside the turn", said({}, (words) => words.map((one, i) => (i === 3 ? { ...one, startMs: 99_000, endMs: 99_900 } : one)))],
    ["the words are not those of the text", said({}, (words) => words.map((one) => ({ ...one, text: "other" })))],
    ["a word of the card is missing", said({}, (words) => words.filter((_, i) => i !== 4))],
    ["the last word of the card is missing", said({}, (words) => words.slice(0, 5))],
    ["sixteen digits would have been said in half a second", said({}, (words) => words.map((one, i) => ({ ...one, startMs: 10_000 + i * 100, endMs: 10_090 + i * 100 })))],
  ] as const) {
    it(`cover the whole turn when ${why}`, () => assert.deepEqual(mute(turn), whole));
  }
  it("cover the whole channel when not even the turn has times", () => {
    const later = said({ startMs: 50_000, endMs: 57_000, text: "bye", words: [] });
    assert.deepEqual(mute(said({ startMs: Number.NaN, words: [] }), later), [{ channel: 0, startMs: 0, endMs: 57_120 }]);
  });
  it("bridge short silences between the parts of a card, where recognition may have missed digits, and keep long ones", () => {
    const part = (text: string, startMs: number): SpokenTurn => said({ text, startMs, endMs: startMs + 2000 }, () => [word(text, startMs, startMs + 2000)]);
    assert.deepEqual(mute(part("41111111", 0), part("11111111", 4000)), [{ channel: 0, startMs: 0, endMs: 6120 }]);
    assert.deepEqual(mute(part("41111111", 0), part("11111111", 20_000)), [{ channel: 0, startMs: 0, endMs: 2120 }, { channel: 0, startMs: 19_880, endMs: 22_120 }]);
  });
  it("are sorted and do not overlap, per channel", () => {
    const spans = mute(said({ startMs: 9_800, words: [] }), said({ startMs: 12_000, endMs: 19_000, words: [] }), said({ channel: 1, words: [] }));
    assert.deepEqual(spans, [{ channel: 0, startMs: 9_680, endMs: 19_120 }, { channel: 1, startMs: 9_680, endMs: 17_120 }]);
  });
});
