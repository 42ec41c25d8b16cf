// One at a time: whoever comes waits until those before are done, or until nobody wants the answer any more.

export interface TurnTaking {
  /**
   * Runs `work` when everything before it has ended. `work` gets one signal that aborts with either of the two.
   * @throws the reason of the signal that aborted while waiting; otherwise what `work` throws
   */
  run<T>(caller: AbortSignal, owner: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** how many wait or run */
  pending(): number;
  /** Resolves when nothing runs. */
  idle(): Promise<void>;
}

export function takeTurns(): TurnTaking {
  let last: Promise<unknown> = Promise.resolve();
  let pending = 0;
  return {
    async run(caller, owner, work) {
      const linked = link(caller, owner);
      const before = last;
      let leave = (): void => undefined;
      const mine = new Promise<void>((resolve) => (leave = resolve));
      last = before.then(() => mine);
      pending++;
      try {
        await within(before, linked.signal);
        return await work(linked.signal);
      } finally {
        pending--;
        linked.unlink();
        leave();
      }
    },
    pending: () => pending,
    idle: async () => void (await last),
  };
}

/** The promise's outcome, or the signal's reason if that comes first. The promise goes on for others who wait for it. */
export async function within<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  promise.catch(() => undefined); // nobody may be left to hear of it
  signal.throwIfAborted();
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** Like AbortSignal.any, but it lets go of long-lived signals: thousands of windows share the owner's. */
export function link(...signals: AbortSignal[]): { signal: AbortSignal; unlink(): void } {
  const controller = new AbortController();
  const listeners = signals.map((signal) => ({ signal, abort: (): void => controller.abort(signal.reason) }));
  for (const { signal, abort } of listeners) {
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  }
  return {
    signal: controller.signal,
    unlink: () => listeners.forEach(({ signal, abort }) => signal.removeEventListener("abort", abort)),
  };
}
