// The model store: what a name means, and that nothing counts before its sum was checked.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError } from "../../app/domain/index.ts";
import { bundleModels, fetchModel, hashFile, installationRoot, installModels, listModels, readManifest, resolveModel, verifyModels, type ModelPlaces } from "../../app/platform/index.ts";

const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
const sha1 = (bytes: Buffer): string => createHash("sha1").update(bytes).digest("hex");
const GGML = Buffer.from("lmgg", "latin1");
const tiny = Buffer.concat([GGML, Buffer.alloc(3000, 1)]);
const other = Buffer.concat([GGML, Buffer.alloc(700_000, 2)]);

describe("the models that ship", () => {
  it("starter-en is the file that the manifest describes (after replacing the file, write its new sha256 and sizeBytes into models/manifest.json)", async () => {
    const entry = readManifest({}).find((model) => model.name === "starter-en");
    const path = join(installationRoot(), "models", entry?.file ?? "");
    assert.equal(await hashFile(path), entry?.sha256);
    assert.equal(statSync(path).size, entry?.sizeBytes);
  });

  it("every model that can be fetched has a sum and an https address", () => {
    const fetched = readManifest({}).filter((model) => model.url !== undefined);
    assert.ok(fetched.length >= 5);
    for (const model of fetched) assert.ok(model.sha256 ?? model.sha1, model.name);
  });

  it("no two models share a name", () => {
    const names = readManifest({}).map((model) => model.name);
    assert.equal(new Set(names).size, names.length);
  });
});

describe("the model store", () => {
  let folder: string;
  let places: ModelPlaces;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "earshot-models-"));
    places = { dataDir: join(folder, "data"), shippedDir: join(folder, "shipped") };
    mkdirSync(join(folder, "shipped", "starter"), { recursive: true });
    writeFileSync(join(folder, "shipped", "starter", "starter.bin"), tiny);
    const base = { licence: "MIT", languages: ["en"] };
    writeFileSync(
      join(folder, "shipped", "manifest.json"),
      JSON.stringify({
        models: [
          { ...base, name: "starter", kind: "speech", file: "starter/starter.bin", sha256: sha256(tiny), sizeBytes: tiny.length },
          { ...base, name: "larger", kind: "speech", file: "larger.bin", sha1: sha1(other), approximateMb: 0.7, url: "https://models.example.com/larger.bin" },
          { ...base, name: "by-hand", kind: "vad", file: "by-hand.bin" },
        ],
      }),
    );
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const put = (name: string, bytes: Buffer): string => {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  };
  const bring = (bytes: Buffer) => async (_url: string, target: string): Promise<void> => writeFileSync(target, bytes);
  const never = async (): Promise<void> => assert.fail("nothing may be fetched");

  describe("resolveModel", () => {
    it("finds a shipped model by its name", () => {
      assert.deepEqual(resolveModel("starter", "speech", places), { name: "starter", path: join(folder, "shipped", "starter", "starter.bin"), sha256: sha256(tiny) });
    });

    it("names the command for a model that is known and not installed", () => {
      assert.throws(() => resolveModel("larger", "speech", places), (error: AppError) => error.code === "SPEECH_MODEL_MISSING" && error.message.includes("earshot models fetch larger"));
    });

    it("refuses an unknown name, also one that tries to be a path in the store", () => {
      for (const name of ["nothing", "", "..", "Starter"]) assert.throws(() => resolveModel(name, "speech", places), { code: "SPEECH_MODEL_MISSING" }, name);
    });

    it("refuses a model of another kind", () => {
      assert.throws(() => resolveModel("starter", "language", places), { code: "SETUP_INCOMPLETE" });
    });

    it("takes the path of any ggml file and of no other file", () => {
      assert.equal(resolveModel(put("mine.bin", tiny), "speech", places).name, "mine.bin");
      assert.throws(() => resolveModel(put("text.bin", Buffer.from("<html>not found")), "speech", places), { code: "MODEL_INVALID" });
      assert.throws(() => resolveModel(put("empty.bin", Buffer.alloc(0)), "speech", places), { code: "MODEL_INVALID" });
      assert.throws(() => resolveModel(join(folder, "gone.bin"), "speech", places), { code: "SPEECH_MODEL_MISSING" });
    });

    it("asks for GGUF where a language model is meant", () => {
      assert.equal(resolveModel(put("talk.gguf", Buffer.from("GGUFxxxx")), "language", places).name, "talk.gguf");
      assert.throws(() => resolveModel(put("speech.bin", tiny), "language", places), { code: "MODEL_INVALID" });
    });
  });

  describe("fetchModel", () => {
    it("installs a file whose sum is right, and remembers its SHA-256", async () => {
      const model = await fetchModel("larger", places, bring(other));
      assert.equal(model.sha256, sha256(other));
      assert.deepEqual(resolveModel("larger", "speech", places), { name: "larger", path: join(places.dataDir, "models", "larger", "larger.bin"), sha256: sha256(other) });
      assert.deepEqual((await verifyModels(places, ["larger"])).map((check) => check.state), ["intact"]);
    });

    it("throws a file with another sum away", async () => {
      await assert.rejects(fetchModel("larger", places, bring(tiny)), { code: "MODEL_INVALID" });
      assert.deepEqual(readdirSync(join(places.dataDir, "models", "larger")), []);
      assert.throws(() => resolveModel("larger", "speech", places), { code: "SPEECH_MODEL_MISSING" });
    });

    it("leaves nothing behind when the download breaks off", async () => {
      const broken = async (_url: string, target: string): Promise<void> => {
        writeFileSync(target, other.subarray(0, 1000));
        throw new AppError("FETCH_INCOMPLETE", "broke off");
      };
      await assert.rejects(fetchModel("larger", places, broken), { code: "FETCH_INCOMPLETE" });
      assert.deepEqual(readdirSync(join(places.dataDir, "models", "larger")), []);
    });

    it("gives the download a limit near the expected size", async () => {
      let limit = 0;
      await fetchModel("larger", places, async (_url, target, limits) => {
        limit = limits.maxBytes;
        writeFileSync(target, other);
      });
      assert.ok(limit >= other.length && limit < 2 * other.length, String(limit));
    });

    it("does not fetch again what is installed and intact, and does when it is damaged", async () => {
      await fetchModel("larger", places, bring(other));
      await fetchModel("larger", places, never);
      writeFileSync(join(places.dataDir, "models", "larger", "larger.bin"), "damaged");
      await fetchModel("larger", places, bring(other));
      assert.deepEqual((await verifyModels(places, ["larger"])).map((check) => check.state), ["intact"]);
    });

    it("refuses a model without a known sum, and an unknown one, before anything is fetched", async () => {
      await assert.rejects(fetchModel("by-hand", places, never), { code: "SPEECH_MODEL_MISSING" });
      await assert.rejects(fetchModel("../../etc", places, never), { code: "SPEECH_MODEL_MISSING" });
    });
  });

  it("verifyModels tells which file was changed", async () => {
    await fetchModel("larger", places, bring(other));
    writeFileSync(join(places.dataDir, "models", "larger", "larger.bin"), "changed");
    assert.deepEqual((await verifyModels(places)).map(({ name, state }) => [name, state]), [["starter", "intact"], ["larger", "damaged"]]);
  });

  describe("a bundle", () => {
    const elsewhere = (): ModelPlaces => {
      const shipped = join(folder, "other-site");
      cpSync(join(folder, "shipped"), shipped, { recursive: true });
      rmSync(join(shipped, "starter"), { recursive: true });
      return { dataDir: join(folder, "other-data"), shippedDir: shipped };
    };

    it("carries installed models to another machine", async () => {
      await fetchModel("larger", places, bring(other));
      const file = join(folder, "bundle.tar");
      assert.deepEqual(await bundleModels(file, places), ["starter", "larger"]);
      const there = elsewhere();
      assert.deepEqual(await installModels(file, there), ["starter", "larger"]);
      assert.deepEqual(readFileSync(resolveModel("larger", "speech", there).path), other);
      assert.deepEqual(readFileSync(resolveModel("starter", "speech", there).path), tiny);
    });

    it("is the same file for the same models", async () => {
      await bundleModels(join(folder, "a.tar"), places);
      await bundleModels(join(folder, "b.tar"), places);
      assert.equal(await hashFile(join(folder, "a.tar")), await hashFile(join(folder, "b.tar")));
    });

    it("is refused when it was cut short or changed on the way, and installs nothing then", async () => {
      const file = join(folder, "bundle.tar");
      await bundleModels(file, places);
      const whole = readFileSync(file);
      const there = elsewhere();
      await assert.rejects(installModels(put("short.tar", whole.subarray(0, 2500)), there), { code: "MODEL_INVALID" });
      const changed = Buffer.from(whole);
      changed[whole.indexOf(tiny) + 100] = 9;
      await assert.rejects(installModels(put("changed.tar", changed), there), { code: "MODEL_INVALID" });
      assert.equal(existsSync(join(there.dataDir, "models", "starter", "model.json")), false);
    });

    it("is not made of a damaged model, nor of one that is not there", async () => {
      writeFileSync(join(folder, "shipped", "starter", "starter.bin"), "damaged");
      await assert.rejects(bundleModels(join(folder, "x.tar"), places), { code: "MODEL_INVALID" });
      await assert.rejects(bundleModels(join(folder, "x.tar"), places, ["larger"]), { code: "SPEECH_MODEL_MISSING" });
      assert.equal(existsSync(join(folder, "x.tar")), false);
    });
  });

  it("installModels takes a single file that the manifest knows by its sum, whatever its name", async () => {
    assert.deepEqual(await installModels(put("from a stick.bin", other), places), ["larger"]);
    assert.equal(resolveModel("larger", "speech", places).sha256, sha256(other));
  });

  it("installModels refuses a file that is neither", async () => {
    await assert.rejects(installModels(put("song.mp3", Buffer.alloc(2000, 7)), places), { code: "MODEL_INVALID" });
    await assert.rejects(installModels(join(folder, "gone.tar"), places), { code: "MODEL_INVALID" });
  });

  it("listModels shows what is installed, also what the manifest does not know", async () => {
    const own = join(places.dataDir, "models", "our-own");
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, "our.bin"), tiny);
    writeFileSync(join(own, "model.json"), JSON.stringify({ name: "our-own", kind: "speech", file: "our.bin", sha256: sha256(tiny), licence: "ours", languages: ["en"] }));
    const listed = listModels(places).map((model) => [model.name, model.path !== undefined]);
    assert.deepEqual(listed, [["starter", true], ["larger", false], ["by-hand", false], ["our-own", true]]);
  });
});
