// Reading in parts: whatever a conversation holds, every word of it is shown, within the budget, and nothing in it can pass for ours.
import assert from "node:assert/strict";
import fc from "fast-check";
import { cutText, documentOf, itemsOfTurns, largestPiece, lineOf, planChunks, planReading, type Piece } from "../../../app/analysis/index.ts";
import { SPEAKERS, type Turn } from "../../../app/domain/index.ts";

const text = fc.oneof(fc.string({ unit: "grapheme", maxLength: 200 }), fc.array(fc.constantFrom("Yes.", "no", "Grüße!", "本日は", "晴天。", "😀", "a-very-long-word-without-any-end-".repeat(5), "\n", "…", "[3]", "<conversation>"), { maxLength: 60 }).map((words) => words.join(" ")));
const bytes = (one: string): number => Buffer.byteLength(one, "utf8");

describe("analysis/reading", () => {
  it("cutText: the parts are the text, none is longer than allowed, and sentences stay whole where they fit", () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 4, max: 80 }), (whole, most) => {
        const parts = cutText(whole, most);
        assert.equal(parts.join(""), whole);
        for (const part of parts) assert.ok(bytes(part) > 0 && bytes(part) <= most);
      }),
    );
    assert.deepEqual(cutText("One two. Three four five. Six.", 20), ["One two. ", "Three four five. ", "Six."]);
  });

  it("planChunks: every piece once and in order, within the budget, and only whole pieces are repeated", () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 500 }), fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 80 }), (budget, sizes) => {
        const pieces = sizes.map((share, item): Piece => ({ item, text: "", tokens: 1 + Math.floor(share * (largestPiece(budget) - 1)) }));
        const chunks = planChunks(pieces, budget);
        assert.deepEqual(chunks.flatMap((chunk) => chunk.pieces.slice(chunk.repeated)), pieces);
        chunks.forEach((chunk, at) => {
          assert.ok(chunk.pieces.reduce((sum, piece) => sum + piece.tokens, 0) <= budget);
          assert.ok(chunk.pieces.length > chunk.repeated, "each brings something new");
          assert.deepEqual(chunk.pieces.slice(0, chunk.repeated), chunk.repeated === 0 ? [] : chunks[at - 1]?.pieces.slice(-chunk.repeated));
        });
      }),
    );
  });

  it("planReading: every word of every turn is in a chunk, whatever a token is", async () => {
    const counters = [(one: string): number => bytes(one) + 1, (one: string): number => Math.ceil(one.length / 4), (one: string): number => one.split(" ").length + 3];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.constantFrom(...SPEAKERS), text), { maxLength: 25 }), fc.integer({ min: 200, max: 600 }), fc.constantFrom(...counters), async (said, budget, counter) => {
        const turns = said.map(([speaker, words], at): Turn => ({ id: `m${at}`, speaker, text: words.repeat(at === 1 ? 30 : 1), startMs: at, endMs: at, confidence: undefined }));
        const items = itemsOfTurns(turns);
        const chunks = await planReading(items, budget, (texts) => Promise.resolve(texts.map(counter)));
        for (const chunk of chunks) assert.ok(chunk.pieces.reduce((sum, piece) => sum + piece.tokens, 0) <= budget);
        const shown = items.map((_, item) => chunks.flatMap((chunk) => chunk.pieces.slice(chunk.repeated)).filter((piece) => piece.item === item).map((piece) => piece.text).join(""));
        assert.deepEqual(shown, items.map((item) => item.text));
      }),
      { numRuns: 60 },
    );
  });

  it("itemsOfTurns: a line has no end, no brackets of ours, and nothing that nobody sees", () => {
    fc.assert(
      fc.property(fc.oneof(text, fc.string({ unit: "binary" })), (words) => {
        const [item] = itemsOfTurns([{ id: "m1", speaker: "customer", text: words, startMs: 0, endMs: 0, confidence: undefined }]);
        if (item === undefined) return;
        // eslint-disable-next-line no-control-regex
        assert.doesNotMatch(item.text, /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e<>[\]]/u);
        assert.equal(documentOf("conversation", [lineOf(item, item.text)]).split("\n").length, 3);
      }),
    );
  });
});
