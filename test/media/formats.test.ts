// Every format that telephone systems write, made by ffmpeg and read back.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readRiff, type AudioFacts } from "../../app/domain/index.ts";
import { probe } from "../../app/media/probe.ts";
import { plainStreams } from "../../app/media/riff-check.ts";
import type { RawFormat } from "../../app/platform/index.ts";
import { AGENT, chance, CUSTOMER, encoderNames, inFolder, inspectFile, make, mix, pcm, prepareBytes, prepareFile, RATE_HZ, silence, tools, wav } from "./sounds.ts";

const STEREO = wav([CUSTOMER, AGENT]);
const MONO = wav([mix(CUSTOMER, AGENT)]);

/** Made from the stereo call unless `mono`. */
const FORMATS: { title: string; args: string[]; codec: string; container: string; mono?: boolean; encoder?: string; rateHz?: number; declares?: boolean }[] = [
  { title: "WAV with 16-bit samples at 16 kHz", args: ["-ar", "16000", "-f", "wav"], codec: "pcm_s16le", container: "wav", rateHz: 16_000, declares: true },
  { title: "WAV with 16-bit samples at 44.1 kHz", args: ["-ar", "44100", "-f", "wav"], codec: "pcm_s16le", container: "wav", rateHz: 44_100, declares: true },
  { title: "WAV with µ-law", args: ["-c:a", "pcm_mulaw", "-f", "wav"], codec: "pcm_mulaw", container: "wav", declares: true },
  { title: "WAV with A-law", args: ["-c:a", "pcm_alaw", "-f", "wav"], codec: "pcm_alaw", container: "wav", declares: true },
  { title: "WAV with GSM 6.10, as Asterisk's .WAV", args: ["-c:a", "libgsm_ms", "-f", "wav"], codec: "gsm_ms", container: "wav", mono: true, encoder: "libgsm_ms", declares: true },
  { title: "MP3", args: ["-c:a", "libmp3lame", "-b:a", "32k", "-f", "mp3"], codec: "mp3", container: "mp3", encoder: "libmp3lame", declares: true },
  { title: "MP3 with a large ID3 tag and no Xing header", args: ["-c:a", "libmp3lame", "-write_xing", "0", "-metadata", `comment=${"x".repeat(9000)}`, "-f", "mp3"], codec: "mp3", container: "mp3", encoder: "libmp3lame" },
  { title: "OGG with Opus", args: ["-c:a", "libopus", "-b:a", "48k", "-f", "ogg"], codec: "opus", container: "ogg", encoder: "libopus", rateHz: 48_000 },
  { title: "OGG with Vorbis", args: ["-c:a", "libvorbis", "-f", "ogg"], codec: "vorbis", container: "ogg", encoder: "libvorbis" },
  { title: "FLAC", args: ["-c:a", "flac", "-f", "flac"], codec: "flac", container: "flac", declares: true },
  { title: "M4A", args: ["-c:a", "aac", "-f", "ipod"], codec: "aac", container: "mov", declares: true },
  { title: "raw AAC", args: ["-c:a", "aac", "-f", "adts"], codec: "aac", container: "aac" },
  { title: "AU with µ-law", args: ["-c:a", "pcm_mulaw", "-f", "au"], codec: "pcm_mulaw", container: "au" },
];

const RAW: { name: string; args: string[]; rawFormat?: RawFormat; codec: string; rateHz: number; encoder?: string }[] = [
  { name: "in-1.ulaw", args: ["-c:a", "pcm_mulaw", "-f", "mulaw"], codec: "pcm_mulaw", rateHz: 8000 },
  { name: "in-1.ALAW", args: ["-c:a", "pcm_alaw", "-f", "alaw"], codec: "pcm_alaw", rateHz: 8000 },
  { name: "in-1.sln", args: ["-c:a", "pcm_s16le", "-f", "s16le"], codec: "pcm_s16le", rateHz: 8000 },
  { name: "in-1.sln16", args: ["-ar", "16000", "-c:a", "pcm_s16le", "-f", "s16le"], codec: "pcm_s16le", rateHz: 16_000 },
  { name: "in-1.g722", args: ["-ar", "16000", "-c:a", "g722", "-f", "g722"], codec: "adpcm_g722", rateHz: 16_000 },
  { name: "in-1.gsm", args: ["-c:a", "libgsm", "-f", "gsm"], codec: "gsm", rateHz: 8000, encoder: "libgsm" },
  { name: "in-1.raw", args: ["-c:a", "pcm_mulaw", "-f", "mulaw"], rawFormat: "ulaw", codec: "pcm_mulaw", rateHz: 8000 },
];

describe("media: formats", () => {
  // All test files in one run of ffmpeg: starting it costs more than encoding.
  let made = "";
  let encoders = "";
  before(async () => {
    made = await mkdtemp(join(tmpdir(), "earshot-media-"));
    encoders = await encoderNames();
    await writeFile(join(made, "stereo.wav"), STEREO);
    await writeFile(join(made, "mono.wav"), MONO);
    const outputs = [...FORMATS.map((format, i) => ({ ...format, file: `format-${i}` })), ...RAW.map((raw, i) => ({ ...raw, mono: true, file: `raw-${i}` }))].filter((one) => canMake(one.encoder));
    await make("-i", join(made, "stereo.wav"), "-i", join(made, "mono.wav"), ...outputs.flatMap(({ mono, args, file }) => ["-map", mono ? "1" : "0", ...args, join(made, file)]));
  });
  after(() => rm(made, { recursive: true, force: true }));
  const canMake = (encoder: string | undefined): boolean => encoder === undefined || encoders.includes(` ${encoder} `);

  it("prepareRecording: a two-channel WAV gives each party with its own speech and times", () =>
    inFolder(async (folder) => {
      const { audio, channels, notes } = await prepareBytes(STEREO, folder);
      const { levels, ...others } = audio;
      assert.deepEqual(
        { ...others, channelCorrelation: undefined },
        { container: "wav", codec: "pcm_s16le", sampleRateHz: 8000, channels: 2, durationMs: 6000, declaredDurationMs: 6000, truncated: false, layout: "stereo", silentChannels: [], channelCorrelation: undefined, detector: "telephony-2", hold: [] } satisfies Partial<Record<keyof AudioFacts, unknown>>,
      );
      assert.deepEqual(levels?.map(({ speechDb = 0, peakDb, ...level }) => ({ ...level, isPlausible: speechDb < -15 && speechDb > -33 && peakDb < -3 && peakDb > speechDb })), [0, 1].map(() => ({ clippedRatio: 0, gainDb: 0, isPlausible: true })));
      assert.ok(Math.abs(audio.channelCorrelation ?? 1) < 0.1);
      assert.deepEqual(channels.map((channel) => channel.index), [0, 1]);
      assert.deepEqual(notes, []);
      near(channels[0]?.speech, 500, 2500);
      near(channels[1]?.speech, 3500, 5500);
      for (const channel of channels) assert.equal((await stat(channel.pcmPath)).size, 6 * 16_000 * 2);
    }));

  it("plainStreams: says of the usual WAV files what ffprobe says, and nothing of any other", async () => {
    const read: string[] = [];
    for (const [i, { title, container, encoder }] of FORMATS.entries()) {
      if (container !== "wav" || !canMake(encoder)) continue;
      const path = join(made, `format-${i}`);
      const riff = readRiff(await readFile(path));
      const streams = riff && plainStreams(riff);
      if (streams === undefined) continue;
      read.push(title);
      const { durationMs: _, ...probed } = await probe({ path, demuxer: "wav", ignoreLength: false }, tools, { timeoutMs: 30_000 });
      assert.deepEqual(streams, probed);
    }
    assert.deepEqual(read, ["WAV with 16-bit samples at 16 kHz", "WAV with 16-bit samples at 44.1 kHz", "WAV with µ-law", "WAV with A-law"]);
  });

  for (const [i, format] of FORMATS.entries()) {
    it(`prepareRecording: reads ${format.title}`, () =>
      inFolder(async (folder) => {
        if (!canMake(format.encoder)) return assert.ok(format.encoder); // this ffmpeg cannot make it
        const { audio, channels } = await prepareFile(join(made, `format-${i}`), folder, { originalName: "call" });
        assert.equal(audio.codec, format.codec);
        assert.equal(audio.container, format.container);
        assert.equal(audio.sampleRateHz, format.rateHz ?? RATE_HZ);
        assert.equal(audio.layout, format.mono ? "mono" : "stereo");
        assert.ok(Math.abs(audio.durationMs - 6000) <= 250, `${audio.durationMs} ms`); // encoders add some at both ends
        assert.equal(audio.declaredDurationMs !== undefined, format.declares ?? false);
        assert.equal(audio.truncated, false);
        if (format.mono) return assert.equal(channels.length, 1);
        near(channels[0]?.speech, 500, 2500);
        near(channels[1]?.speech, 3500, 5500);
      }));
  }

  for (const [i, raw] of RAW.entries()) {
    it(`prepareRecording: reads headerless ${raw.codec} named ${raw.name}${raw.rawFormat ? ", by the profile of its source" : ""}`, () =>
      inFolder(async (folder) => {
        if (!canMake(raw.encoder)) return assert.ok(raw.encoder);
        const { audio, channels, notes } = await prepareFile(join(made, `raw-${i}`), folder, { originalName: raw.name, ...(raw.rawFormat ? { rawFormat: raw.rawFormat } : {}) });
        assert.equal(audio.codec, raw.codec);
        assert.equal(audio.sampleRateHz, raw.rateHz);
        assert.equal(audio.layout, "mono");
        assert.ok(Math.abs(audio.durationMs - 6000) <= 40, `${audio.durationMs} ms`);
        near(channels[0]?.speech.slice(0, 1), 500, 2500);
        assert.match(notes.join(), raw.rawFormat ? /by the configuration/ : /by the extension/);
      }));
  }

  it("prepareRecording: two-channel headerless samples of MixMonitor's option D are split, when the profile says so", () =>
    inFolder(async (folder) => {
      const { audio, channels } = await prepareBytes(pcm([CUSTOMER, AGENT]), folder, { originalName: "in-1.raw", rawFormat: "s16le_stereo" });
      assert.equal(audio.layout, "stereo");
      near(channels[1]?.speech, 3500, 5500);
    }));

  it("prepareRecording: reads AMR narrow band, frame by frame", () =>
    inFolder(async (folder) => {
      const random = chance(5);
      const frame = (): Buffer => Buffer.from([0x3c, ...Array.from({ length: 31 }, () => Math.floor(random() * 256))]); // 12.2 kbit/s, 20 ms
      const { audio } = await prepareBytes(Buffer.concat([Buffer.from("#!AMR\n"), ...Array.from({ length: 100 }, frame)]), folder, { originalName: "voice.amr" });
      assert.equal(audio.codec, "amr_nb");
      assert.equal(audio.durationMs, 2000);
    }));

  it("inspectRecording: a WAV that is called .ulaw or .mp3 is read as what it is, even against the profile", () =>
    inFolder(async (folder) => {
      const path = join(folder, "x");
      await writeFile(path, STEREO);
      assert.equal((await inspectFile(path, folder, { originalName: "x.mp3" })).container, "wav");
      assert.equal((await inspectFile(path, folder, { originalName: "x.ulaw", rawFormat: "ulaw" })).codec, "pcm_s16le");
    }));

  it("prepareRecording: a cover picture is not a video", () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, "source.wav"), STEREO);
      await make("-i", join(folder, "source.wav"), "-f", "lavfi", "-i", "color=red:s=32x32:d=1", "-map", "0", "-map", "1", "-frames:v", "1", "-c:v", "png", "-c:a", "aac", "-disposition:v", "attached_pic", join(folder, "a.m4a"));
      assert.equal((await prepareFile(join(folder, "a.m4a"), folder)).audio.layout, "stereo");
    }));

  it("prepareRecording: a WAV whose samples come after a large chunk of tags is read", () =>
    inFolder(async (folder) => {
      const samples = pcm([CUSTOMER]);
      const junk = Buffer.concat([Buffer.from("LIST"), Buffer.from([0, 0, 2, 0]), Buffer.alloc(0x20000)]);
      const head = wav([CUSTOMER]).subarray(0, 36);
      const bytes = Buffer.concat([head, junk, Buffer.from("data"), u32(samples.length), samples]);
      bytes.writeUInt32LE(bytes.length - 8, 4);
      assert.equal((await prepareBytes(bytes, folder)).audio.durationMs, 6000);
    }));

  it("prepareRecording: an odd number of sample bytes is no reason to complain", () =>
    inFolder(async (folder) => {
      const bytes = Buffer.concat([wav([CUSTOMER]), Buffer.from([0])]);
      bytes.writeUInt32LE(bytes.length - 44, 40);
      bytes.writeUInt32LE(bytes.length - 8, 4);
      const { audio } = await prepareBytes(bytes, folder);
      assert.equal(audio.durationMs, 6000);
      assert.equal(audio.truncated, false);
    }));

  it("prepareRecording: the recording itself is not changed, and its folder holds nothing else", () =>
    inFolder(async (folder) => {
      const path = join(folder, "recording");
      const { channels } = await prepareBytes(STEREO, folder);
      assert.deepEqual(await readFile(path), STEREO);
      assert.deepEqual(channels.map((channel) => channel.pcmPath), [join(folder, "job", "channel-0.pcm"), join(folder, "job", "channel-1.pcm")]);
    }));

  it("prepareRecording: a recording without speech is an answer, not an error", () =>
    inFolder(async (folder) => {
      const { audio, channels } = await prepareBytes(wav([silence(4000), silence(4000)]), folder);
      assert.deepEqual(audio.silentChannels, [0, 1]);
      assert.equal(audio.channelCorrelation, undefined);
      assert.deepEqual(channels.map((channel) => channel.speech), [[], []]);
    }));
});

function u32(value: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeUInt32LE(value);
  return out;
}

/** One stretch of speech, from and to within 300 ms (padding, and the delay of lossy encoders). */
function near(spans: readonly { startMs: number; endMs: number }[] | undefined, startMs: number, endMs: number): void {
  assert.equal(spans?.length, 1, JSON.stringify(spans));
  assert.ok(Math.abs((spans?.[0]?.startMs ?? 0) - startMs) <= 300 && Math.abs((spans?.[0]?.endMs ?? 0) - endMs) <= 300, JSON.stringify(spans));
}
