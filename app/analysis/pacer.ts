// Lets other work run between pieces of analysis, and stops when it was called off.

export interface Pacer {
  /** Call between small pieces of work. Gives the event loop a turn when this work has held it for some milliseconds. @throws the signal's reason when aborted */
  breathe(): Promise<void> | undefined;
}

/** Nothing may hold the event loop for 50 ms; a slice of 10 leaves room for one slow sentence and a slow machine. */
const SLICE_MS = 10;

/** @param signal stops the work at the next breath */
export function createPacer(signal?: AbortSignal): Pacer {
  let sliceStart = performance.now();
  return {
    breathe() {
      signal?.throwIfAborted();
      if (performance.now() - sliceStart < SLICE_MS) return undefined;
      return new Promise((resolve) =>
        setImmediate(() => {
          sliceStart = performance.now();
          resolve();
        }),
      );
    },
  };
}
