// Who has the floor: interruptions, acknowledgements, monologues, replies. Pure; spans are sorted and free of overlaps.
import type { Span } from "../../domain/index.ts";
import { subtractSpans, unionOf } from "./spans.ts";

export interface InterruptionThresholds {
  /** it overlaps at least this long … */
  overlap_min_ms: number;
  /** … and whoever spoke first falls silent within this time of being interrupted */
  yield_within_ms: number;
}

/** @returns how often `interrupter` starts inside a stretch of `speaker` and makes it end, before stopping itself */
export function countInterruptions(interrupter: readonly Span[], speaker: readonly Span[], { overlap_min_ms, yield_within_ms }: InterruptionThresholds): number {
  return interrupter.filter((cut) => {
    const speech = stretchAround(speaker, cut.startMs);
    if (speech === undefined) return false;
    const overlapMs = Math.min(cut.endMs, speech.endMs) - cut.startMs;
    return overlapMs >= overlap_min_ms && speech.endMs <= cut.endMs && speech.endMs - cut.startMs <= yield_within_ms;
  }).length;
}

/** @returns short stretches of `listener` that begin and end while `speaker` goes on: "mm-hm", "okay", "right" */
export function backchannelsOf(listener: readonly Span[], speaker: readonly Span[], maxMs: number): Span[] {
  return listener.filter((span) => span.endMs - span.startMs <= maxMs && (stretchAround(speaker, span.startMs)?.endMs ?? 0) > span.endMs);
}

/**
 * @param walls what ends a monologue: speech of the other party, hold
 * @param pauseMaxMs pauses up to this long belong to it
 * @returns stretches in which `speaker` goes on alone
 */
export function monologuesOf(speaker: readonly Span[], walls: readonly Span[], pauseMaxMs: number): Span[] {
  const runs: Span[] = [];
  let wall = 0;
  for (const span of subtractSpans(speaker, walls)) {
    const last = runs.at(-1);
    while (wall < walls.length && (walls[wall]?.endMs ?? 0) <= (last?.endMs ?? 0)) wall++;
    const isWalled = (walls[wall]?.startMs ?? Infinity) < span.startMs;
    if (last !== undefined && !isWalled && span.startMs - last.endMs <= pauseMaxMs) last.endMs = span.endMs;
    else runs.push({ ...span });
  }
  return runs;
}

/**
 * How long `replier` waited each time that it began while nobody spoke, or in the very moment in which the other stopped, and `other` alone had spoken last.
 * @param hold replies after hold are left out
 * @returns milliseconds ≥ 0, in the order of the call
 */
export function responsesOf(replier: readonly Span[], other: readonly Span[], hold: readonly Span[]): number[] {
  const delays: number[] = [];
  for (const [i, { startMs }] of replier.entries()) {
    const before = lastOf(other, (span) => span.startMs <= startMs);
    if (before === undefined || before.endMs > startMs) continue; // the other still speaks, or begins in the same moment
    if ((replier[i - 1]?.endMs ?? -1) >= before.endMs) continue; // it goes on itself
    if ((lastOf(hold, (span) => span.startMs < startMs)?.endMs ?? 0) > before.endMs) continue;
    delays.push(startMs - before.endMs);
  }
  return delays;
}

/** @returns how often the one who speaks alone is another one than before */
export function countSwitches(a: readonly Span[], b: readonly Span[]): number {
  const alone = [...subtractSpans(a, b).map((span) => ({ at: span.startMs, isA: true })), ...subtractSpans(b, a).map((span) => ({ at: span.startMs, isA: false }))].sort((x, y) => x.at - y.at);
  return alone.filter((one, i) => i > 0 && alone[i - 1]?.isA !== one.isA).length;
}

/** Mean of the two middle ones for an even count. @param values not empty */
export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2;
}

/** Nearest rank: the smallest value that at least `percent` % do not exceed. @param values not empty */
export function percentileOf(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? 0;
}

/** @returns the stretch that had begun before `atMs` and has not ended by then */
function stretchAround(spans: readonly Span[], atMs: number): Span | undefined {
  const span = lastOf(spans, (one) => one.startMs < atMs);
  return span !== undefined && span.endMs > atMs ? span : undefined;
}

/** @returns the last span for which `isBefore` holds; it must hold for a beginning of the list and for nothing after it */
function lastOf(spans: readonly Span[], isBefore: (span: Span) => boolean): Span | undefined {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(spans[middle] as Span)) low = middle + 1;
    else high = middle;
  }
  return spans[low - 1];
}

/** Speech of `party` that takes the floor, with hold: what ends the other's monologue. */
export function wallsAgainst(speaker: readonly Span[], other: readonly Span[], hold: readonly Span[], backchannelMaxMs: number): Span[] {
  return unionOf([...subtractSpans(other, backchannelsOf(other, speaker, backchannelMaxMs)), ...hold]);
}
