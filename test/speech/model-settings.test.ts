// What the store says of a model is what both of the engine's programs are asked for.
import assert from "node:assert/strict";
import { cliArguments, engineSettings, requestFields, windowLimits } from "../../app/speech/index.ts";

describe("speech/model settings", () => {
  const asked = (entry: Parameters<typeof engineSettings>[0]) => {
    const settings = engineSettings(entry);
    const { audio_ctx } = requestFields("en", settings);
    const cli = cliArguments({ modelPath: "m", threads: 1, wavPath: "w", outBase: "o", language: "en", settings });
    return { audio_ctx, ac: cli[cli.lastIndexOf("-ac") + 1] };
  };

  it("a model that says nothing is decoded over whole windows", () => {
    assert.deepEqual(asked({}), { audio_ctx: undefined, ac: "-m" });
  });
  it("a shorter look reaches the server and the program alike", () => {
    assert.deepEqual(asked({ audioContextMs: 15_360 }), { audio_ctx: "768", ac: "768" });
    assert.equal(windowLimits({ windowMs: 20_000, audioContextMs: 15_360 }).maxWindowMs, 15_360);
  });
});
