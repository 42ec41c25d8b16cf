// Processor time and memory of processes, from the kernel's own books.
import { readFileSync, readdirSync } from "node:fs";

const TICKS_A_SECOND = 100;

/** Seconds of processor time a process used so far, with its ended and waited-for children; 0 when it is gone. */
export function cpuSeconds(pid: number | "self"): number {
  const fields = statOf(pid);
  return fields === undefined ? 0 : [11, 12, 13, 14].reduce((sum, i) => sum + Number(fields[i] ?? 0), 0) / TICKS_A_SECOND;
}

/** Seconds used by ended and waited-for children of this process. */
export function childCpuSeconds(): number {
  const fields = statOf("self");
  return (Number(fields?.[13] ?? 0) + Number(fields?.[14] ?? 0)) / TICKS_A_SECOND;
}

/** Seconds of a process and everything that lives below it. */
export function treeCpuSeconds(pid: number): number {
  return cpuSeconds(pid) + childrenOf(pid).reduce((sum, child) => sum + treeCpuSeconds(child), 0);
}

/** Largest memory that a process ever had in use, in MB. */
export function peakMegabytes(pid: number): number {
  const line = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Math.round(Number(line?.[1] ?? 0) / 1024);
}

function childrenOf(pid: number): number[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number).filter((one) => Number(statOf(one)?.[1] ?? -1) === pid);
}

/** Fields after the command name, so index 0 is the state and index 1 the parent. */
function statOf(pid: number | "self"): string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /s, "").split(" ");
  } catch {
    return undefined;
  }
}
