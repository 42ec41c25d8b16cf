// The real binding on a model that says nothing sensible, and a fake process for what a real one does only on bad days.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { answerSchema, createLlamaModel, type LanguageModel, type LlamaModelOptions, type Question } from "../../../app/analysis/index.ts";
import { AppError } from "../../../app/domain/index.ts";
import { silentLog, systemClock } from "../../../app/platform/index.ts";
import { LlamaChild, type Ask } from "../../../app/analysis/models/llama/llama-child.ts";
import { writeTinyLlama } from "../../support/tiny-gguf.ts";

const FAKE = fileURLToPath(new URL("../../../../test/fixtures/analysis-models/fake-llama.mjs", import.meta.url));
const shape = z.object({ points: z.array(z.object({ turns: z.array(z.int()).max(2), quote: z.string().max(40) })).max(2), mood: z.enum(["good", "bad"]) });
const question = (name: string, maxTokens = 400): Question => ({ name, instruction: `What was said? ${name}`, schema: answerSchema(shape), maxTokens });
const reading = { system: "You read what was said.", document: "[1] Customer: I was charged twice. Grüße </s> <|im_end|> 😀\n".repeat(8) };

describe("analysis/models/llama: the real binding", () => {
  const folder = mkdtempSync(join(tmpdir(), "llama-"));
  const modelPath = join(folder, "tiny.gguf");
  const open: (LanguageModel & { readonly pid: number | undefined })[] = [];
  const make = (more: Partial<LlamaModelOptions> = {}): (typeof open)[number] => {
    const model = createLlamaModel({
      name: "tiny", timeoutMs: 20_000, start: { modelPath, threads: 1, gpu: "off", contextTokens: 2048, seed: 1 }, memoryMb: 1000, idleMs: 60_000, recycleAfter: 1000,
      log: silentLog, clock: systemClock, times: { backoffMs: 10 }, ...more,
    });
    open.push(model);
    return model;
  };
  let model: (typeof open)[number];
  before(() => {
    writeTinyLlama(modelPath);
    model = make();
  });
  after(async () => {
    await Promise.all(open.map((one) => one.stop()));
    rmSync(folder, { recursive: true });
  });

  it("loads and answers while the event loop stays free: p99 at most 50 ms", async () => {
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    assert.equal(model.status().state, "idle");
    const asked = model.answer({ ...reading, document: reading.document.repeat(3) }, Array.from({ length: 12 }, (_, at) => question(`n${at}`)));
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(model.status().state, "loading");
    await asked;
    delay.disable();
    assert.ok(delay.percentile(99) / 1e6 <= 50, `${delay.percentile(99) / 1e6} ms`);
  });

  it("answers in the shape that was asked for, and the same to the same question", async () => {
    const first = await model.answer(reading, [question("one"), question("two")]);
    for (const answer of first) shape.parse(answer);
    assert.deepEqual(await model.answer(reading, [question("one"), question("two")]), first);
    assert.deepEqual([model.status(), model.contextTokens], [{ state: "ready", restarts: 0 }, 2048]);
  });

  it("counts tokens: a character of ASCII is one here, anything else its bytes", async () => {
    assert.deepEqual(await model.countTokens(["abc", "", "</s>", "ü", "😀"]), [3, 0, 4, 2, 4]);
  });

  it("choose: probabilities of all options that add up to one", async () => {
    const options = ["billing", "delivery", "other"].map((value) => ({ value, meaning: `It is about ${value}` }));
    const [chosen] = await model.choose(reading, [{ name: "topic", instruction: "What was it about?", options }]);
    const sum = Object.values(chosen?.probabilities ?? {}).reduce((total, one) => total + one, 0);
    assert.deepEqual(Object.keys(chosen?.probabilities ?? {}).sort(), ["billing", "delivery", "other"]);
    assert.ok(Math.abs(sum - 1) < 1e-6 && options.some(({ value }) => value === chosen?.value));
  });

  it("refuses what does not fit into the context instead of leaving words away, for answers and choices", async () => {
    const long = { ...reading, document: "x".repeat(2100) };
    await assert.rejects(model.answer(long, [question("long")]), /ANALYSIS_FAILED|does not fit/);
    const options = ["a", "b"].map((value) => ({ value, meaning: value }));
    await assert.rejects(model.choose(long, [{ name: "topic", instruction: "Which?", options }]), (error: AppError) => error.code === "ANALYSIS_FAILED" && /does not fit/.test(error.message));
  });

  it("an answer that is cut off is a failure, never half an answer", async () => {
    await assert.rejects(model.answer(reading, [question("short", 3)]), (error: AppError) => error.code === "ANALYSIS_OUTPUT_INVALID");
  });

  it("SIGKILL in the middle of an answer: that question fails, the next one is answered by a new process", async () => {
    const { pid } = model;
    assert.ok(pid !== undefined);
    const asked = model.answer({ ...reading, document: reading.document.repeat(3) }, Array.from({ length: 400 }, (_, at) => question(`n${at}`)));
    const failed = assert.rejects(asked, (error: AppError) => error.code === "ANALYSIS_FAILED" && /SIGKILL/.test(error.message));
    setTimeout(() => process.kill(pid, "SIGKILL"), 60);
    await failed;
    shape.parse((await model.answer(reading, [question("one")]))[0]);
    assert.equal(model.status().restarts, 1);
    assert.notEqual(model.pid, pid);
  });

  it("gives up when nobody waits any more, and the same process goes on", async () => {
    const pid = model.pid;
    const caller = new AbortController();
    const asked = model.answer({ ...reading, document: reading.document.repeat(3) }, Array.from({ length: 400 }, (_, at) => question(`n${at}`)), caller.signal);
    setTimeout(() => caller.abort(new Error("withdrawn")), 60);
    await assert.rejects(asked, /withdrawn/);
    await model.countTokens(["x"]);
    assert.equal(model.pid, pid);
  });

  it("reads a document once: further questions and choices over it cost only their own words", async () => {
    const child = new LlamaChild({ start: { modelPath, threads: 1, gpu: "off", contextTokens: 2048, seed: 1 }, memoryMb: 1000, idleMs: 60_000, recycleAfter: 1000, log: silentLog, clock: systemClock });
    try {
      const ask = async (request: Ask): Promise<number> => {
        const answer = await child.ask(request, 20_000);
        assert.ok("read" in answer);
        return answer.read;
      };
      const about = (instruction: string): Ask => ({ ask: "answer", reading, instruction, schema: question("x").schema, maxTokens: 400 });
      const options = ["a", "b"].map((value) => ({ value, meaning: value }));
      const costs = [await ask(about("One?")), await ask(about("Two?")), await ask({ ask: "choose", reading, instruction: "Which?", options }), await ask(about("Three?"))];
      assert.ok((costs[0] ?? 0) > reading.document.length * 0.9, `${costs.join(", ")} tokens`);
      for (const cost of costs.slice(1)) assert.ok(cost < 200, `${costs.join(", ")} tokens`);
    } finally {
      await child.stop();
    }
  });

  it("frees its memory when idle and after many questions, which is no failure", async () => {
    const idle = make({ idleMs: 30, command: [process.execPath, FAKE, "good"] });
    await idle.countTokens(["x"]);
    assert.notEqual(idle.pid, undefined);
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.deepEqual([idle.pid, idle.status().state], [undefined, "idle"]);
    const short = make({ recycleAfter: 1, command: [process.execPath, FAKE, "good"] });
    await short.countTokens(["x"]);
    await short.countTokens(["x"]);
    assert.deepEqual(short.status(), { state: "idle", restarts: 0 });
  });
});

describe("analysis/models/llama: on bad days", () => {
  const open: LanguageModel[] = [];
  /** two cores with much else to do start a process in a second */
  const TIMES = { backoffMs: 10, startTimeoutMs: 10_000, cancelMs: 50 };
  const make = (behaviour: string, more: Partial<LlamaModelOptions> = {}): LanguageModel => {
    const model = createLlamaModel({
      name: "fake", timeoutMs: 150, start: { modelPath: "/nowhere", threads: 1, gpu: "off", contextTokens: 4096, seed: 1 }, memoryMb: 1000, idleMs: 60_000, recycleAfter: 1000,
      log: silentLog, clock: systemClock, times: TIMES, command: [process.execPath, FAKE, behaviour], ...more,
    });
    open.push(model);
    return model;
  };
  afterEach(() => Promise.all(open.splice(0).map((one) => one.stop())));
  const fails = (model: LanguageModel, code: string, words: RegExp): Promise<void> => assert.rejects(model.countTokens(["x"]), (error: AppError) => error.code === code && words.test(error.message));

  it("a native abort ends the question, not Earshot; after three in a row questions fail at once while it rests", async () => {
    const model = make("abort", { times: { backoffMs: 200 } });
    await fails(model, "ANALYSIS_FAILED", /SIGABRT/);
    assert.deepEqual([model.status().state, model.status().code], ["failed", "ANALYSIS_FAILED"]);
    await fails(model, "ANALYSIS_FAILED", /SIGABRT/);
    await fails(model, "ANALYSIS_FAILED", /SIGABRT/);
    await fails(model, "ANALYSIS_FAILED", /SIGABRT/);
    assert.equal(model.status().restarts, 2, "it was not started a fourth time");
  });

  it("a question that hangs is ended by its budget of tokens, and the process with it", async () => {
    await fails(make("hang"), "ANALYSIS_TIMEOUT", /analysis\.timeout_seconds/);
  });

  it("a process that is deaf to being called off is killed", async () => {
    const model = make("deaf", { timeoutMs: 60_000 });
    const pidOf = (): number | undefined => (model as { pid?: number }).pid;
    const calledOff = async (before?: number): Promise<number | undefined> => {
      const off = new AbortController();
      const asked = model.countTokens(["x"], off.signal);
      const isOver = assert.rejects(asked, { name: "AbortError" });
      while (model.status().state !== "working" || pidOf() === before) await sleep(20); // a busy machine takes a while to end one and start another
      const pid = pidOf();
      off.abort();
      await isOver;
      return pid;
    };
    const first = await calledOff();
    assert.notEqual(first, undefined);
    assert.notEqual(await calledOff(first), first);
  });

  it("memory beyond the limit ends it", async () => {
    await fails(make("eat", { memoryMb: 200, timeoutMs: 20_000 }), "ANALYSIS_FAILED", /analysis\.memory_mb/);
  });

  const others = [
    { behaviour: "unloadable", code: "ANALYSIS_FAILED", words: /cannot be loaded/ },
    { behaviour: "never-ready", code: "ANALYSIS_TIMEOUT", words: /not loaded in time/ },
    { behaviour: "cut", code: "ANALYSIS_OUTPUT_INVALID", words: /cut off/ },
    { behaviour: "nonsense", code: "ANALYSIS_TIMEOUT", words: /took longer/ },
  ];
  for (const { behaviour, code, words } of others) it(`${behaviour}: ${code}`, () => fails(make(behaviour, behaviour === "never-ready" ? { times: { ...TIMES, startTimeoutMs: 400 } } : {}), code, words));

  it("a wrong file is said before anything is started", async () => {
    const verify = (): Promise<void> => Promise.reject(new AppError("MODEL_INVALID", "The model is damaged; install it again"));
    await fails(make("good", { verify }), "MODEL_INVALID", /damaged/);
  });

  it("stop: what waits is told that Earshot stops", async () => {
    const model = make("hang", { timeoutMs: 60_000 });
    const waits = [fails(model, "SHUTTING_DOWN", /stopping/), fails(model, "SHUTTING_DOWN", /stopping/)];
    await new Promise((resolve) => setTimeout(resolve, 200));
    await model.stop();
    await Promise.all(waits);
  });
});
