// Hold music made from numbers: chords, a melody with vibrato, drums, and all together. The notes are scales; nobody composed them.

/** Repeatable chance, 0…1. */
function chance(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}

interface Instrument {
  /** strength of each overtone */
  overtones: readonly number[];
  /** swing of the pitch, ± this share, 5.5 times a second */
  vibrato: number;
  /** seconds in which a note fades to 37 %; held when absent */
  fadeS?: number;
}

const ORGAN: Instrument = { overtones: [1, 0.5, 0.3, 0.25, 0.1, 0.1], vibrato: 0 };
const PIANO: Instrument = { overtones: [1, 0.6, 0.35, 0.2, 0.12, 0.08], vibrato: 0, fadeS: 0.4 };
const STRINGS: Instrument = { overtones: Array.from({ length: 11 }, (_, k) => 1 / (k + 1)), vibrato: 0.02 };
const FLUTE: Instrument = { overtones: [1, 0.3, 0.1, 0.03], vibrato: 0.02 };
const CLARINET: Instrument = { overtones: [1, 0, 0.5, 0, 0.3, 0, 0.15], vibrato: 0.01 };

const SCALE = [0, 2, 4, 5, 7, 9, 11, 12];
const CHORDS = [[0, 4, 7, 12], [5, 9, 12, 17], [7, 11, 14, 19], [9, 12, 16, 21]];

/** Every kind by name: milliseconds and rate in, samples of −1…1 at about −18 dB out. */
export const HOLD_MUSIC: Readonly<Record<string, (ms: number, rateHz: number) => Float32Array>> = {
  "organ chords": (ms, rate) => level(chords(ms, rate, ORGAN, 1.2)),
  "string chords with vibrato": (ms, rate) => level(chords(ms, rate, STRINGS, 1.2)),
  "piano chords, fast": (ms, rate) => level(chords(ms, rate, PIANO, 0.4)),
  "clarinet melody": (ms, rate) => level(melody(ms, rate, CLARINET, 0.25)),
  "piano melody, fast": (ms, rate) => level(melody(ms, rate, PIANO, 0.18)),
  "flute melody with vibrato": (ms, rate) => level(melody(ms, rate, FLUTE, 0.4)),
  drums: (ms, rate) => level(drums(ms, rate, 116)),
  band: (ms, rate) => level(sum(level(chords(ms, rate, STRINGS, 1)), level(melody(ms, rate, CLARINET, 0.25)), level(drums(ms, rate, 110)))),
};

function chords(ms: number, rate: number, instrument: Instrument, lengthS: number): Float32Array {
  const out = new Float32Array(Math.round((ms * rate) / 1000));
  for (let k = 0; k * lengthS * 1000 < ms; k++) for (const step of CHORDS[k % CHORDS.length] ?? []) play(out, rate, instrument, 55 + step, k * lengthS, lengthS);
  return out;
}

function melody(ms: number, rate: number, instrument: Instrument, beatS: number): Float32Array {
  const out = new Float32Array(Math.round((ms * rate) / 1000));
  const random = chance(3);
  for (let at = 0; at * 1000 < ms; ) {
    const lengthS = beatS * ([1, 1, 1, 2][Math.floor(4 * random())] ?? 1);
    play(out, rate, instrument, 67 + (SCALE[Math.floor(SCALE.length * random())] ?? 0), at, lengthS);
    at += lengthS;
  }
  return out;
}

function play(out: Float32Array, rate: number, { overtones, vibrato, fadeS }: Instrument, key: number, startS: number, lengthS: number): void {
  const hz = 440 * 2 ** ((key - 69) / 12);
  const first = Math.round(startS * rate);
  for (let i = 0; i < lengthS * rate && first + i < out.length; i++) {
    const t = i / rate;
    const phase = 2 * Math.PI * hz * (t + (vibrato / (2 * Math.PI * 5.5)) * Math.sin(2 * Math.PI * 5.5 * t));
    const envelope = Math.min(1, t / 0.015, (lengthS - t) / 0.03) * (fadeS === undefined ? 1 : Math.exp(-t / fadeS));
    overtones.forEach((strength, k) => {
      if ((k + 1) * hz < 3600) out[first + i] = (out[first + i] ?? 0) + strength * envelope * Math.sin((k + 1) * phase);
    });
  }
}

/** Bass drum on one, snare on three, hi-hat on every eighth. */
function drums(ms: number, rate: number, beatsPerMinute: number): Float32Array {
  const out = new Float32Array(Math.round((ms * rate) / 1000));
  const random = chance(7);
  const eighth = 30 / beatsPerMinute;
  const strike = (startS: number, fadeS: number, sound: (t: number) => number): void => {
    const first = Math.round(startS * rate);
    for (let i = 0; i < fadeS * 5 * rate && first + i < out.length; i++) out[first + i] = (out[first + i] ?? 0) + Math.exp(-i / rate / fadeS) * sound(i / rate);
  };
  for (let k = 0; k * eighth * 1000 < ms; k++) {
    let before = 0;
    strike(k * eighth, 0.015, () => {
      const noise = 2 * random() - 1;
      const bright = 0.3 * (noise - before);
      before = noise;
      return bright;
    });
    if (k % 4 === 0) strike(k * eighth, 0.1, (t) => Math.sin(2 * Math.PI * (55 * t + 4 * (1 - Math.exp(-t / 0.03)))));
    if (k % 4 === 2) strike(k * eighth, 0.06, (t) => 0.9 * (2 * random() - 1) + 0.4 * Math.sin(2 * Math.PI * 190 * t));
  }
  return out;
}

function sum(...parts: readonly Float32Array[]): Float32Array {
  return Float32Array.from(parts[0] ?? [], (_, i) => parts.reduce((total, part) => total + (part[i] ?? 0), 0));
}

/** At −18 dB on average, never over full scale. */
export function level(sound: Float32Array, db = -18): Float32Array {
  const rms = Math.sqrt(sound.reduce((total, value) => total + value * value, 0) / Math.max(1, sound.length));
  return sound.map((value) => Math.max(-0.99, Math.min(0.99, (value * 10 ** (db / 20)) / (rms + 1e-9))));
}
