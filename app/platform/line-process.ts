// A program of ours that answers requests, a line of JSON each: started with the first one, watched, ended when idle or used up, started again after a death.
import { AppError, type ErrorCode } from "../domain/index.ts";
import type { Log } from "./log.ts";
import { startLife, type Life, type Loss } from "./line-life.ts";

export interface LineProcessOptions {
  /** what it is, as the subject of a sentence: `The embedding model all-minilm-l6-v2` */
  what: string;
  /** of every error that comes from it */
  code: ErrorCode;
  /** of this same Node: flags, then the file and what it is told. It answers request 0, which nobody writes, when it is ready. */
  args: readonly string[];
  log: Log;
  /** resident memory; a request that needs more ends the process */
  memoryMb: number;
  /** 0…19 */
  niceness?: number;
  /** loading a model from a slow disk takes a while */
  startTimeoutMs?: number;
  /** what it holds is given back when nobody asked for this long */
  idleMs?: number;
  /** requests of one life: native memory that leaks is given back then */
  maxRequests?: number;
  /** pause after the second failure in a row; doubles with each, up to a minute. Until then requests are refused at once. */
  backoffMs?: number;
}

export interface LineRequestOptions {
  /** then the process is ended and the request fails */
  timeoutMs: number;
  /** ends the waiting at once; what the process works on is worked off and thrown away */
  signal?: AbortSignal | undefined;
}

export interface LineStatus {
  state: "idle" | "starting" | "ready" | "working" | "failed";
  pid: number | undefined;
  /** starts after a death; those after idleness are not counted */
  restarts: number;
}

const DEFAULTS = { niceness: 10, startTimeoutMs: 120_000, idleMs: 300_000, maxRequests: 5_000, backoffMs: 2_000 };
const LONGEST_PAUSE_MS = 60_000;

/** One request at a time, in the order in which they came. */
export class LineProcess {
  private readonly options: LineProcessOptions & typeof DEFAULTS;
  private queue: Promise<unknown> = Promise.resolve();
  private life: Life | undefined;
  private isStopped = false;
  private answered = 0;
  /** in a row */
  private failures = 0;
  private restarts = 0;
  private pausedUntil = 0;
  private idle: NodeJS.Timeout | undefined;

  constructor(options: LineProcessOptions) {
    this.options = { ...DEFAULTS, ...options };
  }

  /**
   * A process that dies of itself while it works is started again and asked once more; one that was ended for its time or memory is not.
   * @param body sent as JSON, with an `id`
   * @returns `ok` of the answer; parse it
   * @throws AppError of `options.code`; SHUTTING_DOWN after `stop`; the signal's reason
   */
  request(body: object, { timeoutMs, signal }: LineRequestOptions): Promise<unknown> {
    const work = this.queue.then(() => {
      signal?.throwIfAborted();
      return this.ask(body, timeoutMs);
    });
    this.queue = work.catch(() => undefined);
    return signal === undefined ? work : untilAborted(work, signal);
  }

  status(): LineStatus {
    const life = this.life?.isOver() === true ? undefined : this.life;
    return { state: life?.state() ?? (this.failures > 0 ? "failed" : "idle"), pid: life?.pid, restarts: this.restarts };
  }

  /** Ends the process for good. Whoever waits is refused. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.endLife();
    await this.queue;
  }

  private async ask(body: object, timeoutMs: number): Promise<unknown> {
    for (let isLastTry = false; ; isLastTry = true) {
      const life = this.living();
      const loss = (await life.ready) ?? (await life.ask(body, timeoutMs));
      const isAlive = "ok" in loss || (loss.why === "refused" && life.isReady());
      if (isAlive) this.noteAnswer();
      if ("ok" in loss) return loss.ok;
      if (this.isStopped) throw shuttingDown();
      if (isAlive) throw this.failure(loss);
      this.noteLoss(loss);
      if (loss.why !== "ended" || isLastTry || !life.isReady()) throw this.failure(loss);
    }
  }

  private living(): Life {
    if (this.isStopped) throw shuttingDown();
    clearTimeout(this.idle);
    if (this.life !== undefined && !this.life.isOver()) return this.life;
    const waitMs = this.pausedUntil - performance.now();
    if (waitMs > 0) throw new AppError(this.options.code, `${this.options.what} failed ${this.failures} times in a row; it is tried again in ${Math.ceil(waitMs / 1000)} s`, { details: { retryAfterMs: Math.ceil(waitMs) } });
    if (this.failures > 0) this.restarts++;
    this.answered = 0;
    return (this.life = startLife(this.options));
  }

  private noteAnswer(): void {
    this.failures = 0;
    if (++this.answered >= this.options.maxRequests) void this.endLife();
    else this.idle = setTimeout(() => void this.endLife(), this.options.idleMs).unref();
  }

  private noteLoss(loss: Loss): void {
    this.life = undefined;
    this.failures++;
    const pauseMs = this.failures < 2 ? 0 : Math.min(LONGEST_PAUSE_MS, this.options.backoffMs * 2 ** (this.failures - 2));
    this.pausedUntil = performance.now() + pauseMs;
    this.options.log.warn({ event: "model.process_lost", why: loss.why, how: loss.how, failures: this.failures }, "a model's process was lost");
  }

  private async endLife(): Promise<void> {
    clearTimeout(this.idle);
    const { life } = this;
    this.life = undefined;
    await life?.end();
  }

  private failure({ why, how }: Loss): AppError {
    const { what, code, memoryMb } = this.options;
    const sentence = { refused: `failed: ${how}`, ended: `ended by itself (${how})`, late: `did not answer within ${how} and was ended`, memory: `needed more than ${memoryMb} MB and was ended` }[why];
    return new AppError(code, `${what} ${sentence}`, { details: { why } });
  }
}

function shuttingDown(): AppError {
  return new AppError("SHUTTING_DOWN", "Earshot is stopping; this is done at the next start");
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
