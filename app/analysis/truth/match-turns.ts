// A call is heard again: which of its new turns are the ones that people had corrected? Pure.
import { partyOf, type Turn, type TurnPlace } from "../../domain/index.ts";

/**
 * How much two turns must have in common to be the same one: shared time ÷ time of both together. A model hears the ends of a turn some 300 ms
 * earlier or later, of a turn of 2 s that leaves 0.75; two turns that became one have 0.5 each, and what was said of the half is not true of the whole.
 */
export const SAME = 0.7;

/**
 * @param places where corrected turns were heard, in any order
 * @param turns  as they are heard now, as the machine names their speakers
 * @returns for each place its turn, or undefined when it is not there any more; a turn is given once. Turns of the same party come first; those of
 *   another party only where that party is not heard any more (legs that were swapped, voices that are told apart now)
 */
export function matchTurns(places: readonly TurnPlace[], turns: readonly Turn[]): (Turn | undefined)[] {
  const parties = new Set(turns.map(partyOf));
  const pairs = places.flatMap((place, at) =>
    turns
      .map((turn) => ({ at, turn, isSame: partyOf(turn) === place.party, share: sharedTime(place, turn) }))
      .filter(({ isSame, share }) => share >= SAME && (isSame || !parties.has(place.party))),
  );
  pairs.sort((a, b) => Number(b.isSame) - Number(a.isSame) || b.share - a.share || a.at - b.at);
  const found: (Turn | undefined)[] = places.map(() => undefined);
  const given = new Set<string>();
  for (const { at, turn } of pairs) {
    if (found[at] !== undefined || given.has(turn.id)) continue;
    found[at] = turn;
    given.add(turn.id);
  }
  return found;
}

/** 0…1: 1 for the same stretch, 0 for stretches that do not meet. */
function sharedTime(a: { startMs: number; endMs: number }, b: { startMs: number; endMs: number }): number {
  const shared = Math.min(a.endMs, b.endMs) - Math.max(a.startMs, b.startMs);
  const together = Math.max(a.endMs, b.endMs) - Math.min(a.startMs, b.startMs);
  return together <= 0 ? Number(a.startMs === b.startMs) : Math.max(0, shared) / together;
}
