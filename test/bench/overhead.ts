// What the appliance costs over the bare engine: processor time for a five-minute call, against whisper-cli on the same windows.
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { wavHeader } from "../../app/domain/index.ts";
import { findMediaTools, inspectRecording, prepareRecording, telephonyDetector } from "../../app/media/index.ts";
import { ensureFolder, installationRoot, resolveModel, runProgram } from "../../app/platform/index.ts";
import { engineSettings, windowLimits } from "../../app/speech/index.ts";
import { startAppliance, until, type ApplianceProcess } from "../support/appliance-process.ts";
import { childCpuSeconds, peakMegabytes, treeCpuSeconds } from "./processes.ts";
import { ratioOf, type Ratio } from "./statistics.ts";
import { writeWindows } from "./window-files.ts";

const CALL_SECONDS = 300;
const THREADS = 1;

export interface Overhead {
  call_seconds: number;
  windows: number;
  pipeline_cpu_over_whisper_cli: Ratio;
  control_whisper_cli_over_itself: Ratio;
  whisper_cli_cpu_seconds: number;
  pipeline_cpu_seconds: number;
  peak_memory_mb: number;
}

/** @param blocks blocks of A B B A; each A is the bare engine, each B the appliance on a fresh copy of the call */
export async function measureOverhead(blocks: number): Promise<Overhead> {
  const folder = mkdtempSync(join(tmpdir(), "earshot-bench-"));
  const call = await fiveMinuteCall(folder);
  const windows = await windowsOf(call, folder);
  const config = { data_dir: join(folder, "data"), log_level: "error", http: { port: 0 }, intake: { disk_reserve_mb: 0 }, speech: { threads: THREADS } };
  const appliance = await startAppliance(folder, config);
  try {
    const ratios: number[] = [];
    const controls: number[] = [];
    const bare: number[] = [];
    const whole: number[] = [];
    let copy = 0;
    await pipelineSeconds(appliance, folder, call, copy++); // the first call loads the model
    for (let i = 0; i < blocks; i++) {
      const a1 = await bareSeconds(windows);
      const b1 = await pipelineSeconds(appliance, folder, call, copy++);
      const b2 = await pipelineSeconds(appliance, folder, call, copy++);
      const a2 = await bareSeconds(windows);
      ratios.push((b1 + b2) / (a1 + a2));
      controls.push(a1 / a2);
      bare.push(a1, a2);
      whole.push(b1, b2);
    }
    const mean = (list: number[]): number => Math.round((list.reduce((a, b) => a + b, 0) / list.length) * 100) / 100;
    return {
      call_seconds: CALL_SECONDS,
      windows: windows.length,
      pipeline_cpu_over_whisper_cli: ratioOf(ratios),
      control_whisper_cli_over_itself: ratioOf(controls),
      whisper_cli_cpu_seconds: mean(bare),
      pipeline_cpu_seconds: mean(whole),
      peak_memory_mb: peakMegabytes(appliance.child.pid ?? 0),
    };
  } finally {
    await appliance.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The demo's calls, one after the other, as 8 kHz stereo samples of five minutes. */
async function fiveMinuteCall(folder: string): Promise<Buffer> {
  const calls = join(installationRoot(), "scripts", "demo", "calls");
  const names = readdirSync(calls).filter((name) => /\.(wav|ogg|opus|mp3|flac)$/.test(name)).sort();
  const pieces: Buffer[] = [];
  for (const name of names) {
    const out = join(folder, `${pieces.length}.s16`);
    await must("ffmpeg", ["-nostdin", "-v", "error", "-i", join(calls, name), "-f", "s16le", "-ar", "8000", "-ac", "2", out]);
    pieces.push(readFileSync(out));
  }
  const once = Buffer.concat(pieces);
  const wanted = CALL_SECONDS * 8000 * 4;
  const samples = Buffer.concat(Array.from({ length: Math.ceil(wanted / once.length) }, () => once)).subarray(0, wanted);
  return Buffer.concat([wavHeader(samples.length, 8000, 2), samples]);
}

/** The windows that the appliance sends to its engine, as files for the bare one. */
async function windowsOf(call: Buffer, folder: string): Promise<string[]> {
  const path = join(folder, "call.wav");
  writeFileSync(path, call);
  const prepared = await ensureFolder(join(folder, "prepared"));
  const tools = await findMediaTools();
  const inspection = await inspectRecording({ path, originalName: "call.wav", folder: prepared, maxDurationMs: 3_600_000, maxBytes: 1e9, isSettled: true, tools });
  const { channels } = await prepareRecording({ inspection, folder: prepared, tools, detector: telephonyDetector });
  return writeWindows(channels, windowLimits(resolveModel("starter-en", "speech", { dataDir: folder })), folder);
}

async function bareSeconds(windows: readonly string[]): Promise<number> {
  const settings = engineSettings(resolveModel("starter-en", "speech", { dataDir: tmpdir() }));
  const root = installationRoot();
  const before = childCpuSeconds();
  const files = windows.flatMap((file) => ["-f", file]);
  await must(join(root, "engines/whisper-1.9.1/bin/whisper-cli"), ["-m", join(root, "models/starter-en/starter-en.bin"), "-t", String(THREADS), "-l", "en", "-bs", "1", "-bo", "1", "-nf", "-mc", "0", "-ojf", "-of", join(tmpdir(), "earshot-bench-out"), "-np", ...(settings.cliArguments ?? []), ...files]);
  return childCpuSeconds() - before;
}

async function pipelineSeconds(appliance: ApplianceProcess, folder: string, call: Buffer, copy: number): Promise<number> {
  const pid = appliance.child.pid ?? 0;
  const fresh = Buffer.from(call);
  fresh.writeInt16LE(copy + 1, 44); // other content, same sound
  const before = treeCpuSeconds(pid);
  const key = await bearer(folder);
  const form = new FormData();
  form.set("metadata", JSON.stringify({ call_id: `bench-${copy}`, direction: "inbound" }));
  form.set("recording", new Blob([fresh]), "call.wav");
  const response = await fetch(`${appliance.url}/v1/calls`, { method: "POST", headers: { authorization: `Bearer ${key}` }, body: form });
  if (response.status !== 202) throw new Error(`upload: ${response.status} ${await response.text()}`);
  await until("the call is finished", 600_000, async () => {
    const view = (await (await fetch(`${appliance.url}/v1/calls/bench-${copy}`, { headers: { authorization: `Bearer ${key}` } })).json()) as { status: string; error: unknown };
    if (view.status === "failed") throw new Error(JSON.stringify(view.error));
    return view.status === "done" || undefined;
  }, 2000); // asked seldom: answering costs the appliance processor time too
  return treeCpuSeconds(pid) - before;
}

let known: string | undefined;
async function bearer(folder: string): Promise<string> {
  known ??= (await must(process.execPath, [join(installationRoot(), "dist/app/main.js"), "key", "create", "--name", "bench", "--role", "admin"], { EARSHOT_CONFIG: join(folder, "earshot.yaml") })).trim();
  return known;
}

async function must(command: string, args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const result = await runProgram(command, args, { timeoutMs: 600_000, ...(Object.keys(env).length > 0 ? { env: { PATH: process.env["PATH"] ?? "", ...env } } : {}) });
  if (result.exitCode !== 0) throw new Error(`${command}: ${result.stderr}`);
  return result.stdout.toString("utf8");
}
