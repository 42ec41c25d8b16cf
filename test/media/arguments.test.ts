// What ffmpeg and ffprobe are told, as data; and what the first bytes of a file say.
import assert from "node:assert/strict";
import { join } from "node:path";
import { readRiff } from "../../app/domain/index.ts";
import { decodeArguments, encodeArguments, probeArguments } from "../../app/media/ffmpeg-arguments.ts";
import { AUDIO_DECODERS, PROBE_DECODERS, rawFormatOfName } from "../../app/media/formats.ts";
import { findMediaTools } from "../../app/media/index.ts";
import { checkRiff } from "../../app/media/riff-check.ts";
import { sniff } from "../../app/media/sniff.ts";
import { isTruncated } from "../../app/media/prepare.ts";
import { noise, pcm, silence, wav } from "./sounds.ts";

const DECODERS = AUDIO_DECODERS.join(",");

describe("media: arguments", () => {
  it("decodeArguments: white-lists, demuxer and limit stand before -i; one pass writes both channels", () => {
    const plan = { input: { path: "/j/input.bin", demuxer: "wav", ignoreLength: true }, picks: [{ stream: 0, channel: 0 }, { stream: 0, channel: 1 }], sampleRateHz: 16_000, outputs: ["/j/0.pcm", "/j/1.pcm"], maxDurationMs: 60_500 };
    const bare = ["-vn", "-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1", "-fs", "2017536", "-f", "s16le"];
    const output = (i: number): string[] => ["-acodec", "pcm_s16le", "-ar", "16000", "-ac", "1", "-map", `[c${i}]`, ...bare, `file:/j/${i}.pcm`];
    assert.deepEqual(sorted(decodeArguments(plan)), sorted([
      ...["-nostdin", "-hide_banner", "-loglevel", "error", "-protocol_whitelist", "file", "-format_whitelist", "wav", "-codec_whitelist", DECODERS, "-f", "wav", "-ignore_length", "1", "-t", "60.500"],
      ...["-i", "file:/j/input.bin", "-y", "-filter_complex", "[0:a:0]pan=mono|c0=c0,aresample=16000[c0];[0:a:0]pan=mono|c0=c1,aresample=16000[c1]"],
      ...output(0),
      ...output(1),
    ]));
    const args = decodeArguments(plan);
    for (const option of ["-protocol_whitelist", "-format_whitelist", "-codec_whitelist", "-t"]) assert.ok(args.indexOf(option) >= 0 && args.indexOf(option) < args.indexOf("-i"), option);
    assert.ok(args.indexOf("-f") < args.indexOf("-i"));
    assert.equal(args.filter((arg) => arg === "-i").length, 1);
  });

  it("decodeArguments: headerless samples are told their rate and channels; two streams are kept in step", () => {
    const raw = decodeArguments({ input: { path: "/j/i", demuxer: "mulaw", rawFormat: "ulaw", ignoreLength: false }, picks: [{ stream: 0, channel: 0 }], sampleRateHz: 8000, outputs: ["/j/0"], maxDurationMs: 1000 });
    assert.match(raw.slice(0, raw.indexOf("-i")).join(" "), /-format_whitelist mulaw .*-f mulaw -ar 8000 -ac 1 -t 1\.000$/);
    const two = decodeArguments({ input: { path: "/j/i", demuxer: "mov", ignoreLength: false }, picks: [{ stream: 0, channel: 0 }, { stream: 1, channel: 0 }], sampleRateHz: 16_000, outputs: ["/j/0", "/j/1"], maxDurationMs: 1000 });
    assert.match(two[two.indexOf("-filter_complex") + 1] ?? "", /^\[0:a:0\].*:async=1:first_pts=0\[c0\];\[0:a:1\].*:async=1:first_pts=0\[c1\]$/);
  });

  it("decodeArguments: a path with blanks stays one argument", () => {
    const args = decodeArguments({ input: { path: "/a b/input.bin", demuxer: "wav", ignoreLength: false }, picks: [{ stream: 0, channel: 0 }], sampleRateHz: 8000, outputs: ["/a b/0.pcm"], maxDurationMs: 1000 });
    assert.ok(args.includes("file:/a b/input.bin") && args.includes("file:/a b/0.pcm"));
  });

  it("encodeArguments: raw samples in, FLAC out, nothing else may be opened", () => {
    const args = encodeArguments(["/j/a", "/j/b"], 8000, "/v/x.flac");
    assert.equal(args.filter((arg) => arg === "-format_whitelist").length, 2);
    assert.ok(args.includes("[0:a:0][1:a:0]join=inputs=2:channel_layout=stereo[out]"));
    assert.equal(args.at(-1), "file:/v/x.flac");
    assert.ok(!encodeArguments(["/j/a"], 8000, "/v/x.flac").includes("-filter_complex"));
  });

  it("probeArguments: JSON, and the same white-lists before -i", () => {
    const args = probeArguments({ path: "/j/input.bin", demuxer: "mp3", ignoreLength: false });
    assert.deepEqual(args.slice(2, 10), ["-protocol_whitelist", "file", "-format_whitelist", "mp3", "-codec_whitelist", PROBE_DECODERS.join(","), "-f", "mp3"]);
    assert.deepEqual(args.slice(-2), ["-i", "file:/j/input.bin"]);
    assert.equal(args[args.indexOf("-of") + 1], "json");
  });

  it("findMediaTools: absolute paths of both programs", async () => {
    const found = await findMediaTools();
    assert.ok(found.ffmpeg.startsWith("/") && found.ffmpeg === join(found.ffmpeg, "../ffmpeg") && found.ffprobe.endsWith("/ffprobe"));
  });

  it("rawFormatOfName: only extensions that mean one thing", () => {
    assert.deepEqual(["a.ulaw", "A.AL", "x.sln16", "a.g722"].map(rawFormatOfName), ["ulaw", "alaw", "sln16", "g722"]);
    assert.deepEqual(["a.raw", "a.pcm", "a.wav", "ulaw", ""].map(rawFormatOfName), [undefined, undefined, undefined, undefined, undefined]);
  });

  it("sniff: sound without header is unknown, not text and not MP3", () => {
    for (let seed = 1; seed < 40; seed++) assert.equal(sniff(pcm([noise(200, 0.6, seed)])).kind, "unknown");
    assert.equal(sniff(Buffer.alloc(4096, 0xff)).kind, "unknown"); // µ-law silence begins like an MPEG frame
    assert.equal(sniff(Buffer.alloc(4096, 0xd5)).kind, "unknown"); // A-law silence
    assert.equal(sniff(Buffer.alloc(0)).kind, "unknown");
  });

  it("checkRiff: growing until settled, empty when nothing follows, else how long it is", () => {
    const riff = readRiff(wav([silence(1000)]));
    assert.ok(riff);
    const size = 44 + 16_000;
    assert.deepEqual(checkRiff(riff, size, false), { kind: "sound", ignoreLength: false, declaredMs: 1000, heldMs: 1000 });
    assert.deepEqual(checkRiff(riff, 44 + 8000, false), { kind: "sound", ignoreLength: false, declaredMs: 1000, heldMs: 500 });
    assert.deepEqual(checkRiff(riff, 44, false), { kind: "empty" });
    assert.deepEqual(checkRiff({ ...riff, dataBytes: 0 }, 44, false), { kind: "empty" });
    assert.deepEqual(checkRiff({ ...riff, dataBytes: 0, riffBytes: 0 }, 44, false), { kind: "growing" });
    assert.deepEqual(checkRiff({ ...riff, dataBytes: 0, riffBytes: 0 }, size, true), { kind: "sound", ignoreLength: true, heldMs: 1000 });
    assert.deepEqual(checkRiff({ ...riff, formatTag: 0x55 }, size, true), { kind: "sound", ignoreLength: false });
    assert.deepEqual(checkRiff({ ...riff, bytesPerSecond: 0 }, size, true), { kind: "sound", ignoreLength: false });
  });

  it("isTruncated: more than 1 % and more than 50 ms", () => {
    assert.deepEqual([isTruncated(9900, 10_000), isTruncated(9899, 10_000), isTruncated(960, 1000), isTruncated(10_500, 10_000), isTruncated(1, undefined)], [false, true, false, false, false]);
  });
});

/** fluent-ffmpeg orders the options of one output by its own groups; what counts is that all are there. */
function sorted(args: readonly string[]): string[] {
  return [...args].sort();
}
