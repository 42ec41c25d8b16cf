// Packs speech into windows of at most 30 s and maps times back exactly. Pure.
import type { Span } from "../domain/index.ts";

/** A stretch of the recording that lies in a window as it is. Integer milliseconds. */
export interface Piece {
  windowStartMs: number;
  sourceStartMs: number;
  durationMs: number;
}

/** What the engine hears in one request: pieces in order, silence between them. */
export interface Window {
  durationMs: number;
  pieces: Piece[];
}

export interface WindowLimits {
  /** Whisper decodes 30 s at a time; longer windows would be cut again at a place that nobody chose */
  maxWindowMs: number;
  /** sound around each span that is decoded with it: detectors cut soft first and last consonants */
  marginMs: number;
  /** a window that holds this much gets no further piece; packed full (`maxWindowMs`) when absent, small to hear one utterance at a time */
  enoughMs?: number;
  /** digital silence between two pieces; with the margins the gap stays ≤ 400 ms (the starter model never saw gaps > 1.2 s inside a window) */
  gapMs: number;
}

export const WINDOW_LIMITS: WindowLimits = { maxWindowMs: 30_000, marginMs: 150, gapMs: 100 };

/**
 * @param spans  where somebody speaks, in any order; overlapping ones count once, touching ones stay apart (their border is a chosen cut)
 * @param limits all > 0, `gapMs` may be 0
 * @returns windows in the order of the recording. Every millisecond of speech lies in exactly one piece, no millisecond of the recording in
 *   two, no window is longer than `maxWindowMs`. A span that fits no window is cut evenly: cut it at quiet places before (quiet-cuts.ts).
 */
export function packWindows(spans: readonly Span[], limits: WindowLimits = WINDOW_LIMITS): Window[] {
  const windows: Window[] = [];
  let open: Window | undefined;
  for (const range of stretches(spans, limits)) {
    const durationMs = range.endMs - range.startMs;
    const last = open?.pieces.at(-1);
    const touches = last !== undefined && last.sourceStartMs + last.durationMs === range.startMs;
    const gapMs = touches ? 0 : limits.gapMs;
    if (open === undefined || last === undefined || open.durationMs >= (limits.enoughMs ?? limits.maxWindowMs) || open.durationMs + gapMs + durationMs > limits.maxWindowMs) {
      open = { durationMs, pieces: [{ windowStartMs: 0, sourceStartMs: range.startMs, durationMs }] };
      windows.push(open);
      continue;
    }
    if (touches) last.durationMs += durationMs;
    else open.pieces.push({ windowStartMs: open.durationMs + gapMs, sourceStartMs: range.startMs, durationMs });
    open.durationMs += gapMs + durationMs;
  }
  return windows;
}

/** Sorted, not overlapping, with margins that end in the middle between neighbours, none longer than a window. */
function stretches(spans: readonly Span[], limits: WindowLimits): Span[] {
  const speech = withoutOverlap(spans);
  return speech.flatMap((span, i) => {
    const before = speech[i - 1]?.endMs;
    const after = speech[i + 1]?.startMs;
    const floor = before === undefined ? 0 : Math.ceil((before + span.startMs) / 2);
    const roof = after === undefined ? Infinity : Math.ceil((span.endMs + after) / 2);
    const startMs = Math.max(floor, span.startMs - limits.marginMs);
    const endMs = Math.min(roof, span.endMs + limits.marginMs);
    if (endMs - startMs <= limits.maxWindowMs) return [{ startMs, endMs }];
    if (span.endMs - span.startMs <= limits.maxWindowMs) return [trimmed({ startMs, endMs }, span, limits.maxWindowMs)];
    return evenParts({ startMs, endMs }, limits.maxWindowMs);
  });
}

function withoutOverlap(spans: readonly Span[]): Span[] {
  const whole = spans.map((span) => ({ startMs: Math.max(0, Math.floor(span.startMs)), endMs: Math.ceil(span.endMs) }));
  const sorted = whole.filter((span) => span.endMs > span.startMs).sort((a, b) => a.startMs - b.startMs);
  const apart: Span[] = [];
  for (const span of sorted) {
    const last = apart.at(-1);
    if (last !== undefined && span.startMs < last.endMs) last.endMs = Math.max(last.endMs, span.endMs);
    else apart.push(span);
  }
  return apart;
}

/** Gives up margin on both sides, never speech. */
function trimmed(range: Span, speech: Span, maxMs: number): Span {
  const room = maxMs - (speech.endMs - speech.startMs);
  const startMs = Math.max(range.startMs, speech.startMs - Math.floor(room / 2));
  return { startMs, endMs: Math.min(range.endMs, startMs + maxMs) };
}

function evenParts(range: Span, maxMs: number): Span[] {
  const total = range.endMs - range.startMs;
  const count = Math.ceil(total / maxMs);
  return Array.from({ length: count }, (_, i) => ({
    startMs: range.startMs + Math.floor((total * i) / count),
    endMs: range.startMs + Math.floor((total * (i + 1)) / count),
  }));
}

/**
 * @param ms place in the window; may be fractional or outside
 * @returns place in the recording, exact inside a piece; in a gap or outside, the nearest edge of a piece. Never decreasing.
 */
export function toSourceTime(window: Window, ms: number): number {
  const piece = nearestPiece(window, ms);
  return piece.sourceStartMs + clamp(ms - piece.windowStartMs, 0, piece.durationMs);
}

/** The inverse: @returns place in the window, or undefined when this moment of the recording is not in it. */
export function toWindowTime(window: Window, sourceMs: number): number | undefined {
  const piece = window.pieces.find((one) => sourceMs >= one.sourceStartMs && sourceMs < one.sourceStartMs + one.durationMs);
  return piece && piece.windowStartMs + (sourceMs - piece.sourceStartMs);
}

/**
 * Maps a stretch of the window (a word) to the recording. A word lies in one piece: where it straddles a gap, in the piece that holds most
 * of it, else it would span the minutes that were left out between two pieces.
 * @returns integer milliseconds, `endMs` > `startMs`
 */
export function toSourceSpan(window: Window, span: Span): Span {
  let piece = nearestPiece(window, (span.startMs + span.endMs) / 2);
  let most = overlap(piece, span);
  for (const other of window.pieces) {
    const shared = overlap(other, span);
    if (shared > most) [piece, most] = [other, shared];
  }
  const startMs = Math.round(clamp(span.startMs - piece.windowStartMs, 0, Math.max(0, piece.durationMs - 1)));
  const endMs = Math.round(clamp(span.endMs - piece.windowStartMs, startMs + 1, Math.max(startMs + 1, piece.durationMs)));
  return { startMs: piece.sourceStartMs + startMs, endMs: piece.sourceStartMs + endMs };
}

/** Every stretch of the recording that a stretch of the window covers: one for each piece that it touches. */
export function toSourceSpans(window: Window, span: Span): Span[] {
  return window.pieces.flatMap((piece) => {
    const startMs = Math.max(0, Math.floor(span.startMs) - piece.windowStartMs);
    const endMs = Math.min(piece.durationMs, Math.ceil(span.endMs) - piece.windowStartMs);
    return endMs > startMs ? [{ startMs: piece.sourceStartMs + startMs, endMs: piece.sourceStartMs + endMs }] : [];
  });
}

/** How far a stretch of the window is from the nearest sound that was put there; 0 when it touches a piece. */
export function distanceToSound(window: Window, span: Span): number {
  return Math.min(...window.pieces.map((piece) => Math.max(0, piece.windowStartMs - span.endMs, span.startMs - (piece.windowStartMs + piece.durationMs))));
}

function nearestPiece(window: Window, ms: number): Piece {
  const [first, ...others] = window.pieces;
  if (first === undefined) throw new RangeError("A window has at least one piece");
  let best = first;
  for (const piece of others) {
    if (outside(piece, ms) < outside(best, ms) || (outside(piece, ms) === 0 && ms >= piece.windowStartMs)) best = piece;
  }
  return best;
}

function outside(piece: Piece, ms: number): number {
  return Math.max(0, piece.windowStartMs - ms, ms - (piece.windowStartMs + piece.durationMs));
}

function overlap(piece: Piece, span: Span): number {
  return Math.min(span.endMs, piece.windowStartMs + piece.durationMs) - Math.max(span.startMs, piece.windowStartMs);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
