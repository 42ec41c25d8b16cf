// Loudness, clipping and what is said about them; the speech engine hears every channel alike, the stored sound stays as it is.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { ChannelLevel } from "../../app/domain/index.ts";
import { gainFor } from "../../app/media/speech-level.ts";
import { warningsOf } from "../../app/media/warnings.ts";
import { AGENT, CUSTOMER, inFolder, mix, prepareBytes, silence, wav } from "./sounds.ts";

const level = (changes: Partial<ChannelLevel> = {}): ChannelLevel => ({ speechDb: -22, peakDb: -6, clippedRatio: 0, gainDb: 0, ...changes });
const codes = (...args: Parameters<typeof warningsOf>): string[] => warningsOf(...args).map((warning) => warning.code);

describe("media: levels", () => {
  it("prepareRecording: a channel 30 dB quieter is reported, and heard louder", () =>
    inFolder(async (folder) => {
      const { audio, channels } = await prepareBytes(wav([CUSTOMER.map((value) => value * 0.03), AGENT]), folder);
      assert.ok((channels[0]?.gainDb ?? 0) >= 20 && channels[1]?.gainDb === undefined, JSON.stringify(audio.levels));
      assert.deepEqual(audio.warnings?.map((warning) => warning.code), ["level_imbalance"]);
      assert.match(audio.warnings?.[0]?.message ?? "", /left channel is \d\d dB quieter.*made louder/);
    }));

  it("prepareRecording: sound that is cut off is reported, with how much of it; loud sound that is whole is not", () =>
    inFolder(async (folder) => {
      const cut = await prepareBytes(wav([CUSTOMER.map((value) => value * 12), AGENT]), folder);
      assert.deepEqual(cut.audio.warnings?.map((warning) => warning.code).filter((code) => code === "clipping"), ["clipping"]);
      assert.ok((cut.audio.levels?.[0]?.clippedRatio ?? 0) > 0.005 && cut.audio.levels?.[1]?.clippedRatio === 0, JSON.stringify(cut.audio.levels));
      const peak = CUSTOMER.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const whole = await prepareBytes(wav([CUSTOMER.map((value) => (value * 0.99) / peak), AGENT]), folder);
      assert.deepEqual(whole.audio.warnings, undefined, JSON.stringify(whole.audio.levels));
    }));

  it("prepareRecording: a silent channel and equal channels are reported in words", () =>
    inFolder(async (folder) => {
      const silent = await prepareBytes(wav([CUSTOMER, silence(6000)]), folder);
      assert.match(silent.audio.warnings?.[0]?.message ?? "", /right channel is silent/);
      const both = mix(CUSTOMER, AGENT);
      assert.deepEqual((await prepareBytes(wav([both, both]), folder)).audio.warnings?.map((warning) => warning.code), ["dual_mono"]);
    }));

  it("warningsOf: nothing for a healthy call, and one channel that nobody speaks on is no imbalance", () => {
    assert.deepEqual(codes({ layout: "stereo", silentChannels: [], levels: [level(), level({ speechDb: -30 })] }), []);
    const { speechDb: _nobody, ...unspoken } = level();
    assert.deepEqual(codes({ layout: "stereo", silentChannels: [1], levels: [level(), unspoken] }), ["silent_channel"]);
    assert.deepEqual(codes({ layout: "mono", silentChannels: [], levels: [level({ clippedRatio: 0.01 })] }), ["clipping"]);
  });

  it("gainFor: brings speech to −23 dB, never so far that its loudest sample is cut off, and leaves good levels alone", () => {
    assert.deepEqual([gainFor(undefined), gainFor({ speechDb: -25, peakDb: -8 }), gainFor({ speechDb: -43, peakDb: -30 }), gainFor({ speechDb: -70, peakDb: -55 }), gainFor({ speechDb: -8, peakDb: 0 })], [0, 0, 20, 24, -12]);
    fc.assert(
      fc.property(fc.integer({ min: -100, max: 0 }), fc.integer({ min: 0, max: 40 }), (speechDb, crest) => {
        const peakDb = Math.min(0, speechDb + crest);
        const gainDb = gainFor({ speechDb, peakDb });
        assert.ok(gainDb >= -12 && gainDb <= 24 && (gainDb <= 0 || peakDb + gainDb <= -1));
        assert.ok(Math.abs(speechDb + gainDb + 23) <= Math.abs(speechDb + 23));
      }),
    );
  });
});
