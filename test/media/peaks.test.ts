// The picture of a recording: loud where it is loud, on the channel where it is loud, and blank where it was blanked.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { measurePeaks, PEAK_STEPS, renderPlayback, type Inspection } from "../../app/media/index.ts";
import { inFolder, inspectFile, joined, silence, tone, tools, wav } from "./sounds.ts";

const LEFT = joined(tone(3000, [400], 0.5), silence(9000));
const RIGHT = joined(silence(6000), tone(3000, [600], 0.05), silence(3000));
const measure = async (inspection: Inspection, folder: string): Promise<Uint8Array[]> => measurePeaks({ inspection, folder, durationMs: 12_000, tools });
/** loudest and quietest step between two moments, a step away from the borders */
const range = (steps: Uint8Array | undefined, fromMs: number, toMs: number): [number, number] => {
  const part = [...(steps ?? [])].slice(Math.ceil((fromMs / 12_000) * PEAK_STEPS) + 2, Math.floor((toMs / 12_000) * PEAK_STEPS) - 2);
  return [Math.min(...part), Math.max(...part)];
};

describe("measurePeaks", () => {
  it("a known stereo call: each stretch on its channel and as loud as it is, silence as zero", () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, "call.wav"), wav([LEFT, RIGHT]));
      const [left, right] = await measure(await inspectFile(join(folder, "call.wav"), folder), folder);
      assert.deepEqual([left?.length, right?.length], [PEAK_STEPS, PEAK_STEPS]);
      const [low, high] = range(left, 0, 3000); // 0.5 of full scale: 255 × √0.5 = 180
      assert.ok(low >= 172 && high <= 188, `left ${low}…${high}`);
      const [quiet, loud] = range(right, 6000, 9000); // 0.05: 57
      assert.ok(quiet >= 52 && loud <= 62, `right ${quiet}…${loud}`);
      for (const [steps, from, to] of [[left, 3000, 12_000], [right, 0, 6000], [right, 9000, 12_000]] as const) assert.deepEqual(range(steps, from, to), [0, 0]);
    }));

  it("what was blanked in the rendition is flat in its picture", () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, "call.wav"), wav([LEFT, RIGHT]));
      const target = join(folder, "vault", "masked.flac");
      await renderPlayback({ inspection: await inspectFile(join(folder, "call.wav"), folder), layout: "stereo", mute: [{ startMs: 1000, endMs: 2000, channel: "both" }], target, folder: join(folder, "job"), tools });
      const [left] = await measure(await inspectFile(target, folder), folder);
      assert.ok(range(left, 1000, 2000)[1] <= 2 && range(left, 2000, 3000)[0] >= 172);
    }));
});
