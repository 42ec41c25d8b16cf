// Writes METRICS.md from the registry of metrics:  node scripts/metrics-reference.mjs   (after a build)
import { writeFileSync } from "node:fs";
import { at } from "./setup/places.mjs";

const { metricsReference } = await import(at("dist", "app", "analysis", "index.js"));
writeFileSync(at("METRICS.md"), metricsReference());
