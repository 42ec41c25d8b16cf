// A program of ours that answers requests, a line of JSON each: `{id, ok}` or `{id, error}`.
import { z } from "zod";
import { AppError, type ErrorCode } from "../domain/index.ts";
import { systemClock } from "./clock.ts";
import { KeptProgram, type KeptStatus } from "./kept-program.ts";
import type { Loss } from "./line-life.ts";
import type { Log } from "./log.ts";

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
  /** rest after the second failure in a row; doubles with each, up to a minute. Until then requests are refused at once. */
  backoffMs?: number;
}

export interface LineRequestOptions {
  /** then the process is ended and the request fails */
  timeoutMs: number;
  /** ends the waiting at once; what the process works on is worked off and thrown away */
  signal?: AbortSignal | undefined;
}

export type LineStatus = Pick<KeptStatus, "state" | "pid" | "restarts">;

const DEFAULTS = { niceness: 10, startTimeoutMs: 120_000, idleMs: 300_000, maxRequests: 5_000, backoffMs: 2_000 };

const answerSchema = z.union([z.object({ id: z.number(), error: z.string() }), z.object({ id: z.number(), ok: z.unknown() })]);
type Answer = z.output<typeof answerSchema>;

/** One request at a time, in the order in which they came. */
export class LineProcess {
  private readonly options: LineProcessOptions & typeof DEFAULTS;
  private readonly kept: KeptProgram<Answer>;
  private isStopped = false;

  constructor(options: LineProcessOptions) {
    const { what, code, log, args, memoryMb, maxRequests, backoffMs, niceness, startTimeoutMs, idleMs } = (this.options = { ...DEFAULTS, ...options });
    this.kept = new KeptProgram<Answer>({
      command: [process.execPath, ...args],
      memoryMb, niceness, startTimeoutMs, idleMs, code, log,
      clock: { now: () => performance.now(), sleep: (ms, signal) => systemClock.sleep(ms, signal) },
      maxQuestions: maxRequests,
      tries: 2, // the first death may have been another's doing, e.g. the kernel's for want of memory
      freeFailures: 1,
      restMs: backoffMs,
      read: readAnswer,
      greet: (first) => {
        if ("error" in first) throw this.refusal(first.error);
      },
      failure: ({ why, how }: Loss) => new AppError(code, `${what} ${{ ended: `ended by itself (${how})`, late: `did not answer within ${how} and was ended`, memory: `needed more than ${how} and was ended` }[why]}`, { details: { why } }),
      resting: (restMs, failures) => new AppError(code, `${what} failed ${failures} times in a row; it is tried again in ${Math.ceil(restMs / 1000)} s`, { details: { retryAfterMs: Math.ceil(restMs) } }),
    });
  }

  /**
   * A process that dies of itself while it works is started again and asked once more; one that was ended for its time or memory is not.
   * @param body sent as JSON, with an `id`
   * @returns `ok` of the answer; parse it
   * @throws AppError of `options.code`; SHUTTING_DOWN after `stop`; the signal's reason
   */
  async request(body: object, { timeoutMs, signal }: LineRequestOptions): Promise<unknown> {
    if (this.isStopped) throw new AppError("SHUTTING_DOWN", "Earshot is stopping; this is done at the next start");
    const answer = await this.kept.request(body, timeoutMs, signal);
    if ("error" in answer) throw this.refusal(answer.error);
    return answer.ok;
  }

  status(): LineStatus {
    const { state, pid, restarts } = this.kept.status();
    return { state, pid, restarts };
  }

  /** Ends the process for good. Whoever waits is refused. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.kept.stop();
  }

  private refusal(reason: string): AppError {
    return new AppError(this.options.code, `${this.options.what} failed: ${reason.slice(0, 300)}`, { details: { why: "refused" } });
  }
}

function readAnswer(line: string): Answer | undefined {
  try {
    return answerSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
