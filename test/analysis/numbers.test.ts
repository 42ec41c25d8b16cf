// Numbers, money and contacts as they are spoken.
import assert from "node:assert/strict";
import fc from "fast-check";
import { findAmounts } from "../../app/analysis/facts/amounts.ts";
import { findContacts, readQuestionTopic } from "../../app/analysis/facts/contacts.ts";
import { createPacer } from "../../app/analysis/pacer.ts";
import { readConversation, readPlain } from "../../app/analysis/text/conversation.ts";
import type { Speaker } from "../../app/domain/index.ts";

const line = (text: string): string => readPlain(text).plain.map((word) => word.text).join(" ");

const lines: [string, string][] = [
  ["two hundred and thirty pounds", "230 pounds"],
  ["one thousand two hundred and five", "1205"],
  ["a hundred euros", "100 euros"],
  ["four five one two", "4512"],
  ["double seven three oh one", "77301"],
  ["triple four, nine", "4449"],
  ["twenty three days", "23 days"],
  ["the third of March", "the 3rd of march"],
  ["on the twenty first", "on the 21st"],
  ["for the second time", "for the second time"],
  ["no one called", "no one called"],
  ["I'd like the new one", "i would like the new one"],
  ["It hasn't arrived", "it has not arrived"],
  ["um I I want it", "i want it"],
];

const amounts: [string, string[]][] = [
  ["it costs forty five pounds", ["45.00 GBP"]],
  ["forty five pounds fifty on my bill", ["45.50 GBP"]],
  ["forty five pounds and twenty pence", ["45.20 GBP"]],
  ["£1,250.50 or 20 euros", ["1250.50 GBP", "20.00 EUR"]],
  ["three hundred dollars within five working days", ["300.00 USD"]],
  ["fifty cents", ["0.50 USD"]],
  ["I waited forty minutes", []],
];

async function contacts(text: string, speaker: Speaker = "customer", question?: string): Promise<[string, string | null][]> {
  const conversation = await readConversation([{ id: "t1", speaker, startMs: 0, endMs: 1, text, confidence: 1 }], true, createPacer());
  const sentence = conversation.sentences[0];
  assert.ok(sentence);
  return findContacts(sentence, question === undefined ? undefined : readQuestionTopic(line(question), 0)).map((found) => [found.kind, found.value]);
}

describe("spoken numbers", () => {
  for (const [said, plain] of lines) it(`“${said}” is read as “${plain}”`, () => assert.equal(line(said), plain));
  for (const [said, values] of amounts) it(`“${said}” holds ${values.join(" and ") || "no amount"}`, () => assert.deepEqual(findAmounts(line(said)).map((found) => found.value), values));

  it("every whole number below a million that is spoken in full is read back as its digits", () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 999_999 }), (value) => assert.equal(line(`${spell(value)} pounds`), `${value} pounds`)));
  });
});

describe("contacts", () => {
  it("a spoken e-mail address is written", async () => assert.deepEqual(await contacts("My email is jane dot doe at example dot com."), [["email", "jane.doe@example.com"]]));
  it("a spelled e-mail address is joined", async () => assert.deepEqual(await contacts("it's a n n a dot k at example dot co dot uk"), [["email", "anna.k@example.co.uk"]]));
  it("a typed e-mail address stays", async () => assert.deepEqual(await contacts("Write to Jane.Doe@example.com please"), [["email", "jane.doe@example.com"]]));
  it("a labelled number is a reference", async () => assert.deepEqual(await contacts("My order number is four five one two."), [["reference", "4512"]]));
  it("letters belong to a reference", async () => assert.deepEqual(await contacts("the booking reference is K L four five one"), [["reference", "KL451"]]));
  it("a bare number answers the question for a reference", async () => assert.deepEqual(await contacts("It's four five one two.", "customer", "Can I take your order number, please?"), [["reference", "4512"]]));
  it("a bare number answers the question for a telephone number", async () => assert.deepEqual(await contacts("oh two oh seven nine four six", "customer", "What is your phone number?"), [["phone", "0207946"]]));
  it("a labelled telephone number is one", async () => assert.deepEqual(await contacts("My phone number is 020 7946 0958"), [["phone", "02079460958"]]));
  it("a bare number without question is nothing in particular", async () => assert.deepEqual(await contacts("We have 4512 customers"), []));
});

const SMALL = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(" ");
const TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/** The usual British way: "two hundred and five thousand one hundred and two". */
function spell(value: number): string {
  if (value < 20) return SMALL[value] ?? "";
  if (value < 100) return [TENS[Math.floor(value / 10)], value % 10 === 0 ? "" : SMALL[value % 10]].join(" ").trim();
  if (value < 1000) return `${SMALL[Math.floor(value / 100)]} hundred${value % 100 === 0 ? "" : ` and ${spell(value % 100)}`}`;
  const rest = value % 1000;
  return `${spell(Math.floor(value / 1000))} thousand${rest === 0 ? "" : rest < 100 ? ` and ${spell(rest)}` : ` ${spell(rest)}`}`;
}
