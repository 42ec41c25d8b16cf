// The power spectrum of a frame, as fast as plain arrays allow. Pure.

/** Hann's window for frames that overlap. */
export function hann(size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size));
}

/**
 * Plans a transform of real samples; `window` holds one weight for each of them, a power of two.
 * @returns a function that reads `size` samples from a ring that begins at `start`, and writes |X|² of the bins 0…size/2 − 1
 */
export function planSpectrum(window: Float64Array): (ring: Float64Array, start: number, power: Float64Array) => void {
  const size = window.length;
  const half = size / 2;
  const cos = Float64Array.from({ length: half }, (_, i) => Math.cos((2 * Math.PI * i) / size));
  const sin = Float64Array.from({ length: half }, (_, i) => -Math.sin((2 * Math.PI * i) / size));
  const order = bitReversed(half);
  const re = new Float64Array(half);
  const im = new Float64Array(half);
  return (ring, start, power) => {
    // even samples are the real and odd ones the imaginary part of a transform of half the size
    for (let i = 0; i < half; i++) {
      const at = 2 * (order[i] as number);
      re[i] = (ring[(start + at) % size] as number) * (window[at] as number);
      im[i] = (ring[(start + at + 1) % size] as number) * (window[at + 1] as number);
    }
    butterflies(re, im, cos, sin);
    for (let k = 0; k < half; k++) {
      const j = (half - k) % half;
      const [a, b, c, d] = [re[k] as number, im[k] as number, re[j] as number, im[j] as number];
      const [evenRe, evenIm, oddRe, oddIm] = [(a + c) / 2, (b - d) / 2, (b + d) / 2, (c - a) / 2];
      const [x, y] = [cos[k] as number, sin[k] as number];
      power[k] = (evenRe + oddRe * x - oddIm * y) ** 2 + (evenIm + oddRe * y + oddIm * x) ** 2;
    }
  };
}

/** Radix 2, in place; `cos` and `sin` are of twice the size, hence every second of them. */
function butterflies(re: Float64Array, im: Float64Array, cos: Float64Array, sin: Float64Array): void {
  const size = re.length;
  for (let span = 1; span < size; span *= 2) {
    const step = size / span;
    for (let k = 0; k < span; k++) {
      const [x, y] = [cos[k * step] as number, sin[k * step] as number];
      for (let i = k; i < size; i += 2 * span) {
        const j = i + span;
        const [a, b] = [re[j] as number, im[j] as number];
        const [p, q] = [a * x - b * y, a * y + b * x];
        const [c, d] = [re[i] as number, im[i] as number];
        re[i] = c + p;
        im[i] = d + q;
        re[j] = c - p;
        im[j] = d - q;
      }
    }
  }
}

function bitReversed(size: number): Uint16Array {
  const bits = Math.log2(size);
  return Uint16Array.from({ length: size }, (_, i) => {
    let turned = 0;
    for (let bit = 0; bit < bits; bit++) if ((i >> bit) & 1) turned |= 1 << (bits - 1 - bit);
    return turned;
  });
}
