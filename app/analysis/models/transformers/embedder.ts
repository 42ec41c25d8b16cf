// Texts become vectors, in a process of their own.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { AppError } from "../../../domain/index.ts";
import { openModelFolder, type LineStatus, type ModelPlaces } from "../../../platform/index.ts";
import type { Embedder } from "../small-models.ts";
import { launch, type LaunchOptions } from "./launch.ts";
import { unpackVector, vectorsSchema } from "./requests.ts";

/** A few texts a request, so that whoever gives up waits for little and a watchdog knows what is slow. */
const BATCH = { texts: 16, characters: 16_000 };
/** About 40 windows of 512 tokens. The mean of more says nothing of any part of it. */
const LONGEST_TEXT = 100_000;
/** 512 tokens are about 2,000 characters and take 0.1 s on one core: fifty times that, and a quiet minute. */
const TIMEOUT = { leastMs: 60_000, perCharacterMs: 2.5 };

/** An embedder with a process to end. */
export interface RunningEmbedder extends Embedder {
  status(): LineStatus;
  stop(): Promise<void>;
}

/**
 * Opens a model that turns texts into vectors. Its files are read and checked; its process starts with the first text.
 * @param nameOrPath a name of the model store, or the absolute path of a folder from the settings
 * @throws AppError SETUP_INCOMPLETE with the command that installs it, MODEL_INVALID when it is damaged or not whole; the signal's reason
 */
export async function openEmbedder(nameOrPath: string, places: ModelPlaces, options: LaunchOptions & { signal?: AbortSignal }): Promise<RunningEmbedder> {
  const model = await openModelFolder(nameOrPath, "embedding", places, options.signal);
  const dimensions = dimensionsOf(model.folder);
  const prefixes = model.entry.prefixes ?? { query: "", passage: "" };
  const process = launch(model, "embedding", "EMBEDDING_FAILED", [], options);
  return {
    id: `${model.name}@sha256:${model.sha256}`,
    dimensions,
    async embed(texts, kind, signal) {
      const tooLong = texts.findIndex((text) => text.length > LONGEST_TEXT);
      if (tooLong >= 0) throw new AppError("EMBEDDING_FAILED", `Text ${tooLong + 1} of ${texts.length} has more than ${LONGEST_TEXT} characters; cut it into passages`, { retry: "never" });
      const vectors: Float32Array[] = [];
      for (const batch of batches(texts)) {
        const timeoutMs = TIMEOUT.leastMs + TIMEOUT.perCharacterMs * batch.reduce((sum, text) => sum + text.length, 0);
        const answer = vectorsSchema.safeParse(await process.request({ texts: batch, prefix: prefixes[kind] }, { timeoutMs, signal }));
        const some = answer.success ? answer.data.vectors.map(unpackVector) : [];
        if (some.length !== batch.length || some.some((one) => one.length !== dimensions)) throw new AppError("EMBEDDING_FAILED", `The embedding model ${model.name} gave vectors of another length than the ${dimensions} of its config.json`, { retry: "never" });
        vectors.push(...some);
      }
      return vectors;
    },
    status: () => process.status(),
    stop: () => process.stop(),
  };
}

function* batches(texts: readonly string[]): Generator<string[]> {
  let batch: string[] = [];
  let characters = 0;
  for (const text of texts) {
    if (batch.length === BATCH.texts || (batch.length > 0 && characters + text.length > BATCH.characters)) {
      yield batch;
      [batch, characters] = [[], 0];
    }
    batch.push(text);
    characters += text.length;
  }
  if (batch.length > 0) yield batch;
}

/** @throws AppError MODEL_INVALID */
function dimensionsOf(folder: string): number {
  try {
    const config = z.object({ hidden_size: z.number().int().optional(), dim: z.number().int().optional(), d_model: z.number().int().optional() }).parse(JSON.parse(readFileSync(join(folder, "config.json"), "utf8")));
    const dimensions = config.hidden_size ?? config.dim ?? config.d_model;
    if (dimensions !== undefined && dimensions > 0) return dimensions;
  } catch {
    // said below
  }
  throw new AppError("MODEL_INVALID", `${join(folder, "config.json")} does not say how long vectors are (hidden_size); is it an embedding model?`);
}
