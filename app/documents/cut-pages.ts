// A text without pages of its own becomes pages that a person can quote, cut between paragraphs. Pure.

/** About a printed page; the end of a paragraph is looked for in the last quarter, then the end of a line, then a blank. */
const PAGE_CHARACTERS = 4_000;
/** A page of a PDF may be a poster; what is beyond this is left out and said so. */
export const LONGEST_PAGE = 20_000;

/** @returns trimmed pieces of at most 4,000 characters in order; none for a text without words */
export function cutPages(text: string): string[] {
  const pages: string[] = [];
  for (let at = 0; at < text.length; ) {
    const end = text.length - at <= PAGE_CHARACTERS ? text.length : at + cutOf(text.slice(at, at + PAGE_CHARACTERS));
    const page = tidy(text.slice(at, end));
    if (page !== "") pages.push(page);
    at = end;
  }
  return pages;
}

/** Line ends are \n, at most one empty line in a row, no blanks at the ends of lines; signs that do not print are gone. */
export function tidy(text: string): string {
  return text
    .replace(/\r\n?|[\v\f\u0085\u2028\u2029]/g, "\n")
    // eslint-disable-next-line no-control-regex
    .replace(/[\u0000-\u0008\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g, "")
    .replace(/[^\S\n]+(?=\n|$)/g, "")
    .replace(/\n{3,}/g, "\n\n")
    .replace(/\p{Cs}/gu, "")
    .trim();
}

/** Where to cut a piece that is too long. */
function cutOf(piece: string): number {
  for (const end of ["\n\n", "\n", " "]) {
    const at = piece.lastIndexOf(end);
    if (at >= PAGE_CHARACTERS * 0.75) return at + end.length;
  }
  return piece.length;
}
