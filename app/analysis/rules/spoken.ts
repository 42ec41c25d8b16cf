// What was said as one row of folded words that know their turn and place, so that phrases are found over pauses and quoted exactly. Pure.
import type { Speaker, Turn } from "../../domain/index.ts";
import type { Pacer } from "../pacer.ts";
import { readPlain } from "../text/conversation.ts";
import { fold } from "../text/fold.ts";
import { phraseEnd } from "../text/phrase.ts";
import type { RulePhrase } from "./condition.ts";

/** A word and where it stands: index of its turn, UTF-16 units of the turn's text. */
interface SpokenWord {
  turn: number;
  from: number;
  to: number;
  /** a sentence begins here: phrases do not reach over it */
  opens: boolean;
}

/** Turns of a session, ready for many questions. */
export interface Spoken {
  /** in order of their beginning; without those of the system */
  turns: readonly Turn[];
  words: readonly SpokenWord[];
  stems: readonly string[];
  /** places of each word */
  places: ReadonlyMap<string, readonly number[]>;
  /** words of each turn */
  wordCounts: readonly number[];
  english: boolean;
  /** first and last moment at which anything is said; both 0 when nothing is */
  startMs: number;
  endMs: number;
}

/** A phrase as it was said: the places of its first and last word in `words`. */
export interface Hit {
  first: number;
  last: number;
  speaker: Speaker;
}

/** Two turns of one speaker this close together are one breath: a pause cut them. */
const PAUSE_MS = 2_000;
const SENTENCE_END = /[.!?…]+["'”’)]*(?:\s|$)|[。！？]|\n/u;

/** @param english false for other languages: words are compared as they are @throws the pacer's reason when called off */
export async function readSpoken(turns: readonly Turn[], english: boolean, pacer: Pacer): Promise<Spoken> {
  const said = turns.filter((turn) => turn.speaker !== "system").sort((a, b) => a.startMs - b.startMs);
  const words: SpokenWord[] = [];
  const stems: string[] = [];
  const places = new Map<string, number[]>();
  const wordCounts: number[] = [];
  for (const [at, turn] of said.entries()) {
    await pacer.breathe();
    const { tokens, plain } = readPlain(turn.text, english);
    let end = 0;
    let opens = !goesOn(said[at - 1], turn);
    for (const word of plain) {
      const from = tokens[word.from]?.start ?? 0;
      const to = tokens[word.to - 1]?.end ?? from;
      const stem = fold(word.text);
      if (from > end && SENTENCE_END.test(turn.text.slice(end, from))) opens = true;
      const known = places.get(stem);
      if (known === undefined) places.set(stem, [words.length]);
      else known.push(words.length);
      stems.push(stem);
      words.push({ turn: at, from, to, opens });
      opens = false;
      end = Math.max(end, to);
    }
    wordCounts.push(plain.length);
  }
  const ends = said.map((turn) => turn.endMs);
  return { turns: said, words, stems, places, wordCounts, english, startMs: said[0]?.startMs ?? 0, endMs: ends.reduce((a, b) => Math.max(a, b), said[0]?.startMs ?? 0) };
}

function goesOn(before: Turn | undefined, turn: Turn): boolean {
  return before !== undefined && before.speaker === turn.speaker && before.voice === turn.voice && turn.startMs - before.endMs <= PAUSE_MS && !SENTENCE_END.test(before.text.slice(-4));
}

/** Every place where one of the phrases is said, in order; of several that begin at one word the longest, which quotes best. */
export function findPhrases(spoken: Spoken, phrases: readonly RulePhrase[]): Hit[] {
  const hits = new Map<number, Hit>();
  for (const phrase of phrases) {
    const words = spoken.english ? phrase.english : phrase.asIs;
    for (const first of spoken.places.get(words[0]?.stem ?? "") ?? []) {
      const last = phraseEnd(words, spoken.stems, first, (at) => spoken.words[at]?.opens !== true);
      const known = hits.get(first);
      if (last !== undefined && (known === undefined || last > known.last)) hits.set(first, { first, last, speaker: turnAt(spoken, first).speaker });
    }
  }
  return [...hits.values()].sort((a, b) => a.first - b.first);
}

/** The turns a hit runs over: one, or two over a pause. */
export function turnsOfHit(spoken: Spoken, hit: Hit): Turn[] {
  const [from, to] = [spoken.words[hit.first]?.turn ?? 0, spoken.words[hit.last]?.turn ?? 0];
  return spoken.turns.slice(from, to + 1);
}

function turnAt(spoken: Spoken, word: number): Turn {
  const turn = spoken.turns[spoken.words[word]?.turn ?? -1];
  if (turn === undefined) throw new RangeError(`there is no word ${word}`);
  return turn;
}
