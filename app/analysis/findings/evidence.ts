// From the numbers and quotes of a model to messages that prove it, or to nothing.
import { isGrounded, isQuoted } from "../evidence-check.ts";
import type { Item } from "../reading/items.ts";

/** What a model says where it has something from. */
export interface Cited {
  turns: readonly number[];
  quote: string;
}

export interface Evidence {
  /** @returns ids of the messages, at most four of those that are cited first, when one of the cited items holds the quote; undefined otherwise */
  prove(cited: Cited): string[] | undefined;
  /** The same, and the words of the finding itself must stand there. */
  proveFinding(cited: Cited, text: string): string[] | undefined;
  /** @returns the ids of an item that holds exactly these words */
  proveWords(number: number, words: string): string[] | undefined;
  itemsOf(cited: Pick<Cited, "turns">): Item[];
}

const MOST_IDS = 4;

/** @param items what the model has read */
export function createEvidence(items: readonly Item[], english: boolean): Evidence {
  const byNumber = new Map(items.map((item) => [item.number, item]));
  const itemsOf = ({ turns }: Pick<Cited, "turns">): Item[] => [...new Set(turns)].flatMap((number) => byNumber.get(number) ?? []);
  const prove = (cited: Cited): string[] | undefined => {
    const found = itemsOf(cited);
    // one number that does not exist spoils all: it was not read, it was invented
    if (found.length === 0 || found.length < new Set(cited.turns).size) return undefined;
    return isQuoted(cited.quote, found.map((item) => item.proof), english) ? [...new Set(found.filter((item) => item.proof !== "").flatMap((item) => item.evidence))].slice(0, MOST_IDS) : undefined;
  };
  return {
    prove,
    itemsOf,
    proveFinding(cited, text) {
      const ids = prove(cited);
      return ids !== undefined && isGrounded(text, itemsOf(cited).map((item) => item.proof), english) ? ids : undefined;
    },
    proveWords(number, words) {
      const item = byNumber.get(number);
      return item !== undefined && isQuoted(words, [item.proof], english) ? [...item.evidence].slice(0, MOST_IDS) : undefined;
    },
  };
}
