// A document becomes passages that can be found and quoted: about 120 to 200 words, along headings, paragraphs and sentences. Pure.
import { headingOf, type Heading } from "./headings.ts";

/** A passage. `text` stands in its page exactly so. */
export interface Chunk {
  page: number;
  /** the headings above it, the highest first, joined with › */
  title: string;
  text: string;
}

/** Enough to answer a question, short enough for several of them in one prompt. A passage ends at the first paragraph after LEAST, and before MOST where a sentence allows. */
const LEAST_WORDS = 120;
const MOST_WORDS = 200;
/** The last sentence is repeated at the beginning of the next passage, unless it is very long. */
const LONGEST_OVERLAP_WORDS = 60;

/** A piece that is never cut: a heading, or a sentence with the blanks after it. */
interface Unit {
  start: number;
  end: number;
  words: number;
  heading?: Heading;
  /** the last sentence of its paragraph */
  endsParagraph: boolean;
}

/**
 * @param pages as they were read, in order
 * @param title of the document: its name in every passage
 * @returns the passages of one page after the other (10 ms for the longest page); every character of a page with words is in at least one, and no word
 *   is cut. Headings hold on the pages after theirs
 */
export function* cutChunks(pages: readonly { number: number; text: string }[], title: string): Generator<Chunk[]> {
  const path: Heading[] = [];
  for (const { number, text } of pages) {
    if (!/\S/.test(text)) continue;
    yield groupUnits(unitsOf(text)).map((group, i): Chunk => {
      for (const { heading } of group.units) if (heading !== undefined) enter(path, heading);
      return { page: number, title: titleOf(title, path), text: text.slice(i === 0 ? 0 : group.start, group.units.at(-1)?.end ?? text.length) };
    });
  }
}

/** @returns the first heading of a document, if it begins with one */
export function documentTitle(pages: readonly { text: string }[]): string | undefined {
  const [first = "", next] = blocksOf(pages.find((page) => /\S/.test(page.text))?.text ?? "").map((block) => block.text);
  return headingOf(first, next)?.text;
}

interface Group {
  units: Unit[];
  /** where its text begins: in the last sentence of the passage before, where that is repeated */
  start: number;
}

function groupUnits(units: readonly Unit[]): Group[] {
  const groups: Group[] = [];
  let open: Unit[] = [];
  let words = 0;
  let overlap: Unit | undefined;
  const close = (repeats: boolean): void => {
    const last = open.at(-1);
    if (last === undefined) return;
    groups.push({ units: open, start: overlap?.start ?? open[0]?.start ?? 0 });
    overlap = repeats && last.heading === undefined && last.words <= LONGEST_OVERLAP_WORDS ? last : undefined;
    open = [];
    words = overlap?.words ?? 0;
  };
  for (const unit of units) {
    const isNewSection = unit.heading !== undefined && open.some((one) => one.heading === undefined);
    if (isNewSection) close(false);
    else if (words + unit.words > MOST_WORDS && open.length > 0) close(true);
    open.push(unit);
    words += unit.words;
    if (unit.endsParagraph && words >= LEAST_WORDS) close(true);
  }
  close(false);
  return groups;
}

function unitsOf(text: string): Unit[] {
  const blocks = blocksOf(text);
  return blocks.flatMap((block, i): Unit[] => {
    const heading = headingOf(block.text, blocks[i + 1]?.text);
    if (heading !== undefined) return [{ start: block.start, end: block.end, words: countWords(block.text), heading, endsParagraph: false }];
    const pieces = splitAfter(block.text, SENTENCE_END).flatMap((sentence) => (countWords(sentence) <= MOST_WORDS ? [sentence] : inRuns(sentence)));
    let at = block.start;
    return pieces.map((piece, n) => {
      const start = at;
      at += piece.length;
      return { start, end: at, words: countWords(piece), endsParagraph: n === pieces.length - 1 };
    });
  });
}

/** The end of a sentence with its blanks, and a line before the next point of a list. */
const SENTENCE_END = /(?:[.!?…]["'”’)\]]*\s+|[。！？]["'”’」』）]*\s*|\n(?=\s*(?:[-*•–]|\d{1,3}[.)])\s))/gu;
/** An empty line, or a line that is marked as a heading and needs none around it. It looks back only from the end of a line: from every character it would take seconds. */
const BLOCK_END = /\n(?:[^\S\n]*(?=\n)\s*|(?=#{1,6}\s)|(?<=(?:^|\n)#{1,6}\s[^\n]*\n))/gu;

function blocksOf(text: string): { start: number; end: number; text: string }[] {
  let at = 0;
  return splitAfter(text, BLOCK_END).map((piece) => {
    const start = at;
    at += piece.length;
    return { start, end: at, text: piece };
  });
}

/** Cuts a text after each match; put together, the pieces are the text. Pieces of blanks alone go with the one before. */
function splitAfter(text: string, end: RegExp): string[] {
  const pieces: string[] = [];
  let at = 0;
  for (const match of text.matchAll(end)) {
    const stop = match.index + match[0].length;
    if (stop <= at || !/\S/.test(text.slice(at, stop))) continue;
    pieces.push(text.slice(at, stop));
    at = stop;
  }
  if (at < text.length) pieces.push(text.slice(at));
  return pieces;
}

/** A sentence that is longer than a passage (a table, a list without points): in runs of whole words. */
function inRuns(text: string): string[] {
  const words = text.match(/\s*\S+\s*/g) ?? [];
  return Array.from({ length: Math.ceil(words.length / LEAST_WORDS) }, (_, i) => words.slice(i * LEAST_WORDS, (i + 1) * LEAST_WORDS).join(""));
}

function countWords(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}

function enter(path: Heading[], heading: Heading): void {
  while ((path.at(-1)?.level ?? 0) >= heading.level) path.pop();
  path.push(heading);
}

function titleOf(title: string, path: readonly Heading[]): string {
  const names = path.map((one) => one.text);
  return [...(names[0] === title ? [] : [title]), ...names].join(" › ");
}
