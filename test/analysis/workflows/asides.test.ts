// Days that are nobody's wish, better names for a thing, and how phrases are found.
import assert from "node:assert/strict";
import fc from "fast-check";
import { join } from "node:path";
import { createMessageReader, foldForm, loadWorkflows, prepareWorkflow, type SaidMessage } from "../../../app/analysis/index.ts";
import { isAside, isErrand } from "../../../app/analysis/workflows/asides.ts";
import { findPhrases, lineOf, readPhrase } from "../../../app/analysis/workflows/message.ts";
import { readTimes } from "../../../app/analysis/workflows/values/times.ts";
import { installationRoot } from "../../../app/platform/index.ts";

const returns = prepareWorkflow(loadWorkflows(join(installationRoot(), "config", "workflows")).find(({ name }) => name === "returns") ?? assert.fail());
const date = prepareWorkflow(loadWorkflows(join(installationRoot(), "config", "workflows")).find(({ name }) => name === "appointment") ?? assert.fail());
const reader = createMessageReader({ country: "GB", timeZone: "Europe/London" });
const said = (...turns: [SaidMessage["speaker"], string][]): SaidMessage[] => turns.map(([speaker, text], at) => ({ id: `m${at}-${text}`, speaker, text, atMs: Date.UTC(2026, 2, 10, 9, at) }));

describe("workflows: what is said by the way", () => {
  it("an hour at which the customer is elsewhere is no wish, one that is asked for is", () => {
    const slot = date.slots.find(({ name }) => name === "time")?.slot ?? assert.fail();
    for (const [text, is] of [["I've got to get the kids by five", true], ["my train goes at 4", true], ["at three is no good", true], ["can I come at 3", false], ["it has to be after 3, the kids are at school", false]] as const) {
      const line = lineOf(text);
      const [one] = readTimes(line, slot, { country: "GB", today: "2026-03-10" }, true);
      assert.equal(one !== undefined && isAside(line, one, "time"), is, text);
    }
    for (const [text, is] of [["I'll ring you tonight", true], ["she will email you by Friday", true], ["Friday at nine it is", false], ["I got a text saying nine on Friday", false]] as const) assert.equal(isErrand(lineOf(text), "date"), is, text);
  });

  it("the fuller name of the same thing takes its place, another thing does not", () => {
    const item = (text: string): string | undefined => foldForm(returns, { messages: said(["customer", "I want to return my sofa"], ["customer", text]), reasons: [] }, reader)?.slots["item"]?.value;
    assert.equal(item("It is the blue velvet sofa"), "blue velvet sofa");
    assert.equal(item("and the boots were fine"), "sofa");
  });

  it("phrases that are found by their first word are those that a search of every place finds", () => {
    const words = fc.array(fc.constantFrom("send", "back", "my", "order", "refund"), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.array(words, { maxLength: 6 }), words, (texts, spoken) => {
        const phrases = texts.map((text) => readPhrase(text.slice(0, 3).join(" ")));
        const { stems } = lineOf(spoken.join(" "));
        const slow = phrases.flatMap((phrase, at) => stems.flatMap((_, from) => (phrase.every(({ stem }, word) => stems[from + word] === stem) ? [{ phrase: at, from, to: from + phrase.length }] : [])));
        assert.deepEqual(findPhrases(phrases, stems), slow);
      }),
    );
  });
});
