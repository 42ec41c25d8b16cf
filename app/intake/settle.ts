// When is a file finished? Pure: samples of the file system in, a verdict out. The rule and its numbers are tried; see the comments.

/** One look at a file. `mtimeMs` is whole milliseconds. */
export interface FileSample {
  path: string;
  dev: number;
  ino: number;
  sizeBytes: number;
  mtimeMs: number;
}

/** A file that is being watched until it stands still. */
export interface Settling {
  sample: FileSample;
  /** since when every look showed the same */
  stableSinceMs: number;
  /** looks that showed the same, at least 1 */
  looks: number;
}

/** @returns the next state: on, when nothing changed; begun anew, when size, time or inode did (`dev` changes when a share is mounted again) */
export function observe(previous: Settling | undefined, sample: FileSample, nowMs: number): Settling {
  if (previous === undefined || !isSameVersion(previous.sample, sample)) return { sample, stableSinceMs: nowMs, looks: 1 };
  return { sample, stableSinceMs: previous.stableSinceMs, looks: previous.looks + 1 };
}

/**
 * Settled: at least two looks over at least `settleMs` showed the same, and the file's own time is older than that too. The file's time alone would
 * not do (copies keep old times), nor size alone (SMB reserves the final size at once). A server whose clock is ahead must not hold files back for
 * ever: after three times `settleMs` the file's time no longer matters.
 */
export function isSettled(settling: Settling, nowMs: number, settleMs: number): boolean {
  return settling.looks >= 2 && nowMs >= settlesAtMs(settling, settleMs);
}

/** When the next look is worth it: the first moment at which the file may be settled. */
export function settlesAtMs({ sample, stableSinceMs }: Settling, settleMs: number): number {
  return Math.max(stableSinceMs + settleMs, Math.min(sample.mtimeMs + settleMs, stableSinceMs + 3 * settleMs));
}

export function isSameVersion(one: FileSample, other: FileSample): boolean {
  return one.ino === other.ino && one.sizeBytes === other.sizeBytes && one.mtimeMs === other.mtimeMs;
}
