// Reads the turns once: sentences with their words, numbers in digits, and how far they can be trusted. Everything else works on this.
import type { Speaker, Turn } from "../../domain/index.ts";
import type { Pacer } from "../pacer.ts";
import { fold } from "./fold.ts";
import { FILLERS, isFunctionWord } from "./function-words.ts";
import { readNumbers } from "./numbers.ts";
import { expand, tokenise, type Token } from "./tokens.ts";

/** Below this confidence a turn is weak evidence: it counts {@link WEAK_WEIGHT}. */
export const WEAK_CONFIDENCE = 0.35;
export const WEAK_WEIGHT = 0.4;
/** Where most of a call is weak there is nothing better to hold on to: what is not quite noise counts this much, and the summary says so. */
const WEAK_CALL_WEIGHT = 0.7;
const NOISE_CONFIDENCE = 0.2;

/** A plain word of a sentence: lower case, contractions expanded, numbers in digits; `from`…`to` (exclusive) are its tokens. */
export interface PlainWord {
  text: string;
  from: number;
  to: number;
}

/** One sentence of one speaker. */
export interface Sentence {
  /** place among all sentences */
  index: number;
  /** index of the (first) turn it was said in */
  turn: number;
  /** one id, or two when the sentence runs over a pause into the speaker's next turn */
  turnIds: string[];
  speaker: Speaker;
  /** as transcribed */
  text: string;
  tokens: Token[];
  plain: PlainWord[];
  /** the plain words joined by single spaces: what all rules match */
  line: string;
  /** folded content words, in order */
  stems: string[];
  confidence: number;
  /** 1, or less when it was heard badly */
  weight: number;
  /** 0 at the beginning of the call … 1 at its end, by turns */
  position: number;
}

/** What was said, ready for analysis. */
export interface Conversation {
  turns: readonly Turn[];
  sentences: Sentence[];
  /** sentences of each turn, by index of the turn */
  byTurn: Sentence[][];
  /** true when the two parties can be told apart */
  partiesKnown: boolean;
  /** share of the words that were heard badly, 0…1 */
  weakShare: number;
}

/** Longest sentence in words; speech without any full stop is cut here, at a joining word where there is one. */
const MAX_WORDS = 45;
const MAX_CHARACTERS = 1200;

/** @returns the sentences of all turns; turns of the system are left out. Never throws on odd text. */
export async function readConversation(turns: readonly Turn[], english: boolean, pacer: Pacer): Promise<Conversation> {
  const sentences: Sentence[] = [];
  const byTurn: Sentence[][] = turns.map(() => []);
  let weakWords = 0;
  let allWords = 0;
  for (const [at, turn] of turns.entries()) {
    if (turn.speaker === "system") continue;
    for (const text of splitSentences(turn.text)) {
      await pacer.breathe();
      const sentence = readSentence(text, turn, at, turns.length, english);
      if (sentence.plain.length === 0) continue;
      allWords += sentence.plain.length;
      if (sentence.weight < 1) weakWords += sentence.plain.length;
      const previous = sentences.at(-1);
      const joined = previous !== undefined && runsOn(previous, sentence) ? readSentence(`${previous.text} ${text}`, turn, at, turns.length, english) : undefined;
      if (previous !== undefined && joined !== undefined) {
        Object.assign(previous, { ...joined, index: previous.index, turn: previous.turn, turnIds: [...previous.turnIds, turn.id], position: previous.position });
        previous.confidence = Math.min(previous.confidence, sentence.confidence);
        byTurn[at]?.push(previous);
      } else {
        sentence.index = sentences.length;
        sentences.push(sentence);
        byTurn[at]?.push(sentence);
      }
    }
  }
  const weakShare = allWords === 0 ? 0 : weakWords / allWords;
  if (weakShare > 0.5) for (const sentence of sentences) if (sentence.weight < 1 && sentence.confidence >= NOISE_CONFIDENCE) sentence.weight = WEAK_CALL_WEIGHT;
  const speakers = new Set(sentences.map((sentence) => sentence.speaker));
  return { turns, sentences, byTurn, partiesKnown: speakers.has("customer") || speakers.has("agent") || speakers.has("bot"), weakShare };
}

const WILL_DO = /^(?:get|send|call|have|be|do|check|make|let|give|arrange|put|try|just|also|take|ask|wait|go|order|book|need|look|see|pay|email|ring)$/;

/** The words of one text on their own: for evidence checks and taxonomies. */
export function readPlain(text: string, english = true): { tokens: Token[]; plain: PlainWord[] } {
  const tokens = tokenise(text);
  const plain: PlainWord[] = [];
  const numbers = english && tokens.length > 0 ? readNumbers(tokens) : [];
  let next = 0;
  for (let at = 0; at < tokens.length; at++) {
    const number = numbers[next];
    if (number?.from === at) {
      plain.push({ text: number.written, from: number.from, to: number.to });
      at = number.to - 1;
      next++;
      continue;
    }
    const lower = tokens[at]?.lower ?? "";
    if (FILLERS.has(lower)) continue;
    // "ill send it": without its apostrophe only the next word tells
    const words = !english ? [lower] : lower === "ill" && WILL_DO.test(tokens[at + 1]?.lower ?? "") ? ["i", "will"] : expand(lower);
    for (const word of words) {
      if (plain.at(-1)?.text === word && isFunctionWord(word)) continue; // "I I want", "the the": stutter
      plain.push({ text: word, from: at, to: at + 1 });
    }
  }
  return { tokens, plain };
}

/** @returns folded content words: the meaning of a text as keys */
export function contentStems(plain: readonly PlainWord[], english = true): string[] {
  const stems: string[] = [];
  for (const { text } of plain) if (!isFunctionWord(text) && (text.length > 1 || /\d/.test(text))) stems.push(english ? fold(text) : text);
  return stems;
}

function readSentence(text: string, turn: Turn, at: number, turnCount: number, english: boolean): Sentence {
  const { tokens, plain } = readPlain(text, english);
  const { confidence: told = 1 } = turn; // an engine that says nothing has not said that it heard badly
  const confidence = Number.isFinite(told) ? told : 0;
  return {
    index: 0,
    turn: at,
    turnIds: [turn.id],
    speaker: turn.speaker,
    text,
    tokens,
    plain,
    line: plain.map((word) => word.text).join(" "),
    stems: contentStems(plain, english),
    confidence,
    weight: confidence < WEAK_CONFIDENCE ? WEAK_WEIGHT : 1,
    position: turnCount < 2 ? 0 : at / (turnCount - 1),
  };
}

/** A pause cut the sentence: no full stop before it, a small letter after it, the same speaker, neighbouring turns. */
function runsOn(before: Sentence, after: Sentence): boolean {
  return (
    before.speaker === after.speaker &&
    after.turn === before.turn + 1 &&
    before.turnIds.length === 1 &&
    !/[.!?…。]["'”’)]*\s*$/.test(before.text) &&
    /^\s*\p{Ll}/u.test(after.text) &&
    /\p{Lu}/u.test(before.text) &&
    before.tokens.length + after.tokens.length <= MAX_WORDS
  );
}

const ABBREVIATION = /(?:^|\s)(?:mr|mrs|ms|dr|vs|approx|[b-hj-z])\.$/i;
const JOINER = /^(?:and|but|so|because|then|or|which)$/i;

/** In speech without any punctuation a pronoun with its verb begins something new, unless a joining word stands before it. */
const UNMARKED = /(?<!\b(?:that|if|when|so|and|but|or|because|what|as|once|before|after|which|think|sure|hope|know|can|will|how|why|where|until|then|the|for|to|cos))\s+(?=(?:you|we|i) (?:just |also |then )?(?:need to|will|can|have to|must|am|was|have)\b)/i;

/** Sentences of one turn; endless ones are cut at a joining word, or where they must. */
export function* splitSentences(text: string): Generator<string> {
  let start = 0;
  const ends = /[.!?…]+["'”’)]*(?=\s|$)|[。！？]|\n+/gu;
  for (let match = ends.exec(text); match !== null; match = ends.exec(text)) {
    const end = match.index + match[0].length;
    if (ABBREVIATION.test(text.slice(Math.max(start, end - 8), end)) && end < text.length) continue;
    yield* cutLong(text.slice(start, end).trim());
    start = end;
  }
  yield* cutLong(text.slice(start).trim());
}

function* cutLong(sentence: string): Generator<string> {
  if (sentence.length <= 160) {
    const unmarked = sentence.length > 60 && !/[,;:.?!]\s/.test(sentence);
    for (const part of unmarked ? sentence.split(UNMARKED) : [sentence]) if (part !== "") yield part;
    return;
  }
  let current: string[] = [];
  let length = 0;
  for (const piece of sentence.split(/\s+/)) {
    for (let at = 0; at < piece.length; at += MAX_CHARACTERS) {
      const word = piece.slice(at, at + MAX_CHARACTERS);
      const mustCut = current.length >= MAX_WORDS || length + word.length > MAX_CHARACTERS;
      if (current.length > 0 && (mustCut || (current.length >= 24 && JOINER.test(word)))) {
        yield current.join(" ");
        current = [];
        length = 0;
      }
      current.push(word);
      length += word.length + 1;
    }
  }
  if (current.length > 0) yield current.join(" ");
}
