// Models that are a folder: found, checked, brought in, carried to another machine.
import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError } from "../../app/domain/index.ts";
import { bundleModels, installFolder, installModels, openModelFolder, verifyModels } from "../../app/platform/index.ts";
import { writeEmbeddingModel, writePictureModel } from "../support/tiny-models.ts";

describe("models that are a folder", () => {
  const root = mkdtempSync(join(tmpdir(), "earshot-folders-"));
  const shippedDir = join(root, "shipped");
  let sites = 0;
  const site = (): { dataDir: string; shippedDir: string } => ({ dataDir: join(root, `site-${++sites}`), shippedDir });
  const code = async (work: Promise<unknown>): Promise<string> => work.then(() => "none", (error: unknown) => (error instanceof AppError ? error.code : String(error)));

  before(() => {
    mkdirSync(shippedDir);
    writeFileSync(join(shippedDir, "manifest.json"), JSON.stringify({ models: [{ name: "known", kind: "embedding", file: "onnx/model_quantized.onnx", sha256: "0".repeat(64), files: [{ path: "config.json" }, { path: "tokenizer.json" }, { path: "tokenizer_config.json" }], licence: "MIT", languages: ["en"] }] }));
    writePictureModel(join(root, "captions"));
    writeEmbeddingModel(join(root, "mean"));
    writeFileSync(join(root, "captions", "README.md"), "not needed");
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  it("are used where they lie, by their whole path", async () => {
    const model = await openModelFolder(join(root, "captions"), "picture", site());
    assert.deepEqual([model.name, model.folder, model.isQuantized, model.entry], ["captions", join(root, "captions"), true, {}]);
    assert.match(model.sha256, /^[0-9a-f]{64}\+[0-9a-f]{64}$/);
    assert.equal(await code(openModelFolder(join(root, "mean"), "picture", site())), "MODEL_INVALID");
    for (const name of ["../captions", "captions/..", "./captions", "none", "known"]) assert.equal(await code(openModelFolder(name, "picture", site())), "SETUP_INCOMPLETE", name);
  });

  it("are brought in with a sum for every file that is needed, carried on in a bundle, and found by name", async () => {
    const here = site();
    const there = site();
    const model = await installFolder(join(root, "captions"), here, { name: "ours", kind: "picture" });
    assert.deepEqual([model.name, model.kind, model.trustedOnFirstUse, model.files?.length], ["ours", "picture", true, 5]);
    assert.deepEqual(readdirSync(model.folder ?? "").includes("README.md"), false);
    await bundleModels(join(root, "models.tar"), here, ["ours"]);
    await installModels(join(root, "models.tar"), there);
    assert.deepEqual((await verifyModels(there)).map((one) => [one.name, one.state]), [["ours", "intact"]]);
    const found = await openModelFolder("ours", "picture", there);
    assert.deepEqual([found.name, found.sha256], ["ours", (await openModelFolder(join(root, "captions"), "picture", here)).sha256]);
    assert.equal(await code(openModelFolder("ours", "embedding", there)), "SETUP_INCOMPLETE");

    appendFileSync(join(found.folder, "tokenizer.json"), " ");
    await assert.rejects(openModelFolder("ours", "picture", there), /ours is damaged: tokenizer\.json has \d+ bytes instead of \d+; fetch or install it again/);
    rmSync(join(found.folder, "preprocessor_config.json"));
    assert.equal(await code(openModelFolder("ours", "picture", there)), "SETUP_INCOMPLETE", "one that lost a file does not count as installed");
  });

  it("keep what is written down about them", async () => {
    const places = site();
    const folder = join(root, "described");
    writeEmbeddingModel(folder);
    writeFileSync(join(folder, "model.json"), JSON.stringify({ name: "whatever", kind: "embedding", file: "onnx/model_quantized.onnx", licence: "MIT", languages: ["de"], pooling: "first", prefixes: { query: "q: ", passage: "p: " } }));
    const { licence, languages } = await installFolder(folder, places, { name: "described", kind: "embedding" });
    assert.deepEqual([licence, languages], ["MIT", ["de"]]);
    const { entry } = await openModelFolder("described", "embedding", places);
    assert.deepEqual([entry.pooling, entry.prefixes], ["first", { query: "q: ", passage: "p: " }]);
    writeFileSync(join(folder, "model.json"), "{}");
    assert.equal(await code(openModelFolder(folder, "embedding", places)), "MODEL_INVALID");
  });

  it("are not brought in when a file is missing, nor under the name of another", async () => {
    const places = site();
    assert.equal(await code(installFolder(join(root, "mean"), places, { name: "x", kind: "picture" })), "MODEL_INVALID");
    assert.equal(await code(installFolder(join(root, "mean"), places, { name: "known", kind: "embedding" })), "CONFLICT");
    assert.equal(await code(openModelFolder("known", "embedding", places)), "SETUP_INCOMPLETE");
  });
});
