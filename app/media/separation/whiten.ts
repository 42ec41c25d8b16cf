// A measure of distance that knows what changes while one voice goes on speaking, and therefore says nothing about who it is. Pure.
// Within-class covariance normalisation (Hatch, Kajarekar & Stolcke 2006); the classes are unknown, neighbours without a pause stand for them.
import type { Unit } from "./units.ts";

/** Some neighbours are two voices after all: this share of the largest steps is left out. */
const TRIMMED = 0.15;
/** Weight of the prior, in pairs: a short recording has few neighbours. */
const PRIOR_PAIRS = 12;

/**
 * @param vectors one per unit
 * @returns the vectors in coordinates where steps of one voice have unit variance in every direction
 */
export function whitened(vectors: readonly Float64Array[], units: readonly Unit[]): Float64Array[] {
  const steps = vectors.flatMap((vector, i) => {
    const before = vectors[i - 1];
    return units[i]?.continues === true && before !== undefined ? [vector.map((value, c) => (value - (before[c] as number)) / Math.SQRT2)] : [];
  });
  const size = vectors[0]?.length ?? 0;
  const spread = diagonal(vectors);
  const first = cholesky(covariance(steps, spread, size));
  const kept = steps.map((step) => ({ step, length: squared(solve(first, step)) })).sort((a, b) => a.length - b.length).slice(0, Math.ceil(steps.length * (1 - TRIMMED)));
  const factor = cholesky(covariance(kept.map(({ step }) => step), spread, size));
  return vectors.map((vector) => solve(factor, vector));
}

/** Second moments of the steps, drawn towards a diagonal prior: a third of the spread of all units. */
function covariance(steps: readonly Float64Array[], spread: Float64Array, size: number): Float64Array[] {
  const total = steps.length + PRIOR_PAIRS;
  return Array.from({ length: size }, (_, i) =>
    Float64Array.from({ length: size }, (_unused, j) => {
      let sum = i === j ? (PRIOR_PAIRS * (spread[i] as number)) / 3 + 1e-9 : 0;
      for (const step of steps) sum += (step[i] as number) * (step[j] as number);
      return sum / total;
    }),
  );
}

function diagonal(vectors: readonly Float64Array[]): Float64Array {
  const size = vectors[0]?.length ?? 0;
  return Float64Array.from({ length: size }, (_, c) => {
    const mean = vectors.reduce((sum, vector) => sum + (vector[c] as number), 0) / vectors.length;
    return vectors.reduce((sum, vector) => sum + ((vector[c] as number) - mean) ** 2, 0) / vectors.length;
  });
}

/** @returns the lower triangle L with L·Lᵀ = the matrix */
function cholesky(matrix: readonly Float64Array[]): Float64Array[] {
  const lower = matrix.map((row) => new Float64Array(row.length));
  for (let i = 0; i < matrix.length; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i]?.[j] as number;
      for (let k = 0; k < j; k++) sum -= (lower[i]?.[k] as number) * (lower[j]?.[k] as number);
      (lower[i] as Float64Array)[j] = i === j ? Math.sqrt(Math.max(sum, 1e-9)) : sum / (lower[j]?.[j] as number);
    }
  }
  return lower;
}

function solve(lower: readonly Float64Array[], vector: Float64Array): Float64Array {
  const out = new Float64Array(vector.length);
  for (let i = 0; i < vector.length; i++) {
    let sum = vector[i] as number;
    for (let k = 0; k < i; k++) sum -= (lower[i]?.[k] as number) * (out[k] as number);
    out[i] = sum / (lower[i]?.[i] as number);
  }
  return out;
}

function squared(vector: Float64Array): number {
  return vector.reduce((sum, value) => sum + value * value, 0);
}
