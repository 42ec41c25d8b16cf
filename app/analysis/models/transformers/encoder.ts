// Conversations become what they are about, in a process of their own.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { AppError } from "../../../domain/index.ts";
import { softmax } from "../../learned/chances.ts";
import type { EncodedTurn, EncodedWord, Encoder } from "../small-models.ts";
import { launch, type LaunchOptions } from "./launch.ts";
import { encodingSchema, unpackVector } from "./requests.ts";
import { createWordPieces, MARKS } from "./word-pieces.ts";

/** A conversation takes 0.1 s on one core: two hundred times that, and loading is counted apart. */
const TIMEOUT_MS = 20_000;
/** 13 MB of weights, and what they make of 384 pieces. */
const MEMORY_MB = 150;

const names = z.array(z.string().min(1)).min(1);
const configSchema = z.strictObject({ version: z.literal(1), name: z.string().min(1), max_tokens: z.int().min(16).max(4096), reasons: names, tags: names, choices: z.record(z.string(), names) });
const vocabularySchema = z.array(z.string()).refine((list) => MARKS.every((mark, at) => list[at] === mark), "expected the marks first");

const [CLS, SEP, HOUSE, CUSTOMER] = (["[CLS]", "[SEP]", "[A]", "[C]"] as const).map((mark) => MARKS.indexOf(mark)) as [number, number, number, number];

/**
 * Opens an encoder. Its names are read and checked; its process starts with the first conversation.
 * @param folder absolute; `config.json`, `vocabulary.json`, `onnx/model_quantized.onnx`, see models/training/encoder
 * @throws AppError MODEL_INVALID when a file is missing or is none
 */
export function openEncoder(folder: string, options: LaunchOptions): Encoder {
  const { config, split } = readFolder(folder);
  const { name } = config;
  const process = launch({ name, folder, isQuantized: true, entry: { memoryMb: MEMORY_MB } }, "encoder", "ENCODING_FAILED", [], options);
  const broken = (): AppError => new AppError("ENCODING_FAILED", `The encoder ${name} gave something that is no reading of a conversation`, { retry: "never" });
  return {
    name,
    tags: config.tags,
    async read(turns, signal) {
      const { tokens, words } = layOut(turns, split, config.max_tokens);
      const answer = encodingSchema.safeParse(await process.request({ tokens }, { timeoutMs: TIMEOUT_MS, signal }));
      if (!answer.success) throw broken();
      const outputs = new Map(Object.entries(answer.data.outputs).map(([output, packed]) => [output, unpackVector(packed)]));
      const chancesOf = (output: string, classes: readonly string[]): Record<string, number> => {
        const scores = outputs.get(output);
        if (scores?.length !== classes.length) throw broken();
        const chances = softmax([...scores]);
        return Object.fromEntries(classes.map((one, at) => [one, chances[at] ?? 0]));
      };
      const tags = outputs.get("tags");
      const width = config.tags.length;
      if (tags?.length !== tokens.length * width) throw broken();
      return {
        reasons: chancesOf("topic", config.reasons),
        choices: Object.fromEntries(Object.entries(config.choices).map(([choice, values]) => [choice, chancesOf(choice, values)])),
        words: words.map(({ at, ...word }): EncodedWord => ({ ...word, chances: softmax([...tags.subarray(at * width, (at + 1) * width)]) })),
      };
    },
    stop: () => process.stop(),
  };
}

/** @throws AppError MODEL_INVALID */
function readFolder(folder: string): { config: z.infer<typeof configSchema>; split: ReturnType<typeof createWordPieces> } {
  try {
    const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), "utf8"));
    return { config: configSchema.parse(read("config.json")), split: createWordPieces(vocabularySchema.parse(read("vocabulary.json"))) };
  } catch (cause) {
    throw new AppError("MODEL_INVALID", `${folder} is not the folder of an encoder; install Earshot again, or set analysis.encoder to false`, { cause });
  }
}

/** Whole words, as many as the model can read; each turn after a mark of who speaks. */
function layOut(turns: readonly EncodedTurn[], split: ReturnType<typeof createWordPieces>, most: number): { tokens: number[]; words: { turn: number; from: number; to: number; at: number }[] } {
  const tokens = [CLS];
  const words: { turn: number; from: number; to: number; at: number }[] = [];
  for (const [turn, { isHouse, text }] of turns.entries()) {
    if (tokens.length + 2 > most) break;
    tokens.push(isHouse ? HOUSE : CUSTOMER);
    for (const { from, to, pieces } of split(text)) {
      if (tokens.length + pieces.length + 1 > most) return { tokens: [...tokens, SEP], words };
      words.push({ turn, from, to, at: tokens.length });
      tokens.push(...pieces);
    }
  }
  return { tokens: [...tokens, SEP], words };
}
