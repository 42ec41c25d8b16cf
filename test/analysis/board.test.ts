// The sums of the board: what is added up in any pieces is what it is as a whole, and days are the days of the site.
import { strict as assert } from "node:assert";
import fc from "fast-check";
import { addToCell, boardDefinition, contactsOf, createCalendar, emptyCell, measured, medianOf, sumCells, wilson } from "../../app/analysis/index.ts";
import { MEASURES, type BoardContact } from "../../app/domain/index.ts";

const HOUR = 3_600_000;
const contact = fc.record({
  channel: fc.constantFrom("phone", "email"), agent: fc.constantFrom("201", "202", null), topic: fc.constantFrom("Billing", "Delivery", null), reason: fc.constantFrom("billing.refund", null),
  values: fc.tuple(...MEASURES.map((measure) => fc.option(["resolved", "first_contact", "came_again"].includes(measure) ? fc.constantFrom(0, 1) : fc.integer({ min: -100, max: 100 })))),
}).map((one): BoardContact => ({ ...one, sessionId: "ses", atMs: 0, endedAtMs: 0, agentName: null }));

describe("analysis: sums of the board", () => {
  it("a sum of pieces is the sum of the whole, however it is cut, and equals a count by hand", () => {
    fc.assert(fc.property(fc.array(contact, { maxLength: 40 }), fc.nat(40), (contacts, cut) => {
      const cellOf = (list: readonly BoardContact[]) => {
        const cell = emptyCell();
        list.forEach((one, i) => addToCell(cell, one, i % 24));
        return cell;
      };
      const [whole, pieces] = [cellOf(contacts), sumCells([cellOf(contacts.slice(0, cut)), cellOf(contacts.slice(cut))])];
      for (const by of ["channels", "topics", "reasons", "agents"] as const) assert.deepEqual([...pieces[by]].sort(), [...whole[by]].sort());
      assert.deepEqual(pieces.all, whole.all);
      assert.equal(contactsOf(whole.all), contacts.length);
      for (const [i, measure] of MEASURES.entries()) {
        const known = contacts.map((one) => one.values[i] ?? null).filter((value) => value !== null);
        const found = measured(whole.all, measure);
        assert.equal(found?.n ?? 0, known.length);
        if (found !== null) assert.ok(Math.abs(found.value - known.reduce((sum, value) => sum + value, 0) / known.length) < 1e-9);
        assert.equal(measured(whole.all, measure, known.length + 1), null);
      }
      assert.equal(contactsOf(whole.agents.get("201") ?? new Float64Array(1)), contacts.filter((one) => one.agent === "201").length);
    }), { numRuns: 60 });
  });

  it("shares have Wilson's interval, means the normal one; one contact has none", () => {
    const cell = emptyCell();
    const add = (resolved: number, handleMs: number): void => addToCell(cell, { sessionId: "s", atMs: 0, endedAtMs: 0, channel: "phone", agent: null, agentName: null, topic: null, reason: null, values: [resolved, null, null, handleMs, null, null, null, null, null, null, null] }, 0);
    add(1, 100);
    assert.deepEqual(measured(cell.all, "handle_ms"), { value: 100, n: 1, interval: null });
    add(0, 300);
    add(1, 200);
    assert.deepEqual(measured(cell.all, "resolved"), { value: 2 / 3, n: 3, interval: wilson(2, 3) });
    const handle = measured(cell.all, "handle_ms");
    assert.equal(handle?.value, 200);
    assert.ok(Math.abs((handle?.interval?.[1] ?? 0) - (200 + (1.959964 * 100) / Math.sqrt(3))) < 1e-6);
  });

  it("the median is the middle one, of an even number the mean of two, of none nothing", () => {
    assert.deepEqual([medianOf([3, 1, 2]), medianOf([4, 1, 2, 3]), medianOf([])], [2, 2.5, null]);
  });

  it("days of the site follow each other without gaps, 23 and 25 hours long where clocks change", () => {
    const calendar = createCalendar("Europe/Berlin");
    const days = calendar.days(Date.UTC(2026, 10, 3, 14), 30);
    assert.equal(days.length, 30);
    assert.deepEqual([days[0]?.day, days.at(-1)?.day], ["2026-10-05", "2026-11-03"]);
    days.forEach((day, i) => assert.equal(day.fromMs, days[i - 1]?.toMs ?? day.fromMs));
    assert.equal(days.find((day) => day.day === "2026-10-25")?.toMs, Date.UTC(2026, 9, 25, 23));
    assert.equal(days.find((day) => day.day === "2026-10-25")?.fromMs, Date.UTC(2026, 9, 24, 22));
    assert.deepEqual([Date.UTC(2026, 9, 25, 0, 30), Date.UTC(2026, 9, 25, 1, 30), Date.UTC(2026, 10, 3, 14)].map((ms) => calendar.hourOf(ms)), [2, 2, 15]);
    const spring = calendar.days(Date.UTC(2027, 2, 28, 20), 1)[0];
    assert.equal((spring?.toMs ?? 0) - (spring?.fromMs ?? 0), 23 * HOUR);
    assert.equal(createCalendar("Asia/Kolkata").days(Date.UTC(2026, 10, 3, 20), 2).at(-1)?.fromMs, Date.UTC(2026, 10, 3, 18, 30));
  });

  it("every number says what it is, of what, from where and by which version", () => {
    for (const name of [...MEASURES, "contacts" as const]) {
      const { label, formula, denominator, source, version } = boardDefinition(name);
      assert.ok(label !== "" && formula !== "" && denominator !== "" && source !== "" && version !== "", name);
    }
  });
});
