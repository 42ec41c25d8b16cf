// Bad input gets its own clear answer; the file stays as it is and nothing outside the private folder is read.
import assert from "node:assert/strict";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { AppError, type ErrorCode } from "../../app/domain/index.ts";
import { AGENT, CUSTOMER, inFolder, inspectFile, make, noise, pcm, prepareBytes, prepareFile, silence, wav } from "./sounds.ts";

const CALL = wav([CUSTOMER, AGENT]);

function patched(bytes: Buffer, riffBytes: number, dataBytes: number): Buffer {
  const out = Buffer.from(bytes);
  out.writeUInt32LE(riffBytes, 4);
  out.writeUInt32LE(dataBytes, 40);
  return out;
}

async function refused(work: Promise<unknown>, code: ErrorCode): Promise<AppError> {
  let caught: unknown;
  await work.catch((error: unknown) => (caught = error));
  assert.ok(caught instanceof AppError, `expected ${code}, got ${String(caught)}`);
  assert.equal(caught.code, code, caught.message);
  return caught;
}

describe("media: bad input", () => {
  const playlist = (secret: string): [string, string][] => [
    ["an ffconcat script", `ffconcat version 1.0\nfile '${secret}'\n`],
    ["an HLS playlist", `#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n${secret}\n#EXT-X-ENDLIST\n`],
    ["an HLS playlist behind a byte order mark", `\ufeff#EXTM3U\n#EXTINF:1,\nfile://${secret}\n`],
    ["a DASH manifest", `<?xml version="1.0"?><MPD><BaseURL>file://${secret}</BaseURL></MPD>`],
    ["a PLS playlist", `[playlist]\nFile1=${secret}\n`],
    ["an error page of a web server", "<html><body>404 not found</body></html>"],
    ["prose", "This is not a recording at all, it is a letter that somebody saved under the wrong name.\n"],
  ];
  for (const [i, [title]] of playlist("").entries()) {
    it(`inspectRecording: refuses ${title} under the name of a recording, also where the profile says headerless`, () =>
      inFolder(async (folder) => {
        const secret = join(folder, "secret.wav");
        await writeFile(secret, CALL);
        const path = join(folder, "evil.wav");
        await writeFile(path, playlist(secret)[i]?.[1] ?? "");
        const error = await refused(inspectFile(path, folder), "MEDIA_FORMAT_REFUSED");
        assert.match(error.message, /text file/);
        assert.equal(error.retry, "after_fix");
        await refused(inspectFile(path, folder, { rawFormat: "ulaw", originalName: "x.ulaw" }), "MEDIA_FORMAT_REFUSED");
      }));
  }

  it("prepareRecording: a playlist behind an ID3 tag is read as MP3, never as a playlist", () =>
    inFolder(async (folder) => {
      const secret = join(folder, "secret.wav");
      await writeFile(secret, CALL);
      const tag = Buffer.concat([Buffer.from("ID3\x04\x00\x00\x00\x00\x00\x0a", "latin1"), Buffer.alloc(10)]);
      await refused(prepareBytes(Buffer.concat([tag, Buffer.from([1, 2, 3]), Buffer.from(`#EXTM3U\nfile://${secret}\n`)]), folder, { originalName: "a.mp3" }), "MEDIA_UNREADABLE");
      await refused(prepareBytes(Buffer.concat([tag, Buffer.from(`ffconcat version 1.0\nfile '${secret}'\n`)]), folder, { originalName: "a.mp3" }), "MEDIA_FORMAT_REFUSED");
    }));

  it("inspectRecording: refuses a film in an M4A, an AVI and a Matroska file", () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, "sound.wav"), CALL);
      const outputs = ["m.mp4", "m.avi", "m.mkv"].map((name) => join(folder, name));
      await make("-f", "lavfi", "-i", "testsrc=d=1:s=64x64:r=5", "-i", join(folder, "sound.wav"), ...outputs.flatMap((path) => ["-map", "0", "-map", "1", "-c:v", "mpeg4", "-c:a", "aac", path]));
      for (const path of outputs) await refused(inspectFile(path, folder), "MEDIA_FORMAT_REFUSED");
      await make("-i", join(folder, "m.mp4"), "-an", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p", join(folder, "silent.mp4"));
      assert.match((await refused(inspectFile(join(folder, "silent.mp4"), folder), "MEDIA_FORMAT_REFUSED")).message, /video/);
    }));

  it("inspectRecording: refuses codecs that telephone systems do not use, naming the codec", () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, "sound.wav"), CALL);
      await make("-i", join(folder, "sound.wav"), "-c:a", "wmav2", "-f", "wav", join(folder, "a.wav"));
      assert.match((await refused(inspectFile(join(folder, "a.wav"), folder), "MEDIA_FORMAT_REFUSED")).message, /wmav2/);
    }));

  it("inspectRecording: an empty file, a bare header, an unknown header and a missing file each have their own code", () =>
    inFolder(async (folder) => {
      const at = async (bytes: Buffer, more = {}): Promise<unknown> => {
        await writeFile(join(folder, "x"), bytes);
        return inspectFile(join(folder, "x"), folder, more);
      };
      await refused(at(Buffer.alloc(0)), "MEDIA_EMPTY");
      await refused(at(wav([silence(0)])), "MEDIA_HEADER_ONLY");
      await refused(at(patched(wav([silence(0)]), 0, 0), { isSettled: true }), "MEDIA_HEADER_ONLY");
      await refused(at(CALL.subarray(0, 30)), "MEDIA_HEADER_ONLY");
      await refused(at(pcm([noise(100, 0.5)])), "MEDIA_FORMAT_REFUSED");
      await refused(at(Buffer.from([0xff, 0xff])), "MEDIA_FORMAT_REFUSED");
      await refused(at(Buffer.alloc(5000)), "MEDIA_FORMAT_REFUSED");
      await refused(inspectFile(join(folder, "nowhere"), folder), "RECORDING_MISSING");
    }));

  it("inspectRecording: refuses links and folders, so that a watched folder cannot hand in foreign files", () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, "a.wav"), CALL);
      await symlink(join(folder, "a.wav"), join(folder, "b.wav"));
      await refused(inspectFile(join(folder, "b.wav"), folder), "MEDIA_FORMAT_REFUSED");
      await refused(inspectFile(folder, folder), "MEDIA_FORMAT_REFUSED");
    }));

  for (const [title, size] of [["sizes of 0", 0], ["sizes of 0xFFFFFFFF", 0xffffffff]] as const) {
    it(`inspectRecording: a WAV with ${title} is still being recorded; once it is old it is repaired from its length`, () =>
      inFolder(async (folder) => {
        const bytes = patched(CALL, size, size);
        const error = await refused(prepareBytes(bytes, folder), "MEDIA_STILL_RECORDING");
        assert.equal(error.retry, "later");
        const { audio, notes } = await prepareBytes(bytes, folder, { isSettled: true });
        assert.equal(audio.durationMs, 6000);
        assert.equal(audio.truncated, false);
        assert.equal(audio.declaredDurationMs, undefined);
        assert.match(notes.join(), /never closed/);
      }));
  }

  it("prepareRecording: a WAV that lacks more than 1 % is read and flagged; one that lacks less is not flagged", () =>
    inFolder(async (folder) => {
      const half = await prepareBytes(CALL.subarray(0, 44 + 32_000), folder);
      assert.deepEqual([half.audio.durationMs, half.audio.declaredDurationMs, half.audio.truncated], [1000, 6000, true]);
      assert.match(half.notes.join(), /breaks off/);
      const almost = await prepareBytes(CALL.subarray(0, CALL.length - 800), folder);
      assert.deepEqual([almost.audio.durationMs, almost.audio.truncated], [5975, false]);
    }));

  it("prepareRecording: truncated MP3, FLAC and M4A are read as far as they go and flagged, or refused as unreadable", () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, "sound.wav"), CALL);
      await make("-i", join(folder, "sound.wav"), "-c:a", "libmp3lame", join(folder, "a.mp3"), "-c:a", "flac", join(folder, "a.flac"), "-c:a", "aac", join(folder, "tail.m4a"), "-c:a", "aac", "-movflags", "+faststart", join(folder, "head.m4a"));
      const half = async (name: string): Promise<Awaited<ReturnType<typeof prepareBytes>>> => {
        const bytes = await readFile(join(folder, name));
        return prepareBytes(bytes.subarray(0, Math.floor(bytes.length * 0.6)), folder, { originalName: name });
      };
      for (const name of ["a.mp3", "a.flac", "head.m4a"]) {
        const { audio } = await half(name);
        assert.equal(audio.truncated, true, name);
        assert.ok(audio.durationMs > 1500 && audio.durationMs < 5500, `${name}: ${audio.durationMs} ms`);
      }
      await refused(half("tail.m4a"), "MEDIA_UNREADABLE"); // its index was at the end
    }));

  it("inspectRecording: a recording that is too long is refused by its header, before it is decoded", () =>
    inFolder(async (folder) => {
      await make("-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono", "-t", "60", "-c:a", "flac", join(folder, "10h.flac"));
      const bytes = await readFile(join(folder, "10h.flac"));
      bytes.writeUInt32BE(36_000 * 8000, 22); // STREAMINFO: the low 32 bits of the number of samples
      await writeFile(join(folder, "10h.flac"), bytes);
      const error = await refused(inspectFile(join(folder, "10h.flac"), folder, { maxDurationMs: 6 * 3_600_000 }), "MEDIA_TOO_LONG");
      assert.match(error.message, /10h00m00s .* 6h00m00s/);
      assert.deepEqual(await readdir(join(folder, "job")), ["input.bin"]);
    }));

  it("prepareRecording: a recording that is too long and does not say so is stopped at the limit", () =>
    inFolder(async (folder) => {
      await make("-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono", "-t", "60", "-c:a", "libopus", "-b:a", "6k", "-f", "ogg", join(folder, "a.ogg"));
      const inspected = await inspectFile(join(folder, "a.ogg"), folder, { maxDurationMs: 700_000 });
      assert.equal(inspected.declaredDurationMs, undefined);
      await refused(prepareFile(join(folder, "a.ogg"), folder, { maxDurationMs: 20_000 }), "MEDIA_TOO_LONG");
    }));

  it("inspectRecording: a WAV that promises a day and holds a second is judged by what it holds", () =>
    inFolder(async (folder) => {
      const { audio } = await prepareBytes(patched(CALL, 0x7fffffff, 0x7fffff00), folder, { maxDurationMs: 60_000 });
      assert.equal(audio.durationMs, 6000);
      assert.equal(audio.truncated, true);
    }));

  it("inspectRecording: a file over the limit of bytes is refused unread", () =>
    inFolder(async (folder) => {
      const error = await refused(prepareBytes(CALL, folder, { maxBytes: 1000 }), "TOO_LARGE");
      assert.equal(error.retry, "after_fix");
    }));

  it("prepareRecording: hostile names are inert", () =>
    inFolder(async (folder) => {
      const names = ["$(touch PWNED).wav", "-i", "a\nb.wav", "concat:a|b.wav", "`id`;'\".wav", "%03d.wav"];
      for (const name of names) {
        await writeFile(join(folder, name), CALL);
        const inspection = await inspectFile(join(folder, name), folder, { originalName: name });
        assert.equal(inspection.input.path, join(folder, "job", "input.bin"));
      }
      assert.deepEqual((await readdir(folder)).sort(), [...names, "job"].sort());
    }));

  it("prepareRecording: a private folder with blanks, quotes and percent signs in its path works", () =>
    inFolder(async (folder) => {
      const odd = join(folder, "a b's %20 [x]; $HOME");
      await mkdir(odd);
      assert.equal((await prepareBytes(CALL, odd)).audio.durationMs, 6000);
    }));

  it("prepareRecording: whatever bytes come, the answer is a result or an error with a code", () =>
    inFolder(async (folder) => {
      const damage = fc.array(fc.tuple(fc.nat({ max: CALL.length - 1 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 6 });
      await fc.assert(
        fc.asyncProperty(damage, fc.boolean(), async (changes, isHeader) => {
          const bytes = Buffer.from(CALL.subarray(0, 20_000));
          for (const [at, value] of changes) bytes[isHeader ? at % 60 : at % bytes.length] = value;
          try {
            const { audio } = await prepareBytes(bytes, folder, { isSettled: true });
            assert.ok(audio.durationMs > 0);
          } catch (error) {
            assert.ok(error instanceof AppError, String(error));
            assert.notEqual(error.code, "INTERNAL");
          }
        }),
        { numRuns: 8, seed: 20261103 },
      );
    }));
});
