// Words of one channel go to the voice that was speaking while they were said. Pure.
import type { Span, Word } from "../domain/index.ts";

/** Ends of words from the engine are often late, beginnings seldom: the middle of a long word may lie in the silence behind it. */
const LONGEST_WORD_MS = 800;

/**
 * @param words  sorted by start
 * @param voices stretches per voice, sorted and not overlapping
 * @returns the words of each voice, in their order: together exactly the words that came in. A word goes where most of it lies; one that lies nowhere,
 *   to the nearest stretch; where both are equal, to the voice of the word before it.
 */
export function wordsByVoice(words: readonly Word[], voices: readonly [readonly Span[], readonly Span[]]): [Word[], Word[]] {
  const shares: [Word[], Word[]] = [[], []];
  const near = [from(voices[0]), from(voices[1])] as const;
  let last: 0 | 1 = (voices[1][0]?.startMs ?? Infinity) < (voices[0][0]?.startMs ?? Infinity) ? 1 : 0;
  for (const word of words) {
    const span = { startMs: word.startMs, endMs: Math.min(word.endMs, word.startMs + LONGEST_WORD_MS) };
    const [a, b] = [near[0](span), near[1](span)];
    if (a !== b) last = a > b ? 0 : 1;
    shares[last].push(word);
  }
  return shares;
}

/** @returns a look-up: how much of a span is inside of the stretches, or, below zero, how far it is from the nearest; spans must come sorted by start */
function from(stretches: readonly Span[]): (span: Span) => number {
  let at = 0;
  return (span) => {
    while (at + 1 < stretches.length && (stretches[at]?.endMs ?? 0) <= span.startMs && (stretches[at + 1]?.startMs ?? 0) <= span.startMs) at++;
    let best = -Infinity;
    let inside = 0;
    for (let i = at; i < stretches.length; i++) {
      const stretch = stretches[i] as Span;
      const shared = Math.min(stretch.endMs, span.endMs) - Math.max(stretch.startMs, span.startMs);
      if (shared > 0) inside += shared;
      best = Math.max(best, shared);
      if (stretch.startMs >= span.endMs) break;
    }
    return inside > 0 ? inside : best;
  };
}
