// Writes a llama of two layers with random weights: a real GGUF of half a megabyte that says nothing sensible, which is what a test of the way around it wants.
import { writeFileSync } from "node:fs";

const WIDTH = 64;
const HEADS = 4;
const INNER = 128;
const LAYERS = 2;

/** Kinds of tokens and of values, as llama.cpp numbers them. */
const TOKEN = { normal: 1, unknown: 2, control: 3, byte: 6 };
const VALUE = { u32: 4, f32: 6, bool: 7, string: 8, array: 9, i32: 5 };

/** Every byte has a token, every printable character of ASCII one of its own, and `▁` stands for a space. */
function vocabulary(): { text: string; kind: number }[] {
  const bytes = Array.from({ length: 256 }, (_, byte) => ({ text: `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`, kind: TOKEN.byte }));
  const characters = Array.from({ length: 94 }, (_, at) => ({ text: String.fromCharCode(33 + at), kind: TOKEN.normal }));
  return [{ text: "<unk>", kind: TOKEN.unknown }, { text: "<s>", kind: TOKEN.control }, { text: "</s>", kind: TOKEN.control }, ...bytes, { text: "▁", kind: TOKEN.normal }, ...characters];
}

/**
 * @param path where the file is written
 * @param options.context tokens that it claims to have been trained for
 * @param options.seed    of the weights: the same file for the same seed
 */
export function writeTinyLlama(path: string, { context = 4096, seed = 1 }: { context?: number; seed?: number } = {}): void {
  const tokens = vocabulary();
  const tensors = tensorsOf(tokens.length);
  const metadata = [
    text("general.architecture", "llama"), text("general.name", "tiny"),
    u32("llama.context_length", context), u32("llama.embedding_length", WIDTH), u32("llama.block_count", LAYERS), u32("llama.feed_forward_length", INNER),
    u32("llama.attention.head_count", HEADS), u32("llama.attention.head_count_kv", HEADS), u32("llama.rope.dimension_count", WIDTH / HEADS),
    entry("llama.attention.layer_norm_rms_epsilon", VALUE.f32, float(1e-5)), u32("llama.vocab_size", tokens.length),
    text("tokenizer.ggml.model", "llama"),
    list("tokenizer.ggml.tokens", VALUE.string, tokens.map((token) => string(token.text))),
    list("tokenizer.ggml.scores", VALUE.f32, tokens.map((_, at) => float(-at))),
    list("tokenizer.ggml.token_type", VALUE.i32, tokens.map((token) => uint(token.kind))),
    u32("tokenizer.ggml.bos_token_id", 1), u32("tokenizer.ggml.eos_token_id", 2), u32("tokenizer.ggml.unknown_token_id", 0),
    entry("tokenizer.ggml.add_bos_token", VALUE.bool, Buffer.from([1])), entry("tokenizer.ggml.add_space_prefix", VALUE.bool, Buffer.from([0])),
  ];
  let offset = 0;
  const infos = tensors.map(({ name, shape }) => {
    const info = Buffer.concat([string(name), uint(shape.length), ...shape.map((size) => long(size)), uint(0), long(offset)]);
    offset += shape.reduce((product, size) => product * size, 1) * 4; // every shape is a multiple of 32 bytes
    return info;
  });
  const head = Buffer.concat([Buffer.from("GGUF"), uint(3), long(tensors.length), long(metadata.length), ...metadata, ...infos]);
  const random = randomOf(seed);
  const weights = tensors.map(({ name, shape }) => {
    const size = shape.reduce((product, one) => product * one, 1);
    return Buffer.from(Float32Array.from({ length: size }, () => (name.endsWith("norm.weight") ? 1 : random())).buffer);
  });
  writeFileSync(path, Buffer.concat([head, Buffer.alloc((32 - (head.length % 32)) % 32), ...weights]));
}

function tensorsOf(words: number): { name: string; shape: number[] }[] {
  const layer = (at: number): { name: string; shape: number[] }[] => [
    { name: `blk.${at}.attn_norm.weight`, shape: [WIDTH] },
    ...["attn_q", "attn_k", "attn_v", "attn_output"].map((name) => ({ name: `blk.${at}.${name}.weight`, shape: [WIDTH, WIDTH] })),
    { name: `blk.${at}.ffn_norm.weight`, shape: [WIDTH] },
    { name: `blk.${at}.ffn_gate.weight`, shape: [WIDTH, INNER] },
    { name: `blk.${at}.ffn_up.weight`, shape: [WIDTH, INNER] },
    { name: `blk.${at}.ffn_down.weight`, shape: [INNER, WIDTH] },
  ];
  const width = { name: "token_embd.weight", shape: [WIDTH, words] };
  return [width, ...Array.from({ length: LAYERS }, (_, at) => layer(at)).flat(), { name: "output_norm.weight", shape: [WIDTH] }, { name: "output.weight", shape: [WIDTH, words] }];
}

/** Between −0.5 and 0.5, the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296 - 0.5;
  };
}

function uint(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return buffer;
}

function long(value: number): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(BigInt(value));
  return buffer;
}

function float(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeFloatLE(value);
  return buffer;
}

function string(value: string): Buffer {
  const bytes = Buffer.from(value, "utf8");
  return Buffer.concat([long(bytes.length), bytes]);
}

function entry(key: string, kind: number, value: Buffer): Buffer {
  return Buffer.concat([string(key), uint(kind), value]);
}

function text(key: string, value: string): Buffer {
  return entry(key, VALUE.string, string(value));
}

function u32(key: string, value: number): Buffer {
  return entry(key, VALUE.u32, uint(value));
}

function list(key: string, kind: number, values: readonly Buffer[]): Buffer {
  return entry(key, VALUE.array, Buffer.concat([uint(kind), long(values.length), ...values]));
}
