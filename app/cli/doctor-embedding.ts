// What doctor says about finding by meaning: the model of the settings is loaded and given a text.
import { openEmbedder } from "../analysis/index.ts";
import { AppError } from "../domain/index.ts";
import { silentLog, type Config } from "../platform/index.ts";
import type { Finding } from "../pipeline/index.ts";

export async function examineEmbedding({ data_dir: dataDir, knowledge }: Pick<Config, "data_dir" | "knowledge">): Promise<Finding> {
  const check = "Embedding model";
  const { embedding_model: model } = knowledge;
  if (model === undefined) return { check, ok: true, detail: "no knowledge.embedding_model is set, so documents are found by their words alone" };
  try {
    const embedder = await openEmbedder(model, { dataDir }, { log: silentLog });
    try {
      const startedAt = performance.now();
      await embedder.embed(["The parcel has not arrived."], "query");
      return { check, ok: true, detail: `${embedder.id.split("@")[0]} read a test sentence into ${embedder.dimensions} numbers; loaded in ${((performance.now() - startedAt) / 1000).toFixed(1)} s` };
    } finally {
      await embedder.stop();
    }
  } catch (error) {
    if (error instanceof AppError) return { check, ok: false, detail: error.message };
    throw error;
  }
}
