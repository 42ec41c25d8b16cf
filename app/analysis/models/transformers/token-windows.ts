// Texts that are longer than a model can read: cut into windows of tokens, whose vectors become one. Pure.

/**
 * Windows of nearly the same length, so that the last is no scrap that counts as much as the others.
 * @param most tokens of one window, at least 1
 * @returns all tokens, in order; one empty window for no tokens
 */
export function cutWindows(tokens: readonly number[], most: number): number[][] {
  const count = Math.max(1, Math.ceil(tokens.length / most));
  return Array.from({ length: count }, (_, i) => tokens.slice(Math.floor((tokens.length * i) / count), Math.floor((tokens.length * (i + 1)) / count)));
}

/**
 * What a model puts around every text: `[CLS] … [SEP]`.
 * @param whole a text's tokens with what is around them · @param bare without
 * @returns undefined when the one is not inside the other
 */
export function aroundOf(whole: readonly number[], bare: readonly number[]): { before: number[]; after: number[] } | undefined {
  for (let start = 0; start + bare.length <= whole.length; start++) {
    if (bare.every((token, i) => whole[start + i] === token)) return { before: whole.slice(0, start), after: whole.slice(start + bare.length) };
  }
  return undefined;
}

/**
 * The vector of a text from those of its windows.
 * @param windows vectors of the same length, with how much each counts
 * @returns their weighted mean, of unit length; undefined when it has no direction
 */
export function unitMean(windows: readonly { vector: ArrayLike<number>; weight: number }[]): Float32Array | undefined {
  const dimensions = windows[0]?.vector.length ?? 0;
  const sum = new Float64Array(dimensions);
  for (const { vector, weight } of windows) {
    const length = lengthOf(vector);
    if (!(length > 0) || !Number.isFinite(length)) return undefined;
    for (let i = 0; i < dimensions; i++) sum[i] = (sum[i] ?? 0) + ((vector[i] ?? 0) / length) * weight;
  }
  const length = lengthOf(sum);
  return length > 1e-9 ? Float32Array.from(sum, (value) => value / length) : undefined;
}

function lengthOf(vector: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += (vector[i] ?? 0) ** 2;
  return Math.sqrt(sum);
}
