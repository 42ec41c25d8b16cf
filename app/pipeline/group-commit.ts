// Many arrivals, one commit: whatever comes within one turn of the event loop is flushed to the disk together.
import { inTransaction, type Db } from "../platform/index.ts";

/** Runs short synchronous writes in shared transactions. */
export interface GroupCommit {
  /** Resolves with the result once it is on the disk; rejects when `work` throws (the others of the group are not touched). */
  run<T>(work: () => T): Promise<T>;
}

interface Waiting {
  work: () => unknown;
  resolve: (value: unknown) => void;
  reject: (reason: unknown) => void;
}

/** A commit at synchronous=FULL costs about as much for 100 rows as for one, so a burst pays a few fsyncs instead of thousands. */
export function createGroupCommit(db: Db, checkpoint: (name: string) => void): GroupCommit {
  let waiting: Waiting[] = [];

  const flush = (): void => {
    const group = waiting;
    waiting = [];
    const settled: (() => void)[] = [];
    try {
      inTransaction(db, () => {
        for (const one of group) settled.push(attempt(db, one));
        checkpoint("accept.saved");
      });
    } catch (error) {
      for (const one of group) one.reject(error);
      return;
    }
    checkpoint("accept.committed");
    for (const settle of settled) settle();
  };

  return {
    run: <T>(work: () => T) =>
      new Promise<T>((resolve, reject) => {
        if (waiting.length === 0) setImmediate(flush);
        waiting.push({ work, resolve: resolve as (value: unknown) => void, reject });
      }),
  };
}

/** One member of a group in a savepoint of its own, so that its failure rolls back only itself. */
function attempt(db: Db, { work, resolve, reject }: Waiting): () => void {
  try {
    const value = db.transaction(work)();
    return () => resolve(value);
  } catch (error) {
    return () => reject(error);
  }
}
