// ffmpeg hangs, does not listen, crashes, gives up or is not there: each has its own code, and nothing is left running, not even a child of it.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../app/domain/index.ts";
import { prepareRecording, telephonyDetector, type MediaTools } from "../../app/media/index.ts";
import { installationRoot } from "../../app/platform/index.ts";
import { CUSTOMER, inFolder, inspectFile, tools, wav } from "./sounds.ts";

const fake = (name: string): string => join(installationRoot(), "test", "fixtures", "media", name);

/** Prepares a good recording with a bad ffmpeg. */
async function prepareWith(ffmpeg: string, folder: string, signal?: AbortSignal): Promise<{ error: AppError; ms: number }> {
  await writeFile(join(folder, "call.wav"), wav([CUSTOMER]));
  const inspection = await inspectFile(join(folder, "call.wav"), folder);
  const broken: MediaTools = { ...tools, ffmpeg };
  const startedAt = performance.now();
  let caught: unknown;
  await prepareRecording({ inspection, folder: join(folder, "job"), tools: broken, detector: telephonyDetector, timeoutMs: 800, killAfterMs: 200, ...(signal ? { signal } : {}) }).catch((error: unknown) => (caught = error));
  if (signal) throw caught;
  assert.ok(caught instanceof AppError, String(caught));
  return { error: caught, ms: performance.now() - startedAt };
}

describe("media: faults of ffmpeg", () => {
  it("prepareRecording: FFMPEG_TIMEOUT, to be tried again, when ffmpeg hangs together with a child", () =>
    inFolder(async (folder) => {
      const { error, ms } = await prepareWith(fake("hangs.sh"), folder);
      assert.equal(error.code, "FFMPEG_TIMEOUT");
      assert.equal(error.retry, "later");
      assert.ok(ms < 4000, `${ms} ms`);
      const child = Number(await readFile(join(folder, "job", "channel-0.pcm.pid"), "utf8"));
      assert.ok(child > 1);
      assert.match(await readFile(`/proc/${child}/stat`, "utf8").catch(() => "gone"), /^gone$|\) Z /); // a container without init leaves it a zombie
    }));

  it("prepareRecording: FFMPEG_TIMEOUT when ffmpeg does not listen to SIGTERM: it is killed", () =>
    inFolder(async (folder) => {
      const { error, ms } = await prepareWith(fake("ignores-term.sh"), folder);
      assert.equal(error.code, "FFMPEG_TIMEOUT");
      assert.ok(ms < 4000, `${ms} ms`);
    }));

  it("prepareRecording: FFMPEG_FAILED, to be tried again, when ffmpeg dies of a signal", () =>
    inFolder(async (folder) => {
      const { error } = await prepareWith(fake("crashes.sh"), folder);
      assert.equal(error.code, "FFMPEG_FAILED");
      assert.equal(error.retry, "later");
      assert.equal(error.details["signal"], "SIGSEGV");
    }));

  it("prepareRecording: MEDIA_UNREADABLE, to be mended first, when ffmpeg gives the recording up", () =>
    inFolder(async (folder) => {
      const { error } = await prepareWith(fake("gives-up.sh"), folder);
      assert.equal(error.code, "MEDIA_UNREADABLE");
      assert.equal(error.retry, "after_fix");
    }));

  it("prepareRecording: FFMPEG_MISSING says what to install when there is no ffmpeg", () =>
    inFolder(async (folder) => {
      const { error } = await prepareWith(join(folder, "no-ffmpeg"), folder);
      assert.equal(error.code, "FFMPEG_MISSING");
      assert.match(error.message, /apt-get install ffmpeg/);
    }));

  it("inspectRecording: FFMPEG_TIMEOUT when ffprobe hangs", () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, "call.wav"), wav([CUSTOMER, CUSTOMER, CUSTOMER])); // three channels: nothing that the header alone decides
      const broken = { ...tools, ffprobe: fake("hangs.sh") };
      await assert.rejects(inspectFile(join(folder, "call.wav"), folder, { tools: broken, probeTimeoutMs: 300 }), (error: AppError) => error.code === "FFMPEG_TIMEOUT");
    }));

  it("prepareRecording: ends with the reason of the signal when it is aborted", () =>
    inFolder(async (folder) => {
      const stop = new AbortController();
      const reason = new Error("the appliance is stopping");
      setTimeout(() => stop.abort(reason), 400);
      await assert.rejects(prepareWith(fake("hangs.sh"), folder, stop.signal), reason);
    }));
});
