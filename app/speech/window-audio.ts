// The sound of a window: read piece by piece, so that memory stays at one window however long the call is; and how loud it is.
import { open } from "node:fs/promises";
import { SPEECH_RATE_HZ, type ChannelAudio, type Span } from "../domain/index.ts";
import { WINDOW_LIMITS, type Window } from "./windows.ts";

/** 16-bit samples at 16 kHz: 32 bytes a millisecond, so that integer milliseconds are whole samples. */
export const BYTES_PER_MS = (SPEECH_RATE_HZ * 2) / 1000;

/** Length of one value of {@link measureLevels}. */
export const LEVEL_FRAME_MS = 20;

/** @throws RangeError when it is no window: whole samples, at most 30 s */
export function checkWindow(pcm: Buffer): void {
  if (pcm.length > WINDOW_LIMITS.maxWindowMs * BYTES_PER_MS || pcm.length % 2 !== 0) throw new RangeError("A window is whole samples and at most 30 s");
}

/** Whisper returns nothing for less than 100 ms and is uneasy below a second. */
const SHORTEST_MS = 1000;

/** @returns the sound, with silence behind it when it is too short to be heard */
export function padded(pcm: Buffer): Buffer {
  const shortest = SHORTEST_MS * BYTES_PER_MS;
  return pcm.length >= shortest ? pcm : Buffer.concat([pcm, Buffer.alloc(shortest - pcm.length)]);
}

/** @returns the samples of a window, silence in the gaps and where the file is shorter than the detector said */
export async function readWindow(channel: ChannelAudio, window: Window): Promise<Buffer> {
  const pcm = Buffer.alloc(window.durationMs * BYTES_PER_MS);
  const file = await open(channel.pcmPath, "r"); // once per window: opening it for each of its pieces cost more than all else we do for a window
  try {
    for (const piece of window.pieces) {
      await file.read(pcm, piece.windowStartMs * BYTES_PER_MS, piece.durationMs * BYTES_PER_MS, piece.sourceStartMs * BYTES_PER_MS);
    }
  } finally {
    await file.close();
  }
  return pcm;
}

/**
 * A copy that is louder or softer. Pure. The gain was chosen so that speech stays below full scale; what is louder (a click) is held at the rail.
 * @returns `pcm` itself for 0 dB
 */
export function withGain(pcm: Buffer, gainDb: number): Buffer {
  if (gainDb === 0) return pcm;
  const factor = 10 ** (gainDb / 20);
  const louder = Int16Array.from(asSamples(pcm), (value) => Math.max(-32_768, Math.min(32_767, Math.round(value * factor))));
  return Buffer.from(louder.buffer);
}

/**
 * Loudness over time. Pure.
 * @param pcm signed 16-bit little-endian mono at 16 kHz
 * @returns RMS of each 20 ms in dB of full scale (0 loudest, about −30 speech on a line, −Infinity digital silence)
 */
export function measureLevels(pcm: Buffer): Float32Array {
  const perFrame = LEVEL_FRAME_MS * (BYTES_PER_MS / 2);
  const samples = asSamples(pcm);
  const levels = new Float32Array(Math.ceil(samples.length / perFrame));
  for (let frame = 0; frame < levels.length; frame++) {
    const end = Math.min(samples.length, (frame + 1) * perFrame);
    let sum = 0;
    for (let i = frame * perFrame; i < end; i++) sum += (samples[i] ?? 0) ** 2;
    levels[frame] = 10 * Math.log10(sum / (end - frame * perFrame) / 32768 ** 2);
  }
  return levels;
}

/** The loudest 20 ms of a stretch, −Infinity outside of the measured sound. Pure. */
export function loudest(levels: Float32Array, span: Span): number {
  let most = -Infinity;
  const last = Math.min(levels.length, Math.ceil(span.endMs / LEVEL_FRAME_MS));
  for (let frame = Math.max(0, Math.floor(span.startMs / LEVEL_FRAME_MS)); frame < last; frame++) most = Math.max(most, levels[frame] ?? -Infinity);
  return most;
}

/** Node's small buffers share one block and may start at an odd byte, where a view of 16-bit numbers is not allowed. */
function asSamples(pcm: Buffer): Int16Array {
  const whole = pcm.length - (pcm.length % 2);
  if (pcm.byteOffset % 2 === 0) return new Int16Array(pcm.buffer, pcm.byteOffset, whole / 2);
  return new Int16Array(Uint8Array.from(pcm.subarray(0, whole)).buffer);
}
