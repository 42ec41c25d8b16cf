// After a crash and a restart at once: what the dead process left in the vault goes, what this one is about to store stays.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createVault } from "../../app/media/index.ts";
import { sweepVault } from "../../app/pipeline/sweep-vault.ts";
import { oneChunk } from "../../app/platform/index.ts";
import { openThreadHouse } from "../support/thread-house.ts";

const MINUTE_MS = 60_000;

describe("pipeline: the vault is swept", () => {
  it("ten minutes after a restart, too: a recording that was about to be removed when the process died does not stay", async () => {
    const folder = mkdtempSync(join(tmpdir(), "earshot-sweep-"));
    const house = openThreadHouse();
    try {
      const { clock } = house;
      const vault = createVault(folder, clock);
      const stored = async (ageMs: number): Promise<string> => {
        const path = vault.pathOf((await vault.adoptStream(oneChunk(Buffer.from("sound")), "a.wav", 100)).file);
        await utimes(path, new Date(clock.now() - ageMs), new Date(clock.now() - ageMs));
        return path;
      };
      const [old, young] = [await stored(11 * MINUTE_MS), await stored(5_000)];
      const sweepLeft = await sweepVault({ ...house.parts, vault });
      clock.advance(1_000);
      const own = await stored(0);
      assert.deepEqual([old, young, own].map(existsSync), [false, true, true]);
      clock.advance(9 * MINUTE_MS);
      await sweepLeft();
      assert.ok(existsSync(young), "an import that runs beside may be about to store it");
      clock.advance(MINUTE_MS);
      await sweepLeft();
      assert.deepEqual([young, own].map(existsSync), [false, true]);
      clock.advance(60 * MINUTE_MS);
      await sweepLeft();
      assert.ok(existsSync(own), "it is swept once");
    } finally {
      house.close();
      rmSync(folder, { recursive: true });
    }
  });
});
