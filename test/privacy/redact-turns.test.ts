// What is masked and what survives, case by case. A new case is a new line in test/fixtures/privacy/.
import assert from "node:assert/strict";
import { passesLuhn, redactTurns, scanForCards } from "../../app/privacy/index.ts";
import { BOTH, conversation, fixture, redactText, turn } from "./helpers.ts";

describe("redactTurns: payment cards", () => {
  const { carriers, said } = fixture<{ carriers: string[]; said: string[] }>("cards");
  for (const one of said) {
    it(`masks all of: ${one}`, () => {
      for (const carrier of carriers) {
        const { text, mute, found } = redactText(carrier.replace("{}", one));
        assert.equal(text, carrier.replace("{}", "[CARD]"));
        assert.deepEqual(found, [{ kind: "payment_card", count: 1 }]);
        assert.equal(mute.length, 1);
        assert.equal(scanForCards(text), false);
      }
    });
  }
});

describe("redactTurns: ordinary talk", () => {
  for (const one of fixture<{ said: string[] }>("unchanged").said) {
    it(`leaves alone: ${one}`, () => {
      const { text, mute, found } = redactText(one);
      assert.deepEqual({ text, mute, found }, { text: one, mute: [], found: [] });
    });
  }
});

describe("redactTurns: security codes", () => {
  for (const [said, left] of fixture<{ cases: [string, string][] }>("codes").cases) {
    it(`turns "${said}" into "${left}"`, () => assert.equal(redactText(said).text, left));
  }
});

describe("redactTurns: conversations", () => {
  for (const { title, turns, expected } of fixture<{ cases: { title: string; turns: [string, string][]; expected: (string | null)[] }[] }>("conversations").cases) {
    it(`finds what it must: ${title}`, () => {
      const spoken = conversation(turns);
      const result = redactTurns(spoken, BOTH);
      assert.deepEqual(result.turns.map((one) => one.text), expected.map((text, i) => text ?? turns[i]?.[1]));
      for (const [i, text] of expected.entries()) {
        if (text === null) continue;
        const one = spoken[i];
        assert.ok(result.mute.some((span) => span.channel === one?.channel && span.startMs < one.endMs && span.endMs > one.startMs), `turn ${i} is blanked`);
      }
    });
  }
});

describe("redactTurns", () => {
  it("gives turns without words, in the order of the input, everything else as it was", () => {
    const turns = [turn("agent", "later 4111 1111 1111 1111", 60_000), turn("customer", "hello", 0)];
    const result = redactTurns(turns, BOTH);
    assert.deepEqual(result.turns, [
      { speaker: "agent", channel: 1, startMs: 60_000, endMs: turns[0]?.endMs, text: "later [CARD]", confidence: 0.9 },
      { speaker: "customer", channel: 0, startMs: 0, endMs: turns[1]?.endMs, text: "hello", confidence: 0.9 },
    ]);
  });
  it("does not change its input", () => {
    const turns = conversation([["customer", "4111 1111 1111 1111, code 123"]]);
    const before = structuredClone(turns);
    redactTurns(turns, BOTH);
    assert.deepEqual(turns, before);
  });
  it("looks only for the kinds that the policy names", () => {
    const turns = conversation([["customer", "4111 1111 1111 1111 and the security code is 123"]]);
    assert.equal(redactTurns(turns, { detect: [] }).turns[0]?.text, turns[0]?.text);
    assert.equal(redactTurns(turns, { detect: ["payment_card"] }).turns[0]?.text, "[CARD] and the security code is 123");
    assert.equal(redactTurns(turns, { detect: ["security_code"] }).turns[0]?.text, "4111 1111 1111 1111 and the security code is [CODE]");
  });
  it("counts a card once, however many turns and repetitions it takes", () => {
    const result = redactTurns(conversation([["customer", "4111 1111"], ["agent", "4111 1111"], ["customer", "1111 1111"], ["agent", "1111 1111"]]), BOTH);
    assert.ok(result.turns.every((one) => one.text === "[CARD]"));
    assert.equal(result.found[0]?.kind, "payment_card");
  });
  it("does not join digits over a silence of minutes, unless a card was asked for", () => {
    const apart = [turn("customer", "4111 1111", 0), turn("customer", "1111 1112", 200_000)];
    assert.deepEqual(redactTurns(apart, BOTH).found, []);
  });
  it("takes an empty call", () => assert.deepEqual(redactTurns([], BOTH), { turns: [], mute: [], found: [] }));
});

describe("passesLuhn", () => {
  const { pass, fail } = fixture<{ pass: string[]; fail: string[] }>("luhn");
  for (const digits of pass) it(`accepts ${digits}`, () => assert.equal(passesLuhn(digits), true));
  for (const digits of fail) it(`refuses "${digits}"`, () => assert.equal(passesLuhn(digits), false));
});
