// Tokens become words. Pure.
import type { Span, Word } from "../domain/index.ts";

/** One token as the engine heard it. Window time, integer milliseconds. */
export interface RawToken {
  text: string;
  startMs: number;
  endMs: number;
  /** 0…1; undefined when the engine does not say */
  probability: number | undefined;
  /** the segment's time, when the engine timed only that */
  within?: Span;
}

/** What the engine takes for one sentence or phrase. */
export interface RawSegment {
  startMs: number;
  endMs: number;
  tokens: RawToken[];
}

/** A segment whose tokens became words. `text` is the words as a reader writes them. */
export interface HeardSegment {
  startMs: number;
  endMs: number;
  words: Word[];
}

const SPECIAL = /^(\[_.*\]|<\|.*\|>)$/u;
const SOUNDING = /[\p{L}\p{N}]/u;
const CLOSING = /^[.,!?;:%…"”’'»)\]。，！？、：；％]+$/u;
/** Scripts that do not put spaces between words: there every token is a word of its own. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/**
 * A leading space starts a word, everything else continues it; punctuation joins the word before it; specials (`[_BEG_]`, `[_TT_150]`) fall out.
 * @returns words in the order of the tokens, with times that never run backwards. Confidence is the geometric mean of the probabilities of
 *   the tokens that sound (punctuation is a guess about grammar, not about hearing); times are theirs too.
 */
export function toWords(tokens: readonly RawToken[]): Word[] {
  const groups: RawToken[][] = [];
  for (const token of tokens) {
    if (SPECIAL.test(token.text) || token.text.trim() === "") continue;
    const last = groups.at(-1);
    if (last === undefined || startsWord(token.text, last.at(-1)?.text ?? "")) groups.push([token]);
    else last.push(token);
  }
  const words: Word[] = [];
  let lastStartMs = 0;
  for (const group of groups) {
    const text = group.map((token) => token.text).join("").trim();
    const sounding = group.filter((token) => SOUNDING.test(token.text));
    const before = words.at(-1);
    if (sounding.length === 0) {
      if (before !== undefined && CLOSING.test(text)) before.text += text;
      continue; // a lone dash or quotation mark is no word
    }
    const startMs = Math.max(lastStartMs, Math.min(...sounding.map((token) => token.startMs)));
    const endMs = Math.max(startMs, ...sounding.map((token) => token.endMs));
    const heardIn = sounding.flatMap((token) => token.within ?? []).slice(0, 1); // tokens of one word share their segment
    words.push({ text, startMs, endMs, confidence: geometricMean(sounding.map((token) => token.probability)), ...(heardIn.length === 0 ? {} : { heardIn }) });
    lastStartMs = startMs;
  }
  return words;
}

function startsWord(text: string, before: string): boolean {
  if (/^\s/u.test(text)) return true;
  return SOUNDING.test(text) && (UNSPACED.test(text) || UNSPACED.test(before));
}

/** A text without times as tokens: words begin with a space, and scripts without spaces give one token a letter. */
export function splitSpoken(text: string): string[] {
  return text.split(/\s+/u).filter((part) => part !== "").flatMap((part) => (UNSPACED.test(part) ? [...part] : [` ${part}`]));
}

/** One space between words; none where the script has none. */
export function joinWords(words: readonly { text: string }[]): string {
  let text = "";
  for (const word of words) {
    const unspaced = UNSPACED.test(text.slice(-1)) || /[。，！？、：；]$/u.test(text);
    text += text === "" || (unspaced && UNSPACED.test(word.text.slice(0, 1))) ? word.text : ` ${word.text}`;
  }
  return text;
}

/** exp(mean(ln p)): one badly heard token pulls a word down as far as it should. @returns 0…1; undefined when no value is known */
export function geometricMean(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  const sum = known.reduce((total, value) => total + Math.log(Math.min(1, Math.max(1e-6, value))), 0);
  return known.length === 0 ? undefined : Math.exp(sum / known.length);
}

/** Mean confidence weighted by the length of the words. @returns 0…1; undefined when no word has one */
export function meanConfidence(words: readonly Word[]): number | undefined {
  let weight = 0;
  let total = 0;
  for (const { text, confidence } of words) {
    if (confidence === undefined) continue;
    weight += text.length;
    total += confidence * text.length;
  }
  return weight === 0 ? undefined : total / weight;
}
