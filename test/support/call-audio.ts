// Sound for tests, made from numbers: two parties that "speak" in turns on two channels. No voices, no files from elsewhere.
import { wavHeader } from "../../app/domain/index.ts";

const RATE_HZ = 8000;

/** Who makes sound when: channel, start and length in milliseconds. */
export interface Utterance {
  channel: 0 | 1;
  startMs: number;
  lengthMs: number;
}

/** A short conversation: the customer speaks, the agent answers. */
export const SHORT_CALL: readonly Utterance[] = [
  { channel: 0, startMs: 300, lengthMs: 1200 },
  { channel: 1, startMs: 1800, lengthMs: 1000 },
];

/** One party says one thing: the least that the speech model has to be asked about. */
export const SHORTEST_CALL: readonly Utterance[] = [{ channel: 0, startMs: 300, lengthMs: 1200 }];

/**
 * A two-channel 8 kHz PCM WAV. Syllables of about 180 ms: harmonics of a gliding voice pitch under two moving formants, with line noise below.
 * @param seed every seed is another recording, so that content hashes differ
 */
export function callWav(utterances: readonly Utterance[], lengthMs: number, seed: number): Buffer {
  const frames = Math.floor((lengthMs / 1000) * RATE_HZ);
  const samples = Buffer.alloc(frames * 4);
  const random = seededRandom(seed);
  for (let i = 0; i < frames * 2; i++) samples.writeInt16LE(Math.round((random() - 0.5) * 24), i * 2);
  for (const one of utterances) voice(samples, one, seed + one.startMs);
  return Buffer.concat([wavHeader(samples.length, RATE_HZ, 2), samples]);
}

function voice(samples: Buffer, { channel, startMs, lengthMs }: Utterance, seed: number): void {
  const random = seededRandom(seed);
  const first = Math.floor((startMs / 1000) * RATE_HZ);
  const count = Math.floor((lengthMs / 1000) * RATE_HZ);
  const syllable = Math.floor(0.18 * RATE_HZ);
  let pitchHz = 120;
  let formantHz = 700;
  for (let i = 0; i < count; i++) {
    if (i % syllable === 0) {
      pitchHz = 100 + random() * 60;
      formantHz = 350 + random() * 900;
    }
    const t = i / RATE_HZ;
    const envelope = Math.sin((Math.PI * (i % syllable)) / syllable) ** 0.6;
    let sum = 0;
    for (let k = 1; k * pitchHz < 3400; k++) {
      const hz = k * pitchHz;
      const gain = 1 / (1 + ((hz - formantHz) / 220) ** 2) + 0.4 / (1 + ((hz - 2.3 * formantHz) / 300) ** 2);
      sum += gain * Math.sin(2 * Math.PI * hz * t);
    }
    const at = ((first + i) * 2 + channel) * 2;
    if (at + 2 <= samples.length) samples.writeInt16LE(Math.max(-32_000, Math.min(32_000, samples.readInt16LE(at) + Math.round(sum * envelope * 3800))), at);
  }
}

function seededRandom(seed: number): () => number {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
