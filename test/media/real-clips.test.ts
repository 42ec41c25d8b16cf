// Voices of real people. The files lie outside the repository; the truth was read from their envelopes (5 ms, 10 ms and 50 ms steps) by hand.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { installationRoot } from "../../app/platform/index.ts";
import { inFolder, prepareFile } from "./sounds.ts";

const CLIPS = join(installationRoot(), "..", "shared", "audio");
const TOLERANCE_MS = 150;

function near(found: readonly { startMs: number; endMs: number }[] | undefined, truth: readonly (readonly [number, number])[]): void {
  const said = JSON.stringify(found);
  assert.equal(found?.length, truth.length, said);
  truth.forEach(([startMs, endMs], i) => {
    assert.ok(Math.abs((found?.[i]?.startMs ?? 0) - startMs) <= TOLERANCE_MS, `start ${startMs} in ${said}`);
    assert.ok(Math.abs((found?.[i]?.endMs ?? 0) - endMs) <= TOLERANCE_MS, `end ${endMs} in ${said}`);
  });
}

describe("media: real clips", () => {
  before(function () {
    if (!existsSync(CLIPS)) {
      console.log(`      skipped: there are no clips in ${CLIPS}`);
      this.skip();
    }
  });

  it("prepareRecording: a speech over room noise is four stretches", () =>
    inFolder(async (folder) => {
      const { audio, channels } = await prepareFile(join(CLIPS, "jfk.wav"), folder);
      assert.deepEqual([audio.layout, audio.durationMs, audio.hold, audio.keyTones], ["mono", 11_000, [], undefined]);
      // The last words end at 10,440; from 10,740 to the end of the file there is a breath as loud as weak consonants, 14 dB above the room.
      near(channels[0]?.speech, [[320, 2190], [3280, 4330], [5410, 7680], [8180, 11_000]]);
    }));

  it("prepareRecording: two people on two channels, one of them from a studio's digital silence", () =>
    inFolder(async (folder) => {
      const { audio, channels } = await prepareFile(join(CLIPS, "stereo-two-speakers.wav"), folder);
      assert.deepEqual([audio.layout, audio.silentChannels, audio.hold, audio.keyTones], ["stereo", [], [], undefined]);
      near(channels[0]?.speech, [[300, 4680]]);
      near(channels[1]?.speech, [[345, 2520]]);
    }));
});
