// Is a WAV file finished, whole and not empty, and what does it hold? Decided from its header and its size. Pure.
import { isStillRecording, type RiffFacts } from "../domain/index.ts";
import type { StreamFacts } from "./probe.ts";

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

/** Of the format tags that telephone systems write: ffmpeg's name and bytes of a sample. */
const PLAIN: Readonly<Record<number, [codec: string, bytes: number]>> = { 1: ["pcm_s16le", 2], 6: ["pcm_alaw", 1], 7: ["pcm_mulaw", 1] };

/**
 * What ffprobe would say of the WAV files that most telephone systems write, 0.1 s of processor time earlier.
 * @returns undefined when the header says anything unusual: then ffprobe decides
 */
export function plainStreams({ formatTag, channels, sampleRateHz, bytesPerSecond }: RiffFacts): StreamFacts | undefined {
  const [codec, bytes] = PLAIN[formatTag] ?? [];
  const isUsual = (channels === 1 || channels === 2) && sampleRateHz >= 4000 && sampleRateHz <= 96_000;
  if (codec === undefined || bytes === undefined || !isUsual || bytesPerSecond !== sampleRateHz * channels * bytes) return undefined;
  return { codec, sampleRateHz, channels, picks: Array.from({ length: channels }, (_, channel) => ({ stream: 0, channel })), notes: [] };
}
