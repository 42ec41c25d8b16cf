// Conversations of two synthetic voices in one channel, made on the fly, with the truth about who speaks when.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { wavHeader, type Span } from "../../app/domain/index.ts";
import { installationRoot } from "../../app/platform/index.ts";

const RATE = 8000;

export interface Voice {
  program: "espeak-ng" | "flite";
  name: string;
}

/** `line` is what happens to the sum of both voices. `overlap`: how often somebody begins before the other has ended. */
export interface MixRequest {
  voices: readonly Voice[];
  line: "g711" | "noise" | "gsm";
  overlap: boolean;
  turns: number;
  seed: number;
}

export interface Mix {
  /** 16 kHz samples as the media room decodes them */
  pcm: Buffer;
  truth: Span[][];
}

/** True where both programs that speak are there. */
export function canSpeak(): boolean {
  return ["espeak-ng", "flite", "ffmpeg"].every((program) => (process.env["PATH"] ?? "").split(":").some((folder) => existsSync(join(folder, program))));
}

/** Speaks and mixes; each voice says each sentence once and keeps it. */
export class Studio {
  private readonly folder = mkdtempSync(join(tmpdir(), "earshot-voices-"));
  private readonly said = new Map<string, Float64Array>();
  private readonly sentences = sentencesOfSamples();

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  mix({ voices, line, overlap, turns, seed }: MixRequest): Mix {
    const random = chance(seed);
    const placed: { voice: number; startMs: number; samples: Float64Array }[] = [];
    let freeMs = 700;
    let voice = 0;
    for (let i = 0; i < turns; i++) {
      const count = random() < 0.3 ? 2 : 1;
      for (let k = 0; k < count; k++) {
        const samples = this.say(voices[voice] as Voice, this.sentences[Math.floor(random() * this.sentences.length)] ?? "");
        const isOverlapping = overlap && k === 0 && i > 0 && random() < 0.35;
        const startMs = Math.max(0, Math.round(freeMs + (k > 0 ? 250 : isOverlapping ? -350 - 500 * random() : 150 + 500 * random())));
        placed.push({ voice, startMs, samples });
        freeMs = Math.max(freeMs, startMs + (samples.length * 1000) / RATE);
      }
      voice = (voice + 1) % voices.length;
    }
    const sum = new Float64Array(Math.ceil(((freeMs + 800) / 1000) * RATE));
    for (const { startMs, samples } of placed) for (let i = 0, at = Math.round((startMs * RATE) / 1000); i < samples.length && at < sum.length; i++, at++) sum[at] = (sum[at] as number) + (samples[i] as number);
    const noiseRms = line === "noise" ? 2300 * 10 ** (-15 / 20) : 8;
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + noiseRms * 2 * (random() + random() + random() - 1.5);
    const truth = voices.map((_, one) => placed.filter((part) => part.voice === one).flatMap(({ startMs, samples }) => speechIn(samples).map((span) => ({ startMs: span.startMs + startMs, endMs: span.endMs + startMs }))));
    return { pcm: this.overTheLine(sum, line), truth };
  }

  /** Telephone band, edges of silence cut, one loudness. */
  private say(voice: Voice, text: string): Float64Array {
    const key = `${voice.program} ${voice.name} ${text}`;
    const known = this.said.get(key);
    if (known !== undefined) return known;
    const raw = join(this.folder, "said.wav");
    if (voice.program === "flite") execFileSync("flite", ["-voice", voice.name, "-t", text, "-o", raw]);
    else execFileSync("espeak-ng", ["-v", voice.name, "-w", raw, "--", text]);
    const bytes = ffmpeg(["-i", raw, "-af", "highpass=f=200,highpass=f=200,lowpass=f=3400", "-ac", "1", "-ar", String(RATE), "-f", "s16le", "pipe:1"]);
    const all = Float64Array.from(new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1));
    const loud = [...all.keys()].filter((i) => Math.abs(all[i] as number) > 200);
    const cut = all.subarray(Math.max(0, (loud[0] ?? 0) - 80), (loud.at(-1) ?? all.length) + 80);
    const level = Math.sqrt(cut.reduce((total, sample) => total + sample * sample, 0) / cut.length);
    const samples = cut.map((sample) => (sample * 2300) / (level + 1));
    this.said.set(key, samples);
    return samples;
  }

  private overTheLine(samples: Float64Array, line: MixRequest["line"]): Buffer {
    const plain = Buffer.from(Int16Array.from(samples, (sample) => Math.max(-32_768, Math.min(32_767, Math.round(sample)))).buffer);
    const source = join(this.folder, "line.wav");
    const coded = join(this.folder, "coded.wav");
    writeFileSync(source, Buffer.concat([wavHeader(plain.length, RATE, 1), plain]));
    ffmpeg(["-i", source, "-c:a", line === "gsm" ? "gsm_ms" : "pcm_mulaw", coded]);
    return ffmpeg(["-i", coded, "-ar", "16000", "-f", "s16le", "pipe:1"]);
  }
}

/** Stretches of sound in what one voice said; pauses of 300 ms and more are not speech (as in NIST's references). */
function speechIn(samples: Float64Array): Span[] {
  const step = RATE / 100;
  const spans: Span[] = [];
  for (let i = 0; i < samples.length; i += step) {
    const part = samples.subarray(i, i + step);
    const rms = Math.sqrt(part.reduce((sum, sample) => sum + sample * sample, 0) / part.length);
    if (rms < 60) continue;
    const startMs = (i / RATE) * 1000;
    const last = spans.at(-1);
    if (last !== undefined && startMs - last.endMs < 300) last.endMs = startMs + 10;
    else spans.push({ startMs, endMs: startMs + 10 });
  }
  return spans;
}

function sentencesOfSamples(): string[] {
  const { calls } = JSON.parse(readFileSync(join(installationRoot(), "scripts", "demo", "dialogues.json"), "utf8")) as { calls: { turns: { text?: string }[] }[] };
  return [...new Set(calls.flatMap((call) => call.turns.flatMap((turn) => turn.text ?? [])))];
}

/** Repeatable chance, 0…1. */
function chance(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function ffmpeg(words: readonly string[]): Buffer {
  return execFileSync("ffmpeg", ["-hide_banner", "-loglevel", "error", "-nostdin", "-y", ...words], { maxBuffer: 2 ** 28 });
}
