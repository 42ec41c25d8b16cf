// Set-up runs as it is, in a small installation, with small programs in the place of npm, cmake and the compiler.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installationRoot } from "../../app/platform/index.ts";

describe("scripts/setup.mjs", function () {
  this.timeout(60_000);
  let folder: string;
  let home: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "earshot-setup-"));
    home = join(folder, "home");
    makeInstallation(home);
    makePrograms(join(folder, "bin"), join(folder, "log"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const environment = (): Record<string, string> => ({ PATH: join(folder, "bin"), LOG: join(folder, "log") });
  const setUp = (...words: string[]): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(process.execPath, [join(home, "scripts", "setup.mjs"), ...words], { encoding: "utf8", env: environment() });
  /** What was called since the last look. */
  const calls = (): string[] => {
    const text = existsSync(join(folder, "log")) ? readFileSync(join(folder, "log"), "utf8") : "";
    rmSync(join(folder, "log"), { force: true });
    return text.split("\n").filter((line) => line !== "");
  };
  const count = (list: readonly string[], beginning: string): number => list.filter((line) => line.startsWith(beginning)).length;

  it("does everything once: packages without their scripts, database, speech engine, program", () => {
    const result = setUp();
    assert.equal(result.status, 0, result.stderr);
    assert.match(result.stdout, /Set-up finished in .* npm packages, database, speech engine whisper\.cpp 1\.9\.1, program/);
    const done = calls();
    assert.equal(count(done, "npm ci --ignore-scripts"), 1);
    assert.equal(count(done, "npm rebuild better-sqlite3"), 1);
    assert.equal(count(done, "cmake --build"), 1);
    for (const program of ["whisper-server", "whisper-cli", "whisper-quantize", "whisper-vad-speech-segments"]) assert.ok(existsSync(join(home, "engines", "whisper-1.9.1", "bin", program)), program);
    assert.ok(existsSync(join(home, "dist", "app", "main.js")));
    assert.ok(existsSync(join(home, "dist", "test", "main.test.js")));
  });

  it("only looks the second time, in far less than three seconds", () => {
    setUp();
    calls();
    const startedAt = performance.now();
    const result = setUp();
    assert.ok(performance.now() - startedAt < 3000);
    assert.equal(result.status, 0, result.stderr);
    assert.match(result.stdout, /everything is in place/);
    assert.deepEqual(calls(), []);
  });

  it("installs packages again when the lock changed, and nothing else", () => {
    setUp();
    calls();
    writeFileSync(join(home, "package-lock.json"), JSON.stringify({ packages: { "": {} }, changed: true }));
    assert.equal(setUp().status, 0);
    const done = calls();
    assert.equal(count(done, "npm ci"), 1);
    assert.equal(count(done, "cmake"), 0);
    assert.equal(count(done, "tsc"), 0);
  });

  it("compiles when a source changed, by content and not by time, and removes the output of a deleted one", () => {
    setUp();
    calls();
    writeFileSync(join(home, "app", "main.ts"), readFileSync(join(home, "app", "main.ts")));
    setUp();
    assert.deepEqual(calls(), []);
    rmSync(join(home, "test", "main.test.ts"));
    assert.equal(setUp().status, 0);
    assert.equal(count(calls(), "tsc"), 1);
    assert.equal(existsSync(join(home, "dist", "test", "main.test.js")), false);
  });

  it("builds the speech engine again when it was built for another processor or with other flags", () => {
    setUp();
    const stamp = join(home, "engines", "whisper-1.9.1", "stamp.json");
    writeFileSync(stamp, JSON.stringify({ ...JSON.parse(readFileSync(stamp, "utf8")), instructionSets: ["avx9000"] }));
    calls();
    assert.equal(setUp().status, 0);
    assert.equal(count(calls(), "cmake --build"), 1);
    assert.equal(setUp("--portable").status, 0);
    assert.match(calls().join("\n"), /-DGGML_NATIVE=OFF/);
    setUp();
    assert.deepEqual(calls(), [], "a portable engine serves here too");
  });

  it("keeps the old engine when the new one does not start, and leaves no half-built one", () => {
    setUp();
    const before = readFileSync(join(home, "engines", "whisper-1.9.1", "stamp.json"), "utf8");
    writeFileSync(join(folder, "bin", "engine-is-broken"), "");
    const result = setUp("--portable");
    assert.equal(result.status, 1);
    assert.match(result.stderr, /Trying the speech engine failed/);
    assert.equal(readFileSync(join(home, "engines", "whisper-1.9.1", "stamp.json"), "utf8"), before);
    assert.deepEqual(
      spawnSync("ls", ["-A", join(home, "engines")], { encoding: "utf8" }).stdout.trim().split("\n"),
      ["whisper-1.9.1"],
    );
  });

  it("builds the database again when it does not load with this Node", () => {
    setUp();
    rmSync(join(home, "node_modules", "better-sqlite3", "build", "Release", "better_sqlite3.node"));
    calls();
    assert.equal(setUp().status, 0);
    assert.deepEqual(calls().map((line) => line.split(" ").slice(0, 2).join(" ")), ["npm rebuild"]);
  });

  it("shows the end of what a failing program said, and what to do", () => {
    writeFileSync(join(folder, "bin", "npm-is-broken"), "");
    const result = setUp();
    assert.equal(result.status, 1);
    assert.match(result.stderr, /^Set-up stopped: Installing npm packages failed: npm ended with code 1; check that the npm registry can be reached/);
    assert.match(result.stderr, /\| registry does not answer/);
    assert.doesNotMatch(result.stderr, /at .*\.mjs:\d+/, "no stack trace");
  });

  it("names the missing programs in one sentence where it may not install them", () => {
    rmSync(join(folder, "bin", "ffmpeg"));
    rmSync(join(folder, "bin", "cmake"));
    for (const words of [["--no-system"], []]) {
      const result = setUp(...words);
      assert.equal(result.status, 1);
      assert.match(result.stderr, /missing: ffmpeg cmake; run: apt-get install ffmpeg cmake/);
    }
    assert.deepEqual(calls(), []);
  });

  it("installs missing programs with apt as root, after refreshing lists that are empty", function () {
    rmSync(join(folder, "bin", "ffmpeg"));
    writeProgram(join(folder, "bin", "apt-get"), `
      if (words.includes("update")) fs.writeFileSync(path.join(bin, "lists"), "");
      if (words.includes("install") && !fs.existsSync(path.join(bin, "lists"))) fail("Unable to locate package ffmpeg", 100);
      if (words.includes("install")) fs.copyFileSync(path.join(bin, "make"), path.join(bin, "ffmpeg"));`);
    const result = setUp();
    if (process.getuid?.() !== 0) {
      assert.match(result.stderr, /only root may install them/);
      return;
    }
    assert.equal(result.status, 0, result.stderr);
    assert.match(result.stdout, /system packages \(ffmpeg\)/);
    assert.deepEqual(calls().filter((line) => line.startsWith("apt-get")).map((line) => line.match(/install|update/)?.[0]), ["install", "update", "install"]);
  });

  it("--dev brings a Chromium where it may, and goes on without where it may not; other set-ups do not ask for one", () => {
    setUp();
    assert.equal(count(calls(), "apt-get"), 0);
    const without = setUp("--dev", "--no-system");
    assert.equal(without.status, 0, without.stderr);
    assert.match(without.stdout, /no Chromium, so the tests of the dashboard in a browser are skipped; run: apt-get install chromium/);
    writeProgram(join(folder, "bin", "apt-get"), `if (words.includes("install")) fail("no network", 100);`);
    const failed = setUp("--dev");
    assert.equal(failed.status, 0, failed.stderr);
    writeProgram(join(folder, "bin", "apt-get"), `if (words.includes("chromium")) fs.copyFileSync(path.join(bin, "make"), path.join(bin, "chromium"));`);
    calls();
    if (process.getuid?.() === 0) assert.match(setUp("--dev").stdout, /Set-up finished in .*: Chromium/);
    if (process.getuid?.() === 0) assert.match(setUp("--dev").stdout, /everything is in place/);
  });

  it("--production leaves what running needs, and compiles first", () => {
    const result = setUp("--production");
    assert.equal(result.status, 0, result.stderr);
    const done = calls();
    assert.equal(count(done, "npm prune --omit=dev"), 1);
    assert.ok(done.findIndex((line) => line.startsWith("tsc")) < done.findIndex((line) => line.startsWith("npm prune")));
    setUp("--production");
    assert.deepEqual(calls(), []);
  });

  it("--production does not need the compiler where the program came compiled", () => {
    setUp();
    rmSync(join(home, "node_modules"), { recursive: true });
    rmSync(join(home, "test"), { recursive: true });
    calls();
    assert.equal(setUp("--production").status, 0);
    const done = calls();
    assert.equal(count(done, "npm ci --ignore-scripts --no-audit --no-fund --omit=dev"), 1);
    assert.equal(count(done, "tsc"), 0);
  });

  it("waits for another set-up in the same folder, and not for one that died", async () => {
    mkdirSync(join(home, "engines"), { recursive: true });
    const lock = join(home, "engines", ".set-up-is-running");
    writeFileSync(lock, "999999999 1");
    assert.equal(setUp().status, 0);
    assert.equal(existsSync(lock), false);
    writeFileSync(lock, `${process.pid} ${readFileSync(`/proc/${process.pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[19]}`);
    const second = spawn(process.execPath, [join(home, "scripts", "setup.mjs")], { env: environment() });
    let said = "";
    await new Promise<void>((resolve) => second.stdout.on("data", (chunk: Buffer) => ((said += chunk.toString()), resolve())));
    assert.match(said, /another one is running here/);
    rmSync(lock);
    assert.equal(await new Promise((resolve) => second.once("close", resolve)), 0);
  });

  it("fetches a model only when it is named, through the program itself", () => {
    setUp();
    const result = setUp("--with-model", "base.en");
    assert.equal(result.status, 0, result.stderr);
    assert.match(result.stdout, /program was told: models fetch base\.en/);
    assert.equal(setUp("--with-model=../x").status, 2);
    assert.equal(setUp("--with-model").status, 2);
  });

  it("refuses unknown words with exit code 2", () => {
    const result = setUp("--production", "--quick");
    assert.equal(result.status, 2);
    assert.match(result.stderr, /--quick is not an option/);
    assert.match(setUp("--help").stdout, /--with-model NAME/);
  });
});

describe("the list of npm packages", () => {
  it("is whole: every optional package of node-llama-cpp is locked, or `npm ci` refuses to start", () => {
    const lock = JSON.parse(readFileSync(join(installationRoot(), "package-lock.json"), "utf8")) as { packages: Record<string, { optionalDependencies?: Record<string, string> }> };
    const wanted = Object.keys(lock.packages["node_modules/node-llama-cpp"]?.optionalDependencies ?? {});
    assert.ok(wanted.length > 5);
    assert.deepEqual(wanted.filter((name) => lock.packages[`node_modules/${name}`] === undefined), []);
  });

  it("names no registry", () => {
    assert.doesNotMatch(readFileSync(join(installationRoot(), "package-lock.json"), "utf8"), /"resolved": "http/);
  });
});

/** The real set-up around a program of two files. */
function makeInstallation(home: string): void {
  mkdirSync(join(home, "scripts"), { recursive: true });
  cpSync(join(installationRoot(), "scripts", "setup.mjs"), join(home, "scripts", "setup.mjs"));
  cpSync(join(installationRoot(), "scripts", "setup"), join(home, "scripts", "setup"), { recursive: true });
  for (const part of ["app", "test"]) mkdirSync(join(home, part));
  writeFileSync(join(home, "app", "main.ts"), "console.log(`program was told: ${process.argv.slice(2).join(' ')}`);\n");
  writeFileSync(join(home, "test", "main.test.ts"), "export {};\n");
  writeFileSync(join(home, "tsconfig.json"), "{}");
  writeFileSync(join(home, "package.json"), '{"name":"earshot","version":"1.0.0"}');
  writeFileSync(join(home, "package-lock.json"), JSON.stringify({ packages: { "": {} } }));
}

/** Small programs that do what the set-up needs of the real ones, and write down how they were called. */
function makePrograms(bin: string, log: string): void {
  mkdirSync(bin);
  writeFileSync(log, "");
  for (const name of ["ffmpeg", "ffprobe", "g++", "make", "python3"]) writeProgram(join(bin, name), "");
  writeProgram(join(bin, "npm"), `
    if (fs.existsSync(path.join(bin, "npm-is-broken"))) fail("registry does not answer", 1);
    const put = (file, text) => { fs.mkdirSync(path.dirname(file), { recursive: true }); fs.writeFileSync(file, text); };
    const native = "node_modules/better-sqlite3/build/Release/better_sqlite3.node";
    if (words[0] === "ci") {
      fs.rmSync("node_modules", { recursive: true, force: true });
      put("node_modules/.package-lock.json", '{"packages":{}}');
      put("node_modules/better-sqlite3/index.js", 'require("fs").readFileSync(__dirname + "/build/Release/better_sqlite3.node"); module.exports = class { close() {} };');
      put("node_modules/nodejs-whisper/cpp/whisper.cpp/CMakeLists.txt", 'project("whisper.cpp" VERSION 1.9.1)');
      if (words.includes("--include=dev")) put("node_modules/typescript/bin/tsc", fs.readFileSync(path.join(bin, "tsc"), "utf8").split("\\n").slice(1).join("\\n"));
    }
    if (words[0] === "rebuild") put(native, "");
    if (words[0] === "prune") fs.rmSync("node_modules/typescript", { recursive: true, force: true });`);
  writeProgram(join(bin, "cmake"), `
    const at = words.indexOf("--build");
    if (at >= 0) for (const name of ["whisper-server", "whisper-cli", "whisper-quantize", "whisper-vad-speech-segments"]) {
      fs.mkdirSync(path.join(words[at + 1], "bin"), { recursive: true });
      fs.copyFileSync(path.join(bin, "engine"), path.join(words[at + 1], "bin", name));
    } else fs.mkdirSync(words[words.indexOf("-B") + 1], { recursive: true });`);
  writeProgram(join(bin, "engine"), `if (fs.existsSync(path.join(bin, "engine-is-broken"))) fail("illegal instruction", 132);`);
  writeProgram(join(bin, "tsc"), `
    for (const part of ["app", "test"]) for (const file of fs.existsSync(part) ? fs.readdirSync(part) : []) {
      fs.mkdirSync(path.join("dist", part), { recursive: true });
      fs.copyFileSync(path.join(part, file), path.join("dist", part, file.replace(/ts$/, "js")));
    }`);
}

function writeProgram(file: string, body: string): void {
  writeFileSync(
    file,
    `#!${process.execPath}
const fs = require("node:fs"); const path = require("node:path");
const bin = ${JSON.stringify(join(file, ".."))}; const words = process.argv.slice(2);
const name = path.basename(process.argv[1]);
if (name !== "engine" && !name.startsWith("whisper-")) fs.appendFileSync(process.env.LOG, [name, ...words].join(" ") + "\\n");
const fail = (text, code) => { console.error(text); process.exit(code); };
${body}
`,
  );
  chmodSync(file, 0o755);
}
