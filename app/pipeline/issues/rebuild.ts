// Looks whether what is derived of conversations is what it should be, and makes it again where it is not: at the start, and for `earshot issues rebuild`.
import { setImmediate as breathe } from "node:timers/promises";
import { JOURNEYS_VERSION, tallyDifference, tallyOf, UNRESOLVED_ISSUES } from "../../analysis/index.ts";
import { inTransaction } from "../../platform/index.ts";
import type { Parts } from "../parts.ts";
import { settle, settleChanged } from "./settle.ts";

type RebuildParts = Pick<Parts, "db" | "store">;

/** Conversations settled in one transaction of the background: some 10 ms, so arrivals wait no longer than for any other commit. */
const AT_ONCE = 25;
const PUT_AT_ONCE = 2000;
const LOOK_EVERY_MS = 1000;
const TRY_AGAIN_MS = 60_000;
/** All rows of one kind are made by these definitions. */
const DERIVED = { name: "issues and journeys", version: `${UNRESOLVED_ISSUES.version} ${JOURNEYS_VERSION}` };

/** Looks at the start, and then makes again what is put into the background's list, until the signal. Never throws. */
export async function keepDerived(parts: RebuildParts & Pick<Parts, "log" | "clock">, signal: AbortSignal): Promise<void> {
  let make = deriveAtStart;
  while (!signal.aborted) {
    try {
      await make(parts, signal);
      make = settleAll; // only once the start's look came to its end
      await parts.clock.sleep(LOOK_EVERY_MS, signal).catch(() => undefined);
    } catch (error) {
      parts.log.error({ err: error instanceof Error ? error.name : "unknown" }, "derived rows could not be made again; it is tried once more in a minute, and by earshot issues rebuild");
      await parts.clock.sleep(TRY_AGAIN_MS, signal).catch(() => undefined);
    }
  }
}

/** What a migration or an older program left is settled, and sums that are not what they should be are made again. @returns when that is done, or at the signal */
export async function deriveAtStart(parts: RebuildParts & Pick<Parts, "log">, signal: AbortSignal): Promise<void> {
  const why = whyRebuild(parts);
  if (why !== undefined) {
    parts.log.warn({ event: "issues.rebuilt", why }, "open problems and numbers over channels are made again");
    prepare(parts, why === "definitions");
    await markAll(parts, signal);
  }
  await settleAll(parts, signal);
  if (!signal.aborted) inTransaction(parts.db, () => parts.store.writes.issues.setMadeBy(DERIVED.name, DERIVED.version));
}

export interface Rebuilt {
  conversations: number;
  open: number;
  /** sums that were not what they should have been */
  mended: number;
}

/**
 * Everything once more. Works beside a running Earshot.
 * @param fresh also found the themes anew, in the order in which conversations were opened; otherwise those that stand are kept
 */
export async function rebuildDerived(parts: RebuildParts, fresh: boolean): Promise<Rebuilt> {
  const { issues } = parts.store.writes;
  const signal = new AbortController().signal;
  const mended = prepare(parts, fresh);
  const conversations = await markAll(parts, signal);
  await settleAll(parts, signal);
  inTransaction(parts.db, () => issues.setMadeBy(DERIVED.name, DERIVED.version));
  return { conversations, open: issues.allMembers().length, mended };
}

/** @returns sums that differ from those of the members */
export function wrongSums({ store }: Pick<Parts, "store">): ReturnType<typeof tallyDifference> {
  const { issues } = store.writes;
  const kept = new Map(issues.allTallies().map((one) => [`${one.scope}\n${one.channel}\n${one.queue}`, one]));
  return tallyDifference(kept, tallyOf(issues.allMembers()));
}

/** Sums first, since settling only adds differences to them. @returns how many were wrong */
function prepare(parts: RebuildParts, fresh: boolean): number {
  const { issues, journeys } = parts.store.writes;
  return inTransaction(parts.db, () => {
    const wrong = wrongSums(parts);
    issues.add(wrong);
    if (fresh) {
      issues.clear();
      journeys.clearJourneys();
    }
    return wrong.length;
  });
}

/** undefined when all is well. Only counts are compared: reading every member would hold up the start of a large house. */
function whyRebuild({ db, store }: RebuildParts): string | undefined {
  const made = store.writes.issues.madeBy(DERIVED.name);
  if (made !== undefined && made !== DERIVED.version) return "definitions";
  if (made === undefined || store.writes.issues.isBehind()) return undefined; // a first start, or the rest of one: what waits is made
  const one = (sql: string): number => (db.prepare<[], { n: number | null }>(sql).get()?.n ?? 0);
  const open = one("SELECT count(*) AS n FROM conversations WHERE is_empty = 0 AND status <> 'resolved'");
  return open === one("SELECT count(*) AS n FROM issue_members") && open === one("SELECT conversations AS n FROM issue_tallies WHERE channel = '' AND queue = '' AND scope = 'all'") ? undefined : "counts";
}

/** Puts every conversation into the background's list, those opened first first: so themes are founded in that order. @returns how many */
async function markAll({ db, store }: RebuildParts, signal: AbortSignal): Promise<number> {
  const before = countLater(db);
  for (let at: ReturnType<typeof store.writes.issues.deriveLater>; !signal.aborted; ) {
    at = inTransaction(db, () => store.writes.issues.deriveLater(at, PUT_AT_ONCE));
    if (at === undefined) break;
    await breathe();
  }
  return countLater(db) - before;
}

function countLater(db: Parts["db"]): number {
  return db.prepare<[], { n: number }>("SELECT count(*) AS n FROM derive_later").get()?.n ?? 0;
}

/** What is in the list now; what is put there meanwhile waits for the next round, so that a conversation that changes with every commit is made again once a round. */
async function settleAll({ db, store }: RebuildParts, signal: AbortSignal): Promise<void> {
  if (!store.writes.issues.isBehind()) return;
  for (let left = countLater(db), isFirst = true; (left > 0 || isFirst) && !signal.aborted; isFirst = false) {
    left -= inTransaction(db, () => {
      settleChanged(store.writes);
      const ids = store.writes.issues.takeLater(Math.min(AT_ONCE, left));
      settle(ids, store.writes);
      return Math.max(1, ids.length);
    });
    await breathe();
  }
}
