// Which of two names for a thing is the better one: what the site lists before what was guessed, and the fuller before the shorter. Pure.
import type { FilledSlot } from "./form.ts";
import { findPhrases, lineOf } from "./message.ts";
import type { PreparedSlot } from "./reader.ts";
import type { Reading } from "./values/value.ts";

/** @returns whether a thing that is said now should take the place of what was said in passing, or by the house, before */
export function isBetterThing(one: Pick<Reading, "value" | "isKnown" | "isGuess">, known: FilledSlot | undefined, slot: PreparedSlot): boolean {
  if (known === undefined) return true;
  if (known.source === "guessed") return one.isGuess !== true || isFuller(one.value, known.value);
  if (known.source !== "mentioned" && known.source !== "stated") return false;
  if (one.isGuess === true) return isFuller(one.value, known.value);
  return isListed(slot, known.value) ? isFuller(one.value, known.value) : one.isKnown === true && / /.test(one.value);
}

/** Cheap, before a message is read for things at all: most messages say neither the thing again nor another. */
export function mayBeBetter(text: string, known: FilledSlot | undefined, slot: PreparedSlot): boolean {
  if (known === undefined) return true;
  if (known.source === "guessed") return true;
  if (known.source !== "mentioned" && known.source !== "stated") return false;
  return text.toLowerCase().includes(known.value.toLowerCase()) || !isListed(slot, known.value);
}

/** "sofa" and then "four-seater sofa": the same thing with more words. */
function isFuller(value: string, known: string): boolean {
  return value.length > known.length && ` ${value.toLowerCase()}`.endsWith(` ${known.toLowerCase()}`);
}

function isListed({ names }: PreparedSlot, value: string): boolean {
  return findPhrases(names, lineOf(value).stems).length > 0;
}
