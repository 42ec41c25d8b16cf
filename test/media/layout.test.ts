// Stereo, dual mono, mono, silent channels, two streams: told apart by the samples, not by the header.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { decideLayout } from "../../app/media/measure.ts";
import { readStreams } from "../../app/media/probe.ts";
import { AGENT, CUSTOMER, inFolder, joined, make, mix, noise, prepareBytes, prepareFile, silence, voice, wav } from "./sounds.ts";

describe("media: layout", () => {
  it("prepareRecording: the same sound on both channels is dual mono, and one channel is handed on", () =>
    inFolder(async (folder) => {
      const both = mix(CUSTOMER, AGENT);
      const { audio, channels, notes } = await prepareBytes(wav([both, both.map((value) => value * 0.8)]), folder);
      assert.equal(audio.layout, "dual_mono");
      assert.equal(audio.channels, 2);
      assert.ok((audio.channelCorrelation ?? 0) > 0.99);
      assert.deepEqual(channels.map((channel) => channel.index), [0]);
      assert.match(notes.join(), /same sound/);
    }));

  it("prepareRecording: dual mono is seen through a lossy codec", () =>
    inFolder(async (folder) => {
      const both = mix(CUSTOMER, AGENT);
      await writeFile(join(folder, "a.wav"), wav([both, both]));
      await make("-i", join(folder, "a.wav"), "-c:a", "libmp3lame", "-b:a", "24k", "-joint_stereo", "0", join(folder, "a.mp3"));
      assert.equal((await prepareFile(join(folder, "a.mp3"), folder)).audio.layout, "dual_mono");
    }));

  it("prepareRecording: one silent channel stays stereo, is named, and has no speech", () =>
    inFolder(async (folder) => {
      const { audio, channels } = await prepareBytes(wav([CUSTOMER, noise(6000, 0.0003)]), folder);
      assert.equal(audio.layout, "stereo");
      assert.deepEqual(audio.silentChannels, [1]);
      assert.equal(channels[0]?.speech.length, 1);
      assert.deepEqual(channels[1]?.speech, []);
    }));

  it("prepareRecording: a faint copy of one party on the other's silent channel is bleed, not dual mono and not speech", () =>
    inFolder(async (folder) => {
      const { audio, channels } = await prepareBytes(wav([CUSTOMER, mix(noise(6000, 0.001), CUSTOMER, 0.1)]), folder);
      assert.equal(audio.layout, "stereo");
      assert.deepEqual(channels.map((channel) => channel.speech.length), [1, 0]);
    }));

  it("prepareRecording: two mono streams are two channels, also when the second ends earlier", () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, "c.wav"), wav([CUSTOMER]));
      await writeFile(join(folder, "a.wav"), wav([joined(silence(1000), voice(1500, 3))]));
      await make("-i", join(folder, "c.wav"), "-i", join(folder, "a.wav"), "-map", "0", "-map", "1", "-c:a", "aac", join(folder, "two.m4a"));
      const { audio, channels } = await prepareFile(join(folder, "two.m4a"), folder);
      assert.equal(audio.layout, "stereo");
      assert.equal(audio.channels, 2);
      assert.ok(Math.abs(audio.durationMs - 6000) < 250);
      assert.equal(channels[1]?.speech.length, 1);
      assert.ok((channels[1]?.speech[0]?.endMs ?? 0) < 2900);
    }));

  it("prepareRecording: of four channels the first two are read, and the ledger is told", () =>
    inFolder(async (folder) => {
      const { audio, notes, channels } = await prepareBytes(wav([CUSTOMER, AGENT, silence(6000), voice(6000, 9)]), folder);
      assert.equal(audio.channels, 4);
      assert.equal(audio.layout, "stereo");
      assert.deepEqual(channels.map((channel) => channel.speech.length), [1, 1]);
      assert.match(notes.join(), /4 channels: only the first two/);
    }));

  it("readStreams: a stereo stream wins over further streams; a file with data streams only has no audio", () => {
    const stream = (codec_type: string, channels: number) => ({ codec_type, codec_name: "x", channels, sample_rate: 8000, duration: undefined, disposition: { attached_pic: 0 } });
    const facts = readStreams({ streams: [stream("audio", 2), stream("audio", 1)], format: {} });
    assert.deepEqual(facts.picks, [{ stream: 0, channel: 0 }, { stream: 0, channel: 1 }]);
    assert.match(facts.notes.join(), /2 audio streams/);
    assert.throws(() => readStreams({ streams: [stream("data", 0)], format: {} }), { code: "MEDIA_NO_AUDIO" });
    assert.throws(() => readStreams({ streams: [stream("audio", 0)], format: {} }), { code: "MEDIA_UNREADABLE" });
  });

  it("decideLayout: an inverted copy is the same sound; a quiet copy, or two loud parties, are not", () => {
    const measured = (correlation: number, left: number, right: number) => ({ rmsDb: [left, right], peakDb: [left + 12, right + 12], correlation });
    assert.equal(decideLayout(measured(-0.99, -20, -21)).layout, "dual_mono");
    assert.equal(decideLayout(measured(0.99, -20, -40)).layout, "stereo");
    assert.equal(decideLayout(measured(0.3, -20, -20)).layout, "stereo");
    assert.deepEqual(decideLayout({ rmsDb: [-80], peakDb: [-70] }), { layout: "mono", silentChannels: [0] });
  });
});
