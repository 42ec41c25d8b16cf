// Stretches of a mask. Pure.
import type { Mask } from "./not-speech.ts";

/** Every stretch of ones, in order; `to` is the first frame behind it. The mask may be changed in stretches that were given already. */
export function* runs(mask: Mask): Generator<{ from: number; to: number }> {
  for (let from = mask.indexOf(1); from !== -1; ) {
    const end = mask.indexOf(0, from);
    const to = end === -1 ? mask.length : end;
    yield { from, to };
    from = mask.indexOf(1, to);
  }
}
