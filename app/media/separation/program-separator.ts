// The separator that asks a program with speaker models (sherpa-onnx-offline-speaker-diarization or one that speaks like it), in a process of its own.
import { createReadStream, createWriteStream } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { SPEECH_RATE_HZ, wavHeader, type Span } from "../../domain/index.ts";
import { runProgram } from "../../platform/index.ts";
import { inOrder, notSeparated, type Separation, type SpeakerSeparator } from "./separator.ts";

export interface ProgramSeparatorOptions {
  /** absolute path */
  program: string;
  /** pyannote segmentation model and speaker embedding model, ONNX, absolute paths */
  segmentationModel: string;
  embeddingModel: string;
  /** answers when the program cannot */
  otherwise: SpeakerSeparator;
  /** told when that happens; default: nobody */
  onFailure?: (why: string) => void;
}

/** The program says who speaks when and not how sure it is: a little more than "rather yes". */
const ASSUMED_CONFIDENCE = 0.75;
/** A second voice with less of the speech than this is a "hello" in the background. */
const LEAST_SHARE = 0.03;
/** A program that takes twice the length of the recording hangs. Not measured: no such program runs where this was written. */
const LIMIT_FACTOR = 2;
const LIMIT_FLOOR_MS = 60_000;
const NICENESS = 5;

/** How many voices there are is left to the program first; when it hears more than two (music, an announcement), it is asked again for two. */
export function createProgramSeparator(options: ProgramSeparatorOptions): SpeakerSeparator {
  return {
    name: "program-1",
    async separate(pcmPath, speech, signal) {
      const wav = join(dirname(pcmPath), "voices.wav");
      try {
        const durationMs = await writeWav(pcmPath, wav, signal);
        const ask = async (more: readonly string[]): Promise<Span[][] | undefined> => spansOf(await run(options, [...more, wav], durationMs, signal));
        const heard = await ask([]);
        const voices = heard !== undefined && heard.length > 2 ? await ask(["--clustering.num-clusters=2"]) : heard;
        if (voices !== undefined) return decide(voices);
      } finally {
        await rm(wav, { force: true });
      }
      options.onFailure?.("the program for telling voices apart failed; Earshot's own way was used");
      return options.otherwise.separate(pcmPath, speech, signal);
    },
  };
}

function decide(voices: readonly Span[][]): Separation {
  const [first = [], second = []] = voices;
  const lengths = [first, second].map((spans) => spans.reduce((sum, span) => sum + span.endMs - span.startMs, 0));
  const total = (lengths[0] ?? 0) + (lengths[1] ?? 0);
  if (Math.min(...lengths) < LEAST_SHARE * total || total === 0) return notSeparated("one voice");
  return { source: "diarised", voices: inOrder([first, second]), confidence: ASSUMED_CONFIDENCE, reason: "two voices, told apart by a speaker model" };
}

/** @returns what it printed, or undefined when it failed. @throws the signal's reason when aborted */
async function run({ program, segmentationModel, embeddingModel }: ProgramSeparatorOptions, more: readonly string[], durationMs: number, signal?: AbortSignal): Promise<string | undefined> {
  const words = [`--segmentation.pyannote-model=${segmentationModel}`, `--embedding.model=${embeddingModel}`, ...more];
  const result = await runProgram(program, words, { timeoutMs: LIMIT_FLOOR_MS + LIMIT_FACTOR * durationMs, niceness: NICENESS, ...(signal === undefined ? {} : { signal }) });
  signal?.throwIfAborted();
  return result.exitCode === 0 ? result.stdout.toString("utf8") : undefined;
}

/**
 * Lines such as `0.318 -- 6.865 speaker_00` among others, in seconds.
 * @returns stretches per voice, sorted, those that touch or overlap joined; undefined when the program printed none
 */
export function spansOf(printed: string | undefined): Span[][] | undefined {
  const voices = new Map<string, Span[]>();
  for (const [, start, end, speaker] of (printed ?? "").matchAll(/^\s*(\d+(?:\.\d+)?)\s+--\s+(\d+(?:\.\d+)?)\s+speaker_(\d+)\s*$/gm)) {
    const span = { startMs: Math.round(Number(start) * 1000), endMs: Math.round(Number(end) * 1000) };
    if (span.endMs > span.startMs) voices.set(speaker ?? "", [...(voices.get(speaker ?? "") ?? []), span]);
  }
  return voices.size === 0 ? undefined : [...voices.values()].map(joined);
}

function joined(spans: readonly Span[]): Span[] {
  const out: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.startMs - b.startMs)) {
    const last = out.at(-1);
    if (last !== undefined && span.startMs <= last.endMs) last.endMs = Math.max(last.endMs, span.endMs);
    else out.push({ ...span });
  }
  return out;
}

/** @returns length in milliseconds */
async function writeWav(pcmPath: string, target: string, signal?: AbortSignal): Promise<number> {
  const { size } = await stat(pcmPath);
  const out = createWriteStream(target, { mode: 0o600 });
  out.write(wavHeader(size, SPEECH_RATE_HZ, 1));
  await pipeline(createReadStream(pcmPath), out, ...(signal === undefined ? [] : [{ signal }]));
  return (size / 2 / SPEECH_RATE_HZ) * 1000;
}
