// Days as people say them.
import assert from "node:assert/strict";
import fc from "fast-check";
import { findDates, localDay, type Tense } from "../../app/analysis/facts/calendar.ts";

/** Wednesday, 4 November 2026. */
const TODAY = "2026-11-04";

const cases: [string, string | null | undefined, Tense?][] = [
  ["i will call you today", "2026-11-04"],
  ["i will send it tomorrow", "2026-11-05"],
  ["the day after tomorrow", "2026-11-06"],
  ["i called yesterday", "2026-11-03"],
  ["on tuesday", "2026-11-10"],
  ["on wednesday", "2026-11-11"],
  ["this wednesday", "2026-11-04"],
  ["this friday", "2026-11-06"],
  ["next tuesday", "2026-11-10"],
  ["next friday", "2026-11-13"],
  ["last monday", "2026-11-02"],
  ["last wednesday", "2026-10-28"],
  ["i paid it on monday", "2026-11-02"],
  ["my appointment was moved to monday", "2026-11-09"],
  ["since friday", "2026-10-30"],
  ["on the 3rd of march", "2027-03-03"],
  ["the 3rd of march", "2027-03-03", "future"],
  ["the 3rd of march", "2026-03-03", "past"],
  ["i sent it on the 23rd of october", "2026-10-23"],
  ["march the 3rd 2025", "2025-03-03"],
  ["the 5th of may 19 80", "1980-05-05"],
  ["by the 21st", "2026-11-21"],
  ["within 5 working days", "2026-11-11"],
  ["in 3 days", "2026-11-07"],
  ["3 to 5 working days", "2026-11-11"],
  ["in 2 weeks", "2026-11-18"],
  ["within a month", "2026-12-04"],
  ["2 weeks ago", "2026-10-21"],
  ["a year ago", "2025-11-04"],
  ["by the end of the week", "2026-11-06"],
  ["by the end of the month", "2026-11-30"],
  ["next week", null],
  ["in a few days", null],
  ["the 31st of june", undefined],
  ["i may call you", undefined],
  ["it costs 45 pounds", undefined],
];

describe("days in speech", () => {
  for (const [line, date, tense] of cases) {
    it(`“${line}”${tense === undefined ? "" : ` (${tense})`} said on ${TODAY} is ${date ?? (date === null ? "no exact day" : "no day")}`, () => {
      const found = findDates(line, TODAY, tense ?? "open")[0];
      assert.equal(found === undefined ? undefined : found.date, date);
    });
  }

  it("the day of a call is the day at the site, not in UTC", () => {
    assert.equal(localDay(Date.UTC(2026, 10, 4, 23, 30), "Europe/Berlin"), "2026-11-05");
    assert.equal(localDay(Date.UTC(2026, 10, 4, 3), "America/New_York"), "2026-11-03");
    assert.equal(localDay(Date.UTC(2026, 10, 4, 12), "Nowhere/Nothing"), "2026-11-04");
  });

  it("a promised day is never before the call, whatever the day of the call", () => {
    const lines = ["on tuesday", "next friday", "this sunday", "the 3rd of march", "by the 21st", "within 5 working days", "tomorrow", "by the end of the week", "by the end of the month"];
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20_000 }), fc.constantFrom(...lines), (day, line) => {
        const today = new Date(Date.UTC(2000, 0, 1) + day * 86_400_000).toISOString().slice(0, 10);
        const date = findDates(line, today, "future")[0]?.date;
        assert.ok(typeof date === "string" && date >= today, `${line} on ${today} gave ${date}`);
      }),
    );
  });
});
