// One life of a program that answers numbered questions in lines: from its start to its end, with what ended it.
import { startTalking, type TalkEnd } from "./talking-program.ts";

/** Why a question has no answer: the end of the program, always. */
export interface Loss {
  why: "ended" | "late" | "memory";
  /** `signal SIGKILL`, `exit code 1`, `30 s`, `500 MB` */
  how: string;
  /** absent as long as it is not gone */
  end?: TalkEnd;
}

export type Outcome<Reply> = { reply: Reply } | { loss: Loss };

export interface LifeOptions<Reply extends { id: number }> {
  command: readonly [string, ...string[]];
  env?: Record<string, string>;
  /** resident memory; what needs more is ended */
  memoryMb: number;
  /** 0…19 */
  niceness: number;
  /** until its first reply, number 0, which nobody asks for */
  startTimeoutMs: number;
  /** @returns undefined when a line is no reply: libraries talk too */
  read: (line: string) => Reply | undefined;
}

export interface Life<Reply> {
  readonly pid: number | undefined;
  /** reply 0: that it is ready, or that it never will be */
  readonly first: Promise<Outcome<Reply>>;
  readonly over: Promise<Loss>;
  /** Numbers it and writes it. Late, the program is ended. Its outcome never rejects. */
  ask(body: object, limitMs: number): { id: number; outcome: Promise<Outcome<Reply>> };
  /** says something that is no question */
  say(body: object): void;
  /** a question is not answered yet */
  isAsked(): boolean;
  end(): Promise<void>;
}

/** Starts the program; whoever starts it ends it. */
export function startLife<Reply extends { id: number }>({ command: [command, ...args], env, memoryMb, niceness, startTimeoutMs, read }: LifeOptions<Reply>): Life<Reply> {
  const waiting = new Map<number, (outcome: Outcome<Reply>) => void>();
  let loss: Loss | undefined;
  let nextId = 0;
  let onOver = (_: Loss): void => undefined;
  const over = new Promise<Loss>((resolve) => (onOver = resolve));

  const program = startTalking(command, args, {
    ...(env === undefined ? {} : { env }),
    niceness,
    limits: { memoryMb },
    onLine(line) {
      const reply = read(line);
      if (reply !== undefined) waiting.get(reply.id)?.({ reply });
    },
  });
  const lose = (because: Loss): void => {
    loss ??= because;
    for (const settle of waiting.values()) settle({ loss });
    onOver(loss);
  };
  void program.ended.then((end) => lose(end.outOfMemory ? { why: "memory", how: `${memoryMb} MB`, end } : { why: "ended", how: end.how, end }));

  const wait = (id: number, limitMs: number): Promise<Outcome<Reply>> =>
    new Promise((resolve) => {
      if (loss !== undefined) return resolve({ loss });
      const timer = setTimeout(() => {
        lose({ why: "late", how: `${Math.round(limitMs / 100) / 10} s` });
        void program.end();
      }, limitMs);
      waiting.set(id, (outcome) => {
        clearTimeout(timer);
        waiting.delete(id);
        resolve(outcome);
      });
    });

  return {
    pid: program.pid,
    first: wait(nextId++, startTimeoutMs),
    over,
    ask(body, limitMs) {
      const id = nextId++;
      const outcome = wait(id, limitMs);
      program.say(JSON.stringify({ ...body, id }));
      return { id, outcome };
    },
    say: (body) => program.say(JSON.stringify(body)),
    isAsked: () => waiting.size > 0,
    end: () => program.end(),
  };
}
