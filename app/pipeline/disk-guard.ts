// Says no before the disk is full: nothing is accepted that could not be finished.
import { AppError } from "../domain/index.ts";
import { freeBytes, type Clock } from "../platform/index.ts";

const FRESH_MS = 1000;

export interface DiskGuard {
  /** @throws AppError DISK_RESERVE when less than the reserve is free; the sender is told to come back */
  check(): Promise<void>;
  free(): Promise<number>;
}

/** @param folder any folder on the disk in question · @param reserveBytes stays free */
export function createDiskGuard(folder: string, reserveBytes: number, clock: Clock): DiskGuard {
  let known: { atMs: number; bytes: number } | undefined;
  const free = async (): Promise<number> => {
    // A burst asks thousands of times a second; the answer of this second is good enough for a reserve of hundreds of megabytes.
    if (known === undefined || Math.abs(clock.now() - known.atMs) >= FRESH_MS) known = { atMs: clock.now(), bytes: await freeBytes(folder) };
    return known.bytes;
  };
  return {
    free,
    async check() {
      const bytes = await free();
      if (bytes < reserveBytes) {
        throw new AppError("DISK_RESERVE", `Only ${Math.floor(bytes / 1_048_576)} MB are free where Earshot keeps its data, the reserve is ${Math.floor(reserveBytes / 1_048_576)} MB; make room, sending again is safe`);
      }
    },
  };
}
