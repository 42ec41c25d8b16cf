// What every analysis engine offers, and which one a site gets.
import { AppError, type Analysis, type AnalysisInput } from "../domain/index.ts";

/** One way of understanding calls. An engine knows nothing but the redacted turns it is given. */
export interface AnalysisEngine {
  readonly name: Analysis["engine"];
  /** name of the language model, null for engines without one */
  readonly model: string | null;
  /**
   * @param signal stops the work
   * @returns findings, each with evidence. Odd or empty turns give empty findings, never an error.
   * @throws the signal's reason when aborted; AppError ANALYSIS_FAILED when an engine cannot work at all
   */
  analyse(input: AnalysisInput, signal?: AbortSignal): Promise<Analysis>;
}

/**
 * Which engine to use. Pure.
 * @param configured `analysis.engine`
 * @param available  engines that can run here: `extractive` always, `llama` when its model is installed, `openai` when its server is configured
 * @returns `auto`: llama when it can run, else extractive
 * @throws AppError CONFIG_INVALID when the configured engine cannot run; never falls back silently, because results would change unnoticed
 */
export function decideEngine(configured: "auto" | Analysis["engine"], available: ReadonlySet<Analysis["engine"]>): Analysis["engine"] {
  if (configured === "auto") return available.has("llama") ? "llama" : "extractive";
  if (available.has(configured)) return configured;
  const advice =
    configured === "llama" ? "install a language model (analysis.model), or set analysis.engine to auto" : configured === "openai" ? "this version has no such engine; set analysis.engine to auto" : "set analysis.engine to auto";
  throw new AppError("CONFIG_INVALID", `The analysis engine ${configured} cannot run here: ${advice}`, { details: { problems: [{ path: "analysis.engine", message: advice }] } });
}
