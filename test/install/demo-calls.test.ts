// The sample calls are what their descriptions say: a demo that shows something else would mislead.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { installationRoot } from "../../app/platform/index.ts";

interface Description {
  title: string;
  file: string;
  arrives: string;
  call_id: string;
  file_name?: string;
  started_at: string;
  encoding: string;
  duration_ms: number;
  channel_map: Record<string, string> | null;
  said: { speaker: string; start_ms: number; end_ms: number; text: string }[];
}

const folder = join(installationRoot(), "scripts", "demo", "calls");
const calls = readdirSync(folder).filter((name) => name.endsWith(".json")).map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Description);
const CODECS: Record<string, { codec: string; channels: number }> = {
  "wav-pcm16": { codec: "pcm_s16le", channels: 2 },
  "wav-mulaw": { codec: "pcm_mulaw", channels: 2 },
  "ogg-opus": { codec: "opus", channels: 2 },
  mp3: { codec: "mp3", channels: 2 },
  flac: { codec: "flac", channels: 2 },
  "wav-gsm-mono": { codec: "gsm_ms", channels: 1 },
};

describe("the sample calls", () => {
  it("show every way in, six encodings, and one recording that does not keep the parties apart", () => {
    assert.deepEqual([...new Set(calls.map((call) => call.arrives))].sort(), ["folder", "freeswitch", "upload", "webhook"]);
    assert.deepEqual(calls.map((call) => call.encoding).sort(), Object.keys(CODECS).sort());
    assert.deepEqual(calls.filter((call) => call.channel_map === null).map((call) => call.encoding), ["wav-gsm-mono"]);
  });

  for (const call of calls) {
    it(`${call.file} has the sound that its description says`, () => {
      const words = ["-v", "error", "-of", "json", "-show_entries", "stream=codec_name,channels,sample_rate:format=duration", `file:${join(folder, call.file)}`];
      const probed = JSON.parse(execFileSync("ffprobe", words, { encoding: "utf8" })) as { streams: { codec_name: string; channels: number; sample_rate: string }[]; format: { duration: string } };
      const stream = probed.streams[0];
      assert.deepEqual({ codec: stream?.codec_name, channels: stream?.channels }, CODECS[call.encoding]);
      assert.ok(call.encoding === "ogg-opus" || stream?.sample_rate === "8000"); // Opus always says 48 kHz
      assert.ok(Math.abs(Number(probed.format.duration) * 1000 - call.duration_ms) < 150, `${probed.format.duration} s, ${call.duration_ms} ms`);
      assert.ok(call.duration_ms >= 28_000 && call.duration_ms <= 60_000);
    });

    it(`${call.file}: what is said lies in the recording, in order, by two voices`, () => {
      for (const [i, turn] of call.said.entries()) {
        assert.ok(turn.start_ms < turn.end_ms && turn.end_ms <= call.duration_ms, turn.text);
        assert.ok(turn.start_ms >= (call.said[i - 1]?.start_ms ?? 0), turn.text);
      }
      assert.deepEqual([...new Set(call.said.map((turn) => turn.speaker))].sort(), ["agent", "customer"]);
    });
  }

  it("talk over each other somewhere, and read out a test card and its code", () => {
    assert.ok(calls.some((call) => call.said.some((turn, i) => turn.start_ms < (call.said[i - 1]?.end_ms ?? 0))));
    const payment = calls.find((call) => call.arrives === "freeswitch");
    const digits = payment?.said.filter((turn) => turn.speaker === "customer").map((turn) => turn.text).join(" ");
    assert.match(digits ?? "", /four one one one, one one one one.*one one one one, one one one one/);
    assert.ok(payment?.said.some((turn) => /security code/.test(turn.text)));
  });

  it("carry in their names the time at which they began", () => {
    for (const call of calls.filter((one) => one.arrives === "folder")) {
      const epoch = Date.parse(call.started_at) / 1000;
      assert.equal(call.call_id.split(".")[0], String(epoch));
      assert.ok(call.file_name?.includes(`-${call.call_id}.`), call.file_name);
    }
  });

  it("are small", () => {
    const total = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    assert.ok(total < 2_600_000, `${total} bytes`);
  });
});
