// The text normaliser against published and own cases, and what must hold for any text.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { installationRoot } from "../../app/platform/index.ts";
import { normaliseEnglish, plainWords } from "./normalise/english.ts";
import { normaliseNumbers } from "./normalise/numbers.ts";
import { americanSpelling } from "./normalise/spelling.ts";

type Cases = [string, string][];
const vectors = JSON.parse(readFileSync(join(installationRoot(), "test", "fixtures", "eval", "normaliser-vectors.json"), "utf8")) as { numbers: Cases; spelling: Cases; texts: Cases };

/** All at once, so that a change of a rule shows everything it moves. */
function results(cases: Cases, normalise: (text: string) => string): Cases {
  return cases.map(([text]) => [text, normalise(text)]);
}

describe("the English normaliser", () => {
  for (const [where, normalise] of [["alone", normaliseNumbers], ["in whole texts", normaliseEnglish]] as const) {
    it(`writes numbers, amounts and ordinals as figures, ${where}`, () => assert.deepEqual(results(vectors.numbers, normalise), vectors.numbers));
  }

  it("spells the American way and leaves lookalikes alone", () => assert.deepEqual(results(vectors.spelling, americanSpelling), vectors.spelling));

  it("makes whole texts comparable", () => assert.deepEqual(results(vectors.texts, normaliseEnglish), vectors.texts));

  it("gives plain words for any text, the same again for upper case", () => {
    const token = fc.oneof(fc.constantFrom("one", "two", "twenty", "hundred", "and", "point", "double", "oh", "pounds", "cents", "per", "percent", "minus", "third", "0", "7", "3.5", "$5", "half", "it's", "call"), fc.string({ maxLength: 6 }));
    fc.assert(
      fc.property(fc.array(token, { maxLength: 12 }), (tokens) => {
        const text = tokens.join(" ");
        const words = plainWords(text);
        assert.ok(words.every((word) => /^\S+$/.test(word) && !/[A-Z,;:!?"()]/.test(word)));
        if (/^[ -~]*$/.test(text)) assert.deepEqual(plainWords(text.toUpperCase()), words);
      }),
      { numRuns: 400 },
    );
  });
});
