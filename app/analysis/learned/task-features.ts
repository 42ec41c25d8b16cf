// What the small model of tasks looks at: whether a sentence says what somebody will still do, in whatever words. Pure.
import type { Sentence } from "../text/conversation.ts";
import { partyOf } from "../text/party.ts";
import type { Signals } from "../facts/signals.ts";
import { mask, unique, type Features } from "./features.ts";

/** Words of what is still to come. */
const AHEAD = /\b(?:will|going to|shall|can|would|need|must|should|please|let you know|once|when|by|until|tomorrow|monday|tuesday|wednesday|thursday|friday|saturday|sunday|tonight|today|week|soon|then|have to|get|come|comes)\b/;

/** @param before, after the sentences around it */
export function taskFeatures(sentence: Sentence, before: Sentence | undefined, after: Sentence | undefined, signals: readonly Signals[]): Features {
  const who = partyOf(sentence);
  const words = sentence.plain.map(({ text }) => mask(text));
  const of = (one: Sentence | undefined): string[] => (one === undefined || partyOf(one) === who ? [] : [...(signals[one.index] ?? [])]);
  return unique([
    `who:${who}`,
    `at:${who}:${Math.min(4, Math.floor(sentence.position * 5))}`,
    `long:${Math.min(5, Math.floor(words.length / 4))}`,
    `first:${who}:${words[0] ?? ""}`,
    `first:${who}:${words.slice(0, 2).join(" ")}`,
    ...words.map((word) => `${who}:${word}`),
    ...words.slice(1).map((word, at) => `${who}:${words[at] ?? ""} ${word}`),
    ...[...(signals[sentence.index] ?? [])].map((signal) => `does:${who}:${signal}`),
    ...of(before).map((signal) => `after:${signal}`),
    ...of(after).map((signal) => `before:${signal}`),
    ...(/\?\s*$/.test(sentence.text) ? [`asks:${who}`] : []),
    ...(/\d/.test(sentence.line) ? ["number"] : []),
    ...(AHEAD.test(sentence.line) ? [`ahead:${who}`] : []),
    ...(after === undefined ? ["final"] : []),
  ]);
}
