// What this machine can carry: cores and memory as the operating system grants them (containers too), graphics processor, free disk.
import { existsSync, readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { arch, availableParallelism, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { freeBytes } from "./files.ts";
import { runProgram } from "./subprocess.ts";

export interface Machine {
  /** what may run at the same time; a container's share may be less than one */
  cores: number;
  /** limit of this process's group, else of the machine */
  memoryMb: number;
  /** free where models are kept */
  diskMb: number;
  /** without it, sums of many numbers take about three times as long */
  hasFastMath: boolean;
  /** first graphics processor that was found */
  gpu?: { name: string; memoryMb?: number; via: "cuda" | "vulkan" };
}

const LOOK_MS = 5_000;

/** Looks at the machine. What cannot be read counts as not there. @param dataDir where models will lie; need not exist yet */
export async function inspectMachine(dataDir: string): Promise<Machine> {
  const limits = await cgroupLimits();
  const gpu = await findGpu();
  return {
    cores: Math.min(availableParallelism(), limits.cores ?? Infinity),
    memoryMb: Math.floor(Math.min(totalmem(), limits.memoryBytes ?? Infinity) / 1e6),
    diskMb: Math.floor((await freeBytes(nearestFolder(dataDir))) / 1e6),
    hasFastMath: arch() === "arm64" || (arch() === "x64" && /\bavx2\b/.test(readOr("/proc/cpuinfo"))),
    ...(gpu === undefined ? {} : { gpu }),
  };
}

/** A text of `cpu.max` (version 2: "quota period") or of the two files of version 1. @returns cores, undefined without a limit */
export function parseCpuLimit(quota: string, period: string): number | undefined {
  const [granted, every] = [Number(quota.trim()), Number(period.trim())];
  return quota.trim() !== "" && Number.isFinite(granted) && granted > 0 && every > 0 ? granted / every : undefined;
}

/** A text of `memory.max` or `memory.limit_in_bytes`. @returns bytes, undefined without a limit ("max", or version 1's enormous number) */
export function parseMemoryLimit(text: string): number | undefined {
  const bytes = Number(text.trim());
  return text.trim() !== "" && Number.isFinite(bytes) && bytes > 0 && bytes < 2 ** 50 ? bytes : undefined;
}

/**
 * Where the limits of this process may stand: its group of each controller and all groups above.
 * @param text of /proc/self/cgroup
 * @returns folders, innermost first
 */
export function cgroupFolders(text: string, controller: "cpu" | "memory"): string[] {
  const lines = text.split("\n").map((line) => /^\d+:([^:]*):(\/.*)$/.exec(line)).filter((match) => match !== null);
  const found = lines.find((match) => match[1]?.split(",").includes(controller) === true) ?? lines.find((match) => match[1] === "");
  if (found === undefined) return [];
  const [, controllers = "", path = "/"] = found;
  const root = controllers === "" ? "/sys/fs/cgroup" : `/sys/fs/cgroup/${controllers}`;
  const parts = path.split("/").filter((part) => part !== "" && part !== "..");
  return parts.map((_part, i) => join(root, ...parts.slice(0, parts.length - i))).concat(root);
}

async function cgroupLimits(): Promise<{ cores?: number | undefined; memoryBytes?: number | undefined }> {
  const text = readOr("/proc/self/cgroup");
  const memory = await Promise.all(cgroupFolders(text, "memory").map(async (folder) => [parseMemoryLimit(await textOf(folder, "memory.max")), parseMemoryLimit(await textOf(folder, "memory.limit_in_bytes"))]));
  const cpu = await Promise.all(
    cgroupFolders(text, "cpu").map(async (folder) => {
      const [quota = "", period = ""] = (await textOf(folder, "cpu.max")).split(" ");
      return [parseCpuLimit(quota, period), parseCpuLimit(await textOf(folder, "cpu.cfs_quota_us"), await textOf(folder, "cpu.cfs_period_us"))];
    }),
  );
  return { cores: smallest(cpu.flat()), memoryBytes: smallest(memory.flat()) };
}

/** @param text of `nvidia-smi --query-gpu=name,memory.total --format=csv,noheader,nounits` */
export function parseNvidia(text: string): Machine["gpu"] {
  const [name = "", memory = ""] = (text.split("\n")[0] ?? "").split(",").map((part) => part.trim());
  return name === "" || !/^\d+$/.test(memory) ? undefined : { name, memoryMb: Math.round(Number(memory) * 1.048576), via: "cuda" };
}

/** @param text of `vulkaninfo --summary`; drivers that calculate on the processor are none */
export function parseVulkan(text: string): Machine["gpu"] {
  for (const block of text.split(/^GPU\d+:/m).slice(1)) {
    const type = /deviceType\s*=\s*(\S+)/.exec(block)?.[1];
    const name = /deviceName\s*=\s*(.+)/.exec(block)?.[1]?.trim();
    if (name !== undefined && type !== undefined && !type.endsWith("_CPU")) return { name, via: "vulkan" };
  }
  return undefined;
}

async function findGpu(): Promise<Machine["gpu"]> {
  const nvidia = await runProgram("nvidia-smi", ["--query-gpu=name,memory.total", "--format=csv,noheader,nounits"], { timeoutMs: LOOK_MS });
  const byTool = nvidia.exitCode === 0 ? parseNvidia(nvidia.stdout.toString("utf8")) : undefined;
  if (byTool !== undefined) return byTool;
  const cards = await readdir("/proc/driver/nvidia/gpus").catch(() => []);
  const model = cards[0] === undefined ? undefined : /^Model:\s*(.+)$/m.exec(readOr(join("/proc/driver/nvidia/gpus", cards[0], "information")))?.[1];
  if (model !== undefined) return { name: model.trim(), via: "cuda" };
  const vulkan = await runProgram("vulkaninfo", ["--summary"], { timeoutMs: LOOK_MS });
  return vulkan.exitCode === 0 ? parseVulkan(vulkan.stdout.toString("utf8")) : undefined;
}

function nearestFolder(path: string): string {
  return existsSync(path) ? path : nearestFolder(dirname(path));
}

function smallest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

async function textOf(folder: string, name: string): Promise<string> {
  return readFile(join(folder, name), "utf8").catch(() => "");
}

function readOr(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
