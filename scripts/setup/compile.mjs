// Compiles TypeScript into dist/, when the sources changed. Outputs of deleted sources are removed: a deleted test must not run.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { at, exists, filesBelow, hashOf, readJson, root, writeJson } from "./places.mjs";
import { run } from "./run.mjs";

const STAMP = at("dist", ".earshot-built.json");
const TSC = at("node_modules", "typescript", "bin", "tsc");

/** @returns {boolean} whether the compiler is installed (an installed copy has none) */
export function compilerIsHere() {
  return exists(TSC);
}

/** @param {boolean} withTests @returns {boolean} whether dist/ is what the sources say, by content, not by time */
export function programIsFresh(withTests) {
  const stamp = readJson(STAMP);
  if (stamp === undefined) return false;
  const now = sourceHashes();
  return stamp.app === now.app && (!withTests || stamp.test === now.test) && sources("app").every((file) => exists(output(file)));
}

/** @returns {Promise<string>} */
export async function compile() {
  const before = sourceHashes();
  const all = [...sources("app"), ...sources("test")];
  if (!all.every((file) => exists(output(file)))) rmSync(at("dist", ".tsbuildinfo"), { force: true }); // else the compiler believes they are there
  console.log("Set-up: compiling");
  await run("Compiling", process.execPath, [TSC, "-p", at("tsconfig.json"), "--pretty", "false"], { hint: "mend these places in the source" });
  removeOrphans(new Set(all.map(output)));
  writeJson(STAMP, before);
  return "program";
}

function sources(folder) {
  return filesBelow(at(folder), (name) => name.endsWith(".ts") && !name.endsWith(".d.ts"));
}

function sourceHashes() {
  const settings = [at("tsconfig.json"), at("package.json")];
  return { app: hashOf([...settings, ...sources("app")]), test: hashOf(sources("test")) };
}

function output(source) {
  return join(at("dist"), `${source.slice(root.length, -".ts".length)}.js`);
}

function removeOrphans(wanted) {
  for (const file of filesBelow(at("dist"), (name) => name.endsWith(".js"))) {
    if (wanted.has(file)) continue;
    rmSync(file);
    rmSync(`${file}.map`, { force: true });
  }
}
