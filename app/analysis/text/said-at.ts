// From a match on the plain line back to the words as they were said. Pure.
import type { Sentence } from "./conversation.ts";

/** @param start, end offsets in `sentence.line` @returns the stretch of the sentence's text, without punctuation around it */
export function saidAt(sentence: Sentence, start: number, end: number): string {
  let offset = 0;
  let from: number | undefined;
  let to: number | undefined;
  for (const word of sentence.plain) {
    const wordEnd = offset + word.text.length;
    if (wordEnd > start && offset < end) {
      from ??= word.from;
      to = word.to;
    }
    offset = wordEnd + 1;
  }
  if (from === undefined || to === undefined) return "";
  return sentence.text.slice(sentence.tokens[from]?.start, sentence.tokens[to - 1]?.end);
}
