// Keeps the two graphs of ARCHITECTURE.md true. Every message names the place and the reason.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { installationRoot } from "../app/platform/index.ts";
import { brokenRules, longFiles } from "./architecture/rules.ts";
import { describe as describeTree, readSources, type Sources } from "./architecture/source-tree.ts";

const DEPENDENCIES = ["express", "better-sqlite3", "undici", "chokidar", "nodejs-whisper"];

describe("architecture", () => {
  it("every rule holds in the program", () => {
    const manifest = JSON.parse(readFileSync(join(installationRoot(), "package.json"), "utf8")) as { dependencies: Record<string, string> };
    const files = describeTree(readSources(installationRoot(), ["app"]));
    assert.ok(files.length > 50, "the sources were found");
    const broken = brokenRules(files, Object.keys(manifest.dependencies));
    assert.equal(broken.join("\n"), "");
  });

  it("no file is longer than 300 lines", () => {
    assert.deepEqual(longFiles(describeTree(readSources(installationRoot(), ["app"])), 300), []);
  });
});

describe("the rules themselves, on a small tree", () => {
  const tidy: Sources = new Map([
    ["app/domain/index.ts", 'export * from "./words.ts";'],
    ["app/domain/words.ts", "export const word = 1;"],
    ["app/platform/index.ts", 'export { loadConfig } from "./environment.ts";'],
    ["app/platform/environment.ts", "export const loadConfig = () => process.env;"],
    ["app/store/index.ts", 'import Database from "better-sqlite3"; import { word } from "../domain/index.ts"; export const store = [Database, word];'],
    ["app/speech/index.ts", 'import type { ChildProcess } from "node:child_process"; import { loadConfig } from "../platform/index.ts"; export type Speech = ChildProcess; export const speech = loadConfig;'],
    ["app/pipeline/index.ts", 'import { speech } from "../speech/index.ts"; import { store } from "../store/index.ts"; export const run = [speech, store];'],
    ["app/http/index.ts", 'import express from "express"; import { run } from "../pipeline/index.ts"; export const server = [express, run];'],
    ["app/main.ts", 'import { server } from "./http/index.ts"; process.exit(server.length);'],
  ]);

  it("find nothing in a tidy tree", () => {
    assert.deepEqual(check(tidy), []);
  });

  const cases: { what: string; path: string; text: string; expected: RegExp }[] = [
    { what: "a stage that imports another stage", path: "app/speech/turns.ts", text: 'import { store } from "../store/index.ts"; export const x = store;', expected: /speech imports store; stages do not know each other/ },
    { what: "the ground that imports a room", path: "app/platform/more.ts", text: 'import { store } from "../store/index.ts"; export const x = store;', expected: /platform imports store; the ground/ },
    { what: "the pipeline that imports the web server", path: "app/pipeline/more.ts", text: 'import { server } from "../http/index.ts"; export const x = server;', expected: /pipeline imports http; the arrows/ },
    { what: "a room entered by the window", path: "app/store/more.ts", text: 'import { word } from "../domain/words.ts"; export const x = word;', expected: /enters domain through app\/domain\/words\.ts/ },
    { what: "a type taken from a sibling", path: "app/speech/turns.ts", text: 'import type { store } from "../store/index.ts"; export type X = typeof store;', expected: /speech imports store/ },
    { what: "a re-export from a sibling", path: "app/speech/turns.ts", text: 'export { store } from "../store/index.ts";', expected: /speech imports store/ },
    { what: "a late import of a sibling", path: "app/speech/turns.ts", text: 'export const x = () => import("../store/index.ts");', expected: /speech imports store/ },
    { what: "an import of the tests", path: "app/store/more.ts", text: 'import { x } from "../../test/support/x.ts"; export const y = x;', expected: /must run without its tests/ },
    { what: "a room that nobody planned", path: "app/extras/index.ts", text: "export const x = 1;", expected: /app\/extras is no room/ },
    { what: "a folder for odds and ends", path: "app/store/utils/x.ts", text: "export const x = 1;", expected: /odds and ends/ },
    { what: "express outside http", path: "app/store/more.ts", text: 'import express from "express"; export const x = express;', expected: /imports express, allowed only in app\/http/ },
    { what: "SQLite outside the store", path: "app/speech/more.ts", text: 'import Database from "better-sqlite3"; export const x = Database;', expected: /imports better-sqlite3/ },
    { what: "a program started outside subprocess.ts", path: "app/speech/more.ts", text: 'import { exec } from "node:child_process"; export const x = exec;', expected: /imports node:child_process/ },
    { what: "a type and a value in one import of child_process", path: "app/speech/more.ts", text: 'import { exec, type ChildProcess } from "node:child_process"; export const x: ChildProcess = exec("ls");', expected: /imports node:child_process/ },
    { what: "a request that goes around net.ts", path: "app/delivery/index.ts", text: 'import { request } from "undici"; export const x = request;', expected: /imports undici.*platform\/net\.ts/ },
    { what: "the global fetch", path: "app/delivery/index.ts", text: 'export const x = () => fetch("https://example.com");', expected: /uses fetch\(\)/ },
    { what: "nodejs-whisper called", path: "app/speech/more.ts", text: 'import { nodewhisper } from "nodejs-whisper"; export const x = nodewhisper;', expected: /imports nodejs-whisper, allowed nowhere/ },
    { what: "a second file that uses chokidar", path: "app/ui/index.ts", text: 'import { watch } from "chokidar"; export const x = watch;', expected: /app\/intake\/index\.ts and app\/ui\/index\.ts import chokidar/ },
    { what: "the environment read elsewhere", path: "app/store/more.ts", text: 'export const x = process.env["PATH"];', expected: /uses process\.env/ },
    { what: "a process ended elsewhere", path: "app/store/more.ts", text: "process.exit(1);", expected: /uses process\.exit/ },
    { what: "a package that an installed copy lacks", path: "app/store/more.ts", text: 'import ts from "typescript"; export const x = ts;', expected: /imports typescript, which is not in dependencies/ },
    { what: "a file that does not exist", path: "app/store/more.ts", text: 'import { x } from "./gone.ts"; export const y = x;', expected: /does not exist/ },
    { what: "two files that need each other", path: "app/domain/words.ts", text: 'import { other } from "./index.ts"; export const word = other;', expected: /app\/domain\/index\.ts → app\/domain\/words\.ts → app\/domain\/index\.ts/ },
  ];
  for (const { what, path, text, expected } of cases) {
    it(`find ${what}`, () => {
      const chokidar: [string, string] = ["app/intake/index.ts", 'import { watch } from "chokidar"; export const intake = watch;'];
      const found = check(new Map([...tidy, chokidar, [path, text]]));
      assert.equal(found.length, 1, `expected one finding, got:\n${found.join("\n")}`);
      assert.match(found[0] ?? "", expected);
    });
  }

  it("find a file that is too long", () => {
    assert.deepEqual(longFiles(describeTree(new Map([["app/store/long.ts", "const x = 1;\n".repeat(301)]])), 300), ["app/store/long.ts: 301 lines"]);
  });
});

function check(sources: Sources): string[] {
  return brokenRules(describeTree(sources), DEPENDENCIES);
}
