// The speech benchmark and the evaluation work at all: real engine, a few seconds of sound. Their figures are for quiet machines, not for tests.
import assert from "node:assert/strict";
import { join } from "node:path";
import { installationRoot, runProgram } from "../../app/platform/index.ts";

async function run(entry: string, ...args: string[]): Promise<unknown> {
  const file = join(installationRoot(), "dist", "test", entry);
  const result = await runProgram(process.execPath, [file, ...args], { timeoutMs: 240_000 });
  assert.equal(result.exitCode, 0, result.stderr);
  return JSON.parse(result.stdout.toString("utf8"));
}

describe("npm run bench:speech", () => {
  it("gives every ratio with its control, and whose words are whose", async () => {
    const { cost, parties } = (await run("bench/speech.js", "--quick", "cost", "parties")) as { cost: Record<string, unknown>; parties: { clean: Record<string, number> } };
    for (const name of ["cpu_over_bare_engine", "control_bare_engine_over_itself", "cpu_over_naive", "control_naive_over_itself"]) {
      const { median } = cost[name] as { median: number };
      assert.ok(median > 0.2 && median < 5, `${name} is ${median}`);
    }
    assert.equal(cost["words_other_than_bare_engine"], 0, "a ratio between different results would mean nothing");
    assert.ok((parties.clean["words"] ?? 0) > 10);
    assert.equal(parties.clean["wrong_party_percent"], 0);
    assert.equal(parties.clean["turn_order_inversions"], 0);
  }).timeout(240_000);
});

describe("npm run eval:speech", () => {
  it("hears no word in silence and says so for every sound in which nobody speaks", async () => {
    const { sets } = (await run("eval/main.js", "--quick", "--json", "--set", "nothing")) as { sets: { nothing: { invented_words: Record<string, number> } } };
    assert.deepEqual(Object.keys(sets.nothing.invented_words), ["silence", "line noise", "loud noise", "hold music", "ringing", "beeps"]);
    assert.equal(sets.nothing.invented_words["silence"], 0);
  }).timeout(240_000);
});
