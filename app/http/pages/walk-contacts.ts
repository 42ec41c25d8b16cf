// Puts steps through the contacts together, until there are enough or the time is up; between two steps others get their turn.
import { setImmediate } from "node:timers/promises";
import type { ContactSort } from "../../domain/index.ts";
import type { ContactFilter, ContactReads, Cursor } from "../../store/index.ts";

/** Half of the 100 ms that a page may take; the other half reads and draws the rows. */
const BUDGET_MS = 50;
/** Contacts that a step looks at: as many as take some 8 ms. */
const FIRST_WIDTH = 2_000;
const STEP_MS = 8;
const WIDEST = 50_000;

export interface Walked {
  ids: string[];
  /** where to go on; undefined at the end */
  next: Cursor | undefined;
  /** there are as many as were asked for, or no more */
  isWhole: boolean;
}

/** @throws AbortSignal's reason when nobody waits any more */
export async function walkContacts(reads: Pick<ContactReads, "step">, { filter, sort, after, count }: { filter: ContactFilter; sort: ContactSort; after: Cursor | undefined; count: number }, signal?: AbortSignal, budgetMs = BUDGET_MS): Promise<Walked> {
  const began = performance.now();
  const found: Cursor[] = [];
  for (let width = FIRST_WIDTH, place = after; ; ) {
    const stepBegan = performance.now();
    const step = reads.step({ filter, sort, after: place, width, count: count + 1 - found.length });
    found.push(...step.found);
    if (found.length > count) return { ids: found.slice(0, count).map((one) => one.id), next: found[count - 1], isWhole: true };
    if (step.next === undefined) return { ids: found.map((one) => one.id), next: undefined, isWhole: true };
    place = step.next;
    const now = performance.now();
    if (now - began > budgetMs) return { ids: found.map((one) => one.id), next: place, isWhole: false };
    width = Math.min(WIDEST, Math.max(1_000, Math.round(width * Math.min(4, STEP_MS / Math.max(1, now - stepBegan)))));
    await setImmediate();
    signal?.throwIfAborted();
  }
}
