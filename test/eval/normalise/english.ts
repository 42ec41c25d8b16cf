// English text as word error is counted on it: the rules of Whisper's EnglishTextNormalizer, so that figures compare with published ones. Pure.
import { normaliseNumbers } from "./numbers.ts";
import { americanSpelling } from "./spelling.ts";
import { FILLERS, REWRITINGS } from "./wordings.ts";

/**
 * Takes away everything in which two correct transcripts may differ: case, punctuation, diacritics, brackets, fillers, contractions, titles,
 * how numbers and amounts are written, British or American spelling.
 * @returns words with one space between them; "" when nothing is left
 */
export function normaliseEnglish(text: string): string {
  let plain = text.toLowerCase();
  plain = plain.replace(/[<[][^>\]]*[>\]]/g, "").replace(/\([^)]+?\)/g, ""); // what transcribers add: [noise], (laughs)
  plain = plain.replace(FILLERS, "").replace(/\s+'/g, "'"); // "he 's" as some write it
  for (const [from, to] of REWRITINGS) plain = plain.replace(from, to);
  plain = plain.replace(/(\d),(\d)/g, "$1$2").replace(/\.(?!\d)/g, " ");
  plain = normaliseNumbers(plainLetters(plain));
  plain = plain.split(" ").map(americanSpelling).join(" ");
  plain = plain.replace(/[.$¢€£](?!\d)/g, " ").replace(/(?<!\d)%/g, " "); // signs that belong to no number
  return plain.replace(/\s+/g, " ").trim();
}

/** The words of {@link normaliseEnglish}. */
export function plainWords(text: string): string[] {
  const plain = normaliseEnglish(text);
  return plain === "" ? [] : plain.split(" ");
}

/** Letters that decomposition leaves whole. */
const LETTERS: Readonly<Record<string, string>> = { œ: "oe", ø: "o", æ: "ae", ß: "ss", đ: "d", ð: "d", þ: "th", ł: "l" };

/** Without diacritics; marks, symbols and punctuation become spaces, except those of numbers and amounts. */
function plainLetters(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{Mn}/gu, "")
    .replace(/[œøæßđðþł]/g, (letter) => LETTERS[letter] ?? letter)
    .replace(/(?![.%$¢€£])[\p{M}\p{S}\p{P}]/gu, " ");
}
