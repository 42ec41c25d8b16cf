// A recording with both parties on one channel, from the upload to the API, the page and the terminal.
import assert from "node:assert/strict";
import { callViewSchema, wavHeader, type CallView } from "../../app/domain/index.ts";
import { renderCall } from "../../app/cli/render-call.ts";
import { startTestAppliance, type TestAppliance } from "../support/in-process.ts";
import { channelOfSampleCall, monoSampleCall } from "../support/mono-calls.ts";

const wav = (pcm: Buffer): Buffer => Buffer.concat([wavHeader(pcm.length, 16_000, 1), pcm]);

describe("e2e: both parties on one channel", function () {
  this.timeout(120_000);
  let earshot: TestAppliance;
  let call: CallView;
  before(async () => {
    earshot = await startTestAppliance();
    await earshot.upload(wav(monoSampleCall("double-charge").pcm), "mono.wav", { call_id: "mono", direction: "inbound" });
    await earshot.upload(wav(channelOfSampleCall("double-charge", 0)), "voicemail.wav", { call_id: "voicemail", direction: "inbound" });
    call = await earshot.finished("mono").catch(() => earshot.finished("mono")); // a busy machine may take more than its minute
  });
  after(() => earshot.end());

  it("the voices are told apart, and every turn says which voice it is, whether or not it is known whose", () => {
    callViewSchema.parse(call);
    assert.equal(call.status, "done", JSON.stringify(call.error));
    assert.deepEqual([call.speaker_source, call.audio?.speaker_source, call.audio?.layout, call.audio?.channel_map], ["diarised", "diarised", "mono", null]);
    assert.ok((call.audio?.separation?.confidence ?? 0) > 0.6);
    assert.deepEqual([...new Set(call.turns.map((turn) => turn.voice))].sort(), [1, 2]);
    assert.equal(call.turns[0]?.voice, 1);
    const roles = call.audio?.separation?.roles ?? null;
    for (const turn of call.turns) assert.equal(turn.speaker, roles === null ? "unknown" : roles[String(turn.voice)]);
  });

  it("turns lie where the sentences of their party were said", () => {
    const { said } = monoSampleCall("double-charge");
    const agent = 1; // the agent greets
    const isRight = (turn: CallView["turns"][number]): boolean => {
      const middle = (turn.start_ms + turn.end_ms) / 2;
      const sentence = said.find((one) => one.start_ms <= middle && middle <= one.end_ms);
      return sentence === undefined || (sentence.speaker === "agent") === (turn.voice === agent);
    };
    const wrong = call.turns.filter((turn) => !isRight(turn));
    assert.ok(wrong.length <= 1, JSON.stringify(wrong));
  });

  it("what needs channels is not measurable, and the page and the terminal say how the voices were told apart", async () => {
    assert.equal(call.metrics?.interruptions, null);
    assert.equal(call.metrics?.overtalk_ms, null);
    assert.match(renderCall(call), /told apart by their voices \(two voices, confidence 0\.\d\d\)/);
    assert.match(call.ledger.find((line) => line.stage === "prepare" && line.status === "done")?.detail ?? "", /two voices, confidence/);
  });

  it("one voice alone stays one: no turn claims a voice", async () => {
    const voicemail = await earshot.finished("voicemail");
    assert.deepEqual([voicemail.speaker_source, voicemail.audio?.separation?.reason], ["none", voicemail.audio?.separation?.reason]);
    assert.ok((voicemail.audio?.separation?.confidence ?? 1) < 0.5);
    for (const turn of voicemail.turns) assert.deepEqual([turn.speaker, turn.voice], ["unknown", undefined]);
  });
});
