// npm run bench [latency] [resume] [burst] [overhead]: prints one JSON object; every ratio was measured in this run, beside its control.
import { cpus, loadavg } from "node:os";
import { measureBurst } from "./burst.ts";
import { measureOverhead } from "./overhead.ts";
import { measureResume } from "./resume.ts";
import { measureStartLatency } from "./start-latency.ts";

const wanted = new Set(process.argv.slice(2));
const isWanted = (name: string): boolean => wanted.size === 0 || wanted.has(name);

const result = {
  at: new Date().toISOString(),
  machine: { cores: cpus().length, model: cpus()[0]?.model, load_at_start: loadavg()[0], node: process.version },
  bars: { pipeline_cpu_over_whisper_cli: "≤ 1.05", burst_time_over_bare_server: "≤ 1.5", burst_lost: "0", start_p50_ms: "≤ 5", resume_ms: "≤ 2000", peak_memory_mb: "≤ 250" },
  ...(isWanted("latency") ? { start_latency: await measureStartLatency(200) } : {}),
  ...(isWanted("resume") ? { resume: await measureResume(5) } : {}),
  ...(isWanted("burst") ? { burst: await measureBurst(3) } : {}),
  ...(isWanted("overhead") ? { overhead: await measureOverhead(3) } : {}),
};
console.log(JSON.stringify(result, null, 2));
