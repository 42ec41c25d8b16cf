// The words of a question that say what it is about. Pure.
import { isFunctionWord } from "../text/function-words.ts";

/** Longer questions are stories; their first words name the matter. */
const MOST_WORDS = 24;

/** @returns distinct words in small letters, without those that every sentence has; all of them when nothing else is left ("how do I") */
export function questionWords(question: string): string[] {
  const words = [...new Set(question.normalize("NFC").toLowerCase().match(/[\p{L}\p{N}\p{M}]+/gu) ?? [])];
  const telling = words.filter((word) => !isFunctionWord(word));
  return (telling.length > 0 ? telling : words).slice(0, MOST_WORDS);
}
