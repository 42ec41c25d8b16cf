// A burst of notifications: written down as they came, acknowledged, and taken in one after the other as soon as the sender draws breath.
import { setTimeout as pause } from "node:timers/promises";
import { AppError, type CallNotification } from "../domain/index.ts";
import type { BacklogRow } from "../store/index.ts";
import { arriveNotification, tellArrived } from "./accept.ts";
import type { Parts } from "./parts.ts";

/** Taken in by one commit, some 2 ms each: nobody waits for them, or whoever still sends does. */
const AT_ONCE = 25;
const IN_BETWEEN = 8;
/** Whoever still sends goes first … */
const QUIET_MS = 30;
/** … but not for ever. */
const PATIENCE_MS = 500;
const LOOK_EVERY_MS = 10;

export interface BacklogDesk {
  /** Whether a notification had better wait: everybody is held up, or earlier ones wait. */
  isWanted(): boolean;
  /** Inside a transaction. */
  put(source: string, notification: CallNotification): void;
  /** Takes in what waits, also what an earlier run left, until the signal. Never throws. */
  keep(signal: AbortSignal): Promise<void>;
}

/** @param taken called after each commit that took some in */
export function createBacklogDesk(parts: Parts, taken: () => void): BacklogDesk {
  const { backlog } = parts.store.writes;
  let [lastPutMs, wake]: [number, () => void] = [0, () => undefined];

  const take = async ({ seq, source, notification, atMs }: BacklogRow): Promise<void> => {
    try {
      const arrived = await parts.commits.run(() => {
        backlog.remove(seq);
        return arriveNotification(source, notification, { ...parts, clock: { ...parts.clock, now: () => atMs } }); // it came when it came
      });
      tellArrived(source, arrived, parts);
    } catch (error) {
      const code = error instanceof AppError ? error.code : "INTERNAL";
      parts.log.error({ event: "backlog.failed", code, source }, "a notification that was acknowledged could not be taken in; it is kept and tried again at the next start");
      await parts.commits.run(() => backlog.setFailed(seq, code));
    }
  };

  const isQuiet = (): boolean => performance.now() - lastPutMs >= QUIET_MS;
  const next = (): BacklogRow[] => backlog.next(isQuiet() ? AT_ONCE : IN_BETWEEN);

  const mayTake = async (signal: AbortSignal): Promise<void> => {
    for (const began = performance.now(); !isQuiet() && performance.now() - began < PATIENCE_MS && !signal.aborted; ) await pause(LOOK_EVERY_MS);
  };

  return {
    isWanted: () => parts.commits.isPressed() || !backlog.isEmpty(),
    put(source, notification) {
      backlog.put(source, notification, parts.clock.now());
      lastPutMs = performance.now();
      wake();
    },
    async keep(signal) {
      const stopped = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
      try {
        backlog.retry();
        while (!signal.aborted) {
          const woken = new Promise<void>((resolve) => (wake = resolve));
          for (let rows = next(); rows.length > 0 && !signal.aborted; rows = next()) {
            await Promise.all(rows.map(take));
            taken();
            await mayTake(signal);
          }
          await Promise.race([woken, stopped]);
        }
      } catch (error) {
        parts.log.error({ event: "backlog.stopped", err: error instanceof Error ? error.name : "unknown" }, "the backlog of notifications is not taken in any more; restart Earshot, nothing is lost");
      }
    },
  };
}
