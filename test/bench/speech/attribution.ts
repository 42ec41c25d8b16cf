// Whose words are whose, and in which order, against the truth about a two-channel call. Pure.
import type { SpokenTurn, Word } from "../../../app/domain/index.ts";
import type { Said } from "../../eval/make-call.ts";
import { align } from "../../eval/word-errors.ts";

export interface Attribution {
  /** words heard on both channels */
  words: number;
  /** words on a channel whose party was silent while the other spoke, or that only the other one said just then */
  wrong: number;
  turns: number;
  /** neighbouring turns whose utterances really began the other way round, or that are not sorted */
  inversions: number;
}

/** Word times of whisper.cpp are off by this much, and its first word likes to begin with the window. */
const TOLERANCE_MS = 300;
/** Words are looked for in what was said this near. */
const NEAR_MS = 1000;

export function attribute(said: readonly Said[], turns: readonly SpokenTurn[]): Attribution {
  const wrong = ([0, 1] as const).map((channel) => {
    const words = turns.filter((turn) => turn.channel === channel).flatMap((turn) => turn.words);
    return wrongWords(said, words, channel).length;
  });
  return { words: turns.reduce((sum, turn) => sum + turn.words.length, 0), wrong: (wrong[0] ?? 0) + (wrong[1] ?? 0), turns: turns.length, inversions: inversionsOf(said, turns) };
}

/**
 * The words of a channel are aligned with what its party said; those that match are right. Of the others, a word is wrong by time when only the
 * other party spoke then, and by text when both spoke at once and only the other one said it. (Where the
 * other was silent, a misheard word that it says a moment later is chance: 1 of 177 with a model that mishears 6 words of 10.)
 */
export function wrongWords(said: readonly Said[], words: readonly Word[], channel: 0 | 1): Word[] {
  const own = said.filter((one) => one.channel === channel);
  const other = said.filter((one) => one.channel !== channel);
  const saidWords = own.flatMap((one) => one.text.split(/\s+/).map(bare));
  const matched = new Set(align(saidWords, words.map((word) => bare(word.text))).flatMap(({ said: i, heard: j }) => (i !== undefined && j !== undefined && saidWords[i] === bare(words[j]?.text ?? "") ? [j] : [])));
  return words.filter((word, i) => {
    const isByTime = !isDuring(own, word, TOLERANCE_MS) && isDuring(other, word, 0);
    const isByText = !matched.has(i) && isDuring(other, word, 0) && isSaidNear(other, word) && !isSaidNear(own, word);
    return isByTime || isByText;
  });
}

const bare = (word: string): string => word.toLowerCase().replace(/[^\p{L}\p{N}']/gu, "");

function isDuring(said: readonly Said[], word: Word, toleranceMs: number): boolean {
  const middleMs = (word.startMs + word.endMs) / 2;
  return said.some((one) => one.startMs - toleranceMs <= middleMs && middleMs <= one.endMs + toleranceMs);
}

function isSaidNear(said: readonly Said[], word: Word): boolean {
  return said.some((one) => isDuring([one], word, NEAR_MS) && one.text.split(/\s+/).some((candidate) => bare(candidate) === bare(word.text)));
}

function inversionsOf(said: readonly Said[], turns: readonly SpokenTurn[]): number {
  let inversions = 0;
  let before: { heardMs: number; trulyMs: number } | undefined;
  for (const turn of turns) {
    const trulyMs = firstUtterance(said, turn)?.startMs;
    if (trulyMs === undefined) continue; // a turn of invented words belongs nowhere; it is counted as wrong words
    if (before !== undefined && (trulyMs < before.trulyMs || turn.startMs < before.heardMs)) inversions++;
    before = { heardMs: turn.startMs, trulyMs };
  }
  return inversions;
}

/** The utterance that a turn begins with: the first on its channel that it shares some time with. */
function firstUtterance(said: readonly Said[], turn: SpokenTurn): Said | undefined {
  const shared = (one: Said): number => Math.min(one.endMs, turn.endMs) - Math.max(one.startMs, turn.startMs);
  const own = said.filter((one) => one.channel === turn.channel && shared(one) > 0);
  return own.find((one) => shared(one) >= Math.min(100, (one.endMs - one.startMs) / 2)) ?? own[0];
}
