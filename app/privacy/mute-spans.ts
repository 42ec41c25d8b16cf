// Which sound to blank for a masked stretch of text: by the times of its words, or the whole turn when they cannot be trusted. Pure.
import type { Span, SpokenTurn, Word } from "../domain/index.ts";
import type { Place } from "./detector.ts";

/** A stretch of one channel that must not be heard. */
export interface MuteSpan extends Span {
  channel: 0 | 1;
}

/** Word times of the speech engine are good to a tenth of a second or so; a card must not be heard at their edges. */
const PADDING_MS = 120;
/** Nobody says a digit faster; a stretch that seems so short has wrong times. */
const FASTEST_DIGIT_MS = 50;
/** A word that lies further outside its turn than this has a wrong time. */
const TOLERANCE_MS = 500;
/** Silence up to this long between two parts of one number is blanked too: speech recognition may have missed digits in it. */
const BRIDGE_MS = 3_000;

/** @param findings places of one secret each @returns spans per channel, sorted by channel and time, not overlapping, `startMs` ≥ 0 */
export function muteSpans(turns: readonly SpokenTurn[], findings: readonly (readonly Place[])[]): MuteSpan[] {
  const aligned = new Map<number, AlignedWord[] | undefined>();
  const wordsOf = (index: number, turn: SpokenTurn): AlignedWord[] | undefined => {
    if (!aligned.has(index)) aligned.set(index, align(turn));
    return aligned.get(index);
  };
  const padded = findings.flatMap((places) => bridged(places.flatMap((place) => spanOf(turns, place, wordsOf)))).map(({ channel, startMs, endMs }) => ({
    channel,
    startMs: Math.max(0, Math.floor(startMs - PADDING_MS)),
    endMs: Math.max(Math.ceil(endMs + PADDING_MS), Math.max(0, Math.floor(startMs - PADDING_MS)) + 1),
  }));
  return joined(padded, 0);
}

function bridged(spans: readonly MuteSpan[]): MuteSpan[] {
  return joined(spans, BRIDGE_MS);
}

/** Joins spans of one channel that overlap or lie at most `gapMs` apart. */
function joined(spans: readonly MuteSpan[], gapMs: number): MuteSpan[] {
  const result: MuteSpan[] = [];
  for (const span of [...spans].sort((a, b) => a.channel - b.channel || a.startMs - b.startMs)) {
    const last = result.at(-1);
    if (last?.channel === span.channel && span.startMs - last.endMs <= gapMs) last.endMs = Math.max(last.endMs, span.endMs);
    else result.push({ ...span });
  }
  return result;
}

function spanOf(turns: readonly SpokenTurn[], place: Place, wordsOf: (index: number, turn: SpokenTurn) => AlignedWord[] | undefined): MuteSpan[] {
  const turn = turns[place.turn];
  if (turn === undefined) return [];
  const whole = wholeTurn(turns, turn);
  const words = wordsAt(wordsOf(place.turn, turn) ?? [], place);
  const heardIn = words.flatMap((word) => word.heardIn ?? []);
  if (heardIn.length > 0) return [...heardIn, ...words.filter((word) => word.heardIn === undefined)].map(({ startMs, endMs }) => ({ channel: turn.channel, startMs, endMs })); // guessed times: all of where it can be
  if (words.length === 0 || words.some((word) => !isTimed(word, turn))) return [whole];
  const startMs = Math.min(...words.map((word) => word.startMs));
  const endMs = Math.max(...words.map((word) => word.endMs));
  return endMs - startMs < place.digits * FASTEST_DIGIT_MS ? [whole] : [{ channel: turn.channel, startMs, endMs }];
}

function isTimed(word: Word, turn: SpokenTurn): boolean {
  const isNumber = Number.isFinite(word.startMs) && Number.isFinite(word.endMs) && word.endMs > word.startMs;
  return isNumber && word.startMs >= turn.startMs - TOLERANCE_MS && word.endMs <= turn.endMs + TOLERANCE_MS;
}

/** The turn from start to end; when not even these are times, everything on its channel. */
function wholeTurn(turns: readonly SpokenTurn[], turn: SpokenTurn): MuteSpan {
  const { channel, startMs, endMs } = turn;
  if (Number.isFinite(startMs) && Number.isFinite(endMs) && endMs > startMs) return { channel, startMs, endMs };
  const ends = turns.map((other) => other.endMs).filter((end) => Number.isFinite(end));
  return { channel, startMs: 0, endMs: ends.reduce((a, b) => Math.max(a, b), 1) };
}

/** A word and its place in the text of the turn. */
interface AlignedWord extends Word {
  from: number;
  to: number;
}

const SPOKEN = /[\p{L}\p{N}]/u;

/** @returns the words with their places; undefined when they do not account for everything in the text */
function align(turn: SpokenTurn): AlignedWord[] | undefined {
  const aligned: AlignedWord[] = [];
  let at = 0;
  for (const word of turn.words) {
    const text = word.text.trim();
    if (text === "") continue;
    const from = turn.text.indexOf(text, at);
    if (from < 0 || SPOKEN.test(turn.text.slice(at, from))) return undefined;
    at = from + text.length;
    aligned.push({ ...word, from, to: at });
  }
  return SPOKEN.test(turn.text.slice(at)) ? undefined : aligned;
}

/** Binary search for the words that touch a place. */
function wordsAt(words: readonly AlignedWord[], place: Place): AlignedWord[] {
  let low = 0;
  let high = words.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((words[middle]?.to ?? 0) <= place.from) low = middle + 1;
    else high = middle;
  }
  const found: AlignedWord[] = [];
  for (let i = low; i < words.length && (words[i]?.from ?? 0) < place.to; i++) found.push(words[i] as AlignedWord);
  return found;
}
