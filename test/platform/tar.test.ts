// The tar reader meets archives that somebody else made.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { listTar, tarContent, tarStream, type TarSource } from "../../app/platform/tar.ts";

const source = (name: string, bytes: Buffer): TarSource => ({
  name,
  sizeBytes: bytes.length,
  async *content() {
    yield bytes;
  },
});
const collect = async (stream: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
};

describe("tar", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "earshot-tar-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it("reads back what it wrote, whatever the contents", async () => {
    const file = fc.record({ name: fc.stringMatching(/^[a-z0-9]{1,20}(\/[a-z0-9.]{0,3}[a-z0-9]{1,20})?$/).filter((name) => !/\/[^a-z0-9]/.test(name)), bytes: fc.uint8Array({ maxLength: 2000 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(file, { maxLength: 5 }), async (files) => {
        const path = join(folder, "x.tar");
        writeFileSync(path, await collect(tarStream(files.map(({ name, bytes }) => source(name, Buffer.from(bytes))))));
        const members = await listTar(path);
        assert.deepEqual(members.map((member) => member.name), files.map(({ name }) => name));
        for (const [i, member] of members.entries()) assert.deepEqual(await collect(tarContent(path, member)), Buffer.from(files[i]?.bytes ?? []));
      }),
      { numRuns: 40 },
    );
  });

  it("writes what the system's tar reads, and reads what that writes", async () => {
    const path = join(folder, "x.tar");
    writeFileSync(path, await collect(tarStream([source("models.json", Buffer.from("{}")), source("a/b.bin", Buffer.alloc(700, 5))])));
    assert.equal(execFileSync("tar", ["-tf", path], { encoding: "utf8" }), "models.json\na/b.bin\n");
    writeFileSync(join(folder, "plain.txt"), "plain");
    execFileSync("tar", ["--format=ustar", "-cf", join(folder, "y.tar"), "-C", folder, "plain.txt"]);
    assert.deepEqual((await listTar(join(folder, "y.tar"))).map(({ name, sizeBytes }) => ({ name, sizeBytes })), [{ name: "plain.txt", sizeBytes: 5 }]);
  });

  it("refuses everything but plainly named plain files", async () => {
    mkdirSync(join(folder, "in"));
    writeFileSync(join(folder, "in", "plain"), "x");
    symlinkSync("/etc/passwd", join(folder, "in", "link"));
    const pack = (...words: string[]): string => {
      execFileSync("tar", ["--format=ustar", "-cf", join(folder, "z.tar"), ...words]);
      return join(folder, "z.tar");
    };
    await assert.rejects(listTar(pack("-C", join(folder, "in"), "link")), { code: "MODEL_INVALID" });
    await assert.rejects(listTar(pack("-C", folder, "in")), { code: "MODEL_INVALID" });
    await assert.rejects(listTar(pack("-C", join(folder, "in"), "--transform=s,^,../,", "-P", "plain")), { code: "MODEL_INVALID" });
    await assert.rejects(listTar(pack("-C", join(folder, "in"), "--transform=s,^,/etc/,", "-P", "plain")), { code: "MODEL_INVALID" });
  });

  it("refuses damage: a wrong check sum, an early end, a member beyond the end", async () => {
    const whole = await collect(tarStream([source("a", Buffer.alloc(1000, 1))]));
    const write = (bytes: Buffer): string => {
      writeFileSync(join(folder, "d.tar"), bytes);
      return join(folder, "d.tar");
    };
    const flipped = Buffer.from(whole);
    flipped[130] = 0x39;
    await assert.rejects(listTar(write(flipped)), { code: "MODEL_INVALID" });
    await assert.rejects(listTar(write(whole.subarray(0, 900))), { code: "MODEL_INVALID" });
    await assert.rejects(listTar(write(Buffer.alloc(0))), { code: "MODEL_INVALID" });
    await assert.rejects(listTar(write(Buffer.from("#!/bin/sh\n".repeat(100)))), { code: "MODEL_INVALID" });
  });

  it("refuses a member that grew while it was packed", async () => {
    await assert.rejects(collect(tarStream([{ ...source("a", Buffer.alloc(10)), sizeBytes: 5 }])), /changed its size/);
  });
});
