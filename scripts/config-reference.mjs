// Writes config/reference.md from the schema of the settings:  node scripts/config-reference.mjs [--check]   (after a build)
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { at } from "./setup/places.mjs";

const { configReference } = await import(at("dist", "app", "platform", "config-reference.js"));
const file = join(at("config"), "reference.md");
const text = configReference();
if (!process.argv.includes("--check")) writeFileSync(file, text);
else if (readFileSync(file, "utf8") !== text) {
  console.error("config/reference.md is behind the schema; run: node scripts/config-reference.mjs");
  process.exitCode = 1;
}
