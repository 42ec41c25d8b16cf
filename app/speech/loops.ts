// Finds the loops that a decoder falls into: the same few words again and again. Pure.
import { deflateSync } from "node:zlib";
import { isNumberWord } from "./spoken-numbers.ts";
import { plainText } from "./stock-phrases.ts";
import { joinWords, type HeardSegment } from "./words.ts";

/** Whisper's own limit (compression_ratio_threshold); ordinary speech stays below 2. */
export const MAX_COMPRESSION_RATIO = 2.4;
/** The longest phrase that is looked for. */
const MAX_PERIOD_WORDS = 20;

/**
 * Where the text of a window compresses too well, each phrase that is said three or more times in a row is kept once. Text that still
 * compresses too well after that is a loop of another kind and goes as a whole. Number words neither count nor go.
 * @param segments of one window in order
 * @returns the segments with what is left of their words (empty ones are gone) and how many words were dropped
 */
export function dropLoops(segments: readonly HeardSegment[]): { kept: HeardSegment[]; dropped: number } {
  const words = segments.flatMap((segment) => segment.words);
  const isLooping = (some: readonly { text: string }[]): boolean => compressionRatio(joinWords(some.filter((word) => !isNumberWord(word.text)))) > MAX_COMPRESSION_RATIO;
  if (!isLooping(words)) return { kept: [...segments], dropped: 0 };
  const repeats = repeatedPlaces(words.map((word) => plainText(word.text)));
  let left = new Set(words.filter((word, i) => !repeats.has(i) || isNumberWord(word.text)));
  if (isLooping([...left])) left = new Set(words.filter((word) => isNumberWord(word.text)));
  const kept = segments.map((segment) => ({ ...segment, words: segment.words.filter((word) => left.has(word)) })).filter((segment) => segment.words.length > 0);
  return { kept, dropped: words.length - left.size };
}

/** Bytes of the text over bytes after deflate, as openai/whisper computes it. @returns 0 for no text */
export function compressionRatio(text: string): number {
  const bytes = Buffer.from(text, "utf8");
  return bytes.length === 0 ? 0 : bytes.length / deflateSync(bytes).length;
}

/** Places of the second and later rounds of every phrase that comes three or more times in a row; the shortest phrase wins. */
function repeatedPlaces(words: readonly string[]): Set<number> {
  const repeats = new Set<number>();
  for (let at = 0; at < words.length; ) {
    const loop = loopAt(words, at);
    if (loop === undefined) at++;
    else {
      for (let i = at + loop.period; i < loop.end; i++) repeats.add(i);
      at = loop.end;
    }
  }
  return repeats;
}

function loopAt(words: readonly string[], at: number): { period: number; end: number } | undefined {
  for (let period = 1; period <= MAX_PERIOD_WORDS; period++) {
    let end = at + period;
    while (end < words.length && words[end] === words[end - period]) end++;
    if (end - at >= 3 * period) return { period, end };
  }
  return undefined;
}
