// What the trained models make of a sentence or a message for one slot. Pure; every answer is words that stand there.
import { probabilitiesOf, scoresOf, type Head } from "../../learned/findings-model.ts";
import { findPhrases, quoteOf, readPhrase, type Line, type PhraseWords } from "../message.ts";
import { readThings, type ThingPhrases } from "../values/things.ts";
import type { Reading } from "../values/value.ts";
import { choiceFeatures, type ChoiceGround } from "./choices.ts";
import { momentFeatures, type MomentGround } from "./moments.ts";
import { spanFeatures, tagSpans, type Place, type SpanGround } from "./spans.ts";
import type { SpanHead } from "./slots-model.ts";

/** A value that a message chooses; the words that say it most. */
export interface Choice extends Reading {
  isChoice: true;
  /** place of the sentence in the message */
  at: number;
  /** 0…1 */
  chance: number;
}

/** From so likely a choice counts. */
const CHOSEN = 0.7;
/** The class of messages that choose nothing, and of those that choose what no value means. */
const NO_VALUE: ReadonlySet<string> = new Set(["none", "other"]);

type Ground = Pick<SpanGround, "isHouse" | "isAsked">;

/** Common names with those of the site's own list, ready for matching; made once for each slot and head. */
const NAMES = new WeakMap<SpanHead, WeakMap<ThingPhrases, readonly PhraseWords[]>>();

function namesOf(head: SpanHead, slot: ThingPhrases): readonly PhraseWords[] {
  const bySlot = NAMES.get(head) ?? new WeakMap<ThingPhrases, readonly PhraseWords[]>();
  NAMES.set(head, bySlot);
  const known = bySlot.get(slot) ?? [...slot.names, ...head.names.map(readPhrase)];
  bySlot.set(slot, known);
  return known;
}

function tagged(head: SpanHead, line: Line, slot: ThingPhrases, ground: Ground): Place[] {
  return tagSpans(head, spanFeatures(line, { ...ground, listed: findPhrases(namesOf(head, slot), line.stems), after: findPhrases(slot.after, line.stems), before: findPhrases(slot.before, line.stems) }));
}

/** @returns the names of what a text slot is about, in order: what the model tags, else, as a guess, what the site lists */
export function learnedThings(head: SpanHead, line: Line, slot: ThingPhrases, ground: Ground): Reading[] {
  const found = tagged(head, line, slot, ground).map(({ from, to }): Reading => ({ value: quoteOf(line, from, to), from, to, isKnown: true, isTagged: true }));
  return found.length > 0 ? found : readThings(line, slot).filter((one) => one.isKnown === true).map((one) => ({ ...one, isGuess: true as const }));
}

/** @returns 0…1: that a day, a time or a sum is what a slot with this name of learned moments is about */
export function chanceOfMoment(head: Head, learned: string, line: Line, place: Place, ground: MomentGround): number {
  return probabilitiesOf(head, momentFeatures(line, place, ground))[head.classes.indexOf(learned)] ?? 0;
}

/** @returns the value that a message chooses; undefined when it chooses none */
export function learnedChoice(head: Head, lines: readonly Line[], ground: ChoiceGround): Choice | undefined {
  if (lines.length === 0) return undefined;
  const chances = probabilitiesOf(head, choiceFeatures(lines, ground));
  const chance = Math.max(...chances);
  const value = head.classes[chances.indexOf(chance)] ?? "none";
  if (NO_VALUE.has(value) || chance < CHOSEN) return undefined;
  const worth = lines.map((line) => scoresOf(head, choiceFeatures([line], { ...ground, house: [] }))[head.classes.indexOf(value)] ?? 0);
  const at = worth.indexOf(Math.max(...worth));
  return { value, at, from: 0, to: lines[at]?.plain.length ?? 0, chance, isChoice: true };
}
