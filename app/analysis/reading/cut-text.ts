// Cuts a text that is too long for one reading: at sentences, else at words, else between characters. Nothing is lost. Pure.

const SENTENCE = /[^.!?…。！？\n]*[.!?…。！？\n]+\s*|[^.!?…。！？\n]+$/gu;
const WORD = /\S+\s*|\s+/gu;

/**
 * @param maxBytes of UTF-8 in one part; at least 4
 * @returns parts whose concatenation is the text, none longer than `maxBytes`
 */
export function cutText(text: string, maxBytes: number): string[] {
  return pack(text.match(SENTENCE) ?? [], maxBytes, (sentence) => pack(sentence.match(WORD) ?? [], maxBytes, (word) => pack([...word], maxBytes, (one) => [one])));
}

function pack(pieces: readonly string[], maxBytes: number, cutFurther: (piece: string) => string[]): string[] {
  const parts: string[] = [];
  let part = "";
  let size = 0;
  for (const piece of pieces) {
    const bytes = Buffer.byteLength(piece, "utf8");
    if (size > 0 && size + bytes > maxBytes) {
      parts.push(part);
      part = "";
      size = 0;
    }
    if (bytes > maxBytes) parts.push(...cutFurther(piece));
    else {
      part += piece;
      size += bytes;
    }
  }
  return size > 0 ? [...parts, part] : parts;
}
