// How well two voices in one channel are told apart: error rate per condition. Alone: node dist/test/bench/separation.js [g711] [noise] [gsm]
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Span } from "../../app/domain/index.ts";
import { clusterSeparator, telephonyDetector, type Separation, type SpeakerSeparator } from "../../app/media/index.ts";
import { installationRoot } from "../../app/platform/index.ts";
import { diarisationError } from "../support/diarisation-error.ts";
import { monoSampleCall, sampleCallNames } from "../support/mono-calls.ts";
import { canSpeak, Studio, type Voice } from "./two-voices.ts";

const flite = (name: string): Voice => ({ program: "flite", name });
const espeak = (name: string): Voice => ({ program: "espeak-ng", name });

/** Two voices each; within a sex the pairs differ in accent, in programme, or only in the variant of one programme. */
const PAIRS: Readonly<Record<string, readonly (readonly [Voice, Voice])[]>> = {
  mixed: [[flite("slt"), flite("rms")], [flite("slt"), espeak("en-us+m3")], [espeak("en-gb-x-rp+f2"), flite("awb")], [espeak("en-us+f4"), espeak("en-us+m1")], [espeak("en+linda"), flite("kal")]],
  male: [[flite("rms"), flite("awb")], [flite("kal"), flite("rms")], [espeak("en-us+Andy"), flite("rms")], [espeak("en-us+m1"), espeak("en-us+m7")], [espeak("en-gb+m3"), flite("awb")]],
  female: [[flite("slt"), espeak("en-us+f2")], [espeak("en-us+f1"), espeak("en-gb-x-rp+f4")], [flite("slt"), espeak("en-gb+Alicia")], [espeak("en+belinda"), espeak("en-us+f3")]],
};
const ALONE: readonly Voice[] = [flite("slt"), flite("rms"), flite("awb"), flite("kal"), espeak("en-us+m3"), espeak("en-us+f2"), espeak("en+linda"), espeak("en-us+Andy")];
const TURNS = 24;
const LINES = ["g711", "noise", "gsm"] as const;
type Line = (typeof LINES)[number];

/** One recording: what was found, and how wrong it is. Rates are shares of speaker time; null where the separator declined to tell. */
interface Outcome {
  name: string;
  confidence: number;
  /** 250 ms around every border of the truth are not scored, as NIST does */
  der: number | null;
  der_no_collar: number | null;
  confused: number | null;
  xRealTime: number;
}

export interface SeparationFigures {
  separator: string;
  /** conditions in order: sex of the pair, line, with or without overlap */
  conditions: Record<string, { recordings: number; declined: number; der_mean: number | null; der_worst: number | null; der_no_collar_mean: number | null }>;
  recordings: Outcome[];
  /** one voice alone: how often two were "found" */
  alone: { recordings: number; taken_for_two: number } | null;
  skipped: string[];
}

/** @param lines what synthetic mixes go through; none: no synthetic mixes. @returns error rates on synthetic mixes (where espeak-ng and flite are there), on the sample calls mixed down, and on two real voices (where that file is there) */
export async function measureSeparation(separator: SpeakerSeparator = clusterSeparator, lines: readonly Line[] = LINES): Promise<SeparationFigures> {
  const folder = mkdtempSync(join(tmpdir(), "earshot-separation-"));
  const studio = new Studio();
  const figures: SeparationFigures = { separator: separator.name, conditions: {}, recordings: [], alone: null, skipped: [] };
  const take = async (condition: string, name: string, pcm: Buffer, truth: Span[][]): Promise<void> => {
    const outcome = await judge(join(folder, "mix.pcm"), pcm, truth, separator);
    figures.recordings.push({ name: `${condition}: ${name}`, ...outcome });
    const outcomes = figures.recordings.filter((one) => one.name.startsWith(`${condition}:`));
    const told = outcomes.filter((one) => one.der !== null);
    figures.conditions[condition] = { recordings: outcomes.length, declined: outcomes.length - told.length, der_mean: mean(told.map((one) => one.der ?? 0)), der_worst: told.length === 0 ? null : Math.max(...told.map((one) => one.der ?? 0)), der_no_collar_mean: mean(told.map((one) => one.der_no_collar ?? 0)) };
  };
  try {
    if (lines.length > 0 && canSpeak()) {
      for (const line of lines) {
        for (const overlap of [false, true]) {
          for (const [kind, pairs] of Object.entries(PAIRS)) {
            for (const [i, voices] of pairs.entries()) {
              const { pcm, truth } = studio.mix({ voices, line, overlap, turns: TURNS, seed: 100 + i });
              await take(`${kind}, ${line}${overlap ? ", overlap" : ""}`, voices.map((voice) => voice.name).join(" + "), pcm, truth);
            }
          }
        }
      }
      figures.alone = await measureAlone(studio, join(folder, "alone.pcm"), separator);
    } else if (lines.length > 0) figures.skipped.push("synthetic pairs: espeak-ng, flite or ffmpeg is not installed");
    for (const name of sampleCallNames()) {
      const { pcm, truth } = monoSampleCall(name);
      await take("sample calls", name, pcm, truth);
    }
    await measureReal(take, figures);
  } finally {
    studio.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return figures;
}

async function judge(path: string, pcm: Buffer, truth: Span[][], separator: SpeakerSeparator): Promise<Omit<Outcome, "name">> {
  const { found, ms } = await separated(path, pcm, separator);
  const xRealTime = Math.round(pcm.length / 32 / ms);
  if (found.source === "none") return { confidence: found.confidence, der: null, der_no_collar: null, confused: null, xRealTime };
  const forgiven = diarisationError(truth, found.voices, 250);
  return { confidence: found.confidence, der: forgiven.total, der_no_collar: diarisationError(truth, found.voices, 0).total, confused: forgiven.confused, xRealTime };
}

/** Time of the processor, not of the clock: the machine may be busy with other things. */
async function separated(path: string, pcm: Buffer, separator: SpeakerSeparator): Promise<{ found: Separation; ms: number }> {
  writeFileSync(path, pcm);
  const { speech: [speech = []] } = await telephonyDetector.detect([path]);
  const before = process.cpuUsage();
  const found = await separator.separate(path, speech);
  const used = process.cpuUsage(before);
  return { found, ms: (used.user + used.system) / 1000 };
}

async function measureAlone(studio: Studio, path: string, separator: SpeakerSeparator): Promise<SeparationFigures["alone"]> {
  const alone = { recordings: 0, taken_for_two: 0 };
  for (const voice of ALONE) {
    for (const [turns, line] of [[4, "g711"], [TURNS, "noise"]] as const) {
      const { found } = await separated(path, studio.mix({ voices: [voice], line, overlap: false, turns, seed: 7 }).pcm, separator);
      alone.recordings++;
      if (found.source === "diarised") alone.taken_for_two++;
    }
  }
  return alone;
}

/** Real voices, where the workplace has them: three people, two at a time, who take turns in pieces of two seconds. Little speech: it may well decline. */
async function measureReal(take: (condition: string, name: string, pcm: Buffer, truth: Span[][]) => Promise<void>, figures: SeparationFigures): Promise<void> {
  const folder = join(installationRoot(), "..", "shared", "audio");
  if (!existsSync(join(folder, "jfk.wav")) || !existsSync(join(folder, "stereo-two-speakers.wav"))) {
    figures.skipped.push("real voices: ../shared/audio is not there");
    return;
  }
  const voices = { left: realVoice(join(folder, "stereo-two-speakers.wav"), "c0=c0"), right: realVoice(join(folder, "stereo-two-speakers.wav"), "c0=c1"), speech: realVoice(join(folder, "jfk.wav"), "c0=c0") };
  for (const [a, b] of [["left", "right"], ["left", "speech"], ["right", "speech"]] as const) {
    const { pcm, truth } = inTurns(voices[a], voices[b]);
    await take("real voices", `${a} + ${b}`, pcm, truth);
  }
}

/** The telephone band of one voice, 16 kHz. */
function realVoice(file: string, pan: string): Int16Array {
  const bytes = execFileSync("ffmpeg", ["-nostdin", "-v", "error", "-i", file, "-af", `pan=mono|${pan},highpass=f=200,lowpass=f=3400`, "-ar", "16000", "-f", "s16le", "pipe:1"], { maxBuffer: 2 ** 28 });
  return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

function inTurns(a: Int16Array, b: Int16Array): { pcm: Buffer; truth: Span[][] } {
  const [piece, pause] = [32_000, 6400];
  const truth: [Span[], Span[]] = [[], []];
  const parts: Int16Array[] = [];
  let at = 0;
  for (let from = 0; from < Math.max(a.length, b.length); from += piece) {
    for (const [k, voice] of [a, b].entries()) {
      const part = voice.subarray(from, from + piece);
      if (part.length < 8000) continue;
      truth[k === 1 ? 1 : 0].push({ startMs: at / 16, endMs: (at + part.length) / 16 });
      parts.push(part, new Int16Array(pause));
      at += part.length + pause;
    }
  }
  return { pcm: Buffer.concat(parts.map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength))), truth };
}

function wantedLines(): readonly Line[] {
  const wanted = LINES.filter((line) => process.argv.includes(line));
  return wanted.length === 0 ? LINES : wanted;
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : Math.round((values.reduce((sum, value) => sum + value, 0) / values.length) * 10_000) / 10_000;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) console.log(JSON.stringify(await measureSeparation(clusterSeparator, wantedLines()), null, 2));
