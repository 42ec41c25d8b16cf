// Files are whole or not there.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureFolder, freeBytes, hashFile, readRange, sizeOf, temporaryBeside, writeStreamDurably } from "../../app/platform/index.ts";

async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

describe("files", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "earshot-files-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it("writeStreamDurably tells size and SHA-256 of what it wrote, for this user alone", async () => {
    const target = join(folder, "x");
    const written = await writeStreamDurably(chunks("ab", "c"), target, 10);
    assert.deepEqual(written, { sizeBytes: 3, sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" });
    assert.equal(readFileSync(target, "utf8"), "abc");
    assert.equal(statSync(target).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(folder), ["x"]);
  });

  it("writeStreamDurably takes exactly the limit and not one byte more", async () => {
    assert.notEqual(await writeStreamDurably(chunks("abc"), join(folder, "fits"), 3), "too_large");
    assert.equal(await writeStreamDurably(chunks("abc", "d"), join(folder, "large"), 3), "too_large");
    assert.deepEqual(readdirSync(folder), ["fits"]);
  });

  it("writeStreamDurably leaves the old file and no leftovers when the source breaks off", async () => {
    const target = join(folder, "x");
    writeFileSync(target, "old");
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from("new");
      throw new Error("broke off");
    };
    await assert.rejects(writeStreamDurably(broken(), target, 100), /broke off/);
    assert.equal(readFileSync(target, "utf8"), "old");
    assert.deepEqual(readdirSync(folder), ["x"]);
  });

  it("hashFile reads an empty file and a large one", async () => {
    writeFileSync(join(folder, "empty"), "");
    assert.equal(await hashFile(join(folder, "empty")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    writeFileSync(join(folder, "large"), Buffer.alloc(1_000_000));
    assert.equal(await hashFile(join(folder, "large")), "d29751f2649b32ff572b5e0a9f541ea660a50f94ff0beedfb0b692b924cc8025");
  });

  it("readRange reads the middle, and less at the end", async () => {
    writeFileSync(join(folder, "x"), "0123456789");
    assert.equal((await readRange(join(folder, "x"), 2, 3)).toString(), "234");
    assert.equal((await readRange(join(folder, "x"), 8, 5)).toString(), "89");
    assert.equal((await readRange(join(folder, "x"), 20, 5)).length, 0);
  });

  it("ensureFolder makes parents that only this user may read, and is happy with what is there", async () => {
    const path = join(folder, "a", "b");
    assert.equal(await ensureFolder(path), path);
    await ensureFolder(path);
    assert.equal(statSync(path).mode & 0o777, 0o700);
  });

  it("temporaryBeside gives a new hidden name in the same folder each time", () => {
    const names = new Set(Array.from({ length: 50 }, () => temporaryBeside(join(folder, "x.wav"))));
    assert.equal(names.size, 50);
    for (const name of names) assert.ok(name.startsWith(join(folder, ".x.wav.")) && name.endsWith(".unfinished"), name);
  });

  it("sizeOf knows nothing of a file that is not there; freeBytes is a number of the disk", async () => {
    assert.equal(await sizeOf(join(folder, "gone")), undefined);
    assert.ok((await freeBytes(folder)) > 0);
    assert.equal(existsSync(join(folder, "gone")), false);
  });
});
