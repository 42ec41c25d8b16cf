// A message as the readers of slots see it: its sentences with their plain words. Pure.
import type { Speaker } from "../../domain/index.ts";
import { fold } from "../text/fold.ts";
import { readPlain, splitSentences, type PlainWord } from "../text/conversation.ts";
import type { Token } from "../text/tokens.ts";

/** What is known of one message. Its text is redacted. */
export interface SaidMessage {
  id: string;
  speaker: Speaker;
  text: string;
  /** UTC milliseconds: relative dates are resolved against it */
  atMs: number;
  /** 0…1, how well it was heard; absent for what was written */
  confidence?: number;
  /** pages of a document answer no question */
  isPage?: boolean;
  /** what a bot collected, or a form that the customer filled in */
  fields?: Readonly<Record<string, string | number | boolean | null>>;
  /** what the bot believes the customer wants */
  intent?: string;
  /** what an encoder made of it, as it is kept (`readEncoded`); absent where none has read it */
  encoding?: string;
}

/** One sentence of a message. */
export interface Line {
  /** as it was said */
  text: string;
  tokens: readonly Token[];
  plain: readonly PlainWord[];
  /** plain words joined by single spaces */
  line: string;
  /** every plain word, folded */
  stems: readonly string[];
}

/** Documents may be long; forms have their fields on the first pages. */
const READ_AT_MOST = 6_000;

/** @returns the sentences of a message */
export function linesOf(text: string): Line[] {
  return [...splitSentences(text.slice(0, READ_AT_MOST))].map(lineOf).filter((line) => line.plain.length > 0);
}

export function lineOf(text: string): Line {
  const { tokens, plain } = readPlain(text);
  return { text, tokens, plain, line: plain.map((word) => word.text).join(" "), stems: plain.map((word) => fold(word.text)) };
}

/** A phrase ready for matching; `gap` is how many other words may stand before a word. */
export type PhraseWords = readonly { stem: string; gap: number }[];

/** `~` stands for up to this many other words. */
const GAP_WORDS = 6;

export function readPhrase(text: string): PhraseWords {
  return text.split("~").flatMap((part, at) => readPlain(part).plain.map((word, within) => ({ stem: fold(word.text), gap: at > 0 && within === 0 ? GAP_WORDS : 0 })));
}

/** Which of many phrases begin with a word: a workflow knows a thousand, a sentence has twelve words. Made once for each list. */
const INDEXES = new WeakMap<readonly PhraseWords[], Map<string, number[]>>();

/** @returns where phrases of a list stand, with their place in the list, in its order */
export function findPhrases(phrases: readonly PhraseWords[], stems: readonly string[]): { phrase: number; from: number; to: number }[] {
  let index = INDEXES.get(phrases);
  if (index === undefined) {
    index = new Map();
    for (const [at, [first]] of phrases.entries()) if (first !== undefined) index.set(first.stem, [...(index.get(first.stem) ?? []), at]);
    INDEXES.set(phrases, index);
  }
  const found: { phrase: number; from: number; to: number }[] = [];
  for (const [from, stem] of stems.entries()) {
    for (const phrase of index.get(stem) ?? []) {
      const to = phraseEnd(phrases[phrase] as PhraseWords, stems, from);
      if (to !== undefined) found.push({ phrase, from, to });
    }
  }
  return found.length < 2 ? found : found.sort((a, b) => a.phrase - b.phrase || a.from - b.from);
}

/** @returns behind its last word, when the phrase begins at this one */
function phraseEnd(phrase: PhraseWords, stems: readonly string[], from: number): number | undefined {
  let at = from;
  for (let word = 1; word < phrase.length; word++) {
    const { stem, gap } = phrase[word] as PhraseWords[number];
    const next = stems.indexOf(stem, at + 1);
    if (next < 0 || next > at + 1 + gap) return undefined;
    at = next;
  }
  return at + 1;
}

/** @param from, to plain words, `to` exclusive @returns the words as they were said, without punctuation around them */
export function quoteOf(line: Line, from: number, to: number): string {
  const start = line.tokens[line.plain[from]?.from ?? -1]?.start;
  const end = line.tokens[(line.plain[to - 1]?.to ?? 0) - 1]?.end;
  return start === undefined || end === undefined ? "" : line.text.slice(start, end);
}

/** @returns the plain words that a stretch of `line.line` covers */
export function wordsAt(line: Line, start: number, end: number): { from: number; to: number } {
  let offset = 0;
  let from = -1;
  let to = -1;
  line.plain.forEach((word, at) => {
    if (offset < end && offset + word.text.length > start) {
      if (from < 0) from = at;
      to = at + 1;
    }
    offset += word.text.length + 1;
  });
  return { from, to };
}

/** @returns the plain words that a stretch of the sentence's own text covers */
export function wordsOfText(line: Line, start: number, end: number): { from: number; to: number } {
  const inside = line.plain.flatMap((word, at) => ((line.tokens[word.from]?.start ?? 0) < end && (line.tokens[word.to - 1]?.end ?? 0) > start ? [at] : []));
  return { from: inside[0] ?? -1, to: (inside.at(-1) ?? -2) + 1 };
}

/** Something stands between a word and the one before it: a comma, a dash, a bracket. */
export function isParted(line: Line, at: number): boolean {
  const before = line.tokens[(line.plain[at - 1]?.to ?? 1) - 1]?.end ?? 0;
  return /[,.;:!?()"“”–—…]|\s-\s/.test(line.text.slice(before, line.tokens[line.plain[at]?.from ?? 0]?.start ?? 0));
}
