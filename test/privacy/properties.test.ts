// For every card and every way to say it: all masked, all blanked. For every ordinary number: nothing touched. For every text: an answer.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { SpokenTurn } from "../../app/domain/index.ts";
import { passesLuhn, redactTurns, scanForCards } from "../../app/privacy/index.ts";
import { BOTH, conversation, turn } from "./helpers.ts";
import { card, carriesDigits, picks, say } from "./speaking.ts";

const BETWEEN = ["okay", "go on", "mhm", "yes", "sorry, carry on", "I am listening"];
const BEFORE = ["", "Sure, it's ", "Right, ", "Um ", "The number you want is "];
const ORDINARY = [
  "My order number is {}.", "You can call me on {}", "I go to {} every day", "The invoice was {} pounds.", "Reference {} please", "I bought {} of them",
  "On {} May I called you.", "It says {}.", "My phone is {}", "I have paid {} dollars and nothing arrived", "You said {} to me",
];

/** Nothing but hesitation may stand between these and a number of the turn before: two numbers may then be read as one. */
const ALONE = ["It's for {} only.", "It is {}.", "{}", "{} is the number of my contract", "number {} for my wife", "The number {} is my wife's"];

describe("redactTurns: properties", () => {
  it("masks and blanks every valid card, however it is said and over however many turns it is split", () => {
    fc.assert(
      fc.property(card, picks, fc.integer({ min: 1, max: 6 }), fc.boolean(), ({ digits, isOfKnownIssuer }, newPick, parts, isMono) => {
        const pick = newPick();
        const pieces = say(digits, pick, isOfKnownIssuer);
        const lines: [string, string][] = [];
        for (let at = 0; at < pieces.length; ) {
          const take = Math.max(1, Math.ceil(pieces.length / parts) + pick(3) - 1);
          lines.push(["customer", (at === 0 ? (BEFORE[pick(BEFORE.length)] ?? "") : "") + pieces.slice(at, at + take).join(" ")]);
          at += take;
          if (at < pieces.length && pick(2) === 0) lines.push(["agent", BETWEEN[pick(BETWEEN.length - 1)] ?? ""]);
        }
        const turns = conversation(isMono ? lines.map(([, text]): [string, string] => ["unknown", text]) : lines);
        const result = redactTurns(turns, BOTH);
        for (const [i, one] of result.turns.entries()) {
          assert.ok(!one.text.split(/\s+/).some(carriesDigits), `${JSON.stringify(lines)} became "${one.text}"`);
          for (const word of turns[i]?.words ?? []) {
            if (!carriesDigits(word.text)) continue;
            assert.ok(result.mute.some((span) => span.channel === one.channel && span.startMs <= word.startMs && span.endMs >= word.endMs), `"${word.text}" is heard`);
          }
        }
        assert.equal(scanForCards(result.turns.map((one) => one.text).join("\n")), false);
      }),
      { numRuns: 2000 },
    );
  });

  it("leaves ordinary numbers of up to 12 digits alone, however they are said", () => {
    const number = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 12 }).map((digits) => digits.join(""));
    fc.assert(
      fc.property(fc.array(fc.tuple(number, fc.nat(ORDINARY.length - 1), fc.constantFrom("agent", "customer")), { minLength: 1, maxLength: 8 }), picks, (said, newPick) => {
        const pick = newPick();
        const lines = said.map(([digits, carrier, speaker]): [string, string] => [speaker, (ORDINARY[carrier] ?? "{}").replace("{}", say(digits, pick).join(" "))]);
        const result = redactTurns(conversation(lines), BOTH);
        assert.deepEqual(result.turns.map((one) => one.text), lines.map(([, text]) => text));
        assert.deepEqual([result.mute, result.found], [[], []]);
      }),
      { numRuns: 1000 },
    );
  });

  it("leaves an ordinary number alone that is all that was said", () => {
    const number = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 12 }).map((digits) => digits.join(""));
    fc.assert(
      fc.property(number, fc.constantFrom(...ALONE), picks, (digits, carrier, newPick) => {
        const text = carrier.replace("{}", say(digits, newPick()).join(" "));
        assert.equal(redactTurns(conversation([["customer", text]]), BOTH).turns[0]?.text, text);
      }),
      { numRuns: 500 },
    );
  });

  it("answers every text, keeps the number of turns, and leaves nothing that the second look objects to", () => {
    const piece = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("4111", "1111", " one ", "double ", "\ud800", "\u200b", "card number ", "cvv ", "£", "+", "٤", "½", "\n", "a\u0300", "🂡", "4111111111111111"));
    const text = fc.array(piece, { maxLength: 25 }).map((parts) => parts.join(""));
    const anyTurn = fc.tuple(text, fc.constantFrom<0 | 1>(0, 1), fc.constantFrom("agent" as const, "customer" as const, "unknown" as const), fc.oneof(fc.integer(), fc.constant(Number.NaN)), fc.integer());
    fc.assert(
      fc.property(fc.array(anyTurn, { maxLength: 8 }), (made) => {
        const turns = made.map(([said, channel, speaker, startMs, endMs]): SpokenTurn => ({ speaker, channel, startMs, endMs, text: said, words: [], confidence: 1 }));
        const result = redactTurns(turns, BOTH);
        assert.equal(result.turns.length, turns.length);
        for (const span of result.mute) assert.ok(Number.isInteger(span.startMs) && span.startMs >= 0 && span.endMs > span.startMs, JSON.stringify(span));
        for (const one of result.turns) assert.equal(scanForCards(one.text), false);
      }),
      { numRuns: 400 },
    );
  });

  it("passesLuhn: holds for exactly one last digit, and notices every single wrong digit", () => {
    fc.assert(
      fc.property(card, fc.nat(), fc.integer({ min: 1, max: 9 }), ({ digits }, place, change) => {
        assert.ok(passesLuhn(digits));
        const at = place % digits.length;
        assert.equal(passesLuhn(digits.slice(0, at) + String((Number(digits[at]) + change) % 10) + digits.slice(at + 1)), false);
      }),
    );
  });
});

describe("redactTurns: speed", () => {
  const timed = (turns: SpokenTurn[]): number => {
    const startedAt = performance.now();
    redactTurns(turns, BOTH);
    return performance.now() - startedAt;
  };
  // the bound is many times what it takes, so that only a wrong growth fails, not a busy machine
  it("reads a call of four hours (60,000 words) well within two seconds", () => {
    const words = "so I ordered 2 of these on the third of May and my number is oh seven double seven and to be honest I waited for one hour".split(" ");
    const turns = Array.from({ length: 4000 }, (_, i) => turn(i % 2 === 0 ? "agent" : "customer", Array.from({ length: 15 }, (_, j) => words[(i * 15 + j) % words.length]).join(" "), i * 3600));
    const ms = timed(turns);
    assert.ok(ms < 2000, `${Math.round(ms)} ms`);
  });
  for (const [what, text] of [
    ["digits without end", "1".repeat(100_000)], ["number words without end", "one ".repeat(30_000)], ["words that sound like digits", "to one for two ".repeat(10_000)],
    ["doubles", "double ".repeat(30_000)], ["fillers between digits", "one and uh ".repeat(10_000)], ["tens", "twenty, one, ".repeat(15_000)], ["hundreds", "nineteen hundred one ".repeat(10_000)],
    ["questions", "card number security code phone number 1234 ".repeat(4_000)], ["cards", "4111 1111 1111 1111 was ".repeat(3_000)], ["codes", "cvv 123 card number 12345678 was ".repeat(3_000)],
  ] as const) {
    it(`does not slow down over ${what}`, () => {
      const ms = timed([turn("customer", text)]);
      assert.ok(ms < 4000, `${Math.round(ms)} ms`);
    });
  }
  it("does not slow down over thousands of turns without times", () => {
    const turns = Array.from({ length: 5000 }, (_, i): SpokenTurn => ({ ...turn(i % 2 === 0 ? "agent" : "customer", i % 3 === 0 ? "card number?" : "4111 1111 1111"), startMs: 0, endMs: 0, words: [] }));
    const ms = timed(turns);
    assert.ok(ms < 4000, `${Math.round(ms)} ms`);
  });
});
