// Word error: the least number of substitutions, deletions and insertions between what was said and what was heard. Pure.

/** Counts of one utterance or the sum of many. */
export interface WordErrors {
  substitutions: number;
  deletions: number;
  insertions: number;
  /** words that were said */
  said: number;
}

/** One step of an alignment: indices into both lists; absent where a word has no partner. */
export interface Step {
  said?: number;
  heard?: number;
}

/**
 * Levenshtein alignment: the fewest errors, and of equal ways the one with the most matches (so that an utterance gets its own words).
 * @returns steps in order. Every word of both lists is in exactly one; a step with both is a match or a substitution. Memory: |said| × |heard| bytes;
 *   lists of up to 16,000 words.
 */
export function align(said: readonly string[], heard: readonly string[]): Step[] {
  const width = heard.length + 1;
  const moves = new Uint8Array((said.length + 1) * width).fill(LEFT, 1, width);
  let above = Int32Array.from({ length: width }, (_, j) => j * ERROR);
  for (let i = 1; i <= said.length; i++) {
    const row = new Int32Array(width);
    row[0] = i * ERROR;
    moves[i * width] = UP;
    for (let j = 1; j < width; j++) {
      const diagonal = (above[j - 1] as number) + (said[i - 1] === heard[j - 1] ? MATCH : ERROR);
      const up = (above[j] as number) + ERROR;
      const left = (row[j - 1] as number) + ERROR;
      const least = Math.min(diagonal, up, left);
      row[j] = least;
      moves[i * width + j] = least === diagonal ? DIAGONAL : least === up ? UP : LEFT;
    }
    above = row;
  }
  return backtrack(moves, said.length, heard.length);
}

/** All matches together weigh less than one error. */
const ERROR = 2 ** 14;
const MATCH = -1;

const DIAGONAL = 0;
const UP = 1;
const LEFT = 2;

function backtrack(moves: Uint8Array, saidLength: number, heardLength: number): Step[] {
  const steps: Step[] = [];
  let [i, j] = [saidLength, heardLength];
  while (i > 0 || j > 0) {
    const move = moves[i * (heardLength + 1) + j];
    if (move !== LEFT) i--;
    if (move !== UP) j--;
    steps.push(move === DIAGONAL ? { said: i, heard: j } : move === UP ? { said: i } : { heard: j });
  }
  return steps.reverse();
}

/** Errors between two lists of normalised words. */
export function countErrors(said: readonly string[], heard: readonly string[]): WordErrors {
  const errors = { ...NO_ERRORS, said: said.length };
  for (const step of align(said, heard)) {
    if (step.heard === undefined) errors.deletions++;
    else if (step.said === undefined) errors.insertions++;
    else if (said[step.said] !== heard[step.heard]) errors.substitutions++;
  }
  return errors;
}

export const NO_ERRORS: Readonly<WordErrors> = { substitutions: 0, deletions: 0, insertions: 0, said: 0 };

/** The sum of many counts. */
export function addErrors(parts: readonly WordErrors[]): WordErrors {
  return parts.reduce(
    (sum, one) => ({ substitutions: sum.substitutions + one.substitutions, deletions: sum.deletions + one.deletions, insertions: sum.insertions + one.insertions, said: sum.said + one.said }),
    NO_ERRORS,
  );
}

/** All errors of a count. */
export const errorsOf = (counts: WordErrors): number => counts.substitutions + counts.deletions + counts.insertions;

/**
 * Divides what was heard in a whole call among the utterances that were said in it, so that each can be judged by itself.
 * @param said  plain words of each utterance, in order of time
 * @param heard plain words of the call
 * @returns for each utterance the first and the end index of its share of `heard`; shares touch and cover everything. An insertion between two
 *   utterances goes to the one before it.
 */
export function shareOut(said: readonly (readonly string[])[], heard: readonly string[]): { from: number; to: number }[] {
  const owners = said.flatMap((words, utterance) => words.map(() => utterance));
  const ends = said.map(() => 0);
  let owner = 0;
  for (const step of align(owners.length === 0 ? [] : said.flat(), heard)) {
    if (step.said !== undefined) owner = owners[step.said] ?? owner;
    if (step.heard !== undefined) ends[owner] = step.heard + 1;
  }
  let from = 0;
  return ends.map((end) => {
    const share = { from, to: Math.max(from, end) };
    from = share.to;
    return share;
  });
}
