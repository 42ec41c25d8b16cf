// Slows down whoever fails to prove who they are. Counts per address and target in fixed windows; bounded in memory.
import type { Clock } from "../platform/index.ts";

export interface FailureLimit {
  /** Milliseconds until this address may try this target again; 0 when it may now. */
  blockedForMs(address: string, target: string): number;
  /** Counts one failure. @returns true for the failure that reaches the limit: it is worth one audit event, the next ones are not */
  count(address: string, target: string): boolean;
  /** how many in the present window */
  failures(address: string, target: string): number;
  /** One that was counted beforehand was none. */
  giveBack(address: string, target: string): void;
  forget(address: string, target: string): void;
}

/** So many addresses are remembered; beyond it the windows that end first are forgotten. */
const MAX_REMEMBERED = 10_000;

/**
 * @param maxFailures within one window; then the address waits until the window ends
 * @param windowMs    60,000 for keys and signatures, 15 minutes for one-time codes
 */
export function createFailureLimit(clock: Clock, maxFailures: number, windowMs: number): FailureLimit {
  const windows = new Map<string, { failures: number; endsMs: number }>();
  const live = (key: string): { failures: number; endsMs: number } | undefined => {
    const window = windows.get(key);
    if (window === undefined || window.endsMs > clock.now()) return window;
    windows.delete(key);
    return undefined;
  };
  const keyOf = (address: string, target: string): string => `${address} ${target}`;
  return {
    blockedForMs(address, target) {
      const window = live(keyOf(address, target));
      return window !== undefined && window.failures >= maxFailures ? window.endsMs - clock.now() : 0;
    },
    count(address, target) {
      const key = keyOf(address, target);
      const window = live(key) ?? { failures: 0, endsMs: clock.now() + windowMs };
      window.failures += 1;
      windows.set(key, window);
      if (windows.size > MAX_REMEMBERED) windows.delete(windows.keys().next().value ?? key); // insertion order is order of ending
      return window.failures === maxFailures;
    },
    failures: (address, target) => live(keyOf(address, target))?.failures ?? 0,
    giveBack(address, target) {
      const window = live(keyOf(address, target));
      if (window !== undefined) window.failures = Math.max(0, window.failures - 1);
    },
    forget: (address, target) => void windows.delete(keyOf(address, target)),
  };
}
