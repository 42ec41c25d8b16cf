// Another model while calls are heard: the real whisper.cpp, the starter model and a copy of it with one bit of another weight.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reloadWhenTold } from "../../app/cli/serve.ts";
import type { SpeechView } from "../../app/pipeline/index.ts";
import { freePort } from "../../app/speech/engine-client.ts";
import { installationRoot, programEnvironment, runProgram } from "../../app/platform/index.ts";
import { until } from "../support/appliance-process.ts";
import { callWav, SHORTEST_CALL } from "../support/call-audio.ts";
import { startTestAppliance, type TestAppliance } from "../support/in-process.ts";
import { BIN_DIR, MODEL_PATH, requireRealEngine } from "../speech/support.ts";

const hashOf = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

describe("pipeline: another speech model without a restart", () => {
  let appliance: TestAppliance;
  let root: string;
  let port: number; // the command line must know where the appliance listens
  const starter = { bytes: Buffer.alloc(0), sha256: "" };
  const other = { bytes: Buffer.alloc(0), sha256: "" };
  let seed = 100;

  const settings = (): Record<string, unknown> => ({ data_dir: join(root, "data"), http: { port }, speech: { engine_dir: join(root, "bin"), threads: 1 } });
  before(async function () {
    this.timeout(120_000);
    requireRealEngine();
    port = await freePort();
    root = mkdtempSync(join(tmpdir(), "earshot-switch-"));
    starter.bytes = readFileSync(MODEL_PATH);
    other.bytes = Buffer.from(starter.bytes);
    other.bytes.writeUInt8((other.bytes.at(-1) ?? 0) ^ 1, other.bytes.length - 1);
    for (const model of [starter, other]) model.sha256 = hashOf(model.bytes);
    // A server that dies whenever it is to load the model "crashes"; everything else is the real one.
    mkdirSync(join(root, "bin"));
    writeFileSync(join(root, "bin", "whisper-server"), `#!/bin/sh\ncase "$*" in *crashes*) kill -9 $$;; esac\nexec '${join(BIN_DIR, "whisper-server")}' "$@"\n`);
    chmodSync(join(root, "bin", "whisper-server"), 0o755);
    symlinkSync(join(BIN_DIR, "whisper-cli"), join(root, "bin", "whisper-cli"));
    for (const name of ["other", "crashes"]) {
      const folder = join(root, "data", "models", name);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `${name}.bin`), other.bytes);
      writeFileSync(join(folder, "model.json"), JSON.stringify({ name, kind: "speech", file: `${name}.bin`, sha256: other.sha256, licence: "MIT", languages: ["en"], windowMs: 1000 }));
    }
    appliance = await startTestAppliance(settings());
    await until("the starter model hears", 30_000, () => (appliance.appliance.parts.speech.state() === "ready" ? true : undefined));
  });
  after(async () => {
    await appliance.end();
    rmSync(root, { recursive: true, force: true });
  });

  const use = async (model: string | null): Promise<{ status: number; body: SpeechView & { code?: string; detail?: string } }> => {
    const response = await appliance.post("/v1/models/speech", { model });
    return { status: response.status, body: (await response.json()) as SpeechView };
  };
  const earshot = (...args: string[]) => runProgram(process.execPath, [join(installationRoot(), "dist", "app", "main.js"), ...args], { timeoutMs: 60_000, env: { ...programEnvironment(), EARSHOT_CONFIG: join(appliance.folder, "earshot.yaml") } });
  const heardBy = async (utterances = SHORTEST_CALL, meanwhile: () => Promise<unknown> = async () => undefined): Promise<unknown> => {
    const { call_id } = (await (await appliance.upload(callWav(utterances, 2000 + Math.max(...utterances.map((one) => one.startMs)), seed++), `c${seed}.wav`)).json()) as { call_id: string };
    await meanwhile();
    const call = await appliance.finished(call_id);
    assert.equal(call.status, "done", JSON.stringify(call.error));
    return { ...call.engines?.speech };
  };
  const STARTER = (): unknown => ({ engine: "whisper.cpp", model: "starter-en", sha256: starter.sha256 });
  const OTHER = (): unknown => ({ engine: "whisper.cpp", model: "other", sha256: other.sha256 });

  it("a call that has begun finishes with the model it began with, the next one gets the new one, and the old server is gone", async function () {
    this.timeout(120_000);
    const { speech } = appliance.appliance.parts;
    const { pid } = speech.status();
    const long = Array.from({ length: 3 }, (_, i) => ({ channel: (i % 2) as 0 | 1, startMs: 300 + i * 2500, lengthMs: 1500 }));
    const first = await heardBy(long, async () => {
      await until("its first window is heard", 30_000, () => (speech.status().windows > 0 ? true : undefined), 5);
      assert.equal((await use("other")).status, 200);
      assert.ok(existsSync(`/proc/${pid}`), "the call is still being heard by the old server");
    });
    assert.deepEqual(first, STARTER());
    await until("the old server is gone", 5000, () => (existsSync(`/proc/${pid}`) ? undefined : true));
    assert.deepEqual(await heardBy(), OTHER());
    assert.deepEqual((await use("other")).body, { engine: "whisper.cpp", model: "other", sha256: other.sha256, because: "choice", state: "ready", endpoints: [] });
  });

  it("a model that crashes, is not installed or is no model is not taken; the present one goes on and nothing of it stays", async function () {
    this.timeout(120_000);
    const { pid } = appliance.appliance.parts.speech.status();
    for (const [model, words] of [["crashes", /crashes was not taken, other goes on/], ["missing", /no speech model named/], [join(root, "bin", "whisper-server"), /not a ggml model/]] as const) {
      const { status, body } = await use(model);
      assert.deepEqual([status, body.code], [409, "SPEECH_SWITCH_FAILED"]);
      assert.match(body.detail ?? "", words);
    }
    assert.deepEqual([appliance.appliance.parts.speech.status().pid, appliance.appliance.parts.speech.state()], [pid, "ready"]);
    const events = appliance.appliance.parts.db.prepare("SELECT event FROM events").all().map((row) => (JSON.parse((row as { event: string }).event)) as { action: string; outcome: string; object: { id: string } }).filter((event) => event.action === "speech.model_changed");
    assert.deepEqual(events.map((event) => [event.object.id, event.outcome]).slice(0, 3), [["other", "ok"], ["other", "ok"], ["crashes", "failed"]]);
  });

  it("the choice holds after a restart, and the command line goes back to the setting", async function () {
    this.timeout(120_000);
    await appliance.stop();
    appliance = await startTestAppliance(settings());
    assert.deepEqual(await heardBy(), OTHER());
    const used = await earshot("models", "use");
    assert.deepEqual([used.exitCode, used.stdout.toString().trim()], [0, `starter-en\t${starter.sha256}`], used.stderr);
    assert.equal(appliance.appliance.parts.speech.identity.model, "starter-en");
    assert.equal(existsSync(join(root, "data", "speech-model.json")), false);
    const refused = await earshot("models", "use", "crashes");
    assert.equal(refused.exitCode, 1);
    assert.match(refused.stderr, /crashes was not taken, starter-en goes on.*SPEECH_SWITCH_FAILED/);
  });

  it("SIGHUP reads the settings again: a changed model is taken, the same one is left alone, a wrong one changes nothing", async function () {
    this.timeout(120_000);
    const { speech } = appliance.appliance.parts;
    const { config } = appliance.appliance;
    let model = "starter-en";
    let reads = 0;
    const end = reloadWhenTold({ appliance: appliance.appliance }, () => {
      reads++;
      return { ...config, speech: { ...config.speech, model } };
    });
    try {
      const { pid } = speech.status();
      process.kill(process.pid, "SIGHUP");
      await until("the settings were read", 5000, () => (reads === 1 ? true : undefined));
      model = "other";
      process.kill(process.pid, "SIGHUP");
      await until("the other model hears", 20_000, () => (speech.identity.model === "other" ? true : undefined));
      assert.notEqual(speech.status().pid, pid);
      model = "missing";
      process.kill(process.pid, "SIGHUP");
      await until("the settings were read", 5000, () => (reads === 3 ? true : undefined));
      assert.deepEqual([speech.identity.model, speech.state()], ["other", "ready"]);
    } finally {
      end();
    }
  });
});
