// The masked rendition: silent exactly where it must be, untouched elsewhere, and proven before it appears.
import assert from "node:assert/strict";
import { copyFile, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { renderPlayback, verifyMuted, type MuteSpan, type RenderRequest } from "../../app/media/index.ts";
import { sampleSpans } from "../../app/media/mute.ts";
import { installationRoot } from "../../app/platform/index.ts";
import { inFolder, inspectFile, joined, make, noise, pcm, silence, tools, voice, wav } from "./sounds.ts";

const LEFT = noise(6000, 0.4, 1);
const RIGHT = noise(6000, 0.4, 2);

async function render(bytes: Buffer, folder: string, mute: readonly MuteSpan[], more: Partial<RenderRequest> = {}): Promise<Int16Array[]> {
  await writeFile(join(folder, "recording"), bytes);
  const inspection = await inspectFile(join(folder, "recording"), folder);
  const target = join(folder, "vault", "masked.flac");
  const { sizeBytes } = await renderPlayback({ inspection, layout: "stereo", mute, target, folder: join(folder, "job"), tools, ...more });
  assert.equal(sizeBytes, (await stat(target)).size);
  return samples(target, folder, inspection.picks.length);
}

/** What a player would hear. */
async function samples(path: string, folder: string, channels: number): Promise<Int16Array[]> {
  await make("-i", path, "-f", "s16le", join(folder, "heard.pcm"));
  const bytes = await readFile(join(folder, "heard.pcm"));
  const all = new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  return Array.from({ length: channels }, (_, channel) => all.filter((_, i) => i % channels === channel));
}

const original = (sound: Float32Array): Int16Array => {
  const bytes = pcm([sound]);
  return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
};

/** The expected samples: the original with zeros from `fromMs` to `toMs` at 8 kHz. */
function blanked(sound: Float32Array, ...spans: readonly [number, number][]): Int16Array {
  const out = original(sound);
  for (const [fromMs, toMs] of spans) out.fill(0, fromMs * 8, toMs * 8);
  return out;
}

describe("media: masked rendition", () => {
  it("renderPlayback: blanks each span on its channel to the sample and leaves every other sample as it was", () =>
    inFolder(async (folder) => {
      const [left, right] = await render(wav([LEFT, RIGHT]), folder, [
        { channel: 1, startMs: 3000, endMs: 3501 },
        { channel: 0, startMs: 1003, endMs: 1997 },
        { channel: "both", startMs: 5500, endMs: 99_000 },
      ]);
      assert.deepEqual(left, blanked(LEFT, [1003, 1997], [5500, 6000]));
      assert.deepEqual(right, blanked(RIGHT, [3000, 3501], [5500, 6000]));
      assert.deepEqual((await readdir(join(folder, "job"))).sort(), ["input.bin"]);
      assert.deepEqual(await readdir(join(folder, "vault")), ["masked.flac"]);
    }));

  it("renderPlayback: without spans the rendition is the recording, at its own rate", () =>
    inFolder(async (folder) => {
      const sound = voice(1000, 5, 0.4, 44_100);
      const [only] = await render(wav([sound], 44_100), folder, [], { layout: "mono" });
      assert.deepEqual(only, original(sound));
    }));

  it("renderPlayback: a span on one channel is blanked on both when both carry the same sound", () =>
    inFolder(async (folder) => {
      const span: MuteSpan = { channel: 0, startMs: 1000, endMs: 2000 };
      for (const layout of ["dual_mono", "stereo"] as const) {
        const both = await render(wav([LEFT, LEFT]), folder, [span], { layout });
        assert.deepEqual(both, [blanked(LEFT, [1000, 2000]), blanked(LEFT, [1000, 2000])], layout);
      }
    }));

  it("renderPlayback: a span on channel 1 of a mono recording is blanked on its only channel", () =>
    inFolder(async (folder) => {
      const [only] = await render(wav([LEFT]), folder, [{ channel: 1, startMs: 0, endMs: 500 }], { layout: "mono" });
      assert.deepEqual(only, blanked(LEFT, [0, 500]));
    }));

  it("renderPlayback: two mono streams of unequal length become two channels", () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, "a.wav"), wav([LEFT]));
      await writeFile(join(folder, "b.wav"), wav([RIGHT.subarray(0, 24_000)]));
      await make("-i", join(folder, "a.wav"), "-i", join(folder, "b.wav"), "-map", "0", "-map", "1", "-c:a", "alac", join(folder, "two.m4a"));
      const [left, right] = await render(await readFile(join(folder, "two.m4a")), folder, [{ channel: 1, startMs: 500, endMs: 1000 }]);
      assert.deepEqual(left, original(LEFT));
      assert.deepEqual(right, blanked(joined(RIGHT.subarray(0, 24_000), silence(3000)), [500, 1000]));
    }));

  it("renderPlayback: a thousand spans are no more work than one", () =>
    inFolder(async (folder) => {
      const spans = Array.from({ length: 1000 }, (_, i): MuteSpan => ({ channel: (i % 2) as 0 | 1, startMs: i * 6, endMs: i * 6 + 3 }));
      const [left] = await render(wav([LEFT, RIGHT]), folder, spans);
      assert.deepEqual(left, blanked(LEFT, ...spans.filter((span) => span.channel === 0).map((span): [number, number] => [span.startMs, span.endMs])));
    }));

  it("renderPlayback: when ffmpeg gives up, an older rendition stays and nothing is left behind", () =>
    inFolder(async (folder) => {
      await render(wav([LEFT, RIGHT]), folder, []);
      const before = await readFile(join(folder, "vault", "masked.flac"));
      const broken = { ...tools, ffmpeg: join(installationRoot(), "test", "fixtures", "media", "gives-up.sh") };
      await assert.rejects(render(wav([LEFT, RIGHT]), folder, [], { tools: broken }), { code: "MEDIA_UNREADABLE" });
      assert.deepEqual(await readFile(join(folder, "vault", "masked.flac")), before);
      assert.deepEqual([await readdir(join(folder, "vault")), await readdir(join(folder, "job"))], [["masked.flac"], ["input.bin"]]);
    }));

  it("verifyMuted: REDACTION_FAILED when a sample is left, when samples are missing, and when the file cannot be read", () =>
    inFolder(async (folder) => {
      await render(wav([LEFT, RIGHT]), folder, [{ channel: 0, startMs: 1000, endMs: 2000 }]);
      const path = join(folder, "masked.flac");
      await copyFile(join(folder, "vault", "masked.flac"), path);
      const verify = (mute: readonly MuteSpan[], length?: number): Promise<void> => verifyMuted({ path, mute, folder: join(folder, "proof"), tools, ...(length === undefined ? {} : { samples: length }) });
      const failed = { code: "REDACTION_FAILED", retry: "later" };
      await verify([{ channel: 0, startMs: 1000, endMs: 2000 }], 48_000);
      await assert.rejects(verify([{ channel: 0, startMs: 1000, endMs: 2001 }]), failed);
      await assert.rejects(verify([{ channel: "both", startMs: 1000, endMs: 2000 }]), failed);
      await assert.rejects(verify([], 48_001), failed);
      await writeFile(path, "no longer a recording at all, only a few words that stand where one was");
      await assert.rejects(verify([]), failed);
      assert.ok(!(await readdir(folder)).includes("proof"));
    }));

  it("sampleSpans: covers every millisecond asked for, nothing more than a sample, sorted and merged", () => {
    const span = fc.record({ channel: fc.constantFrom<MuteSpan["channel"][]>(0, 1, "both"), startMs: fc.integer({ min: -100, max: 3000 }), lengthMs: fc.integer({ min: 1, max: 400 }) });
    fc.assert(
      fc.property(fc.array(span, { maxLength: 30 }), fc.constantFrom(8000, 11_025, 44_100), fc.nat({ max: 20_000 }), (drawn, rate, total) => {
        const mute = drawn.map(({ channel, startMs, lengthMs }): MuteSpan => ({ channel, startMs, endMs: startMs + lengthMs }));
        const spans = sampleSpans(mute, 0, rate, total);
        spans.forEach(([from, to], i) => assert.ok(from < to && to <= total && from > (spans[i - 1]?.[1] ?? -1)));
        const isBlank = (sample: number): boolean => spans.some(([from, to]) => from <= sample && sample < to);
        for (let sample = 0; sample < total; sample += 97) {
          const [fromMs, toMs] = [(sample * 1000) / rate, ((sample + 1) * 1000) / rate];
          const isAsked = mute.some((one) => one.channel !== 1 && one.startMs < toMs && fromMs < one.endMs);
          assert.equal(isBlank(sample), isAsked);
        }
      }),
    );
  });
});
