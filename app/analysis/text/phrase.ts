// The phrase language of taxonomies, rules and scorecards: forms of a word are one word, ~ stands for a few others. No patterns, so nothing can run away. Pure.
import { readPlain } from "./conversation.ts";
import { fold } from "./fold.ts";

/** Folded words; `gapBefore` is how many other words may stand before a word. */
export type PhraseWords = readonly { stem: string; gapBefore: number }[];

/** `~` in a phrase: up to this many other words may stand there. */
const GAP_WORDS = 6;

/** @param english false: words are compared as they are, without writing out short forms @returns nothing for a text without words */
export function readPhrase(text: string, english = true): PhraseWords {
  const words: { stem: string; gapBefore: number }[] = [];
  for (const [at, part] of text.split("~").entries()) {
    for (const [within, word] of readPlain(part, english).plain.entries()) words.push({ stem: fold(word.text), gapBefore: at > 0 && within === 0 && words.length > 0 ? GAP_WORDS : 0 });
  }
  return words;
}

/**
 * @param stems   folded words of what was said
 * @param from    place of the phrase's first word, which the caller has found
 * @param mayPass false for a place that a phrase cannot reach from the one before, e.g. the first word of a sentence
 * @returns place of the phrase's last word, the nearest there is; undefined when the phrase does not stand here.
 *   All places that a word may have are followed at once: at most 7 places further for each `~`, so the work grows with the square of the phrase at worst.
 */
export function phraseEnd(phrase: PhraseWords, stems: readonly string[], from: number, mayPass: (at: number) => boolean = () => true): number | undefined {
  let reached = [from];
  for (const { stem, gapBefore } of phrase.slice(1)) {
    const next = new Set<number>();
    for (const at of reached) {
      for (let to = at + 1; to <= at + 1 + gapBefore && to < stems.length && mayPass(to); to++) if (stems[to] === stem) next.add(to);
    }
    if (next.size === 0) return undefined;
    reached = [...next].sort((a, b) => a - b);
  }
  return reached[0];
}
