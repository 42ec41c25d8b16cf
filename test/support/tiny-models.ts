// Models of a few kilobytes that transformers.js takes for real ones: one that turns texts into vectors, one that describes pictures by their colour.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onnxFile, type Constant, type Node } from "./tiny-onnx.ts";

/** Words of one matter point the same way. */
const MATTERS = [
  ["invoice", "bill", "paid", "charged", "twice", "refund", "money"],
  ["parcel", "delivery", "late", "courier", "address", "arrived", "box"],
  ["password", "login", "account", "locked", "email", "reset", "code"],
];
export const DIMENSIONS = 8;
const SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"];
const PREFIXES = ["query", "passage", ":"];

export interface EmbeddingOptions {
  /** tokens that the model says it can read */
  maxTokens?: number;
  /** numbers of a token that the model makes on the way, to be slow and large: a matrix product of this size for each token */
  work?: number;
}

/** Writes a folder as a converted sentence model has it. Its vectors are rows of a table, so what comes out is known. */
export function writeEmbeddingModel(folder: string, { maxTokens = 64, work }: EmbeddingOptions = {}): void {
  const words = [...SPECIAL, ...PREFIXES, ...MATTERS.flat()];
  const table = Float32Array.from({ length: words.length * DIMENSIONS }, (_, i) => weightOf(words[Math.floor(i / DIMENSIONS)] ?? "", i % DIMENSIONS));
  const gather: Node = { op: "Gather", in: ["table", "input_ids"], out: [work === undefined ? "last_hidden_state" : "gathered"] };
  const tokens = ["batch", "tokens"];
  writeJson(folder, "config.json", { model_type: "bert", hidden_size: DIMENSIONS, max_position_embeddings: 512 });
  writeTokenizer(folder, words, maxTokens);
  writeOnnx(folder, "model", {
    inputs: ["input_ids", "attention_mask", "token_type_ids"].map((name) => ({ name, type: "int64" as const, shape: tokens })),
    outputs: [{ name: "last_hidden_state", type: "float", shape: [...tokens, DIMENSIONS] }],
    nodes: work === undefined ? [gather] : [gather, ...busywork()],
    constants: [{ name: "table", shape: [words.length, DIMENSIONS], data: table }, ...(work === undefined ? [] : sizes(work))],
  });
}

/** [batch, tokens, 8] → wide rows → their products with each other, `work` numbers for each token → nothing of it is added. */
function busywork(): Node[] {
  return [
    { op: "Tile", in: ["gathered", "wide"], out: ["rows"] },
    { op: "Transpose", in: ["rows"], out: ["columns"], attributes: { perm: [0, 2, 1] } },
    { op: "MatMul", in: ["columns", "rows"], out: ["square"] },
    { op: "MatMul", in: ["square", "square"], out: ["more"] },
    { op: "ReduceMean", in: ["more"], out: ["one"], attributes: { keepdims: 1 } },
    { op: "Mul", in: ["one", "nothing"], out: ["zero"] },
    { op: "Add", in: ["gathered", "zero"], out: ["last_hidden_state"] },
  ];
}

function sizes(work: number): Constant[] {
  return [{ name: "wide", shape: [3], data: BigInt64Array.from([1n, 1n, BigInt(work / DIMENSIONS)]) }, { name: "nothing", shape: [1], data: Float32Array.from([0]) }];
}

/** Three of the numbers are the matter of a word, the others its own. */
function weightOf(word: string, dimension: number): number {
  const matter = MATTERS.findIndex((words) => words.includes(word));
  if (dimension < MATTERS.length) return matter === dimension ? 1 : 0;
  if (PREFIXES.includes(word)) return word === "query" ? 0.5 : -0.5;
  return matter < 0 ? 0.01 : Math.sin((word.charCodeAt(0) * 7 + word.charCodeAt(1) * 13 + dimension * 5) % 50) * 0.2;
}

const CAPTION = ["a", "picture", "that", "is", "mostly"];
const COLOURS = ["red", "green", "blue"];
const WORDS = COLOURS.length + CAPTION.length + SPECIAL.length;

/**
 * Writes a folder as a converted captioner has it: it says "a picture that is mostly red", or green, or blue, as the pixels are.
 * @param colours what it calls these three · @param isEndless it never comes to the end of its sentence
 */
export function writePictureModel(folder: string, { colours = COLOURS, isEndless = false }: { colours?: string[]; isEndless?: boolean } = {}): void {
  const words = [...SPECIAL, ...CAPTION, ...colours];
  const start = words.indexOf("[CLS]");
  const end = words.indexOf("[SEP]");
  writeJson(folder, "config.json", {
    model_type: "vision-encoder-decoder", is_encoder_decoder: true, decoder_start_token_id: start, eos_token_id: end, pad_token_id: 0,
    encoder: { model_type: "vit" }, decoder: { model_type: "gpt2", n_head: 1, n_layer: 1, n_embd: 4, eos_token_id: end },
  });
  writeJson(folder, "preprocessor_config.json", { feature_extractor_type: "ViTFeatureExtractor", do_resize: true, size: { height: 8, width: 8 }, do_rescale: true, do_normalize: false, resample: 2 });
  writeTokenizer(folder, words, 64);
  writeOnnx(folder, "encoder_model", {
    inputs: [{ name: "pixel_values", type: "float", shape: ["batch", 3, "height", "width"] }],
    outputs: [{ name: "last_hidden_state", type: "float", shape: ["batch", 1, 3] }],
    nodes: [{ op: "ReduceMean", in: ["pixel_values"], out: ["mean"], attributes: { axes: [2, 3], keepdims: 0 } }, { op: "Unsqueeze", in: ["mean", "one"], out: ["last_hidden_state"] }],
    constants: [{ name: "one", shape: [1], data: BigInt64Array.from([1n]) }],
  });
  // Each word has the word that follows it; only the last one before the colour looks at the picture.
  const follows = new Float32Array(WORDS * WORDS);
  const chain = ["[CLS]", ...CAPTION];
  chain.slice(0, -1).forEach((word, i) => (follows[words.indexOf(word) * WORDS + words.indexOf(chain[i + 1] ?? "")] = 10));
  for (const colour of colours) follows[words.indexOf(colour) * WORDS + (isEndless ? words.indexOf("a") : end)] = 10;
  const looks = new Float32Array(WORDS);
  looks[words.indexOf("mostly")] = 10;
  const means = new Float32Array(3 * WORDS);
  colours.forEach((colour, i) => (means[i * WORDS + words.indexOf(colour)] = 1));
  const past = ["past_key_values.0.key", "past_key_values.0.value"];
  const kept = ["batch", 1, "past", 4];
  writeOnnx(folder, "decoder_model_merged", {
    inputs: [
      { name: "input_ids", type: "int64", shape: ["batch", "tokens"] }, { name: "encoder_hidden_states", type: "float", shape: ["batch", 1, 3] },
      ...past.map((name) => ({ name, type: "float" as const, shape: kept })), { name: "use_cache_branch", type: "bool", shape: [1] },
    ],
    outputs: [{ name: "logits", type: "float", shape: ["batch", "tokens", WORDS] }, ...past.map((name) => ({ name: name.replace("past_key_values", "present"), type: "float" as const, shape: kept }))],
    nodes: [
      { op: "Gather", in: ["follows", "input_ids"], out: ["next"] },
      { op: "Gather", in: ["looks", "input_ids"], out: ["gate"] },
      { op: "MatMul", in: ["encoder_hidden_states", "means"], out: ["seen"] },
      { op: "Mul", in: ["gate", "seen"], out: ["colour"] },
      { op: "Add", in: ["next", "colour"], out: ["logits"] },
      ...past.map((name) => ({ op: "Identity", in: [name], out: [name.replace("past_key_values", "present")] })),
    ],
    constants: [{ name: "follows", shape: [WORDS, WORDS], data: follows }, { name: "looks", shape: [WORDS, 1], data: looks }, { name: "means", shape: [3, WORDS], data: means }],
  });
}

function writeTokenizer(folder: string, words: readonly string[], maxTokens: number): void {
  const special = (id: number): object => ({ id, content: words[id], special: true, single_word: false, lstrip: false, rstrip: false, normalized: false });
  const place = (token: string): object => ({ SpecialToken: { id: token, type_id: 0 } });
  writeJson(folder, "tokenizer_config.json", { tokenizer_class: "BertTokenizer", model_max_length: maxTokens, unk_token: "[UNK]", pad_token: "[PAD]", cls_token: "[CLS]", sep_token: "[SEP]" });
  writeJson(folder, "tokenizer.json", {
    version: "1.0", added_tokens: SPECIAL.map((_, id) => special(id)),
    normalizer: { type: "BertNormalizer", clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: { type: "TemplateProcessing", single: [place("[CLS]"), { Sequence: { id: "A", type_id: 0 } }, place("[SEP]")], pair: [], special_tokens: {} },
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: { type: "WordPiece", unk_token: "[UNK]", continuing_subword_prefix: "##", max_input_chars_per_word: 100, vocab: Object.fromEntries(words.map((word, id) => [word, id])) },
  });
}

function writeOnnx(folder: string, name: string, model: Parameters<typeof onnxFile>[0]): void {
  mkdirSync(join(folder, "onnx"), { recursive: true });
  writeFileSync(join(folder, "onnx", `${name}_quantized.onnx`), onnxFile(model));
}

function writeJson(folder: string, name: string, content: object): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), JSON.stringify(content));
}
