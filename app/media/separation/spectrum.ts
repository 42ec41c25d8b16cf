// The shape of a voice in 32 ms: mel cepstrum of the telephone band. Pure; sources: Davis & Mermelstein 1980 (cepstrum), O'Shaughnessy 1987 (mel).
import { planSpectrum } from "../spectrum.ts";

/** Samples of one frame at 8 kHz; a power of two. */
export const SPECTRUM_SAMPLES = 256;
const RATE_HZ = 8000;
/** What every telephone line carries; beyond it is codec noise. */
const LOW_HZ = 200;
const HIGH_HZ = 3700;
const BANDS = 22;
/** Coefficients 1…12. The zeroth is loudness, which is kept apart. */
export const CEPSTRUM_SIZE = 12;
/** −72 dB below full scale, the idle noise of µ-law: what is quieter has no shape. */
const FLOOR = 1e-7;

const window = Float64Array.from({ length: SPECTRUM_SAMPLES }, (_, i) => 0.54 - 0.46 * Math.cos((2 * Math.PI * i) / (SPECTRUM_SAMPLES - 1)));
const spectrum = planSpectrum(window);
const power = new Float64Array(SPECTRUM_SAMPLES / 2);
const bands = melBands();
const transform = Float64Array.from({ length: CEPSTRUM_SIZE * BANDS }, (_, i) => Math.sqrt(2 / BANDS) * Math.cos((Math.PI * (Math.floor(i / BANDS) + 1) * ((i % BANDS) + 0.5)) / BANDS));

const loudness = new Float64Array(BANDS);

/**
 * @param samples  8 kHz, full scale ±1
 * @param from     first of `SPECTRUM_SAMPLES` samples
 * @param into     `CEPSTRUM_SIZE` values are written here, from `at`
 */
export function cepstrum(samples: Float64Array, from: number, into: Float32Array, at: number): void {
  spectrum(samples.subarray(from, from + SPECTRUM_SAMPLES), 0, power);
  bands.forEach(({ first, weights }, band) => {
    let sum = 0;
    for (let k = 0; k < weights.length; k++) sum += (weights[k] as number) * (power[first + k] as number);
    loudness[band] = Math.log(sum / SPECTRUM_SAMPLES + FLOOR);
  });
  for (let c = 0; c < CEPSTRUM_SIZE; c++) {
    let sum = 0;
    for (let band = 0; band < BANDS; band++) sum += (transform[c * BANDS + band] as number) * (loudness[band] as number);
    into[at + c] = sum;
  }
}

/** Triangles that overlap by half, equally wide in mel. */
function melBands(): { first: number; weights: Float64Array }[] {
  const toMel = (hz: number): number => 2595 * Math.log10(1 + hz / 700);
  const toBin = (mel: number): number => ((700 * (10 ** (mel / 2595) - 1)) * SPECTRUM_SAMPLES) / RATE_HZ;
  const [low, high] = [toMel(LOW_HZ), toMel(HIGH_HZ)];
  const edge = (i: number): number => toBin(low + ((high - low) * i) / (BANDS + 1));
  return Array.from({ length: BANDS }, (_, band) => {
    const [left, middle, right] = [edge(band), edge(band + 1), edge(band + 2)];
    const first = Math.ceil(left);
    const weights = Float64Array.from({ length: Math.floor(right) - first + 1 }, (_, k) => Math.max(0, Math.min((first + k - left) / (middle - left), (right - first - k) / (right - middle))));
    return { first, weights };
  });
}
