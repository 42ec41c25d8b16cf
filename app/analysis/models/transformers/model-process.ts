// The process of one small model: loads it, answers line by line, ends with its standard input. The only file that knows transformers.js.
import { existsSync, readFileSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { AutoModel, AutoTokenizer, env, pipeline, RawImage, Tensor } from "@xenova/transformers";
import ort from "onnxruntime-node";
import { orderSchema, packVector, requestSchema, type Order, type Request } from "./requests.ts";
import { aroundOf, cutWindows, unitMean } from "./token-windows.ts";

/** What is said of a request that fails for a reason that we know; nothing of what was asked. */
class Refusal extends Error {}

/** Where neither tokenizer nor model says how much it can read. */
const COMMON_TOKENS = 512;

const OPEN: Readonly<Record<Order["kind"], (order: Order) => Promise<Answer>>> = { embedding: openEmbedding, picture: openPicture, encoder: openEncoding };

await main(orderSchema.parse(JSON.parse(process.argv[2] ?? "{}")));

async function main(order: Order): Promise<void> {
  const quiet = (): void => undefined;
  Object.assign(console, { log: quiet, info: quiet, debug: quiet, warn: quiet, error: quiet }); // the library prints what it was given
  try {
    stayHere(order);
    const answer = await OPEN[order.kind](order);
    say({ id: 0, ok: "ready" });
    await answerAll(answer);
  } catch (error) {
    say({ id: 0, error: error instanceof Error ? error.message.slice(0, 200) : "unknown" }); // nobody asked anything yet, so nothing is quoted
  }
}

/** Nothing is fetched or written, and there is one runtime: what the native one cannot load must not go on at a fifth of its speed. */
function stayHere({ folder, threads }: Order): void {
  // The binding heeds the number of threads only for models that it reads itself, so the library gets a path instead of a model's bytes and hands it on.
  const customCache = { match: (path: string) => Promise.resolve(path.endsWith(".onnx") && existsSync(path) ? new Response(path) : undefined), put: () => Promise.resolve() };
  Object.assign(env, { allowRemoteModels: false, localModelPath: `${dirname(folder)}/`, useFSCache: false, useBrowserCache: false, useCustomCache: true, customCache });
  const create = ort.InferenceSession.create.bind(ort.InferenceSession) as (path: string, options: object) => Promise<unknown>;
  const createNative = async (path: Uint8Array, { executionProviders }: { executionProviders: readonly string[] }): Promise<unknown> => {
    if (!executionProviders.includes("cpu")) throw new Error("the native runtime cannot load it");
    return create(Buffer.from(path).toString(), { executionProviders: ["cpu"], intraOpNumThreads: threads, interOpNumThreads: 1 });
  };
  Object.assign(ort.InferenceSession, { create: createNative });
}

type Answer = (request: Request) => Promise<object>;

async function answerAll(answer: Answer): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const request = requestSchema.parse(JSON.parse(line));
    try {
      say({ id: request.id, ok: await answer(request) });
    } catch (error) {
      say({ id: request.id, error: error instanceof Refusal ? error.message : "the model broke down at it" });
    }
  }
}

function say(line: object): void {
  const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
  for (let done = 0; done < bytes.length; ) done += writeSync(1, bytes, done);
}

async function openEmbedding({ folder, isQuantized, pooling }: Order): Promise<Answer> {
  const name = basename(folder);
  const tokenizer = await AutoTokenizer.from_pretrained(name, { local_files_only: true });
  const model = (await AutoModel.from_pretrained(name, { quantized: isQuantized, local_files_only: true })) as (inputs: object) => Promise<{ last_hidden_state?: Tensor }>;
  const most = mostTokens(folder);
  const encode = (text: string, isWhole: boolean): number[] => tokenizer.encode(text, null, { add_special_tokens: isWhole });

  /** One window at a time: the scales of 8-bit weights depend on all that is in a batch, and a text must have the same vector in any company. */
  const read = async (tokens: readonly number[]): Promise<Float32Array> => {
    const ids = new Tensor("int64", BigInt64Array.from(tokens, BigInt), [1, tokens.length]);
    const mask = new Tensor("int64", new BigInt64Array(tokens.length).fill(1n), [1, tokens.length]);
    const { last_hidden_state: hidden } = await model({ input_ids: ids, attention_mask: mask });
    if (hidden === undefined) throw new Refusal("the model gives no vectors for tokens");
    return pool(hidden.data as Float32Array, hidden.dims.at(-1) ?? 0, pooling);
  };

  const vectorOf = async (text: string, prefix: string): Promise<string> => {
    const whole = encode(prefix + text, true);
    let windows = [whole];
    if (whole.length > most) {
      const around = aroundOf(whole, encode(prefix + text, false)) ?? { before: [], after: [] };
      const [before, after] = [[...around.before, ...(prefix === "" ? [] : encode(prefix, false))], around.after];
      const room = most - before.length - after.length;
      if (room < 1) throw new Refusal("the model reads too few tokens for its own prefix");
      windows = cutWindows(encode(text, false), room).map((tokens) => [...before, ...tokens, ...after]);
    }
    const parts: { vector: Float32Array; weight: number }[] = [];
    for (const tokens of windows) if (tokens.length > 0) parts.push({ vector: await read(tokens), weight: tokens.length });
    const vector = unitMean(parts);
    if (vector === undefined || vector.length === 0) throw new Refusal("there is nothing in a text that the model knows");
    return packVector(vector);
  };

  return async (request) => {
    if (!("texts" in request)) throw new Refusal("it reads texts");
    const vectors: string[] = [];
    for (const text of request.texts) vectors.push(await vectorOf(text, request.prefix));
    return { vectors };
  };
}

/** @returns one vector for all tokens, not yet of unit length */
function pool(hidden: Float32Array, dimensions: number, pooling: Order["pooling"]): Float32Array {
  if (pooling === "first") return hidden.slice(0, dimensions);
  const tokens = hidden.length / dimensions;
  return Float32Array.from({ length: dimensions }, (_, i) => {
    let sum = 0;
    for (let token = 0; token < tokens; token++) sum += hidden[token * dimensions + i] ?? 0;
    return sum / tokens;
  });
}

/** The library would cut off what is beyond, silently. */
function mostTokens(folder: string): number {
  const read = (file: string): Record<string, unknown> => JSON.parse(readFileSync(join(folder, file), "utf8")) as Record<string, unknown>;
  const { model_max_length: said } = read("tokenizer_config.json");
  const { max_position_embeddings: positions, model_type: type } = read("config.json");
  const offset = /roberta|camembert|mpnet/.test(String(type)) ? 2 : 0; // these count positions from behind the padding
  const limits = [said, typeof positions === "number" ? positions - offset : undefined].filter((one): one is number => typeof one === "number" && one > 0 && one < 1e6);
  return limits.length === 0 ? COMMON_TOKENS : Math.min(...limits);
}

async function openPicture({ folder, isQuantized }: Order): Promise<Answer> {
  const describe = await pipeline("image-to-text", basename(folder), { quantized: isQuantized, local_files_only: true });
  return async (request) => {
    if (!("picture" in request)) throw new Refusal("it looks at pictures");
    const [first] = (await describe(await RawImage.read(request.picture), { max_new_tokens: request.maxTokens })) as { generated_text?: string }[];
    return { words: first?.generated_text ?? "" };
  };
}

/** Its pieces were found outside, so that words keep their places; the library knows nothing of it. */
async function openEncoding({ folder, threads }: Order): Promise<Answer> {
  const session = await ort.InferenceSession.create(join(folder, "onnx", "model_quantized.onnx"), { executionProviders: ["cpu"], intraOpNumThreads: threads, interOpNumThreads: 1 });
  return async (request) => {
    if (!("tokens" in request)) throw new Refusal("it reads conversations");
    const ids = new ort.Tensor("int64", BigInt64Array.from(request.tokens, BigInt), [1, request.tokens.length]);
    const outputs = await session.run({ ids });
    return { outputs: Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, packVector(data as Float32Array)])) };
  };
}
