// Voices are heard; tones, noise, hum, silence and the other party's echo are not.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import type { Span } from "../../app/domain/index.ts";
import { telephonyDetector, type VoiceActivity } from "../../app/media/index.ts";
import type { Frames, FrameTrack } from "../../app/media/frames.ts";
import { noiseFloor } from "../../app/media/noise-floor.ts";
import { findSpeech } from "../../app/media/voice-activity.ts";
import { HOLD_MUSIC } from "../support/hold-music.ts";
import { chance, inFolder, joined, mix, noise, pcm, silence, tone, voice } from "./sounds.ts";

const RATE = 16_000;
const say = (ms: number, seed: number, level?: number): Float32Array => voice(ms, seed, level, RATE);
const still = (ms: number): Float32Array => silence(ms, RATE);

/** Through 8-bit µ-law, as on every telephone line. */
function overTheLine(sound: Float32Array): Float32Array {
  return sound.map((value) => {
    const y = Math.round((Math.sign(value) * Math.log1p(255 * Math.min(1, Math.abs(value)))) / Math.log(256) * 127) / 127;
    return (Math.sign(y) * (256 ** Math.abs(y) - 1)) / 255;
  });
}

async function hear(...channels: readonly Float32Array[]): Promise<VoiceActivity> {
  let heard: VoiceActivity | undefined;
  await inFolder(async (folder) => {
    const paths = channels.map((_, i) => join(folder, `${i}.pcm`));
    for (const [i, channel] of channels.entries()) await writeFile(paths[i] ?? "", pcm([channel]));
    heard = await telephonyDetector.detect(paths);
  });
  assert.ok(heard);
  return heard;
}

const detect = async (...channels: readonly Float32Array[]): Promise<Span[][]> => (await hear(...channels)).speech;

const lengthOf = (spans: readonly Span[] | undefined): number => (spans ?? []).reduce((sum, span) => sum + span.endMs - span.startMs, 0);
const repeat = (times: number, ...parts: readonly Float32Array[]): Float32Array => joined(...Array.from({ length: times }, () => parts).flat());

describe("media: voice activity", () => {
  const SILENT: [string, () => Float32Array][] = [
    ["ten minutes of digital silence", () => still(600_000)],
    ["white noise", () => noise(20_000, 0.05, 1, RATE)],
    ["noise that grows suddenly", () => joined(noise(8000, 0.001, 1, RATE), noise(12_000, 0.05, 2, RATE))],
    ["mains hum with overtones", () => tone(20_000, [50, 100, 150, 250], 0.3, RATE)],
    ["American ringing, 440 and 480 Hz", () => repeat(4, tone(2000, [440, 480], 0.3, RATE), still(4000))],
    ["British ringing, 400 and 450 Hz", () => repeat(7, tone(400, [400, 450], 0.3, RATE), still(200), tone(400, [400, 450], 0.3, RATE), still(2000))],
    ["European ringing, 425 Hz", () => repeat(4, tone(1000, [425], 0.3, RATE), still(4000))],
    ["American busy, 480 and 620 Hz", () => repeat(20, tone(500, [480, 620], 0.3, RATE), still(500))],
    ["congestion, a quarter of a second", () => repeat(40, tone(250, [425], 0.3, RATE), still(250))],
    ["keys pressed on a telephone", () => repeat(12, tone(100, [770, 1336], 0.4, RATE), still(100), tone(80, [941, 1477], 0.4, RATE), still(120))],
    ["special information tones", () => repeat(5, tone(330, [950], 0.3, RATE), tone(330, [1400], 0.3, RATE), tone(330, [1800], 0.3, RATE), still(1000))],
    ["clicks", () => repeat(20, tone(20, [1000], 0.8, RATE), still(700))],
  ];
  for (const [title, sound] of SILENT) {
    it(`telephonyDetector: no speech in ${title}`, async () => {
      const clean = sound();
      assert.deepEqual(await detect(clean), [[]]);
      if (clean.length < 1e6) assert.deepEqual(await detect(mix(overTheLine(clean), noise(clean.length / 16, 0.0005, 3, RATE))), [[]]);
    });
  }

  const SPEAKING: [string, number, number][] = [
    ["at normal loudness on a quiet line", 0.4, 0.0003],
    ["softly on a quiet line", 0.04, 0.0003],
    ["on a noisy line, 20 dB above the noise", 0.4, 0.02],
    ["on a line with gaps of digital silence", 0.4, 0],
  ];
  for (const [title, level, hiss] of SPEAKING) {
    it(`telephonyDetector: finds a voice ${title}`, async () => {
      const line = joined(still(4000), say(3000, 21, level), still(3000), say(1500, 22, level), still(2500));
      const [spans] = await detect(mix(overTheLine(line), noise(14_000, hiss, 4, RATE)));
      // a noisy line hides weak ends of words, so it may split; what matters is where speech is and where it is not
      const at = (ms: number): boolean => (spans ?? []).some((span) => span.startMs <= ms && ms < span.endMs);
      assert.ok((spans?.[0]?.startMs ?? 0) >= 3700 && (spans?.at(-1)?.endMs ?? 0) <= 11_800, JSON.stringify(spans));
      const heard = Array.from({ length: 45 }, (_, i) => (i < 30 ? 4000 + i * 100 : 7000 + i * 100) + 50).filter(at).length;
      assert.ok(heard >= 40, `${heard} of 45`);
      assert.equal(at(8500), false);
    });
  }

  it("telephonyDetector: ringing before the greeting is left out, the greeting is not", async () => {
    const [spans] = await detect(joined(tone(2000, [440, 480], 0.3, RATE), still(1500), say(2000, 31), still(500)));
    assert.equal(spans?.length, 1, JSON.stringify(spans));
    assert.ok(Math.abs((spans?.[0]?.startMs ?? 0) - 3400) < 250, JSON.stringify(spans));
  });

  it("telephonyDetector: an attenuated copy of the other party at the same time is not speech", async () => {
    const customer = joined(still(1000), say(4000, 41), still(1000));
    const [own, bleed] = await detect(customer, mix(noise(6000, 0.0005, 5, RATE), customer, 0.1));
    assert.ok(lengthOf(own) > 3800);
    assert.deepEqual(bleed, []);
  });

  it("telephonyDetector: an echo 60 ms late and 20 dB quieter is not speech", async () => {
    const customer = joined(still(1000), say(4000, 42), still(1000));
    const [own, echo] = await detect(customer, mix(noise(6000, 0.0005, 5, RATE), joined(still(60), customer), 0.1));
    assert.ok(lengthOf(own) > 3800);
    assert.ok(lengthOf(echo) < 400, JSON.stringify(echo));
  });

  it("telephonyDetector: two people who speak at once are both heard, also when one is 12 dB quieter", async () => {
    const [loud, soft] = await detect(joined(still(500), say(4000, 51), still(500)), joined(still(500), say(4000, 52, 0.1), still(500)));
    assert.ok(lengthOf(loud) > 3800);
    assert.ok(lengthOf(soft) > 3500, JSON.stringify(soft));
  });

  for (const [title, play] of Object.entries(HOLD_MUSIC)) {
    it(`telephonyDetector: hold music is hold and not speech, and the words around it stay (${title})`, async () => {
      const agent = joined(say(2000, 71), still(700), play(12_000, RATE), still(700), say(2000, 72));
      const customer = joined(still(6000), say(1500, 73), still(9900));
      const { speech, hold } = await hear(mix(overTheLine(agent), noise(17_400, 0.0005, 8, RATE)), mix(customer, noise(17_400, 0.0005, 9, RATE)));
      const during = (spans: readonly Span[] | undefined): number => lengthOf((spans ?? []).map((span) => ({ startMs: Math.max(2700, span.startMs), endMs: Math.min(14_700, span.endMs) })).filter((span) => span.startMs < span.endMs));
      assert.ok(during(hold) >= 10_800 && lengthOf(hold) <= 13_500, `hold ${JSON.stringify(hold)}`);
      assert.ok(during(speech[0]) <= 1200, `speech ${JSON.stringify(speech[0])}`);
      assert.ok(lengthOf(speech[0]) - during(speech[0]) >= 3500 && lengthOf(speech[1]) >= 1300, JSON.stringify(speech));
    });
  }

  it("telephonyDetector: a voice over hold music is not lost, and the music around it is still hold", async () => {
    const music = HOLD_MUSIC["organ chords"]?.(18_000, RATE).map((value) => value * 0.35) ?? still(0);
    const { speech, hold } = await hear(mix(music, joined(still(7000), say(4000, 74, 0.8), still(7000))));
    const over = (speech[0] ?? []).reduce((sum, span) => sum + Math.max(0, Math.min(11_000, span.endMs) - Math.max(7000, span.startMs)), 0);
    assert.ok(over >= 3600, JSON.stringify(speech));
    assert.ok(lengthOf(hold) >= 11_000, JSON.stringify(hold));
  });

  it("telephonyDetector: ringing is hold from the first ring to the last; speech alone is never hold", async () => {
    const ringing = joined(repeat(3, tone(2000, [440, 480], 0.3, RATE), still(4000)), say(3000, 75));
    const { hold } = await hear(ringing);
    assert.ok(hold.length === 1 && (hold[0]?.startMs ?? 99) < 100 && Math.abs((hold[0]?.endMs ?? 0) - 14_000) < 200, JSON.stringify(hold));
    assert.deepEqual((await hear(joined(say(12_000, 76), still(500)))).hold, []);
  });

  it("telephonyDetector: every key is found, also of 40 ms, on a noisy line and at the foot of the pitch tolerance; a voice presses none", async () => {
    const keys = [[697, 1209, 90], [770, 1336, 60], [852, 1477, 40], [941, 1633, 100], [697 * 1.015, 1633 * 0.985, 80], [941, 1209, 45]] as const;
    for (const offsetMs of [0, 7, 13]) {
      const line = joined(still(500 + offsetMs), ...keys.flatMap(([row, column, ms]) => [tone(ms, [row, column], 0.4, RATE), still(110)]), say(3000, 77));
      const { keyTones, speech } = await hear(mix(overTheLine(line), noise(4800, 0.004, 10, RATE)));
      assert.equal(keyTones.length, keys.length, JSON.stringify(keyTones));
      let at = 500 + offsetMs;
      for (const [i, [, , ms]] of keys.entries()) {
        assert.ok((keyTones[i]?.startMs ?? 1e9) <= at + 10 && (keyTones[i]?.endMs ?? 0) >= at + ms - 10, `${i}: ${at}…${at + ms} in ${JSON.stringify(keyTones)}`);
        at += ms + 110;
      }
      assert.ok((speech[0] ?? []).every((span) => span.startMs > at - 250), JSON.stringify(speech));
    }
    assert.deepEqual((await hear(say(20_000, 78))).keyTones, []);
  });

  it("findSpeech: an abort ends the reading with its reason", async () => {
    await inFolder(async (folder) => {
      await writeFile(join(folder, "a.pcm"), Buffer.alloc(64_000));
      const reason = new Error("stop");
      await assert.rejects(telephonyDetector.detect([join(folder, "a.pcm")], AbortSignal.abort(reason)), reason);
    });
  });

  it("telephonyDetector: speech across the border of two working windows is one stretch", async () => {
    const line = joined(still(116_000), say(8000, 61), still(4000));
    const [spans] = await detect(mix(line, noise(128_000, 0.0003, 6, RATE)));
    assert.ok((spans?.length ?? 0) <= 2 && lengthOf(spans) > 7800, JSON.stringify(spans));
    assert.ok((spans?.[0]?.startMs ?? 0) < 116_200 && (spans?.[0]?.endMs ?? 0) > 120_300, JSON.stringify(spans));
  });

  it("noiseFloor: follows the line within its window and ignores digital silence among noise", () => {
    const frames = Float32Array.from({ length: 3000 }, (_, i) => (i % 3 === 0 ? -100 : i < 1500 ? -60 : -40));
    const floors = noiseFloor(frames);
    assert.equal(floors.length, 60);
    assert.deepEqual([floors[0], floors[10], floors[50], floors[59]], [-60, -60, -40, -40]);
  });

  it("findSpeech: spans are sorted, apart, on the frame grid and inside the recording, for any frames", () => {
    const track = (count: number, seed: number): FrameTrack => {
      const random = chance(seed);
      let db = -60;
      return { energyDb: Float32Array.from({ length: count }, () => (db = Math.max(-100, Math.min(0, db + 24 * (random() - 0.5))))), tonalityDb: Uint8Array.from({ length: count }, () => 40 * random()), notes: Uint8Array.from({ length: count }, (_, i) => ((seed * i) % 700 < 350 ? 95 : 10)), keys: Uint8Array.from({ length: count }, (_, i) => (i % 97 < 5 ? 6 : 0)), peakDb: new Uint8Array(count) };
    };
    fc.assert(
      fc.property(fc.nat({ max: 1500 }), fc.integer({ min: 1, max: 1e6 }), fc.boolean(), (count, seed, isStereo) => {
        const tracks = isStereo ? [track(count, seed), track(count, seed + 1)] : [track(count, seed)];
        const frames: Frames = { tracks, ...(isStereo ? { likeness: Uint8Array.from({ length: count }, (_, i) => (i * 37) % 100) } : {}) };
        const { speech, hold, keyTones } = findSpeech(frames);
        assert.equal(speech.length, tracks.length);
        for (const [i, span] of [...hold.entries(), ...keyTones.entries()]) {
          assert.ok(Number.isInteger(span.startMs) && span.startMs < span.endMs && span.endMs <= count * 20);
          const before = hold[i] === span ? hold[i - 1] : keyTones[i - 1];
          assert.ok(span.startMs >= (before?.endMs ?? 0));
        }
        for (const spans of speech) {
          spans.forEach((span, i) => {
            assert.ok(span.startMs >= (spans[i - 1]?.endMs ?? -20) + 20 && span.startMs % 20 === 0 && span.endMs % 20 === 0);
            assert.ok(span.endMs - span.startMs >= 200 && span.endMs <= count * 20);
          });
        }
      }),
      { numRuns: 150 },
    );
  });

  it("findSpeech: the answer for a channel pair does not depend on which is left", () => {
    const build = (seed: number): FrameTrack => {
      const random = chance(seed);
      const energyDb = Float32Array.from({ length: 800 }, (_, i) => (Math.floor(i / (20 + (seed % 30))) % 2 === 0 ? -70 : -25 - 15 * random()));
      return { energyDb, tonalityDb: new Uint8Array(800), notes: new Uint8Array(800), keys: new Uint8Array(800), peakDb: new Uint8Array(800) };
    };
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e5 }), fc.integer({ min: 1, max: 1e5 }), (a, b) => {
        const likeness = new Uint8Array(800);
        const there = findSpeech({ tracks: [build(a), build(b)], likeness });
        const back = findSpeech({ tracks: [build(b), build(a)], likeness });
        assert.deepEqual(there.speech, back.speech.reverse());
        assert.deepEqual(there.hold, back.hold);
      }),
      { numRuns: 50 },
    );
  });
});
