// Chance that is the same for the same seed.

/** mulberry32 */
export function chanceOf(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (count) => Math.floor(next() * count);
  return {
    next, below,
    is: (share) => next() < share,
    pick: (list) => list[below(list.length)],
    between: (least, most) => least + below(most - least + 1),
    shuffle(list) {
      const out = [...list];
      for (let at = out.length - 1; at > 0; at--) {
        const other = below(at + 1);
        [out[at], out[other]] = [out[other], out[at]];
      }
      return out;
    },
  };
}
