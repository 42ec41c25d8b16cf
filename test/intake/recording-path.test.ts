// Files that a telephone system names: found below the folder under another root, never outside it.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { AppError } from "../../app/domain/index.ts";
import { resolveRecordingPath } from "../../app/intake/index.ts";

describe("intake recording path: the file that a telephone system names", () => {
  let root: string;
  let folder: string;

  before(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), "earshot-path-")));
    folder = join(root, "share");
    await mkdir(join(folder, "2026", "11"), { recursive: true });
    await writeFile(join(folder, "2026", "11", "a.wav"), "sound");
    await writeFile(join(folder, "flat.wav"), "sound");
    await writeFile(join(folder, "-i $(x).wav"), "sound");
    await writeFile(join(root, "secret.wav"), "secret");
    await symlink(join(root, "secret.wav"), join(folder, "link.wav"));
    await symlink(root, join(folder, "out"));
    await symlink(join(folder, "flat.wav"), join(folder, "inner.wav"));
    await symlink(folder, join(root, "mount"));
  });
  after(() => rm(root, { recursive: true, force: true }));

  const find = async (name: string, below = folder): Promise<string> => (await resolveRecordingPath(below, name)).path;

  it("finds it by a relative name, by our own path, and by the path of the telephone system's own disk", async () => {
    const target = join(folder, "2026", "11", "a.wav");
    for (const name of ["2026/11/a.wav", target, "/var/spool/asterisk/monitor/2026/11/a.wav", "./2026//11/a.wav", "2026\\11\\a.wav"]) assert.equal(await find(name), target, name);
    assert.equal(await find("/var/lib/freeswitch/recordings/flat.wav"), join(folder, "flat.wav"));
    assert.deepEqual(await resolveRecordingPath(folder, "x/-i $(x).wav"), { path: join(folder, "-i $(x).wav"), name: "-i $(x).wav" });
  });

  it("the folder itself may be a link, and links inside may point inside", async () => {
    assert.equal(await find("flat.wav", join(root, "mount")), join(folder, "flat.wav"));
    assert.equal(await find("inner.wav"), join(folder, "flat.wav"));
  });

  it("refuses to leave the folder: by dots, by links, by null bytes", async () => {
    for (const name of ["../secret.wav", "2026/../../secret.wav", "..", "link.wav", "out/secret.wav", "/x/y/link.wav", "a\0.wav", "", "/", "..\\secret.wav"]) {
      await assert.rejects(find(name), { code: "FETCH_URL_REFUSED" }, JSON.stringify(name));
    }
  });

  it("what is not there may come later", async () => {
    for (const name of ["nothing.wav", "2026/11", `${"x".repeat(300)}.wav`]) await assert.rejects(find(name), { code: "RECORDING_MISSING", retry: "later" }, name);
    await assert.rejects(find("a.wav", join(root, "not mounted")), { code: "RECORDING_MISSING", retry: "later" });
  });

  it("no name at all gives a file outside the folder", async () => {
    const part = fc.oneof(fc.constantFrom("..", ".", "", "out", "link.wav", "secret.wav", "flat.wav", "2026", "share", "\0"), fc.string({ maxLength: 8 }));
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 6 }), fc.constantFrom("/", "\\", "//"), async (parts, separator) => {
        try {
          assert.ok((await find(parts.join(separator))).startsWith(`${folder}/`));
        } catch (error) {
          assert.ok(error instanceof AppError, String(error));
        }
      }),
      { numRuns: 300 },
    );
  });
});
