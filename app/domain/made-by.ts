// What made an analysis, and how: for whoever wants to know what its findings are worth, or to ask the same model the same again.
import { z } from "zod";
import type { Analysis } from "./analysis.ts";
import { toRfc3339 } from "./units.ts";

export const madeBySchema = z.object({
  engine: z.string(),
  model: z.string().nullable().describe("null for an engine without a language model"),
  prompt: z.string().optional().describe("versions of the prompts; this and what follows is absent without a language model"),
  seed: z.int().optional(),
  terms: z.array(z.string()).optional().describe("the business's own documents, with pages, that the model was shown to understand the conversation"),
  at: z.iso.datetime().optional().describe("when the model was asked"),
  ms: z.int().optional().describe("how long it took"),
  chunks: z.int().optional().describe("parts in which the conversation was read"),
  instead_of: z.object({ engine: z.string(), code: z.string() }).optional().describe("the engine of the settings, and the error for which another one stood in"),
});
export type MadeBy = z.infer<typeof madeBySchema>;

export function madeByOf({ engine, model, made, instead_of }: Pick<Analysis, "engine" | "model" | "made" | "instead_of">): MadeBy {
  return {
    engine, model,
    ...(made === undefined ? {} : { prompt: made.prompt, seed: made.seed, ...(made.terms === undefined ? {} : { terms: made.terms }), at: toRfc3339(made.atMs), ms: made.ms, chunks: made.chunks }),
    ...(instead_of === undefined ? {} : { instead_of }),
  };
}

/** @returns e.g. `llama qwen3-4b in 3 parts`, or `extractive instead of llama: ANALYSIS_TIMEOUT` */
export function madeByWords({ engine, model, chunks, instead_of: instead }: MadeBy): string {
  if (instead !== undefined) return `${engine} instead of ${instead.engine}: ${instead.code}`;
  return [engine, ...(model === null ? [] : [model]), ...(chunks !== undefined && chunks > 1 ? [`in ${chunks} parts`] : [])].join(" ");
}
