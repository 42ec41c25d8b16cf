// Analysis: turns go in, findings with evidence come out; numbers of a call come from voice activity alone.
export { chooseEngine } from "./choose-engine.ts";
export { decideEngine, type AnalysisEngine } from "./engine.ts";
export { createExtractiveEngine, type ExtractiveOptions } from "./extractive-engine.ts";
export { openDescriber, type DescriberOptions, type RunningDescriber } from "./models/transformers/describer.ts";
export { openEmbedder, type RunningEmbedder } from "./models/transformers/embedder.ts";
export { isProved, readEvidence, unprovedWords, type EvidenceWords } from "./evidence-check.ts";
export { loadTaxonomy, parseTaxonomy, type Taxonomy } from "./taxonomy.ts";
export { decideRoles, type RoleClues } from "./voice-roles.ts";
export { measureCall } from "./metrics/measure-call.ts";
export { metricDefinitions, metricSet, METRIC_VERSIONS, METRICS_VERSION, type MetricSet } from "./metrics/registry.ts";
export { metricsReference } from "./metrics/reference.ts";
export type { MetricsInput } from "./metrics/talk.ts";
export { judgeLegs, OVERWHELMING, type LegClues, type LegVerdict } from "./swapped-legs.ts";
export * from "./workflows/index.ts";
