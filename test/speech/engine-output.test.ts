// Output of both programs becomes the same words.
import assert from "node:assert/strict";
import fc from "fast-check";
import { geometricMean, joinWords, parseCliWindow, parseServerWindow, toWords, type RawToken } from "../../app/speech/index.ts";
import { AppError } from "../../app/domain/index.ts";

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const token = (text: string, startMs: number, endMs: number, probability = 0.5): RawToken => ({ text, startMs, endMs, probability });

describe("speech/engine-output", () => {
  it("parseServerWindow and parseCliWindow: the same window gives the same result", () => {
    const server = json({
      language: "english",
      segments: [{ id: 0, text: " Hi there.", start: 0.02, end: 1.5, tokens: [1], words: [{ word: " Hi", start: 0.06, end: 0.4, t_dtw: -1, probability: 0.98 }, { word: " there", start: 0.4, end: 1.2, probability: 0.5 }, { word: ".", start: 1.2, end: 1.5, probability: 0.9 }], avg_logprob: null }],
    });
    const cli = json({
      result: { language: "en" },
      transcription: [
        {
          offsets: { from: 20, to: 1500 },
          text: " Hi there.",
          tokens: [
            { text: "[_BEG_]", offsets: { from: 0, to: 0 }, id: 50_363, p: 0.9 },
            { text: " Hi", offsets: { from: 60, to: 400 }, id: 1, p: 0.98 },
            { text: " there", offsets: { from: 400, to: 1200 }, id: 2, p: 0.5 },
            { text: ".", offsets: { from: 1200, to: 1500 }, id: 3, p: 0.9 },
            { text: "[_TT_75]", id: 50_438, p: 0.4 },
          ],
        },
      ],
    });
    assert.deepEqual(parseServerWindow(server), parseCliWindow(cli));
    assert.equal(parseServerWindow(server).language, "en");
  });

  it("parseServerWindow: silence is an empty list, unknown times fall back to the segment's, NaN to zero probability", () => {
    assert.deepEqual(parseServerWindow(json({ language: "german", segments: [] })), { language: "de", segments: [] });
    const parsed = parseServerWindow(json({ segments: [{ start: 1, end: 2, words: [{ word: " a", start: -0.01, end: -0.01, probability: null }] }, { start: 2, end: 1 }] }));
    assert.deepEqual(parsed.segments, [{ startMs: 1000, endMs: 2000, tokens: [token(" a", 1000, 1000, 0)] }, { startMs: 2000, endMs: 2000, tokens: [] }]);
  });

  it("parseCliWindow: a control character in the text does not spoil the answer", () => {
    const written = `{"result":{"language":"en"},"transcription":[{"offsets":{"from":0,"to":9},"tokens":[{"text":" a\u0007\n","offsets":{"from":0,"to":9},"p":1}]}]}`;
    assert.equal(parseCliWindow(Buffer.from(written)).segments[0]?.tokens[0]?.text.trim(), "a");
  });

  for (const [what, body] of [
    ["cut off", Buffer.from('{"segments":[{"start":0')],
    ["no JSON", Buffer.from("Invalid request")],
    ["empty", Buffer.alloc(0)],
    ["of another shape", json({ segments: [{ start: 0, end: 1, words: "my card is 4111" }] })],
    ["endless", Buffer.alloc(5 * 1024 * 1024, 32)],
  ] as const) {
    it(`parseServerWindow: SPEECH_OUTPUT_INVALID without quoting the answer when it is ${what}`, () => {
      assert.throws(() => parseServerWindow(body), (error: unknown) => error instanceof AppError && error.code === "SPEECH_OUTPUT_INVALID" && error.cause === undefined && !/4111|Invalid request/.test(JSON.stringify([error.message, error.details])));
      assert.throws(() => parseCliWindow(body), { code: "SPEECH_OUTPUT_INVALID" });
    });
  }
});

describe("speech/words", () => {
  it("toWords: a leading space starts a word, pieces join, punctuation joins the word before", () => {
    const words = toWords([token("[_BEG_]", 0, 0), token(" don", 0, 100, 0.9), token("'t", 100, 200, 0.4), token(" worry", 200, 500), token(",", 500, 900, 0.01), token(" $", 900, 950), token("50", 950, 1200, 1), token(".", 1200, 1300)]);
    assert.deepEqual(words.map(({ text, startMs, endMs }) => [text, startMs, endMs]), [["don't", 0, 200], ["worry,", 200, 500], ["$50.", 950, 1200]]);
    assert.ok(Math.abs((words[0]?.confidence ?? 0) - 0.6) < 1e-9, "geometric mean of 0.9 and 0.4");
    assert.equal(words[1]?.confidence, 0.5, "punctuation says nothing about hearing");
  });

  it("toWords: a first token without a space is a word, a lone dash is none, a lone full stop joins", () => {
    assert.deepEqual(toWords([token("Yes", 0, 1), token(" -", 1, 2), token(" .", 2, 3), token(" no", 3, 4)]).map((word) => word.text), ["Yes.", "no"]);
  });

  it("toWords: scripts without spaces give one word per token, and joinWords writes them without spaces", () => {
    const words = toWords([token("你", 0, 1), token("好", 1, 2), token("。", 2, 3), token(" OK", 3, 4)]);
    assert.deepEqual(words.map((word) => word.text), ["你", "好。", "OK"]);
    assert.equal(joinWords(words), "你好。 OK");
  });

  it("toWords: times never run backwards and every letter survives, whatever the tokens are", () => {
    const anyToken = fc.record({ text: fc.stringMatching(/^ ?[a-z0-9.,']{1,6}$/), startMs: fc.integer({ min: 0, max: 30_000 }), endMs: fc.integer({ min: 0, max: 30_000 }), probability: fc.double({ min: 0, max: 1, noNaN: true }) });
    fc.assert(
      fc.property(fc.array(anyToken, { maxLength: 40 }), (tokens) => {
        const words = toWords(tokens);
        for (let i = 0; i < words.length; i++) {
          const word = words[i];
          assert.ok(word && word.endMs >= word.startMs && word.startMs >= (words[i - 1]?.startMs ?? 0));
          assert.ok(word.confidence !== undefined && word.confidence >= 0 && word.confidence <= 1);
        }
        const letters = (text: string): string => text.replace(/[^a-z0-9]/g, "");
        assert.equal(letters(joinWords(words)), letters(tokens.map((one) => one.text).join("")));
      }),
    );
  });

  it("geometricMean: lies between the smallest and the largest value", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 1, maxLength: 9 }), (values) => {
        const mean = geometricMean(values);
        assert.ok(mean !== undefined && mean >= Math.min(...values) - 1e-9 && mean <= Math.max(...values) + 1e-9);
      }),
    );
  });
});
