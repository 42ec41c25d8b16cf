// Is a WAV file finished, whole and not empty? Decided from its header and its size. Pure.
import { isStillRecording, type RiffFacts } from "../domain/index.ts";

/** `sound` how to read it · `growing` the recorder has not closed it · `empty` a header and nothing behind it */
export type RiffVerdict =
  | { kind: "growing" }
  | { kind: "empty" }
  /** `ignoreLength` the sizes in the header are not to be believed; `declaredMs` what the header promises; `heldMs` what the file can hold */
  | { kind: "sound"; ignoreLength: boolean; declaredMs?: number; heldMs?: number };

// PCM, float, A-law, µ-law, GSM 6.10, extensible: constant bytes per second, so bytes are time. MP3 or ADPCM in WAV only nearly are.
const LINEAR_TAGS = new Set([1, 3, 6, 7, 0x31, 0xfffe]);

/**
 * @param isSettled nobody writes the file any more: sizes of 0 (a telephone system that crashed) or 0xFFFFFFFF (a stream written
 *   by a program that could not seek) are then repaired from the length of the file
 */
export function checkRiff(riff: RiffFacts, sizeBytes: number, isSettled: boolean): RiffVerdict {
  const heldBytes = Math.max(0, sizeBytes - riff.dataOffset);
  const closedEmpty = riff.dataBytes === 0 && riff.riffBytes !== 0 && riff.riffBytes !== 0xffffffff;
  // A closed header over a body: the recorder patched one size and not yet the other.
  if (closedEmpty && heldBytes === 0) return { kind: "empty" };
  const isOpen = isStillRecording(riff);
  if (isOpen && !isSettled) return { kind: "growing" };
  if (heldBytes === 0) return { kind: "empty" };
  const isLinear = LINEAR_TAGS.has(riff.formatTag) && riff.bytesPerSecond > 0;
  const toMs = (bytes: number): number => Math.round((bytes * 1000) / riff.bytesPerSecond);
  if (!isLinear) return { kind: "sound", ignoreLength: isOpen };
  if (isOpen) return { kind: "sound", ignoreLength: true, heldMs: toMs(heldBytes) };
  return { kind: "sound", ignoreLength: false, declaredMs: toMs(riff.dataBytes), heldMs: toMs(Math.min(heldBytes, riff.dataBytes)) };
}
