// Weights of linear models, packed: what was trained is what is weighed.
import assert from "node:assert/strict";
import fc from "fast-check";
import { scoresOf } from "../../app/analysis/learned/findings-model.ts";
import { packWeights, weightsSchema } from "../../app/analysis/learned/weights.ts";

const hundredths = fc.integer({ min: -32_768, max: 32_767 }).map((value) => value / 100);
const name = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("", "__proto__", "constructor", "12", "a\nb", '"', "été"));
const bytesOf = (...values: number[]): string => Buffer.from(values).toString("base64");

describe("packed weights", () => {
  it("weigh exactly what was trained, whatever the features are called", () => {
    const table = fc.integer({ min: 1, max: 4 }).chain((width) => fc.uniqueArray(fc.tuple(name, fc.array(hundredths, { minLength: width, maxLength: width })), { selector: ([feature]) => feature, maxLength: 40 }));
    fc.assert(fc.property(table, name, (rows, other) => {
      const weights = weightsSchema.parse(JSON.parse(JSON.stringify(packWeights(Object.fromEntries(rows)))));
      const head = { classes: [], bias: new Array<number>(weights.width).fill(0), weights };
      for (const [feature, row] of rows) assert.deepEqual(scoresOf(head, [feature]), row, feature);
      if (!rows.some(([feature]) => feature === other)) assert.deepEqual(scoresOf(head, [other]), head.bias);
      assert.equal(weights.starts.size, rows.length);
    }));
  });

  it("of a number the low byte comes first", () => {
    assert.deepEqual(packWeights({ a: [2.58, -0.01] }), { features: ["a"], hundredths: bytesOf(2, 1, 255, 255) });
  });

  it("numbers that hundredths cannot hold are refused by name", () => {
    for (const weight of [327.68, -327.69, 0.255, Number.NaN, Infinity]) assert.throws(() => packWeights({ fine: [1], "w:odd": [weight] }), { name: "RangeError", message: new RegExp(`^w:odd weighs ${weight};`) });
    assert.throws(() => packWeights({ "w:a": [1, 2], "w:b": [1] }), /w:b has 1 weights, the first feature has 2/);
  });

  it("what was not packed so is refused", () => {
    const two = bytesOf(1, 0, 2, 0);
    assert.deepEqual([...weightsSchema.parse({ features: ["a", "b"], hundredths: two }).starts], [["a", 0], ["b", 1]]);
    const damaged = {
      "a feature twice": { features: ["a", "a"], hundredths: two },
      "rows of uneven length": { features: ["a", "b"], hundredths: bytesOf(1, 0, 2, 0, 3, 0) },
      "half a number": { features: ["a"], hundredths: bytesOf(1, 0, 2) },
      "numbers of no feature": { features: [], hundredths: two },
      "characters that are not base64": { features: ["a", "b"], hundredths: two.replace("A", "!") },
      "characters between": { features: ["a", "b"], hundredths: `${two.slice(0, 2)}\n   ${two.slice(2)}` },
      "a character too many": { features: ["a", "b"], hundredths: `A${two}` },
      "a cut end": { features: ["a", "b"], hundredths: two.slice(0, -4) },
      "numbers as numbers": { features: ["a", "b"], hundredths: [1, 2] },
      "no names": { features: ["a", 2], hundredths: two },
      "names as one": { features: "a", hundredths: two },
      "no numbers": { features: ["a", "b"] },
      "the rows of old": { a: [1], b: [2] },
    };
    for (const [what, packed] of Object.entries(damaged)) assert.equal(weightsSchema.safeParse(packed).success, false, what);
  });
});
