// What just happened, for everybody who watches: a short memory and a fan-out.
import { toRfc3339 } from "../domain/index.ts";
import type { Clock } from "../platform/index.ts";
import type { LiveEvent } from "./appliance.ts";

/** Events remembered for watchers that come back with Last-Event-ID. */
const REMEMBERED = 500;
/** Between two events of what changes all the time: faster than people look, slower than a burst. */
const SOON_MS = 1000;

export interface LiveEvents {
  emit(type: LiveEvent["type"], data: LiveEvent["data"]): void;
  /** The same at most once a second for each type, with the newest data: for what changes with every message. Told outside of the present transaction. */
  emitSoon(type: LiveEvent["type"], data: () => LiveEvent["data"] | undefined): void;
  /** remembered events after `lastId`, then new ones until the signal aborts; a watcher that lags 500 events behind loses the oldest */
  watch(lastId: number | undefined, signal: AbortSignal): AsyncIterable<LiveEvent>;
}

export function createLiveEvents(clock: Clock): LiveEvents {
  const remembered: LiveEvent[] = [];
  const watchers = new Set<() => void>();
  let newest = 0;
  const emit: LiveEvents["emit"] = (type, data) => {
    remembered.push({ id: ++newest, type, at: toRfc3339(clock.now()), data });
    if (remembered.length > REMEMBERED) remembered.shift();
    for (const wake of watchers) wake();
  };
  /** types that are to be told, and when each was told last */
  const soon = new Set<LiveEvent["type"]>();
  const told = new Map<LiveEvent["type"], number>();
  return {
    emit,
    emitSoon(type, data) {
      if (soon.has(type)) return;
      soon.add(type);
      const waitMs = Math.max(0, (told.get(type) ?? 0) + SOON_MS - performance.now());
      setTimeout(() => {
        soon.delete(type);
        told.set(type, performance.now());
        const now = data();
        if (now !== undefined) emit(type, now);
      }, waitMs).unref();
    },
    async *watch(lastId, signal) {
      let seen = lastId ?? newest;
      let wake: () => void = () => undefined;
      const onEvent = (): void => wake();
      watchers.add(onEvent);
      signal.addEventListener("abort", onEvent, { once: true });
      try {
        while (!signal.aborted) {
          const fresh = remembered.filter((event) => event.id > seen);
          for (const event of fresh) {
            seen = event.id;
            yield event;
            if (signal.aborted) return;
          }
          if (remembered.some((event) => event.id > seen)) continue;
          await new Promise<void>((resolve) => {
            wake = resolve;
            if (signal.aborted) resolve();
          });
        }
      } finally {
        watchers.delete(onEvent);
        signal.removeEventListener("abort", onEvent);
      }
    },
  };
}
