// The process with the language model, kept: what is said to it, for how long, and what its failures are called.
import { fileURLToPath } from "node:url";
import { AppError } from "../../../domain/index.ts";
import { KeptProgram, programEnvironment, type Clock, type KeptStatus, type Log, type Loss } from "../../../platform/index.ts";
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

/** After this many deaths in a row questions fail at once while it rests: calls get the extractive engine instead of waiting. */
const HOPELESS = 3;
const NICENESS = 10;
const PROGRAM = fileURLToPath(new URL("./llama-process.js", import.meta.url));

/** A request without its number. */
export type Ask = DistributiveOmit<Exclude<Request, { ask: "cancel" }>, "id">;
type DistributiveOmit<Type, Key extends PropertyKey> = Type extends unknown ? Omit<Type, Key> : never;
type Ready = Extract<Reply, { say: "ready" }>;

export class LlamaChild {
  private readonly asked: number;
  private readonly kept: KeptProgram<Reply>;
  /** of the model that is loaded, or was last */
  private loaded: Ready | undefined;

  constructor({ start, log, clock, memoryMb, idleMs, recycleAfter, verify, times, command = [process.execPath, "--no-warnings", PROGRAM] }: LlamaChildOptions) {
    const { startTimeoutMs, backoffMs, cancelMs } = { ...LLAMA_TIMES, ...times };
    this.asked = start.contextTokens;
    this.kept = new KeptProgram<Reply>({
      command: [...command, JSON.stringify(start)],
      env: { ...programEnvironment(), NODE_LLAMA_CPP_SKIP_DOWNLOAD: "true" },
      memoryMb, idleMs, startTimeoutMs, log, clock,
      niceness: NICENESS,
      maxQuestions: recycleAfter,
      code: "ANALYSIS_FAILED",
      tries: 1, // what kills it once is mostly the question
      freeFailures: 0,
      restMs: backoffMs,
      prepare: verify,
      read: (line) => parseLine(replySchema, line),
      greet: (first, { pid, ms }) => {
        if (first.say !== "ready") throw new AppError("ANALYSIS_FAILED", "The language model cannot be loaded; check that the file is a model of llama.cpp and that there is memory for it", { details: { said: first.say === "unusable" ? first.message : null } });
        this.loaded = first;
        log.info({ event: "llama.ready", pid, gpu: first.gpu, contextTokens: first.contextTokens, ms }, "the language model is loaded");
      },
      failure,
      resting: (_, failures, last) => (failures >= HOPELESS ? last : undefined),
      cancel: { words: (id) => ({ ask: "cancel", id }), withinMs: cancelMs },
    });
  }

  /** Tokens of the context of the model that is loaded; what was asked for before one was. */
  get contextTokens(): number {
    return this.loaded?.contextTokens ?? this.asked;
  }

  get pid(): number | undefined {
    return this.kept.status().pid;
  }

  /**
   * One question at a time; the others wait.
   * @param limitMs from the moment it is asked to its answer, without loading
   * @throws AppError ANALYSIS_FAILED (the process ended, or said that it cannot), ANALYSIS_TIMEOUT, ANALYSIS_OUTPUT_INVALID (cut off), ANALYSIS_MODEL_MISSING,
   *   MODEL_INVALID, SHUTTING_DOWN; the signal's reason when the caller gave up
   */
  async ask(request: Ask, limitMs: number, caller?: AbortSignal): Promise<Answer> {
    const reply = await this.kept.request(request, limitMs, caller);
    if (reply.say === "refused") throw refusal(reply.why, reply.message);
    if (reply.say === "ready" || reply.say === "unusable") throw refusal("failed", reply.say);
    return reply;
  }

  /** Ends the process; what waits is rejected with SHUTTING_DOWN. May be asked again afterwards. */
  stop(): Promise<void> {
    return this.kept.stop();
  }

  status(): Omit<KeptStatus, "pid"> & { gpu: string | null } {
    const { pid, ...status } = this.kept.status();
    return { ...status, gpu: pid === undefined ? null : (this.loaded?.gpu ?? null) };
  }
}

function failure({ why, how, end }: Loss, when: "loading" | "working"): AppError {
  const details = { exitCode: end?.exitCode ?? null, signal: end?.signal ?? null, stderr: end?.stderr.slice(-500) ?? "" };
  const phase = when === "loading" ? "while it was loaded" : "while it worked";
  if (why === "memory") return new AppError("ANALYSIS_FAILED", `The language model took more than analysis.memory_mb (${how}) ${phase}; allow more, or take a smaller model or context (analysis.context_tokens)`, { details });
  if (why === "ended") return new AppError("ANALYSIS_FAILED", `The process of the language model ended ${phase} (${how}); it is started again by itself`, { details });
  if (when === "loading") return new AppError("ANALYSIS_TIMEOUT", "The language model was not loaded in time; a smaller one loads faster (analysis.model)");
  return new AppError("ANALYSIS_TIMEOUT", `The language model took longer than ${how} for one question and was stopped; a smaller model (analysis.model) or more threads help, or more time (analysis.timeout_seconds)`);
}

function refusal(why: Extract<Reply, { say: "refused" }>["why"], message: string): AppError {
  if (why === "cut") return new AppError("ANALYSIS_OUTPUT_INVALID", `The language model's answer was cut off: ${message}`);
  if (why === "too_long") return new AppError("ANALYSIS_FAILED", `The question does not fit into the language model's context: ${message}; raise analysis.context_tokens`);
  return new AppError("ANALYSIS_FAILED", "The language model did not answer", { details: { said: message } });
}
