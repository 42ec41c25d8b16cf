// Which conversations say alike: leaders, as many as are bounded, each founded by one conversation. Pure.
//
// A conversation belongs to the first theme, in the order of foundation, that is like it; if there is none it founds one, while there is room. Themes never
// change and go when their last member goes. So at any time, whatever came and went in whatever order:
//   every member is in the first theme like it; whatever is in none is like none; and if something that could found a theme is in none, all places are taken.
// Membership is therefore a function of the words and the themes that stand. What depends on the order of arrival is who founded a theme: where groups are
// apart (alike within, not alike between) the groups are the same in any order; at their borders they may not be. Sums of a whole reason never depend on it.
import type { IssueTheme } from "../../domain/index.ts";

/** Themes of one reason, and of the conversations without one: more are not read, and each costs a comparison. */
export const THEMES_MAX = 64;
/** Dice's coefficient from which two texts say alike: "charged twice for my order" and "my card was charged twice" have 0.67. */
export const ALIKE = 0.4;
/** One word in common may be chance. */
const SHARED_MIN = 2;

/** @param a, b sorted, without repeats @returns 0…1: twice the shared words by all words; 0 when fewer than two are shared */
export function likeness(a: readonly number[], b: readonly number[]): number {
  let shared = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [one, other] = [a[i] ?? 0, b[j] ?? 0];
    if (one === other) shared++;
    if (one <= other) i++;
    if (other <= one) j++;
  }
  return shared < SHARED_MIN ? 0 : (2 * shared) / (a.length + b.length);
}

/** @param themes in the order of foundation @returns the one that the words belong to */
export function themeOf(words: readonly number[], themes: readonly IssueTheme[]): IssueTheme | undefined {
  return themes.find((theme) => likeness(words, theme.words) >= ALIKE);
}

/** @returns whether a conversation says enough to be like another one */
export function canFound(words: readonly number[]): boolean {
  return words.length >= SHARED_MIN;
}
