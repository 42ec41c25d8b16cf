// Values as people say them: whatever is spelled, spoken or written in another way comes to the same.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Slot } from "../../../app/analysis/index.ts";
import { lineOf } from "../../../app/analysis/workflows/message.ts";
import { asksPlace, readAddresses, readPlace } from "../../../app/analysis/workflows/values/addresses.ts";
import { readAmounts } from "../../../app/analysis/workflows/values/amounts.ts";
import { readPostcodes, readReferences } from "../../../app/analysis/workflows/values/codes.ts";
import { isFullerName, readAddressed, readNames, readOrganisations } from "../../../app/analysis/workflows/values/names.ts";
import { readPhones } from "../../../app/analysis/workflows/values/phones.ts";
import { readTimes } from "../../../app/analysis/workflows/values/times.ts";
import type { ValueReader } from "../../../app/analysis/workflows/values/value.ts";
import { readDates } from "../../../app/analysis/workflows/values/when.ts";

const around = { country: "GB", today: "2026-02-17" };
const values = (reader: ValueReader, text: string, { slot = {}, asked = false, country = "GB" }: { slot?: Partial<Slot>; asked?: boolean; country?: string } = {}): string[] =>
  reader(lineOf(text), { type: "text", ...slot } as Slot, { ...around, country }, asked).map((one) => one.value);

const WORDS = "zero one two three four five six seven eight nine".split(" ");
/** Digits as they are said: "oh" for zero, "double" for two of a kind, a pause now and then. */
const spoken = (digits: string, dice: readonly number[]): string => {
  const said: string[] = [];
  for (let at = 0; at < digits.length; at++) {
    const word = digits[at] === "0" && (dice[at] ?? 0) % 2 === 0 ? "oh" : (WORDS[Number(digits[at])] ?? "");
    const isDouble = digits[at] === digits[at + 1] && (dice[at] ?? 0) % 3 === 0;
    said.push(`${isDouble ? `double ${word}` : word}${(dice[at] ?? 0) % 5 === 0 ? "," : ""}`);
    if (isDouble) at++;
  }
  return said.join(" ").replace(/,$/, "");
};
const digits = (length: number) => fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length }).map((list) => list.join(""));
const dice = fc.array(fc.nat(29), { minLength: 12, maxLength: 12 });

describe("workflows: values as they are said", () => {
  it("a telephone number spoken digit by digit is the written one", () => {
    fc.assert(fc.property(digits(6), dice, (last, rolls) => assert.deepEqual(values(readPhones, `it's ${spoken(`07700${last}`, rolls)}`), [`+447700${last}`])));
    assert.deepEqual(values(readPhones, "Oh double seven double oh, nine double oh, one eight seven."), ["+447700900187"]);
    assert.deepEqual(values(readPhones, "Monday after 2, 07700 900 645"), ["+447700900645"]);
    assert.deepEqual(values(readPhones, "order 48213 of 12/04/2026, 240 pounds"), []);
  });

  it("a spelled reference is the written one", () => {
    fc.assert(fc.property(fc.constantFrom("FB", "T", "CH"), digits(5).filter((text) => !text.startsWith("0")), dice, (letters, number, rolls) => {
      const slot = { pattern: "[A-Z]{0,5}[0-9]{3,12}[A-Z]?" };
      assert.deepEqual(values(readReferences, `it is ${[...letters].join(" ")}, ${spoken(number, rolls)}`, { slot }), [letters + number]);
      assert.deepEqual(values(readReferences, `it is ${letters}-${number}`, { slot }), [letters + number]);
    }));
    for (const [text, code] of [["CM-AUG-3315", "CMAUG3315"], ["LX/2219/07", "LX221907"], ["Er, W C, then a dash, eight one four oh six", "WC81406"], ["A W dash five oh five, six one one", "AW505611"]] as const) assert.deepEqual(values(readReferences, text, { slot: { pattern: "[A-Z]{0,5}[0-9]{3,12}[A-Z]?" } }), [code], text);
    assert.deepEqual(values(readReferences, "Ngozi Eze, 12/04/1985, 3310", { slot: { pattern: "[0-9]{4}" } }), ["3310"]);
  });

  it("postcodes are spelled, times come in words, money in thousands", () => {
    assert.deepEqual(values(readPostcodes, "N E four five, five A Q"), ["NE45 5AQ"]);
    for (const [text, time] of [["half past ten", "10:30"], ["half four", "16:30"], ["quarter to six", "17:45"], ["ten past nine", "09:10"], ["at ten thirty", "10:30"], ["Friday at one", "13:00"], ["5.30 ta", "17:30"], ["noon", "12:00"], ["Twelve on Thursday", "12:00"]] as const) assert.deepEqual(values(readTimes, text), [time], text);
    for (const text of ["it is two to three weeks", "I have rung since eight o'clock", "half of it"]) assert.deepEqual(values(readTimes, text), [], text);
    for (const [text, country, sum] of [["three and a half thousand", "GB", "3500.00 GBP"], ["two lakhs only", "IN", "200000.00 INR"], ["200 pounds a month", "US", "200.00 GBP"], ["1.2 M EUR", "DE", "1200000.00 EUR"], ["7.000 Euro", "DE", "7000.00 EUR"], ["bout 4k", "GB", "4000.00 GBP"]] as const) assert.deepEqual(values(readAmounts, text, { asked: true, country }), [sum], text);
  });

  it("days are named, ranged, and fit their weekday", () => {
    const slot = { when: "future" as const };
    for (const [text, day] of [["Friday twenty-eighth", "2026-08-28"], ["Thursday the twenty-sixth", "2026-02-26"], ["can I do fri instead", "2026-02-20"], ["Saturday eight is fine", "2026-02-21"], ["sat 21 feb", "2026-02-21"], ["she sat in a bed", undefined]] as const) assert.deepEqual(values(readDates, text, { slot }), day === undefined ? [] : [day], text);
    assert.deepEqual(values(readDates, "I stayed from 5 to 8 February", { slot: { when: "past" } }), ["2026-02-05"]);
    for (const [text, day] of [["Twenty fifth, half eleven", "2026-02-25"], ["22nd any time after 3", "2026-02-22"], ["3rd, ask for Nomsa", undefined], ["the twenty second floor", undefined], ["out on the last day of the month", "2026-02-28"], ["from the first of next month", "2026-03-01"]] as const) assert.deepEqual(values(readDates, text, { slot }), day === undefined ? [] : [day], text);
    assert.deepEqual(values(readDates, "an answer by the seventh of April", { slot: { when: "past" } }), []);
  });

  it("people and firms are introduced, answered and signed with; other capitals are none", () => {
    for (const [text, name] of [["It's Fergus Baird, B A I R D, Larkin Ould Surveyors.", "Fergus Baird"], ["Kind regards, Joanna Pilch", "Joanna Pilch"], ["Yours, D. Whitlock (Mr)", "D. Whitlock"], ["Names are Alun and Bronwen Rees", "Alun and Bronwen Rees"], ["I'm just looking", undefined], ["And Monday.", undefined], ["The Old Forge is in Ely", undefined]] as const) assert.deepEqual(values(readNames, text), name === undefined ? [] : [name], text);
    for (const [text, name] of [["Mrs. Annika Boswell.", "Annika Boswell"], ["Jacob Nwosu 30/09/1995 card 2276", "Jacob Nwosu"], ["yeah its gemma holloway im in barcelona", "Gemma Holloway"], ["why do you ask", undefined]] as const) assert.deepEqual(values(readNames, text, { asked: true }), name === undefined ? [] : [name], text);
    for (const [text, firm] of [["Sure. I'm Priya Raman, with Northlake Surveyors.", "Northlake Surveyors"], ["Farah Aldridge, Pinnacle Dental", "Pinnacle Dental"], ["It's Kofi Baidoo at Daily Grind.", "Daily Grind"], ["I was at home", undefined]] as const) assert.deepEqual(values(readOrganisations, text), firm === undefined ? [] : [firm], text);
    assert.equal(readAddressed(lineOf("Dear Mr Crombie,"))?.value, "Mr Crombie");
    for (const [text, name] of [["It's Wilf from the Coddenham band.", "Wilf"], ["Morning, Fintan here.", "Fintan"], ["it's mister Garside", "Mr Garside"], ["It's Mothering Sunday weekend", undefined]] as const) assert.deepEqual(values(readNames, text), name === undefined ? [] : [name], text);
    for (const [text, name] of [["What's your membership number, Mr Osgood?", "Mr Osgood"], ["See you Thursday, Tash", "Tash"], ["Fraud line, Ken.", undefined], ["This is the taxi desk at Leeds, Ken speaking, Ken.", undefined]] as const) assert.equal(readAddressed(lineOf(text))?.value, name, text);
    assert.equal(readAddressed(lineOf("Hi, Prairie Auto. Sorry!")), undefined);
  });

  it("the fuller of two names is that of the same person", () => {
    for (const [full, short] of [["Margaret Trewin", "Trewin"], ["Ngozi Eze", "N. Eze"], ["Hilary Stopes", "Mrs Stopes"]] as const) assert.deepEqual([isFullerName(full, short), isFullerName(short, full)], [true, false], short);
    for (const [one, other] of [["Ben Eze", "N. Eze"], ["Trewin", "Trewin"], ["Mr Stopes", "Stopes"]] as const) assert.equal(isFullerName(one, other), false, one);
  });

  it("the town that is asked for after the street is read from an answer, and nothing else is a town", () => {
    assert.deepEqual(["Chandos Road in which town?", "Town and postcode?", "And the city?", "I grew up in that town."].map((text) => asksPlace(lineOf(text))), [true, true, true, false]);
    for (const [text, place] of [["Stroud. G L five", "Stroud"], ["durham DH1 3RL", "Durham"], ["It's Great Torrington", "Great Torrington"], ["yes", undefined], ["what do you need that for", undefined], ["07700 900123", undefined]] as const) assert.equal(readPlace(lineOf(text)), place, text);
  });

  it("of two addresses the one that is left behind does not come first", () => {
    assert.equal(values(readAddresses, "We moved from 3 Elm Road to 45 High Street, Leeds")[0], "45 High Street, Leeds");
    assert.deepEqual(values(readAddresses, "it's flat twelve, Tannery House, that's fifty-five Wharf Road"), ["flat 12, Tannery House, 55 Wharf Road"]);
    assert.deepEqual(values(readAddresses, "The Old Forge, Church Street, Ely CB7 4ZZ (currently 8 Pond Close, March)"), ["The Old Forge, Church Street, Ely CB7 4ZZ"]);
    assert.deepEqual(values(readAddresses, "Low Barn, Staithe Road, Ludham, NR29 5ZZ"), ["Low Barn, Staithe Road, Ludham"]);
    assert.deepEqual(values(readAddresses, "into Unit 6, Beck Mills, Shipley, BD17 7AB"), ["Unit 6, Beck Mills, Shipley"]);
    assert.deepEqual(values(readAddresses, "we are number 6 on the list"), []);
  });

  it("any text is read without an error, every value from words of the sentence", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme", maxLength: 80 }), fc.boolean(), (text, asked) => {
      const line = lineOf(text);
      for (const reader of [readAddresses, readAmounts, readPostcodes, readReferences, readNames, readOrganisations, readPhones, readTimes, readDates]) {
        for (const { from, to } of reader(line, { type: "text", when: "any" } as Slot, around, asked)) assert.ok(from >= 0 && to > from && to <= line.plain.length);
      }
    }));
  });
});
