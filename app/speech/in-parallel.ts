// Several at a time: as many workers as are worth it, and when one fails the others are called off.
import { setMaxListeners } from "node:events";

/**
 * Works every item off, at most `limit` at a time, begun in their order.
 * @param work gets a signal that aborts with the caller's, and as soon as any other item has failed
 * @throws what failed first, once nothing runs any more; the signal's reason when the caller gave up
 */
export async function inParallel<T>(items: readonly T[], limit: number, signal: AbortSignal, work: (item: T, signal: AbortSignal) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  setMaxListeners(0, stop.signal); // every item listens, and more than ten are no leak
  const giveUp = (): void => stop.abort(signal.reason);
  if (signal.aborted) giveUp();
  signal.addEventListener("abort", giveUp, { once: true });
  let next = 0;
  let failure: { error: unknown } | undefined;
  const worker = async (): Promise<void> => {
    while (next < items.length && !stop.signal.aborted) {
      try {
        await work(items[next++] as T, stop.signal);
      } catch (error) {
        failure ??= { error };
        stop.abort(error);
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.max(1, Math.min(limit, items.length)) }, worker));
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
  signal.throwIfAborted();
  if (failure !== undefined) throw failure.error;
}
