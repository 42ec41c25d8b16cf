// Builds the engine that the settings ask for.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../platform/index.ts";
import { decideEngine, type AnalysisEngine } from "./engine.ts";
import { createExtractiveEngine } from "./extractive-engine.ts";
import { loadFindingsModel } from "./learned/findings-model.ts";
import { loadTaxonomy } from "./taxonomy.ts";

/**
 * @param settings `analysis` of the configuration
 * @param places   `root`: folder of the installation, where config/taxonomy.yaml lies
 * @returns the engine, ready to work. This version brings `extractive` only.
 * @throws AppError CONFIG_INVALID when the configured engine cannot run here or the taxonomy has mistakes
 */
export function chooseEngine(settings: Config["analysis"], places: { root: string }): AnalysisEngine {
  decideEngine(settings.engine, new Set(["extractive"] as const));
  const model = join(places.root, "models", "starter-findings", "findings.json");
  return createExtractiveEngine({
    taxonomy: loadTaxonomy(settings.taxonomy ?? join(places.root, "config", "taxonomy.yaml")),
    companyNames: settings.company_names,
    ...(existsSync(model) ? { model: loadFindingsModel(model) } : {}),
  });
}
