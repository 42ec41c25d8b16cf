// How soon work goes on after the process was killed in the middle of it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { callWav, SHORTEST_CALL } from "../support/call-audio.ts";
import { startAppliance, until } from "../support/appliance-process.ts";
import { startPbx } from "../support/receivers.ts";
import { quantile } from "./statistics.ts";

const TOKEN = "a-token-of-the-telephone-system";

export interface Resume {
  kills: number;
  /** from starting the process to the killed stage running again */
  p50_ms: number;
  max_ms: number;
}

export async function measureResume(kills: number): Promise<Resume> {
  const pbx = await startPbx((path) => callWav(SHORTEST_CALL, 2000, 10_000 + Number(/(\d+)/.exec(path)?.[1] ?? 0)));
  const waits: number[] = [];
  for (let i = 0; i < kills; i++) {
    const folder = mkdtempSync(join(tmpdir(), "earshot-resume-"));
    const config = {
      data_dir: join(folder, "data"), log_level: "error", http: { port: 0 },
      intake: { allow_http: true, recording_hosts: ["127.0.0.1"], disk_reserve_mb: 0, sources: [{ name: "pbx", auth: { type: "bearer", tokens: [TOKEN] } }] },
    };
    const doomed = await startAppliance(folder, config, "transcribe.claimed");
    await fetch(`${doomed.url}/v1/webhooks/calls/pbx`, { method: "POST", headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" }, body: JSON.stringify({ call_id: "c", recording_url: `${pbx.url}/${i}.wav` }) });
    await doomed.exited;
    const startedAt = Date.now();
    const next = await startAppliance(folder, config);
    const claimedAt = await until("the stage runs again", 30_000, () => {
      const db = new Database(join(folder, "data", "earshot.db"), { readonly: true });
      try {
        const row = db.prepare("SELECT started_at_ms AS at FROM jobs WHERE stage = 'transcribe' AND started_at_ms >= ?").get(startedAt) as { at: number } | undefined;
        return row?.at;
      } finally {
        db.close();
      }
    });
    waits.push(claimedAt - startedAt);
    next.child.kill("SIGKILL");
    await next.exited;
    rmSync(folder, { recursive: true, force: true });
  }
  await pbx.close();
  return { kills, p50_ms: quantile(waits, 0.5), max_ms: Math.max(...waits) };
}
