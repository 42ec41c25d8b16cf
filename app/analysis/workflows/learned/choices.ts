// Which of a slot's values a message chooses, in whatever words. Pure.
import { mask, unique, type Features } from "../../learned/features.ts";
import type { Line } from "../message.ts";
import { readYesNo } from "../values/read-values.ts";

/** What is known of a message beside its words. */
export interface ChoiceGround {
  /** the house asked for the slot right before */
  isAsked: boolean;
  /** values that the phrases of the slot find in a sentence */
  says: (line: Line) => readonly string[];
  /** what the house said right before */
  house: readonly Line[];
}

/** @returns what tells which value the sentences of a message mean */
export function choiceFeatures(lines: readonly Line[], { isAsked, says, house }: ChoiceGround): Features {
  const [first] = lines;
  const answer = first === undefined ? undefined : readYesNo(first);
  const of = (list: readonly Line[], name: string): string[] => list.flatMap(({ stems, plain }) => [
    ...stems.map((stem) => `${name}:${mask(stem)}`), ...stems.slice(1).map((stem, at) => `${name}2:${mask(stems[at] ?? "")} ${mask(stem)}`),
    ...plain.slice(2).map((word, at) => `${name}3:${mask(plain[at]?.text ?? "")} ${mask(plain[at + 1]?.text ?? "")} ${mask(word.text)}`),
  ]);
  return unique([
    ...(isAsked ? ["asked"] : ["unasked"]), ...(answer === undefined ? [] : [`answer:${answer}`, ...house.flatMap(says).map((value) => `${answer}:${value}`)]),
    ...of(lines, "c"), ...house.flatMap(({ stems }) => stems.map((stem) => `a:${mask(stem)}`)),
    ...lines.flatMap(says).map((value) => `says:${value}`), ...house.flatMap(says).map((value) => `house:${value}`),
  ]);
}
