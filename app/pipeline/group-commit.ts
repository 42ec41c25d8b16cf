// Many arrivals, one commit: whatever comes within one turn of the event loop is flushed to the disk together.
import { inTransaction, type Db } from "../platform/index.ts";

/** Runs short synchronous writes in shared transactions. */
export interface GroupCommit {
  /** Resolves with the result once it is on the disk; rejects when `work` throws (the others of the group are not touched). */
  run<T>(work: () => T): Promise<T>;
  /** More comes than can be worked through: the last large group held everybody up. Ends by itself. */
  isPressed(): boolean;
}

/** So many at once are a burst; a single slow one is a slow disk. */
const BURST = 8;
/** A group that took longer than this was worth cutting short. */
const SLOW_MS = 30;
const PRESSED_MS = 500;

/** What belongs to every commit, once: done at its end, forgotten when it is rolled back. */
export interface LastWork {
  settle(): void;
  forget(): void;
}

interface Waiting {
  work: () => unknown;
  resolve: (value: unknown) => void;
  reject: (reason: unknown) => void;
}

/** `work` may be run twice, the first time rolled back. A commit at synchronous=FULL costs about as much for 100 rows as for one, so a burst pays a few fsyncs instead of thousands. */
export function createGroupCommit(db: Db, checkpoint: (name: string) => void, last: LastWork = { settle: () => undefined, forget: () => undefined }): GroupCommit {
  let waiting: Waiting[] = [];
  let pressedUntil = 0;

  const flush = (): void => {
    const group = waiting;
    waiting = [];
    const began = performance.now();
    const values = runTogether(group);
    const now = performance.now();
    if (group.length >= BURST && now - began > SLOW_MS) pressedUntil = now + PRESSED_MS;
    if (values === undefined) return runApart(group);
    checkpoint("accept.committed");
    group.forEach((one, i) => one.resolve(values[i]));
  };

  /** All in one transaction; undefined when one of them failed, and nothing is written then. */
  const runTogether = (group: Waiting[]): unknown[] | undefined => {
    try {
      return inTransaction(db, () => {
        const values = group.map((one) => one.work());
        last.settle();
        checkpoint("accept.saved");
        return values;
      });
    } catch {
      last.forget();
      return undefined;
    }
  };

  /** Each in a transaction of its own, so that the one that fails takes no other with it. Rare: a replay, a disk that is full. */
  const runApart = (group: Waiting[]): void => {
    for (const one of group) {
      try {
        one.resolve(inTransaction(db, () => settled(one.work)));
      } catch (error) {
        last.forget();
        one.reject(error);
      }
    }
  };

  const settled = (work: () => unknown): unknown => {
    const value = work();
    last.settle();
    return value;
  };

  return {
    isPressed: () => performance.now() < pressedUntil,
    run: <T>(work: () => T) =>
      new Promise<T>((resolve, reject) => {
        if (waiting.length === 0) setImmediate(flush);
        waiting.push({ work, resolve: resolve as (value: unknown) => void, reject });
      }),
  };
}
