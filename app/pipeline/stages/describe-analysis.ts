// How the analysis engine fares, in words.
import type { AnalysisEngine } from "../../analysis/index.ts";

/** For whoever asks whether Earshot is ready: a model that loads or rests makes findings simpler, it does not lose any. */
export function describeAnalysis(engine: AnalysisEngine): string {
  const { name, model } = engine;
  const fares = engine.status?.();
  if (fares === undefined) return `The analysis engine is ${name}`;
  const where = fares.gpu === undefined ? "" : ` on ${fares.gpu}`;
  return `The analysis engine (${name}, ${model ?? "no model"}) is ${fares.state}${where}${fares.code === undefined ? "" : `: ${fares.code}; the extractive engine does its work meanwhile`}`;
}
