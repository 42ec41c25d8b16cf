// What counts as a withdrawal and what does not, sentence by sentence. A new case is a new line in test/fixtures/privacy/stop-words.json.
import assert from "node:assert/strict";
import fc from "fast-check";
import { SPEAKERS } from "../../app/domain/index.ts";
import { consentIn, type Medium } from "../../app/privacy/index.ts";
import { fixture } from "./helpers.ts";

const CHANNEL: Record<Medium, string> = { speech: "phone", text: "sms", mail: "email" };
const MORE = { stop: ["Afmelden"], start: ["aanmelden"] };
const cases = fixture<Record<Medium, [text: string, means: string][]>>("stop-words");
const read = (medium: Medium, text: string): string[] => consentIn({ medium, channel: CHANNEL[medium], speaker: "customer", text }, MORE).map((one) => `${one.channel}:${one.state === "granted" ? "+" : ""}${one.purpose}`).sort();
const expected = (means: string): string[] =>
  means.split(" ").filter(Boolean).flatMap((one) => (one.endsWith("contact") ? [one.replace("contact", "outbound_messaging"), one.replace("contact", "marketing")] : [one])).sort();

describe("privacy: stop words", () => {
  for (const medium of ["speech", "text", "mail"] as const) {
    it(`${medium}: ${cases[medium].length} sentences mean what is written beside them`, () => {
      const wrong = cases[medium].filter(([text, means]) => read(medium, text).join() !== expected(means).join()).map(([text, means]) => `${text} → ${read(medium, text).join(" ")}, not ${means}`);
      assert.deepEqual(wrong, []);
    });
  }

  it("only the customer's own words count", () => {
    for (const speaker of SPEAKERS.filter((one) => one !== "customer")) {
      for (const medium of ["speech", "text", "mail"] as const) for (const [text] of cases[medium]) assert.deepEqual(consentIn({ medium, channel: "sms", speaker, text }), [], `${speaker}: ${text}`);
    }
  });

  it("a withdrawal is heard in the middle of other sentences too, and any text is read without a fault in little time", () => {
    for (const [text, means] of cases.speech.filter(([, one]) => one !== "")) assert.deepEqual(read("speech", `Good morning. ${text} Is that all right?`), expected(means), text);
    const started = performance.now();
    for (const word of ["any more ", "ever again ", "again any more ", "stop ", "please ", "do not call me ", "i do not want ", "not "]) read("speech", `i do not want you do not call me ${word.repeat(1500)}x`);
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 100 }), fc.array(fc.constantFrom("do not ", "i want ", "stop ", "recording ", "me ", "you ", "to be ", "call ", ". "), { maxLength: 60 }), (noise, words) => void [read("text", noise), read("speech", words.join("")), read("mail", noise + words.join(""))]), { numRuns: 30 });
    assert.ok(performance.now() - started < 10_000);
  });
});
