// Is it in the transcript? Quotes as models give them, and findings in their own words.
import assert from "node:assert/strict";
import fc from "fast-check";
import { isGrounded, isQuoted } from "../../app/analysis/index.ts";

const SAID = "Um, I was, I was charged twenty pounds twice for my broadband on the third of May, and nobody's called me back!";

describe("analysis/evidence-check: isQuoted", () => {
  const quoted = ["charged twenty pounds twice", "I was charged 20 pounds twice for my broadband", "“nobody has called me back”", "CHARGED TWENTY POUNDS, TWICE!", "on the 3rd of May", "I was charged twenty pounds, twice, with my broadband on the third"];
  for (const quote of quoted) it(`finds: ${quote}`, () => assert.ok(isQuoted(quote, ["Hello.", SAID])));

  const invented = ["charged thirty pounds twice", "I was charged 200 pounds twice for my broadband", "somebody has called me back about broadband", "broadband my for twice pounds twenty charged", "", "I was", "…", "the engineer was rude", "on the 4th of May", "I was not charged twenty pounds twice for my broadband", "anybody has called me back", "called me back"];
  for (const quote of invented) it(`does not find: ${quote || "nothing"}`, () => assert.ok(!isQuoted(quote, ["Hello.", SAID])));

  it("a quote does not run from one text into the next", () => assert.ok(!isQuoted("my broadband is slow", ["I rang about my broadband", "is slow today"])));

  it("whatever stands in a text in one piece is found, in any language", () => {
    const words = fc.array(fc.constantFrom(..."paket angekommen rechnung brief müller заказ доставка 42 1000 émigré parcel letter".split(" ")), { minLength: 1, maxLength: 30 });
    fc.assert(fc.property(words, fc.nat(), fc.nat(), fc.boolean(), (list, from, count, english) => {
      const start = from % list.length;
      assert.ok(isQuoted(list.slice(start, start + 1 + (count % 12)).join(", ").toUpperCase(), ["before", list.join(" ")], english));
    }));
  });
});

describe("analysis/evidence-check: isGrounded", () => {
  const grounded = ["The customer was charged 20 pounds twice for broadband.", "Nobody called the customer back about the charges.", "The customer complains about a double charge of £20 for broadband on 3 May"];
  for (const text of grounded) it(`holds: ${text}`, () => assert.ok(isGrounded(text, [SAID])));
  const invented = ["The customer was charged 25 pounds twice for broadband.", "The customer was charged by Anna twice for broadband.", "The agent apologised and offered a discount.", "The customer.", ""];
  for (const text of invented) it(`does not hold: ${text || "nothing"}`, () => assert.ok(!isGrounded(text, [SAID])));
});
