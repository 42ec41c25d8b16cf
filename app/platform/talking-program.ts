// A program that is talked with, line by line, as long as it lives: a model in a process of its own. It dies with us, and of too much memory.
import { existsSync } from "node:fs";
import { residentMb, startProgram, stopGroup, type RunOptions } from "./subprocess.ts";

/** How it ended. */
export interface TalkEnd {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  /** the same in words: `signal SIGKILL`, `exit code 1`, or why it could not be started */
  how: string;
  /** its resident memory went over `limits.memoryMb` */
  outOfMemory: boolean;
  /** the last that it wrote to stderr */
  stderr: string;
}

export interface TalkingProgram {
  pid: number | undefined;
  /** One line to its stdin. Lines to a program that is gone are lost: `ended` tells. */
  say(line: string): void;
  /** resolves when it is gone, for whatever reason */
  ended: Promise<TalkEnd>;
  /** SIGKILL to its group: it holds nothing that must be put in order. Resolves when it is gone. */
  end(): Promise<void>;
}

/** An answer longer than this is no answer. */
const LONGEST_LINE = 8 * 1_048_576;
const STDERR_CHARACTERS = 2000;
const LOOK_EVERY_MS = 200;
/** util-linux; the kernel then kills the program when we die, even by SIGKILL. Elsewhere it sees that its stdin ended. */
const SETPRIV = "/usr/bin/setpriv";

/**
 * Starts a program whose lines on stdout are for us; its stdin stays open as long as we live.
 * @param onLine called with each line, without its end
 */
export function startTalking(command: string, args: readonly string[], options: Pick<RunOptions, "cwd" | "env" | "niceness" | "limits"> & { onLine: (line: string) => void }): TalkingProgram {
  const [program, list] = existsSync(SETPRIV) ? [SETPRIV, ["--pdeathsig", "KILL", command, ...args]] : [command, [...args]];
  const child = startProgram(program, list, { ...options, listens: true });
  let outOfMemory = false;
  let stderr = "";
  let rest = "";
  const kill = (): void => void stopGroup(child, 0);
  const mostMb = options.limits?.memoryMb ?? Infinity;
  const watch = setInterval(() => {
    if (residentMb(child.pid) <= mostMb) return;
    outOfMemory = true;
    kill();
  }, LOOK_EVERY_MS).unref();
  child.stdin?.on("error", () => undefined); // it is gone; `ended` says so
  child.stderr?.on("data", (chunk: Buffer) => (stderr = (stderr + chunk.toString("latin1")).slice(-STDERR_CHARACTERS)));
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > LONGEST_LINE) kill();
    for (const line of lines) options.onLine(line);
  });
  const ended = new Promise<TalkEnd>((resolve) => {
    const end = (exitCode: number | null, signal: NodeJS.Signals | null, how = signal === null ? `exit code ${exitCode ?? "unknown"}` : `signal ${signal}`): void => {
      clearInterval(watch);
      resolve({ exitCode, signal, how, outOfMemory, stderr });
    };
    child.once("error", (error) => end(null, null, error.message));
    child.once("close", (exitCode, signal) => end(exitCode, signal));
  });
  return {
    pid: child.pid,
    say: (line) => void child.stdin?.write(`${line}\n`),
    ended,
    async end() {
      await stopGroup(child, 0);
      await ended;
    },
  };
}
