// Digits keyed on a telephone during a call: their tones are gone from what people may hear, and nothing anywhere says which they were.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { callWav, SHORT_CALL } from "../support/call-audio.ts";
import { startTestAppliance, type TestAppliance } from "../support/in-process.ts";
import { findMediaTools } from "../../app/media/index.ts";
import { runProgram } from "../../app/platform/index.ts";

const RATE = 8000;
const KEYS_MS = [3000, 3200, 3400, 3600];

/** A call of 4 s whose customer presses 4 2 6 9 near the end. */
function withKeys(): Buffer {
  const wav = callWav(SHORT_CALL, 4000, 4711);
  const pairs = [[770, 1209], [697, 1336], [770, 1477], [852, 1477]] as const;
  KEYS_MS.forEach((startMs, k) => {
    for (let i = 0; i < 0.1 * RATE; i++) {
      const value = (pairs[k] ?? []).reduce((sum, hz) => sum + 6000 * Math.sin((2 * Math.PI * hz * i) / RATE), 0);
      wav.writeInt16LE(Math.round(value), 44 + (((startMs / 1000) * RATE + i) * 2 + 0) * 2);
    }
  });
  return wav;
}

describe("keyed digits", function () {
  this.timeout(120_000);
  let earshot: TestAppliance;
  before(async () => (earshot = await startTestAppliance()));
  after(() => earshot.end());

  it("are blanked in the rendition on both channels, counted in the ledger, and named nowhere", async () => {
    await earshot.upload(withKeys(), "keys.wav", { call_id: "keys", direction: "inbound" });
    const call = await earshot.finished("keys");
    assert.equal(call.status, "done", JSON.stringify(call.error));
    assert.match(call.ledger.find((line) => line.stage === "redact")?.detail ?? "", /4 × keys pressed; 0\.[4-6] s of sound blanked/);
    assert.ok((call.audio?.redacted_ms ?? 0) >= 400);

    const file = join(earshot.folder, "heard.flac");
    writeFileSync(file, Buffer.from(await (await earshot.get("/v1/calls/keys/audio")).arrayBuffer()));
    const { stdout } = await runProgram((await findMediaTools()).ffmpeg, ["-v", "error", "-i", file, "-f", "s16le", "-ar", String(RATE), "pipe:1"], { timeoutMs: 10_000 });
    for (const startMs of KEYS_MS) {
      const tone = stdout.subarray((startMs / 1000) * RATE * 4, ((startMs + 100) / 1000) * RATE * 4);
      assert.ok(tone.length === 3200 && tone.every((byte) => byte === 0), `the key at ${startMs} ms is audible`);
    }
    const voice = stdout.subarray(0.5 * RATE * 4, 1.2 * RATE * 4);
    assert.ok(voice.some((byte) => byte !== 0), "the voice is still there");
    assert.doesNotMatch(call.ledger.map((line) => line.detail).join(" | "), /4\W*2\W*6\W*9/);
  });
});
