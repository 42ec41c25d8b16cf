// Scores become chances, and two opinions one. Pure.

/** @param scores log-odds of the classes @returns 0…1 each; they sum to 1 */
export function softmax(scores: readonly number[]): number[] {
  const most = Math.max(...scores);
  const raised = scores.map((score) => Math.exp(score - most));
  const sum = raised.reduce((total, one) => total + one, 0);
  return raised.map((one) => one / sum);
}

/** What either rules out is as unlikely as this: nobody is that sure. */
const UNHEARD_OF = 1e-5;

/**
 * Chances of the same classes, weighed in log-chances (a geometric mean): what either rules out is out.
 * @param share 0…1: what the second opinion counts
 * @returns 0…1 each; they sum to 1
 */
export function mixChances(first: readonly number[], second: readonly number[], share: number): number[] {
  const together = first.map((chance, at) => Math.max(chance, UNHEARD_OF) ** (1 - share) * Math.max(second[at] ?? 0, UNHEARD_OF) ** share);
  const sum = together.reduce((total, one) => total + one, 0);
  return together.map((one) => one / sum);
}
