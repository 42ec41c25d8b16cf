// The speech engine of this machine: asks the resident whisper-server one window at a time and watches it; whisper-cli when it cannot be kept up.
import { join, resolve } from "node:path";
import { AppError, toAppError } from "../domain/index.ts";
import { takeTurns, within, type Clock, type Log } from "../platform/index.ts";
import { infer } from "./engine-client.ts";
import { parseServerWindow, type RawWindow } from "./engine-output.ts";
import { isSpeechLanguage } from "./languages.ts";
import { multipart, requestFields, type ModelSettings } from "./engine-requests.ts";
import { ResidentServer, type ResidentTimes } from "./resident-server.ts";
import type { ServerProcess } from "./server-process.ts";
import type { EngineState, EngineStatus, SpeechEngine, SpeechIdentity } from "./speech-engine.ts";
import { transcribeWithCli } from "./whisper-cli.ts";
import { BYTES_PER_MS, checkWindow, padded } from "./window-audio.ts";

export interface WhisperEngineOptions {
  identity: SpeechIdentity;
  /** folder with whisper-server and whisper-cli */
  binDir: string;
  modelPath: string;
  /** what this model wants beyond the common request */
  settings?: ModelSettings;
  threads: number;
  /** slowest acceptable speed, seconds of work per second of sound */
  worstSpeed: number;
  /** private folder of this engine alone; holds nothing worth keeping */
  workDir: string;
  log: Log;
  clock: Clock;
  /** `cli` never starts a server (default `server`) */
  mode?: "server" | "cli";
  /** niceness of the programs, so that speech never starves the web server (default 5) */
  niceness?: number;
  /** other times than {@link ENGINE_TIMES} */
  times?: Partial<EngineTimes>;
}

export interface EngineTimes extends ResidentTimes {
  /** work of every window besides its length: the encoder always computes a whole 30 s, which is about this much sound */
  fixedAudioMs: number;
  /** added to every limit of the watchdog: a busy machine, a slow disk */
  watchdogMs: number;
}

export const ENGINE_TIMES: EngineTimes = { startTimeoutMs: 120_000, fixedAudioMs: 10_000, watchdogMs: 5_000, backoffMs: 300, maxFailures: 3, fallbackMs: 300_000 };

/** Only assigns; nothing runs before `start` or the first window. */
export function createWhisperEngine(options: WhisperEngineOptions): SpeechEngine {
  return new WhisperEngine(options);
}

class WhisperEngine implements SpeechEngine {
  /** The server holds a lock around all of its work, and a second request would only hide a hang. */
  readonly parallel = 1;
  private readonly options: WhisperEngineOptions & { niceness: number };
  private readonly times: EngineTimes;
  private readonly queue = takeTurns();
  private readonly resident: ResidentServer;
  private windows = 0;

  constructor(options: WhisperEngineOptions) {
    const { niceness = 5, mode = "server" } = options;
    this.options = { ...options, niceness, binDir: resolve(options.binDir), modelPath: resolve(options.modelPath), workDir: resolve(options.workDir) };
    this.times = { ...ENGINE_TIMES, ...options.times };
    this.resident = new ResidentServer({ ...this.options, mode, times: this.times });
  }

  get identity(): SpeechIdentity {
    return this.options.identity;
  }

  /** What is down here must be mended, and the next window tries whether it was. */
  canHear(): boolean {
    return true;
  }

  /**
   * Ends what an earlier life left behind and starts the server; resolves when it hears (or when whisper-cli took over). May be left out: the
   * first window starts it too.
   * @throws AppError SPEECH_ENGINE_MISSING, SPEECH_MODEL_MISSING; nothing needs to be restarted once that is mended
   */
  async start(): Promise<void> {
    this.resident.allow();
    await this.resident.ready();
  }

  /** Ends the server and everything it started; windows that wait or run are rejected with SHUTTING_DOWN. May be started again. */
  async stop(): Promise<void> {
    await this.resident.stop();
    await this.queue.idle();
  }

  state(): EngineState {
    return this.resident.state();
  }

  status(): EngineStatus {
    const { pid, restarts, error } = this.resident.facts();
    return { state: this.state(), pid, restarts, windows: this.windows, pending: this.queue.pending(), lastError: error && { code: error.code, message: error.message }, endpoints: [] };
  }

  /**
   * Windows wait for each other. Models that know only English hear English whatever is asked.
   * @throws AppError SPEECH_TIMEOUT (the server was killed and starts again), SPEECH_ENGINE_FAILED, SPEECH_OUTPUT_INVALID,
   *   SPEECH_ENGINE_MISSING, SPEECH_MODEL_MISSING, SHUTTING_DOWN; the signal's reason when the caller gave up
   */
  async transcribeWindow(pcm: Buffer, ask: { language: string; signal: AbortSignal }): Promise<RawWindow> {
    checkWindow(pcm);
    const language = isSpeechLanguage(ask.language) ? ask.language : "auto";
    return this.queue.run(ask.signal, this.resident.stopSignal, async (signal) => {
      const server = await within(this.resident.ready(), signal);
      const heard = await (server === undefined ? this.askCli(padded(pcm), language, signal) : this.askServer(server, padded(pcm), language, signal));
      this.windows++;
      return heard;
    });
  }

  private async askServer(server: ServerProcess, pcm: Buffer, language: string, signal: AbortSignal): Promise<RawWindow> {
    const limitMs = this.limitMs(pcm);
    const request = new AbortController();
    const finished = new AbortController();
    let isTooSlow = false;
    const giveUp = (): void => request.abort(signal.reason);
    const killTooSlow = (): void => {
      isTooSlow = true;
      request.abort();
    };
    signal.addEventListener("abort", giveUp, { once: true });
    this.options.clock.sleep(limitMs, finished.signal).then(killTooSlow, () => undefined);
    try {
      const answer = await infer(server.address, multipart(Object.entries(requestFields(language, this.options.settings)), pcm), request.signal);
      if (answer.status !== 200) throw refused(answer.status);
      const heard = parseServerWindow(answer.body);
      this.resident.noteSuccess();
      return heard;
    } catch (thrown) {
      signal.throwIfAborted(); // given up: the closed connection made the server stop working
      await server.end(0); // whatever it was, a fresh one is in a known state
      throw this.noted(isTooSlow ? tooSlow(limitMs) : toAppError(thrown, "SPEECH_ENGINE_FAILED", "The speech engine ended in the middle of its work; it is restarted and the call tried again"));
    } finally {
      signal.removeEventListener("abort", giveUp);
      finished.abort();
    }
  }

  private async askCli(pcm: Buffer, language: string, signal: AbortSignal): Promise<RawWindow> {
    const { binDir } = this.options;
    const timeoutMs = this.limitMs(pcm) + this.times.watchdogMs; // it loads the model first
    try {
      return await transcribeWithCli(pcm, { ...this.options, command: join(binDir, "whisper-cli"), language, timeoutMs, signal });
    } catch (thrown) {
      signal.throwIfAborted();
      throw this.noted(toAppError(thrown, "SPEECH_ENGINE_FAILED"));
    }
  }

  private noted(error: AppError): AppError {
    this.options.log.warn({ event: "speech.window_failed", code: error.code, ...error.details }, "a window of speech failed");
    return this.resident.noteError(error);
  }

  /** The watchdog of one window. `/health` says "ok" even while an inference hangs, so only time tells. */
  private limitMs(pcm: Buffer): number {
    return Math.ceil((pcm.length / BYTES_PER_MS + this.times.fixedAudioMs) * this.options.worstSpeed + this.times.watchdogMs);
  }
}

function refused(status: number): AppError {
  return new AppError("SPEECH_ENGINE_FAILED", `The speech engine answered with status ${status}; it is restarted and the call tried again`, { details: { status } });
}

function tooSlow(limitMs: number): AppError {
  return new AppError("SPEECH_TIMEOUT", `The speech engine took longer than ${Math.round(limitMs / 1000)} s for one window and was ended; it is tried again. If this stays, take a smaller model or raise speech.worst_speed`, {
    details: { limitMs },
  });
}
