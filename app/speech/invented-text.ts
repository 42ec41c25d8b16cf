// The guard against invented text: what a speech model writes where nobody said it. Pure; every rule has a name and is counted.
import type { Word } from "../domain/index.ts";
import { dropLoops } from "./loops.ts";
import { numberWords } from "./spoken-numbers.ts";
import { COURTESY_PHRASES, plainText, VIDEO_PHRASES } from "./stock-phrases.ts";
import { loudest } from "./window-audio.ts";
import { distanceToSound, type Window } from "./windows.ts";
import { joinWords, meanConfidence, type HeardSegment } from "./words.ts";

/** Why words were taken out. */
export const DROP_REASONS = ["silence", "zero_duration", "impossible_speed", "sound_label", "stock_phrase", "repetition"] as const;
export type DropReason = (typeof DROP_REASONS)[number];

/** How many words a rule took out. */
export interface Dropped {
  reason: DropReason;
  count: number;
}

export interface Guarded {
  kept: HeardSegment[];
  dropped: Dropped[];
}

/** Where each rule draws its line. */
export const GUARD_LIMITS = {
  /** dB of full scale; idle lines lie at −60 and below, quiet callers at −45 and above */
  silenceDb: -55,
  /** token times of whisper.cpp are off by this much */
  timeToleranceMs: 200,
  /** fast readers reach 18 characters a second; invented text is squeezed into moments */
  charactersPerSecond: 25,
  /** below this length the times are too coarse to speak of a speed */
  speedFromCharacters: 25,
  videoPhraseConfidence: 0.8,
  courtesyConfidence: 0.4,
  /** segments with this many number words are read-outs of numbers, see {@link guardWindow} */
  protectedNumbers: 2,
};

/**
 * Judges one window.
 * @param levels dB per 20 ms of the window's sound, see measureLevels
 * @returns what stays and what each rule took. Segments that read out numbers (≥ 2 number words) are taken only where there is silence: they
 *   repeat themselves by nature ("one one one one"), and the privacy room must see every card number to blank its sound.
 */
export function guardWindow(segments: readonly HeardSegment[], window: Window, levels: Float32Array): Guarded {
  const tally = new Map<DropReason, number>();
  const audible = segments.map((segment) => ({ ...segment, words: segment.words.filter((word) => isAudible(word, window, levels, tally)) }));
  const plausible = audible.filter((segment) => {
    const reason = segment.words.length === 0 ? undefined : implausible(segment);
    if (reason !== undefined) count(tally, reason, segment.words.length);
    return segment.words.length > 0 && reason === undefined;
  });
  const looped = dropLoops(plausible);
  count(tally, "repetition", looped.dropped);
  return { kept: looped.kept, dropped: report(tally) };
}

/**
 * Judges a whole channel: the same sentence three times in a row, even over windows. A short answer may well be given three times ("Yes."), so
 * short ones fall only when they were also heard badly. One number word protects a sentence: digits may come one by one.
 * @param segments of one channel in order of time, already through {@link guardWindow}
 */
export function guardRepeats(segments: readonly HeardSegment[]): Guarded {
  const tally = new Map<DropReason, number>();
  const kept: HeardSegment[] = [];
  for (let from = 0; from < segments.length; ) {
    const text = plainText(textOf(segments[from]));
    let to = from + 1;
    while (to < segments.length && plainText(textOf(segments[to])) === text) to++;
    const run = segments.slice(from, to);
    const isInvented = run.length >= 3 && run.some((one) => one.words.length >= 4 || isBelow(meanConfidence(one.words), 0.5)) && numberWords(run[0]?.words ?? []) === 0;
    kept.push(...(isInvented ? run.slice(0, 1) : run));
    if (isInvented) count(tally, "repetition", wordsOf(run.slice(1)));
    from = to;
  }
  return { kept, dropped: report(tally) };
}

/** Adds up what several windows dropped. */
export function addDropped(reports: readonly (readonly Dropped[])[]): Dropped[] {
  const tally = new Map<DropReason, number>();
  for (const one of reports.flat()) count(tally, one.reason, one.count);
  return report(tally);
}

/** A word that was timed only by its segment is judged by where that lies. */
function isAudible(word: Word, window: Window, levels: Float32Array, tally: Map<DropReason, number>): boolean {
  const tolerance = GUARD_LIMITS.timeToleranceMs;
  const place = word.heardIn?.[0] ?? word;
  const around = { startMs: place.startMs - tolerance, endMs: place.endMs + tolerance };
  const isHeard = distanceToSound(window, place) <= tolerance && loudest(levels, around) >= GUARD_LIMITS.silenceDb;
  if (!isHeard) count(tally, "silence", 1);
  return isHeard;
}

function implausible(segment: HeardSegment): DropReason | undefined {
  const text = textOf(segment);
  if (numberWords(segment.words) >= GUARD_LIMITS.protectedNumbers) return undefined;
  if (/^[[(*♪♫<].*[\])*♪♫>][.!?]*$/u.test(text)) return "sound_label"; // [BLANK_AUDIO], (music), *coughs*, ♪ … ♪
  const durationMs = spokenMs(segment);
  if (durationMs <= 0) return "zero_duration";
  if (text.length >= GUARD_LIMITS.speedFromCharacters && (text.length * 1000) / durationMs > GUARD_LIMITS.charactersPerSecond) return "impossible_speed";
  return isStockPhrase(text, meanConfidence(segment.words)) ? "stock_phrase" : undefined;
}

/** The longer of what the segment and its words claim: either alone may be squeezed by rounding. */
function spokenMs(segment: HeardSegment): number {
  const first = segment.words[0]?.startMs ?? 0;
  const last = Math.max(first, ...segment.words.map((word) => word.endMs));
  return Math.max(segment.endMs - segment.startMs, last - first);
}

/** Where the confidence is unknown the phrase itself decides: nobody thanks for watching on the telephone, but callers do say "thank you". */
function isStockPhrase(text: string, confidence: number | undefined): boolean {
  const plain = plainText(text);
  if (VIDEO_PHRASES.has(plain)) return confidence === undefined || confidence < GUARD_LIMITS.videoPhraseConfidence;
  return COURTESY_PHRASES.has(plain) && isBelow(confidence, GUARD_LIMITS.courtesyConfidence);
}

/** Unknown is no proof of bad hearing. */
function isBelow(confidence: number | undefined, limit: number): boolean {
  return confidence !== undefined && confidence < limit;
}

function textOf(segment: HeardSegment | undefined): string {
  return segment === undefined ? "" : joinWords(segment.words);
}

function wordsOf(segments: readonly HeardSegment[]): number {
  return segments.reduce((total, segment) => total + segment.words.length, 0);
}

function count(tally: Map<DropReason, number>, reason: DropReason, words: number): void {
  if (words > 0) tally.set(reason, (tally.get(reason) ?? 0) + words);
}

/** In the order of {@link DROP_REASONS}, so that reports compare. */
function report(tally: Map<DropReason, number>): Dropped[] {
  return DROP_REASONS.flatMap((reason) => {
    const words = tally.get(reason);
    return words === undefined ? [] : [{ reason, count: words }];
  });
}
