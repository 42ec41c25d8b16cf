// Which lines of a document are headings: marked ones (#), numbered ones (3.2), and short lines that stand alone above a text. Pure.

export interface Heading {
  /** 1 is the highest */
  level: number;
  text: string;
}

const LONGEST = 80;
const MOST_WORDS = 10;
/** A heading that is neither marked nor numbered belongs below those that are chapters. */
const PLAIN_LEVEL = 2;

/**
 * @param block one paragraph
 * @param next  the paragraph that follows it on the page, if any
 * @returns undefined for ordinary text; a short line counts only above something longer, so that a list is not a row of headings
 */
export function headingOf(block: string, next: string | undefined): Heading | undefined {
  const line = block.trim();
  const marked = /^(#{1,6})\s+(\S.*)$/.exec(line);
  if (marked !== null) return { level: marked[1]?.length ?? 1, text: (marked[2] ?? "").replace(/\s*#+$/, "").slice(0, LONGEST) };
  const underlined = /^([^\n]{1,80})\n(=|-)\2{2,}$/.exec(line);
  if (underlined !== null) return { level: underlined[2] === "=" ? 1 : 2, text: (underlined[1] ?? "").trim() };
  if (!isTitleLike(line) || next === undefined || isTitleLike(next.trim())) return undefined;
  const numbered = /^(?:§\s*)?(\d{1,3}(?:\.\d{1,3}){0,5})[.)]?\s+\S/.exec(line);
  return { level: numbered === null ? PLAIN_LEVEL : (numbered[1] ?? "").split(".").length, text: line };
}

/** One short line that begins like a title and does not end like a sentence; a question may be one. */
function isTitleLike(line: string): boolean {
  return line.length <= LONGEST && !line.includes("\n") && /^[\p{Lu}\p{Lo}\p{N}§"“¿(]/u.test(line) && !/[.,;:!…]$/.test(line) && line.split(/\s+/).length <= MOST_WORDS;
}
