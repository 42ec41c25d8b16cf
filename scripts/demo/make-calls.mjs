// Makes the sample calls of the demo: synthetic voices on two telephone channels. Run by us when a dialogue changes; its results are committed.
// Needs espeak-ng, flite and ffmpeg:  node scripts/demo/make-calls.mjs [id…]
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const RATE = 8000;
const here = dirname(fileURLToPath(import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "earshot-calls-"));

/** Encodings that telephone systems write. */
const ENCODINGS = {
  "wav-pcm16": { extension: "wav", arguments: ["-c:a", "pcm_s16le"] },
  "wav-mulaw": { extension: "wav", arguments: ["-c:a", "pcm_mulaw"] },
  "ogg-opus": { extension: "ogg", arguments: ["-c:a", "libopus", "-b:a", "24k", "-application", "voip", "-mapping_family", "0"] },
  mp3: { extension: "mp3", arguments: ["-c:a", "libmp3lame", "-b:a", "24k"] },
  flac: { extension: "flac", arguments: ["-c:a", "flac", "-compression_level", "12"] },
  // Asterisk's `WAV`: GSM 6.10 in a WAV file, both parties in one channel
  "wav-gsm-mono": { extension: "WAV", arguments: ["-ac", "1", "-c:a", "gsm_ms", "-f", "wav"] },
};

try {
  mkdirSync(join(here, "calls"), { recursive: true });
  const wanted = process.argv.slice(2);
  for (const dialogue of JSON.parse(readFileSync(join(here, "dialogues.json"), "utf8")).calls) {
    if (wanted.length === 0 || wanted.includes(dialogue.id)) makeCall(dialogue);
  }
} finally {
  rmSync(scratch, { recursive: true });
}

function makeCall(dialogue) {
  const { turns, lengthMs, holds } = layOut(dialogue);
  const channelOf = (speaker) => (dialogue.channel_map["0"] === speaker ? 0 : 1);
  const channels = [line(lengthMs, dialogue.id, 1), line(lengthMs, dialogue.id, 2)];
  for (const turn of turns) {
    add(channels[channelOf(turn.speaker)], turn.samples, turn.startMs, 1);
    add(channels[1 - channelOf(turn.speaker)], turn.samples, turn.startMs, 0.002); // what leaks into the other direction: -54 dB
  }
  for (const hold of holds) for (const atMs of [hold.startMs + 150, hold.endMs - 400]) add(channels[channelOf("agent")], beep(), atMs, 1);

  const encoding = ENCODINGS[dialogue.encoding];
  const file = `${dialogue.id}.${encoding.extension}`;
  const target = join(here, "calls", file);
  ffmpeg(["-f", "s16le", "-ar", String(RATE), "-ac", "2", "-i", "pipe:0", "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact", ...encoding.arguments, target], interleave(channels));
  const facts = {
    title: dialogue.title,
    file,
    ...dialogue.call,
    encoding: dialogue.encoding,
    duration_ms: lengthMs,
    channel_map: dialogue.encoding.endsWith("mono") ? null : dialogue.channel_map,
    said: turns.map(({ speaker, text, startMs, endMs }) => ({ speaker, start_ms: startMs, end_ms: endMs, text })),
  };
  writeFileSync(join(here, "calls", `${dialogue.id}.json`), `${JSON.stringify(facts, null, 2)}\n`);
  console.log(`${file}: ${(lengthMs / 1000).toFixed(1)} s, ${turns.length} turns, ${Math.round(readFileSync(target).length / 1000)} kB`);
}

/** People wait a little before they answer, a little less before they go on, and now and then speak too early (`gap_ms` below 0). */
function layOut(dialogue) {
  const turns = [];
  const holds = [];
  let freeMs = 700;
  let before;
  for (const step of dialogue.turns) {
    if (step.hold_ms !== undefined) {
      holds.push({ startMs: freeMs, endMs: freeMs + step.hold_ms });
      freeMs += step.hold_ms;
      continue;
    }
    const samples = speak(step.text, dialogue.voices[step.speaker]);
    const gapMs = step.gap_ms ?? (before === step.speaker ? 320 : 480);
    const startMs = Math.max(0, freeMs + (turns.length === 0 ? 0 : gapMs));
    const endMs = startMs + Math.round((samples.length / RATE) * 1000);
    turns.push({ speaker: step.speaker, text: step.text, samples, startMs, endMs });
    freeMs = Math.max(freeMs, endMs);
    before = step.speaker;
  }
  return { turns, holds, lengthMs: freeMs + 600 };
}

/** One sentence, telephone band, silence trimmed, one loudness. @returns {Float64Array} */
function speak(text, voice) {
  const raw = join(scratch, "speech.wav");
  if (voice.program === "flite") execFileSync("flite", ["-voice", voice.name, "--setf", `duration_stretch=${voice.stretch ?? 1}`, "-t", text, "-o", raw]);
  else execFileSync("espeak-ng", ["-v", voice.name, "-s", String(voice.words_per_minute ?? 155), "-p", String(voice.pitch ?? 50), "-w", raw, "--", text]);
  const bytes = ffmpeg(["-i", raw, "-af", "highpass=f=200,highpass=f=200,lowpass=f=3400", "-ac", "1", "-ar", String(RATE), "-f", "s16le", "pipe:1"]);
  const all = Float64Array.from(new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1));
  const loud = [...all.keys()].filter((i) => Math.abs(all[i]) > 200);
  const cut = all.subarray(Math.max(0, (loud[0] ?? 0) - 400), (loud.at(-1) ?? all.length) + 600);
  const level = Math.sqrt(cut.reduce((sum, sample) => sum + sample * sample, 0) / cut.length);
  return cut.map((sample) => (sample * 2300) / (level + 1));
}

/** An open line: faint noise and mains hum, the same at every run. */
function line(lengthMs, seedText, channel) {
  let seed = [...`${seedText}${channel}`].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) >>> 0, 7);
  const random = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
  return Float64Array.from({ length: Math.round((lengthMs / 1000) * RATE) }, (_, i) => (random() + random() + random() - 1.5) * 5 + 3 * Math.sin((2 * Math.PI * 50 * i) / RATE));
}

function beep() {
  return Float64Array.from({ length: RATE / 5 }, (_, i) => 900 * Math.sin((2 * Math.PI * 425 * i) / RATE) * Math.min(1, i / 200, (RATE / 5 - i) / 200));
}

function add(channel, samples, startMs, gain) {
  const start = Math.round((startMs / 1000) * RATE);
  for (let i = 0; i < samples.length && start + i < channel.length; i += 1) channel[start + i] += samples[i] * gain;
}

function interleave([left, right]) {
  const both = new Int16Array(left.length * 2);
  const clip = (sample) => Math.max(-32768, Math.min(32767, Math.round(sample)));
  for (let i = 0; i < left.length; i += 1) {
    both[2 * i] = clip(left[i]);
    both[2 * i + 1] = clip(right[i]);
  }
  return Buffer.from(both.buffer);
}

function ffmpeg(words, input) {
  return execFileSync("ffmpeg", ["-hide_banner", "-loglevel", "error", "-nostdin", "-y", ...words].filter((word) => input === undefined || word !== "-nostdin"), { input, maxBuffer: 2 ** 28 });
}
