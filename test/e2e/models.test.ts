// The models verbs as an operator uses them: what is there, what to take, a fetch that is interrupted, and the way to a machine without internet.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installationRoot, programEnvironment, runProgram, startProgram } from "../../app/platform/index.ts";
import { startFileServer, type FileServer } from "../support/file-server.ts";

describe("models on the command line", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "earshot-models-cli-"));
  let server: FileServer;
  before(async () => (server = await startFileServer()));
  after(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const main = join(installationRoot(), "dist/app/main.js");
  const envOf = (data: string): Record<string, string> => ({ ...programEnvironment(), EARSHOT_DATA_DIR: join(folder, data), EARSHOT_MODELS_MIRROR: server.url });
  const earshot = async (args: string[], data = "data"): Promise<{ code: number | null; out: string; err: string }> => {
    const result = await runProgram(process.execPath, [main, "models", ...args], { timeoutMs: 50_000, env: envOf(data) });
    return { code: result.exitCode, out: result.stdout.toString("utf8"), err: result.stderr };
  };

  it("list --json marks what is installed, in use and recommended; --kind chooses", async () => {
    const { code, out } = await earshot(["list", "--json"]);
    const listed = JSON.parse(out) as { name: string; kind: string; installed: boolean; in_use: boolean; recommended: boolean }[];
    assert.deepEqual([code, listed.filter((one) => one.installed).map((one) => [one.name, one.in_use])], [0, [["starter-en", true], ["starter-llama", false]]]);
    assert.ok(listed.length > 40 && listed.filter((one) => one.recommended).length <= 3);
    assert.match((await earshot(["list", "--kind", "vad"])).out, /^NAME +FOR .+\nsilero-v5\.1\.2 +vad +many +1 MB .+\nsilero-v6\.2\.0 .+\n$/);
  });

  it("recommend says what this machine is, what to take, and what to type", async () => {
    const { code, out } = await earshot(["recommend"]);
    assert.equal(code, 0);
    assert.match(out, /^This machine: .+\nLanguage of the calls: en /);
    assert.ok(/earshot models fetch .+calls of five minutes an hour/s.test(out) || out.includes("Nothing fits"), out);
  });

  it("fetch stopped by Ctrl-C keeps what arrived and goes on; a wrong file is refused in one sentence", async () => {
    const path = "/ggml-org/whisper-vad/resolve/main/ggml-silero-v6.2.0.bin";
    const wrong = Buffer.alloc(885_098, 7); // the right size, so that only its sum tells
    server.files.set(path, { bytes: wrong, etag: '"one"' });
    server.behave = (_req, res, asked) => asked.range === undefined && (res.writeHead(200, { "content-length": wrong.length, etag: '"one"' }).write(wrong.subarray(0, 400_000)), true);
    const part = join(folder, "data", "models", "silero-v6.2.0", "ggml-silero-v6.2.0.bin.part");
    const child = startProgram(process.execPath, [main, "models", "fetch", "silero-v6.2.0"], { env: envOf("data") });
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    let said = "";
    child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
    while ((statSync(part, { throwIfNoEntry: false })?.size ?? 0) < 400_000) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill("SIGINT");
    assert.equal(await ended, 1);
    assert.match(said, /Stopped; what arrived of silero-v6\.2\.0 is kept/);
    assert.equal(statSync(part).size, 400_000);
    const { code, err } = await earshot(["fetch", "silero-v6.2.0"]);
    assert.equal(server.asked.at(-1)?.range, "bytes=400000-");
    assert.match(err, /another sum.+\(MODEL_INVALID\)/);
    assert.deepEqual([code, existsSync(part)], [1, false]);
  });

  it("a model whose sum nobody states comes when that is said, is pinned, and travels in a bundle", async () => {
    server.behave = () => false;
    const repository = "/Xenova/distilbert-base-uncased-finetuned-sst-2-english/resolve/main";
    for (const name of ["onnx/model_quantized.onnx", "config.json", "tokenizer.json", "tokenizer_config.json"]) server.files.set(`${repository}/${name}`, { bytes: Buffer.from(`this is ${name}`) });
    const fetched = await earshot(["fetch", "distilbert-sst2", "--trust-on-first-use", "--from", server.url]);
    assert.equal(fetched.code, 0, fetched.err);
    const model = join(folder, "data", "models", "distilbert-sst2", "onnx", "model_quantized.onnx");
    assert.equal(fetched.out, `${model}\n`);
    assert.match(fetched.err, /SHA-256 was recorded:\n {2}[0-9a-f]{64} {2}onnx\/model_quantized\.onnx\n/);

    const bundle = join(folder, "models.tar");
    assert.equal((await earshot(["bundle", bundle, "distilbert-sst2"])).out, "distilbert-sst2\n");
    assert.match(execFileSync("tar", ["-xOf", bundle, "LICENCES.txt"], { encoding: "utf8" }), /distilbert-sst2: Apache-2\.0/);
    const carried = await earshot(["install", bundle], "island");
    assert.match(carried.out, /island\/models\/distilbert-sst2\/onnx\/model_quantized\.onnx\n/);
    writeFileSync(join(folder, "island", "models", "distilbert-sst2", "tokenizer.json"), "damaged");
    const damaged = await earshot(["verify"], "island");
    assert.equal(damaged.code, 1);
    assert.match(damaged.err, /distilbert-sst2 is damaged: tokenizer\.json has 7 bytes instead of 22/);
  });

  it("install --name takes a model of the site's own; remove takes it away, but not what is in use", async () => {
    const own = join(folder, "ours.gguf");
    writeFileSync(own, "GGUF and more");
    assert.match((await earshot(["install", own, "--name", "ours"])).out, /models\/ours\/ours\.gguf\n$/);
    assert.match(readFileSync(join(folder, "data", "models", "ours", "model.json"), "utf8"), /"licence": "not stated"/);
    assert.equal((await earshot(["remove", "starter-en"])).code, 1);
    assert.match((await earshot(["remove", "ours"])).out, /^ours removed/);
  });
});
