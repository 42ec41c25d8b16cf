// The vault: whole or not there, names of our own, nothing outside, and clean after a crash.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import fc from "fast-check";
import type { AppError } from "../../app/domain/index.ts";
import { createVault } from "../../app/media/index.ts";
import { manualClock } from "../../app/platform/index.ts";
import { inFolder } from "./sounds.ts";

const GRACE_MS = 600_000;
const BYTES = Buffer.from("RIFF and so on");
const SHA256 = createHash("sha256").update(BYTES).digest("hex");

async function* chunks(...parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}

describe("media: vault", () => {
  it("adoptStream: stores the bytes under the month and an id, and says size and hash", () =>
    inFolder(async (folder) => {
      const vault = createVault(folder, manualClock());
      const stored = await vault.adoptStream(chunks(BYTES.subarray(0, 5), BYTES.subarray(5)), "in-0612345678.WAV", 1000);
      assert.match(stored.file, /^recordings\/2026\/11\/rec_[0-9A-Z]{26}\.wav$/);
      assert.deepEqual([stored.sizeBytes, stored.sha256], [BYTES.length, SHA256]);
      assert.deepEqual(await readFile(vault.pathOf(stored.file)), BYTES);
      assert.equal((await stat(vault.pathOf(stored.file))).mode & 0o077, 0);
      assert.equal((await stat(dirname(vault.pathOf(stored.file)))).mode & 0o077, 0);
    }));

  it("adoptStream: one byte too many leaves nothing behind, nor does a stream that breaks", () =>
    inFolder(async (folder) => {
      const vault = createVault(folder, manualClock());
      await assert.rejects(vault.adoptStream(chunks(BYTES, BYTES), "a.wav", BYTES.length * 2 - 1), { code: "TOO_LARGE" });
      const broken = new Error("connection reset");
      await assert.rejects(vault.adoptStream(Readable.from((async function* () { yield BYTES; throw broken; })()), "a.wav", 1000), broken);
      assert.deepEqual(await readdir(join(folder, "recordings", "2026", "11")), []);
    }));

  it("adoptFile: copies and leaves the source as it is", () =>
    inFolder(async (folder) => {
      const source = join(folder, "from the pbx.mp3");
      await writeFile(source, BYTES, { mode: 0o444 });
      const before = await stat(source);
      const vault = createVault(join(folder, "vault"), manualClock());
      const stored = await vault.adoptFile(source, "from the pbx.mp3");
      assert.deepEqual([stored.sizeBytes, stored.sha256], [BYTES.length, SHA256]);
      const after = await stat(source);
      assert.deepEqual([after.mtimeMs, after.ino, after.size, after.nlink], [before.mtimeMs, before.ino, before.size, 1]);
      assert.notEqual((await stat(vault.pathOf(stored.file))).ino, before.ino);
    }));

  it("adoptFile: refuses links, folders, missing and too large files", () =>
    inFolder(async (folder) => {
      const vault = createVault(join(folder, "vault"));
      await writeFile(join(folder, "a.wav"), BYTES);
      await symlink(join(folder, "a.wav"), join(folder, "b.wav"));
      await assert.rejects(vault.adoptFile(join(folder, "b.wav"), "b.wav"), { code: "MEDIA_FORMAT_REFUSED" });
      await assert.rejects(vault.adoptFile(folder, "x"), { code: "MEDIA_FORMAT_REFUSED" });
      await assert.rejects(vault.adoptFile(join(folder, "c.wav"), "c.wav"), { code: "RECORDING_MISSING" });
      await assert.rejects(vault.adoptFile(join(folder, "a.wav"), "a.wav", 3), { code: "TOO_LARGE" });
    }));

  it("adoptStream: nothing of the sender's name but a known extension is kept", () =>
    inFolder(async (folder) => {
      const vault = createVault(folder, manualClock());
      await fc.assert(
        fc.asyncProperty(fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("../../etc/passwd", "a.wav/../x", ".wav", "x.sh", "x.WAV\n", "a.$(id)", "x.mp3")), async (name) => {
          const { file } = await vault.adoptStream(chunks(BYTES), name, 1000);
          assert.match(file, /^recordings\/2026\/11\/rec_[0-9A-Z]{26}\.[a-z0-9]{2,5}$/);
        }),
        { numRuns: 20 },
      );
    }));

  it("pathOf: only names that a vault gave out", () => {
    const vault = createVault("/var/lib/earshot/vault");
    const good = `recordings/2026/11/rec_${"0".repeat(26)}.wav`;
    assert.equal(vault.pathOf(good), `/var/lib/earshot/vault/${good}`);
    for (const bad of ["", "..", "/etc/passwd", `../${good}`, `${good}/..`, `${good}\n`, good.replace("2026", ".."), good.replace("wav", "../x"), good.toUpperCase(), `recordings/2026/11/.x.unfinished`]) {
      assert.throws(() => vault.pathOf(bad), (error: AppError) => error.code === "NOT_FOUND", bad);
    }
  });

  it("remove: the file is gone; a second time nothing happens", () =>
    inFolder(async (folder) => {
      const vault = createVault(folder);
      const { file } = await vault.adoptStream(chunks(BYTES), "a.wav", 1000);
      await vault.remove(file);
      await assert.rejects(stat(vault.pathOf(file)), { code: "ENOENT" });
      await vault.remove(file);
      await assert.rejects(vault.remove("../a"), { code: "NOT_FOUND" });
    }));

  it("newRenditionPath: a new name each time, in a folder that exists", () =>
    inFolder(async (folder) => {
      const vault = createVault(folder, manualClock());
      const [one, two] = [await vault.newRenditionPath(), await vault.newRenditionPath()];
      assert.match(one.file, /^renditions\/2026\/11\/rec_[0-9A-Z]{26}\.flac$/);
      assert.notEqual(one.file, two.file);
      assert.equal(one.path, vault.pathOf(one.file));
      assert.ok((await stat(dirname(one.path))).isDirectory());
    }));

  it("sweep: unfinished and unknown files older than the grace go; known, young and foreign files stay", () =>
    inFolder(async (folder) => {
      const clock = manualClock(Date.now());
      const vault = createVault(folder, clock);
      const known = await vault.adoptStream(chunks(BYTES), "a.wav", 1000);
      const orphan = await vault.adoptStream(chunks(BYTES), "b.wav", 1000);
      const shelf = dirname(vault.pathOf(known.file));
      await writeFile(join(shelf, ".rec_x.wav.abc.unfinished"), "half");
      await mkdir(join(shelf, ".rec_y.flac.abc.unfinished"));
      await writeFile(join(shelf, ".rec_y.flac.abc.unfinished", "part"), "half");
      await writeFile(join(shelf, "notes of the administrator.txt"), "keep me");
      const isKnown = (file: string): boolean => file === known.file;
      assert.deepEqual(await vault.sweep(isKnown, GRACE_MS), { kept: 5, young: 3, removedUnfinished: 0, removedOrphans: 0 });
      clock.advance(11 * 60_000);
      assert.deepEqual(await vault.sweep(isKnown, GRACE_MS), { kept: 2, young: 0, removedUnfinished: 2, removedOrphans: 1 });
      assert.deepEqual((await readdir(shelf)).sort(), [known.file.split("/").at(-1), "notes of the administrator.txt"].sort());
      await assert.rejects(stat(vault.pathOf(orphan.file)), { code: "ENOENT" });
      await utimes(vault.pathOf(known.file), 0, 0);
      assert.equal((await vault.sweep(isKnown, GRACE_MS)).removedOrphans, 0);
    }));

  it("sweep: a vault that was never used is swept without complaint", () =>
    inFolder(async (folder) => {
      assert.deepEqual(await createVault(join(folder, "never")).sweep(() => false, GRACE_MS), { kept: 0, young: 0, removedUnfinished: 0, removedOrphans: 0 });
    }));
});
