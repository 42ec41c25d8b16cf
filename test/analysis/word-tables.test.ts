// Words that every plain object of JavaScript answers to are words like others.
import assert from "node:assert/strict";
import { expand } from "../../app/analysis/text/tokens.ts";
import { fold } from "../../app/analysis/text/fold.ts";
import { thirdPerson } from "../../app/analysis/wording/verb-forms.ts";
import { scanForCards } from "../../app/privacy/scan-for-cards.ts";

describe("words that objects answer to", () => {
  for (const word of Object.getOwnPropertyNames(Object.prototype).map((name) => name.toLowerCase())) {
    it(`"${word}" is read, folded and searched for cards like any other word`, () => {
      assert.deepEqual(expand(word), [word]);
      assert.equal(typeof fold(word), "string");
      assert.equal(typeof thirdPerson(word), "string");
      assert.equal(scanForCards(`the ${word} called`), false);
    });
  }
});
