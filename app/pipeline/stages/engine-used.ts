// For the ledger: which engine found what was found, and why another one did not.
import type { AnalysisEngine } from "../../analysis/index.ts";
import type { Analysis } from "../../domain/index.ts";

/** @returns e.g. `llama qwen3-4b in 3 parts`, or `extractive instead of llama: ANALYSIS_TIMEOUT` */
export function engineUsed({ engine, model, made, instead_of: instead }: Pick<Analysis, "engine" | "model" | "made" | "instead_of">): string {
  if (instead !== undefined) return `${engine} instead of ${instead.engine}: ${instead.code}`;
  return [engine, ...(model === null ? [] : [model]), ...(made !== undefined && made.chunks > 1 ? [`in ${made.chunks} parts`] : [])].join(" ");
}

/** @returns how the engine fares, for whoever asks whether Earshot is ready: a model that loads or rests makes findings simpler, it does not lose any */
export function describeAnalysis(engine: AnalysisEngine): string {
  const { name, model } = engine;
  const fares = engine.status?.();
  if (fares === undefined) return `The analysis engine is ${name}`;
  const where = fares.gpu === undefined ? "" : ` on ${fares.gpu}`;
  return `The analysis engine (${name}, ${model ?? "no model"}) is ${fares.state}${where}${fares.code === undefined ? "" : `: ${fares.code}; the extractive engine does its work meanwhile`}`;
}
