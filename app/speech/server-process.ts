// One life of one whisper-server: started on a free loopback port, waited for until it hears, ended with its whole group.
import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { basename, join } from "node:path";
import { AppError } from "../domain/index.ts";
import { ensureFolder, startProgram, stopGroup, type Clock } from "../platform/index.ts";
import { freePort, isHealthy } from "./engine-client.ts";
import { serverArguments, type ServerAddress } from "./engine-requests.ts";
import { forgetServer, recordServer } from "./orphans.ts";

export interface LaunchOptions {
  command: string;
  modelPath: string;
  threads: number;
  /** 0…19; speech must not starve the web server */
  niceness: number;
  workDir: string;
  clock: Clock;
  /** loading a model of 3 GB from a slow disk takes a minute */
  startTimeoutMs: number;
  /** aborting ends the process */
  signal: AbortSignal;
}

/** How a server ended. */
export interface ServerEnd {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  /** the last it wrote to stderr: load messages and errors, never what was said */
  stderr: string;
}

/** A server that hears. */
export interface ServerProcess {
  pid: number;
  address: ServerAddress;
  /** resolves when the process is gone, for whatever reason */
  ended: Promise<ServerEnd>;
  /** SIGTERM, then SIGKILL after `killAfterMs` (0: at once), to the group. Resolves when it is gone. */
  end(killAfterMs: number): Promise<void>;
}

const POLL_MS = 40;
const STDERR_BYTES = 2000;
/** util-linux; asks the kernel to kill the server when we die, even by SIGKILL. Where it is missing, orphans.ts cleans up at the next start. */
const SETPRIV = "/usr/bin/setpriv";

/**
 * Starts a server and waits until the model is loaded (it binds its port only then).
 * @throws AppError SPEECH_MODEL_MISSING when it cannot read the model, SPEECH_TIMEOUT when it does not get ready, else SPEECH_ENGINE_FAILED:
 *   any exit is a failure, also with code 0 (unknown argument)
 */
export async function launchServer(options: LaunchOptions): Promise<ServerProcess> {
  const address = { port: await freePort(), requestPath: `/${randomBytes(32).toString("hex")}` };
  const publicDir = await ensureFolder(join(options.workDir, "public"));
  const [command, args] = await boundToUs(options.command, serverArguments({ ...options, publicDir, address }));
  options.signal.throwIfAborted();
  const child = startProgram(command, args, { cwd: options.workDir, niceness: options.niceness });
  const ended = endOf(child);
  let isGone = false;
  void ended.then(() => (isGone = true));
  const pid = child.pid;
  if (pid === undefined) throw startFailure(options, await ended);
  const server: ServerProcess = {
    pid,
    address,
    ended,
    async end(killAfterMs) {
      await stopGroup(child, killAfterMs);
      await ended;
      await forgetServer(options.workDir, pid);
    },
  };
  try {
    await recordServer(options.workDir, { pid, requestPath: address.requestPath });
    const deadlineMs = options.clock.now() + options.startTimeoutMs;
    while (!(await isHealthy(address))) {
      if (isGone) throw startFailure(options, await ended);
      if (options.clock.now() > deadlineMs) throw startTimeout(options);
      await Promise.race([options.clock.sleep(POLL_MS, options.signal), ended]);
    }
    return server;
  } catch (error) {
    await server.end(0);
    throw error;
  }
}

/** Listens to a child until it is gone, and a moment longer for the last of its stderr. */
function endOf(child: ReturnType<typeof startProgram>): Promise<ServerEnd> {
  let stderr = "";
  child.stdout?.resume(); // a full pipe would stop the server
  child.stderr?.on("data", (chunk: Buffer) => (stderr = (stderr + chunk.toString("latin1")).slice(-STDERR_BYTES)));
  return new Promise((resolve) => {
    child.once("error", () => resolve({ exitCode: null, signal: null, stderr }));
    child.once("exit", (exitCode, signal) => {
      const end = (): void => resolve({ exitCode, signal, stderr });
      const timer = setTimeout(end, 100);
      child.once("close", () => {
        clearTimeout(timer);
        end();
      });
    });
  });
}

async function boundToUs(command: string, args: string[]): Promise<[string, string[]]> {
  const hasSetpriv = await access(SETPRIV, constants.X_OK).then(() => true, () => false);
  return hasSetpriv ? [SETPRIV, ["--pdeathsig", "KILL", command, ...args]] : [command, args];
}

function startFailure(options: LaunchOptions, end: ServerEnd): AppError {
  const details = { exitCode: end.exitCode, signal: end.signal, stderr: end.stderr.slice(-500) };
  if (end.exitCode === 3) {
    return new AppError("SPEECH_MODEL_MISSING", `The speech model ${basename(options.modelPath)} is damaged or not for this engine; install it again with: scripts/earshot models fetch`, { details });
  }
  const advice =
    end.signal === "SIGILL" || end.exitCode === 132
      ? "it was built for another processor; rebuild it with: npm run setup"
      : "it is tried again; if this stays, rebuild it with: npm run setup";
  return new AppError("SPEECH_ENGINE_FAILED", `The speech engine ended while it started (${howItEnded(end)}); ${advice}`, { details });
}

function startTimeout(options: LaunchOptions): AppError {
  const seconds = Math.round(options.startTimeoutMs / 1000);
  return new AppError("SPEECH_TIMEOUT", `The speech engine was not ready after ${seconds} s; it is tried again, and a smaller model (speech.model) loads faster`);
}

/** `exit code 1` or `signal SIGKILL`, for messages. */
export function howItEnded(end: ServerEnd): string {
  return end.signal === null ? `exit code ${end.exitCode ?? "unknown"}` : `signal ${end.signal}`;
}
