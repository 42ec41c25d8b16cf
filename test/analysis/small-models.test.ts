// The real library and the real runtime in their own process, with models of a few kilobytes whose weights are known.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import sharp from "sharp";
import { examineEmbedding } from "../../app/cli/doctor-embedding.ts";
import { openDescriber, openEmbedder, type RunningEmbedder } from "../../app/analysis/index.ts";
import { AppError } from "../../app/domain/index.ts";
import { configSchema, silentLog } from "../../app/platform/index.ts";
import { DIMENSIONS, writeEmbeddingModel, writePictureModel } from "../support/tiny-models.ts";

const folder = mkdtempSync(join(tmpdir(), "earshot-models-"));
const places = { dataDir: join(folder, "data"), shippedDir: join(folder, "shipped") };
const running: { stop(): Promise<void> }[] = [];

async function embedder(name: string, options: Partial<Parameters<typeof openEmbedder>[2]> = {}): Promise<RunningEmbedder> {
  const opened = await openEmbedder(join(folder, name), places, { log: silentLog, threads: 1, ...options });
  running.push(opened);
  return opened;
}

async function failure(work: Promise<unknown>): Promise<AppError> {
  return work.then(() => assert.fail("it should have failed"), (error: unknown) => (error instanceof AppError ? error : assert.fail(String(error))));
}

const nearness = (a: Float32Array | undefined, b: Float32Array | undefined): number => (a ?? new Float32Array()).reduce((sum, value, i) => sum + value * (b?.[i] ?? 0), 0);
const threadsOf = (pid: number | undefined): number => Number(/Threads:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);

describe("small models in a process of their own", function () {
  this.timeout(30_000);
  before(() => {
    mkdirSync(places.shippedDir, { recursive: true });
    writeFileSync(join(places.shippedDir, "manifest.json"), '{"models": []}');
    writeEmbeddingModel(join(folder, "tiny"));
    writeEmbeddingModel(join(folder, "slow"), { work: 1600 });
  });
  afterEach(() => Promise.all(running.splice(0).map((one) => one.stop())));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("turn texts into vectors: of unit length, the same in any company, nearer for what is alike", async () => {
    const model = await embedder("tiny");
    assert.match(model.id, /^tiny@sha256:[0-9a-f]{64}$/);
    assert.equal(model.dimensions, DIMENSIONS);
    const texts = ["I was charged twice", "the bill is paid, refund the money", "the parcel is late", "courier and box", ""];
    const vectors = await model.embed(texts, "passage");
    for (const vector of vectors) assert.ok(Math.abs(nearness(vector, vector) - 1) < 1e-5);
    assert.ok(nearness(vectors[0], vectors[1]) > 0.8 && nearness(vectors[2], vectors[3]) > 0.8 && nearness(vectors[0], vectors[2]) < 0.3);
    assert.deepEqual((await model.embed([texts[2] ?? ""], "query"))[0], vectors[2]);
    assert.deepEqual(await model.embed([], "query"), []);
    const many = await model.embed(Array.from({ length: 40 }, (_, i) => texts[i % 4] ?? ""), "query");
    assert.deepEqual([many.length, many[37]], [40, vectors[1]]);

    const far = (await model.embed([`${"invoice ".repeat(100)}${"parcel ".repeat(100)}`], "query"))[0]; // 200 tokens, the model reads 64
    assert.ok(Math.abs((far?.[0] ?? 0) - (far?.[1] ?? 1)) < 0.01, "what is beyond the model's reach counts like the beginning");
    assert.match((await failure(model.embed(["word ".repeat(25_000)], "query"))).message, /more than 100000 characters/);

    const wide = await embedder("tiny", { threads: 3 });
    await wide.embed(["late"], "query");
    assert.equal(threadsOf(wide.status().pid) - threadsOf(model.status().pid), 2);
  });

  it("take what is written down about a model: its prefixes, and which token stands for a text", async () => {
    writeEmbeddingModel(join(folder, "asked"));
    const described = { name: "asked", kind: "embedding", file: "onnx/model_quantized.onnx", licence: "MIT", languages: ["en"], prefixes: { query: "query: ", passage: "passage: " } };
    writeFileSync(join(folder, "asked", "model.json"), JSON.stringify(described));
    const asked = await embedder("asked");
    const [query, passage, long] = [await asked.embed(["parcel"], "query"), await asked.embed(["parcel"], "passage"), await asked.embed(["parcel ".repeat(500)], "query")].map((one) => one[0]);
    assert.ok((query?.[5] ?? 0) > 0.05 && (passage?.[5] ?? 0) < -0.05, "the prefixes have opposite numbers");
    assert.ok(nearness(query, long) > nearness(passage, long), "every window begins with its prefix");
    await asked.stop();
    writeFileSync(join(folder, "asked", "model.json"), JSON.stringify({ ...described, prefixes: undefined, pooling: "first" }));
    const [one, other, far] = await (await embedder("asked")).embed(["parcel", "invoice", "refund ".repeat(500)], "query");
    assert.deepEqual([one, one], [other, far], "every text and every window begins with the same token, and nothing else is looked at");
  });

  it("leave the rest of Earshot free while they work, and start again when they are killed at it", async () => {
    const model = await embedder("slow");
    const [alone] = await model.embed(["parcel late"], "passage");
    const { pid } = model.status();
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const startedAt = performance.now();
    const working = model.embed(["parcel late", "invoice paid", "password reset", "box", "refund"], "passage");
    await sleep(400);
    assert.equal(model.status().state, "working");
    process.kill(pid ?? 0, "SIGKILL");
    const vectors = await working;
    delay.disable();
    assert.ok(performance.now() - startedAt > 800, "it was at work long enough to notice");
    assert.ok(delay.percentile(99) / 1e6 < 50, `p99 of the event loop ${delay.percentile(99) / 1e6} ms`);
    assert.deepEqual([vectors.length, model.status().restarts, model.status().pid === pid], [5, 1, false]);
    assert.deepEqual(vectors[0], alone);
  });

  it("are ended when they need too much memory", async () => {
    writeEmbeddingModel(join(folder, "hungry"), { work: 9600 }); // two tables of 370 MB
    const model = await embedder("hungry", { memoryMb: 300 });
    const error = await failure(model.embed(["late"], "query"));
    assert.deepEqual([error.code, error.message], ["EMBEDDING_FAILED", "The embedding model hungry needed more than 300 MB and was ended"]);
  });

  it("say what is wrong with a model, fetch nothing, and never go on with another runtime", async () => {
    writeEmbeddingModel(join(folder, "bad"));
    writeFileSync(join(folder, "bad", "onnx", "model_quantized.onnx"), "this is no model");
    const bad = await failure((await embedder("bad")).embed(["late"], "query"));
    assert.deepEqual([bad.code, bad.message], ["EMBEDDING_FAILED", "The embedding model bad failed: the native runtime cannot load it"]);

    writeEmbeddingModel(join(folder, "gone"));
    const gone = await embedder("gone");
    rmSync(join(folder, "gone", "tokenizer.json"));
    assert.match((await failure(gone.embed(["late"], "query"))).message, /not found locally/);
    const missing = await failure(embedder("gone"));
    assert.deepEqual([missing.code, /has no tokenizer\.json/.test(missing.message)], ["MODEL_INVALID", true]);

    writeFileSync(join(folder, "slow", "config.json"), JSON.stringify({ model_type: "bert", hidden_size: 99 }));
    assert.match((await failure((await embedder("slow")).embed(["late"], "query"))).message, /another length than the 99/);
  });

  it("are tried by doctor, which says what must be mended", async () => {
    const look = (knowledge: object): ReturnType<typeof examineEmbedding> => examineEmbedding(configSchema.parse({ data_dir: places.dataDir, knowledge }));
    assert.deepEqual(await look({}), { check: "Embedding model", ok: true, detail: "no knowledge.embedding_model is set, so documents are found by their words alone" });
    const good = await look({ embedding_model: join(folder, "tiny") });
    assert.deepEqual([good.ok, new RegExp(`^tiny read a test sentence into ${DIMENSIONS} numbers; loaded in [0-9.]+ s$`).test(good.detail)], [true, true], good.detail);
    const gone = await look({ embedding_model: join(folder, "no-such-model") });
    assert.deepEqual([gone.ok, gone.detail.includes("no-such-model")], [false, true], gone.detail);
  });

  it("describe pictures as their weights have it, see only the folder of pictures, and come to an end", async () => {
    const pictures = join(folder, "pictures");
    mkdirSync(pictures);
    const paint = async (path: string, background: string): Promise<string> => sharp({ create: { width: 60, height: 40, channels: 3, background } }).png().toFile(path).then(() => path);
    writePictureModel(join(folder, "captions"));
    const model = await openDescriber(join(folder, "captions"), places, { log: silentLog, picturesIn: pictures });
    running.push(model);
    assert.match(model.id, /^captions@sha256:[0-9a-f]{64}\+[0-9a-f]{64}$/);
    for (const [colour, background] of [["red", "#d02010"], ["green", "#20c030"], ["blue", "#1020e0"]] as const) {
      assert.equal(await model.describe(await paint(join(pictures, `${colour}.png`), background)), `a picture that is mostly ${colour}`);
    }
    const outside = await failure(model.describe(await paint(join(folder, "outside.png"), "#ff0000")));
    assert.deepEqual([outside.code, outside.message], ["PICTURE_UNDESCRIBED", "The picture model captions failed: the model broke down at it"]);

    writePictureModel(join(folder, "chatty"), { isEndless: true });
    const chatty = await openDescriber(join(folder, "chatty"), places, { log: silentLog, picturesIn: pictures });
    running.push(chatty);
    const words = (await chatty.describe(join(pictures, "red.png")))?.split(" ") ?? [];
    assert.ok(words.length > 40 && words.length <= 48, `${words.length} words`);
  });
});
