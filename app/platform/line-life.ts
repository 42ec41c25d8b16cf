// One life of a program that answers lines: from its start to its end, one request at a time, with what ended it.
import { createInterface } from "node:readline";
import { z } from "zod";
import { residentMb, startProgram, stopGroup } from "./subprocess.ts";

/** Why a request has no answer. `refused` is the program's own word, after which it lives on; the others are its end. */
export interface Loss {
  why: "refused" | "ended" | "late" | "memory";
  /** its reason, `signal SIGKILL`, `exit code 1` or `30 s` */
  how: string;
}

export interface LifeOptions {
  args: readonly string[];
  memoryMb: number;
  niceness: number;
  startTimeoutMs: number;
}

export interface Life {
  readonly pid: number | undefined;
  /** resolves when it can be asked, or with why it never will */
  readonly ready: Promise<Loss | undefined>;
  /** Only when it is ready, and nothing else is being asked. Never rejects. */
  ask(body: object, timeoutMs: number): Promise<{ ok: unknown } | Loss>;
  isReady(): boolean;
  isOver(): boolean;
  state(): "starting" | "ready" | "working";
  /** at once: it holds nothing that must be put in order */
  end(): Promise<void>;
}

/** How often the memory of a program at work is looked at. */
const WATCH_MS = 100;

const answerSchema = z.union([z.object({ id: z.number(), error: z.string() }), z.object({ id: z.number(), ok: z.unknown() })]);

interface Waiting {
  id: number;
  settle(outcome: { ok: unknown } | Loss): void;
}

/** @param options `args` are for this same Node */
export function startLife(options: LifeOptions): Life {
  const child = startProgram(process.execPath, options.args, { niceness: options.niceness, listens: true });
  let waiting: Waiting | undefined;
  let requests = 0;
  let isReady = false;
  let over: Loss | undefined;

  const settle = (outcome: { ok: unknown } | Loss): void => {
    const settled = waiting;
    waiting = undefined;
    settled?.settle(outcome);
  };
  const lose = (loss: Loss): void => {
    over ??= loss;
    settle(over);
    void stopGroup(child, 0);
  };
  const watch = setInterval(() => waiting !== undefined && residentMb(child.pid) > options.memoryMb && lose({ why: "memory", how: `${options.memoryMb} MB` }), WATCH_MS).unref();
  const wait = (timeoutMs: number): Promise<{ ok: unknown } | Loss> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => lose({ why: "late", how: `${Math.round(timeoutMs / 100) / 10} s` }), timeoutMs);
      waiting = {
        id: requests++,
        settle(outcome) {
          clearTimeout(timer);
          resolve(outcome);
        },
      };
      if (over !== undefined) settle(over);
    });

  child.stdin?.on("error", () => undefined); // it is gone, which `close` tells
  child.stderr?.resume(); // native libraries talk; what they say may quote what they read
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on("line", (line) => {
      const answer = readAnswer(line);
      if (answer === undefined || answer.id !== waiting?.id) return;
      settle("error" in answer ? { why: "refused", how: answer.error.slice(0, 300) } : { ok: answer.ok });
    });
  }
  child.once("error", (error) => lose({ why: "ended", how: error.message }));
  child.once("close", (exitCode, signal) => {
    clearInterval(watch);
    lose({ why: "ended", how: signal === null ? `exit code ${exitCode ?? "unknown"}` : `signal ${signal}` });
  });

  const ready = wait(options.startTimeoutMs).then((outcome) => {
    isReady = "ok" in outcome;
    if ("ok" in outcome) return undefined;
    lose(outcome);
    return outcome;
  });
  return {
    pid: child.pid,
    ready,
    ask(body, timeoutMs) {
      const answer = wait(timeoutMs);
      if (waiting !== undefined) child.stdin?.write(`${JSON.stringify({ ...body, id: waiting.id })}\n`);
      return answer;
    },
    isReady: () => isReady,
    isOver: () => over !== undefined,
    state: () => (!isReady ? "starting" : waiting === undefined ? "ready" : "working"),
    async end() {
      lose({ why: "ended", how: "it was told to" });
      await stopGroup(child, 0);
    },
  };
}

function readAnswer(line: string): z.output<typeof answerSchema> | undefined {
  try {
    return answerSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
