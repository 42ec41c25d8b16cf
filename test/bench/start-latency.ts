// How long a job that may begin waits until it begins.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig, silentLog } from "../../app/platform/index.ts";
import { assemble } from "../../app/pipeline/index.ts";
import { stringify } from "yaml";
import { writeFileSync } from "node:fs";
import { quantile, round } from "./statistics.ts";

export interface StartLatency {
  jobs: number;
  p50_ms: number;
  p99_ms: number;
  max_ms: number;
}

/** From the moment a notification is on the disk to the moment its first job is claimed, in an appliance without other work. */
export async function measureStartLatency(jobs: number): Promise<StartLatency> {
  const folder = mkdtempSync(join(tmpdir(), "earshot-latency-"));
  const file = join(folder, "earshot.yaml");
  writeFileSync(file, stringify({ data_dir: join(folder, "data"), intake: { disk_reserve_mb: 0, sources: [{ name: "pbx", auth: { type: "bearer", tokens: ["a-token-of-the-telephone-system"] } }] } }));
  let committedAt = 0;
  let begun: (at: number) => void = () => undefined;
  const appliance = await assemble(loadConfig(file, {}), {
    log: silentLog,
    checkpoint: (name) => {
      if (name === "accept.committed") committedAt = performance.now();
      if (name === "fetch.claimed") begun(performance.now());
    },
  });
  const waits: number[] = [];
  try {
    await appliance.start();
    for (let i = 0; i < jobs; i++) {
      const started = new Promise<number>((resolve) => (begun = resolve));
      await appliance.notify("pbx", { kind: "recording.ready", facts: { callId: `c${i}` }, recording: { url: "https://recordings.invalid/a.wav" } });
      waits.push((await started) - committedAt);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  } finally {
    await appliance.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  return { jobs, p50_ms: round(quantile(waits, 0.5)), p99_ms: round(quantile(waits, 0.99)), max_ms: round(Math.max(...waits)) };
}
