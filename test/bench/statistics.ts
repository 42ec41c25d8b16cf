// Ratios and how sure we are of them. Pure.

/** A figure of several blocks measured side by side. */
export interface Ratio {
  median: number;
  /** 95 % interval of the median, by bootstrap over blocks */
  low: number;
  high: number;
  blocks: number;
}

/** @param values one ratio a block, at least one */
export function ratioOf(values: readonly number[]): Ratio {
  const medians: number[] = [];
  let state = 1;
  const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  for (let i = 0; i < 2000; i++) medians.push(median(values.map(() => values[Math.floor(random() * values.length)] ?? 0)));
  medians.sort((a, b) => a - b);
  return { median: round(median(values)), low: round(medians[50] ?? 0), high: round(medians[1949] ?? 0), blocks: values.length };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** @param share 0…1 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

export const round = (value: number): number => Math.round(value * 1000) / 1000;
