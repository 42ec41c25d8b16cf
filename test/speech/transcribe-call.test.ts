// From channels to turns, with an engine that hears what the test says: where times, guards and parties come together.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { AppError, type ChannelAudio, type Span } from "../../app/domain/index.ts";
import { cutLongSpans, measureLevels, packWindows, quietestPlace, readWindow, transcribeCall, type RawWindow, type WindowEngine } from "../../app/speech/index.ts";
import { patience, temporaryFolder, voice } from "./support.ts";

const SPEAKERS = { 0: "customer", 1: "agent" } as const;

/** Hears one word per piece of sound: from its first to its last loud moment. */
function loudnessEngine(log: { sizes: number[]; languages: string[] } = { sizes: [], languages: [] }): WindowEngine {
  return {
    async transcribeWindow(pcm, { language }): Promise<RawWindow> {
      log.sizes.push(pcm.length);
      log.languages.push(language);
      const tokens = loudStretches(pcm).map((span, i) => ({ text: ` w${String.fromCharCode(97 + (i % 26))}`, ...span, probability: 0.9 }));
      return { language: "nl", segments: [{ startMs: 0, endMs: pcm.length / 32, tokens }] };
    },
  };
}

function loudStretches(pcm: Buffer): Span[] {
  const spans: Span[] = [];
  measureLevels(pcm).forEach((level, i) => {
    const last = spans.at(-1);
    if (level < -60) return;
    if (last !== undefined && i * 20 - last.endMs <= 200) last.endMs = i * 20 + 20;
    else spans.push({ startMs: i * 20, endMs: i * 20 + 20 });
  });
  return spans;
}

describe("speech/transcribe-call", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  before(async () => (folder = await temporaryFolder()));
  after(() => folder.remove());

  /** A channel with voice exactly in the spans. */
  async function channel(index: 0 | 1, spans: Span[], totalMs: number): Promise<ChannelAudio> {
    const pcm = Buffer.alloc(totalMs * 32);
    for (const span of spans) Buffer.alloc((span.endMs - span.startMs) * 32).fill(voice(200)).copy(pcm, span.startMs * 32);
    const pcmPath = join(folder.path, `${index}-${Math.random()}.pcm`);
    await writeFile(pcmPath, pcm);
    return { index, pcmPath, speech: spans };
  }

  it("transcribeCall: words come back at the time of the recording where the sound is, minutes apart, on both channels", async () => {
    const customer = [{ startMs: 1000, endMs: 2500 }, { startMs: 61_000, endMs: 63_000 }];
    const agent = [{ startMs: 3000, endMs: 5000 }, { startMs: 120_000, endMs: 121_000 }];
    const channels = [await channel(0, customer, 125_000), await channel(1, agent, 125_000)];
    const progress: unknown[] = [];
    const result = await transcribeCall({ channels, speakers: SPEAKERS, language: "en", engine: loudnessEngine(), signal: patience(), onProgress: (done) => progress.push(done) });
    assert.deepEqual(result.turns.map((turn) => [turn.speaker, turn.channel]), [["customer", 0], ["agent", 1], ["customer", 0], ["agent", 1]]);
    const expected = [...customer, ...agent].sort((a, b) => a.startMs - b.startMs);
    result.turns.forEach((turn, i) => {
      assert.ok(Math.abs(turn.startMs - (expected[i]?.startMs ?? 0)) <= 100 && Math.abs(turn.endMs - (expected[i]?.endMs ?? 0)) <= 100, JSON.stringify([turn, expected[i]]));
    });
    assert.deepEqual([result.windows, result.speechMs, result.dropped, result.language], [2, 6500, [], "en"]);
    assert.deepEqual(progress, [{ windows: 1, of: 2 }, { windows: 2, of: 2 }]);
  });

  it("transcribeCall: memory and requests stay within one window, however long the speech is", async () => {
    const log = { sizes: [] as number[], languages: [] as string[] };
    const result = await transcribeCall({ channels: [await channel(0, [{ startMs: 500, endMs: 200_000 }], 201_000)], speakers: { 0: "unknown", 1: "unknown" }, language: "en", engine: loudnessEngine(log), signal: patience() });
    assert.ok(log.sizes.length >= 7 && Math.max(...log.sizes) <= 30_000 * 32);
    assert.equal(result.windows, log.sizes.length);
    assert.ok(result.turns.every((turn) => turn.speaker === "unknown"));
  });

  it("transcribeCall: the engine hears a soft channel louder; its file stays as it is", async () => {
    const soft = await channel(0, [{ startMs: 500, endMs: 1500 }], 2000);
    const loudest = async (gainDb?: number): Promise<number> => {
      let most = -Infinity;
      const engine: WindowEngine = {
        async transcribeWindow(pcm) {
          most = Math.max(...measureLevels(pcm));
          return { language: "en", segments: [] };
        },
      };
      await transcribeCall({ channels: [{ ...soft, ...(gainDb === undefined ? {} : { gainDb }) }], speakers: SPEAKERS, language: "en", engine, signal: patience() });
      return most;
    };
    const before = await readFile(soft.pcmPath);
    const asRecorded = await loudest();
    assert.ok(Math.abs((await loudest(-12)) - asRecorded + 12) < 0.1 && Math.abs((await loudest(3)) - asRecorded - 3) < 0.1);
    assert.ok((await loudest(100)) <= 0, "beyond full scale it stays at the rail instead of turning round");
    assert.deepEqual(await readFile(soft.pcmPath), before);
  });

  it("transcribeCall: with auto the fullest window decides the language for all", async () => {
    const log = { sizes: [] as number[], languages: [] as string[] };
    const spans = [{ startMs: 0, endMs: 28_000 }, { startMs: 30_000, endMs: 59_000 }, { startMs: 70_000, endMs: 71_000 }];
    const result = await transcribeCall({ channels: [await channel(0, spans, 72_000)], speakers: SPEAKERS, language: "auto", engine: loudnessEngine(log), signal: patience() });
    assert.deepEqual(log.languages, ["auto", ...log.languages.slice(1).map(() => "nl")]);
    assert.equal(log.sizes[0], Math.max(...log.sizes));
    assert.equal(result.language, "nl");
    assert.ok(result.turns.every((turn, i) => turn.startMs >= (result.turns[i - 1]?.startMs ?? 0)), "in the order of the call, not of the work");
  });

  it("transcribeCall: a call without speech asks the engine nothing", async () => {
    const engine: WindowEngine = { transcribeWindow: () => assert.fail("asked") };
    const result = await transcribeCall({ channels: [await channel(0, [], 1000)], speakers: SPEAKERS, language: "en", engine, signal: patience() });
    assert.deepEqual(result, { turns: [], windows: 0, speechMs: 0, dropped: [], language: "en", heardBy: [] });
  });

  it("transcribeCall: invented words are left out and counted", async () => {
    const engine: WindowEngine = { transcribeWindow: async () => ({ language: "en", segments: [{ startMs: 0, endMs: 1500, tokens: [" Thanks", " for", " watching"].map((text, i) => ({ text, startMs: i * 400, endMs: i * 400 + 400, probability: 0.5 })) }] }) };
    const result = await transcribeCall({ channels: [await channel(0, [{ startMs: 0, endMs: 1500 }], 2000)], speakers: SPEAKERS, language: "en", engine, signal: patience() });
    assert.deepEqual([result.turns, result.dropped], [[], [{ reason: "stock_phrase", count: 3 }]]);
  });

  it("transcribeCall: stops between windows when aborted, with the reason", async () => {
    const stop = new AbortController();
    let asked = 0;
    const engine: WindowEngine = { transcribeWindow: async () => { if (++asked === 2) stop.abort(new AppError("SHUTTING_DOWN", "enough")); return { language: "en", segments: [] }; } };
    const channels = [await channel(0, [{ startMs: 0, endMs: 150_000 }], 150_000)];
    await assert.rejects(transcribeCall({ channels, speakers: SPEAKERS, language: "en", engine, signal: stop.signal }), { code: "SHUTTING_DOWN" });
    assert.equal(asked, 2);
  });

  it("transcribeCall: a window that fails by a crash is tried once more, one that takes too long is not", async () => {
    const channels = [await channel(0, [{ startMs: 0, endMs: 2000 }], 2000)];
    for (const [code, tries] of [["SPEECH_ENGINE_FAILED", 2], ["SPEECH_OUTPUT_INVALID", 2], ["SPEECH_TIMEOUT", 1], ["SPEECH_MODEL_MISSING", 1]] as const) {
      let asked = 0;
      const engine: WindowEngine = { transcribeWindow: async () => { asked++; throw new AppError(code, "no"); } };
      await assert.rejects(transcribeCall({ channels, speakers: SPEAKERS, language: "en", engine, signal: patience() }), { code });
      assert.equal(asked, tries, code);
    }
  });

  it("cutLongSpans: speech that fits no window is cut in its pauses, and nothing of it is lost", async () => {
    const pauses = [20_000, 46_000, 70_000];
    const sound = pauses.flatMap((pause, i) => [{ startMs: (pauses[i - 1] ?? -200) + 200, endMs: pause }]);
    const audio = { ...(await channel(0, sound, 80_000)), speech: [{ startMs: 0, endMs: 70_000 }] };
    const parts = await cutLongSpans(audio, 30_000);
    assert.deepEqual([parts[0]?.startMs, parts.at(-1)?.endMs], [0, 70_000]);
    parts.slice(1).forEach((part, i) => {
      const before = parts[i]?.endMs ?? 0;
      assert.equal(part.startMs, before);
      assert.ok(pauses.some((pause) => before > pause && before < pause + 200), `cut at ${before} lies in a pause`);
    });
    assert.ok(parts.every((part) => part.endMs - part.startMs <= 30_000));
  });

  it("quietestPlace: is the middle of the quietest 100 ms and always inside", () => {
    const levels = new Float32Array(100).fill(-20);
    levels.fill(-70, 40, 45);
    assert.equal(quietestPlace(levels), 850);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -90, max: 0 }), { minLength: 1, maxLength: 200 }), (values) => {
        const place = quietestPlace(Float32Array.from(values));
        assert.ok(place > 0 && place < values.length * 20);
      }),
    );
  });

  it("readWindow: puts every piece where the window says, silence between and behind the end of the file", async () => {
    const audio = await channel(0, [{ startMs: 0, endMs: 3000 }], 3000);
    const [window] = packWindows([{ startMs: 500, endMs: 1000 }, { startMs: 2800, endMs: 3400 }], { maxWindowMs: 30_000, marginMs: 0, gapMs: 100 });
    assert.ok(window);
    const pcm = await readWindow(audio, window);
    const whole = Buffer.alloc(3000 * 32).fill(voice(200));
    assert.ok(pcm.subarray(0, 500 * 32).equals(whole.subarray(500 * 32, 1000 * 32)));
    assert.ok(pcm.subarray(500 * 32, 600 * 32).every((byte) => byte === 0));
    assert.ok(pcm.subarray(600 * 32, 800 * 32).equals(whole.subarray(2800 * 32, 3000 * 32)));
    assert.equal(pcm.length, 1200 * 32);
    assert.ok(pcm.subarray(800 * 32).every((byte) => byte === 0));
  });
});
