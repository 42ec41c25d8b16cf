// What was said: words with times, gathered into turns.
import type { Span } from "./audio.ts";
import type { Speaker } from "./glossary.ts";

/** One word as heard. Times are integer milliseconds from the start of the recording. */
export interface Word {
  text: string;
  startMs: number;
  endMs: number;
  /** geometric mean of the token probabilities, 0…1; undefined when the engine gives none */
  confidence: number | undefined;
  /** where the word certainly lies, when the engine timed only its segment: `startMs` and `endMs` are then a guess in between */
  heardIn?: readonly Span[];
}

/** A turn as it leaves the speech room: the words are still there, so that redaction can blank their sound. */
export interface SpokenTurn {
  speaker: Speaker;
  /** channel of the recording it was heard on */
  channel: 0 | 1;
  /** which of two voices of one channel it is; absent where the parties have channels of their own, or were not told apart */
  voice?: 0 | 1;
  startMs: number;
  endMs: number;
  text: string;
  words: Word[];
  /** 0…1, weighted by word length; undefined when no word has one */
  confidence: number | undefined;
}

/** A turn as everybody after redaction knows it. It has no words: nothing finer than the redacted text survives. */
export interface Turn {
  /** `msg_…`; evidence points to it */
  id: string;
  speaker: Speaker;
  /** which of two voices of one channel it is, also when it is not known whose; absent where the parties have channels of their own */
  voice?: 0 | 1;
  startMs: number;
  endMs: number;
  text: string;
  /** 0…1; undefined when the engine gave none */
  confidence: number | undefined;
}

const NAMES: Record<Speaker, string> = { agent: "Agent", customer: "Customer", bot: "Bot", system: "System", unknown: "Speaker" };

/** @returns the speaker for people: `Agent`, or `Speaker 2` where two voices were told apart and it is not known whose they are. @param turn.voice 1 or 2 */
export function speakerName({ speaker, voice }: { speaker: Speaker; voice?: number | undefined }): string {
  return speaker === "unknown" && voice !== undefined ? `${NAMES.unknown} ${voice}` : NAMES[speaker];
}
