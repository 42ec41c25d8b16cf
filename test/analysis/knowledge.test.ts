// Documents into passages, two rankings into one, nearest vectors, and where words stand: pure parts of knowledge and search.
import assert from "node:assert/strict";
import fc from "fast-check";
import { cutChunks, documentTitle, fuse, questionWords, rankTexts, snippetOf, VectorTable, type VectorSource } from "../../app/analysis/index.ts";

const chunksOf = (pages: { number: number; text: string }[], title: string) => [...cutChunks(pages, title)].flat();
const words = (text: string): number => text.match(/\S+/g)?.length ?? 0;
/** Text as people write it, and as nobody does: sentences, headings, lists, empty lines, one endless word. */
const piece = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.constantFrom("# Returns", "## 2.1 Refunds", "3.2 Lost parcels", "Terms", "\n\n", "\n", " ", "- a point\n", "1) first\n", "Is it?\n", "You may return it within 30 days. ", "x".repeat(3000), "Ende。次の文。"),
  fc.array(fc.stringMatching(/^[a-z]{1,9}$/), { minLength: 1, maxLength: 260 }).map((list) => `${list.join(" ")}. `),
);
const pageText = fc.array(piece, { maxLength: 25 }).map((list) => list.join(""));

describe("documents in passages", () => {
  it("every character of a page with words is in a passage of its page, in order, and no word is cut, whatever the text", () => {
    fc.assert(
      fc.property(fc.array(pageText, { maxLength: 3 }), (texts) => {
        const pages = texts.map((text, i) => ({ number: i + 1, text }));
        const chunks = chunksOf(pages, "Terms");
        for (const { number, text } of pages.filter((page) => /\S/.test(page.text))) {
          let covered = 0;
          let from = 0;
          for (const chunk of chunks.filter((one) => one.page === number)) {
            const at = text.indexOf(chunk.text, from);
            assert.ok(at >= 0 && at <= covered, "no gap before a passage");
            for (const border of [at, at + chunk.text.length]) assert.doesNotMatch(text.slice(Math.max(0, border - 1), border + 1), /^[\p{L}\p{N}]{2}$/u);
            from = at + 1;
            covered = Math.max(covered, at + chunk.text.length);
          }
          assert.equal(covered, text.length);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("ordinary prose is cut into 120 to 200 words, each beginning with the last sentence of the one before", () => {
    const sentence = (n: number): string => `Sentence number ${n} says that a parcel may be sent back within thirty days of its arrival. `;
    const text = Array.from({ length: 60 }, (_, i) => sentence(i) + (i % 4 === 3 ? "\n\n" : "")).join("");
    const chunks = chunksOf([{ number: 1, text }], "Terms");
    for (const chunk of chunks.slice(0, -1)) assert.ok(words(chunk.text) >= 120 && words(chunk.text) <= 200, `${words(chunk.text)} words`);
    const [first, second] = chunks;
    assert.ok(second?.text.startsWith(first?.text.trim().match(/Sentence number \d+ [^.]*\.$/)?.[0] ?? "?"));
  });

  it("a heading begins a passage and stands in the titles of all that follow, over the end of the page", () => {
    const pages = [
      { number: 1, text: "# Terms of sale\n\nThese terms are for everybody.\n\n## Returns\nSend it back within 30 days.\n\n### Gift cards\nThey are not returned." },
      { number: 2, text: "They do not expire either.\n\n## Delivery\n\nWe deliver on Tuesdays." },
    ];
    assert.equal(documentTitle(pages), "Terms of sale");
    assert.deepEqual(chunksOf(pages, "Terms of sale").map(({ page, title }) => [page, title]), [
      [1, "Terms of sale"], [1, "Terms of sale › Returns"], [1, "Terms of sale › Returns › Gift cards"], [2, "Terms of sale › Returns › Gift cards"], [2, "Terms of sale › Delivery"],
    ]);
    assert.deepEqual(chunksOf([{ number: 1, text: "Opening hours\n\nWe are there from nine to five every day.\n\nmilk\n\nbread\n\nAnd so on, for a long time and with many words to it." }], "hours").map((one) => one.title), ["hours › Opening hours"]);
  });
});

describe("two rankings become one", () => {
  const lists = fc.array(fc.uniqueArray(fc.nat(30), { maxLength: 20 }), { maxLength: 3 });
  it("holds every id once, and whoever is above another in every list stays above it", () => {
    fc.assert(
      fc.property(lists, (all) => {
        const fused = fuse(all).map((one) => one.id);
        assert.deepEqual([...fused].sort((a, b) => a - b), [...new Set(all.flat())].sort((a, b) => a - b));
        const isAbove = (a: number, b: number): boolean => all.every((list) => list.includes(a) && (!list.includes(b) || list.indexOf(a) < list.indexOf(b)));
        for (const a of fused) for (const b of fused) if (isAbove(a, b)) assert.ok(fused.indexOf(a) < fused.indexOf(b) || a === b);
        assert.deepEqual(fuse(all), fuse(all.map((list) => [...list])));
      }),
    );
  });
  it("adds 1 / (60 + place); ties stay in the order in which they came", () => {
    assert.deepEqual(fuse([["a", "b"], ["b", "c"]]), [{ id: "b", score: 1 / 62 + 1 / 61 }, { id: "a", score: 1 / 61 }, { id: "c", score: 1 / 62 }]);
    assert.deepEqual(fuse([["a"], ["b"]]).map((one) => one.id), ["a", "b"]);
  });
});

describe("nearest vectors", () => {
  const unit = (numbers: readonly number[]): Float32Array => {
    const length = Math.hypot(...numbers) || 1;
    return Float32Array.from(numbers, (one) => one / length);
  };
  const vectors = (dimensions: number) => fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: dimensions, maxLength: dimensions }), { minLength: 1, maxLength: 40 });
  const sourceOf = (rows: { seq: number; id: number; vector: Uint8Array }[]): VectorSource<number> => ({ after: (_, seq, count) => rows.filter((row) => row.seq > seq).slice(0, count), count: () => rows.length });
  const rowOf = (numbers: readonly number[], i: number) => ({ seq: i + 1, id: i, vector: new Uint8Array(unit(numbers).buffer) });

  it("are those that plain sorting by cosine gives, for any dimension, and new ones are seen with the next question", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 9 }).chain((d) => fc.tuple(vectors(d), vectors(d), fc.array(fc.integer({ min: -9, max: 9 }), { minLength: d, maxLength: d }))), async ([some, more, asked]) => {
        const rows = some.map(rowOf);
        const query = unit(asked);
        const table = new VectorTable(sourceOf(rows), "m", query.length);
        const expect = (list: typeof rows): number[] => list.map(({ vector }) => new Float32Array(vector.buffer).reduce((sum, one, i) => sum + one * (query[i] ?? 0), 0)).sort((a, b) => b - a).slice(0, 5);
        for (const add of [[], more]) {
          rows.push(...add.map((numbers, i) => rowOf(numbers, some.length + i)));
          const found = await table.nearest(query, 5);
          expect(rows).forEach((cosine, i) => assert.ok(Math.abs(cosine - (found[i]?.score ?? NaN)) < 1e-5));
        }
      }),
      { numRuns: 60 },
    );
  });
  it("a table whose rows are gone is built anew, and what does not fit the model is passed over", async () => {
    const rows = Array.from({ length: 3000 }, (_, i) => rowOf([1, i], i));
    const table = new VectorTable(sourceOf(rows), "m", 2);
    await table.nearest(unit([1, 0]), 1);
    rows.splice(0, 2990);
    rows.push({ seq: 4000, id: 4000, vector: new Uint8Array(12) }, { seq: 4001, id: 4001, vector: new Uint8Array(unit([1, 0]).buffer) });
    assert.deepEqual((await table.nearest(unit([1, 0]), 20)).map((one) => one.id).sort((a, b) => a - b), [2990, 2991, 2992, 2993, 2994, 2995, 2996, 2997, 2998, 2999, 4001]);
  });
});

describe("where words stand", () => {
  const term = (text: string, isBeginning = false) => ({ words: text.split(" "), isBeginning });
  const marked = (text: string, ...terms: ReturnType<typeof term>[]): string[] => {
    const snippet = snippetOf(text, terms);
    return snippet.marks.map(([start, end]) => snippet.text.slice(start, end));
  };
  it("marks are whole words in order, apart, inside the snippet, and the snippet is part of the text, whatever is typed", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 400 }), fc.array(fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 3 }), fc.boolean(), (text, list, isBeginning) => {
        const snippet = snippetOf(text, list.map((one) => term(one, isBeginning)));
        assert.ok(text.includes(snippet.text.replace(/^…|…$/g, "")) || text.includes(snippet.text));
        snippet.marks.forEach(([start, end], i) => assert.ok(start < end && end <= snippet.text.length && start > (snippet.marks[i - 1]?.[1] ?? -1)));
      }),
    );
  });
  it("finds words without regard to case and accents, phrases as they stand, beginnings; the part with most of them is shown", () => {
    assert.deepEqual(marked("Mein Café ist Café", term("cafe")), ["Café", "Café"]);
    assert.deepEqual(marked("order late, a late order and a late-order", term("late order")), ["late order", "late-order"]);
    assert.deepEqual(marked("refunds, refunded, a refund", term("refund", true)), ["refunds", "refunded", "refund"]);
    const long = `${"filler ".repeat(40)}refund ${"filler ".repeat(40)}the refund for the invoice ${"filler ".repeat(40)}`;
    const { text } = snippetOf(long, [term("refund"), term("invoice")]);
    assert.ok(text.startsWith("…filler") && text.includes("the refund for the invoice") && text.endsWith("…"));
    const page = snippetOf(`${"nothing here ".repeat(1500)}a late refund ${"and more of it ".repeat(1500)}`, [term("refund"), term("late")]);
    assert.deepEqual([page.marks.map(([start, end]) => page.text.slice(start, end)), page.text.startsWith("…"), page.text.length < 300], [["late", "refund"], true, true], "far down a long page");
  });
  it("ranks by how often and how rare, shorter first, newer first; equal ones as they came", () => {
    const day = 86_400_000;
    const now = 1000 * day;
    const best = (...texts: [text: string, days: number][]): string | undefined => rankTexts([term("refund"), term("the")], [0.001, 0.5], texts.map(([text, days]) => ({ text, atMs: now - days * day })), now)[0]?.text;
    assert.equal(best(["the the the refund", 0], ["refund refund refund the", 0]), "refund refund refund the");
    assert.equal(best(["the refund with very many words around it that say nothing at all", 0], ["the refund", 0]), "the refund");
    assert.equal(best(["the refund A", 700], ["the refund B", 1]), "the refund B");
    assert.equal(best(["the refund A", 1], ["the refund B", 1]), "the refund A");
    assert.deepEqual(questionWords("How do I get a refund for the late order?"), ["refund", "late", "order"]);
    assert.deepEqual(questionWords("How do I?"), ["how", "do", "i"]);
  });
});
