// Says which model is in use: its name, its content as a hash, and whether it knows more than English.
import { open, stat } from "node:fs/promises";
import { basename } from "node:path";
import { AppError } from "../domain/index.ts";
import { hashFile } from "../platform/index.ts";

export interface ModelIdentity {
  /** file name without `ggml-` and `.bin`, e.g. `starter-en`, `base.en-q5_1` */
  name: string;
  /** lower-case hex of the whole file */
  sha256: string;
  sizeBytes: number;
  /** false: the model knows only English and is asked for nothing else */
  multilingual: boolean;
}

/** What is known of files already: path → size, time of change, identity. Owned by the caller. */
export type ModelCache = Map<string, { stamp: string; identity: ModelIdentity }>;

/** `ggml` as a little-endian number: the first four bytes of every ggml model. */
const MAGIC = 0x67676d6c;
/** English-only models have 51,864 tokens, multilingual ones one or more beyond (whisper.cpp `is_multilingual`). */
const MULTILINGUAL_FROM = 51_865;

/**
 * @param cache the hash is computed once per path, size and time of change (1 s per GB otherwise)
 * @throws AppError SPEECH_MODEL_MISSING when the file is not there or no ggml model
 */
export async function identifyModel(path: string, cache: ModelCache = new Map()): Promise<ModelIdentity> {
  const { sizeBytes, multilingual, stamp } = await inspectModel(path);
  const known = cache.get(path);
  if (known?.stamp === stamp) return known.identity;
  const identity = { name: basename(path).replace(/^ggml-/, "").replace(/\.(bin|gguf)$/, ""), sha256: await hashFile(path), sizeBytes, multilingual };
  cache.set(path, { stamp, identity });
  return identity;
}

/**
 * Looks at the head of a model file only.
 * @throws AppError SPEECH_MODEL_MISSING
 */
export async function inspectModel(path: string): Promise<{ sizeBytes: number; multilingual: boolean; stamp: string }> {
  const head = Buffer.alloc(8);
  let facts;
  try {
    const handle = await open(path, "r");
    try {
      await handle.read(head, 0, 8, 0);
      facts = await stat(path);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw missing(path, "is not there or cannot be read", cause);
  }
  if (head.readUInt32LE(0) !== MAGIC) throw missing(path, "is no ggml model of whisper.cpp");
  return { sizeBytes: facts.size, multilingual: head.readInt32LE(4) >= MULTILINGUAL_FROM, stamp: `${facts.ino}:${facts.size}:${facts.mtimeMs}` };
}

function missing(path: string, what: string, cause?: unknown): AppError {
  return new AppError("SPEECH_MODEL_MISSING", `The speech model ${path} ${what}; install it with: scripts/earshot models fetch, or set speech.model`, {
    details: { model: basename(path) },
    cause,
  });
}
