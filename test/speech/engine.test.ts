// The real whisper-server and whisper-cli with the starter model: what they hear is not judged, that they hear and stay in hand is.
import assert from "node:assert/strict";
import { access, cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { extname, join } from "node:path";
import { AppError } from "../../app/domain/index.ts";
import { runProgram, startProgram, stopGroup } from "../../app/platform/index.ts";
import { identifyModel, serverArguments, transcribeCall, type ModelCache, type RawWindow } from "../../app/speech/index.ts";
import { BIN_DIR, engineFor, FIXTURES, isAlive, MODEL_PATH, patience, requireRealEngine, spoken, temporaryFolder, until, voice } from "./support.ts";

function assertWindow(heard: RawWindow, durationMs: number): void {
  assert.equal(heard.language, "en");
  assert.ok(heard.segments.length > 0, "a voice gives at least one segment");
  for (const segment of heard.segments) {
    assert.ok(segment.startMs >= 0 && segment.startMs <= segment.endMs && segment.endMs <= Math.max(durationMs, 30_000));
    for (const token of segment.tokens) {
      const { probability = -1 } = token;
      assert.ok(token.endMs >= token.startMs && probability >= 0 && probability <= 1);
      assert.ok(!token.text.startsWith("[_"));
    }
  }
}

const alsoAsEnglish = { language: "en", signal: patience() };

describe("speech/engine with the real whisper.cpp", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let engine: ReturnType<typeof engineFor>;
  const pcm = spoken();

  before(async function () {
    requireRealEngine();
    folder = await temporaryFolder();
    engine = engineFor(join(folder.path, "main"));
    assert.equal(engine.state(), "stopped");
    await engine.start();
  });
  after(async () => {
    await engine.stop();
    await folder.remove();
  });

  it("start: waits until the server hears; it listens on loopback only, behind a path of 256 random bits, and hands out no files", async () => {
    assert.equal(engine.state(), "ready");
    const args = (await readFile(`/proc/${engine.status().pid}/cmdline`, "utf8")).split("\0");
    const argument = (name: string): string => args[args.indexOf(name) + 1] ?? "";
    assert.equal(argument("--host"), "127.0.0.1");
    assert.equal(argument("-p"), "1");
    assert.match(argument("--request-path"), /^\/[0-9a-f]{64}$/);
    assert.deepEqual(await readdir(argument("--public")), []);
    const bare = await fetch(`http://127.0.0.1:${argument("--port")}/health`);
    assert.equal(bare.status, 404);
  });

  it("transcribeWindow: server and whisper-cli hear the same in the same window", async () => {
    const cli = engineFor(join(folder.path, "cli"), { mode: "cli" });
    try {
      const [fromServer, fromCli] = [await engine.transcribeWindow(pcm, alsoAsEnglish), await cli.transcribeWindow(pcm, alsoAsEnglish)];
      assertWindow(fromServer, 4000);
      const shape = (heard: RawWindow): unknown => heard.segments.map((segment) => [segment.startMs, segment.endMs, segment.tokens.map((token) => [token.text, token.startMs, token.endMs, Math.round((token.probability ?? -1) * 100)])]);
      assert.deepEqual(shape(fromCli), shape(fromServer));
      assert.equal(cli.state(), "degraded");
      assert.deepEqual(await readdir(join(folder.path, "cli")), [], "no sound and no text is left behind");
    } finally {
      await cli.stop();
    }
  });

  it("transcribeWindow: a window is not coloured by the one before it, and a very short one is no error", async () => {
    const alone = await engine.transcribeWindow(pcm, alsoAsEnglish);
    await engine.transcribeWindow(voice(2000, 0.8), alsoAsEnglish);
    assert.deepEqual(await engine.transcribeWindow(pcm, alsoAsEnglish), alone);
    await engine.transcribeWindow(voice(40), { language: "auto", signal: patience() });
    await assert.rejects(engine.transcribeWindow(Buffer.alloc(31_000 * 32), alsoAsEnglish), RangeError);
  });

  it("transcribeCall: digital silence that was taken for speech gives no turns", async () => {
    const pcmPath = join(folder.path, "silence.pcm");
    await writeFile(pcmPath, Buffer.alloc(6000 * 32));
    const result = await transcribeCall({ channels: [{ index: 0, pcmPath, speech: [{ startMs: 500, endMs: 5500 }] }], speakers: { 0: "customer", 1: "agent" }, language: "en", engine, signal: patience() });
    assert.deepEqual(result.turns, []);
    assert.equal(result.windows, 1);
  });

  it("restarts: a server that was killed while idle is back by itself", async () => {
    const { pid } = engine.status();
    assert.ok(pid);
    process.kill(pid, "SIGKILL");
    await until("another server hears", () => engine.state() === "ready" && engine.status().pid !== pid);
    assertWindow(await engine.transcribeWindow(pcm, alsoAsEnglish), 4000);
    assert.ok(engine.status().restarts >= 1);
  });

  it("transcribeWindow: SPEECH_ENGINE_FAILED when the server is killed in the middle, and the next window is heard", async () => {
    const { pid } = engine.status();
    assert.ok(pid);
    const asked = engine.transcribeWindow(voice(20_000), alsoAsEnglish);
    setTimeout(() => process.kill(pid, "SIGKILL"), 100);
    await assert.rejects(asked, (error: unknown) => error instanceof AppError && error.code === "SPEECH_ENGINE_FAILED" && error.retry === "later");
    assertWindow(await engine.transcribeWindow(pcm, alsoAsEnglish), 4000);
  });

  it("transcribeWindow: gives up at once when aborted, and the server goes on with the next window", async () => {
    const { pid } = engine.status();
    const stop = new AbortController();
    const asked = engine.transcribeWindow(voice(20_000), { language: "en", signal: stop.signal });
    setTimeout(() => stop.abort(new Error("enough")), 100);
    const startedAt = Date.now();
    await assert.rejects(asked, /enough/);
    assert.ok(Date.now() - startedAt < 1000);
    assertWindow(await engine.transcribeWindow(pcm, alsoAsEnglish), 4000);
    assert.equal(engine.status().pid, pid, "it was not restarted");
  });

  it("watchdog: a server that hangs is killed, reported as SPEECH_TIMEOUT and replaced", async () => {
    const watched = engineFor(join(folder.path, "watched"), { worstSpeed: 0.01, times: { watchdogMs: 300 } });
    try {
      await watched.start();
      const { pid } = watched.status();
      assert.ok(pid);
      process.kill(pid, "SIGSTOP"); // as hung as a process can be
      await assert.rejects(watched.transcribeWindow(pcm, alsoAsEnglish), (error: unknown) => error instanceof AppError && error.code === "SPEECH_TIMEOUT" && error.retry === "later");
      assert.ok(!isAlive(pid));
      await until("another server hears", () => watched.state() === "ready" && watched.status().pid !== pid);
      assert.equal(watched.status().lastError?.code, "SPEECH_TIMEOUT");
    } finally {
      await watched.stop();
    }
  });

  it("stop: leaves no process, rejects what waits with SHUTTING_DOWN, and may be started again", async () => {
    const stopped = engineFor(join(folder.path, "stopped"));
    await stopped.start();
    const { pid } = stopped.status();
    assert.ok(pid);
    const waiting = [stopped.transcribeWindow(voice(20_000), alsoAsEnglish), stopped.transcribeWindow(pcm, alsoAsEnglish)].map((asked) => assert.rejects(asked, { code: "SHUTTING_DOWN" }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await stopped.stop();
    await Promise.all(waiting);
    assert.ok(!isAlive(pid));
    assert.equal(stopped.state(), "stopped");
    await assert.rejects(stopped.transcribeWindow(pcm, alsoAsEnglish), { code: "SHUTTING_DOWN" });
    await stopped.start();
    assert.equal(stopped.state(), "ready");
    await stopped.stop();
  });

  it("orphans: a server whose appliance was killed without mercy does not survive the next start", async () => {
    const workDir = join(folder.path, "orphan");
    const extension = extname(import.meta.url);
    const modules = ["speech", "platform"].map((room) => new URL(`../../app/${room}/index${extension}`, import.meta.url).href);
    const options = { binDir: BIN_DIR, modelPath: MODEL_PATH, threads: 1, worstSpeed: 10, workDir };
    const died = await runProgram(process.execPath, [...process.execArgv, join(FIXTURES, "start-and-die.mjs"), ...modules, JSON.stringify(options)], { timeoutMs: 20_000 });
    assert.equal(died.signal, "SIGKILL", died.stderr);
    const pid = Number(died.stdout.toString());
    assert.ok(pid > 1);
    const next = engineFor(workDir);
    await next.start();
    try {
      await until("the orphan is gone", () => !isAlive(pid) || next.status().pid === pid, 2000);
    } finally {
      await next.stop();
    }
  });

  it("orphans: a server that is on record and still runs is ended before another one is started", async () => {
    const workDir = join(folder.path, "recorded");
    await mkdir(join(workDir, "public"), { recursive: true });
    const requestPath = `/${"a1".repeat(32)}`;
    const args = serverArguments({ modelPath: MODEL_PATH, threads: 1, publicDir: join(workDir, "public"), address: { port: 0, requestPath } });
    const orphan = startProgram(join(BIN_DIR, "whisper-server"), args, { cwd: workDir });
    orphan.stdout?.resume();
    orphan.stderr?.resume();
    await writeFile(join(workDir, "whisper-server.json"), JSON.stringify({ pid: orphan.pid, requestPath }));
    const next = engineFor(workDir);
    await next.start();
    try {
      await until("the orphan is gone", () => orphan.signalCode !== null || orphan.exitCode !== null, 3000);
      assert.equal(orphan.signalCode, "SIGKILL");
    } finally {
      await next.stop();
      await stopGroup(orphan, 0);
    }
  });

  it("orphans: a stranger that got the process id of an old server is left alone", async () => {
    const workDir = join(folder.path, "stranger");
    await mkdir(workDir, { recursive: true });
    const stranger = startProgram("sleep", ["20"]);
    const { pid } = stranger;
    assert.ok(pid);
    await writeFile(join(workDir, "whisper-server.json"), JSON.stringify({ pid, requestPath: `/${"0".repeat(64)}` }));
    const next = engineFor(workDir);
    await next.start();
    await next.stop();
    assert.ok(isAlive(pid));
    await assert.rejects(access(join(workDir, "whisper-server.json")), "a stopped engine leaves no record");
    await stopGroup(stranger, 0);
  });

  it("start: SPEECH_MODEL_MISSING when the model is not there, no model, or cut off, each mended without a restart", async () => {
    const path = join(folder.path, "ggml-test-model.bin");
    const strict = engineFor(join(folder.path, "strict"), { modelPath: path });
    try {
      await assert.rejects(strict.start(), (error: unknown) => error instanceof AppError && error.code === "SPEECH_MODEL_MISSING" && error.retry === "after_fix" && error.message.includes(path));
      assert.equal(strict.state(), "down");
      await writeFile(path, "this is a text");
      await assert.rejects(strict.transcribeWindow(pcm, alsoAsEnglish), { code: "SPEECH_MODEL_MISSING" });
      await writeFile(path, (await readFile(MODEL_PATH)).subarray(0, 3_000_000));
      await assert.rejects(strict.start(), { code: "SPEECH_MODEL_MISSING" });
      await cp(MODEL_PATH, path);
      assertWindow(await strict.transcribeWindow(pcm, alsoAsEnglish), 4000);
    } finally {
      await strict.stop();
    }
  });
});

describe("speech/identify-model", () => {
  it("identifyModel: name, hash, size and languages; hashed once while the file stays the same", async () => {
    requireRealEngine();
    const folder = await temporaryFolder();
    try {
      const path = join(folder.path, "ggml-base.en-q5_1.bin");
      const content = (await readFile(MODEL_PATH)).subarray(0, 100_000);
      await writeFile(path, content);
      const cache: ModelCache = new Map();
      const first = await identifyModel(path, cache);
      assert.deepEqual(first, { name: "base.en-q5_1", sha256: createHash("sha256").update(content).digest("hex"), sizeBytes: 100_000, multilingual: false });
      assert.equal(await identifyModel(path, cache), first);
      content.writeInt32LE(51_865, 4);
      await writeFile(path, content.subarray(0, 90_000));
      const second = await identifyModel(path, cache);
      assert.notEqual(second.sha256, first.sha256);
      assert.equal(second.multilingual, true);
    } finally {
      await folder.remove();
    }
  });
});
