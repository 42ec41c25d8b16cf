// What people type into a search box: words, "phrases", -not, beginnings*. It never becomes query language of the index. Pure.

/** One thing that must be there; `words` in small letters without accents. */
export interface SearchTerm {
  words: string[];
  /** the last word may go on */
  isBeginning: boolean;
  /** the same for the index, quoted */
  match: string;
}

export interface SearchQuery {
  /** expression of the index: every term, and none of those with a minus */
  match: string;
  terms: SearchTerm[];
}

/** More than this nobody types; a pasted letter is not a question. */
const MOST_TERMS = 16;
const LONGEST_TERM = 100;
/** Shorter beginnings stand for too many words: collecting them costs a second at a million messages. */
const SHORTEST_BEGINNING = 3;

/** @returns undefined when there is nothing to look for: no word, or only words that must not be there. Never throws. */
export function parseSearch(text: string): SearchQuery | undefined {
  const wanted: SearchTerm[] = [];
  const unwanted: SearchTerm[] = [];
  for (const [, minus = "", quoted, plain] of text.normalize("NFC").matchAll(/(-?)(?:"([^"]*)"?|([^\s"]+))/gu)) {
    const isBeginning = quoted === undefined && (plain ?? "").endsWith("*");
    const term = termOf((quoted ?? plain ?? "").slice(0, LONGEST_TERM), isBeginning);
    if (term !== undefined && wanted.length + unwanted.length < MOST_TERMS) (minus === "" ? wanted : unwanted).push(term);
  }
  if (wanted.length === 0) return undefined;
  const all = wanted.map((term) => term.match).join(" AND ");
  return { match: unwanted.length === 0 ? all : `(${all}) NOT (${unwanted.map((term) => term.match).join(" OR ")})`, terms: wanted };
}

/** Any of the words. @returns undefined when there are none */
export function anyOf(words: readonly string[]): string | undefined {
  const terms = words.flatMap((word) => termOf(word, false)?.match ?? []);
  return terms.length === 0 ? undefined : terms.join(" OR ");
}

function termOf(text: string, isBeginning: boolean): SearchTerm | undefined {
  const words = wordsOf(text);
  const last = words.at(-1);
  if (last === undefined) return undefined;
  const goesOn = isBeginning && last.length >= SHORTEST_BEGINNING;
  // Letters, digits and blanks alone stand between the quotes: nothing there can end them or be understood as anything else.
  return { words, isBeginning: goesOn, match: `"${(text.match(WORD) ?? []).join(" ")}"${goesOn ? "*" : ""}` };
}

/** What the index takes for a word: letters, digits and signs of private use. */
const WORD = /[\p{L}\p{N}\p{M}\p{Co}]+/gu;

/** @returns the words of a text as they are compared: small letters, without accents */
function wordsOf(text: string): string[] {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().match(WORD) ?? [];
}
