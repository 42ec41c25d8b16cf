// The model store: what a name means, and that nothing counts before its sum was checked.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { AppError } from "../../app/domain/index.ts";
import {
  bundleModels, createNet, fetchModel, filesOf, hashFile, installationRoot, installModels, isPinned, listModels, readManifest, removeModel, resolveModel, silentLog, systemClock, verifyModels, withModelFolder,
  type FetchOptions, type ModelPlaces,
} from "../../app/platform/index.ts";
import { tarStream } from "../../app/platform/tar.ts";
import { startFileServer, type FileServer } from "../support/file-server.ts";

const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
const sha1 = (bytes: Buffer): string => createHash("sha1").update(bytes).digest("hex");
const GGML = Buffer.from("lmgg", "latin1");
const tiny = Buffer.concat([GGML, Buffer.alloc(3000, 1)]);
const other = Buffer.concat([GGML, Buffer.alloc(700_000, 2)]);
const weights = Buffer.alloc(5000, 4);
const tokens = Buffer.from('{"tokens":[]}');

describe("the models that ship", () => {
  it("starter-en is the file that the manifest describes (after replacing the file, write its new sha256 and sizeBytes into models/manifest.json)", async () => {
    const entry = readManifest({}).find((model) => model.name === "starter-en");
    const path = join(installationRoot(), "models", entry?.file ?? "");
    assert.equal(await hashFile(path), entry?.sha256);
    assert.equal(statSync(path).size, entry?.sizeBytes);
  });

  it("every file with an address has an exact size and a SHA-256, or its model says in its note that it has not", () => {
    const fetched = readManifest({}).filter((model) => model.url !== undefined);
    assert.ok(fetched.length >= 40);
    for (const model of fetched) {
      const isWhole = filesOf(model).every((file) => file.url !== undefined && file.sha256 !== undefined && file.sizeBytes !== undefined);
      assert.ok(isWhole || /trust-on-first-use/.test(model.note), model.name);
    }
  });

  it("every SHA-1 that whisper.cpp itself states is the one of the manifest", () => {
    const list = readFileSync(join(installationRoot(), "node_modules/nodejs-whisper/cpp/whisper.cpp/models/README.md"), "utf8");
    const stated = [...list.matchAll(/^\| ([\w.-]+) +\|.+\| `([0-9a-f]{40})` \|$/gm)].map(([, name, sum]) => [name, sum]);
    const known = new Map(readManifest({}).map((model) => [model.name, model.sha1]));
    const shared = stated.filter(([name]) => known.has(name ?? ""));
    assert.ok(shared.length >= 13, `${shared.length} of ${stated.length}`);
    for (const [name, sum] of shared) assert.equal(known.get(name ?? ""), sum, name);
  });

  it("has models for every purpose, no two of one name, each with what advice needs", () => {
    const models = readManifest({});
    assert.equal(new Set(models.map((model) => model.name)).size, models.length);
    for (const kind of ["speech", "language", "embedding", "picture", "sentiment", "vad"]) assert.ok(models.some((model) => model.kind === kind), kind);
    for (const model of models.filter((one) => one.url !== undefined && one.kind !== "vad" && one.kind !== "picture")) assert.ok(model.memoryMb !== undefined && model.quality !== undefined && model.coreSecondsPerMinute !== undefined, model.name);
  });
});

describe("the model store", () => {
  let folder: string;
  let places: ModelPlaces;
  let server: FileServer;
  const net = createNet({ log: silentLog, clock: systemClock });
  after(() => net.close());
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "earshot-models-"));
    places = { dataDir: join(folder, "data"), shippedDir: join(folder, "shipped") };
    server = await startFileServer();
    for (const [path, bytes] of Object.entries({ "/larger.bin": other, "/by-hand.bin": tiny, "/mean/onnx/model.onnx": weights, "/mean/tokenizer.json": tokens })) server.files.set(path, { bytes, etag: `"${sha1(bytes)}"` });
    mkdirSync(join(folder, "shipped", "starter"), { recursive: true });
    writeFileSync(join(folder, "shipped", "starter", "starter.bin"), tiny);
    const base = { licence: "MIT", languages: ["en"] };
    const at = "https://models.example.com";
    writeManifest([
      { ...base, name: "starter", kind: "speech", file: "starter/starter.bin", sha256: sha256(tiny), sizeBytes: tiny.length, windowMs: 1000, audioContextMs: 4000 },
      { ...base, name: "larger", kind: "speech", file: "larger.bin", sha1: sha1(other), approximateMb: 0.7, url: `${at}/larger.bin` },
      { ...base, name: "mean", kind: "embedding", file: "onnx/model.onnx", sha256: sha256(weights), sizeBytes: weights.length, url: `${at}/mean/onnx/model.onnx`, files: [{ path: "tokenizer.json", sha256: sha256(tokens), sizeBytes: tokens.length, url: `${at}/mean/tokenizer.json` }] },
      { ...base, name: "unsummed", kind: "vad", file: "by-hand.bin", url: `${at}/by-hand.bin`, approximateMb: 1 },
      { ...base, name: "by-hand", kind: "vad", file: "by-hand.bin" },
    ]);
  });
  afterEach(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });
  const writeManifest = (models: object[]): void => writeFileSync(join(folder, "shipped", "manifest.json"), JSON.stringify({ models }));
  const put = (name: string, bytes: Buffer): string => {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  };
  const fetch = (name: string, more: Partial<FetchOptions> = {}) => fetchModel(name, places, { net, clock: systemClock, mirror: server.url, ...more });
  const inData = (...parts: string[]): string => join(places.dataDir, "models", ...parts);

  describe("resolveModel", () => {
    it("finds a shipped model by its name, with how it wants to be asked", () => {
      assert.deepEqual(resolveModel("starter", "speech", places), { name: "starter", path: join(folder, "shipped", "starter", "starter.bin"), sha256: sha256(tiny), windowMs: 1000, audioContextMs: 4000 });
    });

    it("names the command for a model that is known and not installed", () => {
      assert.throws(() => resolveModel("larger", "speech", places), (error: AppError) => error.code === "SPEECH_MODEL_MISSING" && error.message.includes("earshot models fetch larger ("));
      assert.throws(() => resolveModel("unsummed", "vad", places), (error: AppError) => error.message.includes("fetch unsummed --trust-on-first-use"));
    });

    it("refuses an unknown name, also one that tries to be a path in the store", () => {
      for (const name of ["nothing", "", "..", "Starter"]) assert.throws(() => resolveModel(name, "speech", places), { code: "SPEECH_MODEL_MISSING" }, name);
    });

    it("refuses a model of another kind", () => {
      assert.throws(() => resolveModel("starter", "language", places), { code: "ANALYSIS_MODEL_MISSING" });
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

    it("names the folder of a model of several files, and only while all of them are there", async () => {
      await fetch("mean");
      assert.deepEqual(resolveModel("mean", "embedding", places), { name: "mean", path: inData("mean", "onnx", "model.onnx"), folder: inData("mean"), sha256: sha256(weights) });
      rmSync(inData("mean", "tokenizer.json"));
      assert.throws(() => resolveModel("mean", "embedding", places), { code: "SETUP_INCOMPLETE" });
    });

    it("takes what a newer manifest knows of an installed file", async () => {
      await fetch("larger");
      const installed = JSON.parse(readFileSync(inData("larger", "model.json"), "utf8")) as object;
      writeManifest([{ ...installed, windowMs: 12_000 }]);
      assert.equal(resolveModel("larger", "speech", places).windowMs, 12_000);
    });
  });

  describe("fetchModel", () => {
    it("installs a file whose sum is right, and remembers its SHA-256", async () => {
      const model = await fetch("larger");
      assert.deepEqual([model.sha256, model.sizeBytes, model.trustedOnFirstUse], [sha256(other), other.length, undefined]);
      assert.deepEqual(resolveModel("larger", "speech", places), { name: "larger", path: inData("larger", "larger.bin"), sha256: sha256(other) });
      assert.deepEqual((await verifyModels(places, ["larger"])).map((check) => check.state), ["intact"]);
    });

    it("throws a file with another sum away", async () => {
      server.files.set("/larger.bin", { bytes: tiny, etag: '"x"' });
      await assert.rejects(fetch("larger"), { code: "MODEL_INVALID" });
      assert.deepEqual(readdirSync(inData("larger")), [".lock"]);
      assert.throws(() => resolveModel("larger", "speech", places), { code: "SPEECH_MODEL_MISSING" });
    });

    it("brings all files of a model before any counts, and after a break only those that are missing", async () => {
      server.files.delete("/mean/tokenizer.json");
      await assert.rejects(fetch("mean"), { code: "FETCH_REFUSED" });
      assert.equal(listModels(places).find((model) => model.name === "mean")?.path, undefined);
      server.files.set("/mean/tokenizer.json", { bytes: tokens });
      server.asked.length = 0;
      assert.equal((await fetch("mean")).path, inData("mean", "onnx", "model.onnx"));
      assert.deepEqual(server.asked.map((one) => one.path), ["/mean/tokenizer.json"]);
      assert.deepEqual(readdirSync(inData("mean")).sort(), [".lock", "model.json", "onnx", "tokenizer.json"]);
    });

    it("does not fetch again what is installed and intact, and does when it is damaged", async () => {
      await fetch("larger");
      await fetch("larger");
      assert.equal(server.asked.length, 1);
      writeFileSync(inData("larger", "larger.bin"), "damaged");
      await fetch("larger");
      assert.deepEqual((await verifyModels(places, ["larger"])).map((check) => check.state), ["intact"]);
    });

    it("refuses an unknown model, one without an address and one without a sum, before anything is fetched", async () => {
      await assert.rejects(fetch("by-hand"), { code: "SETUP_INCOMPLETE" });
      await assert.rejects(fetch("../../etc"), { code: "SPEECH_MODEL_MISSING" });
      await assert.rejects(fetch("unsummed"), (error: AppError) => error.code === "SETUP_INCOMPLETE" && error.message.includes("--trust-on-first-use"));
      assert.equal(server.asked.length, 0);
    });

    it("pins what came first of a model that nobody states a sum of, and takes nothing else afterwards", async () => {
      const model = await fetch("unsummed", { trustOnFirstUse: true });
      assert.deepEqual([model.sha256, model.trustedOnFirstUse], [sha256(tiny), true]);
      writeFileSync(inData("unsummed", "by-hand.bin"), "damaged");
      server.files.set("/by-hand.bin", { bytes: other, etag: '"y"' });
      await assert.rejects(fetch("unsummed", { trustOnFirstUse: true }), (error: AppError) => error.code === "MODEL_INVALID" || error.code === "FETCH_TOO_LARGE");
      server.files.set("/by-hand.bin", { bytes: tiny, etag: '"z"' });
      assert.equal((await fetch("unsummed")).sha256, sha256(tiny));
    });

    it("wants https of a mirror, except on this machine or where the settings name it and a sum proves the file", async () => {
      const refused = { code: "FETCH_URL_REFUSED" };
      for (const mirror of ["http://mirror.example.com", "ftp://mirror.example.com", "mirror", "http://127.0.0.1.example.com"]) await assert.rejects(fetch("larger", { mirror }), refused, mirror);
      await assert.rejects(fetch("unsummed", { mirror: "http://mirror.example.com", isMirrorAdministered: true, trustOnFirstUse: true }), refused);
      const elsewhere = createNet({ log: silentLog, clock: systemClock, resolve: async () => ["127.0.0.1"] });
      await fetch("larger", { net: elsewhere, mirror: `${server.url.replace("127.0.0.1", "mirror.example.com")}/`, isMirrorAdministered: true });
    });

    it("asks the publisher when there is no mirror", async () => {
      const asked: string[] = [];
      const nobody = createNet({ log: silentLog, clock: systemClock, resolve: async (host) => (asked.push(host), []) });
      await assert.rejects(fetchModel("larger", places, { net: nobody, clock: systemClock }), { code: "FETCH_UNREACHABLE" });
      assert.deepEqual(asked, ["models.example.com"]);
    });

    it("does not begin what will not fit on the disk", async () => {
      const huge = { name: "huge", kind: "speech", file: "huge.bin", sha256: sha256(tiny), sizeBytes: 1e15, licence: "MIT", languages: ["*"], url: "https://models.example.com/huge.bin" };
      writeManifest([huge]);
      await assert.rejects(fetch("huge"), { code: "DISK_RESERVE" });
      assert.equal(server.asked.length, 0);
    });

    it("leaves the work to the one that is at it already", async () => {
      await withModelFolder("larger", places, () => assert.rejects(fetch("larger"), { code: "DATA_DIR_LOCKED" }));
      await fetch("larger");
    });
  });

  describe("verifyModels", () => {
    it("tells which file of which model was changed, cut or lost, and how", async () => {
      await fetch("larger");
      await fetch("mean");
      writeFileSync(inData("larger", "larger.bin"), Buffer.alloc(other.length, 9));
      writeFileSync(inData("mean", "tokenizer.json"), "short");
      const problems = (await verifyModels(places)).map(({ name, state, files }) => [name, state, files.flatMap((file) => file.problem ?? [])]);
      assert.deepEqual(problems, [["starter", "intact", []], ["larger", "damaged", ["has another sum"]], ["mean", "damaged", [`has 5 bytes instead of ${tokens.length}`]]]);
      rmSync(inData("mean", "tokenizer.json"));
      assert.deepEqual((await verifyModels(places)).find((check) => check.name === "mean")?.files[1], { path: "tokenizer.json", state: "damaged", problem: "is missing" });
    });

    it("is not misled by a model that is replaced or removed while it reads", async () => {
      await fetch("larger");
      const grown = Buffer.concat([other, other]);
      const model = JSON.parse(readFileSync(inData("larger", "model.json"), "utf8")) as object;
      const during = (work: () => void): Promise<string[]> => {
        const reading = verifyModels(places);
        work();
        return reading.then((checks) => checks.map(({ name, state }) => `${name} ${state}`));
      };
      const replaced = during(() => {
        writeFileSync(inData("larger", "larger.bin"), grown);
        writeFileSync(inData("larger", "model.json"), JSON.stringify({ ...model, sha256: sha256(grown), sha1: undefined, sizeBytes: grown.length }));
      });
      assert.deepEqual(await replaced, ["starter intact", "larger intact"]);
      assert.deepEqual(await during(() => rmSync(inData("larger"), { recursive: true })), ["starter intact"]);
    });
  });

  describe("removeModel", () => {
    it("takes an installed model away, with everything in its folder", async () => {
      await fetch("mean");
      assert.equal(await removeModel("mean", places, ["starter"]), weights.length + tokens.length);
      assert.equal(existsSync(inData("mean")), false);
    });

    it("refuses a model in use, one that ships and one that is not there", async () => {
      await fetch("larger");
      await assert.rejects(removeModel("larger", places, ["larger"]), { code: "CONFLICT" });
      await assert.rejects(removeModel("starter", places, []), { code: "CONFLICT" });
      await assert.rejects(removeModel("mean", places, []), { code: "SETUP_INCOMPLETE" });
      await assert.rejects(removeModel("../..", places, []), { code: "SPEECH_MODEL_MISSING" });
      assert.ok(existsSync(inData("larger", "larger.bin")) && existsSync(join(folder, "shipped", "starter", "starter.bin")));
    });
  });

  describe("a bundle", () => {
    const elsewhere = (): ModelPlaces => {
      const shipped = join(folder, "other-site");
      cpSync(join(folder, "shipped"), shipped, { recursive: true });
      rmSync(join(shipped, "starter"), { recursive: true });
      return { dataDir: join(folder, "other-data"), shippedDir: shipped };
    };
    const entry = { name: "larger", kind: "speech", file: "larger.bin", sha256: sha256(other), sizeBytes: other.length, licence: "MIT", languages: ["en"] };
    const craft = async (models: object[], files: Record<string, Buffer>): Promise<string> => {
      const member = (name: string, bytes: Buffer) => ({ name, sizeBytes: bytes.length, content: () => only(bytes) });
      const chunks: Uint8Array[] = [];
      for await (const chunk of tarStream([member("models.json", Buffer.from(JSON.stringify({ models }))), ...Object.entries(files).map(([name, bytes]) => member(name, bytes))])) chunks.push(chunk);
      return put("crafted.tar", Buffer.concat(chunks));
    };
    async function* only(bytes: Buffer): AsyncGenerator<Uint8Array> {
      yield bytes;
    }

    it("carries installed models to another machine, several files and pins of the site included", async () => {
      await fetch("larger");
      await fetch("mean");
      await fetch("unsummed", { trustOnFirstUse: true });
      const file = join(folder, "bundle.tar");
      assert.deepEqual(await bundleModels(file, places), ["larger", "mean", "starter", "unsummed"]);
      const there = elsewhere();
      assert.deepEqual((await installModels(file, there)).map((one) => one.name), ["larger", "mean", "starter", "unsummed"]);
      assert.deepEqual(readFileSync(resolveModel("larger", "speech", there).path), other);
      assert.deepEqual(readFileSync(resolveModel("starter", "speech", there).path), tiny);
      assert.deepEqual(readFileSync(join(resolveModel("mean", "embedding", there).folder ?? "", "tokenizer.json")), tokens);
      assert.equal(listModels(there).find((one) => one.name === "unsummed")?.trustedOnFirstUse, true);
      assert.ok((await verifyModels(there)).every((check) => check.state === "intact"));
    });

    it("is the same file for the same models in any order, and says their licences", async () => {
      await fetch("larger");
      await bundleModels(join(folder, "a.tar"), places, ["starter", "larger"]);
      await bundleModels(join(folder, "b.tar"), places, ["larger", "starter", "larger"]);
      assert.equal(await hashFile(join(folder, "a.tar")), await hashFile(join(folder, "b.tar")));
      assert.match(readFileSync(join(folder, "a.tar"), "latin1"), /larger: MIT\n {2}from https:\/\/models\.example\.com\/larger\.bin/);
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

    it("is refused when it tries to write elsewhere, holds what its list does not name, or calls another file by a known name", async () => {
      await fetch("larger");
      const fake = { ...entry, sha256: sha256(tiny), sizeBytes: tiny.length };
      writeManifest([{ ...entry, url: "https://models.example.com/larger.bin" }]);
      const tricks: [string, object[], Record<string, Buffer>][] = [
        ["a path above", [{ ...entry, file: "../larger.bin" }], { "larger/larger.bin": other }],
        ["an absolute path", [{ ...entry, files: [{ path: "/etc/passwd", sha256: sha256(tiny), sizeBytes: tiny.length }] }], { "larger/larger.bin": other }],
        ["a name above", [{ ...entry, name: "../larger" }], { "larger/larger.bin": other }],
        ["our own list as a file", [{ ...entry, files: [{ path: "model.json", sha256: sha256(tiny), sizeBytes: tiny.length }] }], { "larger/larger.bin": other, "larger/model.json": tiny }],
        ["a hidden file", [{ ...entry, file: ".lock" }], { "larger/larger.bin": other }],
        ["an unlisted file", [entry], { "larger/larger.bin": other, "larger/extra.so": tiny }],
        ["a missing file", [entry], {}],
        ["another size", [{ ...entry, sizeBytes: 5 }], { "larger/larger.bin": other }],
        ["no sum", [{ ...entry, sha256: undefined }], { "larger/larger.bin": other }],
        ["a model twice", [entry, entry], { "larger/larger.bin": other }],
        ["another file as larger", [fake], { "larger/larger.bin": tiny }],
      ];
      for (const [what, models, files] of tricks) await assert.rejects(installModels(await craft(models, files), elsewhere()), { code: "MODEL_INVALID" }, what);
      assert.equal(existsSync(join(folder, "other-data", "models")), false);
      assert.equal((await installModels(await craft([entry], { "larger/larger.bin": other }), elsewhere()))[0]?.name, "larger", "the honest one is taken");
    });

    it("is not made of a damaged model, nor of one that is not there", async () => {
      writeFileSync(join(folder, "shipped", "starter", "starter.bin"), "damaged");
      await assert.rejects(bundleModels(join(folder, "x.tar"), places), { code: "MODEL_INVALID" });
      await assert.rejects(bundleModels(join(folder, "x.tar"), places, ["larger"]), { code: "SPEECH_MODEL_MISSING" });
      assert.equal(existsSync(join(folder, "x.tar")), false);
    });
  });

  describe("a single model file", () => {
    it("is taken when the manifest knows it by its sum, whatever its name", async () => {
      assert.deepEqual((await installModels(put("from a stick.bin", other), places)).map((one) => one.name), ["larger"]);
      assert.equal(resolveModel("larger", "speech", places).sha256, sha256(other));
    });

    it("is taken under a name of the site's own, for what its first bytes say, and pinned", async () => {
      const multilingual = Buffer.concat([GGML, Buffer.from(Int32Array.of(51_865).buffer), Buffer.alloc(100)]);
      await installModels(put("ours.bin", multilingual), places, { name: "our-whisper" });
      await installModels(put("ours.gguf", Buffer.from("GGUFxxxxxxxx")), places, { name: "our-llm" });
      const own = listModels(places).filter((one) => one.trustedOnFirstUse === true).map(({ name, kind, languages, licence }) => ({ name, kind, languages, licence }));
      assert.deepEqual(own, [
        { name: "our-llm", kind: "language", languages: ["*"], licence: "not stated" },
        { name: "our-whisper", kind: "speech", languages: ["*"], licence: "not stated" },
      ]);
      assert.equal(dirname(resolveModel("our-whisper", "speech", places).path), inData("our-whisper"));
      assert.ok(isPinned(listModels(places).find((one) => one.name === "our-llm") ?? assert.fail()));
    });

    it("may not take the name of another model of the list, nor be something else than its kind", async () => {
      await assert.rejects(installModels(put("x.bin", tiny), places, { name: "larger" }), { code: "CONFLICT" });
      await assert.rejects(installModels(put("x.bin", Buffer.from("<html>")), places, { name: "page" }), { code: "MODEL_INVALID" });
      await assert.rejects(installModels(put("x.bin", tiny), places, { name: "talk", kind: "language" }), { code: "MODEL_INVALID" });
    });

    it("is refused when it is neither a bundle nor known", async () => {
      await assert.rejects(installModels(put("song.mp3", Buffer.alloc(2000, 7)), places), { code: "MODEL_INVALID" });
      await assert.rejects(installModels(join(folder, "gone.tar"), places), { code: "MODEL_INVALID" });
    });
  });

  it("listModels shows what is installed, also what the manifest does not know", async () => {
    const own = inData("our-own");
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, "our.bin"), tiny);
    writeFileSync(join(own, "model.json"), JSON.stringify({ name: "our-own", kind: "speech", file: "our.bin", sha256: sha256(tiny), licence: "ours", languages: ["en"] }));
    const listed = listModels(places).map((model) => [model.name, model.path !== undefined]);
    assert.deepEqual(listed, [["starter", true], ["larger", false], ["mean", false], ["unsummed", false], ["by-hand", false], ["our-own", true]]);
  });
});
