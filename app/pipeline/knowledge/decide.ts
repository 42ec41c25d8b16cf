// What to do about the files of the folder: read, wait, leave, forget. Pure.
import type { KnowledgeFile, KnownDocument } from "../../store/index.ts";

export interface Seen {
  files: readonly KnowledgeFile[];
  /** folders below that could not be read, with / between their parts: what lies in them is not gone for that */
  unread: readonly string[];
}

export interface Work {
  read: KnowledgeFile[];
  gone: KnownDocument[];
  /** how many files were left out because there are too many */
  leftOut: number;
}

/** A file that is still being copied changes between two looks, or was changed this short a time ago. */
const SETTLE_MS = 5_000;
/** What could not be read is tried again once a day: the cause may have been ours. */
const AGAIN_MS = 24 * 3_600_000;

/** @param before the scan before this one: what was gone then and is gone now is gone; what stood still since then is whole */
export function decideWork(seen: Seen, before: Seen | undefined, known: readonly KnownDocument[], mostDocuments: number, nowMs: number): Work {
  const byPath = new Map(known.map((one) => [one.path, one]));
  const earlier = new Map((before?.files ?? []).map((one) => [one.path, one]));
  const inOrder = [...seen.files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const kept = inOrder.slice(0, mostDocuments);
  const paths = new Set(kept.map((one) => one.path));
  const wasSeen = (path: string): boolean => before === undefined || earlier.has(path);
  return {
    read: kept.filter((file) => {
      const document = byPath.get(file.path);
      if (document !== undefined && isSame(document, file)) return document.state === "failed" && nowMs - document.indexedAtMs > AGAIN_MS;
      const last = earlier.get(file.path);
      return nowMs - file.mtimeMs > SETTLE_MS || (last !== undefined && isSame(last, file));
    }),
    gone: known.filter(({ path }) => !paths.has(path) && !wasSeen(path) && !seen.unread.some((folder) => path.startsWith(`${folder}/`))),
    leftOut: seen.files.length - kept.length,
  };
}

function isSame(one: KnowledgeFile, other: KnowledgeFile): boolean {
  return one.sizeBytes === other.sizeBytes && one.mtimeMs === other.mtimeMs && one.ino === other.ino;
}
