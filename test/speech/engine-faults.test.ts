// Faults that the real server shows too rarely: a fake one crashes, hangs and lies on demand.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../app/domain/index.ts";
import { requestFields, type WhisperEngineOptions } from "../../app/speech/index.ts";
import { engineFor, fakePrograms, isAlive, MODEL_PATH, patience, requireRealEngine, temporaryFolder, until, voice, type Behaviour } from "./support.ts";

const CLI_HEARS = `while [ $# -gt 0 ]; do case "$1" in -of) out="$2"; shift;; esac; shift; done
echo '{"result":{"language":"en"},"transcription":[{"offsets":{"from":0,"to":900},"tokens":[{"text":" cli","offsets":{"from":0,"to":900},"p":0.8}]}]}' > "$out.json"`;
const ask = { language: "en", signal: patience() };
const pcm = voice(1500);

describe("speech/engine with programs that fail", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let behave: (behaviour: Behaviour) => Promise<void>;
  let engine: ReturnType<typeof engineFor>;

  before(requireRealEngine);
  beforeEach(async () => (folder = await temporaryFolder()));
  afterEach(async () => {
    await engine.stop();
    await folder.remove();
  });

  /** @param cli script of whisper-cli; none when absent */
  async function prepare(cli?: string, changes: Partial<WhisperEngineOptions> = {}): Promise<void> {
    behave = await fakePrograms(folder.path, cli);
    const times = { backoffMs: 5, watchdogMs: 3000, startTimeoutMs: 5000, ...changes.times };
    engine = engineFor(join(folder.path, "work"), { binDir: folder.path, modelPath: MODEL_PATH, worstSpeed: 0.001, ...changes, times });
  }
  const text = async (): Promise<string | undefined> => (await engine.transcribeWindow(pcm, ask)).segments[0]?.tokens[0]?.text;

  it("transcribeWindow: asks with exactly the fields that were agreed, and a whole WAV", async () => {
    await prepare();
    assert.equal(await text(), " hello");
    const asked = JSON.parse(await readFile(join(folder.path, "request.json"), "utf8"));
    assert.deepEqual(asked, { fields: requestFields("en"), wavBytes: pcm.length + 44, hasWav: true });
    assert.deepEqual([asked.fields.max_len, asked.fields.temperature_inc, asked.fields.max_context, asked.fields.no_language_probabilities], ["4096", "0.0", "0", "true"]);
    await engine.transcribeWindow(pcm, { language: "klingon", signal: patience() });
    assert.equal(JSON.parse(await readFile(join(folder.path, "request.json"), "utf8")).fields.language, "auto", "an unknown code would be decoded as garbage");
  });

  it("transcribeWindow: windows asked at the same time are sent one after the other", async () => {
    await prepare();
    const heard = await Promise.all([1, 2, 3, 4].map(() => engine.transcribeWindow(pcm, ask)));
    assert.equal(heard.length, 4); // the fake refuses a second request while one runs
    assert.deepEqual([engine.status().windows, engine.status().pending, engine.status().restarts], [4, 0, 0]);
  });

  it("transcribeWindow: one that waits gives up at once when aborted, those before and behind it are heard", async () => {
    await prepare();
    const stop = new AbortController();
    const first = engine.transcribeWindow(pcm, ask);
    const second = engine.transcribeWindow(pcm, { language: "en", signal: stop.signal });
    const third = engine.transcribeWindow(pcm, ask);
    stop.abort(new Error("not any more"));
    await assert.rejects(second, /not any more/);
    await Promise.all([first, third]);
  });

  for (const [request, code] of [["500", "SPEECH_ENGINE_FAILED"], ["die", "SPEECH_ENGINE_FAILED"], ["garbage", "SPEECH_OUTPUT_INVALID"], ["wrong_shape", "SPEECH_OUTPUT_INVALID"], ["endless", "SPEECH_ENGINE_FAILED"]] as const) {
    it(`transcribeWindow: ${code}, retry later, and a fresh server when the answer is: ${request}`, async () => {
      await prepare();
      await engine.start();
      const { pid } = engine.status();
      assert.ok(pid);
      await behave({ request });
      await assert.rejects(text(), (error: unknown) => error instanceof AppError && error.code === code && error.retry === "later" && !JSON.stringify([error.message, error.details]).includes("secret"));
      assert.ok(!isAlive(pid));
      await behave({});
      assert.equal(await text(), " hello");
      assert.equal(engine.status().restarts, 1);
    });
  }

  it("watchdog: SPEECH_TIMEOUT when no answer comes in the time that the length of the sound allows", async () => {
    await prepare(undefined, { worstSpeed: 0.1, times: { watchdogMs: 100, fixedAudioMs: 500 } });
    await behave({ request: "hang" });
    await engine.start();
    const startedAt = Date.now();
    await assert.rejects(text(), (error: unknown) => error instanceof AppError && error.code === "SPEECH_TIMEOUT" && error.details["limitMs"] === 300);
    assert.ok(Date.now() - startedAt >= 290 && Date.now() - startedAt < 3000);
    await behave({});
    assert.equal(await text(), " hello");
  });

  for (const start of ["crash", "exit0"] as const) {
    it(`fall-back: whisper-cli takes over after three starts that end in ${start}, and the server is tried again later`, async () => {
      await prepare(CLI_HEARS, { times: { fallbackMs: 1500 } });
      await behave({ start });
      assert.equal(await text(), " cli");
      assert.equal(engine.state(), "degraded");
      assert.equal(engine.status().lastError?.code, "SPEECH_ENGINE_FAILED");
      await behave({});
      await until("the fall-back is over", () => engine.state() === "down");
      assert.equal(await text(), " hello");
      assert.equal(engine.state(), "ready");
    });
  }

  it("fall-back: a server that starts well and dies on every window is given up too", async () => {
    await prepare(CLI_HEARS);
    await behave({ request: "die" });
    for (let i = 0; i < 3; i++) await assert.rejects(text(), { code: "SPEECH_ENGINE_FAILED" });
    assert.equal(await text(), " cli");
  });

  it("start: SPEECH_ENGINE_FAILED with what the server complained about when it does not stay up and there is no whisper-cli", async () => {
    await prepare();
    await behave({ start: "crash" });
    await assert.rejects(engine.start(), (error: unknown) => error instanceof AppError && error.code === "SPEECH_ENGINE_FAILED" && error.details["exitCode"] === 1 && JSON.stringify(error.details).includes("out of memory"));
  });

  it("start: SPEECH_TIMEOUT when the server never gets ready; the process is gone", async () => {
    await prepare(undefined, { times: { startTimeoutMs: 150, maxFailures: 1 } });
    await behave({ start: "never" });
    await assert.rejects(engine.start(), { code: "SPEECH_TIMEOUT" });
    assert.deepEqual((await readdir(join(folder.path, "work"))).filter((name) => name.endsWith(".json")), []);
  });

  it("start: SPEECH_MODEL_MISSING at the first exit with code 3, because another start would not help", async () => {
    await prepare(CLI_HEARS);
    await behave({ start: "bad_model" });
    await assert.rejects(engine.start(), { code: "SPEECH_MODEL_MISSING", retry: "after_fix" });
    assert.equal(engine.status().restarts, 0);
  });

  it("start: SPEECH_ENGINE_MISSING when neither program is there", async () => {
    engine = engineFor(join(folder.path, "work"), { binDir: folder.path });
    await assert.rejects(engine.start(), (error: unknown) => error instanceof AppError && error.code === "SPEECH_ENGINE_MISSING" && error.message.includes("npm run setup"));
  });

  for (const [what, script, code] of [
    ["ends with 0 and writes nothing", "exit 0", "SPEECH_ENGINE_FAILED"],
    ["crashes", "kill -SEGV $$", "SPEECH_ENGINE_FAILED"],
    ["does not like the model", "exit 3", "SPEECH_MODEL_MISSING"],
    ["writes half an answer", CLI_HEARS.replace(/"tokens".*/, "' > \"$out.json\""), "SPEECH_OUTPUT_INVALID"],
    ["hangs", "sleep 30", "SPEECH_TIMEOUT"],
  ] as const) {
    it(`whisper-cli: ${code} when it ${what}, and nothing is left behind`, async () => {
      await prepare(script, { mode: "cli", times: { watchdogMs: code === "SPEECH_TIMEOUT" ? 100 : 3000 } });
      await assert.rejects(text(), { code });
      assert.deepEqual(await readdir(join(folder.path, "work")), []);
    });
  }
});
