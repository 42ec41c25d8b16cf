// Words become pieces that a model knows: spaces part, every mark stands alone, the longest known piece first, `##` inside a word (WordPiece). Pure.

/** Words of the vocabulary that stand for no words. */
export const MARKS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[A]", "[C]"] as const;

/** A word as it stands in a text, and the numbers of its pieces. */
export interface Pieces {
  /** places in the text; `to` is behind the last character */
  from: number;
  to: number;
  pieces: readonly number[];
}

const WORD = /[\p{L}\p{N}\p{M}]+|[^\p{L}\p{N}\p{M}\s]/gu;
/** No piece is longer. */
const LONGEST = 20;
/** Words that stay known: those of a language are few, numbers and misspellings are many. */
const KEPT = 20_000;

/** @param vocabulary pieces in the order of their numbers, `MARKS` first */
export function createWordPieces(vocabulary: readonly string[]): (text: string) => Pieces[] {
  const numbers = new Map(vocabulary.map((piece, at) => [piece, at]));
  const kept = new Map<string, readonly number[]>();
  const unknown = [MARKS.indexOf("[UNK]")];

  const split = (word: string): readonly number[] => {
    const pieces: number[] = [];
    for (let at = 0; at < word.length; ) {
      let to = Math.min(word.length, at + LONGEST);
      let piece: number | undefined;
      while (to > at && (piece = numbers.get((at === 0 ? "" : "##") + word.slice(at, to))) === undefined) to--;
      if (piece === undefined) return unknown;
      pieces.push(piece);
      at = to;
    }
    return pieces;
  };

  return (text) => [...text.matchAll(WORD)].flatMap(({ 0: word, index }) => {
    const folded = fold(word);
    const known = kept.get(folded) ?? split(folded);
    if (kept.size < KEPT) kept.set(folded, known);
    return known.length === 0 ? [] : [{ from: index, to: index + word.length, pieces: known }]; // an accent without its letter
  });
}

/** As the training folded: small letters without accents, plain quotes and dashes. */
function fold(word: string): string {
  return word.toLowerCase().replace(/[’‘]/g, "'").replace(/[“”]/g, '"').replace(/[–—]/g, "-").normalize("NFD").replace(/\p{Mn}/gu, "");
}
