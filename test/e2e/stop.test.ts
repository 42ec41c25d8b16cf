// Stopping: a drain that loses nothing and spends no attempt; a second process on the same data is refused.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { callWav, type Utterance } from "../support/call-audio.ts";
import { startAppliance, until } from "../support/appliance-process.ts";
import { startPbx } from "../support/receivers.ts";

const TOKEN = "a-token-of-the-telephone-system";
/** Long enough that the stop comes in the middle of it. */
const TALK: Utterance[] = Array.from({ length: 8 }, (_, i) => ({ channel: i % 2 === 0 ? 0 : 1, startMs: i * 3000, lengthMs: 2400 }));

describe("stop", function () {
  this.timeout(90_000);
  it("SIGTERM in the middle of a call: exit 0, the attempt is not spent, the next start finishes the call", async () => {
    const folder = mkdtempSync(join(tmpdir(), "earshot-stop-"));
    const pbx = await startPbx(() => callWav(TALK, 25_000, 900));
    const config = {
      data_dir: join(folder, "data"), log_level: "error", http: { port: 0 }, queue: { drain_seconds: 0 },
      intake: { allow_http: true, recording_hosts: ["127.0.0.1"], disk_reserve_mb: 0, sources: [{ name: "pbx", auth: { type: "bearer", tokens: [TOKEN] } }] },
    };
    try {
      const first = await startAppliance(folder, config);
      const second = await startAppliance(folder, config);
      assert.deepEqual([second.url, (await second.exited)[0] === 0], ["", false], "one data folder, one appliance");
      assert.match(second.log(), /DATA_DIR_LOCKED|Another Earshot/);
      const answer = await fetch(`${first.url}/v1/webhooks/calls/pbx`, { method: "POST", headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" }, body: JSON.stringify({ call_id: "c", recording_url: `${pbx.url}/c.wav` }) });
      assert.equal(answer.status, 202);
      const job = (): { state: string; attempts: number } | undefined => {
        const db = new Database(join(folder, "data", "earshot.db"), { readonly: true });
        try {
          return db.prepare("SELECT state, attempts FROM jobs WHERE stage = 'transcribe'").get() as { state: string; attempts: number } | undefined;
        } finally {
          db.close();
        }
      };
      await until("the call is being heard", 20_000, () => job()?.state === "running" || undefined);
      assert.deepEqual(await first.stop(), [0, null], first.log());
      assert.deepEqual(job(), { state: "queued", attempts: 0 });
      const third = await startAppliance(folder, config);
      await until("the call is finished", 60_000, () => job()?.state === "done" || undefined);
      assert.equal(job()?.attempts, 1);
      assert.deepEqual(await third.stop(), [0, null], third.log());
    } finally {
      await pbx.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
