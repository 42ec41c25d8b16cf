// Models that give every word a segment of its own: their words become phrases again, which is what the guard judges. Pure.
import type { HeardSegment } from "./words.ts";

/** Words further apart than this are not one phrase: a pause of this length is what separates segments in other models too. */
const PHRASE_GAP_MS = 400;
const SENTENCE_END = /[.?!。？！]["'”’)]*$/u;

/**
 * Joins neighbouring segments of one word each; a full stop or a pause ends a phrase. Segments of several words stay as they are, so for models
 * that write whole phrases nothing changes but runs of single words without a full stop between them.
 * @param segments of one window, in order of time
 * @returns the same words in the same order, each in exactly one segment; segments without words are left out
 */
export function joinPhrases(segments: readonly HeardSegment[]): HeardSegment[] {
  const phrases: HeardSegment[] = [];
  let isOpen = false;
  for (const segment of segments) {
    const last = phrases.at(-1);
    const word = segment.words[0];
    if (word === undefined) continue;
    const isSingle = segment.words.length === 1;
    if (isOpen && isSingle && last !== undefined && segment.startMs - last.endMs <= PHRASE_GAP_MS) {
      last.words.push(word);
      last.endMs = Math.max(last.endMs, segment.endMs);
    } else phrases.push({ ...segment, words: [...segment.words] });
    isOpen = isSingle && !SENTENCE_END.test(word.text);
  }
  return phrases;
}
