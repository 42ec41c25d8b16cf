// What was said: words with times, gathered into turns.
import type { Speaker } from "./glossary.ts";

/** One word as heard. Times are integer milliseconds from the start of the recording. */
export interface Word {
  text: string;
  startMs: number;
  endMs: number;
  /** geometric mean of the token probabilities, 0…1 */
  confidence: number;
}

/** A turn as it leaves the speech room: the words are still there, so that redaction can blank their sound. */
export interface SpokenTurn {
  speaker: Speaker;
  /** channel of the recording it was heard on */
  channel: 0 | 1;
  startMs: number;
  endMs: number;
  text: string;
  words: Word[];
  /** 0…1, weighted by word length */
  confidence: number;
}

/** A turn as everybody after redaction knows it. It has no words: nothing finer than the redacted text survives. */
export interface Turn {
  /** `msg_…`; evidence points to it */
  id: string;
  speaker: Speaker;
  startMs: number;
  endMs: number;
  text: string;
  confidence: number;
}
