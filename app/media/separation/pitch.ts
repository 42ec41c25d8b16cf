// How high a voice is: normalised autocorrelation at 4 kHz. Pure. The line cuts off the ground tone; the period stays. Source: Talkin, RAPT, 1995.

/** Samples at 8 kHz that one measurement looks at. */
export const PITCH_SAMPLES = 400;
const COUNT = PITCH_SAMPLES / 2;
const RATE_HZ = 4000;
/** 60…400 Hz: from a deep man to a child. */
const SHORTEST = RATE_HZ / 400;
const LONGEST = Math.floor(RATE_HZ / 60);
const COMPARED = COUNT - LONGEST - 1;
/** Below this likeness of one period to the next, the sound has no pitch. */
const VOICED = 0.6;
/** The shortest period that is almost as good as the best: the best is often twice the true one. */
const ALMOST = 0.87;

const halved = new Float64Array(COUNT);
const likeness = new Float64Array(LONGEST + 2);

/**
 * @param samples  8 kHz
 * @param from     first of `PITCH_SAMPLES` samples
 * @returns natural logarithm of the pitch in Hz, or NaN where there is none
 */
export function logPitch(samples: Float64Array, from: number): number {
  let mean = 0;
  for (let i = 0; i < COUNT; i++) {
    const value = (samples[from + 2 * i] as number) + (samples[from + 2 * i + 1] as number);
    halved[i] = value;
    mean += value / COUNT;
  }
  for (let i = 0; i < COUNT; i++) halved[i] = (halved[i] as number) - mean;
  let own = 1e-9;
  for (let i = 0; i < COMPARED; i++) own += (halved[i] as number) ** 2;
  let best = 0;
  let shifted = 1e-9;
  for (let i = SHORTEST - 1; i < SHORTEST - 1 + COMPARED; i++) shifted += (halved[i] as number) ** 2;
  for (let lag = SHORTEST - 1; lag <= LONGEST + 1; lag++) {
    let sum = 0;
    for (let i = 0; i < COMPARED; i++) sum += (halved[i] as number) * (halved[i + lag] as number);
    likeness[lag] = sum / Math.sqrt(own * shifted);
    best = Math.max(best, likeness[lag] as number);
    shifted += ((halved[lag + COMPARED]) ?? 0) ** 2 - (halved[lag] as number) ** 2;
    if (shifted < 1e-9) shifted = 1e-9;
  }
  if (best < VOICED) return NaN;
  for (let lag = SHORTEST; lag <= LONGEST; lag++) {
    const [before, here, after] = [likeness[lag - 1] as number, likeness[lag] as number, likeness[lag + 1] as number];
    if (here < ALMOST * best || here < before || here < after) continue;
    const bend = before - 2 * here + after;
    return Math.log(RATE_HZ / (lag + (bend < 0 ? (0.5 * (before - after)) / bend : 0)));
  }
  return NaN;
}
