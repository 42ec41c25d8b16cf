// Answers of servers that leave things out: what comes of each, down to the blanked sound.
import assert from "node:assert/strict";
import fc from "fast-check";
import { redactTurns } from "../../app/privacy/index.ts";
import { buildTurns, packWindows, parseOpenAiAnswer, toSourceSpans, toWords, transcriptionsAddress } from "../../app/speech/index.ts";

const parse = (answer: unknown, durationMs = 10_000) => parseOpenAiAnswer(Buffer.from(JSON.stringify(answer)), durationMs);
const words = (answer: unknown) => parse(answer).segments.flatMap((segment) => toWords(segment.tokens));

describe("speech/openai-answer", () => {
  it("words beside the segments, without punctuation, as OpenAI sends them: they get it back from the text and find their segment", () => {
    const heard = parse({
      language: "english",
      segments: [{ start: 0, end: 2, text: " Hello, Maria.", avg_logprob: -0.1 }, { start: 2, end: 4, text: " Two-hundred pounds?" }],
      words: [["Hello", 0, 0.5], ["Maria", 0.6, 1.9], ["two", 2.1, 2.3], ["hundred", 2.3, 2.8], ["pounds", 3, 3.9]].map(([word, start, end]) => ({ word, start, end })),
    });
    assert.deepEqual(heard.segments.map((segment) => segment.tokens.map((token) => token.text).join("")), [" Hello, Maria.", " two hundred pounds"]);
    assert.ok(Math.abs((heard.segments[0]?.tokens[0]?.probability ?? 0) - Math.exp(-0.1)) < 1e-9);
    assert.deepEqual(heard.segments[1]?.tokens.map((token) => token.probability), [undefined, undefined, undefined]);
  });

  it("segments alone, as vLLM and LocalAI send them: words are spread and carry their segment; a placeholder of 0 is no confidence", () => {
    const [first, second] = words({ segments: [{ start: 1, end: 3, text: " good morning", avg_logprob: 0 }] });
    assert.deepEqual([first?.text, first?.startMs, first?.heardIn, first?.confidence], ["good", 1000, [{ startMs: 1000, endMs: 3000 }], undefined]);
    assert.deepEqual([second?.text, second?.endMs], ["morning", 3000]);
    const [nanoseconds] = parse({ segments: [{ start: 1_000_000_000, end: 3_000_000_000, text: "hi" }] }).segments;
    assert.deepEqual([nanoseconds?.startMs, nanoseconds?.endMs], [1000, 3000]);
  });

  it("words alone, a text alone, and silence", () => {
    assert.deepEqual(words({ words: [{ word: "yes", start: 1, end: 1.4 }] }), [{ text: "yes", startMs: 1000, endMs: 1400, confidence: undefined }]);
    assert.deepEqual(words({ text: "yes" }).map((word) => [word.text, word.heardIn]), [["yes", [{ startMs: 0, endMs: 10_000 }]]]);
    assert.deepEqual(words({ text: "你好" }).map((word) => word.text), ["你", "好"]);
    for (const silence of [{ text: "" }, { text: "", segments: [] }, { text: null, segments: [], words: null }]) assert.deepEqual(parse(silence).segments, []);
    for (const wrong of [{}, [], "text", { error: "no" }, { segments: "none" }]) assert.throws(() => parse(wrong), { code: "SPEECH_OUTPUT_INVALID" });
  });

  it("whatever the times are, none lies outside of the window or runs backwards, and no word is lost", () => {
    const time = fc.oneof(fc.double({ min: -1, max: 40, noNaN: true }), fc.constant(null));
    const segment = fc.record({ start: time, end: time, text: fc.stringMatching(/^( [a-z]{1,6}){0,6}$/), avg_logprob: fc.oneof(fc.double({ min: -9, max: 0, noNaN: true }), fc.constant(null)) });
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 5 }), (segments) => {
        const heard = parse({ segments });
        for (const { startMs, endMs, tokens } of heard.segments) {
          assert.ok(startMs >= 0 && endMs >= startMs && endMs <= 10_000);
          for (const token of tokens) assert.ok(token.startMs >= startMs && token.endMs >= token.startMs && token.endMs <= endMs && token.probability !== 0);
        }
        assert.equal(heard.segments.flatMap((one) => one.tokens).map((token) => token.text).join(""), segments.map((one) => one.text).join(""));
      }),
    );
  });

  it("a card number whose words were not timed is blanked everywhere it can be", () => {
    const [window] = packWindows([{ startMs: 5_000, endMs: 8_000 }, { startMs: 65_000, endMs: 68_000 }], { maxWindowMs: 30_000, marginMs: 0, gapMs: 100 });
    assert.ok(window);
    const heard = words({ segments: [{ start: 0, end: 6.1, text: " it is four one one one one one one one one one one one one one one one" }] }).map((word) => ({ ...word, heardIn: (word.heardIn ?? []).flatMap((span) => toSourceSpans(window, span)) }));
    const { mute } = redactTurns(buildTurns([{ channel: 0, speaker: "customer", words: heard }]), { detect: ["payment_card"] });
    for (const span of [{ startMs: 5_000, endMs: 8_000 }, { startMs: 65_000, endMs: 68_000 }]) assert.ok(mute.some((one) => one.startMs <= span.startMs && one.endMs >= span.endMs), JSON.stringify(mute));
    assert.ok(!mute.some((one) => one.startMs < 30_000 && one.endMs > 30_000), "the minute between is left alone");
  });

  it("transcriptionsAddress: a server, a base address and the whole address mean the same", () => {
    for (const url of ["http://gpu:8000", "http://gpu:8000/v1", "http://gpu:8000/v1/", "http://gpu:8000/v1/audio/transcriptions"]) assert.equal(transcriptionsAddress(url), "http://gpu:8000/v1/audio/transcriptions");
    assert.equal(transcriptionsAddress("http://gpu/openai/v1"), "http://gpu/openai/v1/audio/transcriptions");
  });
});
