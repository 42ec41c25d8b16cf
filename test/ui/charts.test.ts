// Charts: whatever the values are, every place is a number and inside its box, and more is never drawn as less.
import { strict as assert } from "node:assert";
import fc from "fast-check";
import { columnsChart } from "../../app/ui/charts/columns.ts";
import { figure, signed } from "../../app/ui/charts/figures.ts";
import { lineChart, pathOf } from "../../app/ui/charts/line.ts";
import { countTicks, scale } from "../../app/ui/charts/scale.ts";
import { bar, diverging, dotAndInterval, fromTo, sparkline, stacked } from "../../app/ui/charts/small.ts";
import type { Html } from "../../app/ui/frame/html.ts";

const any = fc.double(); // NaN, infinities and −0 too
const count = fc.nat(1_000_000);
const mood = fc.option(fc.double({ min: -1, max: 1, noNaN: true }));

/** Every number in the SVG. */
function placesOf(svg: Html): { name: string; value: number; isPercent: boolean }[] {
  assert.doesNotMatch(svg.text, /NaN|Infinity|undefined/);
  return [...svg.text.matchAll(/\b(x|y|x1|x2|y1|y2|cx|cy|width|height)="(-?[\d.e-]+)(%?)"/g)].map(([, name = "", value, sign]) => ({ name, value: Number(value), isPercent: sign === "%" }));
}

function assertInside(svg: Html, height: number): void {
  for (const { name, value, isPercent } of placesOf(svg)) {
    assert.ok(Number.isFinite(value), `${name} is no number`);
    if (isPercent) assert.ok(value >= 0 && value <= 100.01, `${name}="${value}%" is outside`);
    else if (name.startsWith("y") || name === "cy") assert.ok(value >= 0 && value <= height + 1, `${name}="${value}" is outside`);
    if (name === "width" || name === "height") assert.ok(value >= 0, `${name}="${value}"`);
  }
}

describe("ui: charts", () => {
  it("a scale keeps the order of values and never leaves its range, whatever it is given", () => {
    fc.assert(fc.property(any, any, any, any, (low, high, one, other) => {
      const place = scale(low, high, 150, 10);
      for (const value of [place(one), place(other)]) assert.ok(value >= 10 && value <= 150);
      if (one <= other) assert.ok(place(one) >= place(other));
    }));
  });

  it("ticks of counts are whole, begin at zero, rise evenly and reach the largest, and there are few of them", () => {
    fc.assert(fc.property(count, (max) => {
      const ticks = countTicks(max);
      assert.equal(ticks[0], 0);
      assert.ok((ticks.at(-1) ?? 0) >= max && ticks.length >= 2 && ticks.length <= 4, `${max}: ${ticks.join(" ")}`);
      assert.ok(ticks.every(Number.isInteger), `${max}: ${ticks.join(" ")}`);
      assert.deepEqual(ticks, ticks.map((_, i) => i * (ticks[1] ?? 0)));
    }));
  });

  it("columns stand inside their box on the zero line, the higher count is the higher column, and each says its number", () => {
    fc.assert(fc.property(fc.array(fc.record({ value: fc.option(count), usual: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true })) }), { maxLength: 40 }), (list) => {
      const svg = columnsChart({ title: "t", summary: "s", columns: list.map((one, i) => ({ ...one, label: "", title: `column ${i}` })) });
      assertInside(svg, 172);
      const bars = [...svg.text.matchAll(/data-fill" x="[\d.]+%" width="[\d.]+%" y="([\d.]+)" height="([\d.]+)"/g)].map(([, y, height]) => ({ y: Number(y), height: Number(height) }));
      for (const { y, height } of bars) assert.ok(Math.abs(y + height - 150) < 0.01);
      const values = list.flatMap(({ value }) => (value === null || value === 0 ? [] : [value]));
      values.forEach((value, i) => values.forEach((other, j) => assert.ok(value <= other || (bars[i]?.height ?? 0) >= (bars[j]?.height ?? 0))));
      assert.equal((svg.text.match(/<title>column /g) ?? []).length, list.length);
    }), { numRuns: 40 });
  });

  it("lines stay inside, break where nothing was measured, and have a zero line", () => {
    fc.assert(fc.property(fc.array(mood, { maxLength: 40 }), (values) => {
      const svg = lineChart({ title: "t", summary: "s", series: [{ name: "m", values }], labels: values.map(() => ""), titles: values.map(() => "x"), low: -1, high: 1, ticks: [{ value: 0, words: "0" }] });
      assertInside(svg, 172);
      assert.match(svg.text, /class="zero"/);
      const path = pathOf(values, (at) => at, (value) => value);
      const known = values.filter((one) => one !== null).length;
      assert.equal((path.match(/[ML]/g) ?? []).length, Math.max(1, known));
      assert.equal((path.match(/M/g) ?? []).length, Math.max(1, values.filter((one, i) => one !== null && (values[i - 1] ?? null) === null).length));
    }), { numRuns: 60 });
  });

  it("small charts stay inside whatever they are given", () => {
    fc.assert(fc.property(any, any, any, fc.array(fc.oneof(any, fc.constant(null)), { maxLength: 20 }), (a, b, c, list) => {
      for (const svg of [bar(a), diverging(a), fromTo(a, b), sparkline(list), sparkline(list, -1, 1), dotAndInterval({ value: a, interval: [b, c], median: c, low: 0, high: 1 })]) assertInside(svg, 22);
    }));
  });

  it("parts of a whole fill it without overlapping", () => {
    fc.assert(fc.property(fc.array(count, { minLength: 1, maxLength: 8 }), (values) => {
      const svg = stacked("shares", values.map((value, i) => ({ name: `part ${i}`, value })));
      assertInside(svg, 10);
      const parts = [...svg.text.matchAll(/x="([\d.]+)%" width="([\d.]+)%"/g)].map(([, x, width]) => [Number(x), Number(width)] as const);
      const sum = values.reduce((all, one) => all + one, 0);
      let at = 0;
      for (const [x, width] of parts) {
        assert.ok(Math.abs(x - at) < 0.01);
        at = x + width;
      }
      assert.ok(Math.abs(at - (sum === 0 ? 0 : 100)) < 0.01);
    }));
  });

  it("numbers carry their unit: counts their thousands, moods their sign, lengths minutes and seconds", () => {
    assert.deepEqual([figure(1_234_567, "count"), figure(999, "count"), figure(0.714, "ratio"), figure(348_400, "ms"), figure(1.44, "per_contact")], ["1,234,567", "999", "71 %", "5:48", "1.4×"]);
    assert.deepEqual([signed(0.214), signed(-0.05), signed(-0.001)], ["+0.21", "−0.05", "0.00"]);
  });
});
