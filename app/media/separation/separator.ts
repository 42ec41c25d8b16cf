// Which voice speaks when, in a recording that has both parties on one channel: the interface, and what an answer looks like.
import type { Span, VoiceSeparation } from "../../domain/index.ts";

/** Who is who is not known here: voice 0 is simply the first to speak. */
export type Separation = Omit<VoiceSeparation, "method">;

/** Anything that tells two voices apart. */
export interface SpeakerSeparator {
  /** for the record of how a call was processed */
  readonly name: string;
  /**
   * @param pcmPath raw 16-bit mono samples at 16 kHz
   * @param speech  where somebody speaks: sorted, not overlapping
   * @throws the signal's reason when aborted
   */
  separate(pcmPath: string, speech: readonly Span[], signal?: AbortSignal): Promise<Separation>;
}

/** @returns the answer that says nothing about who speaks */
export function notSeparated(reason: string, confidence = 0): Separation {
  return { source: "none", voices: [[], []], confidence, reason };
}

/** Voice 0 is the first to speak. */
export function inOrder(voices: [Span[], Span[]]): [Span[], Span[]] {
  const [a, b] = voices;
  return (b[0]?.startMs ?? Infinity) < (a[0]?.startMs ?? Infinity) ? [b, a] : [a, b];
}
