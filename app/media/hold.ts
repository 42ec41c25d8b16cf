// Hold music and ringing: loud, long, and nobody speaking. Pure. Music is notes that hold their pitch, or a beat that repeats itself.
import type { Span } from "../domain/index.ts";
import { FRAME_MS } from "./frame-size.ts";
import type { FrameTrack } from "./frames.ts";
import type { Mask } from "./not-speech.ts";
import { runs } from "./runs.ts";

const perSecond = 1000 / FRAME_MS;
/** Frames quieter than this are nobody's music. */
const AUDIBLE_DB = -55;

/** Notes hold their pitch in 80 % and more of the energy of music, in at most 58 % of three seconds of the most monotonous of 21 voices. */
const NOTE_SHARE = 68;
const NOTE_WINDOW = 3 * perSecond;
/** What is inside of such windows and less like notes than this over 0.8 s is a voice over the music. */
const LOCAL_SHARE = 40;
const LOCAL_REACH = 0.4 * perSecond;
/** A beat: the loudness of eight seconds repeats itself twice over. Speech reaches 0.75, counting aloud included; drums 0.95. */
const BEAT_LIKENESS = 0.86;
const BEAT_WINDOW = 8 * perSecond;
const SHORTEST_LAG = 10;
const LONGEST_LAG = 118;
/** Loud parts of a window count alike and what is 25 dB below them not at all: pauses and single strokes decide nothing. */
const RANGE_DB = 25;
const EVEN_DB = 8;
/** Less than this share of audible frames is beeps, not music. */
const LEAST_AUDIBLE = 0.25;
const MIN_MUSIC = 3.5 * perSecond;
/** Between two phrases of a piece. */
const PHRASE_GAP = 1 * perSecond;
/** How much is worked through before others get their turn. */
const BREATH = 60 * perSecond;

/** @returns 1 where this channel plays music; yields now and then */
export function* findMusic(track: FrameTrack): Generator<undefined, Mask> {
  const music = new Uint8Array(track.energyDb.length);
  const held = new Uint8Array(music.length);
  for (let from = 0; from + NOTE_WINDOW <= music.length; from += perSecond / 5) {
    if (from % BREATH === 0) yield;
    if (noteShare(track, from, from + NOTE_WINDOW) >= NOTE_SHARE) held.fill(1, from, from + NOTE_WINDOW);
  }
  for (let i = 0; i < held.length; i++) {
    if (i % BREATH === 0) yield;
    music[i] = held[i] === 1 && noteShare(track, Math.max(0, i - LOCAL_REACH), i + LOCAL_REACH, 0) >= LOCAL_SHARE ? 1 : 0;
  }
  trimEdges(music, track);
  for (let from = 0; from + BEAT_WINDOW <= music.length; from += perSecond) {
    if (from % BREATH === 0) yield;
    if (beatLikeness(track.energyDb.subarray(from, from + BEAT_WINDOW)) >= BEAT_LIKENESS) music.fill(1, from, from + BEAT_WINDOW);
  }
  closeGaps(music, PHRASE_GAP);
  for (const run of runs(music)) if (run.to - run.from < MIN_MUSIC) music.fill(0, run.from, run.to);
  return music;
}

/** A window of three seconds may be two of music and one of speech: of each run, the stretch that stands out most from speech is kept (Kadane's maximum sum). */
function trimEdges(music: Mask, { energyDb, notes }: FrameTrack): void {
  for (const { from, to } of [...runs(music)]) {
    const loud = loudest(energyDb.subarray(from, to));
    let [sum, start, best, bestFrom, bestTo] = [0, from, 0, from, from];
    for (let i = from; i < to; i++) {
      if (sum <= 0) [sum, start] = [0, i];
      sum += weightOf(energyDb[i] as number, loud) * ((notes[i] as number) - NOTE_SHARE);
      if (sum > best) [best, bestFrom, bestTo] = [sum, start, i + 1];
    }
    music.fill(0, from, bestFrom);
    music.fill(0, bestTo, to);
  }
}

/** Percent of the energy of a stretch that is held notes; 0 where too little is audible. */
function noteShare({ energyDb, notes }: FrameTrack, from: number, to: number, leastAudible = LEAST_AUDIBLE): number {
  const part = energyDb.subarray(from, to);
  const loud = loudest(part);
  let [sum, weights, audible] = [0, 0, 0];
  for (let i = 0; i < part.length; i++) {
    const weight = weightOf(part[i] as number, loud);
    if (weight === 0) continue;
    audible++;
    weights += weight;
    sum += weight * (notes[from + i] as number);
  }
  return audible === 0 || audible < part.length * leastAudible ? 0 : sum / weights;
}

/** Loudness that one frame in twenty exceeds. */
function loudest(energyDb: Float32Array): number {
  return Float32Array.from(energyDb).sort()[Math.floor(energyDb.length * 0.95)] ?? -100;
}

function weightOf(db: number, loud: number): number {
  return db < AUDIBLE_DB || db < loud - RANGE_DB ? 0 : 10 ** (Math.min(0, db - loud + EVEN_DB) / 10);
}

/** Best correlation of the loudness with itself one beat later that also holds two beats later (Pearson). */
function beatLikeness(energyDb: Float32Array): number {
  const loud = loudest(energyDb);
  if (loud < AUDIBLE_DB) return 0;
  const n = energyDb.length;
  const e = Float64Array.from(energyDb, (db) => Math.max(db, loud - RANGE_DB - 5) - loud);
  const sums = new Float64Array(n + 1);
  const squares = new Float64Array(n + 1);
  for (let i = 0; i < n; i++) {
    sums[i + 1] = (sums[i] as number) + (e[i] as number);
    squares[i + 1] = (squares[i] as number) + (e[i] as number) ** 2;
  }
  const spread = (from: number, to: number): number => (squares[to] as number) - (squares[from] as number) - ((sums[to] as number) - (sums[from] as number)) ** 2 / (to - from);
  if (spread(0, n) / n < 9) return 0; // less than 3 dB of movement is no beat
  const at = (lag: number): number => {
    let product = 0;
    for (let i = lag; i < n; i++) product += (e[i] as number) * (e[i - lag] as number);
    const early = sums[n - lag] as number;
    const late = (sums[n] as number) - (sums[lag] as number);
    return (product - (early * late) / (n - lag)) / Math.sqrt(Math.max(1e-9, spread(0, n - lag) * spread(lag, n)));
  };
  let best = 0;
  for (let lag = SHORTEST_LAG; lag <= LONGEST_LAG; lag++) {
    const once = at(lag);
    if (once > best && once >= BEAT_LIKENESS) best = Math.max(best, Math.min(once, at(2 * lag)));
  }
  return best;
}

/** A tone of the network lasts at least 200 ms and is long alone, or comes again after at most 4.4 s (ringing rests 4 s). */
const MIN_TONE = 0.2 * perSecond;
const LONG_TONE = 0.8 * perSecond;
const TONE_GAP = 4.4 * perSecond;
/** Shorter holds are not worth counting. */
const MIN_HOLD = 1 * perSecond;
const HOLD_GAP = 2 * perSecond;

/** One channel, every array one value per frame. */
export interface HeldLine {
  music: Mask;
  /** 1 where a tone of the network sounds, keys left out */
  tones: Mask;
  /** 1 where somebody speaks: a hold never reaches over it */
  speech: Mask;
}

/** @returns when the call was on hold or ringing on any channel: sorted, not overlapping, integer ms */
export function holdSpans(lines: readonly HeldLine[]): Span[] {
  const length = lines[0]?.music.length ?? 0;
  const hold = new Uint8Array(length);
  for (const line of lines) {
    const own = Uint8Array.from(line.music);
    for (const ringing of ringings(line)) own.fill(1, ringing.from, ringing.to);
    closeGaps(own, HOLD_GAP, line.speech);
    for (const run of runs(own)) if (run.to - run.from >= MIN_HOLD) hold.fill(1, run.from, run.to);
  }
  return [...runs(hold)].map(({ from, to }) => ({ startMs: from * FRAME_MS, endMs: to * FRAME_MS }));
}

function ringings({ tones, speech }: HeldLine): { from: number; to: number }[] {
  const chains: { from: number; to: number; count: number }[] = [];
  for (const { from, to } of runs(tones)) {
    if (to - from < MIN_TONE) continue;
    const last = chains.at(-1);
    if (last !== undefined && from - last.to <= TONE_GAP && !speech.subarray(last.to, from).includes(1)) {
      last.to = to;
      last.count++;
    } else chains.push({ from, to, count: 1 });
  }
  return chains.filter((chain) => chain.to - chain.from >= (chain.count > 2 ? MIN_TONE : LONG_TONE));
}

/** Fills runs of zeros that are at most `longest` frames, unless `barrier` is set in them. */
function closeGaps(mask: Mask, longest: number, barrier?: Mask): void {
  let end = -1;
  for (const { from, to } of [...runs(mask)]) {
    if (end >= 0 && from - end <= longest && barrier?.subarray(end, from).includes(1) !== true) mask.fill(1, end, from);
    end = to;
  }
}
