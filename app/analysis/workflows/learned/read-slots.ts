// What the trained models make of a sentence or a message for one slot. Pure; every answer is words that stand there.
import { probabilitiesOf, scoresOf, type Head } from "../../learned/findings-model.ts";
import { mixChances } from "../../learned/chances.ts";
import { findPhrases, quoteOf, readPhrase, type Line, type PhraseWords } from "../message.ts";
import { readThings, type ThingPhrases } from "../values/things.ts";
import type { Reading } from "../values/value.ts";
import { choiceFeatures, type ChoiceGround } from "./choices.ts";
import { chanceOfPlace, type RoleChance } from "./role-chances.ts";
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

/**
 * What an encoder counts beside a linear model, in log-chances. On the 242 labelled forms of the training conversations, of which neither learned, F1 rose from 76.8 to 79.7; from 0.3 to 0.5 it makes no
 * difference beyond chance, above it falls. Spans: its log-chances are added to the scores of the tags as they are.
 */
const ENCODER_SHARE = 0.5;
/** A tag that it rules out is as unlikely as this. */
const UNHEARD_OF = 1e-4;

type Ground = Pick<SpanGround, "isHouse" | "isAsked"> & {
  /** what an encoder says of each word, where it has read the message */
  encoded?: readonly RoleChance[] | undefined;
};

/** Common names with those of the site's own list, ready for matching; made once for each slot and head. */
const NAMES = new WeakMap<SpanHead, WeakMap<ThingPhrases, readonly PhraseWords[]>>();

function namesOf(head: SpanHead, slot: ThingPhrases): readonly PhraseWords[] {
  const bySlot = NAMES.get(head) ?? new WeakMap<ThingPhrases, readonly PhraseWords[]>();
  NAMES.set(head, bySlot);
  const known = bySlot.get(slot) ?? [...slot.names, ...head.names.map(readPhrase)];
  bySlot.set(slot, known);
  return known;
}

function tagged(head: SpanHead, line: Line, slot: ThingPhrases, { encoded, ...ground }: Ground): Place[] {
  const features = spanFeatures(line, { ...ground, listed: findPhrases(namesOf(head, slot), line.stems), after: findPhrases(slot.after, line.stems), before: findPhrases(slot.before, line.stems) });
  return tagSpans(head, features, encoded?.map(({ begins, goesOn }) => head.classes.map((tag) => Math.log(Math.max(UNHEARD_OF, tag === "B" ? begins : tag === "I" ? goesOn : 1 - begins - goesOn)))));
}

/** @returns the names of what a text slot is about, in order: what the model tags, else, as a guess, what the site lists */
export function learnedThings(head: SpanHead, line: Line, slot: ThingPhrases, ground: Ground): Reading[] {
  const found = tagged(head, line, slot, ground).map(({ from, to }): Reading => ({ value: quoteOf(line, from, to), from, to, isKnown: true, isTagged: true }));
  return found.length > 0 ? found : readThings(line, slot).filter((one) => one.isKnown === true).map((one) => ({ ...one, isGuess: true as const }));
}

/** @param encoded what an encoder says of each word @returns 0…1: that a day, a time or a sum is what a slot with this name of learned moments is about */
export function chanceOfMoment(head: Head, learned: string, line: Line, place: Place, ground: MomentGround, encoded?: readonly RoleChance[]): number {
  const linear = probabilitiesOf(head, momentFeatures(line, place, ground))[head.classes.indexOf(learned)] ?? 0;
  if (encoded === undefined) return linear;
  const other = chanceOfPlace(encoded, place);
  return mixChances([linear, 1 - linear], [other, 1 - other], ENCODER_SHARE)[0] ?? 0;
}

/** @param encoded what an encoder says of each value @returns the value that a message chooses; undefined when it chooses none */
export function learnedChoice(head: Head, lines: readonly Line[], ground: ChoiceGround, encoded?: Readonly<Record<string, number>>): Choice | undefined {
  if (lines.length === 0) return undefined;
  const linear = probabilitiesOf(head, choiceFeatures(lines, ground));
  const chances = encoded === undefined ? linear : mixChances(linear, head.classes.map((value, at) => encoded[value] ?? linear[at] ?? 0), ENCODER_SHARE);
  const chance = Math.max(...chances);
  const value = head.classes[chances.indexOf(chance)] ?? "none";
  if (NO_VALUE.has(value) || chance < CHOSEN) return undefined;
  const worth = lines.map((line) => scoresOf(head, choiceFeatures([line], { ...ground, house: [] }))[head.classes.indexOf(value)] ?? 0);
  const at = worth.indexOf(Math.max(...worth));
  return { value, at, from: 0, to: lines[at]?.plain.length ?? 0, chance, isChoice: true };
}
