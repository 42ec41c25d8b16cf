// How well and how fast the detectors find speech on calls whose truth is known. Run: node dist/test/bench/voice-activity.js
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Span } from "../../app/domain/index.ts";
import { chooseDetector, findMediaTools, telephonyDetector, type VoiceActivity, type VoiceActivityDetector } from "../../app/media/index.ts";
import { installationRoot, listModels, loadConfig, runProgram } from "../../app/platform/index.ts";
import { HOLD_MUSIC, level } from "../support/hold-music.ts";

const RATE = 16_000;
const FRAME = (RATE * 20) / 1000;
/** Frames this near to the start or end of an utterance are not scored: where a word begins is a matter of taste to that degree. */
const COLLAR = 8;

/** A call with its truth: two channels of samples, and per channel 1 where its party really speaks. */
interface Call {
  name: string;
  channels: [Float32Array, Float32Array];
  truth: [Uint8Array, Uint8Array];
  /** frames on which a channel plays hold music, ringing or keys */
  other?: Uint8Array;
}

/** Percentages of frames, over all calls of a condition. */
export interface Score {
  /** of the frames in which a party speaks: not found */
  missPercent: number;
  /** of the frames in which a party is silent: called speech */
  falseAlarmPercent: number;
  /** of all scored frames */
  errorPercent: number;
  /** of all frames called speech: only the other party speaks there */
  wrongPartyPercent: number;
  /** of hold music or ringing: called speech, and counted as hold */
  otherAsSpeechPercent?: number;
  otherAsHoldPercent?: number;
}

export interface VoiceActivityFigures {
  calls: number;
  seconds: number;
  detectors: Record<string, { timesRealTime: number; conditions: Record<string, Score> }>;
}

const CONDITIONS: Readonly<Record<string, (call: Call) => Call>> = {
  clean: (call) => call,
  "bleed of -20 dB": (call) => change(call, ([left, right]) => [mix(left, right, 0.1, 0), mix(right, left, 0.1, 0)]),
  "echo of -20 dB after 60 ms": (call) => change(call, ([left, right]) => [mix(left, right, 0.1, 0.06), mix(right, left, 0.1, 0.06)]),
  "bleed of -20 dB and noise": (call) => change(call, ([left, right]) => [noisy(mix(left, right, 0.1, 0), 0.004, 1), noisy(mix(right, left, 0.1, 0), 0.004, 2)]),
  "noise, 15 dB below speech": (call) => change(call, ([left, right]) => [noisy(left, 0.022, 1), noisy(right, 0.022, 2)]),
  ...Object.fromEntries(Object.entries(HOLD_MUSIC).map(([name, play]) => [`hold: ${name}`, (call: Call) => interlude(call, play(20_000, RATE))])),
  ringing: (call) => interlude(call, repeat(3, tones(2000, [440, 480]), new Float32Array(4 * RATE))),
  keys: (call) => interlude(call, repeat(16, tones(90, [770, 1336]), new Float32Array(0.09 * RATE))),
};

/** @param wanted names of conditions; all when absent */
export async function measureVoiceActivity(wanted: readonly string[] = Object.keys(CONDITIONS)): Promise<VoiceActivityFigures> {
  const folder = await mkdtemp(join(tmpdir(), "earshot-bench-"));
  try {
    const calls = await Promise.all(["double-charge.wav", "card-payment.wav", "stolen-card.flac"].map((file) => readCall(file, folder)));
    const detectors: VoiceActivityFigures["detectors"] = {};
    for (const detector of installedDetectors()) {
      const conditions: Record<string, Score> = {};
      let [soundMs, workMs] = [0, 0];
      for (const name of wanted) {
        const tally = newTally();
        for (const call of calls.map((one) => CONDITIONS[name]?.(one) ?? one)) {
          const paths = await writeChannels(call, folder);
          const before = process.cpuUsage();
          const heard = await detector.detect(paths);
          const { user, system } = process.cpuUsage(before);
          workMs += (user + system) / 1000;
          soundMs += (call.channels[0].length * 1000) / RATE;
          count(tally, call, heard);
        }
        conditions[name] = scoreOf(tally);
      }
      detectors[detector.name] = { timesRealTime: Math.round(soundMs / workMs), conditions };
    }
    return { calls: calls.length, seconds: Math.round(calls.reduce((sum, call) => sum + call.channels[0].length / RATE, 0)), detectors };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Our own, and Silero when its model is there. */
function installedDetectors(): VoiceActivityDetector[] {
  const config = loadConfig();
  const modelPath = listModels({ dataDir: config.data_dir }).find((model) => model.kind === "vad" && model.path !== undefined)?.path;
  const binDir = config.speech.engine_dir ?? join(installationRoot(), "engines", "whisper-1.9.1", "bin");
  return modelPath === undefined ? [telephonyDetector] : [telephonyDetector, chooseDetector("silero", { program: join(binDir, "whisper-vad-speech-segments"), modelPath })];
}

/** A sample call of the demo; the truth is where its script says that a party speaks and its clean channel is louder than the line. */
async function readCall(file: string, folder: string): Promise<Call> {
  const source = join(installationRoot(), "scripts", "demo", "calls");
  const { ffmpeg } = await findMediaTools();
  const script = JSON.parse(await readFile(join(source, `${file.split(".")[0] ?? ""}.json`), "utf8")) as { channel_map: Record<string, string>; said: { speaker: string; start_ms: number; end_ms: number }[] };
  const channels = await Promise.all(
    [0, 1].map(async (channel) => {
      const path = join(folder, `${file}-${channel}.raw`);
      const result = await runProgram(ffmpeg, ["-nostdin", "-v", "error", "-y", "-i", join(source, file), "-af", `pan=mono|c0=c${channel}`, "-ar", String(RATE), "-f", "s16le", path], { timeoutMs: 60_000 });
      if (result.exitCode !== 0) throw new Error(result.stderr);
      const bytes = await readFile(path);
      return Float32Array.from({ length: bytes.length >> 1 }, (_, i) => bytes.readInt16LE(2 * i) / 32_768);
    }),
  );
  const [left = new Float32Array(), right = new Float32Array()] = channels;
  const truth = [left, right].map((sound, i) => truthOf(sound, script.said.filter((one) => one.speaker === script.channel_map[String(i)]).map((one) => ({ startMs: one.start_ms, endMs: one.end_ms }))));
  return { name: file, channels: [left, right], truth: [truth[0] ?? new Uint8Array(), truth[1] ?? new Uint8Array()] };
}

function truthOf(sound: Float32Array, said: readonly Span[]): Uint8Array {
  const mask = new Uint8Array(Math.floor(sound.length / FRAME));
  for (const { startMs, endMs } of said) {
    for (let i = Math.floor(startMs / 20); i < Math.min(mask.length, endMs / 20); i++) mask[i] = power(sound, i) > 10 ** -5 ? 1 : 0;
  }
  return closed(mask, 15); // pauses inside of words and sentences belong to them, as in the detectors
}

function power(sound: Float32Array, frame: number): number {
  let sum = 0;
  for (let i = frame * FRAME; i < (frame + 1) * FRAME; i++) sum += (sound[i] ?? 0) ** 2;
  return sum / FRAME;
}

function closed(mask: Uint8Array, gap: number): Uint8Array {
  let last = -1;
  mask.forEach((value, i) => {
    if (value === 0) return;
    if (last >= 0 && i - last <= gap) mask.fill(1, last, i);
    last = i;
  });
  return mask;
}

interface Tally {
  speech: number;
  missed: number;
  silence: number;
  alarms: number;
  found: number;
  wrong: number;
  other: number;
  otherAsSpeech: number;
  otherAsHold: number;
}

const newTally = (): Tally => ({ speech: 0, missed: 0, silence: 0, alarms: 0, found: 0, wrong: 0, other: 0, otherAsSpeech: 0, otherAsHold: 0 });

function count(tally: Tally, { truth, other }: Call, heard: VoiceActivity): void {
  const hold = maskOf(heard.hold, truth[0].length);
  truth.forEach((own, channel) => {
    const found = maskOf(heard.speech[channel] ?? [], own.length);
    for (let i = 0; i < own.length; i++) {
      const isSpeech = found[i] === 1;
      if (channel === 1 && other?.[i] === 1) {
        tally.other++;
        if (isSpeech) tally.otherAsSpeech++;
        if (hold[i] === 1) tally.otherAsHold++;
      }
      if (isSpeech) {
        tally.found++;
        if (!near(own, i, 1) && truth[1 - channel]?.[i] === 1) tally.wrong++;
      }
      if (own[i] === 1 && !near(own, i, 0)) {
        tally.speech++;
        if (!isSpeech) tally.missed++;
      } else if (own[i] === 0 && !near(own, i, 1)) {
        tally.silence++;
        if (isSpeech) tally.alarms++;
      }
    }
  });
}

function near(mask: Uint8Array, at: number, value: 0 | 1): boolean {
  return mask.subarray(Math.max(0, at - COLLAR), at + COLLAR + 1).includes(value);
}

function maskOf(spans: readonly Span[], frames: number): Uint8Array {
  const mask = new Uint8Array(frames);
  for (const { startMs, endMs } of spans) mask.fill(1, startMs / 20, endMs / 20);
  return mask;
}

function scoreOf(tally: Tally): Score {
  const percent = (part: number, whole: number): number => Math.round((10_000 * part) / Math.max(1, whole)) / 100;
  return {
    missPercent: percent(tally.missed, tally.speech),
    falseAlarmPercent: percent(tally.alarms, tally.silence),
    errorPercent: percent(tally.missed + tally.alarms, tally.speech + tally.silence),
    wrongPartyPercent: percent(tally.wrong, tally.found),
    ...(tally.other === 0 ? {} : { otherAsSpeechPercent: percent(tally.otherAsSpeech, tally.other), otherAsHoldPercent: percent(tally.otherAsHold, tally.other) }),
  };
}

function change(call: Call, work: (channels: Call["channels"]) => Call["channels"]): Call {
  return { ...call, channels: work(call.channels) };
}

function mix(own: Float32Array, other: Float32Array, gain: number, delayS: number): Float32Array {
  const delay = Math.round(delayS * RATE);
  return own.map((value, i) => value + gain * (other[i - delay] ?? 0));
}

function noisy(sound: Float32Array, amplitude: number, seed: number): Float32Array {
  let state = seed;
  return sound.map((value) => value + amplitude * ((state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 31 - 1));
}

/** The call, then something else on the right channel while the left one is silent, then the call again. */
function interlude(call: Call, sound: Float32Array): Call {
  const gap = Math.ceil(sound.length / FRAME) * FRAME;
  const bothSides = (side: Float32Array, between: Float32Array): Float32Array => {
    const whole = side.subarray(0, Math.floor(side.length / FRAME) * FRAME);
    const out = new Float32Array(whole.length * 2 + gap);
    out.set(whole);
    out.set(between, whole.length);
    out.set(whole, whole.length + gap);
    return noisy(out, 0.0003, 5);
  };
  const twice = (mask: Uint8Array): Uint8Array => Uint8Array.from([...mask, ...new Uint8Array(gap / FRAME), ...mask]);
  const truth: Call["truth"] = [twice(call.truth[0]), twice(call.truth[1])];
  const other = new Uint8Array(truth[0].length).fill(1, call.truth[0].length, call.truth[0].length + gap / FRAME);
  return { name: call.name, channels: [bothSides(call.channels[0], new Float32Array(gap)), bothSides(call.channels[1], sound)], truth, other };
}

function tones(ms: number, frequenciesHz: readonly number[]): Float32Array {
  return level(Float32Array.from({ length: (ms * RATE) / 1000 }, (_, i) => frequenciesHz.reduce((sum, hz) => sum + Math.sin((2 * Math.PI * hz * i) / RATE), 0)));
}

function repeat(times: number, ...parts: readonly Float32Array[]): Float32Array {
  return Float32Array.from(Array.from({ length: times }, () => parts.flatMap((part) => [...part])).flat());
}

async function writeChannels({ channels }: Call, folder: string): Promise<string[]> {
  return Promise.all(
    channels.map(async (sound, i) => {
      const path = join(folder, `channel-${i}.pcm`);
      await writeFile(path, Buffer.from(Int16Array.from(sound, (value) => Math.round(Math.max(-1, Math.min(1, value)) * 32_767)).buffer));
      return path;
    }),
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) console.log(JSON.stringify(await measureVoiceActivity(), null, 2));
