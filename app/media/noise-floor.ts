// How loud the line is when nobody speaks: it follows the recording. Pure.

/** Frames of one block (1 s); the floor is constant within a block. */
export const BLOCK_FRAMES = 50;
/** Blocks on each side that are looked at: long enough for a breath in any monologue, short enough to follow a caller who walks outdoors. */
const REACH = 5;
const BINS = 101;
/** Share of quiet frames in a window: speech leaves more than a tenth of all frames silent even in a monologue. */
const QUIET_SHARE = 0.1;

/**
 * @param energyDb loudness per frame, −100…0
 * @param skip     1 where something plays that is no part of the line (hold music): such frames do not count
 * @returns one floor per block of `BLOCK_FRAMES` frames, in dB: the tenth percentile of the frames within 5 s, exact to 1 dB. Frames of
 *   digital silence (−100) do not count while there are others: a line that is cut off between words would hide its own noise.
 */
export function noiseFloor(energyDb: Float32Array, skip?: Uint8Array): Float32Array {
  const blocks = Math.ceil(energyDb.length / BLOCK_FRAMES);
  const histograms = Array.from({ length: blocks }, (_, block) => histogram(energyDb, skip, block * BLOCK_FRAMES));
  const floors = new Float32Array(blocks);
  const window = new Int32Array(BINS);
  for (let block = 0; block < Math.min(REACH, blocks); block++) add(window, histograms[block], 1);
  for (let block = 0; block < blocks; block++) {
    add(window, histograms[block + REACH], 1);
    add(window, histograms[block - REACH - 1], -1);
    floors[block] = percentile(window, QUIET_SHARE);
  }
  return floors;
}

/** Bin 0 is digital silence, bin b is b − 100 dB. */
function histogram(energyDb: Float32Array, skip: Uint8Array | undefined, from: number): Uint8Array {
  const counts = new Uint8Array(BINS);
  for (let i = from; i < Math.min(energyDb.length, from + BLOCK_FRAMES); i++) {
    if (skip?.[i] === 1) continue;
    const bin = Math.max(0, Math.min(BINS - 1, Math.round((energyDb[i] as number) + 100)));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

function add(window: Int32Array, counts: Uint8Array | undefined, sign: 1 | -1): void {
  counts?.forEach((count, bin) => (window[bin] = (window[bin] ?? 0) + sign * count));
}

function percentile(window: Int32Array, share: number): number {
  let total = 0;
  for (let bin = 1; bin < BINS; bin++) total += window[bin] ?? 0;
  // Mostly digital silence: whatever is heard stands out of it, and the little there is must not be its own floor.
  if (total === 0 || (window[0] ?? 0) > total) return -100;
  let left = total * share;
  for (let bin = 1; bin < BINS; bin++) {
    left -= window[bin] ?? 0;
    if (left <= 0) return bin - 100;
  }
  return 0;
}
