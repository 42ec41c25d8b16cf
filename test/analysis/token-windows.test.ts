// Windows of long texts, for all lengths.
import assert from "node:assert/strict";
import fc from "fast-check";
import { aroundOf, cutWindows, unitMean } from "../../app/analysis/models/transformers/token-windows.ts";
import { packVector, unpackVector } from "../../app/analysis/models/transformers/requests.ts";

const tokens = fc.array(fc.nat(30_000), { maxLength: 300 });
const vector = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 4, maxLength: 4 });
const lengthOf = (values: ArrayLike<number>): number => Math.hypot(...Array.from(values));

describe("windows of tokens", () => {
  it("hold every token once and in order, none too many, nearly the same number each", () => {
    fc.assert(
      fc.property(tokens, fc.integer({ min: 1, max: 50 }), (all, most) => {
        const windows = cutWindows(all, most);
        assert.deepEqual(windows.flat(), all);
        const sizes = windows.map((one) => one.length);
        assert.ok(Math.max(...sizes) <= most && Math.max(...sizes) - Math.min(...sizes) <= 1);
        assert.equal(windows.length, Math.max(1, Math.ceil(all.length / most)));
      }),
    );
  });
  it("know what a model puts around a text", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(-1, -2), { maxLength: 3 }), tokens, fc.array(fc.constantFrom(-3, -4), { maxLength: 3 }), (before, bare, after) => {
        const around = aroundOf([...before, ...bare, ...after], bare);
        if (bare.length > 0) assert.deepEqual(around, { before, after });
        else assert.deepEqual([...(around?.before ?? []), ...(around?.after ?? [])], [...before, ...after]);
      }),
    );
    assert.equal(aroundOf([1, 2, 3], [4]), undefined);
  });
  it("make one vector of unit length, which leans to the window that counts more", () => {
    fc.assert(
      fc.property(fc.array(fc.record({ vector, weight: fc.integer({ min: 1, max: 512 }) }), { minLength: 1, maxLength: 8 }), (windows) => {
        const mean = unitMean(windows);
        if (mean !== undefined) assert.ok(Math.abs(lengthOf(mean) - 1) < 1e-5);
      }),
    );
    const mean = unitMean([{ vector: [3, 0], weight: 2 }, { vector: [0, 0.1], weight: 1 }]) ?? [];
    assert.ok(Math.abs((mean[0] ?? 0) / (mean[1] ?? 1) - 2) < 1e-5, "how long the vector of a window is does not count");
    for (const windows of [[], [{ vector: [0, 0], weight: 1 }], [{ vector: [Number.NaN, 1], weight: 1 }], [{ vector: [1, 0], weight: 1 }, { vector: [-1, 0], weight: 1 }]]) assert.equal(unitMean(windows), undefined);
  });
  it("travel exactly", () => {
    fc.assert(fc.property(fc.float32Array({ maxLength: 40 }), (values) => assert.deepEqual(unpackVector(packVector(values)), values)));
    const part = new Float32Array([1, 2, 3, 4]).subarray(1, 3);
    assert.deepEqual([...unpackVector(packVector(part))], [2, 3]);
  });
});
