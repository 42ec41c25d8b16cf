// What an engine left out at the end of a window: models now and then stop in the middle, and the rest would be lost without a word. Pure.
import type { Piece, Window } from "./windows.ts";

/** Less sound than this after the last word is its own end, the margin around speech, or a breath. */
const TAIL_MS = 700;
/** What is asked for again must hold this much: a cough is not worth another pass of the encoder. */
const LEAST_MS = 1000;

/**
 * @param window what was asked
 * @param endsMs where each heard word ends, window time; when nothing was heard at all, the first piece is given up
 * @param gapMs  silence between pieces
 * @returns a window of the same sound from there on, always shorter; undefined when all that matters was heard
 */
export function unheardRest(window: Window, endsMs: readonly number[], gapMs: number): Window | undefined {
  const [first] = window.pieces;
  if (first === undefined) return undefined;
  const fromMs = endsMs.length === 0 ? first.windowStartMs + first.durationMs : Math.max(...endsMs);
  const left = window.pieces.flatMap((piece) => cutBefore(piece, fromMs));
  const soundMs = left.reduce((sum, piece) => sum + piece.durationMs, 0);
  const allMs = window.pieces.reduce((sum, piece) => sum + piece.durationMs, 0);
  if (soundMs < LEAST_MS || soundMs >= allMs) return undefined;
  let atMs = 0;
  const pieces = left.map((piece): Piece => {
    const moved = { ...piece, windowStartMs: atMs };
    atMs += piece.durationMs + gapMs;
    return moved;
  });
  return { durationMs: atMs - gapMs, pieces };
}

function cutBefore(piece: Piece, fromMs: number): Piece[] {
  const cutMs = Math.ceil(fromMs - piece.windowStartMs);
  if (cutMs <= 0) return [piece];
  return piece.durationMs - cutMs < TAIL_MS ? [] : [{ ...piece, sourceStartMs: piece.sourceStartMs + cutMs, durationMs: piece.durationMs - cutMs }];
}
