// Which part of a sound is notes: partials that hold their pitch, with or without vibrato. A voice glides, an instrument does not. Pure.

/** Bins of 15.6 Hz (512 samples at 8 kHz, 64 ms). */
const BIN_HZ = 8000 / 512;
const FIRST_BIN = 13; // 203 Hz: below that there is only mains hum
const PEAKS = 10;
/** Weaker peaks say nothing. */
const LEAST_SHARE = 0.01;
/** From frame to frame a partial moves by less; half a semitone. */
const STEP = 0.03;
/** Eight frames (160 ms) within ±1.5 % of each other: the vowels of twelve voices rarely last so long at one pitch. */
const HELD_FRAMES = 8;
const HELD_RANGE = 0.03;
/** Vibrato of 5–7 Hz: the means of two periods of 180 ms and of what lies between them differ by less than 0.8 %, while ±4.5 % are passed through. */
const PERIOD = 9;
const VIBRATO_MEANS = 0.008;
const VIBRATO_RANGE = 0.09;
const MEMORY = 2 * PERIOD;

interface Partial {
  /** the last frames, at most {@link MEMORY}: frequency, share of the frame's energy, and whether it was counted */
  hz: number[];
  shares: number[];
  isCounted: boolean[];
}

/** Follows partials from frame to frame. */
export interface NoteFinder {
  /** frames in order; `power` as planSpectrum writes it for 512 samples at 8 kHz */
  add(frame: number, power: Float64Array): void;
  /** a frame that is too quiet: every note has ended */
  rest(): void;
}

/** @param notes filled in: percent of each frame's energy that belongs to held partials */
export function createNoteFinder(notes: Uint8Array): NoteFinder {
  let partials: Partial[] = [];
  return {
    add(frame, power) {
      const peaks = findPeaks(power);
      partials = partials.filter((partial) => goesOn(partial, peaks));
      for (const partial of partials) count(partial, heldFrames(partial.hz), frame, notes);
      for (const peak of peaks) if (!peak.isTaken) partials.push({ hz: [peak.hz], shares: [peak.share], isCounted: [false] });
    },
    rest() {
      partials = [];
    },
  };
}

interface Peak {
  hz: number;
  share: number;
  isTaken: boolean;
}

/** The strongest peaks, loudest first, with their frequency between the bins (parabola through the logarithms). */
function findPeaks(power: Float64Array): Peak[] {
  let total = 0;
  for (let k = FIRST_BIN; k < power.length; k++) total += power[k] as number;
  const strongest: number[] = [];
  for (let k = FIRST_BIN + 1; k < power.length - 2; k++) {
    const p = power[k] as number;
    if (p <= (power[k - 1] as number) || p < (power[k + 1] as number) || p * 5 < total * LEAST_SHARE) continue;
    let at = strongest.length;
    while (at > 0 && (power[strongest[at - 1] as number] as number) < p) at--;
    if (at < PEAKS) strongest.splice(at, 0, k);
    if (strongest.length > PEAKS) strongest.pop();
  }
  return strongest.flatMap((k) => {
    let energy = 0;
    for (let i = k - 2; i <= k + 2; i++) energy += power[i] as number;
    const share = energy / total;
    if (share < LEAST_SHARE) return [];
    const [a, b, c] = [Math.log(power[k - 1] as number), Math.log(power[k] as number), Math.log(power[k + 1] as number)];
    const curve = a - 2 * b + c;
    return [{ hz: (k + (Number.isFinite(curve) && curve < 0 ? (0.5 * (a - c)) / curve : 0)) * BIN_HZ, share, isTaken: false }];
  });
}

/** Takes the nearest peak that nobody took. @returns false when the partial has ended */
function goesOn(partial: Partial, peaks: readonly Peak[]): boolean {
  const last = partial.hz.at(-1) ?? 0;
  let best: Peak | undefined;
  let least = STEP * last;
  for (const peak of peaks) {
    const distance = Math.abs(peak.hz - last);
    if (peak.isTaken || distance >= least) continue;
    best = peak;
    least = distance;
  }
  if (best === undefined) return false;
  best.isTaken = true;
  partial.hz.push(best.hz);
  partial.shares.push(best.share);
  partial.isCounted.push(false);
  if (partial.hz.length > MEMORY) for (const list of [partial.hz, partial.shares, partial.isCounted]) list.shift();
  return true;
}

/** How many of the last frames are one held note; 0 for none. */
function heldFrames(hz: readonly number[]): number {
  const length = hz.length;
  if (length === MEMORY && rangeOf(hz, 0) < VIBRATO_RANGE) {
    const [early, middle, late] = [mean(hz, 0), mean(hz, PERIOD >> 1), mean(hz, PERIOD)];
    if (Math.abs(early / late - 1) < VIBRATO_MEANS && Math.abs(early / middle - 1) < VIBRATO_MEANS) return MEMORY;
  }
  return length >= HELD_FRAMES && rangeOf(hz, length - HELD_FRAMES) < HELD_RANGE ? HELD_FRAMES : 0;
}

function rangeOf(hz: readonly number[], from: number): number {
  let [low, high] = [Infinity, 0];
  for (let i = from; i < hz.length; i++) {
    low = Math.min(low, hz[i] as number);
    high = Math.max(high, hz[i] as number);
  }
  return high / low - 1;
}

function mean(hz: readonly number[], from: number): number {
  let sum = 0;
  for (let i = from; i < from + PERIOD; i++) sum += hz[i] as number;
  return sum / PERIOD;
}

function count({ shares, isCounted }: Partial, held: number, frame: number, notes: Uint8Array): void {
  for (let back = 0; back < held; back++) {
    const i = shares.length - 1 - back;
    if (isCounted[i] === true) continue;
    isCounted[i] = true;
    notes[frame - back] = Math.min(100, (notes[frame - back] ?? 0) + Math.round(100 * (shares[i] as number)));
  }
}
