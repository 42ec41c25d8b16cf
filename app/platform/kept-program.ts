// A program that answers lines, kept: started by the first question, asked one at a time, let go when idle or used up, started again with growing rests when it is lost.
import { AppError, toAppError, type ErrorCode } from "../domain/index.ts";
import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";
import { startLife, type Life, type LifeOptions, type Loss } from "./line-life.ts";
import { takeTurns, within } from "./take-turns.ts";

export interface KeepOptions<Reply extends { id: number }> extends LifeOptions<Reply> {
  /** of what goes wrong without an error of its own */
  code: ErrorCode;
  log: Log;
  clock: Pick<Clock, "now" | "sleep">;
  /** what it holds is given back when nobody asked for this long */
  idleMs: number;
  /** questions of one life: memory that leaks is given back then */
  maxQuestions: number;
  /** a question at which it ended by itself is asked so often altogether */
  tries: number;
  /** failures in a row that cost no rest; the next costs `restMs`, which doubles with each, up to a minute */
  freeFailures: number;
  restMs: number;
  /** before the first start; throws what is wrong */
  prepare?: ((signal: AbortSignal) => Promise<void>) | undefined;
  /** Its first reply. Throws AppError when that says that it cannot work. */
  greet(first: Reply, of: { pid: number | undefined; ms: number }): void;
  failure(loss: Loss, when: "loading" | "working"): AppError;
  /** what a question gets while it rests; undefined: it waits */
  resting: (restMs: number, failures: number, last: AppError) => AppError | undefined;
  /** what is said of a question that nobody wants any more, and how long it may then take; without it, it is worked off */
  cancel?: { words(id: number): object; withinMs: number };
}

export interface KeptStatus {
  /** `idle`: started by the next question · `failed`: lost, and not started again yet */
  state: "idle" | "loading" | "ready" | "working" | "failed";
  pid: number | undefined;
  /** starts after a failure; those after idleness are not counted */
  restarts: number;
  /** what failed, while it is `failed` */
  error: AppError | undefined;
}

const LONGEST_REST_MS = 60_000;

export class KeptProgram<Reply extends { id: number }> {
  private readonly options: KeepOptions<Reply>;
  private readonly turns = takeTurns();
  private stopping = new AbortController();
  private life: Life<Reply> | undefined;
  private isLoading = false;
  private isPrepared = false;
  private asked = 0;
  /** in a row */
  private failures = 0;
  private restarts = 0;
  private restUntilMs = 0;
  private lastError: AppError | undefined;
  private idle: NodeJS.Timeout | undefined;
  /** the end of what nobody waits for */
  private clearing: Promise<unknown> = Promise.resolve();

  constructor(options: KeepOptions<Reply>) {
    this.options = options;
  }

  /**
   * One question at a time, in the order in which they came.
   * @param limitMs from the moment it is asked, without loading; then the program is ended
   * @throws AppError of `failure`, `resting`, `greet` or `prepare`; SHUTTING_DOWN; the caller's reason, at once
   */
  request(body: object, limitMs: number, caller: AbortSignal = new AbortController().signal): Promise<Reply> {
    return this.turns.run(caller, this.stopping.signal, async (signal) => {
      clearTimeout(this.idle);
      await within(this.clearing, signal);
      try {
        return await this.ask(body, limitMs, signal);
      } finally {
        this.rest();
      }
    });
  }

  status(): KeptStatus {
    const isFailed = this.failures > 0 && this.life === undefined && !this.isLoading;
    const state = this.isLoading ? "loading" : this.life !== undefined ? (this.life.isAsked() ? "working" : "ready") : isFailed ? "failed" : "idle";
    return { state, pid: this.life?.pid, restarts: this.restarts, error: isFailed ? this.lastError : undefined };
  }

  /** Ends it; whoever waits is refused. It may be asked again. */
  async stop(): Promise<void> {
    this.stopping.abort(new AppError("SHUTTING_DOWN", "Earshot is stopping; this is done at the next start"));
    await this.turns.idle();
    await this.letGo();
    this.stopping = new AbortController();
  }

  private async ask(body: object, limitMs: number, signal: AbortSignal): Promise<Reply> {
    for (let tries = 1; ; tries++) {
      const life = await this.ready(signal);
      this.asked++;
      const question = life.ask(body, limitMs);
      const outcome = await within(question.outcome, signal).catch((aborted: unknown) => {
        this.clearing = this.giveUp(life, question);
        throw aborted;
      });
      if ("reply" in outcome) {
        this.failures = 0;
        return outcome.reply;
      }
      const error = this.lose(life, outcome.loss);
      await life.end();
      if (outcome.loss.why !== "ended" || tries >= this.options.tries) throw error;
    }
  }

  /** Loaded: the present life, or a new one after the rest that failures cost. */
  private async ready(signal: AbortSignal): Promise<Life<Reply>> {
    if (this.life !== undefined) return this.life;
    const { clock, prepare, resting, code } = this.options;
    const restMs = this.restUntilMs - clock.now();
    if (restMs > 0 && this.lastError !== undefined) {
      const refusal = resting(restMs, this.failures, this.lastError);
      if (refusal !== undefined) throw refusal;
      await clock.sleep(restMs, signal);
    }
    this.isLoading = true;
    try {
      if (!this.isPrepared) await prepare?.(signal);
      this.isPrepared = true;
      return (this.life = await this.launch(signal));
    } catch (thrown) {
      if (!signal.aborted) this.noteFailure(toAppError(thrown, code));
      throw thrown;
    } finally {
      this.isLoading = false;
    }
  }

  private async launch(signal: AbortSignal): Promise<Life<Reply>> {
    if (this.failures > 0) this.restarts++;
    this.asked = 0;
    const startedAt = performance.now();
    const life = startLife(this.options);
    try {
      const outcome = await within(life.first, signal);
      if ("loss" in outcome) throw this.options.failure(outcome.loss, "loading");
      this.options.greet(outcome.reply, { pid: life.pid, ms: Math.round(performance.now() - startedAt) });
    } catch (thrown) {
      await life.end();
      throw thrown;
    }
    void life.over.then((loss) => this.lose(life, loss)); // also when it dies while nobody asks
    return life;
  }

  private async giveUp(life: Life<Reply>, { id, outcome }: ReturnType<Life<Reply>["ask"]>): Promise<void> {
    const { cancel } = this.options;
    if (cancel === undefined) return void (await outcome);
    life.say(cancel.words(id));
    const isDone = await Promise.race([outcome.then(() => true), new Promise<boolean>((resolve) => setTimeout(() => resolve(false), cancel.withinMs).unref())]);
    if (!isDone && this.life === life) await this.letGo();
  }

  /** It is gone without our doing, which counts once. @returns what to tell whoever asked */
  private lose(life: Life<Reply>, loss: Loss): AppError {
    const error = this.options.failure(loss, "working");
    if (this.life === life) {
      this.life = undefined;
      this.noteFailure(error);
    }
    return error;
  }

  private noteFailure(error: AppError): void {
    const { freeFailures, log, clock } = this.options;
    this.lastError = error;
    const costly = ++this.failures - freeFailures;
    const restMs = costly < 1 ? 0 : Math.min(LONGEST_REST_MS, this.options.restMs * 2 ** Math.min(10, costly - 1));
    this.restUntilMs = clock.now() + restMs;
    log.warn({ event: "model.process_lost", code: error.code, failures: this.failures, restMs, ...error.details }, error.message);
  }

  /** After a question: used up, or not needed for a while. */
  private rest(): void {
    const sleep = (): void => void (this.clearing = Promise.all([this.clearing, this.letGo()]));
    if (this.life === undefined) return;
    if (this.asked >= this.options.maxQuestions) sleep();
    else this.idle = setTimeout(sleep, this.options.idleMs).unref();
  }

  /** Ends it on purpose: no failure. */
  private async letGo(): Promise<void> {
    clearTimeout(this.idle);
    const { life } = this;
    this.life = undefined;
    await life?.end();
  }
}
