// Keeps one whisper-server alive: starts it, starts it again when it ends, and says when that is hopeless for now.
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { join } from "node:path";
import { AppError, toAppError } from "../domain/index.ts";
import { ensureFolder, type Clock, type Log } from "../platform/index.ts";
import { inspectModel } from "./identify-model.ts";
import { endOrphan, sweepWindows } from "./orphans.ts";
import type { EngineState } from "./speech-engine.ts";
import { howItEnded, launchServer, type ServerEnd, type ServerProcess } from "./server-process.ts";

export interface ResidentOptions {
  /** folder with whisper-server and whisper-cli */
  binDir: string;
  modelPath: string;
  threads: number;
  niceness: number;
  workDir: string;
  log: Log;
  clock: Clock;
  /** `cli` never starts a server */
  mode: "server" | "cli";
  times: ResidentTimes;
}

export interface ResidentTimes {
  /** loading a model of 3 GB from a slow disk takes a minute */
  startTimeoutMs: number;
  /** pause before the second start; doubles with each failure up to 100 times this */
  backoffMs: number;
  /** failures of the server in a row (starts, crashes, hangs) before whisper-cli takes over */
  maxFailures: number;
  /** how long whisper-cli is used before the server is tried again */
  fallbackMs: number;
}

export class ResidentServer {
  private readonly options: ResidentOptions;
  private stopping = new AbortController();
  private isStarted = false;
  private server: ServerProcess | undefined;
  /** the one start that is under way */
  private starting: Promise<ServerProcess | undefined> | undefined;
  /** in a row */
  private failures = 0;
  private fallbackUntilMs = 0;
  private launches = 0;
  private error: AppError | undefined;

  constructor(options: ResidentOptions) {
    this.options = options;
  }

  /**
   * Starts the server unless it runs, and waits until it hears.
   * @returns the server; undefined when whisper-cli has to do
   * @throws AppError SPEECH_ENGINE_MISSING, SPEECH_MODEL_MISSING (nothing needs to be restarted once that is mended), SHUTTING_DOWN
   */
  ready(): Promise<ServerProcess | undefined> {
    if (this.server !== undefined) return Promise.resolve(this.server);
    this.starting ??= this.keepStarting()
      .catch((thrown: unknown) => {
        throw this.noteError(toAppError(thrown, "SPEECH_ENGINE_FAILED"));
      })
      .finally(() => (this.starting = undefined));
    return this.starting;
  }

  /** Makes it startable again after {@link stop}. */
  allow(): void {
    if (this.stopping.signal.aborted) this.stopping = new AbortController();
  }

  /** Ends the server and everything it started. Everybody who waits for it is rejected with SHUTTING_DOWN. */
  async stop(): Promise<void> {
    this.stopping.abort(new AppError("SHUTTING_DOWN", "Earshot is stopping; the call is continued at the next start"));
    await this.starting?.catch(() => undefined);
    await this.server?.end(1000);
    this.server = undefined;
    this.isStarted = false;
  }

  /** Aborts with `stop`. */
  get stopSignal(): AbortSignal {
    return this.stopping.signal;
  }

  state(): EngineState {
    if (!this.isStarted || this.stopping.signal.aborted) return "stopped";
    if (this.server !== undefined) return "ready";
    if (this.starting !== undefined) return this.launches > 1 ? "restarting" : "starting";
    return this.usesCli() ? "degraded" : "down";
  }

  /** Process id, starts beyond the first, and what went wrong last. */
  facts(): { pid: number | undefined; restarts: number; error: AppError | undefined } {
    return { pid: this.server?.pid, restarts: Math.max(0, this.launches - 1), error: this.error };
  }

  /** A window was heard: failures begin to count anew. */
  noteSuccess(): void {
    this.failures = 0;
  }

  noteError(error: AppError): AppError {
    if (error.code !== "SHUTTING_DOWN") this.error = error;
    return error;
  }

  private usesCli(): boolean {
    return this.options.mode === "cli" || this.options.clock.now() < this.fallbackUntilMs;
  }

  private async keepStarting(): Promise<ServerProcess | undefined> {
    const { binDir, modelPath, workDir, log } = this.options;
    await ensureFolder(workDir);
    if (!this.isStarted) await sweepWindows(workDir);
    this.isStarted = true;
    const orphan = await endOrphan(workDir);
    if (orphan !== undefined) log.warn({ event: "speech.orphan_ended", pid: orphan }, "a speech engine of an earlier run was ended");
    await inspectModel(modelPath);
    const [hasServer, hasCli] = await Promise.all([isProgram(join(binDir, "whisper-server")), isProgram(join(binDir, "whisper-cli"))]);
    while (hasServer && !this.usesCli()) {
      try {
        return await this.startOnce();
      } catch (thrown) {
        this.stopping.signal.throwIfAborted();
        const error = this.noteError(toAppError(thrown, "SPEECH_ENGINE_FAILED"));
        log.warn({ event: "speech.start_failed", code: error.code, ...error.details }, "the speech engine did not start");
        if (error.retry === "after_fix") throw error; // whisper-cli would stumble over the same model
        if (this.countFailure() && !hasCli) throw error;
      }
    }
    if (!hasCli) throw engineMissing(binDir);
    return undefined;
  }

  private async startOnce(): Promise<ServerProcess> {
    const { binDir, clock, log, times } = this.options;
    const { signal } = this.stopping;
    if (this.failures > 0) await clock.sleep(times.backoffMs * Math.min(100, 2 ** (this.failures - 1)), signal);
    const startedAtMs = clock.now();
    this.launches++;
    const server = await launchServer({ ...this.options, command: join(binDir, "whisper-server"), startTimeoutMs: times.startTimeoutMs, signal });
    this.server = server;
    void server.ended.then((end) => this.lost(server, end));
    log.info({ event: "speech.ready", pid: server.pid, ms: clock.now() - startedAtMs, restarts: this.launches - 1 }, "the speech engine hears");
    return server;
  }

  /** Whatever ends the server while we want it: it is started again. */
  private lost(server: ServerProcess, end: ServerEnd): void {
    if (this.server === server) this.server = undefined;
    if (this.stopping.signal.aborted) return;
    this.countFailure();
    this.options.log.warn({ event: "speech.ended", how: howItEnded(end) }, "the speech engine ended and is started again");
    this.ready().catch(() => undefined); // it is the last error now, and the next window tries again
  }

  /** @returns true when whisper-cli takes over now */
  private countFailure(): boolean {
    if (++this.failures < this.options.times.maxFailures) return false;
    const { clock, log, times } = this.options;
    this.failures = 0;
    this.fallbackUntilMs = clock.now() + times.fallbackMs;
    log.error({ event: "speech.degraded", forMs: times.fallbackMs }, "the speech engine does not stay up; whisper-cli does its work for now");
    return true;
  }
}

function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(() => true, () => false);
}

function engineMissing(binDir: string): AppError {
  return new AppError("SPEECH_ENGINE_MISSING", `The speech engine is not in ${binDir}; build it with: npm run setup, or set speech.engine_dir`);
}
