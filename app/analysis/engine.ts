// What every analysis engine offers, and which one a site gets.
import { AppError, type Analysis, type AnalysisInput } from "../domain/index.ts";
import type { ModelStatus } from "./models/language-model.ts";

/** One way of understanding calls. An engine knows nothing but the redacted turns it is given. */
export interface AnalysisEngine {
  readonly name: Analysis["engine"];
  /** name of the language model, null for engines without one */
  readonly model: string | null;
  /** sessions that are worth reading at the same time; absent for engines that are quick and work on the processor like everything else */
  readonly parallel?: number;
  /** how the language model fares; absent without one */
  status?(): ModelStatus;
  /** Frees what the engine holds; it may be asked again. */
  stop?(): Promise<void>;
  /**
   * @param signal stops the work
   * @returns findings, each with evidence. Odd or empty turns give empty findings, never an error.
   * @throws the signal's reason when aborted; AppError ANALYSIS_FAILED when an engine cannot work at all. One with a model lets the extractive engine do what its model
   *   cannot, and says so in `instead_of`
   */
  analyse(input: AnalysisInput, signal?: AbortSignal): Promise<Analysis>;
}

/**
 * Which engine to use. Pure.
 * @param configured `analysis.engine`
 * @param available  engines that can run here: `extractive` always, `llama` when its model is installed, `openai` when its servers are configured
 * @returns `auto`: the servers when some are configured, else llama when it can run, else extractive
 * @throws AppError CONFIG_INVALID when the configured engine cannot run; never falls back silently, because results would change unnoticed
 */
export function decideEngine(configured: "auto" | Analysis["engine"], available: ReadonlySet<Analysis["engine"]>): Analysis["engine"] {
  if (configured === "auto") return available.has("openai") ? "openai" : available.has("llama") ? "llama" : "extractive";
  if (available.has(configured)) return configured;
  const advice =
    configured === "llama" ? "install a language model (analysis.model), or set analysis.engine to auto" : configured === "openai" ? "name its servers in analysis.endpoints, or set analysis.engine to auto" : "set analysis.engine to auto";
  throw new AppError("CONFIG_INVALID", `The analysis engine ${configured} cannot run here: ${advice}`, { details: { problems: [{ path: "analysis.engine", message: advice }] } });
}
