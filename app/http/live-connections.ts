// The open event streams: how many there may be, and how they end when the server stops.

/** A browser tab holds one; so many are plenty for one site and few enough for one process. */
const MAX_STREAMS = 200;

export interface LiveConnections {
  /** @returns a signal that ends the stream, and what to call when the client is gone; undefined when there are too many */
  open(): { signal: AbortSignal; close: () => void } | undefined;
  /** Ends all of them, now. */
  endAll(): void;
  readonly count: number;
}

export function createLiveConnections(max = MAX_STREAMS): LiveConnections {
  const open = new Set<AbortController>();
  return {
    open() {
      if (open.size >= max) return undefined;
      const controller = new AbortController();
      open.add(controller);
      return {
        signal: controller.signal,
        close: () => {
          open.delete(controller);
          controller.abort();
        },
      };
    },
    endAll() {
      for (const controller of open) controller.abort();
      open.clear();
    },
    get count() {
      return open.size;
    },
  };
}
