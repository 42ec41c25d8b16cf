// npm packages: exactly those of the lock, no scripts of strangers, only what this platform runs.
import { createHash } from "node:crypto";
import { readFileSync, realpathSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { at, exists, readJson, writeJson } from "./places.mjs";
import { SetupProblem } from "./problem.mjs";
import { run } from "./run.mjs";

const STAMP = at("node_modules", ".earshot-setup.json");
const NATIVE = at("node_modules", "better-sqlite3", "build", "Release");

/** Delivered with the packages and never used here (about 130 MB): binaries for other systems, sources of prebuilt things, objects of a finished build. */
const BALLAST = [
  "onnxruntime-node/bin/napi-v3/darwin",
  "onnxruntime-node/bin/napi-v3/win32",
  "node-llama-cpp/llama/gitRelease.bundle",
  "fluent-ffmpeg/coverage",
  "better-sqlite3/build/Release/obj",
  "better-sqlite3/build/Release/obj.target",
  "better-sqlite3/build/Release/.deps",
  "better-sqlite3/build/Release/sqlite3.a",
  "better-sqlite3/build/Release/test_extension.node",
].map((path) => at("node_modules", path));

/** @param {boolean} withDev @returns {boolean} whether node_modules is what the lock says (a hand-made `npm ci` counts too) */
export function packagesAreHere(withDev) {
  const stamp = readJson(STAMP);
  if (stamp !== undefined && exists(at("node_modules", ".package-lock.json"))) return stamp.lock === lockHash() && (stamp.withDev || !withDev);
  if (!matchesLock(withDev)) return false;
  writeJson(STAMP, { lock: lockHash(), withDev });
  return true;
}

/** @param {boolean} withDev @returns {Promise<string>} */
export async function installPackages(withDev) {
  console.log("Set-up: installing npm packages");
  // Scripts of packages do not run (some would download programs); the one package that must be built is built below, from its source.
  await run("Installing npm packages", "npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", withDev ? "--include=dev" : "--omit=dev"], {
    hint: "check that the npm registry can be reached, or bring node_modules from a machine that reached it",
  });
  writeJson(STAMP, { lock: lockHash(), withDev });
  return "npm packages";
}

/** The database is a C++ package: built here, again after Node's binary interface changed. @returns {Promise<string | undefined>} */
export async function buildNativePackages() {
  const stamp = readJson(STAMP) ?? {};
  const isBuilt = exists(join(NATIVE, "better_sqlite3.node"));
  // A hand-made `npm ci` built it for the Node that ran then: the first look finds out whether that is this one.
  if (isBuilt && (stamp.nodeModules === process.versions.modules || (stamp.nodeModules === undefined && (await loads())))) {
    if (stamp.nodeModules === undefined) writeJson(STAMP, { ...stamp, nodeModules: process.versions.modules });
    return undefined;
  }
  console.log("Set-up: building the database (about a minute)");
  await run("Building the database", "npm", ["rebuild", "better-sqlite3", "--foreground-scripts"], {
    env: { npm_config_build_from_source: "true", npm_config_jobs: "max", ...headers() },
    hint: "its compiler output is below",
  });
  if (!(await loads())) throw new SetupProblem("the database was built and does not load; delete node_modules and run this again");
  writeJson(STAMP, { ...stamp, nodeModules: process.versions.modules });
  return "database";
}

/** @returns {Promise<string | undefined>} */
export async function removeDevelopmentPackages() {
  const stamp = readJson(STAMP) ?? {};
  if (!stamp.withDev) return undefined;
  await run("Removing development packages", "npm", ["prune", "--omit=dev", "--ignore-scripts", "--offline", "--no-audit", "--no-fund"]);
  writeJson(STAMP, { ...stamp, withDev: false });
  return "development packages removed";
}

/** @returns {undefined} */
export function removeBallast() {
  for (const path of BALLAST) if (exists(path)) rmSync(path, { recursive: true });
  return undefined;
}

function lockHash() {
  return createHash("sha256").update(readFileSync(at("package-lock.json"))).digest("hex");
}

function matchesLock(withDev) {
  const installed = readJson(at("node_modules", ".package-lock.json"))?.packages;
  const locked = readJson(at("package-lock.json"))?.packages;
  if (installed === undefined || locked === undefined) return false;
  const isRight = ([path, entry]) => (installed[path] === undefined ? entry.optional === true || (entry.dev === true && !withDev) : installed[path].version === entry.version);
  return Object.entries(locked).every(([path, entry]) => path === "" || isRight([path, entry])) && Object.keys(installed).every((path) => locked[path] !== undefined);
}

async function loads() {
  try {
    await run("Loading the database", process.execPath, ["-e", "new (require('better-sqlite3'))(':memory:').close()"]);
    return true;
  } catch {
    return false;
  }
}

/** Node's own headers, where they came with it: node-gyp would fetch them from the internet. */
function headers() {
  const prefix = dirname(dirname(realpathSync(process.execPath)));
  const file = join(prefix, "include", "node", "node_version.h");
  if (!exists(file)) return {};
  const text = readFileSync(file, "utf8");
  const version = ["MAJOR", "MINOR", "PATCH"].map((part) => text.match(new RegExp(`#define NODE_${part}_VERSION (\\d+)`))?.[1]).join(".");
  return version === process.versions.node ? { npm_config_nodedir: prefix } : {};
}
