// Long work without holding up others: a generator is run a few milliseconds at a time.
import { setImmediate } from "node:timers/promises";

/** Work whose every `yield` is a place to pause; it returns its result. */
export type Steps<T> = Generator<undefined, T>;

const BREATH_MS = 8;

/** @throws the signal's reason when aborted, what the work throws otherwise */
export async function inSteps<T>(steps: Steps<T>, signal?: AbortSignal): Promise<T> {
  let since = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (performance.now() - since < BREATH_MS) continue;
    await setImmediate();
    signal?.throwIfAborted();
    since = performance.now();
  }
}
