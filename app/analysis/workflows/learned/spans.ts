// Which words of a sentence name what a slot is about: a chain of tags over its words. Pure.
import { mask, unique, type Features } from "../../learned/features.ts";
import { scoresOf } from "../../learned/findings-model.ts";
import { isFunctionWord } from "../../text/function-words.ts";
import { isParted, type Line } from "../message.ts";
import type { SpanHead } from "./slots-model.ts";

/** A stretch of words. */
export interface Place {
  from: number;
  to: number;
}

/** What is known of a sentence beside its words. */
export interface SpanGround {
  isHouse: boolean;
  /** the slot was asked for */
  isAsked: boolean;
  /** names that the site lists */
  listed: readonly Place[];
  /** phrases that stand before and behind such names */
  after: readonly Place[];
  before: readonly Place[];
}

/** Behind a phrase that leads to a name, so many words may be part of it. */
const LED = 4;

/** @returns per word of the sentence what the tagger looks at */
export function spanFeatures(line: Line, { isHouse, isAsked, listed, after, before }: SpanGround): Features[] {
  const { plain, stems } = line;
  const who = isHouse ? "house" : "customer";
  const stem = (at: number): string => (at < 0 ? "<" : at >= stems.length ? ">" : mask(stems[at] ?? ""));
  const shapes = plain.map((_, at) => shapeOf(line, at));
  const within = (places: readonly Place[], at: number): boolean => places.some(({ from, to }) => at >= from && at < to);
  const partedAt = plain.map((_, at) => isParted(line, at));
  const edge = /\?\s*$/.test(line.text) ? "?" : ".";
  return plain.map((word, at) => {
    const led = after.flatMap(({ to }) => (at >= to && at - to < LED && !partedAt.slice(to + 1, at + 1).includes(true) ? [at - to] : []));
    const small = (where: number): string => (isFunctionWord(plain[where]?.text ?? "") ? stem(where) : "_");
    return unique([
      `0:${stem(at)}`, `-:${stem(at - 1)}`, `+:${stem(at + 1)}`, `--:${stem(at - 2)}`, `++:${stem(at + 2)}`,
      `-0:${stem(at - 1)} ${stem(at)}`, `0+:${stem(at)} ${stem(at + 1)}`, `---:${stem(at - 2)} ${stem(at - 1)}`, `+++:${stem(at + 1)} ${stem(at + 2)}`,
      `s-:${small(at - 3)} ${small(at - 2)} ${small(at - 1)}`, `s+:${small(at + 1)} ${small(at + 2)} ${small(at + 3)}`,
      `end:${mask(word.text.slice(-3))}`, `end2:${mask(word.text.slice(-2))}`, `shape:${shapes[at] ?? ""}`, `shapes:${shapes[at - 1] ?? "<"} ${shapes[at] ?? ""} ${shapes[at + 1] ?? ">"}`, `shape-:${stem(at - 1)} ${shapes[at] ?? ""}`,
      `who:${who}`, `edge:${who}${edge}`,
      ...(isFunctionWord(word.text) ? ["small"] : ["big"]),
      ...(partedAt[at] === true ? ["parted"] : []), ...(partedAt[at + 1] === true || at + 1 === plain.length ? ["ends"] : []),
      ...(within(listed, at) ? [`listed:${who}`, listed.some(({ from }) => from === at) ? "listed first" : "listed on", ...(listed.some(({ to }) => to === at + 1) ? ["listed last"] : [])] : listed.length > 0 ? ["listed elsewhere"] : ["none listed"]),
      ...(within(listed, at + 1) && !within(listed, at) ? ["listed next"] : []),
      ...led.map((far) => `led:${far}`), ...(before.some(({ from }) => from === at + 1) ? ["leads"] : []),
      ...(isAsked ? ["asked", `asked:${at < 2 ? at : "on"}`, `asked:${stem(at - 1)}`, plain.length <= 4 ? "asked short" : "asked long"] : ["unasked"]),
      ...(at === 0 ? ["first"] : []),
    ]);
  });
}

/** @param hints per word, what somebody else says of each class, in log-chances @returns the likeliest spans of a sentence, in order (Viterbi over its words) */
export function tagSpans(head: SpanHead, features: readonly Features[], hints?: readonly (readonly number[])[]): Place[] {
  const { classes, moves } = head;
  const start = moves[classes.length] ?? [];
  let best: number[] = [];
  const came: number[][] = [];
  features.forEach((list, at) => {
    const scores = scoresOf(head, list).map((score, tag) => score + (hints?.[at]?.[tag] ?? 0));
    const from: number[] = [];
    best = scores.map((score, tag) => {
      if (at === 0) return score + (start[tag] ?? 0);
      let most = -Infinity;
      best.forEach((sofar, before) => {
        const sum = sofar + (moves[before]?.[tag] ?? 0);
        if (sum > most) [most, from[tag]] = [sum, before];
      });
      return score + most;
    });
    came.push(from);
  });
  const tags: string[] = [];
  let tag = best.indexOf(Math.max(...best));
  for (let at = features.length - 1; at >= 0; at--) {
    tags.unshift(classes[tag] ?? "O");
    tag = came[at]?.[tag] ?? 0;
  }
  return tags.flatMap((one, from) => {
    if (one !== "B") return [];
    const rest = tags.slice(from + 1).findIndex((next) => next !== "I");
    return [{ from, to: rest < 0 ? tags.length : from + 1 + rest }];
  });
}

/** How a word is written: `A` with a capital, `AA` in capitals, `1` with a digit, `a` small. */
function shapeOf(line: Line, at: number): string {
  const text = line.tokens[line.plain[at]?.from ?? -1]?.text ?? "";
  return /\d/.test(text) ? "1" : /^\p{Lu}{2,}$/u.test(text) ? "AA" : /^\p{Lu}/u.test(text) ? (at === 0 ? "A^" : "A") : "a";
}
