// The shape of a voice in 32 ms: mel cepstrum of the telephone band. Pure; sources: Davis & Mermelstein 1980 (cepstrum), O'Shaughnessy 1987 (mel).

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
const cosines = Float64Array.from({ length: SPECTRUM_SAMPLES / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / SPECTRUM_SAMPLES));
const sines = Float64Array.from({ length: SPECTRUM_SAMPLES / 2 }, (_, i) => -Math.sin((2 * Math.PI * i) / SPECTRUM_SAMPLES));
const reversed = Uint16Array.from({ length: SPECTRUM_SAMPLES }, (_, i) => reverseBits(i, Math.log2(SPECTRUM_SAMPLES)));
const bands = melBands();
const transform = Float64Array.from({ length: CEPSTRUM_SIZE * BANDS }, (_, i) => Math.sqrt(2 / BANDS) * Math.cos((Math.PI * (Math.floor(i / BANDS) + 1) * ((i % BANDS) + 0.5)) / BANDS));

const real = new Float64Array(SPECTRUM_SAMPLES);
const imaginary = new Float64Array(SPECTRUM_SAMPLES);
const loudness = new Float64Array(BANDS);

/**
 * @param samples  8 kHz, full scale ±1
 * @param from     first of `SPECTRUM_SAMPLES` samples
 * @param into     `CEPSTRUM_SIZE` values are written here, from `at`
 */
export function cepstrum(samples: Float64Array, from: number, into: Float32Array, at: number): void {
  for (let i = 0; i < SPECTRUM_SAMPLES; i++) {
    const to = reversed[i] as number;
    real[to] = (samples[from + i] as number) * (window[i] as number);
    imaginary[to] = 0;
  }
  transformInPlace();
  bands.forEach(({ first, weights }, band) => {
    let power = 0;
    for (let k = 0; k < weights.length; k++) power += (weights[k] as number) * ((real[first + k] as number) ** 2 + (imaginary[first + k] as number) ** 2);
    loudness[band] = Math.log(power / SPECTRUM_SAMPLES + FLOOR);
  });
  for (let c = 0; c < CEPSTRUM_SIZE; c++) {
    let sum = 0;
    for (let band = 0; band < BANDS; band++) sum += (transform[c * BANDS + band] as number) * (loudness[band] as number);
    into[at + c] = sum;
  }
}

/** Fourier transform of the bit-reversed values in `real` and `imaginary` (Cooley & Tukey 1965). */
function transformInPlace(): void {
  for (let size = 2; size <= SPECTRUM_SAMPLES; size *= 2) {
    const half = size / 2;
    const step = SPECTRUM_SAMPLES / size;
    for (let start = 0; start < SPECTRUM_SAMPLES; start += size) {
      for (let k = 0; k < half; k++) {
        const [i, j] = [start + k, start + k + half];
        const [c, s] = [cosines[k * step] as number, sines[k * step] as number];
        const re = (real[j] as number) * c - (imaginary[j] as number) * s;
        const im = (real[j] as number) * s + (imaginary[j] as number) * c;
        real[j] = (real[i] as number) - re;
        imaginary[j] = (imaginary[i] as number) - im;
        real[i] = (real[i] as number) + re;
        imaginary[i] = (imaginary[i] as number) + im;
      }
    }
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

function reverseBits(value: number, bits: number): number {
  let result = 0;
  for (let i = 0; i < bits; i++) result |= ((value >> i) & 1) << (bits - 1 - i);
  return result;
}
