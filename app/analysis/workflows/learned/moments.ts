// What a day, a time or a sum in a sentence is about: the appointment, when somebody should ring, what may be spent, or something else. Pure.
import { mask, unique, type Features } from "../../learned/features.ts";
import type { Line } from "../message.ts";
import type { Place } from "./spans.ts";

const TYPES = ["date", "time", "amount"] as const;
export type MomentType = (typeof TYPES)[number];

export function isMomentType(type: string): type is MomentType {
  return TYPES.some((one) => one === type);
}

/** What is known of a day, a time or a sum beside its words. */
export interface MomentGround {
  type: MomentType;
  isHouse: boolean;
  /** types that the house asked for right before */
  asked: readonly string[];
  before: Line | undefined;
  after: Line | undefined;
}

/** Words on each side that are looked at one by one. */
const NEAR = 5;

/** @returns what tells the meaning of the words `from` … `to` of a sentence */
export function momentFeatures({ stems, text }: Line, { from, to }: Place, { type, isHouse, asked, before, after }: MomentGround): Features {
  const who = isHouse ? "house" : "customer";
  const left = stems.slice(0, from).map(mask);
  const right = stems.slice(to).map(mask);
  const near = (words: readonly string[], name: string): string[] => words.flatMap((word, at) => [`${name}:${word}`, ...(at < 3 ? [`${name}${at}:${word}`] : [])]);
  const pairs = (words: readonly string[], name: string): string[] => words.slice(1).map((word, at) => `${name}:${words[at] ?? ""} ${word}`);
  const closest = left.slice(-NEAR).reverse();
  return unique([
    `type:${type}`, `who:${who}`, ...asked.map((one) => `asked:${one}`), ...(asked.length === 0 ? ["unasked"] : []),
    ...stems.slice(from, to).map((word) => `m:${mask(word)}`),
    ...near(closest, "l"), ...pairs(left.slice(-NEAR), "lb"), ...near(right.slice(0, NEAR), "r"), ...pairs(right.slice(0, NEAR), "rb"),
    ...left.map((word) => `L:${word}`), ...right.map((word) => `R:${word}`), ...pairs(stems.map(mask), "b"), ...stems.map((word) => `s:${who}:${mask(word)}`),
    ...(/\?\s*$/.test(text) ? [`asks:${who}`] : []), ...(left.length === 0 ? ["first"] : []), ...(right.length === 0 ? ["last"] : []), ...(left.length + right.length === 0 ? ["alone"] : []),
    ...(before?.stems.map((word) => `p:${mask(word)}`) ?? ["opens"]), ...(after?.stems.map((word) => `n:${mask(word)}`) ?? ["ends"]),
  ]);
}
