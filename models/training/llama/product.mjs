// The compiled product that asks the questions. Training and run time share every word of a prompt.
import { pathToFileURL } from "node:url";
import { resolve } from "node:path";
import { dist } from "./dist.mjs";

const load = (path) => import(pathToFileURL(`${dist}/${path}`).href);

export const { createExtractiveEngine, loadTaxonomy } = await load("app/analysis/index.js");
export const { createModelEngine } = await load("app/analysis/model-engine.js");
export const { createEvidence } = await load("app/analysis/findings/evidence.js");
export const { clean, itemsOfTurns } = await load("app/analysis/reading/items.js");
export const { splitSentences } = await load("app/analysis/text/conversation.js");
export const { inputOf, readAnalysisSet, says } = await load("test/eval/analysis/set.js");
export const { scoreAnalysis } = await load("test/eval/analysis/score.js");
export const { createLlamaModel } = await load("app/analysis/models/llama/llama-model.js");
export const { silentLog, systemClock } = await load("app/platform/index.js");
export const root = resolve(dist, "..");
