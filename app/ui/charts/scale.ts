// From values to places on a chart. Pure, and never NaN: what is no number stands at the beginning.

/** @returns a function that keeps the order of values and never leaves [from, to] (or [to, from], when the scale runs down) */
export function scale(low: number, high: number, from: number, to: number): (value: number) => number {
  const span = high - low;
  return (value) => {
    const share = span > 0 && Number.isFinite(span) && !Number.isNaN(value) ? Math.min(1, Math.max(0, (value - low) / span)) : 0;
    return round(from + share * (to - from));
  };
}

/** @returns 0 and two or three round steps, the last one at `max` or above it; whole numbers. @param max of a count, ≥ 0 */
export function countTicks(max: number): number[] {
  const top = Number.isFinite(max) ? Math.max(1, max) : 1;
  const magnitude = 10 ** Math.floor(Math.log10(top / 2));
  const step = Math.max(1, ([1, 2, 2.5, 5, 10].find((one) => one * magnitude * 2 >= top && Number.isInteger(Math.max(1, one * magnitude))) ?? 10) * magnitude);
  return Array.from({ length: Math.ceil(top / step) + 1 }, (_, i) => round(i * step));
}

/** Three decimals: a thousandth of a pixel is nobody's. */
export const round = (value: number): number => Math.round(value * 1000) / 1000;

export const percent = (value: number): string => `${round(value)}%`;
