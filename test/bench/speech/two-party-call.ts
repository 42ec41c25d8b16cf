// Calls of two parties on two channels of which every word and its time is known: by the recipe's voices, or the sample calls one after another.
import { join } from "node:path";
import { installationRoot, runProgram } from "../../../app/platform/index.ts";
import { seededRandom } from "../../eval/interval.ts";
import { add, idleLines, layOut, RATE_HZ, type Lines, type Placed, type Said } from "../../eval/make-call.ts";
import { spoken } from "../../eval/recipe.ts";
import { callsOf } from "../../eval/sets.ts";

/** Two voices of the training: what is measured here is not how well new voices are heard. */
const VOICES = ["flite-slt", "en-us+m3"];
/** Average utterance and pause: enough utterances for a call of any length are spoken. */
const UTTERANCE_MS = 2300;

/** Each party speaks some 43 % of the time; every tenth change of speaker begins before the other has finished. */
export async function spokenCall(lengthMs: number, seed: number): Promise<Lines> {
  const count = Math.ceil(lengthMs / UTTERANCE_MS) + 20;
  const script = join(installationRoot(), "test", "bench", "speech", "two-voices.py");
  const name = "two-voices";
  const pool = await spoken({ name, count, seed, args: VOICES }, [script, name, String(count), String(seed), ...VOICES]);
  const random = seededRandom(seed);
  const placed: Placed[] = [];
  const queues = [0, 1].map((party) => pool.filter((_, i) => i % 2 === party));
  let atMs = 0;
  for (let party: 0 | 1 = 0; atMs < lengthMs; party = party === 0 ? 1 : 0) {
    const utterances = 1 + Math.floor(random() * 3);
    for (let i = 0; i < utterances; i++) {
      const utterance = queues[party]?.shift();
      if (utterance === undefined) return layOut(placed, seed);
      const pauseMs = i > 0 ? 150 + random() * 400 : random() < 0.1 ? -250 : 200 + random() * 600;
      placed.push({ utterance, channel: party, pauseMs });
      atMs += pauseMs + (utterance.samples.length * 1000) / RATE_HZ;
    }
  }
  return layOut(placed, seed);
}

/** The two-channel sample calls one after another, cut after the last utterance that fits. */
export async function sampledCall(lengthMs: number, seed: number): Promise<Lines> {
  const samples = (await callsOf("sample", false, "")).filter((call) => call.channels === 2);
  const lines = idleLines(lengthMs, seed);
  const said: Said[] = [];
  let atMs = 0;
  for (let i = 0; ; i++) {
    const call = samples[(i + seed) % samples.length];
    const fitting = call?.said.filter((one) => atMs + one.endMs <= lengthMs) ?? [];
    if (call === undefined || fitting.length === 0) return { lines, said };
    const lastMs = Math.max(...fitting.map((one) => one.endMs)) + 100;
    const sound = await decoded(call.path);
    for (const channel of [0, 1] as const) add(lines[channel], everySecond(sound, channel).subarray(0, (lastMs * RATE_HZ) / 1000), atMs);
    said.push(...fitting.map((one) => ({ ...one, startMs: one.startMs + atMs, endMs: one.endMs + atMs })));
    atMs += lastMs;
  }
}

/** Every party is heard on the other's channel too, so much quieter. */
export function withBleed({ lines: [left, right], said }: Lines, db: number): Lines {
  const gain = 10 ** (db / 20);
  return { lines: [left.map((value, i) => value + gain * (right[i] as number)), right.map((value, i) => value + gain * (left[i] as number))], said };
}

async function decoded(path: string): Promise<Int16Array> {
  const result = await runProgram("ffmpeg", ["-nostdin", "-v", "error", "-i", path, "-f", "s16le", "-ar", String(RATE_HZ), "-ac", "2", "pipe:1"], { timeoutMs: 60_000, maxStdoutBytes: 2 ** 28 });
  if (result.exitCode !== 0) throw new Error(`ffmpeg could not read ${path}: ${result.stderr}`);
  return new Int16Array(result.stdout.buffer.slice(result.stdout.byteOffset, result.stdout.byteOffset + result.stdout.length));
}

function everySecond(interleaved: Int16Array, first: 0 | 1): Int16Array {
  return Int16Array.from({ length: interleaved.length / 2 }, (_, i) => interleaved[2 * i + first] ?? 0);
}

/** What a party says of all the time, 0…1. Pure. */
export function speakingShare({ lines, said }: Lines, channel: 0 | 1): number {
  const spokenMs = said.filter((one) => one.channel === channel).reduce((sum, one) => sum + one.endMs - one.startMs, 0);
  return spokenMs / ((lines[0].length * 1000) / RATE_HZ);
}
