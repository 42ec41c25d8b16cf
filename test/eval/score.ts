// From what was said and heard in calls to rates: per utterance, then by set, codec and voice. Pure.
import { rateOf, type Rate } from "./interval.ts";
import { plainWords } from "./normalise/english.ts";
import type { TestCall } from "./sets.ts";
import { addErrors, countErrors, errorsOf, NO_ERRORS, shareOut, type WordErrors } from "./word-errors.ts";

/** How one utterance was heard. */
export interface Score {
  call: string;
  codec: string;
  voice: string;
  said: string;
  heard: string;
  errors: WordErrors;
  /** the same, every figure of a number counted by itself: one wrong digit of twelve is one error of twelve */
  digitErrors: WordErrors;
}

/** What has to be known of a call to judge it. */
export type KnownCall = Pick<TestCall, "name" | "codec" | "said">;

/** A rate with the kinds of its errors. */
export type Figures = Rate & Omit<WordErrors, "said">;

/**
 * @param heard words of each channel, as the engine wrote them
 * @returns one score an utterance. What was heard on a channel is divided among its utterances by alignment; then each is normalised by itself,
 *   so that numbers at the border of two utterances stay two numbers.
 */
export function scoreCall(call: KnownCall, heard: readonly (readonly { text: string }[])[]): Score[] {
  return heard.flatMap((words, channel) => {
    const said = call.said.filter((one) => one.channel === channel);
    if (said.length === 0) return words.length === 0 ? [] : [score(call, "nobody", "", textOf(words))];
    const shares = shareOut(said.map((one) => bareWords(one.text.split(/\s+/))), bareWords(words.map((word) => word.text)));
    return said.map((one, i) => score(call, one.voice, one.text, textOf(words.slice(shares[i]?.from, shares[i]?.to))));
  });
}

function score(call: KnownCall, voice: string, said: string, heard: string): Score {
  const [a, b] = [plainWords(said), plainWords(heard)];
  return { call: call.name, codec: call.codec, voice, said, heard, errors: countErrors(a, b), digitErrors: countErrors(a.flatMap(digits), b.flatMap(digits)) };
}

/** "9462" → four words, and "one", which the normaliser spells, is a digit again. */
function digits(word: string): string[] {
  return word === "one" ? ["1"] : /^\d+$/.test(word) ? [...word] : [word];
}

/** One key a word, so that places in the list stay places in the text. */
const bareWords = (words: readonly string[]): string[] => words.map((word) => word.toLowerCase().replace(/[^\p{L}\p{N}']/gu, ""));

const textOf = (words: readonly { text: string }[]): string => words.map((word) => word.text).join(" ");

/** @returns undefined when nothing was said */
export function figuresOf(scores: readonly Score[]): Figures | undefined {
  const byCall = group(scores, (one) => one.call);
  const rate = rateOf([...byCall.values()].map((list) => unitOf(list)));
  const { substitutions, deletions, insertions } = total(scores);
  return rate && { ...rate, substitutions, deletions, insertions };
}

/** Figures by any property, largest share of words first. */
export function figuresBy(scores: readonly Score[], keyOf: (score: Score) => string): Record<string, Figures> {
  const entries = [...group(scores, keyOf)].flatMap(([key, list]): [string, Figures][] => {
    const figures = figuresOf(list);
    return figures === undefined ? [] : [[key, figures]];
  });
  return Object.fromEntries(entries.sort(([, a], [, b]) => b.said - a.said));
}

/** The accent or program a voice belongs to: single voices say too little for a table. */
export function familyOf(voice: string): string {
  return voice.startsWith("flite") || !/[+]/.test(voice) ? voice : `${voice.split("+")[0] ?? voice}+*`;
}

export function total(scores: readonly Score[]): WordErrors {
  return scores.length === 0 ? NO_ERRORS : addErrors(scores.map((one) => one.errors));
}

function unitOf(scores: readonly Score[]): { errors: number; said: number } {
  const sum = total(scores);
  return { errors: errorsOf(sum), said: sum.said };
}

function group(scores: readonly Score[], keyOf: (score: Score) => string): Map<string, Score[]> {
  const groups = new Map<string, Score[]>();
  for (const one of scores) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
}
