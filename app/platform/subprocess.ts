// The one place that starts programs: no shell, own process group, a time limit that ends in SIGKILL, bounded output.
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { programEnvironment } from "./environment.ts";

/** What the kernel keeps a program from (Linux with util-linux; elsewhere only the time limit holds). */
export interface KernelLimits {
  /** resident memory, looked at ten times a second; what is beyond ends the program */
  memoryMb?: number;
  /** address space: a second wall, for what grows faster than it is looked at. V8 reserves about 3 GB that it never uses */
  addressSpaceMb?: number;
  cpuSeconds?: number;
  /** largest file that it may write; 0: none at all */
  fileBytes?: number;
}

export interface RunOptions {
  /** wall-clock limit; then SIGTERM to the group, and SIGKILL after `killAfterMs` */
  timeoutMs: number;
  /** default 2,000 */
  killAfterMs?: number;
  cwd?: string;
  /** replaces the environment; by default only PATH, HOME, LANG and TMPDIR are passed on */
  env?: Record<string, string>;
  signal?: AbortSignal;
  /** stdout beyond this is an error (default 8 MiB); stderr keeps its last `maxStderrBytes` (default 8 KiB) */
  maxStdoutBytes?: number;
  maxStderrBytes?: number;
  /** niceness 0…19 of the child, so that heavy work never starves the web server (default 0) */
  niceness?: number;
  limits?: KernelLimits;
}

/** How a program ended. Exactly one of the reasons is true, or none and `exitCode` tells. */
export interface RunResult {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  stdout: Buffer;
  /** the tail of what it complained about, printable characters only */
  stderr: string;
  timedOut: boolean;
  aborted: boolean;
  overflowed: boolean;
  /** its resident memory went over `limits.memoryMb` */
  outOfMemory: boolean;
  /** the program itself was not found or could not be started */
  notStarted: boolean;
  ms: number;
}

/**
 * Runs a program to its end. Never throws: failure has the same shape as success.
 * @param command absolute path or a name on PATH
 * @param args    passed as they are; nothing is ever read by a shell
 */
export function runProgram(command: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  const startedAt = performance.now();
  const stdout: Buffer[] = [];
  const stderr = tailBuffer(options.maxStderrBytes ?? 8192);
  let stdoutBytes = 0;
  const why = { timedOut: false, aborted: false, overflowed: false, outOfMemory: false, notStarted: false };

  return new Promise((resolve) => {
    const child = startProgram(command, args, options);
    const end = (exitCode: number | null, signal: NodeJS.Signals | null): void => {
      clearTimeout(timer);
      clearInterval(watch);
      options.signal?.removeEventListener("abort", onAbort);
      resolve({ exitCode, signal, stdout: Buffer.concat(stdout), stderr: printable(stderr.text()), ...why, ms: performance.now() - startedAt });
    };
    const stop = (reason: "timedOut" | "aborted" | "overflowed" | "outOfMemory"): void => {
      why[reason] = true;
      void stopGroup(child, options.killAfterMs ?? 2000);
    };
    const onAbort = (): void => stop("aborted");
    const timer = setTimeout(() => stop("timedOut"), options.timeoutMs);
    const mostMb = options.limits?.memoryMb;
    const watch = mostMb === undefined ? undefined : setInterval(() => !why.outOfMemory && residentMb(child.pid) > mostMb && stop("outOfMemory"), 100);
    if (options.signal?.aborted) onAbort();
    else options.signal?.addEventListener("abort", onAbort, { once: true });

    child.stdout?.on("data", (chunk: Buffer) => {
      stdoutBytes += chunk.length;
      if (stdoutBytes > (options.maxStdoutBytes ?? 8 * 1024 * 1024)) {
        if (!why.overflowed) stop("overflowed");
      } else stdout.push(chunk);
    });
    child.stderr?.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.once("error", (error) => {
      why.notStarted = true;
      stderr.push(Buffer.from(error.message));
      end(null, null);
    });
    child.once("close", end);
  });
}

/**
 * Starts a program that goes on running (the speech engine): own process group, output piped. The caller owns it.
 * @param options.talks keeps its stdin open to be written to, see talking-program.ts; closed otherwise
 */
export function startProgram(command: string, args: readonly string[], options: Pick<RunOptions, "cwd" | "env" | "niceness" | "limits"> & { talks?: boolean } = {}): ChildProcess {
  const nice = options.niceness ?? 0;
  const [program = command, ...list] = [...(nice > 0 ? ["nice", "-n", String(nice)] : []), ...limiter(options.limits), command, ...args];
  return spawn(program, list, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: options.env ?? programEnvironment(),
    stdio: [options.talks === true ? "pipe" : "ignore", "pipe", "pipe"],
    detached: true, // a group of its own, so that whatever it starts is stopped with it
    shell: false,
  });
}

/** SIGTERM to the whole group, SIGKILL after `killAfterMs`. Resolves when the program is gone. */
export async function stopGroup(child: ChildProcess, killAfterMs = 2000): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  signalGroup(child.pid, "SIGTERM");
  const timer = setTimeout(() => child.pid !== undefined && signalGroup(child.pid, "SIGKILL"), killAfterMs);
  await gone;
  clearTimeout(timer);
  signalGroup(child.pid, "SIGKILL"); // stragglers of the group
}

const PRLIMIT = "/usr/bin/prlimit";

/** The command line that comes before a program with limits. Both `nice` and `prlimit` become the program, so its process id stays. */
function limiter(limits: KernelLimits | undefined): string[] {
  const { addressSpaceMb, cpuSeconds, fileBytes } = limits ?? {};
  const flags = [
    ...(addressSpaceMb === undefined ? [] : [`--as=${addressSpaceMb * 1_048_576}`]),
    ...(cpuSeconds === undefined ? [] : [`--cpu=${Math.ceil(cpuSeconds)}`]),
    ...(fileBytes === undefined ? [] : [`--fsize=${fileBytes}`]),
  ];
  return flags.length === 0 || !existsSync(PRLIMIT) ? [] : [PRLIMIT, "--core=0", ...flags];
}

/** Resident memory of a process. @returns 0 where the system does not tell, or when the program is gone. */
export function residentMb(pid: number | undefined): number {
  try {
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: the group is gone, which is what was wanted
  }
}

function tailBuffer(limit: number): { push(chunk: Buffer): void; text(): string } {
  let kept = Buffer.alloc(0);
  return {
    push(chunk) {
      kept = Buffer.concat([kept, chunk]).subarray(-limit);
    },
    text: () => kept.toString("utf8"),
  };
}

function printable(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, " ").trim();
}
