// Arithmetic with stretches of time. Pure.
import type { Span } from "../../domain/index.ts";

/** @returns the same time as sorted stretches that neither overlap nor touch; empty and reversed ones are left out, all are cut to 0…`untilMs` */
export function unionOf(spans: readonly Span[], untilMs = Infinity): Span[] {
  const sorted = spans
    .map((span) => ({ startMs: Math.max(0, span.startMs), endMs: Math.min(untilMs, span.endMs) }))
    .filter((span) => span.endMs > span.startMs)
    .sort((a, b) => a.startMs - b.startMs);
  const merged: Span[] = [];
  for (const span of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && span.startMs <= last.endMs) last.endMs = Math.max(last.endMs, span.endMs);
    else merged.push(span);
  }
  return merged;
}

/** @returns the time that is in both; both must be sorted and free of overlaps ({@link unionOf}) */
export function intersectionOf(a: readonly Span[], b: readonly Span[]): Span[] {
  const common: Span[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const left = a[i] as Span;
    const right = b[j] as Span;
    const startMs = Math.max(left.startMs, right.startMs);
    const endMs = Math.min(left.endMs, right.endMs);
    if (endMs > startMs) common.push({ startMs, endMs });
    if (left.endMs < right.endMs) i++;
    else j++;
  }
  return common;
}

/** @returns stretches whose pauses are shorter than `gapMs` as one; `spans` sorted and free of overlaps */
export function bridgeGaps(spans: readonly Span[], gapMs: number): Span[] {
  const bridged: Span[] = [];
  for (const span of spans) {
    const last = bridged.at(-1);
    if (last !== undefined && span.startMs - last.endMs < gapMs) last.endMs = Math.max(last.endMs, span.endMs);
    else bridged.push({ ...span });
  }
  return bridged;
}

/** @returns total length in milliseconds */
export function lengthOf(spans: readonly Span[]): number {
  return spans.reduce((sum, span) => sum + span.endMs - span.startMs, 0);
}

/** @returns the time of `spans` that is not in `holes`; both must be sorted and free of overlaps */
export function subtractSpans(spans: readonly Span[], holes: readonly Span[]): Span[] {
  const rest: Span[] = [];
  let at = 0;
  for (const span of spans) {
    let startMs = span.startMs;
    while (at < holes.length && (holes[at]?.endMs ?? 0) <= startMs) at++;
    for (let i = at; i < holes.length && (holes[i]?.startMs ?? 0) < span.endMs; i++) {
      const hole = holes[i] as Span;
      if (hole.startMs > startMs) rest.push({ startMs, endMs: hole.startMs });
      startMs = Math.max(startMs, hole.endMs);
    }
    if (startMs < span.endMs) rest.push({ startMs, endMs: span.endMs });
  }
  return rest;
}

/** @returns length of the longest stretch, 0 without any */
export function longestOf(spans: readonly Span[]): number {
  return spans.reduce((longest, span) => Math.max(longest, span.endMs - span.startMs), 0);
}
