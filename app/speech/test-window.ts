// A window that every engine must be able to hear before it gets a real one. Pure.
import { SPEECH_RATE_HZ } from "../domain/index.ts";

const LENGTH_MS = 1_200;
const TONE_MS = { from: 600, to: 900 };
const TONE_HZ = 440;

/** @returns silence with a short, quiet tone in it: nothing that anybody said. What is made of it does not matter, only that an answer comes. */
export function testWindow(): Buffer {
  const pcm = Buffer.alloc((LENGTH_MS * SPEECH_RATE_HZ * 2) / 1000);
  const perMs = SPEECH_RATE_HZ / 1000;
  for (let i = TONE_MS.from * perMs; i < TONE_MS.to * perMs; i++) pcm.writeInt16LE(Math.round(3000 * Math.sin((2 * Math.PI * TONE_HZ * i) / SPEECH_RATE_HZ)), i * 2);
  return pcm;
}
