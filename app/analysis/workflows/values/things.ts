// What a thing is called: the words behind "return my …", or before "… arrived broken". Pure.
import { isFunctionWord } from "../../text/function-words.ts";
import { findPhrases, isParted, quoteOf, type Line, type PhraseWords } from "../message.ts";
import { apart, type Reading } from "./value.ts";

const MOST_WORDS = 7;
/** They join two words of one name when something follows them. */
const JOINS = new Set(["of", "and", "with", "for", "to", "in"]);
/** Behind these a name has ended, or never begun. */
const STOPS = new Set(
  "arrived came come comes coming broke stopped stops works working bought ordered order sent received last yesterday tonight tomorrow because please asap via off number since ago monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october november december next week month year morning cheers refund if looking i'd i've we've he she either worn delivered yet hope dont doesn't isn't won't says named called due booked ideally preferably maybe think guess keep keeping book make pay paid give gave used thanks soon hoping".split(" "),
);
/** Words that say nothing about which thing it is. */
const VAGUE = new Set("it them they one ones thing things something anything everything stuff order orders item items product parcel package delivery appointment slot money cash payment refund number time day date place new another other different same right wrong proper whole full bit few couple lot pair set kind sort use help information info details offer price quote prices cost call callback complaint question problem issue matter you us me him her mine yours account address card person people man woman lady guy driver today return name returns label email online shop store reference details lovely total size colour color model best left energy half quarter text message little son daughter sister brother husband wife mum mom dad mother father nan gran kids child children baby boy girl uncle aunt friend neighbour colleague boss pocket hallway bedroom school church better first second third tight due fine sorry earlier later weekend doll".split(" "));
const DETERMINERS = new Set("a an the my our your his her their this that these those some any one two of for another new about in on to is it are was us me you got having getting".split(" "));

/** What leads to a thing. */
export interface ThingPhrases {
  names: readonly PhraseWords[];
  after: readonly PhraseWords[];
  before: readonly PhraseWords[];
}

/** @returns things in a sentence: what stands behind the phrases of `after` when it is a known one, else known ones anywhere with the words before them, else what follows `after`, else what comes before `before` */
export function readThings(line: Line, { names, after, before }: ThingPhrases): Reading[] {
  const known = findPhrases(names, line.stems).sort((a, b) => b.to - b.from - (a.to - a.from) || a.from - b.from);
  const behind = findPhrases(after, line.stems).flatMap(({ to }) => forwards(line, to) ?? []).sort((a, b) => a.from - b.from);
  const sure = behind.filter((one) => known.some((name) => name.from >= one.from && name.to <= one.to)).map((one) => ({ ...one, isKnown: true as const }));
  if (sure.length > 0) return apart(sure);
  if (known.length > 0) {
    return apart(known.map(({ from, to }) => {
      const start = adjectivesBefore(line, from);
      return { value: quoteOf(line, start, to), isKnown: true as const, from: start, to };
    }));
  }
  return behind.length > 0 ? apart(behind) : apart(findPhrases(before, line.stems).flatMap(({ from }) => backwards(line, from) ?? []));
}

/** "my brown leather [boots]": up to three words of the name, when an article or a verb of having stands before them. */
function adjectivesBefore(line: Line, from: number): number {
  let start = from;
  while (start > 0 && from - start < 3 && isContent(word(line, start - 1)) && !VAGUE.has(word(line, start - 1)) && !isParted(line, start)) start--;
  // "42 boxes of [tiles]", "4 sacks of rye [flour]"
  if (word(line, start - 1) === "of" && /s$/.test(word(line, start - 2)) && isContent(word(line, start - 2)) && !VAGUE.has(word(line, start - 2)) && !isParted(line, start) && !isParted(line, start - 1)) return /^\d+$/.test(word(line, start - 3)) && !isParted(line, start - 2) ? start - 3 : start - 2;
  return start === 0 || DETERMINERS.has(word(line, start - 1)) || STOPS.has(word(line, start - 1)) ? start : from;
}

function forwards(line: Line, start: number): Reading | undefined {
  let from = start;
  while (from < line.plain.length && DETERMINERS.has(word(line, from)) && (from === start || !isParted(line, from))) from++;
  let to = from;
  while (to < line.plain.length && to - from < MOST_WORDS && (to === from || !isParted(line, to))) {
    const text = word(line, to);
    const next = word(line, to + 1);
    if (JOINS.has(text)) {
      if (to === from || !isContent(next) || isParted(line, to + 1)) {
        const beyond = word(line, to + 2);
        if (to === from || !/^(?:a|an|the|my|our)$/.test(next) || !isContent(beyond) || isParted(line, to + 1)) break;
        to += 2;
        continue;
      }
    } else if (!isContent(text)) break;
    to++;
  }
  return nameOf(line, from, to);
}

/** "The pie labels have just come": over small words back to the name, and back to where it begins. */
function backwards(line: Line, end: number): Reading | undefined {
  let to = end;
  while (to > 0 && end - to < 4 && isFunctionWord(word(line, to - 1)) && !DETERMINERS.has(word(line, to - 1)) && !isParted(line, to)) to--;
  while (to > 0 && /^(?:is|are|was|it)$/.test(word(line, to - 1))) to--;
  let from = to;
  while (from > 0 && to - from < 4 && isContent(word(line, from - 1)) && (from === to ? !isParted(line, from) || to === end : !isParted(line, from))) from--;
  return nameOf(line, from, to);
}

function nameOf(line: Line, from: number, to: number): Reading | undefined {
  let first = from;
  while (first < to && (VAGUE.has(word(line, first)) || JOINS.has(word(line, first)) || DETERMINERS.has(word(line, first)) || (/^\d/.test(word(line, first)) && to - first < 2))) first++;
  let last = to;
  while (last > first && JOINS.has(word(line, last - 1))) last--;
  const isNamed = line.plain.slice(first, last).some(({ text }) => /\p{L}{3}/u.test(text) && !VAGUE.has(text.replace(/'s$/, "")) && !/^\d|(?:teenth|tieth|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)$/.test(text));
  const start = line.tokens[line.plain[first]?.from ?? -1]?.start;
  const end = line.tokens[(line.plain[last - 1]?.to ?? 0) - 1]?.end;
  return isNamed && start !== undefined && end !== undefined ? { value: line.text.slice(start, end), from: first, to: last } : undefined;
}

function word(line: Line, at: number): string {
  return line.plain[at]?.text ?? "";
}

function isContent(text: string): boolean {
  return text !== "" && !isFunctionWord(text) && !STOPS.has(text);
}
