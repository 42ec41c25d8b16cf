// Counting words of the wrong party and turns out of order, on conversations made by hand.
import assert from "node:assert/strict";
import type { SpokenTurn } from "../../app/domain/index.ts";
import type { Said } from "../eval/make-call.ts";
import { attribute } from "./speech/attribution.ts";

const SAID: Said[] = [
  { channel: 0, startMs: 500, endMs: 2500, voice: "a", text: "Where is my parcel today?" },
  { channel: 1, startMs: 3500, endMs: 5500, voice: "b", text: "Let me look at that." },
  { channel: 0, startMs: 6500, endMs: 7500, voice: "a", text: "Thank you." },
];

/** One word every 300 ms. */
function turn(channel: 0 | 1, startMs: number, text: string): SpokenTurn {
  const words = text.split(" ").map((word, i) => ({ text: word, startMs: startMs + 300 * i, endMs: startMs + 300 * i + 250, confidence: 1 }));
  return { speaker: channel === 0 ? "customer" : "agent", channel, startMs, endMs: words.at(-1)?.endMs ?? startMs, text, words, confidence: 1 };
}

describe("attribution", () => {
  const right = [turn(0, 550, "Where is my parcel"), turn(1, 3600, "Let me look at"), turn(0, 6550, "Thank you.")];

  it("finds nothing wrong where everybody has his words, also misheard ones", () => {
    assert.deepEqual(attribute(SAID, right), { words: 10, wrong: 0, turns: 3, inversions: 0 });
    assert.equal(attribute(SAID, [turn(0, 550, "Wear is mine parsley"), ...right.slice(1)]).wrong, 0);
  });

  it("counts words that stand on a channel while only the other party spoke, however they were heard", () => {
    const { wrong } = attribute(SAID, [right[0] as SpokenTurn, turn(0, 3900, "let the"), ...right.slice(1)]);
    assert.equal(wrong, 2);
  });

  it("counts words that only the other party said just then", () => {
    const both: Said[] = [{ channel: 0, startMs: 0, endMs: 3000, voice: "a", text: "I see what you mean" }, { channel: 1, startMs: 0, endMs: 3000, voice: "b", text: "your invoice was paid" }];
    assert.equal(attribute(both, [turn(0, 100, "I see invoice paid mean")]).wrong, 2);
  });

  it("counts turns that stand before what was said earlier", () => {
    const late = { ...turn(0, 3400, "Where is my parcel"), startMs: 2300 };
    assert.equal(attribute(SAID, [turn(1, 3600, "Let me look"), late]).inversions, 1);
    assert.equal(attribute(SAID, right).inversions, 0);
  });
});
