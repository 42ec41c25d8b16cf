// How many words of a line were heard wrong, against what a person says was said. Pure.
import type { CheckedWords } from "../../domain/index.ts";

/** Lines that a person has checked. */
export interface CheckedLine {
  truth: string;
  heard: string;
}

/**
 * Word error rate: the least number of substitutions, deletions and insertions that make one of the other, over the words that were said. Case and
 * punctuation do not count, and neither does what was redacted, since nobody may know how that was heard.
 */
export function checkedWords(lines: readonly CheckedLine[]): CheckedWords {
  let [words, errors] = [0, 0];
  for (const line of lines) {
    const [said, heard] = [wordsOf(line.truth), wordsOf(line.heard)];
    words += said.length;
    errors += distance(said, heard);
  }
  return { lines: lines.length, words, errors, rate: words === 0 ? null : Math.round((errors / words) * 1000) / 1000 };
}

function wordsOf(text: string): string[] {
  return text.replace(/\[[A-Z ]{1,20}\]/g, " ").normalize("NFC").toLowerCase().replace(/’/g, "'").match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}']*/gu) ?? [];
}

/** Levenshtein's, one row at a time. */
function distance(said: readonly string[], heard: readonly string[]): number {
  let above = heard.map((_, j) => j + 1);
  for (const [i, word] of said.entries()) {
    let [left, diagonal] = [i + 1, i];
    above = heard.map((other, j) => {
      const up = above[j] ?? 0;
      left = Math.min(up + 1, left + 1, diagonal + Number(word !== other));
      diagonal = up;
      return left;
    });
  }
  return heard.length === 0 ? said.length : (above.at(-1) ?? 0);
}
