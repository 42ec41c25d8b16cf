// Sounds in which nobody says a word: whatever is heard in them is invented. Pure, the same each time.
import { seededRandom } from "./interval.ts";
import { idleLines, RATE_HZ, type Lines } from "./make-call.ts";

/** Name of each sound → amplitude (full scale 32,767) at a moment. */
type Sound = (second: number, noise: () => number) => number;

const tone = (hz: number, second: number): number => Math.sin(2 * Math.PI * hz * second);
const isOn = (second: number, onFor: number, every: number): boolean => second % every < onFor;

const SOUNDS: Readonly<Record<string, Sound>> = {
  silence: () => 0,
  "line noise": (_, noise) => 100 * noise(), // −50 dB
  "loud noise": (_, noise) => 1800 * noise(), // −25 dB
  "hold music": (second) => 2500 * tune(second),
  ringing: (second) => (isOn(second, 2, 6) ? 2300 * (tone(440, second) + tone(480, second)) : 0),
  beeps: (second) => (isOn(second, 0.3, 2) ? 2500 * tone(1000, second) : 0),
};

export const NOTHING_KINDS = Object.keys(SOUNDS);

/** One call with nothing but a sound on the customer's line and an idle line on the agent's. */
export function nothing(kind: string, seconds: number, seed: number): Lines {
  const [left, right] = kind === "silence" ? [new Float32Array(seconds * RATE_HZ), new Float32Array(seconds * RATE_HZ)] : idleLines(seconds * 1000, seed);
  const random = seededRandom(seed + 1);
  const noise = (): number => (random() + random() + random() + random() - 2) * Math.sqrt(3); // about normal, variance 1
  const sound = SOUNDS[kind] ?? (() => 0);
  for (let i = 0; i < left.length; i++) left[i] = (left[i] as number) + sound(i / RATE_HZ, noise);
  return { lines: [left, right], said: [] };
}

/** Semitones above A3 of a melody over four chords, eight notes a chord, four notes a second. */
const CHORDS = [[0, 4, 7, 12], [-3, 0, 4, 9], [-7, -3, 0, 5], [-5, -1, 2, 7]];

function tune(second: number): number {
  const step = Math.floor(second * 4);
  const chord = CHORDS[Math.floor(step / 8) % CHORDS.length] ?? [];
  const melody = chord[[0, 2, 1, 3, 2, 3, 1, 2][step % 8] ?? 0] ?? 0;
  const sinceNote = second * 4 - step;
  const beat = isOn(second, 0.04, 0.5) ? tone(70, second) : 0;
  return note(12 + melody, second) * Math.exp(-3 * sinceNote) + 0.25 * chord.reduce((sum, pitch) => sum + note(pitch, second), 0) * (0.8 + 0.2 * tone(5, second)) + beat;
}

/** A note with three overtones. */
function note(semitones: number, second: number): number {
  const hz = 220 * 2 ** (semitones / 12);
  return tone(hz, second) + 0.5 * tone(2 * hz, second) + 0.25 * tone(3 * hz, second) + 0.12 * tone(4 * hz, second);
}
