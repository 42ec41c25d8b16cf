// Keeps the process with the language model: starts it when it is needed, watches every question, starts it again when it dies, lets it go when it idles.
import { fileURLToPath } from "node:url";
import { AppError, toAppError } from "../../../domain/index.ts";
import { programEnvironment, startTalking, takeTurns, within, type Clock, type Log, type TalkEnd, type TalkingProgram } from "../../../platform/index.ts";
import { parseLine, replySchema, type Answer, type Reply, type Request, type Start } from "./protocol.ts";

export interface LlamaChildOptions {
  start: Start;
  /** resident memory beyond which the process is ended */
  memoryMb: number;
  /** the process is let go when nothing was asked for this long: its memory is then free */
  idleMs: number;
  /** questions after which it is started anew */
  recycleAfter: number;
  log: Log;
  clock: Clock;
  /** called once, before the first start, e.g. to compare the file with its sum; throws what is wrong */
  verify?: (signal: AbortSignal) => Promise<void>;
  times?: Partial<typeof LLAMA_TIMES>;
  /** what is started instead of Node with our own process (tests) */
  command?: readonly [string, ...string[]];
}

export const LLAMA_TIMES = {
  /** a model of 8 GB from a slow disk */
  startTimeoutMs: 300_000,
  /** rest before the second start in a row; doubles up to a minute */
  backoffMs: 1_000,
  /** how long a question that nobody wants any more may take to end before the process is killed */
  cancelMs: 5_000,
};

const LONGEST_BACKOFF_MS = 60_000;
/** After this many deaths in a row questions fail at once while it rests: calls get the extractive engine instead of waiting. */
const HOPELESS = 3;
const NICENESS = 10;

interface Child {
  program: TalkingProgram;
  contextTokens: number;
  gpu: string | null;
  asked: number;
  waiting: Map<number, (answer: Answer) => void>;
}

/** A request without its number. */
export type Ask = DistributiveOmit<Exclude<Request, { ask: "cancel" }>, "id">;
type DistributiveOmit<Type, Key extends PropertyKey> = Type extends unknown ? Omit<Type, Key> : never;

export class LlamaChild {
  private readonly options: LlamaChildOptions;
  private readonly times: typeof LLAMA_TIMES;
  private readonly turns = takeTurns();
  private stopping = new AbortController();
  private child: Child | undefined;
  private isLoading = false;
  private isVerified = false;
  private nextId = 1;
  private starts = 0;
  /** in a row */
  private failures = 0;
  private restUntilMs = 0;
  private lastError: AppError | undefined;
  private idle: NodeJS.Timeout | undefined;
  /** the end of a question that was given up */
  private clearing: Promise<unknown> = Promise.resolve();

  constructor(options: LlamaChildOptions) {
    this.options = options;
    this.times = { ...LLAMA_TIMES, ...options.times };
  }

  /** Tokens of the context of the model that is loaded; what was asked for before one was. */
  get contextTokens(): number {
    return this.child?.contextTokens ?? this.options.start.contextTokens;
  }

  get pid(): number | undefined {
    return this.child?.program.pid;
  }

  /**
   * One question at a time; the others wait.
   * @param limitMs from the moment it is asked to its answer, without loading
   * @throws AppError ANALYSIS_FAILED (the process ended, or said that it cannot), ANALYSIS_TIMEOUT, ANALYSIS_OUTPUT_INVALID (cut off), ANALYSIS_MODEL_MISSING,
   *   MODEL_INVALID, SHUTTING_DOWN; the signal's reason when the caller gave up
   */
  ask(request: Ask, limitMs: number, caller: AbortSignal = new AbortController().signal): Promise<Answer> {
    return this.turns.run(caller, this.stopping.signal, async (signal) => {
      clearTimeout(this.idle);
      await within(this.clearing, signal);
      try {
        return await this.exchange(await this.ready(signal), request, limitMs, signal);
      } finally {
        this.rest();
      }
    });
  }

  /** Ends the process; what waits is rejected with SHUTTING_DOWN. May be asked again afterwards. */
  async stop(): Promise<void> {
    this.stopping.abort(new AppError("SHUTTING_DOWN", "Earshot is stopping; the analysis is done at the next start"));
    await this.turns.idle();
    await this.letGo(0);
    this.stopping = new AbortController();
  }

  status(): { state: "idle" | "loading" | "ready" | "working" | "failed"; restarts: number; gpu: string | null; error: AppError | undefined } {
    const isResting = this.failures > 0 && this.child === undefined && !this.isLoading;
    const state = this.isLoading ? "loading" : this.child !== undefined ? (this.child.waiting.size > 0 ? "working" : "ready") : isResting ? "failed" : "idle";
    return { state, restarts: Math.max(0, this.starts - 1), gpu: this.child?.gpu ?? null, error: isResting ? this.lastError : undefined };
  }

  private async exchange(child: Child, request: Ask, limitMs: number, signal: AbortSignal): Promise<Answer> {
    const id = this.nextId++;
    const answer = new Promise<Answer>((resolve) => child.waiting.set(id, resolve));
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new AppError("ANALYSIS_TIMEOUT", `The language model took longer than ${Math.round(limitMs / 1000)} s for one question and was stopped; a smaller model (analysis.model) or more threads help, or more time (analysis.timeout_seconds)`)), limitMs);
    child.asked++;
    child.program.say(JSON.stringify({ ...request, id }));
    try {
      const got = await within(within(Promise.race([answer, this.deathOf(child)]), late.signal), signal);
      if (got.say === "refused" && got.why !== "cancelled") throw refusal(got.why, got.message);
      this.failures = 0;
      return got;
    } catch (thrown) {
      if (signal.aborted) this.clearing = this.giveUp(child, id, answer);
      else if (late.signal.aborted) {
        await this.letGo(0);
        this.noteFailure(toAppError(thrown));
      }
      throw thrown;
    } finally {
      clearTimeout(timer);
    }
  }

  private async deathOf(child: Child): Promise<never> {
    throw this.noteDeath(child, await child.program.ended);
  }

  /** Nobody wants it any more: the process is asked to leave off, and killed when it does not. */
  private async giveUp(child: Child, id: number, answer: Promise<unknown>): Promise<void> {
    child.program.say(JSON.stringify({ ask: "cancel", id }));
    const isDone = await Promise.race([answer.then(() => true), child.program.ended.then(() => true), new Promise<boolean>((resolve) => setTimeout(() => resolve(false), this.times.cancelMs).unref())]);
    if (!isDone && this.child === child) await this.letGo(0);
  }

  /** The process, loaded: the present one, or a new one after the rest that a failure costs. */
  private async ready(signal: AbortSignal): Promise<Child> {
    if (this.child !== undefined) return this.child;
    const { clock, verify } = this.options;
    const restMs = this.restUntilMs - clock.now();
    if (restMs > 0) {
      if (this.failures >= HOPELESS && this.lastError !== undefined) throw this.lastError;
      await clock.sleep(restMs, signal);
    }
    this.isLoading = true;
    try {
      if (!this.isVerified) await verify?.(signal);
      this.isVerified = true;
      return (this.child = await this.launch(signal));
    } catch (thrown) {
      if (!signal.aborted) this.noteFailure(toAppError(thrown, "ANALYSIS_FAILED"));
      throw thrown;
    } finally {
      this.isLoading = false;
    }
  }

  private async launch(signal: AbortSignal): Promise<Child> {
    const { start, memoryMb, log } = this.options;
    const [command, ...args] = this.options.command ?? [process.execPath, "--no-warnings", PROGRAM];
    const waiting: Child["waiting"] = new Map();
    let onFirst = (_: Reply): void => undefined;
    const first = new Promise<Reply>((resolve) => (onFirst = resolve));
    const onLine = (line: string): void => {
      const reply = parseLine(replySchema, line);
      if (reply === undefined) return;
      if (!("id" in reply)) return onFirst(reply);
      waiting.get(reply.id)?.(reply);
      waiting.delete(reply.id);
    };
    this.starts++;
    const startedAt = performance.now();
    const program = startTalking(command, [...args, JSON.stringify(start)], { env: { ...programEnvironment(), NODE_LLAMA_CPP_SKIP_DOWNLOAD: "true" }, niceness: NICENESS, limits: { memoryMb }, onLine });
    try {
      const ended = program.ended.then((end): never => {
        throw this.failed(end, "while it was loaded");
      });
      const reply = await within(Promise.race([first, ended]), AbortSignal.any([signal, AbortSignal.timeout(this.times.startTimeoutMs)]));
      if (reply.say !== "ready") throw new AppError("ANALYSIS_FAILED", "The language model cannot be loaded; check that the file is a model of llama.cpp and that there is memory for it", { details: { said: reply.say === "unusable" ? reply.message : null } });
      log.info({ event: "llama.ready", pid: program.pid, gpu: reply.gpu, contextTokens: reply.contextTokens, ms: Math.round(performance.now() - startedAt) }, "the language model is loaded");
      const child: Child = { program, contextTokens: reply.contextTokens, gpu: reply.gpu, asked: 0, waiting };
      void program.ended.then((end) => this.noteDeath(child, end)); // also when it dies while nobody asks
      return child;
    } catch (thrown) {
      await program.end(0);
      if (thrown instanceof DOMException && thrown.name === "TimeoutError") throw new AppError("ANALYSIS_TIMEOUT", "The language model was not loaded in time; a smaller one loads faster (analysis.model)");
      throw thrown;
    }
  }

  /** The process is gone without our doing: told once. @returns what to tell whoever asked */
  private noteDeath(child: Child, end: TalkEnd): AppError {
    const error = this.failed(end, "while it worked");
    if (this.child !== child) return error; // we ended it ourselves
    this.child = undefined;
    this.noteFailure(error);
    return error;
  }

  private failed(end: TalkEnd, when: string): AppError {
    const details = { exitCode: end.exitCode, signal: end.signal, stderr: end.stderr.slice(-500) };
    if (end.outOfMemory) return new AppError("ANALYSIS_FAILED", `The language model took more than analysis.memory_mb (${this.options.memoryMb} MB) ${when}; allow more, or take a smaller model or context (analysis.context_tokens)`, { details });
    return new AppError("ANALYSIS_FAILED", `The process of the language model ended ${when} (${end.signal ?? `exit code ${end.exitCode ?? "unknown"}`}); it is started again by itself`, { details });
  }

  private noteFailure(error: AppError): void {
    this.lastError = error;
    const restMs = Math.min(LONGEST_BACKOFF_MS, this.times.backoffMs * 2 ** Math.min(10, this.failures++));
    this.restUntilMs = this.options.clock.now() + restMs;
    this.options.log.warn({ event: "llama.failed", code: error.code, failures: this.failures, restMs, ...error.details }, error.message);
  }

  /** After a question: used up, or not needed for a while. */
  private rest(): void {
    if (this.child === undefined) return;
    if (this.child.asked >= this.options.recycleAfter) this.sleep();
    else this.idle = setTimeout(() => this.sleep(), this.options.idleMs).unref();
  }

  private sleep(): void {
    this.clearing = Promise.all([this.clearing, this.letGo(0)]);
  }

  /** Ends the process on purpose: no failure. */
  private async letGo(killAfterMs: number): Promise<void> {
    clearTimeout(this.idle);
    const child = this.child;
    this.child = undefined;
    await child?.program.end(killAfterMs);
  }
}

const PROGRAM = fileURLToPath(new URL("./llama-process.js", import.meta.url));

function refusal(why: "too_long" | "cut" | "failed", message: string): AppError {
  if (why === "cut") return new AppError("ANALYSIS_OUTPUT_INVALID", `The language model's answer was cut off: ${message}`);
  if (why === "too_long") return new AppError("ANALYSIS_FAILED", `The question does not fit into the language model's context: ${message}; raise analysis.context_tokens`);
  return new AppError("ANALYSIS_FAILED", "The language model did not answer", { details: { said: message } });
}
