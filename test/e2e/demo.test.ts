// The demo as a newcomer starts it: every sample call is heard, the CRM has every result, and the card number is nowhere on the disk.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { installationRoot, programEnvironment, runProgram } from "../../app/platform/index.ts";

describe("demo", function () {
  this.timeout(240_000);
  it("plays every sample call, by webhook, folder and hand, shows what was heard and what the CRM received, and ends", async () => {
    const root = installationRoot();
    const samples = readdirSync(join(root, "scripts", "demo", "calls")).filter((name) => name.endsWith(".json"));
    const result = await runProgram(process.execPath, [join(root, "dist/app/main.js"), "demo", "--exit", "--keep"], { timeoutMs: 230_000, env: programEnvironment() });
    const text = result.stdout.toString("utf8");
    const folder = /The data folder is kept: (\S+)/.exec(text)?.[1];
    try {
      assert.equal(result.exitCode, 0, `${text}\n${result.stderr}`);
      for (const name of samples) {
        const { call_id } = JSON.parse(readFileSync(join(root, "scripts", "demo", "calls", name), "utf8")) as { call_id: string };
        assert.match(text, new RegExp(`Call ${call_id.replaceAll(".", "\\.")} \\(\\w+\\) · done`), name);
      }
      assert.match(text, new RegExp(`What the sample CRM received \\(${samples.length} results`));
      assert.match(text, /Summary {3}\S/);
      assert.match(text, /Speakers: told apart by their voices/);
      assert.match(text, /\/login\?code=\S{20,}/);
      assert.match(text, /\[CARD\]/);
      assert.ok(folder !== undefined);
      assert.doesNotMatch(everythingBelow(folder), /4 ?1 ?1 ?1 ?1 ?1 ?1 ?1|one one one one one one/, "the card number is nowhere on the disk, in digits or words");
    } finally {
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** Database, write-ahead log and everything else that is not sound. */
function everythingBelow(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(wav|WAV|ogg|mp3|flac)$/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"))
    .join("\n");
}
