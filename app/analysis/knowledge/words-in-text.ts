// Where the words of a search stand in a text, and how well a text answers it. Pure.
import type { Snippet } from "../../domain/index.ts";

/** What must be in a text; words in small letters without accents. */
export interface WantedWords {
  words: readonly string[];
  /** the last word may go on */
  isBeginning: boolean;
}

/** A text that has the words. */
export interface RankedText {
  text: string;
  atMs: number;
}

/** BM25 with its usual settings (Robertson and Zaragoza, 2009). */
const SATURATION = 1.2;
const LENGTH_SHARE = 0.75;
/** A message of half a year ago counts three quarters of one of today: what is new is wanted more often, and a much better answer still wins. */
const HALF_LIFE_MS = 182 * 86_400_000;
const AGELESS_SHARE = 0.5;

/**
 * BM25 with recency.
 * @param rarity of each wanted term: its share of texts, 0 < share ≤ 1
 * @returns texts, best first; of equals the one that came first in `texts`
 */
export function rankTexts<T extends RankedText>(wanted: readonly WantedWords[], rarity: readonly number[], texts: readonly T[], nowMs: number): T[] {
  const weights = rarity.map((share) => Math.log(1 + 1 / share));
  const folded = texts.map((one) => ` ${foldText(one.text)} `);
  const mean = folded.reduce((sum, text) => sum + text.length, 0) / Math.max(1, folded.length);
  const scores = folded.map((text, i) => {
    const norm = SATURATION * (1 - LENGTH_SHARE + (LENGTH_SHARE * text.length) / Math.max(1, mean));
    const relevance = wanted.reduce((sum, term, n) => {
      const times = Math.max(1, timesIn(text, term)); // the index found it, so it is there, perhaps beyond the beginning that is looked at
      return sum + ((weights[n] ?? 1) * times * (SATURATION + 1)) / (times + norm);
    }, 0);
    const age = Math.max(0, nowMs - (texts[i]?.atMs ?? nowMs));
    return relevance * (AGELESS_SHARE + (1 - AGELESS_SHARE) * 0.5 ** (age / HALF_LIFE_MS));
  });
  return texts.map((one, i) => ({ one, score: scores[i] ?? 0 })).sort((a, b) => b.score - a.score).map(({ one }) => one);
}

/** Words that a snippet has, and how many of them stand before the first that was looked for. */
const SNIPPET_WORDS = 24;
const LEAD_WORDS = 5;

/** @returns the part of the text with most of the wanted terms, and where they stand in it; its beginning when none does. Cut ends are shown by … */
export function snippetOf(text: string, wanted: readonly WantedWords[]): Snippet {
  const near = placeIn(text, wanted);
  const tokens = [...text.slice(near, near + LOOKED_AT).matchAll(TOKEN)].map((match) => ({ start: near + match.index, end: near + match.index + match[0].length, word: foldWord(match[0]) }));
  const hits = tokens.flatMap((_, at) => wanted.flatMap((term, n) => (stands(term, tokens, at) ? [{ at, end: at + term.words.length, n }] : [])));
  let best = { terms: 0, from: 0 };
  for (const [i, hit] of hits.entries()) {
    const seen = new Set<number>();
    for (let j = i; j < hits.length && (hits[j]?.end ?? Infinity) <= hit.at + SNIPPET_WORDS - LEAD_WORDS; j++) seen.add(hits[j]?.n ?? 0);
    if (seen.size > best.terms) best = { terms: seen.size, from: hit.at };
  }
  const first = tokens.length <= SNIPPET_WORDS && near === 0 ? 0 : Math.max(0, Math.min(best.from - LEAD_WORDS, tokens.length - SNIPPET_WORDS));
  const last = Math.min(tokens.length, first + SNIPPET_WORDS);
  const start = first === 0 && near === 0 ? 0 : (tokens[first]?.start ?? near);
  const end = last === tokens.length && near + LOOKED_AT >= text.length ? text.length : (tokens[last - 1]?.end ?? text.length);
  const lead = start === 0 ? "" : "…";
  const shift = lead.length - start;
  const inside = hits.filter((hit) => hit.at >= first && hit.end <= last).map((hit): [number, number] => [(tokens[hit.at]?.start ?? 0) + shift, (tokens[hit.end - 1]?.end ?? 0) + shift]);
  return { text: `${lead}${text.slice(start, end)}${end === text.length ? "" : "…"}`, marks: joined(inside) };
}

/** Of a long text this much is looked at, from a little before the first word: cutting up all of a page of 20,000 characters would take 30 ms. */
const LOOKED_AT = 4_000;
const BEFORE = 300;

/** @returns where to begin to look; never within a word */
function placeIn(text: string, wanted: readonly WantedWords[]): number {
  if (text.length <= LOOKED_AT) return 0;
  const lower = text.toLowerCase();
  const first = Math.min(...wanted.map(({ words }) => lower.indexOf(words[0] ?? "")).filter((at) => at >= 0), text.length);
  if (first <= BEFORE || first === text.length || lower.length !== text.length) return 0;
  const blank = text.lastIndexOf(" ", first - BEFORE);
  return blank < first - 2 * BEFORE ? 0 : blank + 1;
}

const TOKEN = /[\p{L}\p{N}\p{M}\p{Co}]+/gu;

function stands({ words, isBeginning }: WantedWords, tokens: readonly { word: string }[], at: number): boolean {
  return words.every((word, i) => {
    const found = tokens[at + i]?.word;
    return found !== undefined && (isBeginning && i === words.length - 1 ? found.startsWith(word) : found === word);
  });
}

/** Marks in order, those that touch or overlap as one. */
function joined(marks: readonly [number, number][]): [number, number][] {
  const list: [number, number][] = [];
  for (const [start, end] of [...marks].sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    const last = list.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else list.push([start, end]);
  }
  return list;
}

/** Looks for the words instead of cutting the text up, which is ten times as fast. @param text folded, with a blank at either end */
function timesIn(text: string, { words, isBeginning }: WantedWords): number {
  const needle = ` ${words.join(" ")}${isBeginning ? "" : " "}`;
  let times = 0;
  for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + needle.length - 1)) times++;
  return times;
}

function foldText(text: string): string {
  return ASCII.test(text) ? text.toLowerCase().replace(/[^a-z0-9]+/g, " ").trim() : foldWord(text).replace(/[^\p{L}\p{N}\p{Co}]+/gu, " ").trim();
}

// eslint-disable-next-line no-control-regex
const ASCII = /^[\u0000-\u007f]*$/;

/** Most words are ASCII, which is five times as quick. */
function foldWord(word: string): string {
  if (ASCII.test(word)) return word.toLowerCase();
  return word.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}
