// What is masked in writing: chats, mails, pages of documents; and what must survive there.
import assert from "node:assert/strict";
import fc from "fast-check";
import { AppError } from "../../app/domain/index.ts";
import { redactText, redactTexts, scanForCards } from "../../app/privacy/index.ts";
import { BOTH, fixture } from "./helpers.ts";
import { card, carriesDigits, picks, say } from "./speaking.ts";

const masked = (text: string): string => redactText(text, BOTH).text;

describe("redactText", () => {
  for (const [text, expected] of [
    ["my card is 4111-1111-1111-1111, cvv 123", "my card is [CARD], cvv [CODE]"],
    ["pan=4111111111111111;exp=12/27;cvv=123", "pan=[CARD];exp=12/27;cvv=[CODE]"],
    ["4111.1111.1111.1111", "[CARD]"],
    ["four one one one, one one one one, one one one one, one one one one", "[CARD]"],
    ["3782 822463 10005", "[CARD]"],
    ["4️⃣1️⃣1️⃣1️⃣ 1️⃣1️⃣1️⃣1️⃣ 1️⃣1️⃣1️⃣1️⃣ 1️⃣1️⃣1️⃣1️⃣", "[CARD]"],
    ["４１１１ １１１１ １１１１ １１１１", "[CARD]"],
    ["Card number:\r\n4111 1111\r\n1111 1111\r\nthank you", "Card number:\r\n[CARD]\r\n[CARD]\r\nthank you"],
    ["Security code:\n\n 123", "Security code:\n\n [CODE]"],
    ["Your verification code is 482913. Do not share it.", "Your verification code is [CODE]. Do not share it."],
  ] as const) {
    it(`turns ${JSON.stringify(text)} into ${JSON.stringify(expected)}`, () => assert.equal(masked(text), expected));
  }

  for (const text of [
    "my orders:\n45678901\n45678902\n45678903",
    "Item\tPieces\tPrice\n4711 3 12.50\n4712 1 99.00\n\nTotal 136.50 EUR, invoice 2026-0042",
    "Meter readings\n3401\n3455\n3520\n3618\n3702",
    "+49 30 901820\n+49 30 901821\r\n",
    "https://shop.example/orders/20260114/4711?size=42",
    "IBAN DE89 3704 0044 0532 0130 00",
    "",
    "\n\n\u2028",
  ]) {
    it(`leaves alone ${JSON.stringify(text)}`, () => assert.deepEqual(redactText(text, BOTH), { text, found: [] }));
  }

  for (const one of fixture<{ said: string[] }>("unchanged").said) {
    it(`leaves alone in writing what is left alone in talk: ${one}`, () => assert.equal(masked(one), one));
  }

  it("counts what it found and looks only for what the policy names", () => {
    assert.deepEqual(redactText("4111 1111 1111 1111, cvv 123", BOTH).found, [{ kind: "payment_card", count: 1 }, { kind: "security_code", count: 1 }]);
    assert.equal(redactText("4111 1111 1111 1111, cvv 123", { detect: [] }).text, "4111 1111 1111 1111, cvv 123");
  });

  it("forgets a question that was asked a page ago", () => {
    const far = `The security code stands on the card. ${"We thank you for your patience and your trust. ".repeat(20)}`;
    assert.equal(masked(`${far}Room 123`), `${far}Room 123`);
  });

  it("takes every valid card out, however it is written and wherever the line breaks", () => {
    fc.assert(
      fc.property(card, picks, fc.constantFrom(" ", "\n", "\r\n"), fc.constantFrom("", "Sure, it's ", "Card no: "), ({ digits, isOfKnownIssuer }, newPick, between, before) => {
        const pick = newPick();
        const groups = pick(2) === 0 ? say(digits, pick, isOfKnownIssuer).join(" ") : (digits.match(/.{1,4}/g) ?? []).join(between);
        const left = masked(before + groups);
        assert.ok(!left.split(/\s+/).some(carriesDigits), `${JSON.stringify(before + groups)} became ${JSON.stringify(left)}`);
      }),
      { numRuns: 500 },
    );
  });

  it("answers every text, keeps every line end, and leaves nothing that the second look objects to", () => {
    const piece = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("4111", "1111", " one ", "\ud800", "\u200b", "card number ", "cvv ", "\n", "\r\n", "\r", "\u2028", "️⃣", "4111111111111111"));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }).map((parts) => parts.join("")), (text) => {
        const left = masked(text);
        assert.equal(scanForCards(left), false);
        assert.deepEqual(left.match(/[\r\n\u2028]/g), text.match(/[\r\n\u2028]/g));
      }),
      { numRuns: 500 },
    );
  });
});

describe("redactTexts", () => {
  it("knows from the message before what the digits are", () => {
    assert.deepEqual(redactTexts(["What is the security code on the back?", "123"], BOTH).texts, ["What is the security code on the back?", "[CODE]"]);
    assert.deepEqual(redactTexts(["What is your house number?", "123"], BOTH).texts, ["What is your house number?", "123"]);
  });
  it("takes a card out that was sent in pieces, also out of the pieces that came before", () => {
    assert.deepEqual(redactTexts(["4111", "1111", "1111", "1111"], BOTH).texts, ["[CARD]", "[CARD]", "[CARD]", "[CARD]"]);
  });
  it("refuses with its code when the text cannot be redacted, whatever went wrong", () => {
    const broken = { detect: { includes: () => { throw new Error("unexpected"); } } } as unknown as typeof BOTH;
    assert.throws(() => redactText("4111 1111 1111 1111", broken), (error) => error instanceof AppError && error.code === "REDACTION_FAILED");
  });
  it("reads a document of 50 pages in well under a second", () => {
    const page = "We refer to your letter of 12 May 2026 about order 4711-0815 and the two chairs at 149.90 each.\n".repeat(30);
    const startedAt = performance.now();
    redactTexts(Array.from({ length: 50 }, () => page), BOTH);
    const ms = performance.now() - startedAt;
    assert.ok(ms < 4000, `${Math.round(ms)} ms`); // 0.4 s on two busy cores; the bound notices a wrong growth, not a busy machine
  });
});
