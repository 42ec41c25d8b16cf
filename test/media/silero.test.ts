// Silero through whisper.cpp's program: what it answers is checked, what it cannot do our own detector does, and the real program is run.
import assert from "node:assert/strict";
import { access, chmod, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import type { VoiceActivity } from "../../app/media/index.ts";
import { chooseDetector, parseSegments, sileroDetector, type SileroOptions } from "../../app/media/silero.ts";
import { telephonyDetector } from "../../app/media/index.ts";
import { installationRoot } from "../../app/platform/index.ts";
import { HOLD_MUSIC } from "../support/hold-music.ts";
import { sileroModel } from "./silero-model.ts";
import { inFolder, joined, mix, noise, pcm, silence, voice } from "./sounds.ts";

const RATE = 16_000;
const LINE = mix(joined(silence(1000, RATE), voice(2000, 5, 0.4, RATE), silence(1000, RATE)), noise(4000, 0.0005, 3, RATE));

/** A program that answers with `script` instead of listening; the sound is its last argument. */
async function fake(folder: string, script: string): Promise<SileroOptions> {
  const program = join(folder, "fake-vad");
  await writeFile(program, `#!/bin/sh\n${script}\n`);
  await chmod(program, 0o755);
  return { program, modelPath: join(folder, "silero.bin"), timeoutMs: 10_000, killAfterMs: 200 };
}

async function hear(options: SileroOptions, folder: string, channels: readonly Float32Array[], signal?: AbortSignal): Promise<VoiceActivity> {
  const paths = channels.map((_, i) => join(folder, `${i}.pcm`));
  for (const [i, channel] of channels.entries()) await writeFile(paths[i] ?? "", pcm([channel]));
  return sileroDetector(options).detect(paths, signal);
}

const answer = (...segments: readonly [number, number][]): string =>
  [`printf '\\nDetected ${segments.length} speech segments:\\n'`, ...segments.map(([start, end], i) => `printf 'Speech segment ${i}: start = ${start.toFixed(2)}, end = ${end.toFixed(2)}\\n'`)].join("\n");

describe("media: Silero", () => {
  it("parseSegments: gives back what the program prints, in milliseconds, for any segments", () => {
    const segment = fc.record({ gap: fc.nat({ max: 500 }), length: fc.integer({ min: 1, max: 500 }) });
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 40 }), (drawn) => {
        let at = 0;
        const spans = drawn.map(({ gap, length }) => ({ startMs: (at += gap) * 10, endMs: (at += length) * 10 }));
        const output = `\nDetected ${spans.length} speech segments:\n${spans.map((span, i) => `Speech segment ${i}: start = ${(span.startMs / 10).toFixed(2)}, end = ${(span.endMs / 10).toFixed(2)}\n`).join("")}\n`;
        assert.deepEqual(parseSegments(output, at * 10), spans);
      }),
    );
  });

  for (const [title, output] of [
    ["nothing", ""],
    ["its usage, which it prints with exit code 0", "usage: whisper-vad-speech-segments [options] file"],
    ["fewer lines than it announced", "Detected 2 speech segments:\nSpeech segment 0: start = 0.00, end = 10.00\n"],
    ["times that run backwards", "Detected 1 speech segments:\nSpeech segment 0: start = 90.00, end = 10.00\n"],
    ["times that overlap", "Detected 2 speech segments:\nSpeech segment 0: start = 0.00, end = 50.00\nSpeech segment 1: start = 40.00, end = 60.00\n"],
    ["times after the end", "Detected 1 speech segments:\nSpeech segment 0: start = 0.00, end = 999.00\n"],
    ["no numbers", "Detected 1 speech segments:\nSpeech segment 0: start = nan, end = 10.00\n"],
  ] as const) {
    it(`parseSegments: SPEECH_OUTPUT_INVALID when the program prints ${title}`, () => assert.throws(() => parseSegments(output, 4000), { code: "SPEECH_OUTPUT_INVALID" }));
  }

  it("sileroDetector: takes the program's word for speech, and leaves no sound behind", () =>
    inFolder(async (folder) => {
      const options = await fake(folder, answer([120, 180]));
      const { speech, detector, notes } = await hear(options, folder, [LINE]);
      assert.deepEqual(speech, [[{ startMs: 1100, endMs: 1900 }]]); // with the padding that every detector's spans have
      assert.deepEqual([detector, notes], ["silero (silero.bin)", []]);
      assert.deepEqual((await readdir(folder)).sort(), ["0.pcm", "fake-vad"]);
    }));

  it("sileroDetector: bleed and hold music that it takes for speech are taken out", () =>
    inFolder(async (folder) => {
      const music = HOLD_MUSIC["string chords with vibrato"]?.(8000, RATE) ?? LINE;
      const own = joined(LINE, music);
      const { speech, hold } = await hear(await fake(folder, answer([0, 1199])), folder, [own, mix(noise(12_000, 0.0005, 4, RATE), own, 0.1)]);
      assert.ok(speech[0]?.every((span) => span.endMs < 4200), JSON.stringify(speech));
      const wrong = (speech[1] ?? []).filter((span) => span.startMs < 3000 && span.endMs > 1000).reduce((sum, span) => sum + Math.min(3000, span.endMs) - Math.max(1000, span.startMs), 0);
      assert.ok(wrong <= 250, JSON.stringify(speech)); // the padding of what surrounds it
      assert.ok(hold.length === 1 && (hold[0]?.startMs ?? 0) < 4600 && (hold[0]?.endMs ?? 0) >= 11_900, JSON.stringify(hold));
    }));

  for (const [title, script, code, limits] of [
    ["crashes", "kill -SEGV $$", "SPEECH_ENGINE_FAILED", {}],
    ["fails", "echo broken >&2; exit 2", "SPEECH_ENGINE_FAILED", {}],
    ["hangs", "sleep 60", "SPEECH_TIMEOUT", { timeoutMs: 300 }],
    ["answers nonsense", "echo hello", "SPEECH_OUTPUT_INVALID", {}],
    ["never stops talking", "yes 'Speech segment 0: start = 0.00, end = 1.00'", "SPEECH_ENGINE_FAILED", {}],
  ] as const) {
    it(`sileroDetector: our own detector takes over and says so, when the program ${title}`, () =>
      inFolder(async (folder) => {
        const heard = await hear({ ...(await fake(folder, script)), ...limits }, folder, [LINE]);
        const own = await telephonyDetector.detect([join(folder, "0.pcm")]);
        assert.deepEqual(heard.speech, own.speech);
        assert.equal(heard.detector, "telephony-2");
        assert.deepEqual(heard.notes, [`the detector Silero could not be used (${code}), so Earshot's own found the speech`]);
        assert.deepEqual((await readdir(folder)).sort(), ["0.pcm", "fake-vad"]);
      }));
  }

  it("sileroDetector: our own takes over when the program is missing; an abort is passed on", () =>
    inFolder(async (folder) => {
      const { notes } = await hear({ program: join(folder, "nowhere"), modelPath: "x" }, folder, [LINE]);
      assert.match(notes.join(), /SPEECH_ENGINE_FAILED/);
      const reason = new Error("stop");
      const stopping = new AbortController();
      const options = await fake(folder, "sleep 60");
      setTimeout(() => stopping.abort(reason), 500);
      await assert.rejects(hear(options, folder, [LINE], stopping.signal), reason);
    }));

  it("sileroDetector: runs the real program with a model of the real format", () =>
    inFolder(async (folder) => {
      const program = join(installationRoot(), "engines", "whisper-1.9.1", "bin", "whisper-vad-speech-segments");
      await access(program);
      const modelPath = join(folder, "always.bin");
      await writeFile(modelPath, sileroModel(4));
      const always = await hear({ program, modelPath }, folder, [LINE]);
      assert.deepEqual([always.detector, always.notes], ["silero (always.bin)", []]);
      // it calls all of it speech; the steady noise of the line is taken out again
      const [span] = always.speech[0] ?? [];
      assert.ok(always.speech[0]?.length === 1 && Math.abs((span?.startMs ?? 0) - 900) < 150 && Math.abs((span?.endMs ?? 0) - 3100) < 150, JSON.stringify(always.speech));
      await writeFile(modelPath, sileroModel(-4));
      const never = await hear({ program, modelPath }, folder, [LINE]);
      assert.deepEqual([never.speech, never.notes], [[[]], []]);
      await writeFile(modelPath, sileroModel(4).subarray(0, 5000));
      assert.match((await hear({ program, modelPath }, folder, [LINE])).notes.join(), /SPEECH_/);
    }));

  it("chooseDetector: auto takes Silero when it is installed; a name is taken at its word", () => {
    const installed = { program: "/bin/vad", modelPath: "/models/silero.bin" };
    assert.equal(chooseDetector("auto", undefined), telephonyDetector);
    assert.equal(chooseDetector("auto", installed).name, "silero (silero.bin)");
    assert.equal(chooseDetector("telephony", installed), telephonyDetector);
    assert.equal(chooseDetector("silero", installed).name, "silero (silero.bin)");
    assert.throws(() => chooseDetector("silero", undefined), { code: "SETUP_INCOMPLETE", message: /speech\.detector/ });
  });
});
