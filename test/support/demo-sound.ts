// Pieces of the sample calls: real words for tests that need some, as small as they ask for.
import { join } from "node:path";
import { installationRoot, runProgram } from "../../app/platform/index.ts";

/** @param channel one party, as a WAV of one channel; both when absent @returns 8 kHz WAV */
export async function demoSound(call: string, { fromMs, lengthMs, channel }: { fromMs: number; lengthMs: number; channel?: 0 | 1 }): Promise<Buffer> {
  const path = join(installationRoot(), "scripts", "demo", "calls", call);
  const pan = channel === undefined ? [] : ["-af", `pan=mono|c0=c${channel}`];
  const run = await runProgram("ffmpeg", ["-v", "error", "-ss", `${fromMs}ms`, "-t", `${lengthMs}ms`, "-i", path, ...pan, "-ar", "8000", "-f", "wav", "-"], { timeoutMs: 20_000 });
  if (run.exitCode !== 0) throw new Error(run.stderr);
  return run.stdout;
}
